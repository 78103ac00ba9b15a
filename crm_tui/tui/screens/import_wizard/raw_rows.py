"""The first rows of a file as they stand in it."""

from crm_tui.i18n import t
from crm_tui.tui.screens.import_wizard.draft import Opened
from crm_tui.tui.widgets.grid import Cell

CLIPPED = 300
"""Characters of a cell that may come into sight: a cell can hold megabytes."""


def title(header: str, column: int) -> str:
    """Return a column's header, a stand-in for an empty one."""
    return header[:CLIPPED] or t("wizard.no_header", number=column + 1)


class RawRows:
    """A table of what a file holds, read in one way."""

    def __init__(self, opened: Opened) -> None:
        self._rows = opened.rows
        self.titles = [title(header, column) for column, header in enumerate(opened.source.headers)]
        self.row_names = [f"{number:,}" for number, _ in opened.rows]

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell as it stands."""
        cells = self._rows[row][1]
        return Cell(cells[column][:CLIPPED] if column < len(cells) else "")

    def is_bad(self, row: int) -> bool:
        """Say whether a row has more or fewer cells than the header."""
        return len(self._rows[row][1]) != len(self.titles)
