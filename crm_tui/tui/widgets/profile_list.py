"""The lines of a profile with a cursor, one of them a line to type in while it is edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.tui import keys
from crm_tui.tui.widgets.profile_lines import ProfileGroup, ProfileLine
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, wrap
from crm_tui.tui.widgets.safe_text import line as safe_line

_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the screen."""

    label: str
    """As wide as all labels, safe."""
    text: str
    kind: str
    line: int
    """Which line of the profile it belongs to; -1: none."""
    is_first: bool = False
    """The cursor stands here."""


class ProfileList(RowList):
    """Draws groups of lines; a long value goes on in rows that the cursor passes over."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--bad", "row-list--heading"}
    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.PROFILE_LINES

    class Linked(Message):
        """Somebody else's line was opened."""

        def __init__(self, customer_id: int) -> None:
            super().__init__()
            self.customer_id = customer_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: Sequence[ProfileGroup] = ()
        self._lines: list[ProfileLine] = []
        self._rows: list[_Row] = []
        self._longest = 0
        """Cells of the longest label."""
        self._laid_out_for = 0
        self._editor: Widget | None = None
        self._edited = -1
        """The line that is edited."""
        self._below: Sequence[tuple[str, str]] = ()
        """What stands under it: sentences and their kinds."""

    @property
    def current(self) -> ProfileLine | None:
        """The line under the cursor."""
        row = self._rows[self.cursor] if self._rows else None
        return self._lines[row.line] if row is not None and row.line >= 0 else None

    @property
    def position(self) -> tuple[int, int]:
        """The number of the line under the cursor, and how many there are."""
        return (self._rows[self.cursor].line + 1 if self._rows else 0), len(self._lines)

    def show(self, groups: Sequence[ProfileGroup]) -> None:
        """Take other lines; the cursor stays on its own."""
        before = self._rows[self.cursor].line if self._rows else -1
        names = [_name(line) for line in self._lines]
        self._groups = groups
        self._lines = [line for group in groups for line in group.lines]
        self._longest = max((cell_len(safe_line(line.label)) for line in self._lines), default=0)
        names_now = [_name(line) for line in self._lines]
        moved = {number: names_now.index(name) for number, name in enumerate(names) if name in names_now}
        self._edited = moved.get(self._edited, -1)
        count = len(self._rows)
        self._lay_out(moved.get(before, before))
        if len(self._rows) != count and self.cursor < self.rows_in_sight:
            # What has come may stand above: a block, for one.
            self.top = 0
            self.redraw()
            self._place_editor()

    def stand_on(self, key: str) -> None:
        """Put the cursor on a field."""
        for number, row in enumerate(self._rows):
            field = self._lines[row.line].field if row.is_first else None
            if field is not None and field.key == key:
                self.move_to(number)

    # -- editing ------------------------------------------------------------------------------------------------

    async def begin(self, editor: Widget, below: Sequence[tuple[str, str]]) -> None:
        """Put a widget where the value under the cursor stands."""
        self._editor = editor
        self._edited = self._rows[self.cursor].line
        self._below = below
        self._lay_out()
        await self.mount(editor)
        self._place_editor()

    def say_below(self, below: Sequence[tuple[str, str]]) -> None:
        """Show other sentences under the line that is edited."""
        if tuple(below) != tuple(self._below):
            self._below = below
            self._lay_out()

    async def end(self) -> None:
        """Take the widget away."""
        if self._editor is not None:
            editor, self._editor, self._edited, self._below = self._editor, None, -1, ()
            self._lay_out()
            await editor.remove()

    def _place_editor(self) -> None:
        if self._editor is None or self._edited < 0:
            return
        row = next(number for number, row in enumerate(self._rows) if row.line == self._edited and row.is_first)
        left = 3 + self._label_width
        self._editor.styles.offset = (left, row - self.top)
        self._editor.styles.width = max(_NARROWEST, self.size.width - left - 1)

    # -- rows ---------------------------------------------------------------------------------------------------

    @property
    def _label_width(self) -> int:
        usual = min(20, max(16, self.size.width // 4))
        return max(usual, min(self._longest, self.size.width // 3))

    def on_resize(self) -> None:
        """Wrap anew where the width has changed."""
        if self._laid_out_for != self.size.width:
            self._lay_out()
        else:
            super().on_resize()
            self._place_editor()

    def _lay_out(self, line: int | None = None) -> None:
        """Make the rows of the lines, with the cursor on `line`; None: where it is."""
        self._laid_out_for = self.size.width
        if line is None:
            line = self._rows[self.cursor].line if self._rows else -1
        rows: list[_Row] = []
        number = 0
        for group in self._groups:
            rows += [_Row("", "", "row", -1)] if rows else []
            rows.append(_Row("", group.heading, "heading", -1))
            for one in group.lines:
                rows += self._rows_of(number, one)
                number += 1
        self._rows = rows
        wanted = (n for n, row in enumerate(rows) if row.is_first and row.line >= max(line, 0))
        self.set_rows(len(rows), next(wanted, max(0, len(rows) - 1)))
        self._place_editor()

    def _rows_of(self, number: int, line: ProfileLine) -> list[_Row]:
        width = max(_NARROWEST, self.size.width - self._label_width - 4)
        label, blank = fit(line.label, self._label_width), " " * self._label_width
        if number != self._edited:
            texts = wrap("-" if line.text is None else line.text + line.note, width)
            return [_Row(blank if n else label, text, "row", number, not n) for n, text in enumerate(texts)]
        height = self._editor.styles.height if self._editor is not None else None
        blanks = int(height.value) if height is not None else 1
        rows = [_Row(blank if n else label, "", "row", number, not n) for n in range(blanks)]
        return rows + [
            _Row(blank, text, kind, number) for sentence, kind in self._below for text in wrap(sentence, width)
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the cursor where it is while its value is edited: the keys of the line in it come here too."""
        is_link = self.current is not None and self.current.customer_id is not None
        if action in ("open", "open_linked") and is_link is (action == "open"):
            return False
        return self._editor is None

    def action_open(self) -> None:
        """Edit what stands under the cursor; open whom the line is about."""
        if self.current is not None and self.current.customer_id is not None:
            self.action_open_linked()
        else:
            super().action_open()

    def action_open_linked(self) -> None:
        """Open the customer whom the line under the cursor is about."""
        if self.current is not None and self.current.customer_id is not None:
            self.post_message(self.Linked(self.current.customer_id))

    def can_stand(self, row: int) -> bool:
        """Pass over headings and the rows that go on, but for one in each window of a text that is longer than it."""
        found = self._rows[row]
        if found.is_first or found.line < 0:
            return found.is_first
        first = next(n for n in range(row, -1, -1) if self._rows[n].is_first)
        return (row - first) % max(1, self.rows_in_sight - 1) == 0

    def _bring_into_sight(self) -> bool:
        """Show the whole line under the cursor, and the heading above the first."""
        before = self.top
        super()._bring_into_sight()
        if self.size.height and self._rows:
            line = self._rows[self.cursor].line
            last = max((n for n, row in enumerate(self._rows) if row.line == line), default=self.cursor)
            self.top = min(max(self.top, last - self.rows_in_sight + 1), self.cursor)
            if line == 0 and self.cursor < self.rows_in_sight:
                self.top = 0
        return self.top != before

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a row as wide as it may be."""
        found = self._rows[row]
        text = f"{found.label} {found.text}" if found.line >= 0 else found.text
        return fit(text, width), f"row-list--{found.kind}"

    def render_line(self, y: int) -> Strip:
        """Draw a row, its label dim where the cursor is not."""
        strip = super().render_line(y)
        text, kind = self._drawn[y]
        row = self.top + y
        label = self._rows[row].label if row < len(self._rows) else ""
        if not label or kind in ("row-list--cursor", "row-list--blurred"):
            return strip
        dim, style = self.get_component_rich_style("row-list--dim"), self.get_component_rich_style(kind)
        cut = 2 + len(label)
        return Strip([Segment(text[:cut], dim), Segment(text[cut:], style)]).adjust_cell_length(self.size.width, style)

    def text_to_copy(self) -> str:
        """Return the value under the cursor."""
        return (self.current.text or "") if self.current is not None else ""


def _name(line: ProfileLine) -> str:
    if line.customer_id is not None:
        return f"#{line.customer_id}"
    return line.field.key if line.field is not None else line.label
