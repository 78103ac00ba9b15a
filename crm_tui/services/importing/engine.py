"""Stage, plan, apply: two generators of events that both fronts consume (R19-R37)."""

import contextlib
import gc
import json
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from crm_tui.core.fields import MAX_IMPORT_TAGS, Field
from crm_tui.core.permissions import Permission
from crm_tui.core.text import fold
from crm_tui.core.vocabulary import ImportState
from crm_tui.services import unifying
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import CrmError, NotFound, UsageError
from crm_tui.services.importing import plan, scratch
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    ImportEvent,
    ImportNumbers,
    ImportRequest,
    Planned,
    Prepared,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.lock import import_lock
from crm_tui.services.importing.prepared import give_up, is_outdated, keep, note_plan, read
from crm_tui.services.importing.reading import stage_file
from crm_tui.services.importing.requests import fields_asked_for, in_one_form
from crm_tui.services.importing.source import Source, headers_key, is_unusable, open_source
from crm_tui.services.importing.survey import Tally
from crm_tui.services.workspace import Workspace
from storage import bulk, revision, value_indexes
from storage import imports as log
from storage import unifying as stored_unifying
from storage.dialects import sqlite
from storage.selection import Chosen
from storage.sql import driver_connection

FAILURES_KEPT_MS = 30 * 24 * 60 * 60 * 1000
_PROGRESS_EVERY_S = 0.1
_SHARE_OF_CUSTOMERS = 0.75
_LOGGED = ("created", "updated", "failed", "unified", "unify_pending")
"""The numbers that the activity log has with an import."""


class _Stopped(Exception):
    """The cancel event was seen."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One import while it is prepared or applied."""

    workspace: Workspace
    request: ImportRequest
    cancel: threading.Event

    def stop_if_cancelled(self) -> None:
        if self.cancel.is_set():
            raise _Stopped


@dataclass(frozen=True, slots=True)
class _At:
    """The manager at the moment of their import: by it a customer's history knows who was created by which."""

    manager: str
    moment: int

    def now_ms(self) -> int:
        return self.moment


def prepare_import(workspace: Workspace, request: ImportRequest, cancel: threading.Event) -> Iterator[ImportEvent]:
    """Read and check a whole file and plan its import; the last event is Planned, Cancelled or Refused.

    Customers are only read. What is prepared stays in its scratch database until `apply_import` or `drop_import`,
    at most a day.
    """
    started = time.monotonic()
    import_id: int | None = None
    path: Path | None = None
    source: Source | None = None
    try:
        fields = fields_asked_for(workspace, request)
        job = _Job(workspace, in_one_form(request, fields), cancel)
        with import_lock(workspace):
            import_id = _begin_log(job)
            source = _open(job, import_id)
            path = scratch.new_scratch(workspace)
            yield Started(import_id, source.bytes_total)
            with workspace.bulk(path, create=True) as connection, _rare_garbage_collection():
                sqlite.stop_when(connection, cancel.is_set)
                prepared = yield from _prepare(job, connection, path, import_id, source, fields)
            _log_planned(workspace, prepared)
            prepared = replace(prepared, request=request)
    except GeneratorExit:
        give_up(workspace, path, import_id, ImportState.CANCELLED)
        raise
    except Exception as error:
        event = _ended_by(error, cancel, import_id)
        if import_id is not None and isinstance(event, Refused) and (source is None or is_unusable(event.error)):
            if path is not None:
                scratch.remove(path)
            _forget(workspace, import_id)
        else:
            state = ImportState.CANCELLED if isinstance(event, Cancelled) else ImportState.REFUSED
            give_up(workspace, path, import_id, state)
        if event is None:
            raise
        yield event
    else:
        # Outside the try: whoever stops listening after the plan must not lose it.
        yield Planned(prepared, time.monotonic() - started)


def apply_import(workspace: Workspace, prepared: Prepared, cancel: threading.Event) -> Iterator[ImportEvent]:
    """Write a prepared import in one transaction; the last event is Applied, Changed, Cancelled or Refused.

    If customers changed since the plan, it is made again first; Changed says that its numbers are others now and
    nothing was written. After Refused and Changed the prepared import still waits; after Cancelled it is gone.
    """
    started = time.monotonic()
    try:
        with import_lock(workspace):
            _begin_applying(workspace, prepared)
            try:
                yield Progressed("applying", 0, 0, 0, prepared.numbers.failed, 0.0, None)
                with workspace.bulk(prepared.scratch) as connection:
                    # Leads who are unified go, and all that is theirs.
                    sqlite.write_much(connection, deletes=prepared.numbers.unified > 0)
                    sqlite.stop_when(connection, cancel.is_set)
                    job = _Job(workspace, read(connection, prepared.scratch).request, cancel)
                    changed = yield from _apply(job, connection, prepared)
            except BaseException:
                # What cannot be logged now, the next import finds and logs as interrupted; it waits all the same.
                with contextlib.suppress(CrmError):
                    _log_planned(workspace, prepared)
                raise
            if changed is None:
                scratch.remove(prepared.scratch)
            else:
                _log_planned(workspace, changed)
    except Exception as error:
        event = _ended_by(error, cancel, prepared.import_id)
        if event is None:
            raise
        if isinstance(event, Cancelled):
            give_up(workspace, prepared.scratch, prepared.import_id, ImportState.CANCELLED)
        yield event
    else:
        if changed is None:
            yield Applied(prepared.import_id, prepared.numbers, time.monotonic() - started)
        else:
            yield Changed(changed, prepared.numbers)


