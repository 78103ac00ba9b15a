"""A file as numbered rows of cells, whatever program wrote it (R21)."""

import codecs
import json
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH
from crm_tui.core.text import trim
from crm_tui.services.errors import CrmError, SourceError
from crm_tui.services.importing.delimited import CHUNK, MARKING, Chunk, Records, find_delimiter
from crm_tui.services.importing.encoding import encoding_candidates, encoding_label
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.sheets import SheetRows, is_locked_workbook, is_workbook, sheet_names

FAILURE_COLUMNS = ("rowNumber", "errorColumns", "errorReasons")
"""The first columns of a file of failed rows (R38): they are skipped when it is imported again."""
_HEAD_BYTES = 1 << 16
_SAMPLE_CHARACTERS = 1 << 20
LARGE_BYTES = 8 << 20
"""From here on it pays not to read a text file only to count its rows, and to read its parts at the same time."""
_BLOCK_BYTES = 1 << 20
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
    rows_total: int | None
    """The rows that a `RowReader` gives: neither the header nor empty lines. None: not counted."""
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


def headers_key(headers: Sequence[str]) -> str:
    """Return the same text for files with the same set of headers (R22)."""
    return json.dumps(sorted(map(trim, headers)))


def display_name(path: Path) -> str:
    """Return the file's name without extension, as a person writes it.

    macOS stores Hangul in pieces (NFD); bytes that are no UTF-8 reach Python as lone surrogates.
    """
    return unicodedata.normalize("NFC", path.stem.encode("utf-8", "replace").decode("utf-8"))


def proposed_tag(path: Path) -> str:
    """Return the import tag that a file's name gives (R30), made fit to be one; "" where nothing fit is left."""
    kept = "".join(character if character.isprintable() else " " for character in display_name(path))
    return trim(trim(kept)[:MAX_IMPORT_TAG_LENGTH])


def open_source(path: Path, options: SourceOptions | None = None, *, counted: bool = True) -> Source:
    """Find out how a file is to be read.

    Args:
        path: The file.
        options: What the manager has chosen.
        counted: Whether its rows are counted, and all of it is checked, even where it is large; else what is wrong
            with a row is found by whoever reads it.

    Raises:
        SourceError: The file cannot be used; its code says why and what to do.
    """
    if "\0" in str(path):
        raise SourceError("source_missing", path=str(path))
    with said(path):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("source_not_file", path=str(path))  # opening a FIFO would wait for ever
        if status.st_size == 0:
            raise SourceError("source_empty", path=path.name)
        seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        source = _examine(path, options or SourceOptions(), seen)
        is_left = source.rows_total is not None or (not counted and source.bytes_total >= LARGE_BYTES)
        return source if is_left else replace(source, rows_total=_count_rows(source, seen))


@lru_cache(maxsize=8)
def _examine(path: Path, options: SourceOptions, seen: tuple[int, ...]) -> Source:
    """Look how a file is to be read, once for as long as nobody has touched it: it is mapped, and then imported.

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
    check_unchanged(source)
    return source


@lru_cache(maxsize=8)
def _count_rows(source: Source, seen: tuple[int, ...]) -> int:
    """Read all of a text file; `seen` as in `_examine`."""
    del seen
    with source.path.open("rb") as file:
        rows = sum(len(chunk.rows) for chunk in _records(source, file)) - 1
    check_unchanged(source)
    return rows


def is_unusable(error: CrmError) -> bool:
    """Say whether a file is refused for what stands in one of its rows: of such an import nothing stays (R21)."""
    return isinstance(error, SourceError) and "row" in error.params


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say what the operating system has against a file."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError("source_missing", path=str(path)) from error
    except OSError as error:
        raise SourceError("source_unreadable", path=str(path)) from error


def check_unchanged(source: Source) -> None:
    """Raise source_changed where a file is not as it was when it was opened."""
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
            source = _read_head(path, options, status, encoding, "strict")
            _check_decodable(path, encoding)
        except UnicodeDecodeError:
            continue
        return source
    if b"\x00" in head and not candidates[0].startswith("utf-16"):
        raise SourceError("source_binary", path=path.name)
    # Once more, to find the row. Whoever reads furthest was right for longest: that row is worth looking at.
    faults = [_fault(path, options, status, encoding) for encoding in candidates]
    raise max(faults, key=lambda fault: int(fault.params["row"]))


def _fault(path: Path, options: SourceOptions, status: os.stat_result, encoding: str) -> SourceError:
    try:
        source = _read_head(path, options, status, encoding, MARKING)
        with path.open("rb") as file:
            for _ in _records(source, file, MARKING):
                pass
    except SourceError as error:
        if "row" in error.params:
            return SourceError(error.code, **{"encoding": encoding_label(encoding)} | error.params)
        raise
    raise SourceError("source_changed", path=path.name)


def _check_decodable(path: Path, encoding: str) -> None:
    """Raise UnicodeDecodeError where a file is not in an encoding from end to end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            decoder.decode(block)
    decoder.decode(b"", final=True)


