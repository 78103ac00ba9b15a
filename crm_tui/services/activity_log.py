"""The activity log as it is read (R52): listed, checked for lines that somebody changed, and saved as CSV."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping

from crm_tui.core.dates import print_datetime
from crm_tui.core.fields import FieldType
from crm_tui.core.permissions import Permission
from crm_tui.services.activity import ActivityKind, record, with_names
from crm_tui.services.errors import Cancelled, NotFound
from crm_tui.services.export_csv import csv_rows
from crm_tui.services.output_file import new_file
from crm_tui.services.workspace import Workspace
from storage import activity as stored
from storage import tags as stored_tags
from storage.dialects import sqlite

SHOWN_CUSTOMERS = 100
"""Of how many customers a line names the ids; a line about a million would be no line any more."""
CSV_COLUMNS = ("id", "at", "manager", "kind", "what", "customers", "customerIds", "details")
_CSV_TYPES = (FieldType.DATE, FieldType.DATE, *(FieldType.STRING,) * 3, FieldType.DATE, *(FieldType.STRING,) * 2)
"""What may begin like a formula is guarded; ids, moments and numbers are as they are."""
_PAGE = 1000
_LAST_MOMENT = 253_370_764_800_000
"""A year before the calendar ends: a moment that somebody has changed can still be shown, in every zone."""
_TOLD_EVERY = 1000


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which lines are asked for; None: whatever stands there."""

    manager: str | None = None
    kind: ActivityKind | None = None
    since: int | None = None
    """UTC epoch milliseconds."""
    until: int | None = None
    """UTC epoch milliseconds; a line of that very moment is too late."""
    customer: int | None = None
    """An id; what was done to leads that went into this customer is meant too (R44)."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log."""

    id: int
    at: int
    """UTC epoch milliseconds."""
    manager: str
    kind: ActivityKind | None
    """None for a word that this program does not know."""
    details: dict[str, Any]
    """As the comment of the kind says; where there are `tags`, `names` holds those that are still known."""
    customers: int
    """On how many it was done."""
    customer_ids: tuple[int, ...]
    """Theirs, or the first of them."""


class Fault(StrEnum):
    """What is wrong with a line."""

    CHANGED = "changed"
    """It, its customers or its hash are not what was written."""
    REMOVED = "removed"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Verified:
    """Every line is as it was written, and none is missing."""

    lines: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that is not; what comes behind it proves nothing any more."""

    line_id: int
    fault: Fault


def list_activity(
    workspace: Workspace, asked: ActivityFilter = ActivityFilter(), limit: int = 200, before: int | None = None
) -> tuple[LogLine, ...]:
    """Return lines of the log, newest first.

    Args:
        workspace: The database.
        asked: Which.
        limit: How many at most; -1 means all.
        before: Only those older than the line with this id.
    """
    with _reading(workspace) as connection:
        params = _params(asked) | ({} if before is None else {"before": before})
        return _lines(connection, stored.listed(connection, params, limit, SHOWN_CUSTOMERS))


def get_line(workspace: Workspace, line_id: int) -> LogLine:
    """Return one line of the log.

    Raises:
        NotFound: There is none with that id.
    """
    with _reading(workspace) as connection:
        row = stored.one(connection, line_id, SHOWN_CUSTOMERS)
        if row is None:
            raise NotFound("activity_line_not_found", id=line_id)
        return _lines(connection, [row])[0]


def count_activity(workspace: Workspace, asked: ActivityFilter = ActivityFilter()) -> int:
    """Return how many lines `list_activity` would give without a limit."""
    with _reading(workspace) as connection:
        return stored.count(connection, _params(asked))


def newest_line(workspace: Workspace) -> int:
    """Return the id of the newest line, 0 where there is none: another one means that something was done."""
    with _reading(workspace) as connection:
        return stored.last_id(connection)


def activity_words(workspace: Workspace) -> tuple[tuple[str, ...], tuple[ActivityKind, ...]]:
    """Return the managers and the kinds that occur in the log: whatever else is asked for finds nothing."""
    with _reading(workspace) as connection:
        managers, kinds = stored.words(connection)
    return tuple(managers), tuple(kind for kind in ActivityKind if kind in kinds)


@contextmanager
def _reading(workspace: Workspace) -> Iterator[Connection]:
    """Give a connection to read the log on, whatever somebody has written into it behind the program's back."""
    with (
        workspace.reading(Permission.ACTIVITY) as connection,
        sqlite.any_text(connection.connection.driver_connection),
    ):
        yield connection


def _params(asked: ActivityFilter) -> dict[str, Any]:
    return {name: value for name, value in asdict(asked).items() if value is not None}


def _lines(connection: Connection, rows: Sequence[RowMapping]) -> tuple[LogLine, ...]:
    lines = [_line(row) for row in rows]
    ids = {tag for line in lines for tag in line.details.get("tags", ())}
    names = stored_tags.names_of(connection, ids) if ids else {}
    for line in lines:
        line.details.update(with_names(line.details, names))
    return tuple(lines)


def _line(row: RowMapping) -> LogLine:
    known = row["kind"] in set(ActivityKind)
    return LogLine(
        id=row["id"],
        at=max(0, min(row["at"], _LAST_MOMENT)),
        manager=row["manager"],
        kind=ActivityKind(row["kind"]) if known else None,
        details=_details(row["details"]),
        customers=row["customers"],
        customer_ids=tuple(json.loads(row["customer_ids"])),
    )


def _details(text: str) -> dict[str, Any]:
    """Return the details of a line; nothing where somebody has made them something else."""
    try:
        details = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(details, dict) or not isinstance(details.get("tags", []), list):
        return {}
    return details