@contextlib.contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Look for garbage in cycles less often: the many lists of rows are none, and looking takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 50_000), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _ended_by(error: Exception, cancel: threading.Event, import_id: int | None) -> Cancelled | Refused | None:
    """Return the event that tells of `error`; None: it is a fault of the program."""
    if isinstance(error, _Stopped) or (cancel.is_set() and sqlite.is_interrupt(error)):
        return Cancelled(import_id or 0)
    return Refused(error) if isinstance(error, CrmError) else None


def _begin_log(job: _Job) -> int:
    workspace, request = job.workspace, job.request
    now = workspace.now_ms()
    # A file name may hold bytes that are no text.
    path = str(request.path).encode("utf-8", "replace").decode("utf-8")
    values = {
        "file_path": path,
        "target": request.target.value,
        "key": request.key.value if request.key else None,
        "policy": request.policy.value,
        "tag": request.tag,
        "headers_key": "",
        "mapping": "[]",
        "manager": workspace.manager,
        "started_at": now,
        "running_since": now,
        "duration_ms": 0,
        "state": ImportState.RUNNING.value,
    }
    with workspace.transaction(Permission.EDIT) as connection:
        return log.insert(connection, values)


def _open(job: _Job, import_id: int) -> Source:
    """Open the file, check that it has as many columns as were chosen for, and log them."""
    source = open_source(job.request.path, job.request.source, counted=False)
    columns = job.request.columns
    if len(columns) != len(source.headers):
        raise UsageError("columns_changed", given=len(columns), found=len(source.headers))
    mapping = json.dumps(list(zip(source.headers, columns, strict=True)))
    with job.workspace.transaction(Permission.EDIT) as connection:
        log.set_columns(connection, import_id, headers_key(source.headers), mapping)
    return source


def _forget(workspace: Workspace, import_id: int) -> None:
    """Take an import out of the log whose file cannot be used: nothing of it stays (R21)."""
    with contextlib.suppress(CrmError), workspace.transaction(None) as connection:
        log.forget(connection, import_id)


def _prepare(
    job: _Job, connection: Any, path: Path, import_id: int, source: Source, fields: tuple[Field | None, ...]
) -> Generator[ImportEvent, None, Prepared]:
    """Stage and plan; return what is prepared."""
    # Deferred transactions: the live database is only read, so that others go on writing.
    tally = yield from _stage(job, connection, path, source, fields)
    with job.workspace.deferred(connection, path):
        yield from _plan(job, connection, source.bytes_total)
        note_plan(connection)
    scratch.keep(path)
    with job.workspace.deferred(connection, path):
        keep(connection, import_id, job.request, tally.remarks())
    return read(connection, path)


def _stage(
    job: _Job, connection: Any, path: Path, source: Source, fields: tuple[Field | None, ...]
) -> Generator[ImportEvent, None, Tally]:
    pace = _Pace("reading", source.rows_total or 0, source.bytes_total)
    staged = stage_file(job.workspace, connection, path, source, fields, job.request.match_field)
    with contextlib.closing(staged):
        while True:
            job.stop_if_cancelled()
            try:
                far = next(staged)
            except StopIteration as ended:
                tally: Tally = ended.value
                return tally
            yield from pace.tell(far.rows, far.failed, far.bytes_read)


def _plan(job: _Job, connection: Any, bytes_total: int) -> Iterator[ImportEvent]:
    pace: _Pace | None = None
    for rows, rows_total in plan.make_plan(connection, job.request, job.workspace.now_ms()):
        job.stop_if_cancelled()
        pace = pace or _Pace("planning", rows_total, bytes_total)
        yield from pace.tell(rows, 0)


