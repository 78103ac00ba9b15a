"""The fields as a table: label, key, type, how many customers have a value, and whether it is archived (R6)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from crm_tui.core.fields import Field
from crm_tui.core.text import fold
from crm_tui.i18n import field_label, t
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import ELLIPSIS, fit

_WIDTHS = (10, 9, 8)
"""Type, customers, state; label and key share what is left."""
_WIDE_TYPE = 15
_WIDE = 76
_WIDEST = 36


class FieldTable(RowList):
    """Shows fields: built-in ones, the managers' own in their order, and the archived ones below."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._fields: Sequence[Field] = ()
        self._usage: Mapping[str, int] | None = None
        self._lines: list[Field | None] = []
        """None is a gap."""
        self._wanted = ""

    @property
    def current(self) -> Field | None:
        """The field under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    @property
    def is_filtered(self) -> bool:
        """Whether only fields with a certain text are in sight."""
        return bool(self._wanted)

    def show(self, fields: Sequence[Field]) -> None:
        """Take other fields; the cursor stays on its field."""
        if fields != self._fields:
            self._fields = fields
            self._fill()

    def show_usage(self, usage: Mapping[str, int] | None) -> None:
        """Take how many customers have a value in each field; None while they are counted."""
        if usage != self._usage:
            self._usage = usage
            self.redraw()

    def find(self, wanted: str) -> None:
        """Show only fields whose label or key holds a text."""
        if fold(wanted) != self._wanted:
            self._wanted = fold(wanted)
            self._fill()

    def follow(self, key: str) -> None:
        """Put the cursor on a field, if it is there."""
        row = next((row for row, one in enumerate(self._lines) if one is not None and one.key == key), None)
        if row is not None:
            self.move_to(row)

    def _fill(self) -> None:
        before = self.current
        found = [one for one in self._fields if self._wanted in fold(f"{field_label(one)}\n{one.key}")]
        archived = [one for one in found if one.is_archived]
        self._lines = [one for one in found if not one.is_archived]
        if self._lines and archived:
            self._lines.append(None)
        self._lines += archived
        places = (
            row
            for row, one in enumerate(self._lines)
            if one is not None and before is not None and one.key == before.key
        )
        row = next(places, min(self.cursor, len(self._lines) - 1))
        self.set_rows(len(self._lines), row if not self._lines or self.can_stand(row) else row - 1)
        self.post_message(self.Moved(self))

    def can_stand(self, row: int) -> bool:
        """Pass over the gap."""
        return self._lines[row] is not None

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return _row([t(f"settings.column_{name}") for name in ("label", "key", "type", "usage", "state")], width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one field."""
        field = self._lines[row]
        if field is None:
            return "", "row-list--row"
        state = "archived" if field.is_archived else "custom" if field.is_custom else "built_in"
        usage = ELLIPSIS if self._usage is None else f"{self._usage.get(field.key, 0):,}"
        cells = (field_label(field), field.key, t(f"wizard.type_{field.type}"), usage, t(f"settings.state_{state}"))
        return _row(cells, width), "row-list--dim" if field.is_archived else "row-list--row"

    def text_to_copy(self) -> str:
        """Return the key of the field under the cursor."""
        return self.current.key if self.current is not None else ""


def _row(cells: Sequence[str], width: int) -> str:
    label, key, kind, usage, state = cells
    type_width = _WIDTHS[0] if width < _WIDE else _WIDE_TYPE
    room = min(_WIDEST * 2, width - type_width - sum(_WIDTHS[1:]) - 5)
    label_width = room * 2 // 5
    texts = (fit(label, label_width), fit(key, room - label_width), fit(kind, type_width))
    return " ".join((*texts, fit(usage, _WIDTHS[1], right=True), "", fit(state, _WIDTHS[2])))
