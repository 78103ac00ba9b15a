"""Rows as an .xlsx file of one sheet, every cell a text, of which only one row is held in memory."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from crm_tui.services.importing.workbook import packed_into

_COLUMN_WIDTH = 16
UNSTORABLE = ("\ufffe", "\uffff")
"""Characters that XML has no way to hold."""
_UNSTORABLE = re.compile("[" + "".join(UNSTORABLE) + "]")
_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)|^<(?=r>)|[\x00-\x08\x0b-\x1f]")


class Unstorable(Exception):
    """A cell has one of `UNSTORABLE`; `column` counts from 0."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


def check_storable(cells: Sequence[str]) -> None:
    """Refuse a row that no .xlsx file can hold.

    Raises:
        Unstorable: It cannot be held.
    """
    for column, cell in enumerate(cells):
        if _UNSTORABLE.search(cell):
            raise Unstorable(column)


@contextmanager
def xlsx_rows(file: BinaryIO, columns: int, stop: threading.Event) -> Iterator[Callable[[Sequence[str]], None]]:
    """Give a function that writes one row, which `check_storable` takes.

    Args:
        file: Where to.
        columns: Of the sheet.
        stop: Ends the packing, which follows the last row.
    """
    with packed_into(file, constant_memory=True, stop=stop) as book:
        # Text format: a spreadsheet that saves the file must not turn 00123 into 123.
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet()
        sheet.set_column(0, columns - 1, _COLUMN_WIDTH, as_text)
        sheet.freeze_panes(1, 0)
        # Its own way misses an escape that begins where another ends, and takes <r>x</r> for its own markup.
        sheet._escape_control_characters = _escaped
        line = 0

        def write_row(cells: Sequence[str]) -> None:
            nonlocal line
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(line, column, cell, as_text)
            line += 1

        yield write_row


def _escaped(text: str) -> str:
    """Return a text with control characters, and what looks like one written out, as Excel escapes them."""
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
