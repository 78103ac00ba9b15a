"""One of a few answers: the arrows choose, or a letter, and the choice is a mark."""

from collections.abc import Sequence

from textual.events import Key
from textual.message import Message

from crm_tui.tui.widgets.first_letters import begins, next_beginning
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.signs import sign


class Choices(LineList):
    """A line for each answer."""

    class Changed(Message):
        """Another answer was chosen."""

        def __init__(self, choices: "Choices", index: int) -> None:
            super().__init__()
            self.choices = choices
            self.index = index

    def __init__(
        self, answers: Sequence[str], chosen: int = 0, *, id: str | None = None, letters: Sequence[str] = ()
    ) -> None:
        """Make the lines.

        Args:
            answers: What stands in them.
            chosen: The number of the one that is chosen.
            id: The widget's.
            letters: By which the first answers are chosen; with them, all are chosen by how they begin too.
        """
        super().__init__(id=id)
        self._answers = answers
        self._letters = letters
        self.total = len(answers)
        self.cursor = chosen
        self.styles.height = len(answers)

    def move_to(self, row: int) -> None:
        """Choose the answer the cursor stands on."""
        before = self.cursor
        super().move_to(row)
        if self.cursor != before:
            self.post_message(self.Changed(self, self.cursor))

    def on_key(self, event: Key) -> None:
        """Choose by a letter."""
        typed = event.character or ""
        if not self._letters or not typed.isalpha():
            return
        named = (number for number, letter in enumerate(self._letters) if begins(letter, typed))
        found = next(named, next_beginning(self._answers, typed, self.cursor))
        if found is not None:
            event.stop()
            self.move_to(found)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return an answer with its mark."""
        return f"{sign(self, 'chosen' if row == self.cursor else 'free')} {self._answers[row]}", "row"
