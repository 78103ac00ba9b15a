"""The tabs of a place in one line; the open one stands in brackets."""

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget


class TabStrip(Widget):
    """Names of tabs, each with the key that opens it."""

    def __init__(self, tabs: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        """Take the key and the name of each tab."""
        super().__init__(id=id)
        self._tabs = tabs
        self._open = 0

    def open(self, tab: int) -> None:
        """Show which tab is open."""
        if tab != self._open:
            self._open = tab
            self.refresh()

    def render(self) -> RenderResult:
        """Draw."""
        parts = [Content(" ")]
        for place, (key, name) in enumerate(self._tabs):
            is_open = place == self._open
            parts += [
                Content(f"{key} ").stylize("dim"),
                Content(f"[{name}]").stylize("bold $accent") if is_open else Content(f" {name} "),
                Content("  "),
            ]
        return Content("").join(parts)
