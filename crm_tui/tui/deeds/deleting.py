"""Deleting for good (R48, R49)."""

from functools import partial

from crm_tui.services import deleting
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask whether to delete."""
    desk.ask(DeleteDialog(chosen.words, chosen.count, told), partial(_delete, desk, chosen))


def _delete(desk: Desk, chosen: Chosen, _answer: bool) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> int:
        return deleting.delete(workspace, chosen.selection, expect=chosen.count, stop=steps.stop).customers

    desk.do(chosen, "delete", do, partial(chosen.told, "deleted"), partial(ask, desk), can_stop=True)
