"""One of a few words in a single line: left and right turn it, and a letter goes to the word that begins with it."""

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widget import Widget

from crm_tui.tui import keys
from crm_tui.tui.widgets.first_letters import next_beginning
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign


class Turn(Widget, can_focus=True):
    """Shows the word that is chosen, between signs that say there are others."""

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, turn: "Turn") -> None:
            self.turn = turn
            super().__init__()

    def __init__(self, words: Sequence[str], chosen: int = 0, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        keys.add_bindings(self, keys.TURN)
        self._words = words
        self.chosen = chosen

    def show(self, words: Sequence[str], chosen: int) -> None:
        """Take other words."""
        self._words, self.chosen = words, chosen
        self.refresh()

    def action_turn(self, by: int) -> None:
        """Choose the next word, or the one before; behind the last comes the first."""
        if len(self._words) > 1:
            self._choose((self.chosen + by) % len(self._words))

    def on_key(self, event: Key) -> None:
        """Go to the next word that begins with a letter, even where that is a key of ours."""
        letter = event.character or ""
        found = next_beginning(self._words, letter, self.chosen) if letter.isalpha() else None
        if found is not None:
            event.stop()
            self._choose(found)

    def _choose(self, number: int) -> None:
        self.chosen = number
        self.refresh()
        self.post_message(self.Changed(self))

    def render(self) -> RenderResult:
        """Draw."""
        word = fit(self._words[self.chosen], max(1, self.size.width - 4))
        if len(self._words) < 2:
            return Content(f"  {word}").stylize("dim")
        shown = Content(f"{sign(self, 'before')} {word} {sign(self, 'more')}")
        return shown.stylize("reverse") if self.has_focus else shown
