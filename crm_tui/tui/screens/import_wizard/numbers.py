"""Numbers, progress and failed rows as text."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from crm_tui.core.fields import BUILT_IN_FIELDS
from crm_tui.core.problems import Problem
from crm_tui.core.vocabulary import LeadKey
from crm_tui.i18n import field_label, t
from crm_tui.services.importing.events import FailedRow, ImportNumbers, Progressed
from crm_tui.tui.screens.import_wizard.draft import ImportDraft
from crm_tui.tui.screens.import_wizard.preview import reason
from crm_tui.tui.widgets.folder import shown

_ALWAYS = ("rows", "customers", "created", "updated", "unchanged", "failed")
_RARE = ("unified", "unify_pending", "blocked_matched", "tags_left_out")
_WIDTH = 13
_MAX_VALUE = 40


def number_lines(numbers: ImportNumbers, before: ImportNumbers | None = None) -> str:
    """Return the numbers of R31, one a line; with what they were before, where they were others."""
    lines = []
    if before is not None:
        lines.append(
            f"{t('wizard.n_before'):>{_wide(t('wizard.n_before'))}}{t('wizard.n_now'):>{_wide(t('wizard.n_now'))}}"
        )
    for name in (*_ALWAYS, *_RARE):
        number, old = getattr(numbers, name), getattr(before, name) if before else 0
        if name in _RARE and not number and not old:
            continue
        line = f"{number:>{_WIDTH},}  {t('wizard.n_' + name)}"
        if before is not None:
            line = f"{old:>{_WIDTH},}{line}" + (f"  {t('wizard.n_changed')}" if number != old else "")
        lines.append(line)
    return "\n".join(lines)


def _wide(text: str) -> int:
    return _WIDTH - (cell_len(text) - len(text))


def summary(draft: ImportDraft) -> str:
    """Return what is about to be imported, in one line."""
    target = "member" if draft.key is None else "lead_email" if draft.key is LeadKey.EMAIL else "lead_mobile"
    tag = draft.tag_name
    return " · ".join(
        (
            shown(draft.path.name) if draft.path else "-",
            t(f"wizard.target_{target}"),
            t(f"wizard.summary_{draft.policy}"),
            t("wizard.summary_tag", tag=tag) if tag else t("wizard.summary_no_tag"),
        )
    )


def opt_ins_line(numbers: ImportNumbers) -> str:
    """Return the warning about customers who would be written to again; "" where there are none (R34)."""
    return t("wizard.opt_ins", count=f"{numbers.opt_ins:,}") if numbers.opt_ins else ""


def progress_text(event: Progressed) -> str:
    """Return phase, rows, rate and time left in one line; what nobody knows is left out."""
    parts = [t(f"wizard.phase_{event.phase}")]
    if event.rows:
        parts.append(t("wizard.progress_rows", rows=f"{event.rows:,}"))
    if event.rows_per_second:
        parts.append(t("wizard.progress_rate", rate=f"{event.rows_per_second:,.0f}"))
    if event.failed:
        parts.append(t("wizard.progress_failed", failed=f"{event.failed:,}"))
    if event.seconds_left is not None:
        parts.append(t("wizard.left", time=clock(event.seconds_left)))
    return " · ".join(parts)


def share(event: Progressed) -> float | None:
    """Return how much of a phase is done, from 0 to 1; None where nobody knows."""
    return event.rows / event.rows_total if event.rows_total else None


def clock(seconds: float) -> str:
    """Return a length of time as minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,}:{rest:02}"


def failed_title(name: str, shown: int, count: int) -> str:
    """Return how many rows fail ("failures") or failed ("failed"), and how many of them are shown."""
    return t(f"wizard.{name}_{'title' if shown < count else 'all'}", shown=shown, count=f"{count:,}")


def failure_lines(
    failures: Sequence[FailedRow], keys: Sequence[str], labels: Mapping[str, str] | None = None
) -> list[str]:
    """Return the failed rows with the values and their reasons, one problem a line."""
    names = {field.key: field_label(field) for field in BUILT_IN_FIELDS} | dict(labels or {})
    return [
        f"{t('wizard.row', number=f'{row.row_number:,}')}  {_failure(problem, row, keys, names)}"
        for row in failures
        for problem in row.problems
    ]


def _failure(problem: Problem, row: FailedRow, keys: Sequence[str], names: Mapping[str, str]) -> str:
    if not problem.field:
        return reason(problem)
    name = names.get(problem.field, problem.field.removeprefix("profile."))
    cells = dict(zip(keys, row.cells, strict=False))
    value = cells.get(problem.field, "")
    shown = f" “{value[:_MAX_VALUE]}{'…' if len(value) > _MAX_VALUE else ''}”" if value.strip() else ""
    return f"{name}{shown}: {reason(problem)}"
