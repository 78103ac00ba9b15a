"""A customer's profile as widget text."""

from collections.abc import Sequence

from textual.content import Content

from crm_tui.core.fields import Field
from crm_tui.services.profiles import Customer
from crm_tui.tui.widgets.profile_lines import name_of, profile_groups, state_of
from crm_tui.tui.widgets.safe_text import fit, safe, wrap


def profile_text(customer: Customer, fields: Sequence[Field], width: int, *, with_blanks: bool = True) -> Content:
    """Return all that is known of a customer by group, labels and values in two columns; only safe text."""
    title = state_of(customer)
    name = "\n".join(wrap(name_of(customer), width))
    parts = [safe(name).stylize("bold"), Content("\n"), Content(title).stylize("$accent")]
    for group in profile_groups(customer, fields):
        shown = [line for line in group.lines if with_blanks or line.text is not None]
        if shown:
            parts += [Content("\n\n"), safe(group.heading).stylize("bold")]
            parts += [two_columns(line.label, line.text and line.text + line.note, width) for line in shown]
    return Content("").join(parts)


def two_columns(label: str, value: str | None, width: int, label_width: int = 0) -> Content:
    """Return a line break, a dim label and its value; a long value goes on under itself."""
    label_width = label_width or min(20, max(17, width // 4))
    rows = wrap("-" if value is None else value, max(8, width - label_width - 1))
    text = f"\n{' ' * (label_width + 1)}".join(rows)
    return Content("").join([Content("\n"), Content(f"{fit(label, label_width)} ").stylize("dim"), Content(text)])
