"""Deleting for good (R48, R49)."""

from functools import partial

from crm_tui.i18n import t
from crm_tui.services import deleting
from crm_tui.services.deleting import Deleted
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask whether to delete."""
    desk.ask_about(chosen, DeleteDialog(chosen.words, chosen.count, told), partial(_delete, desk))


def _delete(desk: Desk, chosen: Chosen, _answer: bool) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> Deleted:
        return deleting.delete(workspace, chosen.selection, expect=chosen.expected(), stop=steps.stop)

    desk.do(chosen, "delete", do, partial(_told, chosen), partial(ask, desk), can_stop=True)


def _told(chosen: Chosen, deleted: Deleted) -> str:
    """Say who went, and what of them did not."""
    sentences = [t("desk.copies_left", path=str(path)) for path in deleted.copies_left]
    if deleted.segments:
        sentences.append(t("desk.segments_left", names=", ".join(deleted.segments)))
    if not deleted.is_overwritten:
        sentences.append(t("desk.overwritten_later"))
    return " ".join((chosen.told("deleted", deleted.customers), *sentences))
