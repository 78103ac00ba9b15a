"""Export: customers as a file that a spreadsheet shows unharmed and that the import takes back as it is.

Blocked customers are in no export (R46).
"""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from crm_tui.core.fields import IMPORT_TAGS, LIST_TYPES, SYSTEM_FIELDS, TAGS, Field, FieldType, find_field
from crm_tui.core.permissions import Permission
from crm_tui.core.validation import print_value
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import Cancelled, DatabaseError, OutputError, UsageError
from crm_tui.services.export_csv import csv_rows
from crm_tui.services.export_xlsx import UNSTORABLE, Unstorable, check_storable, xlsx_rows
from crm_tui.services.fields import read_fields
from crm_tui.services.importing.workbook import MAX_SHEET_ROWS, stoppable
from crm_tui.services.managers import require
from crm_tui.services.output_file import new_file
from crm_tui.services.selection import Selection, cancelled_by, choose, choosing, parse_selection
from crm_tui.services.workspace import Workspace
from storage import exporting as stored
from storage.dialects import sqlite
from storage.search import Order
from storage.selection import Chosen
from storage.sql import Connection, driver_connection

SUFFIXES = (".csv", ".xlsx")
PASSWORD_LENGTHS = range(6, 256)
"""In characters; more than 255 no spreadsheet takes."""
_TOLD_EVERY_S = 0.1
_Row = tuple[int, list[str]]
_TEXTS = (FieldType.STRING, FieldType.PHONE, FieldType.EMAIL, FieldType.DATE)
"""Types whose values are texts already."""
_FREE_TEXTS = (FieldType.STRING, FieldType.LIST)
"""Types that may hold any character; tags may, too."""


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How many of the customers are written."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written whole."""

    path: Path
    customers: int


