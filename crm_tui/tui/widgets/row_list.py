"""A list of lines of one row each, drawn from wherever they are kept: ten or a million."""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.tui import keys
from crm_tui.tui.widgets.changed_cells import changed_cells
from crm_tui.tui.widgets.safe_text import wrap

_WHEEL_ROWS = 3


class RowList(Widget, can_focus=True):
    """Draws what is in sight; a cursor's move repaints two lines, not the screen.

    A subclass says in `draw` what stands in a row, and calls `set_rows`. There is no scroll bar to redraw over a slow
    line: whoever holds the list writes the position beside it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--header",
        "row-list--cursor",
        "row-list--blurred",
        "row-list--dim",
        "row-list--row",
    }
    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.TABLE
    HEADER_LINES: ClassVar[int] = 0
    """Lines at the top that stay where they are."""

    class _About(Message):
        def __init__(self, row_list: "RowList") -> None:
            self.row_list = row_list
            super().__init__()

        @property
        def control(self) -> "RowList":
            """The list, so that `@on(..., "#id")` works."""
            return self.row_list

    class Moved(_About):
        """The cursor stands on another row, or its row has loaded."""

    class Opened(_About):
        """Enter was pressed on a row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        keys.add_bindings(self, self.ACTIONS)
        self.total = 0
        self.cursor = 0
        self.top = 0
        """The first row in sight."""
        self._placeholder = ""
        self._drawn: dict[int, tuple[str, str]] = {}
        """What stands on each line of the window now."""

    def header(self, width: int) -> str:
        """Return the header, at most `width` cells."""
        return ""

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return what stands in a row, at most `width` cells, and the component class that it is drawn in."""
        raise NotImplementedError

    def mark(self, row: int) -> str:
        """Return the two cells before a row."""
        return "> " if row == self.cursor else "  "

    def can_stand(self, row: int) -> bool:
        """Say whether the cursor may stand on a row; headings are passed over."""
        return True

    def say_instead(self, text: str) -> None:
        """Show a text of ours where there are no rows: the list keeps the focus, and its keys work."""
        self._placeholder = text
        self.redraw()

    @property
    def placeholder(self) -> str:
        """What stands there instead of rows."""
        return "" if self.total else self._placeholder

    @property
    def rows_in_sight(self) -> int:
        """How many rows the window holds."""
        return max(1, self.size.height - self.HEADER_LINES)

    def set_rows(self, total: int, cursor: int) -> None:
        """Take other rows; the cursor stays on its line of the window where that can be."""
        line = self.cursor - self.top
        self.total = total
        self.cursor = max(0, min(cursor, total - 1))
        self.top = self.cursor - line
        self._bring_into_sight()
        self.redraw()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._bring_into_sight()
        self.refresh()

    def on_focus(self, event: events.Focus) -> None:
        """Show that the cursor can be moved."""
        self._focus_changed(event, True, events.DescendantFocus(self))

    def on_blur(self, event: events.Blur) -> None:
        """Show that the cursor cannot be moved now."""
        self._focus_changed(event, False, events.DescendantBlur(self))

    def _focus_changed(self, event: events.Event, has_focus: bool, told: events.Event) -> None:
        # As textual does it, but for one line instead of all.
        event.prevent_default()
        self.has_focus = has_focus
        self.redraw()
        if self.parent is not None:
            self.parent.post_message(told)

    def _bring_into_sight(self) -> bool:
        """Move the window over the cursor, never past the end; say whether it moved."""
        if not self.size.height:
            return False
        top = min(max(self.top, self.cursor - self.rows_in_sight + 1), self.cursor)
        if top != self.top and self.app.has_class("-slow"):
            # By half a window at once: a step must not cost all lines every time.
            top = self.cursor - self.rows_in_sight // 2
        top = max(0, min(top, self.total - self.rows_in_sight))
        has_moved, self.top = top != self.top, top
        return has_moved

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest one where it may stand."""
        if not self.total:
            return
        row = max(0, min(row, self.total - 1))
        onwards = range(row, self.total) if row >= self.cursor else range(row, -1, -1)
        backwards = range(row, -1, -1) if row >= self.cursor else range(row, self.total)
        row = next((one for rows in (onwards, backwards) for one in rows if self.can_stand(one)), self.cursor)
        if row == self.cursor:
            return
        self.cursor = row
        self._bring_into_sight()
        self.redraw()
        self.post_message(self.Moved(self))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what the window holds, less one row to hold on to."""
        self.move_to(self.cursor + pages * max(1, self.rows_in_sight - 1))

    def action_top(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.move_to(self.total - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.total:
            self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens."""
        row = self.top + event.y - self.HEADER_LINES
        if event.y >= self.HEADER_LINES and row < self.total:
            self.move_to(row)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self) -> None:
        """Move down by a few rows."""
        self.move_to(self.cursor + _WHEEL_ROWS)

    def on_mouse_scroll_up(self) -> None:
        """Move up by a few rows."""
        self.move_to(self.cursor - _WHEEL_ROWS)

    def redraw(self) -> None:
        """Repaint what has changed: most lines are the same when a list is read again."""
        for y in range(self.size.height):
            text, kind = self._line(y)
            before, kind_before = self._drawn.get(y, ("", ""))
            if kind != kind_before:
                self.refresh(Region(0, y, self.size.width, 1))
            elif text != before:
                self.refresh(changed_cells(before, text, y, self.size.width))

    def render_line(self, y: int) -> Strip:
        """Draw the header or one row, exactly as wide as the widget."""
        text, kind = self._drawn[y] = self._line(y)
        style = self.get_component_rich_style(kind)
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)

    def _line(self, y: int) -> tuple[str, str]:
        """Return what stands on a line of the window, and the component class that it is drawn in."""
        width = self.size.width
        if self.placeholder:
            lines = ["", *wrap(self.placeholder, width - 4)]
            return f"  {lines[y]}" if y < len(lines) else "", "row-list--row"
        if y < self.HEADER_LINES:
            return "  " + self.header(width - 2), "row-list--header"
        row = self.top + y - self.HEADER_LINES
        if row >= self.total:
            return "", "row-list--row"
        text, kind = self.draw(row, width - 2)
        if row == self.cursor:
            kind = "row-list--cursor" if self.has_focus else "row-list--blurred"
        return self.mark(row) + text, kind
