"""The first rows of a file as a table of any width: only the cells in sight are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.tui import keys
from crm_tui.tui.widgets.changed_cells import changed_cells
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign

MIN_WIDTH = 6
MAX_WIDTH = 28
_MEASURED_ROWS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is shown."""

    text: str
    kind: str = "cell"
    """"cell", "bad" or "dim"."""


class Table(Protocol):
    """What a grid shows."""

    @property
    def titles(self) -> Sequence[str]:
        """The names of the columns."""
        ...

    @property
    def row_names(self) -> Sequence[str]:
        """The names of the rows."""
        ...

    def cell(self, row: int, column: int) -> Cell:
        """Return one cell, clipped to a few hundred characters."""
        ...

    def is_bad(self, row: int) -> bool:
        """Say whether something is wrong with a row."""
        ...


class Grid(Widget, can_focus=True):
    """A window on a table, with a cursor on one cell."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--title", "grid--cell", "grid--bad", "grid--dim", "grid--cursor"}

    class Moved(Message):
        """The cursor stands on another cell."""

        def __init__(self, grid: "Grid") -> None:
            super().__init__()
            self.grid = grid

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        keys.add_bindings(self, keys.GRID)
        self.table: Table | None = None
        self.row = 0
        self.column = 0
        self._top = 0
        self._left = 0
        self._widths: dict[int, int] = {}
        self._drawn: dict[int, tuple[tuple[str, str], ...]] = {}
        """What stands on each line now."""

    def show(self, table: Table, column: int | None = None) -> None:
        """Show a table; the cursor stays where it can."""
        self.table = table
        self._widths.clear()
        self.row = max(0, min(self.row, len(table.row_names) - 1))
        wanted = self.column if column is None else column
        self.column = max(0, min(wanted, len(table.titles) - 1))
        self._keep_in_sight()
        self._redraw()

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        table = self.table
        if table is None:
            return
        row = max(0, min(row, len(table.row_names) - 1))
        column = max(0, min(column, len(table.titles) - 1))
        if (row, column) == (self.row, self.column):
            return
        self.row, self.column = row, column
        self._keep_in_sight()
        self._redraw()
        self.post_message(self.Moved(self))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self.row + rows, self.column)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what the window holds."""
        self.action_move(pages * max(1, self.size.height - 2))

    def action_move_column(self, columns: int) -> None:
        """Move the cursor by columns."""
        self.move_to(self.row, self.column + columns)

    def action_first_column(self) -> None:
        """Go to the first column."""
        self.move_to(self.row, 0)

    def action_last_column(self) -> None:
        """Go to the last column."""
        self.move_to(self.row, len(self.table.titles) - 1 if self.table else 0)

    def text_to_copy(self) -> str:
        """Return the cell under the cursor."""
        table = self.table
        return table.cell(self.row, self.column).text if table and table.row_names and table.titles else ""

    def on_focus(self) -> None:
        """Draw the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Take the cursor away."""
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        """Keep the cursor in sight; the widths follow the window."""
        self._widths.clear()
        self._keep_in_sight()
        self.refresh()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Follow the wheel."""
        self.action_move(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Follow the wheel."""
        self.action_move(-1)

    def on_click(self, event: Click) -> None:
        """Put the cursor where the mouse is."""
        if self.table is None or event.y == 0:
            return
        x = self._head_width() + 2
        for column in range(self._left, len(self.table.titles)):
            x += self._width(column) + 3
            if event.x < x:
                self.move_to(self._top + event.y - 1, column)
                return

    def _keep_in_sight(self) -> None:
        table = self.table
        if table is None or not self.size.width:
            return
        rows = max(1, self.size.height - 1)
        self._top = max(min(self._top, self.row, max(0, len(table.row_names) - rows)), self.row - rows + 1)
        # By as many columns as the window holds: over a slow line not every step may cost all of it.
        room = self.size.width - self._head_width() - 2
        if self._span(self._left, self.column) > room:
            self._left = self.column
        elif self.column < self._left:
            self._left = self.column
            while self._left and self._span(self._left - 1, self.column) <= room:
                self._left -= 1

    def _span(self, first: int, last: int) -> int:
        return sum(self._width(column) + 3 for column in range(first, last + 1))

    def _head_width(self) -> int:
        names = self.table.row_names if self.table else ()
        return max((len(name) for name in names), default=1)

    def _width(self, column: int) -> int:
        known = self._widths.get(column)
        if known is None and self.table is not None:
            table = self.table
            rows = range(min(_MEASURED_ROWS, len(table.row_names)))
            texts = [table.titles[column][:MAX_WIDTH], *(table.cell(row, column).text[:MAX_WIDTH] for row in rows)]
            widest = max(cell_len(text) for text in texts) + 2
            known = self._widths[column] = max(MIN_WIDTH, min(widest, MAX_WIDTH, max(MIN_WIDTH, self.size.width // 2)))
        return known or MIN_WIDTH

    def _redraw(self) -> None:
        """Repaint what has changed: over a slow line a step must not cost the whole table."""
        for y in range(self.size.height):
            parts, before = self._line(y), self._drawn.get(y, ())
            if [kind for _, kind in parts] != [kind for _, kind in before]:
                self.refresh(Region(0, y, self.size.width, 1))
            elif parts != before:
                self.refresh(changed_cells(_text(before), _text(parts), y, self.size.width))

    def render_line(self, y: int) -> Strip:
        """Draw the titles or one row."""
        parts = self._drawn[y] = self._line(y)
        segments = [Segment(text, self.get_component_rich_style(f"grid--{kind}")) for text, kind in parts]
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.rich_style)

    def _line(self, y: int) -> tuple[tuple[str, str], ...]:
        """Return what stands on a line, in parts of one kind."""
        table = self.table
        row = self._top + y - 1
        if table is None or (y > 0 and row >= len(table.row_names)):
            return ()
        plain = "title" if y == 0 else "cell"
        gap = f" {sign(self, 'gap')} "
        parts = [(self._head(table, y, row), plain)]
        used = self._head_width() + 2
        for column in range(self._left, len(table.titles)):
            if used >= self.size.width:
                break
            parts += [(gap, plain), self._part(table, y, row, column)]
            used += self._width(column) + 3
        return tuple(parts)

    def _head(self, table: Table, y: int, row: int) -> str:
        width = self._head_width()
        if y == 0:
            return " " * (width + 2)
        lead = ">" if row == self.row and self.has_focus else " "
        mark = sign(self, "bad") if table.is_bad(row) else " "
        return f"{lead}{mark}{fit(table.row_names[row], width, right=True)}"

    def _part(self, table: Table, y: int, row: int, column: int) -> tuple[str, str]:
        width = self._width(column)
        if y == 0:
            title = table.titles[column][: width * 4]
            return fit(f"[{title}]" if column == self.column else title, width), "title"
        cell = table.cell(row, column)
        text = f"{sign(self, 'bad')} {cell.text}" if cell.kind == "bad" else cell.text
        has_cursor = (row, column) == (self.row, self.column) and self.has_focus
        return fit(text[: width * 4], width), "cursor" if has_cursor else cell.kind


def _text(parts: tuple[tuple[str, str], ...]) -> str:
    return "".join(text for text, _ in parts)
