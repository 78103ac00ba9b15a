"""Writing down a message or a call (R44, R47)."""

from functools import partial

from crm_tui.core.talk import Direction, EntryKind
from crm_tui.i18n import describe, t
from crm_tui.services import conversations
from crm_tui.services.conversations import Answer, Refused, Written
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.write_down import Talk, WriteDownDialog
from crm_tui.tui.work import Steps


def ask(desk: Desk, chosen: Chosen, told: str = "", *, draft: Talk | None = None, is_blocked: bool = False) -> None:
    """Ask what was said; `draft`: what was typed at the last try."""
    dialog = WriteDownDialog(chosen.words, told, draft, is_blocked=is_blocked)
    desk.ask_about(chosen, dialog, partial(_write, desk, is_blocked))


def _write(desk: Desk, is_blocked: bool, chosen: Chosen, talk: Talk) -> None:
    workspace = desk.workspace
    (customer_id,) = chosen.selection.ids
    again = partial(ask, desk, draft=talk, is_blocked=is_blocked)

    def do(steps: Steps) -> Answer:
        if talk.kind is EntryKind.MESSAGE:
            return conversations.write_message(workspace, customer_id, talk.direction, talk.text)
        return conversations.write_call(workspace, customer_id, talk.direction, talk.text, talk.seconds)

    def told(answer: Answer) -> str:
        match answer:
            case Written(became_missed=became_missed):
                missed = talk.direction is Direction.MISSED
                return t("talk.became_missed" if became_missed and not missed else "talk.written", who=chosen.words)
            case Refused(code):
                again(chosen, t(f"talk.{code.value}"))
                return ""
            case problems:
                again(chosen, " ".join(describe(one) for one in problems))
                return ""

    desk.do(chosen, "write_down", do, told, again, may_mend=True)
