"""A file as numbered rows of cells, whatever program wrote it (R21)."""

import csv
import io
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.services.errors import SourceError
from crm_tui.services.importing.encoding import find_encoding
from crm_tui.services.importing.options import SourceOptions

DELIMITERS = (",", ";", "\t", "|")
FAILURE_COLUMNS = ("rowNumber", "errorColumns", "errorReasons")
"""The first columns of a file of failed rows (R38): they are skipped when it is imported again."""
_SAMPLE_RECORDS = 200
_SAMPLE_CHARACTERS = 1 << 20
_MAX_CELL = 1 << 28

csv.field_size_limit(_MAX_CELL)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read, and how."""

    path: Path
    kind: str
    """"csv" or "xlsx"."""
    encoding: str
    """"" for .xlsx."""
    delimiter: str
    """"" for .xlsx."""
    skip_lines: int
    """1 when the first line is a `sep=` line."""
    sheets: tuple[str, ...]
    sheet: str
    headers: tuple[str, ...]
    bytes_total: int
    skipped_columns: tuple[int, ...]
    """Columns of a file of failed rows that are not data."""


def display_name(path: Path) -> str:
    """Return the file's name without extension, as a person writes it: macOS stores Hangul in pieces (NFD)."""
    return unicodedata.normalize("NFC", path.stem)


def open_source(path: Path, options: SourceOptions | None = None) -> Source:
    """Find out how a file is to be read, checking all of its bytes.

    Raises:
        SourceError: The file cannot be used; its code says why and what to do.
    """
    options = options or SourceOptions()
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SourceError("source_missing", path=str(path))
        if size == 0:
            raise SourceError("source_empty", path=path.name)
        if path.suffix.lower() == ".xlsx":
            return _open_xlsx(path, options, size)
        return _open_csv(path, options, size)
    except FileNotFoundError as error:
        raise SourceError("source_missing", path=str(path)) from error
    except OSError as error:
        raise SourceError("source_unreadable", path=str(path)) from error


def _skipped(headers: tuple[str, ...]) -> tuple[int, ...]:
    return (0, 1, 2) if headers[:3] == FAILURE_COLUMNS else ()


def _header(cells: list[str], path: Path) -> tuple[str, ...]:
    headers = tuple(unicodedata.normalize("NFC", cell).strip().lstrip("\ufeff") for cell in cells)
    if not any(headers):
        raise SourceError("source_no_header", path=path.name)
    return headers


def _open_csv(path: Path, options: SourceOptions, size: int) -> Source:
    encoding = find_encoding(path, options.encoding)
    with path.open("r", encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS).lstrip("\ufeff")
    if "\x00" in sample:
        raise SourceError("source_binary", path=path.name)
    skip_lines = 0
    delimiter = options.delimiter
    first = sample.split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        skip_lines = 1
        delimiter = delimiter or first[4]
        sample = sample.split("\n", 1)[1] if "\n" in sample else ""
    delimiter = delimiter or find_delimiter(sample)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SourceError("source_delimiter_unknown", name=delimiter)
    _check_quotes(path, encoding, delimiter, skip_lines)
    draft = Source(path, "csv", encoding, delimiter, skip_lines, (), "", (), size, ())
    with _text(draft) as file:
        reader = csv.reader(file, delimiter=delimiter)
        headers = _header(next((cells for cells in reader if cells), []), path)
    return Source(path, "csv", encoding, delimiter, skip_lines, (), "", headers, size, _skipped(headers))


def find_delimiter(sample: str) -> str:
    """Return the delimiter that cuts most records into the same number of cells, more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths: Counter[int] = Counter()
        try:
            for cells in reader:
                if cells:
                    widths[len(cells)] += 1
                if widths.total() >= _SAMPLE_RECORDS:
                    break
        except csv.Error:
            return (0.0, 0)
        if not widths:
            return (0.0, 0)
        width, records = widths.most_common(1)[0]
        return (records / widths.total() if width > 1 else 0.0, width)

    return max(DELIMITERS, key=score)


def _check_quotes(path: Path, encoding: str, delimiter: str, skip_lines: int) -> None:
    """Refuse a file whose last quote is never closed, naming the row it opened in; in bounded memory.

    The csv module would read the rest of the file as one cell without a word.
    """
    row, opened_in = 1, 0
    in_quotes = False
    at_cell_start, was_quote = True, False
    with path.open("r", encoding=encoding, newline=None) as file:
        for _ in range(skip_lines):
            file.readline()
        for line in file:
            if '"' not in line:
                if not in_quotes:
                    row += 1
                continue
            at_cell_start = not in_quotes
            was_quote = False
            for character in line.lstrip("\ufeff") if row == 1 else line:
                if in_quotes:
                    if character == '"':
                        in_quotes, was_quote = False, True
                elif character == '"' and (at_cell_start or was_quote):
                    # a quote right after a closing one is a quote within the cell
                    if not was_quote:
                        opened_in = row
                    in_quotes, was_quote = True, False
                else:
                    was_quote = False
                    at_cell_start = character in (delimiter, "\n")
                    continue
                at_cell_start = False
            if not in_quotes:
                row += 1
    if in_quotes:
        raise SourceError("source_unclosed_quote", row=opened_in)


def _text(source: Source) -> io.TextIOWrapper:
    file = source.path.open("r", encoding=source.encoding, newline=None)
    start = file.read(1)
    while start == "\ufeff":
        start = file.read(1)
    # Back to the first character that is no byte order mark: a file may carry several.
    file.seek(0)
    position = 0
    while file.read(1) == "\ufeff":
        position = file.tell()
    file.seek(position)
    for _ in range(source.skip_lines):
        file.readline()
    return file


def _open_xlsx(path: Path, options: SourceOptions, size: int) -> Source:
    book = _workbook(path)
    sheets = tuple(book.sheet_names)
    sheet = options.sheet or sheets[0]
    if sheet not in sheets:
        raise SourceError("source_sheet_unknown", name=sheet, choices=", ".join(sheets))
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=1)
    headers = _header([_cell_text(cell) for cell in rows[0]] if rows else [], path)
    return Source(path, "xlsx", "", "", 0, sheets, sheet, headers, size, _skipped(headers))


def _workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, ValueError) as error:
        raise SourceError("source_binary", path=path.name) from error
    if not book.sheet_names:
        raise SourceError("source_empty", path=path.name)
    return book


def _cell_text(cell: object) -> str:
    """Return a cell of a spreadsheet as it would stand in a CSV file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell if isinstance(cell, str) else cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


class RowReader:
    """Iterates over `(row_number, cells)`: the header is row 1, empty lines are counted but left out."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.bytes_read = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._xlsx() if self._source.kind == "xlsx" else self._csv()

    def _csv(self) -> Iterator[tuple[int, list[str]]]:
        with _text(self._source) as file:
            raw = file.fileno()
            seen_header = False
            row = 0
            for cells in csv.reader(file, delimiter=self._source.delimiter):
                row += 1
                if not cells:
                    continue
                if not seen_header:
                    seen_header = True
                    row = 1
                    continue
                if row % 1000 == 0:
                    self.bytes_read = os.lseek(raw, 0, os.SEEK_CUR)
                yield row, cells
            self.bytes_read = self._source.bytes_total

    def _xlsx(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self._source.headers)
        sheet = _workbook(self._source.path).get_sheet_by_name(self._source.sheet)
        for row, cells in enumerate(sheet.iter_rows(), 1):
            texts = [_cell_text(cell) for cell in cells]
            if row > 1 and any(texts):
                yield row, texts + [""] * (width - len(texts))
        self.bytes_read = self._source.bytes_total
