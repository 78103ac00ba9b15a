"""A sheet of an .xlsx file as numbered rows of text, as a CSV file would hold them (R21)."""

import mmap
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from crm_tui.core.text import trim
from crm_tui.services.errors import SourceError

MAX_SHEET_CELLS = 32_000_000
"""Cells of the rectangle that a sheet's values span. The reader holds all of it, 32 bytes a cell, and where memory ends
it ends the whole program: one stray value in the last cell of a sheet would take 512 GB. Enough for a full sheet of 30
columns."""
_BLOCK = 1 << 20
_OVERLAP = 1 << 16
"""Read again with the next block, as a cell may lie across two; longer than any formula with its result."""
_MAX_CONTENTS = 1 << 24

_FILLED = re.compile(rb"""\sr\s*=\s*["']([A-Z]+)(\d+)["'][^<>]*(?<!/)>""")
"""The place of a cell that is not empty: only those make the reader's rectangle larger."""
_FAULTY = re.compile(rb"""<(?:\w+:)?c\s([^>]*\bt=["']e["'][^>]*)>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_RESULT = re.compile(rb"<(?:\w+:)?v>([^<]*)<")


@dataclass(slots=True)
class SheetRows:
    """Iterates over `(row_number, cells)` from the header on, which is row 1; blank rows are counted but left out."""

    path: Path
    sheet: str
    number_columns: set[int] = field(default_factory=set)
    """Columns, from 0, in which one of the rows read so far has a number: zeros in front of it may be lost."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        faults = _faults(self.path, self.sheet)
        with _workbook(self.path) as book:
            sheet = book.get_sheet_by_name(self.sheet)
            first_column = sheet.start[1] + 1 if sheet.start else 1
            row = 0
            for sheet_row, cells in enumerate(sheet.iter_rows(), 1):
                texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
                for column, fault in faults.get(sheet_row, ()):
                    texts[column - first_column] = fault
                if row:
                    self.number_columns.update(index for index, cell in enumerate(cells) if type(cell) in (float, int))
                elif not any(map(trim, texts)):
                    continue
                row += 1
                if any(texts):
                    yield row, texts


def is_workbook(path: Path) -> bool:
    """Return whether a zip archive is an .xlsx file, whatever its name says.

    Raises:
        SourceError: source_damaged.
    """
    with _archive(path) as parts:
        return "xl/workbook.xml" in parts.names


def is_locked_workbook(path: Path) -> bool:
    """Return whether an OLE file is an .xlsx with a password and not an old .xls."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as contents:
        return contents.find("EncryptedPackage".encode("utf-16-le")) >= 0


def sheet_names(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sheets that a person sees in the spreadsheet, and those that are hidden.

    Raises:
        SourceError: source_damaged.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    with _workbook(path) as book:
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    seen = tuple(sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible)
    return seen, tuple(sheet.name for sheet in sheets if sheet.name not in seen)


def cell_text(cell: object) -> str:
    """Return a spreadsheet's cell as it would stand in a CSV file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_text(float(cell))
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        hours, rest = divmod(abs(seconds), 3600)
        return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="milliseconds" if cell.microsecond else "seconds")
    return cell if isinstance(cell, str) else cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _number_text(number: float) -> str:
    """Write a number in full, or with an exponent where the spreadsheet has kept only its first 15 digits."""
    text = f"{number + 0:.15G}"  # -0.0 is 0
    return text if "E" not in text or abs(number) >= 1e15 else format(Decimal(text), "f")


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        # By its contents: a path would be judged by its extension.
        with path.open("rb") as file:
            yield CalamineWorkbook.from_filelike(file)
    except (CalamineError, OverflowError) as error:
        raise SourceError("source_damaged", path=path.name) from error


@dataclass(frozen=True, slots=True)
class _Parts:
    archive: zipfile.ZipFile
    names: dict[str, str]
    """The archive's own names by how they should be written: programs differ in case and slashes."""

    def tree(self, name: str) -> ElementTree.Element:
        info = self.archive.getinfo(self.names[name])
        if info.file_size > _MAX_CONTENTS:
            raise zipfile.BadZipFile(f"{name} is far too long")
        return ElementTree.fromstring(self.archive.read(info))


@contextmanager
def _archive(path: Path) -> Iterator[_Parts]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Parts(archive, {_canonical(name): name for name in archive.namelist()})
    # NotImplementedError, RuntimeError: unknown compression, a member with a password.
    except (zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError, KeyError, RuntimeError) as error:
        raise SourceError("source_damaged", path=path.name) from error


def _canonical(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/").lower())


def _sheet_part(parts: _Parts, sheet: str) -> str:
    """Return the archive's name of the part that holds a sheet."""
    entries = [entry for entry in parts.tree("xl/workbook.xml").iter() if entry.tag.endswith("}sheet")]
    links = {entry.get("name"): value for entry in entries for name, value in entry.items() if name.endswith("}id")}
    targets = {entry.get("Id"): entry.get("Target", "") for entry in parts.tree("xl/_rels/workbook.xml.rels")}
    return parts.names[_canonical(posixpath.join("xl", targets[links[sheet]]))]


def _faults(path: Path, sheet: str) -> dict[int, list[tuple[int, str]]]:
    """Return column and text of the cells such as #N/A by row, from 1; the reader gives them as blank ones.

    Raises:
        SourceError: source_sheet_too_large, before the reader is let at it; source_damaged.
    """
    rows = columns = 0
    faults: dict[int, dict[int, str]] = {}
    with _archive(path) as parts, parts.archive.open(_sheet_part(parts, sheet)) as part:
        window = b""
        while block := part.read(_BLOCK):
            window = window[-_OVERLAP:] + block
            found = _FILLED.findall(window)
            rows = max(rows, *map(int, {row for _, row in found}), 0)
            columns = max(columns, *map(_column, {letters for letters, _ in found}), 0)
            if rows * columns > MAX_SHEET_CELLS:
                raise SourceError("source_sheet_too_large", name=sheet, rows=rows, columns=columns)
            for about, contents in _FAULTY.findall(window) if b'"e"' in window or b"'e'" in window else ():
                place, result = _REFERENCE.search(about), _RESULT.search(contents)
                if place and result:
                    faults.setdefault(int(place[2]), {})[_column(place[1])] = result[1].decode("utf-8", "replace")
    return {row: list(cells.items()) for row, cells in faults.items()}


def _column(letters: bytes) -> int:
    """Return a column's number: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
