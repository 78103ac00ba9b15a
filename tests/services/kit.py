"""What the tests of the services share: files, imports run to their end, and the database read past our own code."""

import contextlib
import csv
import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, ImportEvent, ImportRequest, Planned, Prepared
from crm_tui.services.workspace import Workspace
from storage.dialects.sqlite import load_driver

OPT_OUTS = ("unsubscribeEmail", "unsubscribeTexting")


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write a file whose first row is the header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def ask(
    path: Path,
    columns: Sequence[str | None],
    target: Target = Target.MEMBER,
    key: LeadKey | None = None,
    policy: EmptyPolicy = EmptyPolicy.KEEP,
    tag: str | None = None,
) -> ImportRequest:
    """Return a request; the columns are field keys."""
    return ImportRequest(path, target, key, tuple(columns), policy, tag)


def file_of(folder: Path, columns: Sequence[str], *rows: Sequence[str], name: str = "file.csv") -> Path:
    """Write a file whose headers are the field keys of its columns."""
    return write_csv(folder / name, [columns, *rows])


def end_of(events: Iterable[ImportEvent]) -> ImportEvent:
    """Return the last event."""
    *_, last = events
    return last


def prepare(workspace: Workspace, request: ImportRequest) -> Prepared:
    """Prepare an import that must come to a plan."""
    planned = end_of(prepare_import(workspace, request, threading.Event()))
    assert isinstance(planned, Planned), planned
    return planned.prepared


def apply(workspace: Workspace, prepared: Prepared) -> Applied:
    """Apply a prepared import, which must work."""
    applied = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(applied, Applied), applied
    return applied


def run(workspace: Workspace, request: ImportRequest) -> Applied:
    """Prepare and apply."""
    return apply(workspace, prepare(workspace, request))


def members(
    workspace: Workspace, folder: Path, columns: Sequence[str], *rows: Sequence[str], **options: Any
) -> Applied:
    """Import members from rows; every row is given both opt-outs as false unless the columns hold them."""
    return run(workspace, ask(*_with_opt_outs(folder, columns, rows), Target.MEMBER, None, **options))


def leads(
    workspace: Workspace, folder: Path, key: LeadKey, columns: Sequence[str], *rows: Sequence[str], **options: Any
) -> Applied:
    """Import leads from rows, with opt-outs as `members` gives them."""
    return run(workspace, ask(*_with_opt_outs(folder, columns, rows), Target.LEAD, key, **options))


def _with_opt_outs(folder: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Path, tuple[str, ...]]:
    if not set(OPT_OUTS) & set(columns):
        columns = (*columns, *OPT_OUTS)
        rows = [(*row, "false", "false") for row in rows]
    return file_of(folder, columns, *rows), tuple(columns)


def sql(database: Path, statement: str, *params: object) -> list[tuple[Any, ...]]:
    """Ask or change the database behind the program's back."""
    connection = sqlite3.connect(database)
    try:
        with connection:
            return connection.execute(statement, params).fetchall()
    finally:
        connection.close()


def one(database: Path, statement: str, *params: object) -> Any:
    """Return the only value that a statement gives."""
    ((value,),) = sql(database, statement, *params)
    return value


CONTENT = (
    "customer",
    "tag",
    "customer_tag",
    "import_tag",
    "customer_import_tag",
    "import_failure",
    "inbox_message",
    "field",
)


def content(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that an import writes, the log apart."""
    return {table: sql(database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in CONTENT}


def log_of(database: Path) -> list[tuple[str, Any]]:
    """Return state and numbers of all imports, oldest first."""
    rows = sql(database, "SELECT state, numbers FROM import ORDER BY id")
    return [(state, json.loads(numbers) if numbers else None) for state, numbers in rows]


def customer(database: Path, condition: str = "true", *params: object) -> dict[str, Any]:
    """Return the only customer that a condition finds, with the columns of the table and the names of their tags."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        (row,) = connection.execute(f"SELECT * FROM customer WHERE {condition}", params).fetchall()
        found = dict(row) | json.loads(row["custom"])
        for kind, order in (("tag", "position"), ("import_tag", "l.given_at, l.import_tag_id")):
            names = connection.execute(
                f"SELECT name FROM customer_{kind} l JOIN {kind} t ON t.id = {kind}_id "
                f"WHERE customer_id = ? ORDER BY {order}",
                (row["id"],),
            )
            found[f"{kind}s"] = [name for (name,) in names]
        return found
    finally:
        connection.close()


def terms(database: Path) -> dict[str, set[int]]:
    """Return all that the text index holds, in all its parts: three characters each, with the ids of whom they are."""
    found: dict[str, set[int]] = {}
    with contextlib.closing(load_driver().connect(str(database), isolation_level=None)) as connection:
        tables = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE search_text_%'"
        for (table,) in connection.execute(tables).fetchall():
            connection.execute(f"CREATE VIRTUAL TABLE temp.v_{table} USING fts5vocab(main, {table}, instance)")
            for term, customer in connection.execute(f"SELECT term, doc FROM v_{table}"):
                found.setdefault(term, set()).add(customer)
    return found


def as_manager(workspace: Workspace, manager: str) -> Workspace:
    """Return the same database as another manager has it open."""
    return Workspace(workspace._engine, workspace.path, manager)


def with_path(prepared: Prepared, scratch: Path) -> Prepared:
    """Return a prepared import whose scratch database lies elsewhere."""
    return replace(prepared, scratch=scratch)
