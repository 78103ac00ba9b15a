"""`import`: the events of the engine, told on stderr, and its result on stdout."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, progress, refuse, say
from crm_tui.core.fields import Field, find_field
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.i18n import describe, t
from crm_tui.services.errors import NotFound, UsageError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.engine import apply_import, drop_import, failed_rows_of, key_field, prepare_import
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    ImportEvent,
    ImportRequest,
    Planned,
    Prepared,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.report import write_failed_rows
from crm_tui.services.importing.source import Source, display_name, open_source
from crm_tui.services.imports import propose_columns
from crm_tui.services.workspace import Workspace


def run_import(
    workspace: Workspace,
    file: Path,
    *,
    target: Target,
    key: LeadKey | None,
    mapping: Sequence[str],
    skip: Sequence[str],
    policy: EmptyPolicy,
    tag: str | None,
    no_tag: bool,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    dry_run: bool,
    yes: bool,
    failed: Path | None,
    as_json: bool,
) -> Exit:
    """Check, plan, ask, apply; say the numbers."""
    options = SourceOptions(encoding, delimiter, sheet)
    source = open_source(file, options)
    columns = choose_columns(workspace, source, target, mapping, skip)
    proposed = None if no_tag else (tag if tag is not None else display_name(file))
    request = ImportRequest(file, target, key, columns, policy, proposed, options, dry_run)
    _say_mapping(source, columns)
    with _cancel_on_interrupt() as cancel:
        ended = _follow(prepare_import(workspace, request, cancel))
        if not isinstance(ended, Planned):
            return _not_done(ended, request, as_json)
        prepared = ended.prepared
        seconds = ended.seconds
        _say_numbers(prepared)
        if dry_run:
            if failed is not None and prepared.numbers.failed:
                write_failed_rows(failed, prepared.failure_fields, failed_rows_of(workspace, prepared), describe)
            drop_import(workspace, prepared)
            _tell(prepared, "planned", failed, seconds, as_json)
            return Exit.DONE
        while True:
            if not yes and not typer.confirm(t("cli.confirm"), err=True):
                drop_import(workspace, prepared)
                _tell(prepared, "cancelled", None, seconds, as_json)
                return Exit.INTERRUPTED
            if failed is not None and prepared.numbers.failed:
                # Before anything is written: a folder without rights must not be found out afterwards.
                write_failed_rows(failed, prepared.failure_fields, failed_rows_of(workspace, prepared), describe)
            ended = _follow(apply_import(workspace, prepared, cancel))
            if not isinstance(ended, Changed):
                break
            prepared = ended.prepared
            say(t("cli.changed"))
            _say_numbers(prepared)
            if yes:
                # Nobody is there to see the new numbers: they are as good as the old ones, and applied.
                continue
        if not isinstance(ended, Applied):
            return _not_done(ended, request, as_json)
    _tell(prepared, "applied", failed, seconds + ended.seconds, as_json)
    say(t("cli.applied"))
    return Exit.SOME_FAILED if prepared.numbers.failed else Exit.DONE


def choose_columns(
    workspace: Workspace, source: Source, target: Target, mapping: Sequence[str], skip: Sequence[str]
) -> tuple[str | None, ...]:
    """Return each column's field: as --map and --skip say, else what is certain by its name (R22)."""
    fields = list_fields(workspace)
    columns = [one.field if one.is_certain else None for one in propose_columns(workspace, source, target)]
    for text in mapping:
        header, _, name = text.rpartition("=")
        column = _column(source, header)
        field: Field | None = find_field(name, fields)
        if field is None:
            raise NotFound("field_not_found", name=name)
        columns = [None if key == field.key else key for key in columns]
        columns[column] = field.key
    for header in skip:
        columns[_column(source, header)] = None
    return tuple(columns)


def _column(source: Source, header: str) -> int:
    if header not in source.headers:
        raise UsageError("column_unknown", name=header)
    return source.headers.index(header)


@contextmanager
def _cancel_on_interrupt() -> Iterator[threading.Event]:
    """Give an event that ctrl+c sets, in place of an exception in the middle of a statement."""
    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def _follow(events: Iterator[ImportEvent]) -> ImportEvent:
    """Show progress until the end; return the last event."""
    last: ImportEvent | None = None
    for last in events:
        match last:
            case Progressed(phase=phase, rows=rows, failed=failed, rows_per_second=rate, seconds_left=left):
                remaining = "" if left is None else t("cli.seconds_left", seconds=f"{left:.0f}")
                progress(t(f"cli.{phase}", rows=f"{rows:,}", failed=f"{failed:,}", rate=f"{rate:,.0f}") + remaining)
            case Started():
                pass
            case _:
                progress("")
    assert last is not None
    return last


def _not_done(event: ImportEvent, request: ImportRequest, as_json: bool) -> Exit:
    code = Exit.INTERRUPTED
    state = "cancelled"
    if isinstance(event, Refused):
        code, state = refuse(event.error), "refused"
    elif isinstance(event, Cancelled):
        say(t("cli.cancelled"))
    if as_json:
        output.document({"state": state, "target": request.target.value, "tag": request.tag})
    return code


def _say_mapping(source: Source, columns: Sequence[str | None]) -> None:
    for header, field in zip(source.headers, columns, strict=True):
        say(f"  {header or '-'} → {field or t('cli.not_imported')}")


def _say_numbers(prepared: Prepared) -> None:
    numbers = prepared.numbers
    say(t("cli.plan", **{name: f"{getattr(numbers, name):,}" for name in numbers.__slots__}))
    for row in prepared.failures:
        reasons = " / ".join(f"{problem.field}: {describe(problem)}".lstrip(": ") for problem in row.problems)
        say(f"  {row.row_number}: {reasons}")
    if numbers.opt_ins:
        say(t("cli.opt_ins", count=f"{numbers.opt_ins:,}"))
    if numbers.tags_left_out:
        say(t("cli.tags_left_out", count=f"{numbers.tags_left_out:,}"))
    say(t("cli.no_undo"))


def _tell(prepared: Prepared, state: str, failed: Path | None, seconds: float, as_json: bool) -> None:
    if not as_json:
        return
    numbers = prepared.numbers
    request = prepared.request
    result: dict[str, Any] = {
        "import_id": prepared.import_id,
        "state": state,
        "target": request.target.value,
        "key": key_field(request.target, request.key).removeprefix("profile."),
        **{name: getattr(numbers, name) for name in numbers.__slots__},
        "tag": request.tag,
        "failures": [
            {
                "row": row.row_number,
                "columns": list(dict.fromkeys(problem.field for problem in row.problems if problem.field)),
                "reasons": [
                    {"column": problem.field, "code": problem.code.value, "message": describe(problem)}
                    for problem in row.problems
                ],
            }
            for row in prepared.failures
        ],
        "failed_file": str(failed) if failed is not None and numbers.failed else None,
        "seconds": round(seconds, 3),
    }
    output.document(result)
