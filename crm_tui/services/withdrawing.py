"""Withdrawn customers: a file says who they are, and all of them are deleted for good (R48, R49).

The file is read as an import's is (R21). One of its columns holds member ids, e-mails or mobile numbers; only a
verified contact says who somebody is (R2), and blocked or hidden customers are found too.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from crm_tui.core.fields import BUILT_IN, BUILT_IN_FIELDS, EMAIL, MEMBER_ID, MOBILE_NUMBER, FieldType
from crm_tui.core.identity import email_key
from crm_tui.core.mapping import propose
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell, row_parser
from crm_tui.services import deleting
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.deleting import Deleted
from crm_tui.services.errors import Cancelled, UsageError
from crm_tui.services.export_csv import csv_rows
from crm_tui.services.importing.source import RowReader, Source
from crm_tui.services.output_file import new_file
from crm_tui.services.profiles import Customer, customer_of
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from storage import customers as stored_customers
from storage.sql import Connection
from storage.withdrawing import holders

WITHDRAWN_BY = (MEMBER_ID, EMAIL, MOBILE_NUMBER)
"""The fields whose values say who somebody is."""
SHOWN = 30
"""Rows of a kind that are shown; the file of `write_not_found` has them all."""


class Why(StrEnum):
    """Why a row of the file deletes nobody."""

    MISSING = "missing"
    """No customer has the value."""
    UNVERIFIED = "unverified"
    """Some customer has it, but typed it themselves: it may be somebody else's (R2)."""
    INVALID = "invalid"
    """It is no value of the field."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that says who is to be deleted."""

    row: int
    """In the file; the header is row 1."""
    value: str
    ids: tuple[int, ...]
    """More than one where several customers share a verified contact."""


@dataclass(frozen=True, slots=True)
class UnfoundRow:
    """A row that deletes nobody."""

    row: int
    value: str
    """As it was understood; where it is invalid, as it stands; "" where the row has no such cell."""
    why: Why
    problem: Problem | None = None
    """What is wrong with an invalid one."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Whom a file means, as the customers were when it was looked at."""

    path: Path
    by: str
    """The field, one of `WITHDRAWN_BY`."""
    header: str
    """Of the column that was read."""
    rows: int
    found: tuple[FoundRow, ...]
    """In file order, like the next."""
    unfound: tuple[UnfoundRow, ...]
    repeated: int
    """Rows whose value stands in a row above."""
    ids: frozenset[int] = field(repr=False)
    """Who is to be deleted."""
    blocked: int
    """How many of them are blocked."""
    hidden: int
    """How many of them are hidden by the limit of managed users."""
    is_header_somebody: bool
    """The first line looks like a customer: in a file without titles its first customer would be passed over."""

    @property
    def customers(self) -> int:
        """How many customers are to be deleted."""
        return len(self.ids)

    @property
    def shared(self) -> int:
        """How many rows mean more than one customer each."""
        return sum(len(row.ids) > 1 for row in self.found)

    def count(self, why: Why) -> int:
        """Return how many rows delete nobody for a reason."""
        return sum(row.why is why for row in self.unfound)


def propose_by(source: Source) -> Mapping[str, int]:
    """Return the columns whose names say that they hold one of `WITHDRAWN_BY`, by field (R22)."""
    proposals = propose(source.headers, BUILT_IN_FIELDS, skipped=source.skipped_columns)
    certain = {one.field: one.column for one in proposals if one.field is not None and one.is_certain}
    return {key: certain[key] for key in WITHDRAWN_BY if key in certain}


def prepare(
    workspace: Workspace, source: Source, column: int, by: str, *, stop: threading.Event | None = None
) -> Withdrawal:
    """Read the file and look who is meant; nothing is written.

    Args:
        workspace: The database.
        source: The file.
        column: The column that says who, from 0.
        by: What it holds, one of `WITHDRAWN_BY`.
        stop: Set from another thread to give up.

    Raises:
        Forbidden: The manager may not delete.
        SourceError: The file has gone or changed since it was opened.
        Cancelled: `stop` was set.
    """
    stop = stop or threading.Event()
    with workspace.reading(Permission.DELETE):
        pass  # who may not need not wait for a large file to hear it
    named = _Named(source, column, by)
    for row, cells in RowReader(source):
        if stop.is_set():
            raise Cancelled("cancelled")
        named.add(row, cells)
    with workspace.until(stop).reading(Permission.DELETE) as connection:
        return _looked_up(connection, source, column, named)


