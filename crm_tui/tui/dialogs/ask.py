"""A question with a few answers."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.tui import keys
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe

_OTHER_ROWS = 5
"""Border and a question of one line, with the gaps between them."""


class Answers(LineList):
    """A line for each answer."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(id="answers")
        self._texts = texts
        self.total = len(texts)
        self.styles.height = len(texts)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return an answer."""
        return self._texts[row], "row"


class Ask(ModalScreen[str | None]):
    """Returns the name of the chosen answer; None when it is left."""

    CSS_PATH = "../styles/dialogs.tcss"

    def __init__(self, text: str, answers: Sequence[tuple[str, str]], *, begins_on: int = 0) -> None:
        """Ask.

        Args:
            text: The question; not yet safe for a terminal.
            answers: Name and sentence of each.
            begins_on: The answer that Enter gives at once. Where there is no way back, the one that does nothing.
        """
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._text = text
        self._answers = answers
        self._begins_on = begins_on % len(answers)

    def compose(self) -> ComposeResult:
        """Lay out the question over its answers."""
        with Vertical(classes="dialog"):
            with VerticalScroll(id="question", can_focus=False):
                yield Static(safe(self._text))
            yield Answers([text for _, text in self._answers])

    def on_mount(self) -> None:
        """Stand on the answer that it begins on."""
        answers = self.query_one(Answers)
        answers.focus()
        answers.move_to(self._begins_on)

    def on_resize(self) -> None:
        """Make the list of answers as long as there is room for."""
        self.query_one(Answers).styles.height = max(1, min(len(self._answers), self.size.height - _OTHER_ROWS))

    @on(RowList.Opened)
    def _chosen(self, event: RowList.Opened) -> None:
        event.stop()
        self.dismiss(self._answers[event.row_list.cursor][0])

    def action_back(self) -> None:
        """Leave the question open."""
        self.dismiss(None)
