"""Which columns the table of customers has, in which order and how wide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.core.fields import Field
from crm_tui.i18n import field_label, t
from crm_tui.tui import keys
from crm_tui.tui.widgets.columns import MAX_WIDTH, MIN_WIDTH, Column, ShownColumn, usual_width
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit

_STEP = 2
_OTHER_ROWS = 7
"""Border, title and hint, with the gaps between them."""
_WIDTH_CELLS = 4


@dataclass(frozen=True, slots=True)
class NewColumns:
    """The columns that were chosen; None for those that fit by themselves."""

    columns: tuple[Column, ...] | None


class ColumnList(RowList):
    """All that can be a column, chosen ones first, in their order."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.COLUMNS

    def __init__(self, shown: Sequence[ShownColumn], available: Sequence[Field]) -> None:
        super().__init__(id="column-list")
        self.fields: list[Field] = []
        self._chosen: dict[str, int] = {}
        """Widths, by the keys of those that are shown."""
        self._available = available
        self.take(shown)

    def take(self, shown: Sequence[ShownColumn]) -> None:
        """Show these as chosen."""
        self._chosen = {one.field.key: one.width for one in shown}
        rest = (field for field in self._available if field.key not in self._chosen)
        self.fields = [*(one.field for one in shown), *rest]
        self.set_rows(len(self.fields), 0)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is chosen, in order."""
        return tuple(Column(one.key, self._chosen[one.key]) for one in self.fields if one.key in self._chosen)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a field: whether it is shown, its name, how wide it is."""
        field = self.fields[row]
        cells = self._chosen.get(field.key)
        box = "[ ]" if cells is None else "[x]"
        name = fit(field_label(field), width - len(box) - _WIDTH_CELLS - 2)
        return f"{box} {name} {'' if cells is None else cells:>{_WIDTH_CELLS}}", "row-list--row"

    def action_show_or_hide(self) -> None:
        """Show the field as a column, or no longer; at least one stays."""
        field = self.fields[self.cursor]
        if field.key not in self._chosen:
            self._chosen[field.key] = usual_width(field)
        elif len(self._chosen) > 1:
            del self._chosen[field.key]
        self.redraw()

    def action_shift(self, by: int) -> None:
        """Change places with the neighbour."""
        there = self.cursor + by
        if 0 <= there < len(self.fields):
            here = self.cursor
            self.fields[here], self.fields[there] = self.fields[there], self.fields[here]
            self.move_to(there)
            self.redraw()

    def action_widen(self, by: int) -> None:
        """Make the column wider or narrower."""
        key = self.fields[self.cursor].key
        if key in self._chosen:
            self._chosen[key] = max(MIN_WIDTH, min(self._chosen[key] + by * _STEP, MAX_WIDTH))
            self.redraw()


class ColumnsDialog(ModalScreen[NewColumns | None]):
    """Returns the columns; None when they stay as they are."""

    def __init__(self, shown: Sequence[ShownColumn], usual: Sequence[ShownColumn], available: Sequence[Field]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._shown = shown
        self._usual = usual
        """Those that fit by themselves."""
        self._available = available

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(t("contacts.columns_title"), classes="dialog-title", markup=False)
            yield ColumnList(self._shown, self._available)
            yield Static(t("contacts.columns_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one(ColumnList).focus()
        self._fit()

    def on_resize(self) -> None:
        """Make the list as long as there is room for."""
        self._fit()

    def _fit(self) -> None:
        shown = self.query_one(ColumnList)
        shown.styles.height = max(1, min(len(shown.fields), self.size.height - _OTHER_ROWS))

    @on(RowList.Opened)
    def _apply(self) -> None:
        chosen = self.query_one(ColumnList).columns
        usual = tuple(Column(one.field.key, one.width) for one in self._usual)
        self.dismiss(NewColumns(None if chosen == usual else chosen))

    def action_reset(self) -> None:
        """Show the columns that fit by themselves as chosen; they are not yet taken."""
        self.query_one(ColumnList).take(self._usual)

    def action_back(self) -> None:
        """Leave them as they are."""
        self.dismiss(None)
