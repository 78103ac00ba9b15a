"""Managed users, their limit and who is hidden, as widget text."""

from rich.cells import cell_len
from textual.content import Content

from crm_tui.i18n import t
from crm_tui.services.managed import ManagedUsers, forecast
from crm_tui.tui.widgets.safe_text import fit


def managed_text(numbers: ManagedUsers) -> Content:
    """Return three lines: how many there are, how many there may be, and how many are hidden."""
    limit = t("reach.no_limit") if numbers.limit is None else f"{numbers.limit:,}"
    rows = (
        (t("reach.managed_users"), f"{numbers.total:,}", ""),
        (t("reach.limit"), limit, ""),
        (t("reach.hidden"), f"{numbers.hidden:,}", t("reach.hidden_why") if numbers.hidden else ""),
    )
    label_width = max(cell_len(label) for label, _, _ in rows)
    number_width = max(cell_len(number) for _, number, _ in rows)
    return Content("\n").join(
        Content(f"{fit(label, label_width)}  {fit(number, number_width, right=True)}  ").append(
            Content(why).stylize("dim")
        )
        for label, number, why in rows
    )


def forecast_text(now: ManagedUsers, change: int) -> str:
    """Return what an import makes of MU (R5): before, after, and who is hidden then.

    Args:
        now: As they are before it.
        change: How many customers it creates, less the leads that it unifies.
    """
    total, hidden = forecast(now, change)
    sentence = t("reach.forecast", before=f"{now.total:,}", after=f"{total:,}")
    if not hidden:
        return sentence
    more = t("reach.forecast_hidden", limit=f"{now.limit:,}", before=f"{now.hidden:,}", after=f"{hidden:,}")
    return f"{sentence} {more}"
