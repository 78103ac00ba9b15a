"""Retention: failed rows are kept for 30 days (R38), and customers of whom nothing is heard as long as a manager says.

Failed rows go at every start (`imports.tidy`); customers only when a manager asks for it, after a look at how many.
"""

import re
import threading
from dataclasses import dataclass

from crm_tui.core.permissions import Permission
from crm_tui.services import deleting
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.deleting import Deleted
from crm_tui.services.errors import UsageError
from crm_tui.services.selection import Expected, Selection
from crm_tui.services.workspace import Workspace
from storage import imports as stored_imports
from storage import retention as stored
from storage.selection import Chosen, size
from storage.sql import Connection

LEAST_DAYS = 30
MOST_DAYS = 36_500
_DAY_MS = 86_400_000
_DAYS = {"d": 1, "y": 365}
_PERIOD = re.compile(r"(\d{1,5})([dy])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Due:
    """What has been kept long enough."""

    failed_rows: int
    """Failed rows whose 30 days are over; mostly none, as every start removes them."""
    failed_rows_kept: int
    failed_rows_next_at: int | None
    """When the first of those kept go; UTC epoch milliseconds."""
    since: int | None = None
    """Of whom nothing was seen or heard since then; None: customers were not asked for."""
    customers: int = 0
    """So many: hidden ones too."""
    blocked: int = 0
    """Blocked ones besides them, who stay: without them their block would be forgotten."""


@dataclass(frozen=True, slots=True)
class Retained:
    """What went."""

    failed_rows: int
    deleted: Deleted | None
    """None: customers were not asked for."""


def parse_period(text: str) -> int:
    """Return the days of a period as it is typed: "90d", "2y" (a year has 365 days).

    Raises:
        UsageError: "period_invalid": it is none, or so short that it is rather a slip of the pen.
    """
    found = _PERIOD.fullmatch(text.strip().lower())
    days = int(found[1]) * _DAYS[found[2]] if found else 0
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise UsageError("period_invalid", least=LEAST_DAYS, most=MOST_DAYS // 365)
    return days


def look(workspace: Workspace, unseen_for_days: int | None = None) -> Due:
    """Return what has been kept long enough; nothing is changed.

    Args:
        workspace: The database.
        unseen_for_days: Customers are due who were not seen for so long and in whose timeline nothing happened.
    """
    now = workspace.now_ms()
    with workspace.reading(Permission.SEE) as connection:
        failures = stored.count_failures(connection, now)
        rows = (failures["due"], failures["kept"], failures["next_at"])
        if unseen_for_days is None:
            return Due(*rows)
        since = now - unseen_for_days * _DAY_MS
        return Due(*rows, since, **stored.count_silent(connection, since))


def apply(workspace: Workspace, due: Due, *, expect: Expected = None, stop: threading.Event | None = None) -> Retained:
    """Remove for good what is due, customers as `deleting.delete` does.

    Args:
        workspace: The database.
        due: What `look` gave. Who was seen or heard of since stays.
        expect: How many customers the manager means; where there are others nothing is removed.
        stop: Set from another thread to give up; nothing is removed then.

    Raises:
        UsageError: They are not those of `expect`.
        Cancelled: `stop` was set in time.
    """
    rows = 0

    def remove_rows(connection: Connection) -> None:
        nonlocal rows
        rows, count = _remove_rows(workspace, connection), size(connection, Chosen.ALL)
        record(connection, workspace, ActivityKind.RETENTION, failed_rows=rows, count=count)

    deleted = None
    if due.since is not None:
        selection = Selection(silent_since=due.since)
        deleted = deleting.delete(workspace, selection, expect=expect, stop=stop, first=remove_rows)
    if deleted is None or not deleted.customers:
        with workspace.transaction(Permission.DELETE) as connection:
            rows = _remove_rows(workspace, connection)
            if rows:
                record(connection, workspace, ActivityKind.RETENTION, failed_rows=rows, count=0)
        workspace.overwrite_deleted()
    return Retained(rows, deleted)


def _remove_rows(workspace: Workspace, connection: Connection) -> int:
    now = workspace.now_ms()
    rows: int = stored.count_failures(connection, now)["due"]
    if rows:
        stored_imports.expire_failures(connection, now)
        workspace.note_deleted(connection)
    return rows
