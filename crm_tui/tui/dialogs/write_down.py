"""Writing down what was said with a customer: a message or a call, in or out."""

import re
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import MAX_CALL_SECONDS, SECONDS, TEXT, Direction, EntryKind, of_blocked, parse_talk
from crm_tui.i18n import describe, t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.value_input import ValueInput

_KINDS = (
    (EntryKind.MESSAGE, Direction.IN),
    (EntryKind.MESSAGE, Direction.OUT),
    (EntryKind.CALL, Direction.IN),
    (EntryKind.CALL, Direction.OUT),
    (EntryKind.CALL, Direction.MISSED),
)
"""In the order of the answers."""
_KINDS_OF_BLOCKED = tuple(one for one in _KINDS if of_blocked(*one) is one[1])
"""What stays what it is though they are blocked; their call is one that nobody took (R47)."""
_LENGTH = re.compile(r"(?:(\d{1,4}):)?(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Talk:
    """What is to be written down."""

    kind: EntryKind
    direction: Direction
    text: str
    seconds: int | None = None


def parse_length(text: str) -> int | Problem | None:
    """Return how long a call was, in seconds, from `90` or `1:30`; None where it is blank, or what is wrong with it."""
    if not text.strip():
        return None
    found = _LENGTH.fullmatch(text.strip())
    minutes, seconds = (int(found[1] or 0), int(found[2])) if found else (0, -1)
    length = minutes * 60 + seconds
    if found is None or length > MAX_CALL_SECONDS or (found[1] and seconds > 59):
        return Problem(Code.SECONDS_INVALID, SECONDS.key, {"limit": MAX_CALL_SECONDS})
    return length


class WriteDownDialog(Dialog[Talk]):
    """Returns what was said; None when nothing is to be written down."""

    def __init__(self, subject: str, told: str = "", draft: Talk | None = None, *, is_blocked: bool = False) -> None:
        super().__init__(subject, told)
        self._is_blocked = is_blocked
        self._kinds = _KINDS_OF_BLOCKED if is_blocked else _KINDS
        self._draft = draft or Talk(*self._kinds[0], "")

    def compose(self) -> ComposeResult:
        """Lay out."""
        draft = self._draft
        answers = [t(f"talk.{kind.value}_{direction.value}") for kind, direction in self._kinds]
        seconds = "" if draft.seconds is None else str(draft.seconds)
        with Vertical(classes="dialog"):
            yield from self.heading(t("talk.write_title"))
            if self._is_blocked:
                yield Static(safe(t("talk.blocked_what")), id="what")
            yield Choices(answers, self._kinds.index((draft.kind, draft.direction)), id="kind")
            yield Label(t("talk.write_text"), id="text-label", markup=False)
            yield ValueInput(draft.text, id="text", has_lines=True)
            yield Label(t("talk.write_length"), id="length-label", markup=False)
            yield SafeInput(seconds, id="length")
            yield self.told_line()
            yield buttons(LineButton(t("talk.write"), id="act"))

    def on_mount(self) -> None:
        """Begin at the kind; where something was typed already, behind it."""
        self._show_length()
        self.query_one("#text" if self._draft.text else "#kind").focus()

    @property
    def _kind(self) -> tuple[EntryKind, Direction]:
        return self._kinds[self.query_one(Choices).cursor]

    @property
    def _has_length(self) -> bool:
        kind, direction = self._kind
        return kind is EntryKind.CALL and direction is not Direction.MISSED

    @on(Choices.Changed)
    def _show_length(self) -> None:
        is_call = self._kind[0] is EntryKind.CALL
        self.query_one("#text-label", Label).update(t("talk.write_note" if is_call else "talk.write_text"))
        for name in ("#length-label", "#length"):
            self.query_one(name).visible = self._has_length
        self.query_one("#length").can_focus = self._has_length

    @on(RowList.Opened)
    def _go_on(self, event: Message) -> None:
        event.stop()
        self.query_one("#text").focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self, event: Message) -> None:
        event.stop()
        kind, direction = self._kind
        text = parse_talk(self.query_one("#text", ValueInput).value)
        length = parse_length(self.query_one("#length", SafeInput).value) if self._has_length else None
        if isinstance(text, Problem):
            self._refuse("#text", text)
        elif not text and kind is EntryKind.MESSAGE:
            self._refuse("#text", Problem(Code.TEXT_MISSING, TEXT.key))
        elif isinstance(length, Problem):
            self._refuse("#length", length)
        else:
            self.dismiss(Talk(kind, direction, text, length))

    def _refuse(self, where: str, problem: Problem) -> None:
        self.tell(describe(problem))
        self.query_one(where).focus()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
