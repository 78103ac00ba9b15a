"""`stats`: the numbers of the dashboard."""

import sys
from collections.abc import Sequence
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit
from crm_tui.cli.shapes import moment, record_json
from crm_tui.i18n import t
from crm_tui.services.stats import Stats, read_stats
from crm_tui.services.workspace import Workspace

_BAR_CELLS = 20
_PARTS = 7
"""The first numbers are the managed users and parts of them."""


def show_stats(workspace: Workspace, months: int, as_json: bool) -> Exit:
    """Print how many customers there are, whom one may write to, how they grew, and the last imports."""
    stats = read_stats(workspace, months)
    if as_json:
        output.document(_stats_json(stats))
        return Exit.DONE
    first, *others = _totals(stats)
    output.table(first, others)
    output.line("")
    output.table((t("stats.month"), t("stats.new_members"), t("stats.new_leads"), ""), _growth(stats))
    if stats.imports:
        output.line("")
        rows = [(str(one.id), moment(one.started_at) or "", one.state.value, one.file_name) for one in stats.imports]
        output.table(("id", "startedAt", "state", "file"), rows)
    return Exit.DONE


def _stats_json(stats: Stats) -> dict[str, Any]:
    numbers = {name: getattr(stats, name) for name in stats.__slots__ if name not in ("growth", "imports")}
    return {
        **numbers,
        "growth": [{"month": one.month, "members": one.members, "leads": one.leads} for one in stats.growth],
        "imports": [record_json(one) for one in stats.imports],
    }


def _totals(stats: Stats) -> Sequence[tuple[str, str, str]]:
    verified, accepts = t("stats.verified"), t("stats.accepts")
    rows = (
        (t("stats.managed_users"), stats.managed_users),
        (t("stats.members"), stats.members),
        (t("stats.leads"), stats.leads),
        (f"{verified}: {t('stats.email')}", stats.verified_email),
        (f"{verified}: {t('stats.mobile')}", stats.verified_mobile),
        (f"{accepts}: {t('stats.accepts_email')}", stats.accepts_email),
        (f"{accepts}: {t('stats.accepts_texting')}", stats.accepts_texting),
        (t("stats.blocked"), stats.blocked),
        *(() if stats.limit is None else ((t("stats.hidden"), stats.hidden), (t("stats.limit"), stats.limit))),
    )
    numbers = _aligned([number for _, number in rows])
    # Blocked and hidden customers are no part of the managed users (R5): a bar of the same scale would say they were.
    bars = [_bar(number, stats.managed_users) if place < _PARTS else "" for place, (_, number) in enumerate(rows)]
    return list(zip([name for name, _ in rows], numbers, bars, strict=True))


def _growth(stats: Stats) -> Sequence[tuple[str, ...]]:
    totals = [one.members + one.leads for one in stats.growth]
    columns = (
        [one.month for one in stats.growth],
        _aligned([one.members for one in stats.growth]),
        _aligned([one.leads for one in stats.growth]),
        [_bar(total, max(totals)) for total in totals],
    )
    return list(zip(*columns, strict=True))


def _aligned(numbers: Sequence[int]) -> list[str]:
    room = max(len(str(number)) for number in numbers)
    return [str(number).rjust(room) for number in numbers]


def _bar(number: int, whole: int) -> str:
    """Return a bar that only the whole fills and only zero leaves empty."""
    cells = 0 if number == 0 else max(1, number * _BAR_CELLS // whole)
    try:
        "█".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return "#" * cells
    return "█" * cells
