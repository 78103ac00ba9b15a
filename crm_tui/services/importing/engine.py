"""Stage, plan, apply: two generators of events that both fronts consume (R19-R37)."""

import json
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH, MAX_IMPORT_TAGS, MEMBER_ID, Field, find_field
from crm_tui.core.query import fold
from crm_tui.core.vocabulary import EmptyPolicy, ImportState, LeadKey, Target
from crm_tui.services.errors import CrmError, ImportRunning, NotFound, UsageError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing import plan, scratch
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    FailedRow,
    ImportEvent,
    ImportNumbers,
    ImportRequest,
    Planned,
    Prepared,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import RowReader, Source, open_source
from crm_tui.services.importing.stage import Stager, chunked, problems_from_json
from crm_tui.services.workspace import Workspace
from storage import bulk
from storage import imports as log
from storage.dialects import sqlite

FAILURES_KEPT_MS = 30 * 24 * 60 * 60 * 1000
FIRST_FAILURES = 30
_PROGRESS_EVERY_S = 0.1


class _Stopped(Exception):
    """The cancel event was seen."""


def key_field(target: Target, key: LeadKey | None) -> str:
    """Return the key of the field that rows are matched by."""
    return MEMBER_ID if target is Target.MEMBER or key is None else f"profile.{key.value}"


def prepare_import(workspace: Workspace, request: ImportRequest, cancel: threading.Event) -> Iterator[ImportEvent]:
    """Read and check a whole file and plan its import; the last event is Planned, Cancelled or Refused.

    Customers are only read. What is prepared stays in its scratch database until `apply_import` or `drop_import`,
    at most a day.
    """
    started = time.monotonic()
    path = scratch.new_scratch()
    import_id: int | None = None
    try:
        fields = _columns(workspace, request)
        source = open_source(request.path, request.source)
        _check_columns(request, source)
        with _import_lock(workspace):
            import_id = _begin_log(workspace, request, source)
            yield Started(import_id, source.bytes_total)
            with workspace.bulk(path) as connection:
                sqlite.stop_when(connection, cancel.is_set)
                # A deferred transaction: the live database is only read, so that others go on writing.
                with workspace.deferred(connection):
                    bulk.create_scratch(connection)
                    yield from _stage(connection, source, fields, request, cancel, started)
                with workspace.deferred(connection):
                    yield from _plan(connection, request, cancel, source.bytes_total, started)
                    prepared = _prepared(connection, path, import_id, request)
            with workspace.transaction() as written:
                raw = written.connection.driver_connection
                log.end(
                    raw,
                    import_id,
                    ImportState.PLANNED.value,
                    json.dumps(asdict(prepared.numbers)),
                    workspace.now_ms(),
                    None,
                )
    except (_Stopped, GeneratorExit) as stop:
        _give_up(workspace, path, import_id, ImportState.CANCELLED)
        if isinstance(stop, GeneratorExit):
            raise
        yield Cancelled(import_id or 0)
    except sqlite.load_driver().OperationalError:
        # The progress handler interrupted a long statement.
        _give_up(workspace, path, import_id, ImportState.CANCELLED)
        if not cancel.is_set():
            raise
        yield Cancelled(import_id or 0)
    except CrmError as error:
        _give_up(workspace, path, import_id, ImportState.REFUSED)
        yield Refused(error)
    except OSError as error:
        _give_up(workspace, path, import_id, ImportState.REFUSED)
        yield Refused(CrmError("source_unreadable", path=str(error.filename or request.path)))
    else:
        # Outside the try: whoever stops listening after the plan must not lose it.
        yield Planned(prepared, time.monotonic() - started)


def apply_import(workspace: Workspace, prepared: Prepared, cancel: threading.Event) -> Iterator[ImportEvent]:
    """Write a prepared import in one transaction; the last event is Applied, Changed, Cancelled or Refused.

    If customers changed since the plan, it is made again first; Changed says that its numbers are others now and
    nothing was written.
    """
    started = time.monotonic()
    request = prepared.request
    try:
        if not prepared.scratch.exists():
            raise NotFound("prepared_gone")
        with _import_lock(workspace), workspace.bulk(prepared.scratch) as connection:
            sqlite.stop_when(connection, cancel.is_set)
            yield Progressed("applying", 0, 0, 0, prepared.numbers.failed, 0.0, None)
            changed: Prepared | None = None
            with workspace.immediate(connection):
                if str(log.revision(connection)) != bulk.get_about(connection, "revision"):
                    for _ in plan.make_plan(
                        connection, _key(request), request.policy, is_lead=request.target is Target.LEAD
                    ):
                        _stop_if(cancel)
                    again = _prepared(connection, prepared.scratch, prepared.import_id, request)
                    if again.numbers != prepared.numbers:
                        changed = again
                if changed is None:
                    _write(workspace, connection, prepared, cancel)
        if changed is not None:
            yield Changed(changed, prepared.numbers)
            return
        scratch.remove(prepared.scratch)
        yield Applied(prepared.import_id, prepared.numbers, time.monotonic() - started)
    except _Stopped:
        yield Cancelled(prepared.import_id)
    except sqlite.load_driver().OperationalError:
        if not cancel.is_set():
            raise
        yield Cancelled(prepared.import_id)
    except CrmError as error:
        yield Refused(error)


