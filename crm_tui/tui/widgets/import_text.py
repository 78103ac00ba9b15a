"""One import as widget text: what it was for, its numbers, its columns and its failed rows."""

from collections.abc import Mapping, Sequence

from textual.content import Content

from crm_tui.core.vocabulary import ImportState
from crm_tui.i18n import describe, t
from crm_tui.services.importing.events import FailedRow, ImportNumbers
from crm_tui.services.imports import ImportRecord
from crm_tui.tui.widgets.import_list import target_name
from crm_tui.tui.widgets.profile_text import two_columns
from crm_tui.tui.widgets.safe_text import fit, line, safe, wrap
from crm_tui.tui.widgets.times import local_time, zone_name

SHOWN_FAILURES = 30
_ALWAYS = ("rows", "customers", "created", "updated", "unchanged", "failed")
_RARE = ("unified", "unify_pending", "blocked_matched", "opt_ins", "tags_left_out")


def import_text(
    record: ImportRecord, failures: Sequence[FailedRow], labels: Mapping[str, str], now_ms: int, width: int
) -> Content:
    """Return all that the log knows of an import; only safe text.

    Args:
        record: The import.
        failures: Its first failed rows.
        labels: The fields' names by key.
        now_ms: This moment: failed rows expire.
        width: Cells of a line.
    """
    parts = [
        safe("\n".join(wrap(record.file_name, width))).stylize("bold"),
        Content("\n"),
        safe("\n".join(wrap(state_sentence(record), width))).stylize("$accent"),
        Content("\n"),
        *(two_columns(label, value, width) for label, value in _settings(record)),
    ]
    if record.numbers is not None:
        parts += [_heading("numbers" if record.state is ImportState.APPLIED else "numbers_planned")]
        parts += [Content(f"\n{count:>13,}  {name}") for name, count in _numbers(record.numbers)]
    parts += [_heading("columns")]
    parts += [Content("\n" + _column(header, key, labels, width)) for header, key in record.mapping]
    parts += _failed(record, failures, labels, now_ms, width)
    return Content("").join(parts)


def state_sentence(record: ImportRecord) -> str:
    """Say how an import stands, and what to do about it."""
    params: dict[str, object] = {"seconds": f"{record.seconds:,.1f}", "who": line(record.manager)}
    if record.state is ImportState.RUNNING:
        since = record.started_at if record.running_since is None else record.running_since
        params["since"] = f"{local_time(since)} {zone_name()}"
    return t(f"imports.sentence_{record.state.value}", **params)


def _settings(record: ImportRecord) -> list[tuple[str, str | None]]:
    return [
        (t("imports.column_target"), target_name(record)),
        (t("imports.policy"), t(f"imports.policy_{record.policy.value}")),
        (t("imports.column_tag"), record.tag),
        (t("imports.column_manager"), record.manager),
        (t("imports.column_when"), f"{local_time(record.started_at)} {zone_name()}"),
        (t("imports.path"), str(record.path)),
    ]


def _numbers(numbers: ImportNumbers) -> list[tuple[str, int]]:
    names = [*_ALWAYS, *(name for name in _RARE if getattr(numbers, name))]
    return [(t(f"imports.n_{name}"), getattr(numbers, name)) for name in names]


def _heading(name: str) -> Content:
    return Content("\n\n" + t(f"imports.heading_{name}")).stylize("bold")


def _column(header: str, key: str | None, labels: Mapping[str, str], width: int) -> str:
    half = max(8, min(30, (width - 4) // 2))
    field = t("imports.not_imported") if key is None else labels.get(key, key)
    return f"  {fit(header, half)} → {fit(field, max(8, width - half - 5)).rstrip()}"


def _failed(
    record: ImportRecord, failures: Sequence[FailedRow], labels: Mapping[str, str], now_ms: int, width: int
) -> list[Content]:
    if record.numbers is None or not record.numbers.failed or record.state is not ImportState.APPLIED:
        return []
    total = f"{record.numbers.failed:,}"
    if record.failures_expire_at is None or record.failures_expire_at <= now_ms:
        return [_heading("failed"), safe("\n" + t("imports.failed_expired", count=total))]
    until = f"{local_time(record.failures_expire_at, with_time=False)}"
    parts = [_heading("failed")]
    name = "failed_all" if record.numbers.failed <= SHOWN_FAILURES else "failed_first"
    parts += [Content("\n" + row) for row in wrap(t(f"imports.{name}", count=total, until=until), width)]
    for failure in failures:
        number = t("imports.row", number=f"{failure.row_number:,}")
        for problem in failure.problems:
            name = labels.get(problem.field, problem.field)
            parts.append(two_columns(number, f"{name}: {describe(problem)}" if name else describe(problem), width, 12))
            number = ""
    return parts
