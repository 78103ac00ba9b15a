"""The wizard's lists: a row list whose lines may be bad, and whose Enter chooses."""

from typing import ClassVar

from crm_tui.tui import keys
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit

_COPIED_WIDTH = 400


class LineList(RowList):
    """Shows what `line` makes of each row."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--bad"}
    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.LINES
    HAS_PLACE: ClassVar[bool] = False
    """The cursor says something while another widget has the focus."""

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a row's text, which is cut at `width` cells, and its kind: "row", "dim" or "bad"."""
        raise NotImplementedError

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a row, safe and as wide as it may be."""
        text, kind = self.line(row, width)
        return fit(text, width), f"row-list--{kind}"

    def _line(self, y: int) -> tuple[str, str]:
        text, kind = super()._line(y)
        if kind == "row-list--blurred" and not self.HAS_PLACE:
            return f"  {text[2:]}", self.draw(self.cursor, 1)[1]
        return text, kind

    def text_to_copy(self) -> str:
        """Return the line under the cursor."""
        return self.line(self.cursor, _COPIED_WIDTH)[0].rstrip() if self.total else ""