class _Named:
    """Whom the rows of a file name."""

    def __init__(self, source: Source, column: int, by: str) -> None:
        self.by = by
        self.rows = 0
        self.repeated = 0
        self.first: dict[str, tuple[int, str]] = {}
        """The row in which a value stands first and the value itself, by how the database compares it."""
        self.invalid: list[UnfoundRow] = []
        self._column = column
        # A row with more or fewer cells than the header may have anything in this column: it is no value of it.
        self._parse = row_parser([BUILT_IN[by] if one == column else None for one in range(len(source.headers))], by)

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Take a row."""
        self.rows += 1
        parsed = self._parse(cells)
        if parsed.problems:
            value = cells[self._column] if self._column < len(cells) else ""
            self.invalid.append(UnfoundRow(row, value, Why.INVALID, parsed.problems[0]))
            return
        value = str(parsed.values[self.by])
        if self.first.setdefault(_as_compared(self.by, value), (row, value)) != (row, value):
            self.repeated += 1


def _as_compared(by: str, value: str) -> str:
    return email_key(value) if by == EMAIL else value


def _looked_up(connection: Connection, source: Source, column: int, named: _Named) -> Withdrawal:
    places = list(named.first.values())
    verified: dict[int, list[int]] = {}
    unverified: set[int] = set()
    away: dict[int, tuple[bool, bool]] = {}
    for holder in holders(connection, named.by, list(named.first)):
        if holder.is_verified:
            verified.setdefault(holder.place, []).append(holder.customer_id)
            away[holder.customer_id] = (holder.is_blocked, holder.is_hidden)
        else:
            unverified.add(holder.place)
    unfound = [
        UnfoundRow(row, value, Why.UNVERIFIED if place in unverified else Why.MISSING)
        for place, (row, value) in enumerate(places)
        if place not in verified
    ]
    return Withdrawal(
        path=source.path,
        by=named.by,
        header=source.headers[column],
        rows=named.rows,
        found=tuple(FoundRow(*places[place], tuple(ids)) for place, ids in verified.items()),
        unfound=tuple(sorted([*unfound, *named.invalid], key=lambda one: one.row)),
        repeated=named.repeated,
        ids=frozenset(away),
        blocked=sum(is_blocked for is_blocked, _ in away.values()),
        hidden=sum(is_hidden for _, is_hidden in away.values()),
        is_header_somebody=_is_somebody(connection, named.by, source.headers[column]),
    )


def _is_somebody(connection: Connection, by: str, header: str) -> bool:
    """Say whether a title looks like a customer; of a member id, which may be any text, only the database knows."""
    value = parse_cell(header, BUILT_IN[by])
    if not isinstance(value, str):
        return False
    return by != MEMBER_ID or any(holders(connection, by, [value]))


def found_customers(workspace: Workspace, withdrawal: Withdrawal) -> tuple[tuple[FoundRow, Customer], ...]:
    """Return the first customers that are to be deleted, with the rows that say so; as they are now."""
    pairs = [(row, one) for row in withdrawal.found[:SHOWN] for one in row.ids][:SHOWN]
    with workspace.reading(Permission.SEE) as connection:
        rows = stored_customers.by_ids(connection, [one for _, one in pairs])
    return tuple((row, customer_of(rows[one])) for row, one in pairs if one in rows)


def apply(
    workspace: Workspace, withdrawal: Withdrawal, *, expect: int | None = None, stop: threading.Event | None = None
) -> Deleted:
    """Delete the customers that were found, for good.

    Args:
        workspace: The database.
        withdrawal: What `prepare` found.
        expect: How many the manager means; None: those of the withdrawal.
        stop: Set from another thread to give up; nothing is deleted then.

    Raises:
        UsageError: "count_changed": they are not as many; "others_found": the file means others by now. Nobody is
            deleted then.
        Cancelled: `stop` was set in time.
    """

    def check_and_record(connection: Connection) -> None:
        # Whom somebody has given another contact meanwhile, the file does not mean any more.
        values = [_as_compared(withdrawal.by, one.value) for one in withdrawal.found]
        ids = {one.customer_id for one in holders(connection, withdrawal.by, values) if one.is_verified}
        if ids != withdrawal.ids:
            raise UsageError("others_found", found=len(ids))
        missing = len(withdrawal.unfound)
        record(connection, workspace, ActivityKind.WITHDRAWN, count=len(ids), missing=missing, by=withdrawal.by)

    expect = withdrawal.customers if expect is None else expect
    chosen = Selection(ids=withdrawal.ids)
    return deleting.delete(workspace, chosen, expect=expect, stop=stop, first=check_and_record)


def check_not_source(path: Path, source: Path) -> None:
    """Refuse to write over the file that says who withdrew.

    Raises:
        UsageError: It is that file.
    """
    with contextlib.suppress(OSError):
        if path.samefile(source):
            raise UsageError("withdrawn_output_is_source", path=str(path))


def write_unfound(path: Path, withdrawal: Withdrawal, describe: Callable[[UnfoundRow], str]) -> None:
    """Write the rows that delete nobody as a CSV file, which can be mended and used as such a file again.

    Args:
        path: Where to; overwritten.
        withdrawal: Whose.
        describe: Says in the manager's language why a row deletes nobody.

    Raises:
        OutputError: It cannot be written there.
        UsageError: The withdrawal was read from that file.
    """
    check_not_source(path, withdrawal.path)
    types = (FieldType.NUMBER, FieldType.STRING, FieldType.STRING)
    with new_file(path) as name, csv_rows(name, types) as write_row:
        write_row(("rowNumber", withdrawal.by, "reason"))
        for one in withdrawal.unfound:
            write_row((str(one.row), one.value, describe(one)))
