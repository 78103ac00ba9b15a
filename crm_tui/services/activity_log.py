"""The activity log as it is read (R52): listed, checked for lines that somebody changed, and saved as CSV."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from crm_tui.core.dates import print_datetime
from crm_tui.core.fields import FieldType
from crm_tui.core.permissions import Permission
from crm_tui.services.activity import (
    ActivityKind,
    known_kind,
    moment,
    read_details,
    reading_log,
    record,
    with_names,
)
from crm_tui.services.errors import Cancelled
from crm_tui.services.export_csv import csv_rows
from crm_tui.services.output_file import new_file
from crm_tui.services.workspace import Workspace
from storage import activity as stored
from storage import tags as stored_tags
from storage.sql import Connection, RowMapping, driver_connection

SHOWN_CUSTOMERS = 100
"""Of how many customers a line names the ids; a line about a million would be no line any more."""
CSV_COLUMNS = ("id", "at", "manager", "kind", "what", "customers", "customerIds", "details")
_CSV_TYPES = (FieldType.DATE, FieldType.DATE, *(FieldType.STRING,) * 3, FieldType.DATE, *(FieldType.STRING,) * 2)
"""What may begin like a formula is guarded; ids, moments and numbers are as they are."""
_PAGE = 1000
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
    with reading_log(workspace) as connection:
        params = _params(asked) | ({} if before is None else {"before": before})
        return _lines(connection, stored.listed(connection, params, limit, SHOWN_CUSTOMERS))


def each_line(workspace: Workspace, asked: ActivityFilter = ActivityFilter(), limit: int = -1) -> Iterator[LogLine]:
    """Yield what `list_activity` returns, a page at a time: a million of lines need no memory; -1 means all."""
    lines = _pages(workspace, asked, None)
    return lines if limit < 0 else islice(lines, min(limit, sys.maxsize))


def count_activity(workspace: Workspace, asked: ActivityFilter = ActivityFilter()) -> int:
    """Return how many lines `list_activity` would give without a limit."""
    with reading_log(workspace) as connection:
        return stored.count(connection, _params(asked))


def newest_line(workspace: Workspace) -> int:
    """Return the id of the newest line, 0 where there is none: another one means that something was done."""
    with reading_log(workspace) as connection:
        return stored.last_id(connection)


def activity_words(workspace: Workspace) -> tuple[tuple[str, ...], tuple[ActivityKind, ...]]:
    """Return the managers and the kinds that occur in the log: whatever else is asked for finds nothing."""
    with reading_log(workspace) as connection:
        managers, kinds = stored.words(connection)
    return tuple(managers), tuple(kind for kind in ActivityKind if kind in kinds)


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
    return LogLine(
        id=row["id"],
        at=moment(row["at"]),
        manager=row["manager"],
        kind=known_kind(row["kind"]),
        details=read_details(row["details"]),
        customers=row["customers"],
        customer_ids=tuple(json.loads(row["customer_ids"])),
    )


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
    with reading_log(workspace.until(stop)) as connection:
        return _verified(driver_connection(connection), stop, told)


def _verified(raw: Any, stop: threading.Event, told: Callable[[int, int], None] | None) -> Verified | Broken:
    head = stored.head(raw)
    if head is None or not isinstance(head[0], int):
        return Broken(1, Fault.CHANGED)
    last_id, last_hash = head
    customers = _Customers(raw)
    expected, before = 1, ""
    for line in stored.sealed_lines(raw):
        line_id, sealed = line[0], line[5]
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
    if expected <= max(last_id, stored.highest_id(raw)):
        # Where the head was set back, too, the database still knows how many lines there were.
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
    *sealed, found, number = line
    if not all(isinstance(one, int) for one in customers) or any(isinstance(one, bytes) for one in sealed):
        return False
    return bool(number == len(customers) and stored.seal(before, sealed, stored.digest_of(customers)) == found)


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
    with reading_log(workspace):
        pass  # who may not see the log is refused for that
    with workspace.transaction(Permission.DOWNLOAD) as connection:
        before = stored.last_id(connection) + 1
        total = stored.count(connection, _params(asked) | {"before": before})
        total = total if limit < 0 else min(total, limit)
        record(connection, workspace, ActivityKind.LOG_EXPORTED, lines=total)
    return islice(_pages(workspace, asked, before), total)


def _pages(workspace: Workspace, asked: ActivityFilter, before: int | None) -> Iterator[LogLine]:
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

    That so many were taken out is logged before there is a file (R52).

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
    with reading_log(workspace), workspace.reading(Permission.DOWNLOAD):
        pass  # who may not is refused before anything is written
    with new_file(path) as name:
        with csv_rows(name, _CSV_TYPES) as write_row:
            write_row(CSV_COLUMNS)
            for written, line in enumerate(each_line(workspace, asked), 1):  # noqa: B007 - the number of the last one
                if stop is not None and stop.is_set():
                    raise Cancelled("cancelled")
                write_row(csv_cells(line, sentence(line)))
        with workspace.transaction(Permission.DOWNLOAD) as connection:
            record(connection, workspace, ActivityKind.LOG_EXPORTED, lines=written)
    return written
