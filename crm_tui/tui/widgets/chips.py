"""The conditions of the search line, each in brackets; the keyboard takes one away."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget

from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_text import fit, line

_MAX_CELLS = 32


class Chips(Widget, can_focus=True):
    """One line, out of sight while there is no condition."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chips--chip", "chips--chosen"}
    has_focus: Reactive[bool] = Reactive(False, repaint=True)

    class Removed(Message):
        """A condition is to go."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    class Left(Message):
        """Back to the line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        keys.add_bindings(self, keys.CHIPS)
        self._texts: Sequence[str] = ()
        self.chosen = 0
        self.display = False

    def show(self, texts: Sequence[str]) -> None:
        """Show these conditions."""
        if list(texts) != list(self._texts):
            self._texts = texts
            self.chosen = max(0, min(self.chosen, len(texts) - 1))
            self.display = bool(texts)
            self.refresh()

    def action_move(self, by: int) -> None:
        """Choose another condition."""
        self.chosen = max(0, min(self.chosen + by, len(self._texts) - 1))
        self.refresh()

    def action_remove(self) -> None:
        """Take the chosen condition away."""
        self.post_message(self.Removed(self.chosen))

    def action_to_line(self) -> None:
        """Go back to the line."""
        self.post_message(self.Left())

    @property
    def text(self) -> str:
        """What stands there."""
        return str(self.render())

    def render(self) -> RenderResult:
        """Draw, from the first condition with which the chosen one is in sight."""
        shown = [f"[{_cut(text)}]" for text in self._texts]
        first = 0
        while (
            first < self.chosen and sum(cell_len(one) + 2 for one in shown[first : self.chosen + 1]) > self.size.width
        ):
            first += 1
        parts = []
        for index, chip in enumerate(shown[first:], first):
            is_chosen = self.has_focus and index == self.chosen
            style = self.get_visual_style(f"chips--{'chosen' if is_chosen else 'chip'}", partial=True)
            parts += [Content("> " if is_chosen else "  "), Content(chip).stylize(style)]
        return Content("").join(parts)


def _cut(text: str) -> str:
    """Return a condition on one line; ten thousand values are cut."""
    visible = line(text[: _MAX_CELLS * 2])
    return visible if cell_len(visible) <= _MAX_CELLS and len(text) <= _MAX_CELLS * 2 else fit(visible, _MAX_CELLS)