def drop_import(workspace: Workspace, prepared: Prepared) -> None:
    """Forget a prepared import; it stands in the log as cancelled."""
    _give_up(workspace, prepared.scratch, prepared.import_id, ImportState.CANCELLED)


def resumable(workspace: Workspace) -> tuple[Prepared, ...]:
    """Return the manager's prepared imports of this database that still wait for a yes, newest first."""
    found = []
    for path in scratch.all_scratch():
        with workspace.bulk(path) as connection:
            try:
                about = bulk.get_about(connection, "prepared")
                owner = bulk.get_about(connection, "owner")
            except sqlite.load_driver().Error:
                continue  # one that another process is still filling
            if about is None or owner != f"{workspace.manager}\n{workspace.database}":
                continue
            request, import_id = _request_from_json(about)
            found.append(_read_prepared(connection, path, import_id, request))
    return tuple(found)


def failed_rows_of(workspace: Workspace, prepared: Prepared) -> Iterator[FailedRow]:
    """Yield all failed rows of a prepared import in file order."""
    with workspace.bulk(prepared.scratch) as connection:
        for row_number, cells, problems in bulk.failed_rows(connection):
            yield FailedRow(row_number, tuple(json.loads(cells)), problems_from_json(problems))


def headers_key(headers: Sequence[str]) -> str:
    """Return the same text for files with the same set of headers (R22)."""
    return json.dumps(sorted(unicodedata.normalize("NFC", header).strip() for header in headers), ensure_ascii=False)


def _key(request: ImportRequest) -> str:
    return key_field(request.target, request.key)


def _columns(workspace: Workspace, request: ImportRequest) -> tuple[Field | None, ...]:
    """Return the field of each column, or refuse the mapping (R22)."""
    known = list_fields(workspace)
    fields: list[Field | None] = []
    for name in request.columns:
        field = find_field(name, known) if name is not None else None
        if name is not None and field is None:
            raise UsageError("field_not_found", name=name)
        if field is not None and field in fields:
            raise UsageError("field_mapped_twice", field=field.key)
        if field is not None and field.key == MEMBER_ID and request.target is Target.LEAD:
            raise UsageError("lead_with_member_id", field=field.key)
        fields.append(field)
    if _key(request) not in {field.key for field in fields if field}:
        raise UsageError("import_key_unmapped", field=_key(request))
    tag = request.tag
    if tag is not None and (not tag.strip() or len(tag) > MAX_IMPORT_TAG_LENGTH or not tag.isprintable()):
        raise UsageError("import_tag_invalid", limit=MAX_IMPORT_TAG_LENGTH)
    return tuple(fields)


def _check_columns(request: ImportRequest, source: Source) -> None:
    if len(request.columns) != len(source.headers):
        raise UsageError("columns_changed", given=len(request.columns), found=len(source.headers))


