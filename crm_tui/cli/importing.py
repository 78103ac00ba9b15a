"""`import`: the events of the engine, told on stderr, and its result on stdout."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals, is_wanted
from crm_tui.cli.columns import choose_columns, column_name, map_option
from crm_tui.cli.diagnostics import Exit, exit_code, progress, say
from crm_tui.cli.opening import opened
from crm_tui.cli.shapes import failure_line, failures_json, numbers_json, reason_json
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.i18n import describe, describe_error, describe_remark, t
from crm_tui.i18n.reasons import describe_reason
from crm_tui.services.errors import CrmError, OutputError, UsageError
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import (
    Applied,
    Changed,
    ImportEvent,
    ImportRequest,
    Planned,
    Prepared,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.explaining import RowReason, explain_row
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.prepared import drop_import, failed_rows_of
from crm_tui.services.importing.report import write_failed_rows
from crm_tui.services.importing.source import Source, display_name, is_unusable, open_source, proposed_tag
from crm_tui.services.workspace import Workspace

State = Literal["applied", "planned", "cancelled", "refused"]
_COLUMNS_SAID = 100
"""Columns that are narrated one by one; a file may have thousands."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What the command line asks for."""

    file: Path
    target: Target
    key: LeadKey | None
    mapping: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    policy: EmptyPolicy = EmptyPolicy.KEEP
    tag: str | None = None
    """None: the file's name."""
    has_tag: bool = True
    source: SourceOptions = field(default_factory=SourceOptions)
    dry_run: bool = False
    is_confirmed: bool = False
    failed: Path | None = None
    """Where the failed rows are saved."""
    why: tuple[int, ...] = ()
    """Rows of which it is said why they do what they do."""
    as_json: bool = False

    @property
    def tag_given(self) -> str | None:
        """The import tag that customers get; None for none (R30)."""
        if not self.has_tag:
            return None
        return proposed_tag(self.file) or None if self.tag is None else self.tag


@dataclass(frozen=True, slots=True)
class Ending:
    """How it went."""

    state: State
    import_id: int | None = None
    prepared: Prepared | None = None
    """The plan, where it counts: one that was not applied left nothing behind."""
    error: CrmError | None = None
    reasons: tuple[RowReason, ...] = ()


def run_import(db: str | None, order: ImportOrder) -> Exit:
    """Check, plan, ask, apply; say the numbers."""
    began = time.monotonic()
    try:
        with opened(db) as workspace:
            ending = _import(workspace, order)
    except CrmError as error:
        ending = Ending("refused", error=error)
    except KeyboardInterrupt:
        ending = Ending("cancelled")
    code = _say_ending(ending)
    if order.as_json:
        # The customers are in: that nobody reads how many does not change how it went.
        with contextlib.suppress(output.ReaderGone):
            output.document(ending_json(order, ending, time.monotonic() - began))
    return code


def _import(workspace: Workspace, order: ImportOrder) -> Ending:
    if order.failed is not None:
        if _is_same_file(order.failed, order.file):
            raise UsageError("output_is_source", path=str(order.failed))
        if not order.failed.absolute().parent.is_dir():  # said now, not when the first row fails
            raise OutputError("output_unwritable", path=str(order.failed))
    source = open_source(order.file, order.source, counted=False)
    say_source(source)
    chosen = choose_columns(workspace, source, order.target, order.mapping, order.skip)
    _say_columns(source, chosen.columns, chosen.suggestions)
    request = ImportRequest(
        order.file, order.target, order.key, chosen.columns, order.policy, order.tag_given, order.source, order.dry_run
    )
    with cancelled_by_signals() as cancel:
        ended, import_id = _follow(prepare_import(workspace, request, cancel))
    if not isinstance(ended, Planned):
        return _unplanned(ended, import_id)
    prepared = ended.prepared
    try:
        if cancel.is_set():
            raise KeyboardInterrupt  # it came when nobody looked any more
        _say_plan(prepared)
        ending = _decide(workspace, order, prepared)
    except (CrmError, KeyboardInterrupt) as stopped:
        drop_import(workspace, prepared)
        error = stopped if isinstance(stopped, CrmError) else None
        return Ending("refused" if error else "cancelled", prepared.import_id, error=error)
    if ending.state != "applied":
        drop_import(workspace, prepared)
    return ending


def _unplanned(ended: ImportEvent, import_id: int | None) -> Ending:
    if isinstance(ended, Refused):
        return Ending("refused", None if is_unusable(ended.error) else import_id, error=ended.error)
    return Ending("cancelled", import_id)


def _decide(workspace: Workspace, order: ImportOrder, prepared: Prepared) -> Ending:
    """Apply a plan that its manager wants; plan again and ask again for as long as customers change meanwhile."""
    if order.dry_run:
        _save_failed(workspace, order, prepared)
        reasons = tuple(explain_row(workspace, prepared, row) for row in order.why)
        for reason in reasons:
            for sentence in describe_reason(reason):
                say(sentence)
        return Ending("planned", prepared.import_id, prepared, reasons=reasons)
    if not prepared.numbers.customers:
        raise CrmError("import_nothing")
    while order.is_confirmed or is_wanted(t("cli.confirm")):
        # Before anything is written: a folder without rights must not be found out afterwards.
        _save_failed(workspace, order, prepared)
        with cancelled_by_signals() as cancel:
            ended, _ = _follow(apply_import(workspace, prepared, cancel))
        match ended:
            case Applied():
                if order.failed is not None and prepared.numbers.failed:
                    say(t("cli.failed_saved", path=order.failed))
                return Ending("applied", prepared.import_id, prepared)
            case Changed() if not cancel.is_set():
                # With --yes nobody is there to see the new numbers: they are as good as the old ones.
                prepared = ended.prepared
                say(t("cli.changed"))
                _say_plan(prepared)
            case _:
                if order.failed is not None and prepared.numbers.failed:
                    order.failed.unlink(missing_ok=True)
                return _unplanned(ended, prepared.import_id)
    return Ending("cancelled", prepared.import_id)


