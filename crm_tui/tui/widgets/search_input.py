"""The line that is searched with: a pasted column becomes a list of values."""

from textual.events import Paste

from crm_tui.tui import keys
from crm_tui.tui.widgets.pasted_values import pasted_term
from crm_tui.tui.widgets.safe_input import SafeInput


class SearchInput(SafeInput):
    """One line of any length."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, id=id)
        keys.add_bindings(self, keys.SEARCH_INPUT)

    def cell_of(self, position: int) -> int:
        """Return in which cell of the widget a character stands; it may lie out of sight."""
        return self._position_to_cell(position) - int(self.scroll_offset.x)

    def _on_paste(self, event: Paste) -> None:
        # Textual would take the first line and drop the others.
        event.stop()
        event.prevent_default()
        start, end = sorted(self.selection)
        term = pasted_term(event.text, self.value[:start])
        if term:
            self.replace(term, start, end)
            self.keep_cursor_in_sight()
