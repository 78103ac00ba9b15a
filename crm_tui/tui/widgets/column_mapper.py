"""The columns of a file and their fields, a line each (R22); of a thousand columns only those in sight are made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from crm_tui.core.fields import Field
from crm_tui.i18n import field_label, t
from crm_tui.tui import keys
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign

_MAX_SAMPLES = 3
_CLIPPED = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """What the lines show."""

    order: tuple[int, ...]
    """The columns of the file, as they stand in the list."""
    titles: Sequence[str]
    rows: Sequence[tuple[int, list[str]]]
    fields: Sequence[str | None]
    suggested: Sequence[str | None]
    by_key: Mapping[str, Field]
    key_field: str
    failed: Mapping[str, int] = field(default_factory=dict)
    """Bad cells by field, as far as they are known."""
    suspicious: frozenset[str] = frozenset()
    """Fields that something is remarked about."""


def named(key: str, by_key: Mapping[str, Field]) -> str:
    """Return a field's label with its key."""
    known = by_key.get(key)
    bare = key.removeprefix("profile.")
    label = field_label(known) if known else bare
    return bare if label == bare else f"{label} ({bare})"


def _short(name: str, width: int) -> str:
    """Return a field's name without its key where both do not fit."""
    return name if cell_len(name) <= width else re.sub(r" \([^()]*\)", "", name)


def _bad_width(columns: Columns) -> int:
    """Return the cells that the highest count of bad cells takes with its sign."""
    return max((len(f"{count:,}") + 2 for count in columns.failed.values()), default=0)


class ColumnMapper(LineList):
    """Shows each column's header, field and samples; what a key changes is a message."""

    HAS_PLACE: ClassVar[bool] = True
    ACTIONS: ClassVar[tuple[keys.Action, ...]] = (*keys.WIZARD_COLUMNS, *keys.LINES)

    class Accepted(Message):
        """The suggestion of the column under the cursor, or all of them, is taken."""

        def __init__(self, column: int | None) -> None:
            super().__init__()
            self.column = column

    class Excluded(Message):
        """A column is not imported."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: Columns | None = None

    @property
    def column(self) -> int | None:
        """The file's column under the cursor."""
        columns = self._columns
        return columns.order[self.cursor] if columns and columns.order else None

    def show_columns(self, columns: Columns) -> None:
        """Show columns; the cursor stays on its own."""
        current = self.column
        self._columns = columns
        place = columns.order.index(current) if current in columns.order else 0
        self.set_rows(len(columns.order), place)

    def column_of(self, row: int) -> int:
        """Return the file's column on a line."""
        return self._columns.order[row] if self._columns else row

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a column's line; the samples take what room is left."""
        columns = self._columns
        if columns is None:
            return "", "row"
        column = columns.order[row]
        mark, name, kind = self._state(columns, column)
        key = columns.fields[column]
        failed = columns.failed.get(key, 0) if key else 0
        bad = fit(f"{sign(self, 'bad')} {failed:,}" if failed else "", _bad_width(columns))
        header_width = max(10, min(24, width // 4))
        field_width = max(16, min(34, width // 3))
        text = (
            f"{mark} {column + 1:>4} {fit(columns.titles[column][:_CLIPPED], header_width)} {sign(self, 'to')} "
            f"{fit(_short(name, field_width), field_width)} {bad} {self._samples(columns, column)}"
        )
        return text, "bad" if failed else kind

    def _state(self, columns: Columns, column: int) -> tuple[str, str, str]:
        key, suggestion = columns.fields[column], columns.suggested[column]
        if key is not None:
            name = named(key, columns.by_key)
            if key == columns.key_field:
                return "*", f"{name} {t('wizard.is_key')}", "row"
            return "!" if key in columns.suspicious else " ", name, "row"
        if suggestion is not None:
            return "?", f"? {named(suggestion, columns.by_key)}", "dim"
        return "-", t("wizard.not_imported"), "dim"

    def _samples(self, columns: Columns, column: int) -> str:
        found: list[str] = []
        for _, cells in columns.rows:
            if len(found) == _MAX_SAMPLES:
                break
            text = cells[column][:_CLIPPED].strip() if column < len(cells) else ""
            if text and text not in found:
                found.append(text)
        return " · ".join(found)

    def action_accept(self) -> None:
        """Take the suggestion of this column."""
        if self.column is not None:
            self.post_message(self.Accepted(self.column))

    def action_accept_all(self) -> None:
        """Take all suggestions."""
        self.post_message(self.Accepted(None))

    def action_exclude(self) -> None:
        """Do not import this column."""
        if self.column is not None:
            self.post_message(self.Excluded(self.column))
