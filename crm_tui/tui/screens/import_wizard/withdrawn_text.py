"""Who withdrew, as lines of text."""

from crm_tui.core.fields import BUILT_IN, NAME
from crm_tui.core.problems import Code
from crm_tui.i18n import describe_unfound, field_label, t
from crm_tui.services.deleting import Deleted
from crm_tui.services.withdrawing import SHOWN, Why, Withdrawal
from crm_tui.tui.screens.import_wizard.draft import ImportDraft
from crm_tui.tui.screens.import_wizard.raw_rows import title
from crm_tui.tui.screens.import_wizard.withdrawn_draft import Looked
from crm_tui.tui.widgets.folder import shown

_WIDTH = 13
_MAX_VALUE = 40
_TITLES = {Why.MISSING: "missing", Why.UNVERIFIED: "unverified", Why.INVALID: "invalid"}


def summary(draft: ImportDraft) -> str:
    """Return what is about to be looked for, in one line."""
    about, source = draft.withdrawal, draft.source
    header = "-" if source is None or about.column is None else title(source.headers[about.column], about.column)
    field = "-" if about.by is None else field_label(BUILT_IN[about.by])
    words = (
        shown(draft.path.name) if draft.path else "-",
        t("wizard.target_withdrawn"),
        t("withdrawn.summary_column", column=header, field=field),
    )
    return " · ".join(words)


def number_lines(withdrawal: Withdrawal) -> str:
    """Return how many there are of each kind, one a line; rare ones only where there are some."""
    numbers = [("rows", withdrawal.rows), ("customers", withdrawal.customers)]
    rare = [
        ("blocked", withdrawal.blocked),
        ("hidden", withdrawal.hidden),
        ("shared", withdrawal.shared),
        *((why.value, withdrawal.count(why)) for why in Why),
        ("repeated", withdrawal.repeated),
    ]
    numbers += [(name, number) for name, number in rare if number]
    return "\n".join(f"{number:>{_WIDTH},}  {t(f'withdrawn.n_{name}')}" for name, number in numbers)


def found_lines(looked: Looked) -> list[str]:
    """Return the first customers that were found, under a title."""
    if not looked.first:
        return []
    count = looked.withdrawal.customers
    lines = [_title("found", len(looked.first), count)]
    for row, customer in looked.first:
        name = str(customer.get(NAME) or t("withdrawn.no_name"))
        where = "blocked" if customer.blocked else "hidden" if customer.hidden else ""
        state = f" ({t(f'withdrawn.is_{where}')})" if where else ""
        lines.append(f"{_row(row.row)}  {_clipped(row.value)} → {_clipped(name)}{state}")
    return lines


def unfound_lines(withdrawal: Withdrawal) -> list[str]:
    """Return the first rows that delete nobody, each kind under its title."""
    lines = []
    for why, name in _TITLES.items():
        rows = [one for one in withdrawal.unfound if one.why is why]
        if rows:
            lines.append(_title(name, min(SHOWN, len(rows)), len(rows)))
        for one in rows[:SHOWN]:
            value = _clipped(one.value) if one.value.strip() else t("wizard.blank")
            says_it = one.problem is None or one.problem.code is Code.KEY_BLANK
            lines.append(f"{_row(one.row)}  {value}" + ("" if says_it else f": {describe_unfound(one)}"))
    return lines


def deleted_lines(deleted: Deleted) -> str:
    """Return what went, one a line; what went of nothing is left out."""
    numbers = [
        ("customers", deleted.customers),
        ("failed_rows", deleted.failed_rows),
        ("prepared_imports", deleted.prepared_imports),
        ("copies", deleted.copies),
    ]
    shown_ones = [(name, number) for name, number in numbers if number or name == "customers"]
    return "\n".join(f"{number:>{_WIDTH},}  {t(f'withdrawn.gone_{name}')}" for name, number in shown_ones)


def _title(name: str, first: int, count: int) -> str:
    return t(f"withdrawn.{name}_{'title' if first < count else 'all'}", shown=first, count=f"{count:,}")


def _row(number: int) -> str:
    return t("wizard.row", number=f"{number:,}")


def _clipped(text: str) -> str:
    return f"{text[:_MAX_VALUE]}{'…' if len(text) > _MAX_VALUE else ''}"
