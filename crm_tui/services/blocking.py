"""Blocking (R46, R47): blocked customers leave the contact list, and unblocking brings everything back."""

import threading
from dataclasses import replace

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.selection import Expected, Selection, choosing
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import revision
from storage.selection import Chosen
from storage.sql import driver_connection

_REASON = Field("blockReason", FieldType.STRING)


def parse_reason(text: str) -> str | Problem:
    """Return why somebody is blocked as it is stored, or what is wrong with it: a text like any other (R9)."""
    return parse_string(trim(text), _REASON)


def block(
    workspace: Workspace,
    selection: Selection,
    reason: str | None = None,
    *,
    expect: Expected = None,
    stop: threading.Event | None = None,
) -> int | Problem:
    """Block customers; return how many were blocked now, or what is wrong with the reason (R9).

    Who is blocked already stays as they are, with who blocked them, when and why. `updatedAt` is not touched: nothing
    about the customer was changed.

    Raises:
        UsageError: They are not those of `expect`.
        Cancelled: `stop` was set in time.
    """
    why = parse_reason(reason or "")
    if isinstance(why, Problem):
        return why
    with choosing(workspace, Permission.EDIT, replace(selection, blocked=False), expect, stop) as (connection, _):
        changed = stored.block(connection, workspace.now_ms(), workspace.manager, why or None)
        if changed:
            record(connection, workspace, ActivityKind.BLOCKED, Chosen.CHANGED, count=changed)
            revision.customers_changed(driver_connection(connection))
        return changed


def unblock(
    workspace: Workspace, selection: Selection, *, expect: Expected = None, stop: threading.Event | None = None
) -> int:
    """Take the block from customers; return from how many.

    Raises:
        UsageError: They are not those of `expect`.
        Cancelled: `stop` was set in time.
    """
    with choosing(workspace, Permission.EDIT, replace(selection, blocked=True), expect, stop) as (connection, _):
        changed = stored.unblock(connection)
        if changed:
            record(connection, workspace, ActivityKind.UNBLOCKED, Chosen.CHANGED, count=changed)
            revision.customers_changed(driver_connection(connection))
        return changed
