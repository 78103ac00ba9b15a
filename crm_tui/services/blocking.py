"""Blocking (R46, R47): blocked customers leave the contact list, and unblocking brings everything back."""

from dataclasses import replace

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.selection import Selection, choosing
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import revision
from storage.selection import Chosen

_REASON = Field("blockReason", FieldType.STRING)


def block(workspace: Workspace, selection: Selection, reason: str | None = None) -> int | Problem:
    """Block customers; return how many were blocked now, or what is wrong with the reason (R9).

    Who is blocked already stays as they are, with who blocked them, when and why. `updatedAt` is not touched: nothing
    about the customer was changed.
    """
    why = parse_string(trim(reason or ""), _REASON)
    if isinstance(why, Problem):
        return why
    with choosing(workspace, replace(selection, blocked=False)) as (connection, _):
        changed = stored.block(connection, workspace.now_ms(), workspace.manager, why or None)
        if changed:
            record(connection, workspace, ActivityKind.BLOCKED, Chosen.CHANGED, count=changed)
            revision.grow(connection.connection.driver_connection)
        return changed


def unblock(workspace: Workspace, selection: Selection) -> int:
    """Take the block from customers; return from how many."""
    with choosing(workspace, replace(selection, blocked=True)) as (connection, _):
        changed = stored.unblock(connection)
        if changed:
            record(connection, workspace, ActivityKind.UNBLOCKED, Chosen.CHANGED, count=changed)
            revision.grow(connection.connection.driver_connection)
        return changed
