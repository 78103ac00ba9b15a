"""One of a few answers: the arrows choose, and the choice is a mark."""

from collections.abc import Sequence

from textual.message import Message

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

    def __init__(self, answers: Sequence[str], chosen: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answers = answers
        self.total = len(answers)
        self.cursor = chosen
        self.styles.height = len(answers)

    def move_to(self, row: int) -> None:
        """Choose the answer the cursor stands on."""
        before = self.cursor
        super().move_to(row)
        if self.cursor != before:
            self.post_message(self.Changed(self, self.cursor))

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return an answer with its mark."""
        return f"{sign(self, 'chosen' if row == self.cursor else 'free')} {self._answers[row]}", "row"
