"""Delimited text as numbered records: where cells end, in which row a quote was left open (R21)."""

import codecs
import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import TextIO

from crm_tui.core.text import trim
from crm_tui.services.errors import SourceError

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1 << 26
"""Characters of one cell. A quote that is never closed makes a cell of the rest of the file: this bounds its memory."""
MARKING = "crm-tui-marking"
"""An error handler for text that cannot be decoded: a mark takes the place of the bad bytes."""
_MARK = "\udcff"
_MAX_LINE = 2 * MAX_CELL
_SAMPLE_RECORDS = 200

csv.field_size_limit(MAX_CELL)
codecs.register_error(MARKING, lambda error: (_MARK, getattr(error, "end", 0)))


class _BadLine(Exception):
    """A line that is no text; the record it stands in is known only further up."""


def records(file: TextIO, delimiter: str, skip_lines: int) -> Iterator[tuple[int, list[str]]]:
    r"""Yield `(row_number, cells)` from the header on, which is row 1; empty lines are counted but left out.

    Line ends within a cell come out as "\n". A row's number is that of its record: line breaks within cells do not
    shift it.

    Raises:
        SourceError: source_nul, source_not_decodable (with `MARKING` only), source_cell_too_large or
            source_unclosed_quote, each with its row.
        UnicodeDecodeError: The file is not in this encoding; it knows no row.
    """
    row = 0
    held: list[str] | None = None
    # The csv module would read everything behind an open quote as one cell, without a word. A delimiter on a line of
    # its own at the end is a record of two empty cells, unless such a cell swallows it.
    lines = chain(_lines(file, skip_lines), (delimiter,))
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if held:
                yield row, held
            if row == 0 and not any(map(trim, cells)):
                continue
            row += 1
            held = cells
    except _BadLine as bad:
        raise SourceError(str(bad), row=row + 1) from None
    except csv.Error:
        raise SourceError("source_cell_too_large", row=row + 1, limit=MAX_CELL) from None
    if held and held[-1]:
        raise SourceError("source_unclosed_quote", row=row)


def _lines(file: TextIO, skip_lines: int) -> Iterator[str]:
    # Programs that join files leave several byte order marks; the codec takes one.
    first = file.readline(_MAX_LINE).lstrip("\ufeff")
    for line in islice(chain((first,), iter(partial(file.readline, _MAX_LINE), "")), skip_lines, None):
        if "\x00" in line:
            raise _BadLine("source_nul")
        if _MARK in line:
            raise _BadLine("source_not_decodable")
        if len(line) >= _MAX_LINE:
            raise csv.Error("a line far longer than any cell may be")
        yield line


def find_delimiter(sample: str) -> str:
    """Return the delimiter that cuts most records into as many cells as the header, more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = [len(cells) for cells in islice(filter(any, reader), _SAMPLE_RECORDS)]
        if not widths or widths[0] == 1:
            return (0.0, 0)
        return (widths.count(widths[0]) / len(widths), widths[0])

    return max(DELIMITERS, key=score)