def _read_head(path: Path, options: SourceOptions, status: os.stat_result, encoding: str, errors: str) -> Source:
    """Return how a text file is to be read, with its headers."""
    with path.open("r", encoding=encoding, errors=errors) as file:
        sample = file.read(_SAMPLE_CHARACTERS).lstrip("\ufeff")
    first = sample.partition("\n")[0]
    skip_lines = 1 if first.lower().startswith("sep=") and len(first) == 5 else 0
    delimiter = options.delimiter or (first[4] if skip_lines else find_delimiter(sample))
    if len(delimiter) != 1 or delimiter in '"\ufeff' or not (delimiter.isprintable() or delimiter == "\t"):
        raise SourceError("source_delimiter_unknown", name=delimiter)
    source = Source(
        path=path,
        kind="csv",
        encoding=encoding,
        delimiter=delimiter,
        skip_lines=skip_lines,
        sheets=(),
        sheet="",
        headers=(),
        rows_total=None,
        bytes_total=status.st_size,
        skipped_columns=(),
        number_columns=(),
        changed_ns=status.st_mtime_ns,
    )
    with path.open("rb") as file:
        chunk = next(iter(_records(source, file, errors)), None)
    if chunk is None:
        raise SourceError("source_no_header", path=path.name)
    headers = _headers(chunk.rows[0])
    return replace(source, headers=headers, skipped_columns=_skipped(headers))


def _records(source: Source, file: BinaryIO, errors: str = "strict") -> Records:
    return Records(
        file=file, encoding=source.encoding, delimiter=source.delimiter, skip_lines=source.skip_lines, errors=errors
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
        for chunk in self.chunks():
            yield from zip(chunk.numbers, chunk.rows, strict=True)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the same rows, many at a time."""
        source = self._source
        with said(source.path):
            check_unchanged(source)
            rows = 0
            try:
                for chunk in self._sheet_chunks() if source.kind == "xlsx" else self._text_chunks():
                    below = chunk.below_header()
                    rows += len(below.rows)
                    if below.rows:
                        yield below
            except UnicodeDecodeError as error:
                raise SourceError("source_changed", path=source.path.name) from error
            check_unchanged(source)
            if source.rows_total is not None and rows != source.rows_total:
                raise SourceError("source_changed", path=source.path.name)
        self.bytes_read = source.bytes_total

    def _sheet_chunks(self) -> Iterator[Chunk]:
        rows = iter(SheetRows(self._source.path, self._source.sheet))
        while chunk := list(islice(rows, CHUNK)):
            yield Chunk([number for number, _ in chunk], [cells for _, cells in chunk])

    def _text_chunks(self) -> Iterator[Chunk]:
        with self._source.path.open("rb") as file:
            records = _records(self._source, file)
            for chunk in records:
                self.bytes_read = records.bytes_read
                yield chunk
