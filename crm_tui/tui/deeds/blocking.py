"""Blocking and unblocking (R46)."""

from functools import partial

from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import blocking
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.block import BlockDialog, BlockOrder
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask whether to block, and why."""
    desk.ask_about(chosen, BlockDialog(chosen.words, chosen.count, told), partial(_block, desk))


def _block(desk: Desk, chosen: Chosen, order: BlockOrder) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> int | Problem:
        return blocking.block(workspace, chosen.selection, order.reason, expect=chosen.expected())

    def told(done: int | Problem) -> str:
        return describe(done) if isinstance(done, Problem) else chosen.told("blocked", done)

    desk.do(chosen, "block", do, told, partial(ask, desk))


def ask_to_unblock(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask where they are several; one is blocked again as easily."""
    if chosen.count == 1:
        _unblock(desk, chosen, "")
        return
    question = f"{told}\n{t('desk.unblock_ask', who=chosen.words)}".strip()
    dialog = Ask(question, (("yes", t("desk.unblock_yes")), ("", t("desk.leave"))))
    desk.ask_about(chosen, dialog, partial(_unblock, desk))


def _unblock(desk: Desk, chosen: Chosen, _answer: str) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> int:
        return blocking.unblock(workspace, chosen.selection, expect=chosen.expected())

    desk.do(chosen, "unblock", do, partial(chosen.told, "unblocked"), partial(ask_to_unblock, desk))
