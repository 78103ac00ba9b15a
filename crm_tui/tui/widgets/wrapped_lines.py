"""Sentences as a list: each wrapped to the width, its further lines indented."""

from collections.abc import Sequence

from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.safe_text import wrap

_INDENT = "    "
_NARROWEST = 20


class WrappedLines(LineList):
    """Shows sentences of any length."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._texts: Sequence[str] = ()
        self._lines: list[str] = []

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show other sentences."""
        self._texts = texts
        self._wrap()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._wrap()

    def _wrap(self) -> None:
        width = max(_NARROWEST, self.size.width - 2 - len(_INDENT))
        self._lines = [
            (_INDENT if place else "") + part for text in self._texts for place, part in enumerate(wrap(text, width))
        ]
        self.set_rows(len(self._lines), self.cursor)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a line of a sentence."""
        return self._lines[row], "row"