# -- checking -----------------------------------------------------------------------------------------------------


def verify(
    workspace: Workspace, stop: threading.Event | None = None, told: Callable[[int, int], None] | None = None
) -> Verified | Broken:
    """Say whether the log is as it was written: each line carries a hash over itself, its customers and the one before.

    Args:
        workspace: The database.
        stop: Ends it when it is set.
        told: Is told how many lines are checked, and of how many.

    Raises:
        Cancelled: `stop` was set.
    """
    stop = stop or threading.Event()
    with _reading(workspace.until(stop)) as connection:
        return _verified(connection.connection.driver_connection, stop, told)


def _verified(raw: Any, stop: threading.Event, told: Callable[[int, int], None] | None) -> Verified | Broken:
    head = stored.head(raw)
    if head is None or not isinstance(head[0], int):
        return Broken(1, Fault.CHANGED)
    last_id, last_hash = head
    customers = _Customers(raw)
    expected, before = 1, ""
    for line in stored.sealed_lines(raw):
        line_id, sealed = line[0], line[-1]
        if line_id < expected or expected > last_id:
            return Broken(line_id, Fault.INSERTED)
        if line_id > expected:
            return Broken(expected, Fault.REMOVED)
        if not customers.has_skipped_none(line_id) or not _fits(before, line, customers.take(line_id)):
            return Broken(line_id, Fault.CHANGED)
        if not line_id % _TOLD_EVERY:
            if stop.is_set():
                raise Cancelled("cancelled")
            if told is not None:
                told(line_id, last_id)
        expected, before = line_id + 1, sealed
    if expected <= last_id:
        return Broken(expected, Fault.REMOVED)
    if before != last_hash:
        return Broken(max(1, last_id), Fault.CHANGED)
    stray = customers.next_line
    return Verified(last_id) if stray is None else Broken(int(stray), Fault.INSERTED)


class _Customers:
    """Gives the customers of one line after the other."""

    def __init__(self, raw: Any) -> None:
        self._groups = groupby(stored.customers_of_lines(raw), key=itemgetter(0))
        self._next = next(self._groups, None)

    @property
    def next_line(self) -> Any:
        """The line that the next customers belong to; None where there are no more."""
        return None if self._next is None else self._next[0]

    def has_skipped_none(self, line_id: int) -> bool:
        """Say whether all before this line have been taken."""
        return self._next is None or not isinstance(self.next_line, int) or self.next_line >= line_id

    def take(self, line_id: int) -> list[Any]:
        """Return the customers of a line."""
        if self._next is None or self.next_line != line_id:
            return []
        found = [customer for _, customer in self._next[1]]
        self._next = next(self._groups, None)
        return found


def _fits(before: str, line: tuple[Any, ...], customers: Sequence[Any]) -> bool:
    """Say whether a line has the hash that it must have."""
    if not all(isinstance(one, int) for one in customers) or any(isinstance(one, bytes) for one in line):
        return False
    return bool(stored.seal(before, line[:-1], stored.digest_of(customers)) == line[-1])


# -- saving -------------------------------------------------------------------------------------------------------


def csv_cells(line: LogLine, sentence: str) -> tuple[str, ...]:
    """Return a line as a row of CSV, for `CSV_COLUMNS`; `sentence` says what was done."""
    details = {name: value for name, value in line.details.items() if name != "names"}
    return (
        str(line.id),
        print_datetime(line.at),
        line.manager,
        line.kind.value if line.kind is not None else "",
        sentence,
        str(line.customers),
        " ".join(map(str, line.customer_ids)),
        json.dumps(details, ensure_ascii=False),
    )


def take_out(workspace: Workspace, asked: ActivityFilter = ActivityFilter(), limit: int = -1) -> Iterator[LogLine]:
    """Return lines of the log, newest first, for a file: that they were taken out is logged before the first (R52).

    It needs both the permission to see the log and that to download data; `limit` -1 means all.
    """
    total = count_activity(workspace, asked)
    if limit >= 0:
        total = min(total, limit)
    with workspace.transaction(Permission.DOWNLOAD) as connection:
        newest = stored.last_id(connection)
        record(connection, workspace, ActivityKind.LOG_EXPORTED, lines=total)
    return islice(_pages(workspace, asked, newest + 1), total)


def _pages(workspace: Workspace, asked: ActivityFilter, before: int) -> Iterator[LogLine]:
    while lines := list_activity(workspace, asked, _PAGE, before):
        yield from lines
        before = lines[-1].id


def write_csv(
    workspace: Workspace,
    path: Path,
    sentence: Callable[[LogLine], str],
    asked: ActivityFilter = ActivityFilter(),
    stop: threading.Event | None = None,
) -> int:
    """Write lines of the log, newest first, as a CSV file: whole, or nothing is left behind; return how many.

    Args:
        workspace: The database.
        path: Where to; a file that is there is replaced.
        sentence: Says what was done.
        asked: Which lines.
        stop: Ends it when it is set.

    Raises:
        OutputError: The file cannot be written.
        Cancelled: `stop` was set.
    """
    written = 0
    with new_file(path) as name, csv_rows(name, _CSV_TYPES) as write_row:
        lines = take_out(workspace, asked)
        write_row(CSV_COLUMNS)
        for written, line in enumerate(lines, 1):  # noqa: B007 - the number of the last one
            if stop is not None and stop.is_set():
                raise Cancelled("cancelled")
            write_row(csv_cells(line, sentence(line)))
    return written
