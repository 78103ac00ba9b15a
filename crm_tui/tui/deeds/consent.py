"""Marketing consent: the two opt-outs (R27)."""

from functools import partial

from crm_tui.services import tagging
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.consent import ConsentDialog, ConsentOrder
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "") -> None:
    """Ask what becomes of the opt-outs."""
    desk.ask_about(chosen, ConsentDialog(chosen.words, told), partial(_change, desk))


def _change(desk: Desk, chosen: Chosen, order: ConsentOrder) -> None:
    workspace = desk.workspace

    def do(steps: Steps) -> int:
        return tagging.set_consent(
            workspace, chosen.selection, email=order.email, texting=order.texting, expect=chosen.expected()
        )

    desk.do(chosen, "consent", do, partial(chosen.told, "consented"), partial(ask, desk))
