"""The marketing audience: who of those found may get a message, and why the others may not (R2, R47)."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crm_tui.core.fields import EMAIL, ID, MEMBER_ID, MOBILE_NUMBER, NAME
from crm_tui.core.permissions import Permission
from crm_tui.core.vocabulary import Channel
from crm_tui.services import contact_list
from crm_tui.services.errors import UsageError
from crm_tui.services.exporting import Exported, ExportProgress, check_export, export
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from storage import audience as stored

_CONTACTS = {Channel.EMAIL: EMAIL, Channel.TEXTING: MOBILE_NUMBER}
_SUFFIX = ".csv"


class LeftOut(StrEnum):
    """Why somebody may get no message. Who is left out for several reasons is counted under the first of them."""

    BLOCKED = "blocked"
    HIDDEN = "hidden"
    NO_CONTACT = "no_contact"
    UNVERIFIED = "unverified"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message would reach."""

    count: int
    left_out: Mapping[LeftOut, int]
    """Of all whom the search line finds or, were they not blocked or hidden, would find."""


def audience(workspace: Workspace, query: str, channel: Channel) -> Audience:
    """Return how many of those that a search line finds may get a message by a channel.

    Raises:
        UsageError: The line cannot be understood.
    """
    wanted = contact_list.parse(workspace, query)
    with workspace.reading(Permission.SEE) as connection:
        found = stored.numbers(connection, wanted, channel)
        numbers = {**stored.barred(connection, wanted), **found}
    return Audience(numbers["reached"], {reason: numbers[reason] for reason in LeftOut})


def selection_of(query: str, channel: Channel) -> Selection:
    """Return those who may get a message."""
    return Selection(query=query, channel=channel)


def check_audience(workspace: Workspace, path: Path, query: str, channel: Channel) -> None:
    """Refuse what `export_audience` would refuse, as far as it can be known at once.

    Raises:
        UsageError: It cannot be written to that file.
        DatabaseError: It could not be noted in the log.
    """
    if path.suffix.lower() != _SUFFIX:
        raise UsageError("audience_suffix", path=str(path))
    check_export(workspace, path, selection_of(query, channel), None)


def export_audience(
    workspace: Workspace,
    query: str,
    channel: Channel,
    path: Path,
    *,
    stop: threading.Event | None = None,
    told: Callable[[ExportProgress], None] | None = None,
) -> Exported:
    """Write those who may get a message as a CSV file: id, memberId, name and the contact of the channel.

    Args:
        workspace: The database.
        query: The search line.
        channel: By what the message is to go out.
        path: Where to; a file that is there is replaced.
        stop: Ends it when it is set.
        told: Is told how far it has come.

    Raises:
        UsageError: It cannot be written to that file, or the line cannot be understood.
        OutputError: The file cannot be written.
        Cancelled: `stop` was set.
    """
    check_audience(workspace, path, query, channel)
    columns = (ID, MEMBER_ID, NAME, _CONTACTS[channel])
    return export(workspace, path, selection_of(query, channel), columns, stop=stop, told=told)
