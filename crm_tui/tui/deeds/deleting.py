"""Deleting for good (R48, R49)."""

from collections.abc import Callable
from functools import partial

from crm_tui.i18n import t
from crm_tui.services import deleting
from crm_tui.services.deleting import Deleted
from crm_tui.services.selection import LeftOut, left_out
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.dialogs.delete_hidden import DeleteHiddenDialog
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask whether to delete."""
    desk.ask_about(chosen, DeleteDialog(chosen.words, chosen.count, told), partial(_delete, desk, partial(ask, desk)))


def ask_hidden(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask whether to delete those over the limit of managed users: by a word, as nobody has looked at them."""
    desk.ask_about(chosen, DeleteHiddenDialog(chosen.words, told), partial(_delete, desk, partial(ask_hidden, desk)))


def _delete(desk: Desk, again: Callable[[Chosen, str], None], chosen: Chosen, _answer: bool) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> tuple[Deleted, LeftOut]:
        rest = left_out(workspace, chosen.selection)
        return deleting.delete(workspace, chosen.selection, expect=chosen.expected(), stop=steps.stop), rest

    desk.do(chosen, "delete", do, partial(_told, chosen), again, can_stop=True)


def _told(chosen: Chosen, answer: tuple[Deleted, LeftOut]) -> str:
    """Say who went, what of them did not, and who matched as well."""
    deleted, rest = answer
    sentences = [chosen.told("deleted", deleted.customers), *left_over(deleted)]
    if rest.blocked:
        sentences.append(t("cli.left_blocked", count=f"{rest.blocked:,}"))
    if rest.hidden:
        sentences.append(t("cli.left_hidden", count=f"{rest.hidden:,}"))
    return " ".join(sentences)


def left_over(deleted: Deleted) -> list[str]:
    """Say what of those who were deleted did not go."""
    sentences = [t("desk.copies_left", path=str(path)) for path in deleted.copies_left]
    if deleted.messages:
        sentences.append(t("talk.messages_left", count=f"{deleted.messages:,}"))
    if deleted.segments:
        sentences.append(t("desk.segments_left", names=", ".join(deleted.segments)))
    if not deleted.is_overwritten:
        sentences.append(t("desk.overwritten_later"))
    return sentences
