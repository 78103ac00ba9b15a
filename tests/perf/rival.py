"""Textual's own DataTable with the first customers of the same database: `python -m tests.perf.rival FILE ROWS`.

It holds all its rows; they are read before it starts, in the shape it wants.
"""

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import DataTable, Static

from crm_tui.services.contact_list import page
from crm_tui.services.workspace import open_workspace

COLUMNS = ("profile.name", "profile.email", "profile.mobileNumber", "memberId")


class RivalApp(App[None]):
    """A table, and below it the position as the program writes it."""

    CSS: ClassVar[str] = "DataTable { height: 1fr; } Static { height: 1; }"

    def __init__(self, rows: list[tuple[str, ...]]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield DataTable(cursor_type="row")
        yield Static("", markup=False)

    def on_mount(self) -> None:
        """Take the rows."""
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.add_rows(tuple(Content(cell) for cell in row) for row in self._rows)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say where the cursor stands."""
        row = self._rows[event.cursor_row]
        self.query_one(Static).update(f"> {event.cursor_row + 1:,} / {len(self._rows):,} {row[1]}")


def main() -> None:
    """Read and show."""
    workspace = open_workspace(sys.argv[1])
    customers = page(workspace, limit=int(sys.argv[2]))
    rows = [tuple(str(customer.get(key) or "") for key in COLUMNS) for customer in customers]
    workspace.close()
    del customers
    RivalApp(rows).run()


if __name__ == "__main__":
    main()