@contextmanager
def _import_lock(workspace: Workspace) -> Iterator[None]:
    """Hold the right to import (R35); the operating system takes it back when the process dies."""
    lock = FileLock(f"{workspace.path}.import-lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        with workspace.reading() as connection:
            row = log.running(connection, ImportState.RUNNING.value)
        raise ImportRunning(
            "import_running", who=row["manager"] if row else "?", since=row["started_at"] if row else 0
        ) from None
    try:
        # Whoever holds the lock knows that nobody else runs: what is logged as running died.
        with workspace.transaction() as connection:
            log.mark_interrupted(
                connection, ImportState.RUNNING.value, ImportState.INTERRUPTED.value, workspace.now_ms()
            )
        yield
    finally:
        lock.release()


def _begin_log(workspace: Workspace, request: ImportRequest, source: Source) -> int:
    with workspace.transaction() as connection:
        return log.insert(
            connection,
            {
                "file_path": str(source.path),
                "target": request.target.value,
                "key": request.key.value if request.key else None,
                "policy": request.policy.value,
                "tag": request.tag,
                "headers_key": headers_key(source.headers),
                "mapping": json.dumps(list(zip(source.headers, request.columns, strict=True)), ensure_ascii=False),
                "manager": workspace.manager,
                "started_at": workspace.now_ms(),
                "state": ImportState.RUNNING.value,
            },
        )


def _stop_if(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise _Stopped


def _stage(
    connection: Any,
    source: Source,
    fields: Sequence[Field | None],
    request: ImportRequest,
    cancel: threading.Event,
    started: float,
) -> Iterator[ImportEvent]:
    stager = Stager(connection, fields, _key(request))
    reader = RowReader(source)
    rows = 0
    told = started
    for chunk in chunked(reader):
        _stop_if(cancel)
        stager.add(chunk)
        rows += len(chunk)
        now = time.monotonic()
        if now - told >= _PROGRESS_EVERY_S:
            told = now
            rate = rows / (now - started)
            read = reader.bytes_read
            left = (now - started) * (source.bytes_total - read) / read if read else None
            yield Progressed("reading", rows, read, source.bytes_total, stager.failed, rate, left)


def _plan(
    connection: Any, request: ImportRequest, cancel: threading.Event, bytes_total: int, started: float
) -> Iterator[ImportEvent]:
    for rows in plan.make_plan(connection, _key(request), request.policy, is_lead=request.target is Target.LEAD):
        _stop_if(cancel)
        rate = rows / (time.monotonic() - started)
        yield Progressed("planning", rows, bytes_total, bytes_total, 0, rate, None)


def _prepared(connection: Any, path: Path, import_id: int, request: ImportRequest) -> Prepared:
    """Return the plan that stands in the scratch database, and note there what it was made from."""
    bulk.set_about(connection, "revision", str(log.revision(connection)))
    bulk.set_about(connection, "prepared", _request_to_json(request, import_id))
    row = connection.execute("SELECT manager FROM main.import WHERE id = ?", (import_id,)).fetchone()
    database = next(item[2] for item in connection.execute("PRAGMA database_list") if item[1] == "main")
    bulk.set_about(connection, "owner", f"{row[0]}\n{database}")
    numbers = plan.numbers(connection)
    bulk.set_about(connection, "numbers", json.dumps(asdict(numbers)))
    return _read_prepared(connection, path, import_id, request)


def _read_prepared(connection: Any, path: Path, import_id: int, request: ImportRequest) -> Prepared:
    numbers = ImportNumbers(**json.loads(bulk.get_about(connection, "numbers") or "{}"))
    failures = tuple(
        FailedRow(row_number, tuple(json.loads(cells)), problems_from_json(problems))
        for row_number, cells, problems in bulk.failed_rows(connection, FIRST_FAILURES)
    )
    mapped = tuple(key for key in request.columns if key is not None)
    return Prepared(path.stem, import_id, request, numbers, failures, mapped, path)


def _write(workspace: Workspace, connection: Any, prepared: Prepared, cancel: threading.Event) -> None:
    now = workspace.now_ms()
    request = prepared.request
    base = bulk.apply_customers(connection, now)
    bulk.apply_tags(connection, base)
    if request.tag is not None:
        tag = unicodedata.normalize("NFC", request.tag.strip())
        bulk.apply_import_tag(connection, base, fold(tag), tag, now, MAX_IMPORT_TAGS)
    bulk.apply_failures(connection, prepared.import_id)
    expire_at = now + FAILURES_KEPT_MS if prepared.numbers.failed else None
    log.end(
        connection, prepared.import_id, ImportState.APPLIED.value, json.dumps(asdict(prepared.numbers)), now, expire_at
    )
    log.tell(connection, prepared.import_id, workspace.manager, now)
    log.bump_revision(connection)
    _stop_if(cancel)


def _give_up(workspace: Workspace, path: Path, import_id: int | None, state: ImportState) -> None:
    scratch.remove(path)
    if import_id is not None:
        with workspace.transaction() as connection:
            log.end(connection.connection.driver_connection, import_id, state.value, None, workspace.now_ms(), None)


def _request_to_json(request: ImportRequest, import_id: int) -> str:
    values = asdict(request) | {"path": str(request.path), "import_id": import_id}
    return json.dumps(values, ensure_ascii=False)


def _request_from_json(text: str) -> tuple[ImportRequest, int]:
    values = json.loads(text)
    import_id: int = values.pop("import_id")
    request = ImportRequest(
        path=Path(values["path"]),
        target=Target(values["target"]),
        key=LeadKey(values["key"]) if values["key"] else None,
        columns=tuple(values["columns"]),
        policy=EmptyPolicy(values["policy"]),
        tag=values["tag"],
        source=SourceOptions(**values["source"]),
        dry_run=values["dry_run"],
    )
    return request, import_id