class _Pace:
    """Tells how far a phase is, at most ten times a second."""

    def __init__(self, phase: str, rows_total: int, bytes_total: int) -> None:
        self._phase = phase
        self._rows_total = rows_total
        self._bytes_total = bytes_total
        self._started = self._told = time.monotonic()

    def tell(self, rows: int, failed: int, bytes_read: int = 0) -> Iterator[Progressed]:
        now = time.monotonic()
        if not rows or now - self._told < _PROGRESS_EVERY_S:
            return
        self._told = now
        rate = rows / (now - self._started)
        # Rows that were not counted are as long, as far as one knows, as those that were read.
        total = self._rows_total or (rows * self._bytes_total // bytes_read if bytes_read else 0)
        done = self._bytes_total * rows // total if self._phase == "reading" and total else self._bytes_total
        left = (total - rows) / rate
        yield Progressed(self._phase, rows, done, self._bytes_total, failed, rate, left, total)


def _begin_applying(workspace: Workspace, prepared: Prepared) -> None:
    """Mark the import as running; refuse one that is gone or, in another window, was applied already."""
    with workspace.transaction(Permission.EDIT) as connection:
        row = log.one(connection, prepared.import_id)
        if row is None or row["state"] not in scratch.WAITING or not prepared.scratch.exists():
            raise NotFound("prepared_gone")
        log.run_again(connection, prepared.import_id, ImportState.RUNNING.value, workspace.now_ms())


def _apply(job: _Job, connection: Any, prepared: Prepared) -> Generator[ImportEvent, None, Prepared | None]:
    """Write everything, or, where the plan has become another, nothing: then return the new one."""
    # Not in the writing transaction: others go on writing meanwhile, and may make another plan necessary.
    with job.workspace.deferred(connection, prepared.scratch):
        if is_outdated(connection):
            _plan_again(job, connection)
        now = yield from _merge(job, connection, prepared.numbers)
    scratch.keep(prepared.scratch)
    with job.workspace.immediate(connection, Permission.EDIT):
        if is_outdated(connection):
            _plan_again(job, connection)
            now = yield from _merge(job, connection, prepared.numbers)
        again = read(connection, prepared.scratch)
        if (again.numbers, again.links) != (prepared.numbers, prepared.links):
            return replace(again, request=prepared.request)
        yield from _write(job, connection, prepared, now)
        job.stop_if_cancelled()
    return None


def _merge(job: _Job, connection: Any, numbers: ImportNumbers) -> Generator[ImportEvent, None, int]:
    """Put together the customers whom the plan links; return the moment that counts as that of the import."""
    now = job.workspace.now_ms()
    pace = _Pace("applying", numbers.unified, 0)
    for leads in plan.merge_linked(connection, now):
        job.stop_if_cancelled()
        # How far the rows are is told once they are written; that something goes on, now.
        for event in pace.tell(leads, numbers.failed):
            yield replace(event, rows=0, rows_total=0, seconds_left=None)
    return now


def _plan_again(job: _Job, connection: Any) -> None:
    for _ in plan.make_plan(connection, job.request, job.workspace.now_ms()):
        job.stop_if_cancelled()
    note_plan(connection)


def _write(job: _Job, connection: Any, prepared: Prepared, now: int) -> Iterator[ImportEvent]:
    base = bulk.first_new_id(connection)
    numbers = prepared.numbers
    pace = _Pace("applying", numbers.rows, 0)
    written = 0
    value_indexes.drop_for(connection, numbers.customers)
    set_aside = bulk.set_indexes_aside(connection, numbers.created)
    for customers in bulk.apply_customers(connection, base, now):
        job.stop_if_cancelled()
        written += customers
        # Customers are most of the work; their tags and the failed rows, which come at once, are the rest.
        done = int(numbers.rows * _SHARE_OF_CUSTOMERS * written / max(1, numbers.customers))
        yield from pace.tell(done, numbers.failed)
    for statement in set_aside:
        connection.execute(statement)
    bulk.apply_tags(connection, base)
    if job.request.tag is not None:
        bulk.apply_import_tag(connection, base, fold(job.request.tag), job.request.tag, now, MAX_IMPORT_TAGS)
    unifying.write_planned(connection, job.workspace, now, prepared.import_id)
    bulk.apply_failures(connection, prepared.import_id)
    expire_at = now + FAILURES_KEPT_MS if prepared.numbers.failed else None
    log.end(connection, prepared.import_id, ImportState.APPLIED.value, json.dumps(asdict(numbers)), now, expire_at)
    log.tell(connection, prepared.import_id, job.workspace.manager, now)
    counts = {name: getattr(numbers, name) for name in _LOGGED}
    stored_unifying.note_logged(connection, bulk.customers_written(base))
    details = {"import": prepared.import_id, **counts}
    record(connection, _At(job.workspace.manager, now), ActivityKind.IMPORT_APPLIED, Chosen.LOGGED, **details)
    revision.customers_changed(connection)


def _log_planned(workspace: Workspace, prepared: Prepared) -> None:
    """Log that the import waits for its manager's yes."""
    numbers = json.dumps(asdict(prepared.numbers))
    with workspace.transaction(None) as connection:
        raw = driver_connection(connection)
        log.end(raw, prepared.import_id, ImportState.PLANNED.value, numbers, workspace.now_ms(), None)
