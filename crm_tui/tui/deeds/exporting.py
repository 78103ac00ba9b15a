"""Exporting to a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crm_tui.i18n import t
from crm_tui.services import exporting
from crm_tui.services.exporting import Exported, ExportProgress
from crm_tui.services.fields import list_fields
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.export import ExportDialog, ExportOrder
from crm_tui.tui.widgets.times import local_time
from crm_tui.tui.work import Steps


@dataclass(frozen=True, slots=True)
class View:
    """How the list shows the customers."""

    columns: tuple[str, ...]
    sort: str
    is_descending: bool


def ask(desk: Desk, chosen: Chosen, view: View, before: ExportOrder | None = None, told: str = "") -> None:
    """Ask where to and what; `before` is what was answered before."""
    name = f"customers-{local_time(desk.workspace.now_ms(), with_time=False)}.xlsx"
    path, all_columns = (before.path, before.all_columns) if before else (Path.home() / name, False)

    def check(path: Path, password: str | None) -> None:
        exporting.check_export(desk.workspace, path, chosen.selection, password)

    shown = len(view.columns)
    dialog = ExportDialog(chosen.words, path, shown, check, all_columns=all_columns, told=told)
    desk.ask(dialog, partial(_export, desk, chosen, view))


def _export(desk: Desk, chosen: Chosen, view: View, order: ExportOrder) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> Exported:
        def told(progress: ExportProgress) -> None:
            steps.told(progress.done, progress.total)

        return exporting.export(
            workspace,
            order.path,
            chosen.selection,
            exporting.export_columns(list_fields(workspace)) if order.all_columns else view.columns,
            sort=view.sort,
            descending=view.is_descending,
            password=order.password,
            stop=steps.stop,
            told=told,
        )

    def told(done: Exported) -> str:
        return t("desk.exported", count=f"{done.customers:,}", path=str(done.path))

    def again(now: Chosen, sentence: str) -> None:
        ask(desk, now, view, order, sentence)

    desk.do(chosen, "export", do, told, again, can_stop=True, may_mend=True, is_kept=True)
