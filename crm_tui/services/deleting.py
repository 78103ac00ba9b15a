"""Deleting (R48, R49): customers go for good, with every copy of their values that the program keeps."""

import contextlib
import glob
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.core.fields import BUILT_IN, EMAIL
from crm_tui.core.identity import email_key
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.unification import Occasion
from crm_tui.core.validation import cell_parser
from crm_tui.core.vocabulary import ImportState
from crm_tui.services import unifying
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.importing import scratch
from crm_tui.services.selection import Expected, Selection, choosing
from crm_tui.services.traces import segments_naming_chosen
from crm_tui.services.workspace import Workspace
from storage import bulk, revision, staging
from storage import deleting as stored
from storage import imports as log
from storage.dialects import sqlite
from storage.selection import Chosen
from storage.sql import Connection, driver_connection

MAX_NAMED = 1000
"""Customers deleted at once for whom it is said which segments still name them."""
_WHO = tuple(bulk.MATCH_COLUMNS)
"""The fields by which a row of a file is known to be about somebody."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went."""

    customers: int
    failed_rows: int
    """Failed rows of imports that held one of them (R38)."""
    prepared_imports: int
    """Imports waiting for a yes that held one of them; the log has them as cancelled."""
    copies: int
    """Copies of the whole database from before an upgrade of the program."""
    copies_left: tuple[Path, ...] = ()
    """Those that could not be removed: the manager has to."""
    segments: tuple[str, ...] = ()
    """Segments whose lines still name one of them; not looked for where more than `MAX_NAMED` went."""
    messages: int = 0
    """Messages whose texts stay without an owner (R49)."""
    is_overwritten: bool = True
    """Whether the database's own file holds nothing of them any more: another program may read an older state, and
    then it is done when that is over."""


def delete(
    workspace: Workspace,
    selection: Selection,
    *,
    expect: Expected = None,
    stop: threading.Event | None = None,
    first: Callable[[Connection], None] | None = None,
) -> Deleted:
    """Delete customers for good.

    Failed rows and prepared imports are known to be about them by the memberId, e-mail or mobile number that they have
    now. A failed row with an earlier one goes when its 30 days are over (R38).

    Args:
        workspace: The database.
        selection: Whom.
        expect: Whom the manager means; where others are found nothing is deleted.
        stop: Set from another thread to give up; nothing is deleted then.
        first: Called in the transaction, on whose connection they are chosen; what it raises, deletes nobody.

    Raises:
        UsageError: They are not those of `expect`.
        Cancelled: `stop` was set in time.
    """
    with choosing(workspace, Permission.DELETE, selection, expect, stop) as (connection, customers):
        if not customers:
            return Deleted(0, 0, 0, 0)
        if first is not None:
            first(connection)
        failed = sum(_delete_failed_rows(connection, *one) for one in stored.imports_with_failures(connection))
        prepared = list(_prepared_with_chosen(workspace, connection))
        for _, import_id in prepared:
            raw = driver_connection(connection)
            log.end(raw, import_id, ImportState.CANCELLED.value, None, workspace.now_ms(), None)
        copies = _copies(workspace)
        record(
            connection,
            workspace,
            ActivityKind.DELETED,
            Chosen.ALL,
            count=customers,
            failed_rows=failed,
            prepared_imports=len(prepared),
            copies=len(copies),
        )
        segments = segments_naming_chosen(connection) if customers <= MAX_NAMED else ()
        waited = stored.leads_waiting_for_chosen(connection)
        messages = stored.delete_chosen(connection)
        if waited:  # each may wait for another member who has their contact (R42)
            unifying.settle(connection, workspace, waited, Occasion.DELETE)
        revision.customers_changed(driver_connection(connection))
        workspace.note_deleted(connection, elsewhere=True)
    for path, _ in prepared:
        scratch.remove(path)
    left = _remove(copies)
    is_overwritten = workspace.overwrite_deleted()
    return Deleted(customers, failed, len(prepared), len(copies) - len(left), left, segments, messages, is_overwritten)


def finish(workspace: Workspace) -> None:
    """Remove the files that a deletion had still to remove when its process died."""
    if workspace.has_deleted_elsewhere():
        for path, import_id in scratch.found(workspace):
            with workspace.reading(None) as connection:
                row = None if import_id is None else log.one(connection, import_id)
            if row is not None and row["state"] == ImportState.CANCELLED.value:
                scratch.remove(path)
        _remove(_copies(workspace))


def _copies(workspace: Workspace) -> list[Path]:
    """Return the copies from before upgrades: they hold everybody as they were then."""
    path = workspace.path
    return sorted(path.parent.glob(f"{glob.escape(path.name)}.before-*"))


def _remove(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Remove files; return those that stay."""
    left = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            left.append(path)
    return tuple(left)


def _delete_failed_rows(connection: Connection, import_id: int, fields: Sequence[str]) -> int:
    """Delete the failed rows of an import that hold one of those chosen; return how many."""
    number = 0
    for rows in stored.failed_rows(connection, import_id):
        found = _rows_of_chosen(connection, fields, rows)
        stored.delete_failed_rows(connection, found)
        number += len(found)
    return number


def _rows_of_chosen(
    connection: Connection, fields: Sequence[str], rows: Sequence[stored.Cells]
) -> list[tuple[int, int]]:
    """Return those of some failed rows whose memberId, e-mail or mobile number is one of a customer chosen."""
    values: dict[str, list[str]] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    for index, key in enumerate(fields):
        if key not in _WHO:
            continue
        parse = cell_parser(BUILT_IN[key])
        for place, cells, problems in rows:
            value = parse(cells[index])
            if isinstance(value, Problem):
                # A telephone number without its country code is still somebody's: the problem says whose.
                value = parse(str(_suggested(problems, key)))
            if isinstance(value, str):
                values.setdefault(key, []).append(email_key(value) if key == EMAIL else value)
                places.setdefault(key, []).append(place)
    return sorted({places[key][place] for key, place in stored.places_of_chosen(connection, values)})


def _suggested(problems: Iterable[Sequence[Any]], key: str) -> str:
    return next((params.get("suggestion", "") for _, field, params in problems if field == key), "")


def _prepared_with_chosen(workspace: Workspace, connection: Connection) -> Iterator[tuple[Path, int]]:
    """Yield the prepared imports that wait for a yes and hold one of those chosen, by scratch database and id.

    One that is being prepared at this moment is newer than the deletion, and waits for its manager's yes.
    """
    for path, import_id in scratch.found(workspace):
        row = None if import_id is None else log.one(connection, import_id)
        if import_id is None or row is None or row["state"] not in scratch.WAITING:
            continue
        # Gone or broken: whatever it held, nobody can apply it.
        with contextlib.suppress(sqlite.driver_error()), contextlib.closing(sqlite.open_scratch(path)) as prepared:
            if _holds_chosen(connection, prepared):
                yield path, import_id


def _holds_chosen(connection: Connection, prepared: Any) -> bool:
    def has_any(values: Mapping[str, Sequence[str]]) -> bool:
        return next(stored.places_of_chosen(connection, values), None) is not None

    if any(has_any(values) for values in stored.staged_values(prepared)):
        return True
    request = json.loads(staging.get_about(prepared, "request") or "{}")
    fields = [key for key in request["columns"] if key is not None]
    return any(_rows_of_chosen(connection, fields, rows) for rows in stored.scratch_failed_rows(prepared))
