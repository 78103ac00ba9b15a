"""A file as numbered rows of cells, whatever program wrote it (R21)."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH
from crm_tui.core.text import trim
from crm_tui.services.errors import SourceError
from crm_tui.services.importing.delimited import MARKING, find_delimiter, records
from crm_tui.services.importing.encoding import encoding_candidates, encoding_label
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.sheets import SheetRows, is_locked_workbook, is_workbook, sheet_names

FAILURE_COLUMNS = ("rowNumber", "errorColumns", "errorReasons")
"""The first columns of a file of failed rows (R38): they are skipped when it is imported again."""
_HEAD_BYTES = 1 << 16
_SAMPLE_CHARACTERS = 1 << 20
_TELL_EVERY = 1000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\x1f\x8b", b"\xff\xd8\xff", b"GIF8", b"7z\xbc\xaf", b"Rar!\x1a", b"{\\rtf")
_PAGE_STARTS = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")
"""Shops like to hand out a web page under the name of a spreadsheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that can be read, and how."""

    path: Path
    kind: str
    """"csv" or "xlsx"."""
    encoding: str
    """Python's name of the encoding; "" for .xlsx."""
    delimiter: str
    """"" for .xlsx."""
    skip_lines: int
    """1 when the first line is a `sep=` line."""
    sheets: tuple[str, ...]
    """Those that are not hidden; () for CSV."""
    sheet: str
    """"" for CSV."""
    headers: tuple[str, ...]
    rows_total: int
    """The rows that a `RowReader` gives: neither the header nor empty lines."""
    bytes_total: int
    skipped_columns: tuple[int, ...]
    """Columns of a file of failed rows that are not data."""
    number_columns: tuple[int, ...]
    """Columns of a sheet that hold numbers: zeros in front of them may be lost. () for CSV."""
    changed_ns: int
    """When the file was last changed."""

    @property
    def encoding_label(self) -> str:
        """The encoding as people write it, e.g. "CP949"."""
        return encoding_label(self.encoding)


def display_name(path: Path) -> str:
    """Return the file's name without extension, as a person writes it.

    macOS stores Hangul in pieces (NFD); bytes that are no UTF-8 reach Python as lone surrogates.
    """
    return unicodedata.normalize("NFC", path.stem.encode("utf-8", "replace").decode("utf-8"))


def proposed_tag(path: Path) -> str:
    """Return the import tag that a file's name gives (R30), made fit to be one; "" where nothing fit is left."""
    kept = "".join(character if character.isprintable() else " " for character in display_name(path))
    return trim(trim(kept)[:MAX_IMPORT_TAG_LENGTH])


def open_source(path: Path, options: SourceOptions | None = None) -> Source:
    """Find out how a file is to be read, checking all of it.

    Raises:
        SourceError: The file cannot be used; its code says why and what to do.
    """
    if "\0" in str(path):
        raise SourceError("source_missing", path=str(path))
    with _said(path):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("source_not_file", path=str(path))  # opening a FIFO would wait for ever
        if status.st_size == 0:
            raise SourceError("source_empty", path=path.name)
        seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return _examine(path, options or SourceOptions(), seen)


@lru_cache(maxsize=8)
def _examine(path: Path, options: SourceOptions, seen: tuple[int, ...]) -> Source:
    """Look at all of a file, once for as long as nobody has touched it: it is opened to be mapped, and to be imported.

    Args:
        path: A regular file that is not empty.
        options: What the manager has chosen.
        seen: Which file it is, and when it was touched.
    """
    status = path.stat()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_ZIP) and is_workbook(path):
        source = _open_xlsx(path, options, status)
    elif head.startswith(_OLE) and is_locked_workbook(path):
        raise SourceError("source_locked", path=path.name)
    elif head.startswith((_ZIP, _OLE, *_NO_TEXT)) or _is_page(head):
        raise SourceError("source_binary", path=path.name)
    else:
        source = _open_text(path, options, status, head)
    _check_unchanged(source)
    return source


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say what the operating system has against a file."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError("source_missing", path=str(path)) from error
    except OSError as error:
        raise SourceError("source_unreadable", path=str(path)) from error


def _check_unchanged(source: Source) -> None:
    status = source.path.stat()
    if (status.st_size, status.st_mtime_ns) != (source.bytes_total, source.changed_ns):
        raise SourceError("source_changed", path=source.path.name)


