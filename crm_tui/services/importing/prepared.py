"""Prepared imports, kept in their scratch databases until they are applied, dropped or a day old (R34)."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm_tui.core.permissions import Permission
from crm_tui.core.vocabulary import EmptyPolicy, ImportState, LeadKey, Target
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import CrmError, ImportRunning
from crm_tui.services.importing import plan, scratch
from crm_tui.services.importing.events import FailedRow, ImportNumbers, ImportRequest, Prepared
from crm_tui.services.importing.lock import settle
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.stage import problems_from_json
from crm_tui.services.importing.survey import Remark, RemarkCode
from crm_tui.services.workspace import Workspace
from storage import bulk, revision, staging
from storage import imports as log
from storage import unifying as stored_unifying
from storage.sql import driver_connection

FIRST_FAILURES = 30


def note_plan(connection: Any) -> None:
    """Note what the plan says and which state of the customers it was made from; in the transaction that made it."""
    staging.set_about(connection, "revision", str(revision.read(connection)))
    base = bulk.first_new_id(connection)
    staging.set_about(connection, "base", str(base))
    staging.set_about(connection, "links", stored_unifying.links_digest(connection, stored_unifying.SCRATCH, base))
    staging.set_about(connection, "numbers", json.dumps(asdict(plan.numbers(connection))))


def is_outdated(connection: Any) -> bool:
    """Say whether customers changed since the plan was made."""
    now = (str(revision.read(connection)), str(bulk.first_new_id(connection)))
    # The plan counts on the ids that new customers get, too.
    return now != (staging.get_about(connection, "revision"), staging.get_about(connection, "base"))


def keep(connection: Any, import_id: int, request: ImportRequest, remarks: tuple[Remark, ...]) -> None:
    """Note that the import is prepared to the end: from then on it is found again after a restart."""
    staging.set_about(connection, "request", json.dumps(asdict(request) | {"path": str(request.path)}))
    staging.set_about(connection, "remarks", json.dumps([asdict(remark) for remark in remarks]))
    staging.set_about(connection, "import_id", str(import_id))


def read(connection: Any, path: Path) -> Prepared:
    """Return what is prepared in a scratch database."""
    values = {
        name: staging.get_about(connection, name) or "{}" for name in ("request", "numbers", "import_id", "remarks")
    }
    request = _request(values["request"])
    return Prepared(
        id=path.stem,
        import_id=int(values["import_id"]),
        request=request,
        numbers=ImportNumbers(**json.loads(values["numbers"])),
        failures=tuple(_failed_rows(connection, FIRST_FAILURES)),
        failure_fields=tuple(key for key in request.columns if key is not None),
        scratch=path,
        links=staging.get_about(connection, "links") or "",
        remarks=tuple(
            Remark(**remark | {"code": RemarkCode(remark["code"])}) for remark in json.loads(values["remarks"])
        ),
    )


def resumable(workspace: Workspace) -> tuple[Prepared, ...]:
    """Return the manager's prepared imports of this database that still wait for a yes, newest first.

    One whose process died while it was applied is among them: nothing of it was written.
    """
    settle(workspace)
    scratch.sweep()
    waiting = []
    for path, import_id in scratch.found(workspace):
        with workspace.reading(None) as connection:
            row = None if import_id is None else log.one(connection, import_id)
        if row is None or row["state"] not in scratch.WAITING or row["manager"] != workspace.manager:
            continue
        # Another process may apply or drop it at this very moment.
        with contextlib.suppress(CrmError), workspace.bulk(path) as connection:
            prepared = read(connection, path)
            if not prepared.request.dry_run:
                waiting.append(prepared)
    return tuple(waiting)


def drop_import(workspace: Workspace, prepared: Prepared) -> None:
    """Forget a prepared import; it stands in the log as cancelled.

    Raises:
        ImportRunning: It is being applied at this moment.
    """
    settle(workspace)
    with workspace.transaction(Permission.EDIT) as connection:
        row = log.one(connection, prepared.import_id)
        if row is not None and row["state"] == ImportState.RUNNING.value:
            raise ImportRunning("import_running", who=row["manager"], since=row["running_since"])
        if row is not None and row["state"] in scratch.WAITING:
            _log_end(workspace, connection, prepared.import_id, ImportState.CANCELLED)
    scratch.remove(prepared.scratch)


def give_up(workspace: Workspace, path: Path | None, import_id: int | None, state: ImportState) -> None:
    """Log how the caller's own running import ended, where that can be done, and remove its scratch database."""
    if path is not None:
        scratch.remove(path)
    # What cannot be logged now, with a full disk for one, the next import finds and logs as interrupted.
    with contextlib.suppress(CrmError):
        if import_id is not None:
            with workspace.transaction(None) as connection:
                _log_end(workspace, connection, import_id, state)


def _log_end(workspace: Workspace, connection: Any, import_id: int, state: ImportState) -> None:
    log.end(driver_connection(connection), import_id, state.value, None, workspace.now_ms(), None)
    record(connection, workspace, ActivityKind.IMPORT_ENDED, (), **{"import": import_id, "state": state.value})


def failed_rows_of(workspace: Workspace, prepared: Prepared) -> Iterator[FailedRow]:
    """Yield all failed rows of a prepared import in file order.

    Raises:
        NotFound: It was applied or dropped meanwhile.
    """
    with workspace.reading(Permission.EDIT), workspace.bulk(prepared.scratch) as connection:
        yield from _failed_rows(connection, -1)


def _failed_rows(connection: Any, limit: int) -> Iterator[FailedRow]:
    for row_number, cells, problems in staging.failed_rows(connection, limit):
        yield FailedRow(row_number, tuple(json.loads(cells)), problems_from_json(problems))


def _request(text: str) -> ImportRequest:
    values = json.loads(text)
    return ImportRequest(
        path=Path(values["path"]),
        target=Target(values["target"]),
        key=LeadKey(values["key"]) if values["key"] else None,
        columns=tuple(values["columns"]),
        policy=EmptyPolicy(values["policy"]),
        tag=values["tag"],
        source=SourceOptions(**values["source"]),
        dry_run=values["dry_run"],
    )
