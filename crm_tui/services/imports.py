"""The import log and failed rows (R37, R38)."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from crm_tui.core.fields import MEMBER_ID
from crm_tui.core.mapping import Proposal, propose
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.vocabulary import EmptyPolicy, ImportState, LeadKey, Target
from crm_tui.services import deleting, output_file
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import NotFound
from crm_tui.services.fields import list_fields
from crm_tui.services.importing import scratch, workbook
from crm_tui.services.importing.events import FailedRow, ImportNumbers
from crm_tui.services.importing.lock import settle
from crm_tui.services.importing.report import write_failed_rows
from crm_tui.services.importing.source import Source, display_name, headers_key
from crm_tui.services.importing.stage import problems_from_json
from crm_tui.services.workspace import Workspace
from storage import imports as stored
from storage.sql import Connection, RowMapping


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of the import log. Instants are UTC epoch milliseconds."""

    id: int
    file_name: str
    path: Path
    """Where the file was; it may be gone."""
    target: Target
    key: LeadKey | None
    policy: EmptyPolicy
    tag: str | None
    state: ImportState
    manager: str
    started_at: int
    running_since: int | None
    """None unless it is prepared or applied at this moment."""
    seconds: float
    """How long it was prepared and applied."""
    numbers: ImportNumbers | None
    """None when it ended before it was planned."""
    mapping: tuple[tuple[str, str | None], ...]
    """Header and field key of each column."""
    failures_expire_at: int | None


def list_imports(workspace: Workspace, limit: int = 200) -> tuple[ImportRecord, ...]:
    """Return the import log, newest first."""
    with workspace.reading(Permission.SEE) as connection:
        return read_imports(connection, limit)


def read_imports(connection: Connection, limit: int) -> tuple[ImportRecord, ...]:
    """Return the newest lines of the import log on an open connection."""
    return tuple(_record(row) for row in stored.listed(connection, limit))


def get_import(workspace: Workspace, import_id: int) -> ImportRecord:
    """Return one import.

    Raises:
        NotFound: There is none with that id.
    """
    with workspace.reading(Permission.SEE) as connection:
        row = stored.one(connection, import_id)
    if row is None:
        raise NotFound("import_not_found", id=import_id)
    return _record(row)


def failures(workspace: Workspace, import_id: int, limit: int = 30) -> tuple[FailedRow, ...]:
    """Return the first failed rows of an import, none once their 30 days are over; `limit` -1 means all."""
    record = get_import(workspace, import_id)
    if record.failures_expire_at is None or record.failures_expire_at <= workspace.now_ms():
        return ()
    with workspace.reading(Permission.EDIT) as connection:
        return tuple(_failed_rows(stored.failures(connection, import_id, limit)))


def save_failed_rows(workspace: Workspace, import_id: int, path: Path, describe: Callable[[Problem], str]) -> None:
    """Write the failed rows of an import as .xlsx.

    Raises:
        NotFound: No row failed, or the 30 days are over.
        OutputError: The file cannot be written.
    """
    record = get_import(workspace, import_id)
    if not record.numbers or not record.numbers.failed or record.state is not ImportState.APPLIED:
        raise NotFound("failed_rows_none", id=import_id)
    if record.failures_expire_at is None or record.failures_expire_at <= workspace.now_ms():
        raise NotFound("failed_rows_expired", id=import_id)
    fields = [key for _, key in record.mapping if key is not None]
    with workspace.reading(Permission.EDIT) as connection:
        write_failed_rows(path, fields, _failed_rows(stored.failures(connection, import_id, -1)), describe)


def tidy(workspace: Workspace) -> None:
    """Remove, for good, failed rows whose 30 days are over (R38) and prepared imports older than a day.

    Done at every start. Imports whose process died are logged as interrupted; what a deletion (R49) or the writing of
    a file left behind that was killed is removed.
    """
    settle(workspace)
    scratch.sweep()
    workbook.sweep()
    output_file.sweep()
    deleting.finish(workspace)
    now = workspace.now_ms()
    with workspace.reading(None) as connection:
        is_due = stored.has_expired_failures(connection, now)
    if is_due:  # else a start would wait for whoever is writing
        with workspace.transaction(None) as connection:
            rows = stored.expire_failures(connection, now)
            if rows:  # nobody was faster
                record(connection, workspace, ActivityKind.RETENTION, failed_rows=rows, count=0)
                workspace.note_deleted(connection)
    workspace.overwrite_deleted()


def propose_columns(workspace: Workspace, source: Source, target: Target) -> tuple[Proposal, ...]:
    """Return what each column of a file is probably for: as last time for the same headers, else by its name (R22)."""
    with workspace.reading(Permission.EDIT) as connection:
        last = stored.last_mapping(connection, headers_key(source.headers), target.value)
    previous = dict(json.loads(last)) if last else None
    found = propose(source.headers, list_fields(workspace), skipped=source.skipped_columns, previous=previous)
    if target is Target.MEMBER:
        return found
    # A lead has no memberId. Its column is for nothing else, either: a number of a member is no telephone number.
    return tuple(
        replace(one, field=None, score=0.0, is_certain=True) if one.field == MEMBER_ID else one for one in found
    )


def _failed_rows(rows: Iterable[RowMapping]) -> Iterator[FailedRow]:
    for row in rows:
        yield FailedRow(row["row_number"], tuple(json.loads(row["cells"])), problems_from_json(row["problems"]))


def shown_name(path: Path) -> str:
    """Return the name of an imported file as a person writes it."""
    return display_name(path) + path.suffix


def _record(row: RowMapping) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        file_name=shown_name(Path(row["file_path"])),
        path=Path(row["file_path"]),
        target=Target(row["target"]),
        key=LeadKey(row["key"]) if row["key"] else None,
        policy=EmptyPolicy(row["policy"]),
        tag=row["tag"],
        state=ImportState(row["state"]),
        manager=row["manager"],
        started_at=row["started_at"],
        running_since=row["running_since"],
        seconds=row["duration_ms"] / 1000,
        numbers=ImportNumbers(**json.loads(row["numbers"])) if row["numbers"] else None,
        mapping=tuple((header, key) for header, key in json.loads(row["mapping"])),
        failures_expire_at=row["failures_expire_at"],
    )
