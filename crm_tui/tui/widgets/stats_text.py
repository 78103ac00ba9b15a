"""The numbers of the dashboard as widget text, with small bars made of characters."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from crm_tui.i18n import t
from crm_tui.services.stats import Stats
from crm_tui.tui.widgets.safe_text import fit

BLOCKS = "▏▎▍▌▋▊▉█"
PLAIN = ".:#"
"""The same for `--ascii`: a sliver, half a cell and more, a whole one."""
_GAP = 3
_SIDE_BY_SIDE = 76
"""Cells that both panels need beside each other."""
_SHARE_WIDTH = 4
_MONTH_WIDTH = 7
_MIN_BAR = 4
_MAX_BAR = 30
"""A longer bar says no more."""


def bar(value: int, top: int, width: int, steps: str = BLOCKS) -> str:
    """Return a bar of exactly `width` cells.

    It does not lie at its ends: what is not zero shows at least a sliver, and only `top` fills it.

    Args:
        value: What it shows.
        top: What a full bar stands for.
        width: Cells.
        steps: How a cell looks from nearly empty to full.
    """
    units = max(0, width) * len(steps)
    if value <= 0 or not units:
        return " " * max(0, width)
    filled = units if value >= top else max(1, min(units - 1, value * units // top))
    whole, rest = divmod(filled, len(steps))
    drawn = steps[-1] * whole + (steps[rest - 1] if rest else "")
    return drawn + " " * (width - len(drawn))


def share(part: int, whole: int) -> str:
    """Return a percentage that says neither 0 nor 100 of what is neither."""
    if whole <= 0:
        return "-"
    percent = round(100 * part / whole)
    if part > 0 and percent == 0:
        return "<1%"
    return ">99%" if part < whole and percent == 100 else f"{percent}%"


def stats_text(stats: Stats, width: int, steps: str = BLOCKS) -> Content:
    """Return totals and growth, beside each other where there is room for both, else one above the other."""
    if width < _SIDE_BY_SIDE:
        return Content("\n").join([*_totals(stats, width, steps), Content(""), *_growth(stats, width, steps)])
    left_width = (width - _GAP) * 5 // 11
    left, right = _totals(stats, left_width, steps), _growth(stats, width - _GAP - left_width, steps)
    rows = max(len(left), len(right))
    left += [Content("")] * (rows - len(left))
    right += [Content("")] * (rows - len(right))
    return Content("\n").join(
        [
            Content("").join([one, Content(" " * (left_width + _GAP - one.cell_length)), other])
            for one, other in zip(left, right, strict=True)
        ]
    )


def _totals(stats: Stats, width: int, steps: str) -> list[Content]:
    """Return the numbers over all customers, with their shares of the managed users."""
    everybody = stats.managed_users
    groups: Sequence[tuple[str, Sequence[tuple[str, int, bool]]]] = (
        (
            "managed_users",
            (
                ("members", stats.members, True),
                ("leads", stats.leads, True),
                ("blocked", stats.blocked, False),
                *(() if stats.limit is None else (("hidden", stats.hidden, False), ("limit", stats.limit, False))),
            ),
        ),
        ("verified", (("email", stats.verified_email, True), ("mobile", stats.verified_mobile, True))),
        ("accepts", (("accepts_email", stats.accepts_email, True), ("accepts_texting", stats.accepts_texting, True))),
    )
    labels = [t("stats.managed_users"), *(f"  {t(f'stats.{name}')}" for _, rows in groups for name, _, _ in rows)]
    label_width = min(max(map(cell_len, labels)), width // 2)
    number_width = len(f"{max(everybody, stats.blocked, stats.hidden, stats.limit or 0):,}")
    bar_width = min(_MAX_BAR, width - label_width - number_width - _SHARE_WIDTH - 3)
    lines: list[Content] = []
    for heading, rows in groups:
        if lines:
            lines.append(Content(""))
        title = t(f"stats.{heading}")
        if heading == "managed_users":
            title = f"{fit(title, label_width)} {everybody:>{number_width},}"
        lines.append(Content(title).stylize("bold"))
        for name, count, has_share in rows:
            parts = [
                Content(fit(f"  {t(f'stats.{name}')}", label_width)),
                Content(f" {count:>{number_width},}"),
            ]
            if has_share and bar_width >= _MIN_BAR:
                parts += [
                    Content(f" {bar(count, everybody, bar_width, steps)}").stylize("$accent"),
                    Content(f" {share(count, everybody):>{_SHARE_WIDTH}}").stylize("dim"),
                ]
            lines.append(Content("").join(parts))
    return lines


def _growth(stats: Stats, width: int, steps: str) -> list[Content]:
    """Return new members and new leads of each month, both in bars of one scale."""
    columns = [("new_members", [month.members for month in stats.growth])]
    columns += [("new_leads", [month.leads for month in stats.growth])]
    top = max((count for _, counts in columns for count in counts), default=0)
    widths = [max(len(f"{max(counts, default=0):,}"), cell_len(t(f"stats.{name}"))) for name, counts in columns]
    bar_width = min(_MAX_BAR, (width - _MONTH_WIDTH - sum(widths) - 3 * len(columns)) // len(columns))
    bar_width = bar_width if bar_width >= _MIN_BAR else 0
    heading = [fit(t("stats.month"), _MONTH_WIDTH)]
    for (name, _), number_width in zip(columns, widths, strict=True):
        heading.append(f"  {fit(t(f'stats.{name}'), number_width, right=True)} {' ' * bar_width}")
    lines = [Content("".join(heading).rstrip()).stylize("bold")]
    for row, month in enumerate(stats.growth):
        parts = [Content(fit(month.month, _MONTH_WIDTH)).stylize("dim")]
        for (_, counts), number_width in zip(columns, widths, strict=True):
            parts += [
                Content(f"  {counts[row]:>{number_width},} "),
                Content(bar(counts[row], top, bar_width, steps)).stylize("$accent"),
            ]
        lines.append(Content("").join(parts).rstrip())
    return lines