def _save_failed(workspace: Workspace, order: ImportOrder, prepared: Prepared) -> None:
    if order.failed is not None and prepared.numbers.failed:
        write_failed_rows(order.failed, prepared.failure_fields, failed_rows_of(workspace, prepared), describe)


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _follow(events: Iterator[ImportEvent]) -> tuple[ImportEvent, int | None]:
    """Show progress until the end; return the last event and the import's id, where it got one."""
    import_id: int | None = None
    last: ImportEvent | None = None
    for last in events:
        match last:
            case Started(import_id=import_id):
                pass
            case Progressed(phase=phase, rows=rows, failed=failed, rows_per_second=rate, seconds_left=left):
                remaining = "" if left is None else t("cli.seconds_left", seconds=f"{left:.0f}")
                progress(t(f"cli.{phase}", rows=f"{rows:,}", failed=f"{failed:,}", rate=f"{rate:,.0f}") + remaining)
            case _:
                progress("")
    assert last is not None
    return last, import_id


def say_source(source: Source) -> None:
    """Say how the file is read, so that a wrong guess is seen (R21)."""
    file, rows = display_name(source.path) + source.path.suffix, f"{source.rows_total or 0:,}"
    if source.kind == "xlsx":
        say(t("cli.source_xlsx", file=file, sheet=source.sheet, rows=rows))
        return
    delimiter = "tab" if source.delimiter == "\t" else source.delimiter
    how = {"file": file, "encoding": source.encoding_label, "delimiter": delimiter}
    if source.rows_total is None:
        say(t("cli.source_csv_large", megabytes=f"{source.bytes_total / 1e6:,.0f}", **how))
    else:
        say(t("cli.source_csv", rows=rows, **how))


def _say_columns(source: Source, columns: tuple[str | None, ...], suggestions: tuple[tuple[int, str], ...]) -> None:
    headers = source.headers
    for column, key in list(enumerate(columns))[:_COLUMNS_SAID]:
        say(f"  {column_name(headers, column)} → {key or t('cli.not_imported')}")
    if len(columns) > _COLUMNS_SAID:
        more = columns[_COLUMNS_SAID:]
        say(t("cli.more_columns", count=len(more), mapped=sum(key is not None for key in more)))
    for column, key in suggestions:
        option = map_option(headers, column, key)
        say(t("cli.suggestion", column=column_name(headers, column), field=key, option=option))


def _say_plan(prepared: Prepared) -> None:
    numbers = prepared.numbers
    say(t("cli.plan", **{name: f"{value:,}" for name, value in numbers_json(numbers).items()}))
    for row in prepared.failures:
        say(failure_line(row))
    if numbers.failed > len(prepared.failures):
        say(t("cli.more_failures", count=f"{numbers.failed - len(prepared.failures):,}"))
    for remark in prepared.remarks:
        say(describe_remark(remark))
    if numbers.unified or numbers.unify_pending:
        say(t("unify.plan", unified=f"{numbers.unified:,}", unify_pending=f"{numbers.unify_pending:,}"))
    if numbers.opt_ins:
        say(t("cli.opt_ins", count=f"{numbers.opt_ins:,}"))
    if numbers.tags_left_out:
        say(t("cli.tags_left_out", count=f"{numbers.tags_left_out:,}"))
    say(t("cli.no_undo"))


def _say_ending(ending: Ending) -> Exit:
    """Say how it went; return the exit code."""
    if ending.error is not None:
        say(describe_error(ending.error))
        return exit_code(ending.error)
    if ending.state == "cancelled":
        say(t("cli.cancelled"))
        return Exit.INTERRUPTED
    if ending.state == "planned":
        say(t("cli.only_planned"))
        return Exit.DONE
    assert ending.prepared is not None
    numbers, number = ending.prepared.numbers, ending.import_id
    counts = {name: f"{getattr(numbers, name):,}" for name in ("created", "updated", "failed")}
    say(t("cli.applied", id=number, **counts))
    if numbers.unified or numbers.unify_pending:
        say(t("cli.applied_unified", unified=f"{numbers.unified:,}", pending=f"{numbers.unify_pending:,}"))
    if not numbers.failed:
        return Exit.DONE
    say(t("cli.mend", id=number))
    return Exit.SOME_FAILED


def ending_json(order: ImportOrder, ending: Ending, seconds: float) -> dict[str, Any]:
    """Return how an import went, with the same keys however it went; numbers that nothing came of are 0."""
    prepared = ending.prepared
    numbers = numbers_json(prepared.numbers if prepared else None)
    error = ending.error
    return {
        "import_id": ending.import_id,
        "state": ending.state,
        "target": order.target.value,
        "key": order.key.value if order.key else "memberId",
        **numbers,
        "tag": order.tag_given,
        "failures": failures_json(prepared.failures) if prepared else [],
        "remarks": [
            {
                "column": remark.column + 1,
                "field": remark.field,
                "code": remark.code.value,
                "message": describe_remark(remark),
            }
            for remark in (prepared.remarks if prepared else ())
        ],
        **({"why": [reason_json(reason) for reason in ending.reasons]} if order.why else {}),
        "failed_file": str(order.failed) if order.failed is not None and numbers["failed"] else None,
        "seconds": round(seconds, 3),
        "error": {"code": error.code, "message": describe_error(error)} if error else None,
    }