def _is_page(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower().startswith(_PAGE_STARTS)


def _headers(cells: list[str]) -> tuple[str, ...]:
    return tuple(map(trim, cells))


def _skipped(headers: tuple[str, ...]) -> tuple[int, ...]:
    return (0, 1, 2) if headers[:3] == FAILURE_COLUMNS else ()


def _open_text(path: Path, options: SourceOptions, status: os.stat_result, head: bytes) -> Source:
    candidates = encoding_candidates(head, options.encoding)
    for encoding in candidates:
        try:
            return _read_text(path, options, status, encoding, "strict")
        except UnicodeDecodeError:
            continue
    if b"\x00" in head and not candidates[0].startswith("utf-16"):
        raise SourceError("source_binary", path=path.name)
    # Once more, to find the row. Whoever reads furthest was right for longest: that row is worth looking at.
    faults = [_fault(path, options, status, encoding) for encoding in candidates]
    raise max(faults, key=lambda fault: int(fault.params["row"]))


def _fault(path: Path, options: SourceOptions, status: os.stat_result, encoding: str) -> SourceError:
    try:
        _read_text(path, options, status, encoding, MARKING)
    except SourceError as error:
        if "row" in error.params:
            return SourceError(error.code, **{"encoding": encoding_label(encoding)} | error.params)
        raise
    raise SourceError("source_changed", path=path.name)


def _read_text(path: Path, options: SourceOptions, status: os.stat_result, encoding: str, errors: str) -> Source:
    with path.open("r", encoding=encoding, errors=errors) as file:
        sample = file.read(_SAMPLE_CHARACTERS).lstrip("\ufeff")
    first = sample.partition("\n")[0]
    skip_lines = 1 if first.lower().startswith("sep=") and len(first) == 5 else 0
    delimiter = options.delimiter or (first[4] if skip_lines else find_delimiter(sample))
    if len(delimiter) != 1 or delimiter in '"\ufeff' or not (delimiter.isprintable() or delimiter == "\t"):
        raise SourceError("source_delimiter_unknown", name=delimiter)
    headers: tuple[str, ...] | None = None
    rows = 0
    with path.open("r", encoding=encoding, errors=errors) as file:
        for row, cells in records(file, delimiter, skip_lines):
            if row == 1:
                headers = _headers(cells)
            else:
                rows += 1
    if headers is None:
        raise SourceError("source_no_header", path=path.name)
    return Source(
        path=path,
        kind="csv",
        encoding=encoding,
        delimiter=delimiter,
        skip_lines=skip_lines,
        sheets=(),
        sheet="",
        headers=headers,
        rows_total=rows,
        bytes_total=status.st_size,
        skipped_columns=_skipped(headers),
        number_columns=(),
        changed_ns=status.st_mtime_ns,
    )


def _open_xlsx(path: Path, options: SourceOptions, status: os.stat_result) -> Source:
    seen, hidden = sheet_names(path)
    wanted = options.sheet
    if wanted is not None:
        wanted = unicodedata.normalize("NFC", wanted)
        names = [name for name in seen + hidden if unicodedata.normalize("NFC", name) == wanted]
        if not names:
            raise SourceError("source_sheet_unknown", name=wanted, choices=", ".join(seen or hidden))
    else:
        names = list(seen or hidden)
    for name in names:
        sheet = SheetRows(path, name)
        rows = iter(sheet)
        _, cells = next(rows, (0, []))
        if not cells:
            continue
        headers = _headers(cells)
        return Source(
            path=path,
            kind="xlsx",
            encoding="",
            delimiter="",
            skip_lines=0,
            sheets=seen or hidden,
            sheet=name,
            headers=headers,
            rows_total=sum(1 for _ in rows),
            bytes_total=status.st_size,
            skipped_columns=_skipped(headers),
            number_columns=tuple(sorted(sheet.number_columns)),
            changed_ns=status.st_mtime_ns,
        )
    if wanted is not None:
        raise SourceError("source_sheet_empty", name=wanted, choices=", ".join(seen or hidden))
    raise SourceError("source_empty", path=path.name)


class RowReader:
    """Iterates over `(row_number, cells)` below the header, which is row 1; empty lines are counted but left out.

    Raises:
        SourceError: The file has gone or changed since it was opened.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.bytes_read = 0
        """How far a CSV file is read; an .xlsx file comes at once. Rows of `Source.rows_total` tell it exactly."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        source = self._source
        with _said(source.path):
            _check_unchanged(source)
            rows = 0
            try:
                for row, cells in self._rows():
                    if row > 1:
                        rows += 1
                        yield row, cells
            except UnicodeDecodeError as error:
                raise SourceError("source_changed", path=source.path.name) from error
            _check_unchanged(source)
            if rows != source.rows_total:
                raise SourceError("source_changed", path=source.path.name)
        self.bytes_read = source.bytes_total

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        source = self._source
        if source.kind == "xlsx":
            return iter(SheetRows(source.path, source.sheet))
        return self._text_rows()

    def _text_rows(self) -> Iterator[tuple[int, list[str]]]:
        source = self._source
        with source.path.open("r", encoding=source.encoding) as file:
            for row, cells in records(file, source.delimiter, source.skip_lines):
                if row % _TELL_EVERY == 0:
                    self.bytes_read = _position(file)
                yield row, cells


def _position(file: TextIO) -> int:
    """Return the bytes taken from the file; its own tell() is switched off while lines are read."""
    return os.lseek(file.fileno(), 0, os.SEEK_CUR)
