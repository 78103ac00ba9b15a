"""The marketing audience of a search, counted and written to a file (R2, R47)."""

from functools import partial
from pathlib import Path

from crm_tui.core.vocabulary import Channel
from crm_tui.i18n import t
from crm_tui.services import audience
from crm_tui.services.exporting import Exported, ExportProgress
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.audience import AudienceDialog, AudienceOrder
from crm_tui.tui.widgets.times import local_time
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, before: AudienceOrder | None = None, told: str = "") -> None:
    """Show how many there are, and ask where to write them; `before` is what was answered before."""
    query = chosen.selection.query or ""
    name = f"audience-{local_time(desk.workspace.now_ms(), with_time=False)}.csv"
    proposed = before or AudienceOrder(Channel.EMAIL, Path.home() / name)

    def check(order: AudienceOrder) -> None:
        audience.check_audience(desk.workspace, order.path, query, order.channel)

    dialog = AudienceDialog(desk.workspace, query, proposed, check, told)
    desk.ask(dialog, partial(_export, desk, chosen, query))


def _export(desk: Desk, chosen: Chosen, query: str, order: AudienceOrder) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> Exported:
        def told(progress: ExportProgress) -> None:
            steps.told(progress.done, progress.total)

        return audience.export_audience(workspace, query, order.channel, order.path, stop=steps.stop, told=told)

    def told(done: Exported) -> str:
        return t("desk.exported", count=f"{done.customers:,}", path=str(done.path))

    def again(now: Chosen, sentence: str) -> None:
        ask(desk, now, order, sentence)

    desk.do(chosen, "export", do, told, again, can_stop=True, may_mend=True, is_kept=True)