def export_columns(fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the keys of all there is to export: the fields, and what the program keeps about customers (R6).

    `blocked` is not among them: it would be false for everybody.
    """
    kept = [field.key for field in SYSTEM_FIELDS if field.key != "blocked"]
    return (*kept[:2], *(field.key for field in fields if not field.is_archived), *kept[2:])


def export(
    workspace: Workspace,
    path: Path,
    selection: Selection,
    columns: Sequence[str],
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    password: str | None = None,
    stop: threading.Event | None = None,
    told: Callable[[ExportProgress], None] | None = None,
) -> Exported:
    """Write customers, as they all stand at one moment, as .csv or .xlsx: whole, or nothing is left behind.

    Args:
        workspace: The database.
        path: Where to; its suffix says the kind of file, and a file that is there is replaced.
        selection: Whom.
        columns: Keys of fields, those of the system too, in order.
        sort: The key of the field that they are ordered by.
        descending: Whether the greatest comes first.
        password: Locks an .xlsx file.
        stop: Ends it when it is set.
        told: Is told how far it has come, ten times a second.

    Raises:
        UsageError: What is asked for cannot be exported in this way; nothing has been written.
        OutputError: The file cannot be written, or cannot hold a value.
        Cancelled: `stop` was set.
    """
    check_export(workspace, path, selection, password)
    wanted = parse_selection(workspace, selection)
    stop = stop or threading.Event()
    with new_file(path) as name:
        with cancelled_by(stop), workspace.reading(Permission.DOWNLOAD) as connection:
            sqlite.stop_when(driver_connection(connection), stop.is_set)
            fields, order = _asked_for(connection, columns, sort, descending=descending)
            choose(connection, selection, wanted)
            ids = stored.chosen_ids(connection, order)
            rows = _told(_rows(connection, ids, fields), len(ids), stop, told)
            if path.suffix.lower() == ".csv":
                _write_csv(name, fields, rows)
            else:
                _check_sheet(connection, ids, fields)
                _write_xlsx(name, fields, rows, password, stop)
        if stop.is_set():
            raise Cancelled("cancelled")
        # Before the file is given out: none leaves without a line in the log (R52).
        _log(workspace, selection, ids, stop)
    return Exported(path, len(ids))


def _asked_for(
    connection: Connection, columns: Sequence[str], sort: str, *, descending: bool
) -> tuple[tuple[Field, ...], Order]:
    known = (*read_fields(connection), *SYSTEM_FIELDS)
    fields = _fields(columns, known)
    by = find_field(sort, known)
    if by is None:
        raise UsageError("sort_unknown", name=sort)
    return fields, Order(by, descending)


def _log(workspace: Workspace, selection: Selection, ids: Sequence[int], stop: threading.Event) -> None:
    """Note the export in the log; an import that is being applied is waited for, or all was written in vain."""
    while True:
        try:
            with workspace.transaction(None) as connection:
                if selection.channel is None:
                    record(connection, workspace, ActivityKind.EXPORTED, ids, count=len(ids))
                else:
                    channel = selection.channel.value
                    record(connection, workspace, ActivityKind.AUDIENCE_EXPORTED, ids, count=len(ids), channel=channel)
            return
        except DatabaseError as error:
            if stop.is_set():
                raise Cancelled("cancelled") from error
            if error.code != "database_busy":
                raise


def note_listing(workspace: Workspace, query: str, ids: Sequence[int] | None = None) -> None:
    """Note in the log that customers are given out as they are listed, before they are (R51, R52).

    Args:
        workspace: The database.
        query: The search line that finds them.
        ids: Those of them who are listed; None: all.

    Raises:
        UsageError: The line cannot be understood.
        Forbidden: The manager may not download data.
    """
    selection = Selection(query=query) if ids is None else Selection(ids=frozenset(ids))
    with choosing(workspace, Permission.DOWNLOAD, selection) as (connection, count):
        record(connection, workspace, ActivityKind.EXPORTED, Chosen.ALL, count=count)


def check_export(workspace: Workspace, path: Path, selection: Selection, password: str | None) -> None:
    """Refuse what `export` would refuse, as far as it can be known at once.

    Raises:
        UsageError: The suffix, the password or the customers are not what can be exported.
        DatabaseError: The export could not be noted in the log.
        Forbidden: The manager may not download data.
    """
    require(workspace, Permission.DOWNLOAD)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError("export_suffix", path=str(path))
    if selection.blocked:
        raise UsageError("export_blocked")
    if password is not None and suffix != ".xlsx":
        raise UsageError("export_password_csv")
    if password is not None and len(password) not in PASSWORD_LENGTHS:
        raise UsageError("export_password_length", least=PASSWORD_LENGTHS[0], most=PASSWORD_LENGTHS[-1])
    if workspace.is_only_readable:  # no export without a line in the log (R52)
        raise DatabaseError("export_unlogged", path=workspace.database)
    if _is_same_file(path, workspace.path):
        raise UsageError("export_database", path=str(path))


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _fields(columns: Sequence[str], known: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields that are asked for; one that is asked for twice makes one column."""
    found: dict[str, Field] = {}
    for name in columns:
        field = find_field(name, known)
        if field is None:
            raise UsageError("field_not_found", name=name)
        found[field.key] = field
    if not found:
        raise UsageError("export_no_columns")
    return tuple(found.values())


def _check_sheet(connection: Connection, ids: Sequence[int], fields: Sequence[Field]) -> None:
    """Refuse at once what a sheet cannot hold: in the midst of a million rows it would be late."""
    if len(ids) >= MAX_SHEET_ROWS:
        raise UsageError("export_too_many", count=len(ids), most=MAX_SHEET_ROWS - 1)
    keys = [field.key for field in fields if field.type in _FREE_TEXTS]
    suspects = stored.possible_holders(connection, keys, UNSTORABLE)
    for customer_id, cells in _rows(connection, [one for one in ids if one in suspects], fields):
        try:
            check_storable(cells)
        except Unstorable as found:
            raise OutputError("export_character", id=customer_id, field=fields[found.column].key) from None


def _told(
    rows: Iterator[_Row], total: int, stop: threading.Event, told: Callable[[ExportProgress], None] | None
) -> Iterator[_Row]:
    """Yield the rows; between them tell by the clock how many have gone, and end when that is wanted."""
    due = 0.0
    for done, row in enumerate(rows):
        if not done % 100:
            if stop.is_set():
                raise Cancelled("cancelled")
            now = time.monotonic()
            if told and now >= due:
                told(ExportProgress(done, total))
                due = now + _TOLD_EVERY_S
        yield row
    if told:
        told(ExportProgress(total, total))


def _rows(connection: Connection, ids: Sequence[int], fields: Sequence[Field]) -> Iterator[_Row]:
    """Yield the customers as ids and rows of cells."""
    places = [
        (index, field.key.removeprefix("profile.") if field.is_custom else None)
        for index, field in enumerate(fields, 2)
    ]
    printers = [None if field.type in _TEXTS else _printer(field) for field in fields]
    for some in stored.rows(connection, ids, [field.key for field in fields]):
        for row in some:
            custom = {} if row[1] == "{}" else json.loads(row[1])
            values = [row[index] if bare is None else custom.get(bare) for index, bare in places]
            yield (
                row[0],
                [
                    "" if value is None else value if write is None else write(value)
                    for value, write in zip(values, printers, strict=True)
                ],
            )


def _printer(field: Field) -> Callable[[Any], str]:
    """Return how a stored value of a field becomes a cell, with a memory for values that repeat."""
    if field.key in (TAGS, IMPORT_TAGS):
        return _remembered(lambda value: "" if value == "[]" else print_value(tuple(json.loads(value)), field.type))
    if field.type in LIST_TYPES:
        return lambda value: print_value(tuple(value), field.type)
    return _remembered(lambda value: print_value(value, field.type))


_remembered = lru_cache(maxsize=1024, typed=True)


def _write_csv(name: Path, fields: Sequence[Field], rows: Iterator[_Row]) -> None:
    with csv_rows(name, [field.type for field in fields]) as write_row:
        write_row([field.key for field in fields])
        for _, cells in rows:
            write_row(cells)


def _write_xlsx(
    name: Path, fields: Sequence[Field], rows: Iterator[_Row], password: str | None, stop: threading.Event
) -> None:
    if password is not None:
        _write_locked(name, fields, rows, password, stop)
        return
    with name.open("wb") as file:
        _fill_xlsx(file, fields, rows, stop)


def _write_locked(
    name: Path, fields: Sequence[Field], rows: Iterator[_Row], password: str, stop: threading.Event
) -> None:
    """Write an .xlsx with a password. What is to be locked is only in memory and in a private folder before that.

    A package of at most 4,096 bytes would be spoilt by its encryption (msoffcrypto-tool 6.1, issue 105); with its
    theme, one of XlsxWriter's is always longer.
    """
    # cryptography takes a tenth of a second to import: only where it is needed
    from msoffcrypto.format.ooxml import OOXMLFile

    plain: Any = io.BytesIO()
    _fill_xlsx(plain, fields, rows, stop)
    with name.open("wb") as file:
        lock = OOXMLFile(plain)
        # Only now: it catches whatever its first look raises.
        plain.read = stoppable(plain.read, stop)
        lock.encrypt(password, file)


def _fill_xlsx(file: BinaryIO, fields: Sequence[Field], rows: Iterator[_Row], stop: threading.Event) -> None:
    with xlsx_rows(file, len(fields), stop) as write_row:
        write_row([field.key for field in fields])
        for _, cells in rows:
            write_row(cells)
