"""A line to type in that shows a pasted ESC instead of sending it, and does not blink."""

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.widgets import Input

from crm_tui.core.safe_text import make_visible


class SafeInput(Input):
    """One line high, still, and safe for whatever is put into it."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """A longer text moves nothing else on the screen: no letter needs a new layout."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, placeholder=placeholder, compact=True, select_on_focus=False, id=id)
        self.cursor_blink = False

    @property
    def _shown(self) -> str:
        # One character for one: the cursor must stand where it is.
        return self.value.translate({ord(one): _stand_in(one) for one in set(self.value) if make_visible(one) != one})

    @property
    def _value(self) -> Text:
        return Text(self._shown, no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(self._shown[:position])

    def show(self, value: str) -> None:
        """Put a text into the line, and the cursor behind it."""
        self.value = value
        self.cursor_position = len(value)
        self.keep_cursor_in_sight()

    def keep_cursor_in_sight(self) -> None:
        """Scroll to the cursor: textual leaves that out at the first change of a line."""
        self.scroll_to_region(Region(self._cursor_offset, 0, 1, 1), force=True, animate=False)


def _stand_in(character: str) -> str:
    visible = make_visible(character)
    return visible if len(visible) == 1 else "\ufffd"
