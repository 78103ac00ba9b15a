"""Rows as a CSV file that a spreadsheet opens unharmed and the import takes back (R21)."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from crm_tui.core.fields import FieldType
from crm_tui.core.spreadsheet_text import GUARDED_TYPES, guarded


@contextmanager
def csv_rows(name: Path, types: Sequence[FieldType]) -> Iterator[Callable[[Sequence[str]], None]]:
    """Give a function that writes one row; the columns are of these types.

    Every cell is quoted: a program that cuts at tabs too would otherwise cut the guard of a cell off.
    """
    guards = [column for column, type in enumerate(types) if type in GUARDED_TYPES]
    # With a byte order mark, without which Excel in Korea takes UTF-8 for CP949.
    with name.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)

        def write_row(cells: Sequence[str]) -> None:
            row = list(cells)
            for column in guards:
                row[column] = guarded(row[column])
            writer.writerow(row)

        yield write_row
