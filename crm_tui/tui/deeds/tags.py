"""Adding and removing tags (R16)."""

from functools import partial

from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import tagging
from crm_tui.services.tagging import Tagged
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.tags import TagDialog, TagOrder
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, order: TagOrder | None = None, told: str = "") -> None:
    """Ask which tags; `order` is what was answered before."""
    ids = chosen.selection.ids
    only = min(ids) if len(ids) == 1 and chosen.selection.query is None else None
    desk.ask_about(chosen, TagDialog(desk.workspace, chosen.words, only, order, told), partial(_change, desk))


def _change(desk: Desk, chosen: Chosen, order: TagOrder) -> None:
    workspace, selection = desk.workspace, chosen.selection

    def do(steps: Steps) -> tuple[Problem, ...] | Tagged:
        return tagging.change_tags(workspace, selection, add=order.add, remove=order.remove, expect=chosen.expected())

    def told(done: tuple[Problem, ...] | Tagged) -> str:
        if isinstance(done, tuple):
            ask(desk, chosen, order, describe(done[0]))
            return ""
        left_out_words = t("desk.tags_left_out", count=f"{done.left_out:,}") if done.left_out else ""
        return f"{chosen.told('tagged', done.changed)} {left_out_words}".strip()

    desk.do(chosen, "tags", do, told, lambda now, sentence: ask(desk, now, order, sentence))
