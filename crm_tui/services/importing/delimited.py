"""Delimited text as numbered records: where cells end, in which row a quote was left open (R21)."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from operator import itemgetter
from typing import BinaryIO

from crm_tui.core.text import trim
from crm_tui.services.errors import SourceError

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1 << 26
"""Characters of one cell. A quote that is never closed makes a cell of the rest of the file: this bounds its memory."""
MARKING = "crm-tui-marking"
"""An error handler for text that cannot be decoded: a mark takes the place of the bad bytes."""
CHUNK = 2000
"""Records that are read, and worked on, at a time."""
_CHUNK_CHARACTERS = 1 << 23
"""Fewer records where they are long: memory must not grow with the file."""
_MARK = "\udcff"
_MAX_LINE = 2 * MAX_CELL
_SAMPLE_RECORDS = 200
_BLOCK_BYTES = 1 << 18

csv.field_size_limit(MAX_CELL)
codecs.register_error(MARKING, lambda error: (_MARK, getattr(error, "end", 0)))


class _BadLine(Exception):
    """A line that is no text; the record it stands in is known only further up."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows one after the other; empty lines are counted but left out."""

    numbers: Sequence[int]
    rows: list[list[str]]

    def below_header(self) -> "Chunk":
        """Return the same rows without the header, which is row 1."""
        return Chunk(self.numbers[1:], self.rows[1:]) if self.rows and self.numbers[0] == 1 else self


@dataclass(slots=True, kw_only=True)
class Records:
    r"""Iterates over `Chunk`s of delimited text, from the header on, which is row 1.

    Line ends within a cell come out as "\n". A row's number is that of its record: line breaks within cells do not
    shift it. What the reader says of a record comes after all records above it.

    Raises:
        SourceError: source_nul, source_not_decodable (with `MARKING` only), source_cell_too_large or
            source_unclosed_quote, each with its row.
        UnicodeDecodeError: The text is not in this encoding; it knows no row.
    """

    file: BinaryIO
    """Stands where the text begins."""
    encoding: str
    delimiter: str
    skip_lines: int = 0
    errors: str = "strict"
    bytes_left: int | None = None
    """How many of the file's bytes are the text; None: all."""
    last_row: int = 0
    """The number of the last record so far; more than 0 to begin with where the text is a later part of a file."""
    bytes_read: int = 0
    _places: list[None] | None = None
    _characters: int = 0

    def __iter__(self) -> Iterator[Chunk]:
        is_begun = self.last_row > 0
        # The csv module would read everything behind an open quote as one cell, without a word. A delimiter on a line
        # of its own at the end is a record of two empty cells, unless such a cell swallows it.
        lines = chain(chain.from_iterable(self._blocks()), (self.delimiter,))
        reader = csv.reader(lines, delimiter=self.delimiter)
        held: list[list[str]] = []
        is_ended = False
        while not is_ended:
            rows = held
            stop: Exception | None = None
            try:
                is_ended = self._read_into(rows, reader)
            except (SourceError, UnicodeDecodeError, csv.Error, _BadLine) as error:
                stop = error
            if not is_begun:
                rows = rows[next((at for at, cells in enumerate(rows) if any(map(trim, cells))), len(rows)) :]
                is_begun = bool(rows)
            held = [rows.pop()] if rows and stop is None else []
            if rows:
                yield self._numbered(rows)
            if stop is not None:
                raise self._named(stop) from None
        if held and held[0][-1]:
            raise SourceError("source_unclosed_quote", row=self.last_row + 1)

    def _read_into(self, rows: list[list[str]], reader: Iterator[list[str]]) -> bool:
        """Read the records of a chunk; say whether they are the last ones. On an error those before it are there."""
        places: list[None] = [None] * CHUNK
        self._places, self._characters = places, 0
        before = len(rows)
        # `_blocks` takes the places away when it has given out enough text.
        rows.extend(map(itemgetter(1), zip(iter(places), reader)))  # noqa: B905
        return bool(places) and len(rows) - before < CHUNK

    def _numbered(self, rows: list[list[str]]) -> Chunk:
        first, self.last_row = self.last_row + 1, self.last_row + len(rows)
        numbers = range(first, self.last_row + 1)
        return Chunk(numbers, rows) if all(rows) else Chunk(list(compress(numbers, rows)), list(filter(None, rows)))

    def _named(self, error: Exception) -> Exception:
        """Return an error with the row that it is about."""
        if isinstance(error, csv.Error):
            return SourceError("source_cell_too_large", row=self.last_row + 1, limit=MAX_CELL)
        return SourceError(str(error), row=self.last_row + 1) if isinstance(error, _BadLine) else error

    def _blocks(self) -> Iterator[list[str]]:
        """Yield lists of lines."""
        # Programs that join files leave several byte order marks; the codec takes one.
        is_first, skip_lines = self.last_row == 0, self.skip_lines
        pieces: list[str] = []
        for text in self._texts():
            if is_first:
                text = text.lstrip("\ufeff")
                is_first = not text
            cut = text.rfind("\n") + 1
            if cut:
                lines = _lines("".join((*pieces, text[:cut])))
                pieces = []
                yield from self._checked(lines[skip_lines:] if skip_lines else lines)
                skip_lines = max(0, skip_lines - len(lines))
            if cut < len(text):
                pieces.append(text[cut:])
                if sum(map(len, pieces)) >= _MAX_LINE:
                    raise _BadLine("source_nul") if any("\x00" in piece for piece in pieces) else csv.Error("too long")
        if pieces and not skip_lines:
            yield from self._checked(["".join(pieces)])

    def _checked(self, lines: list[str]) -> Iterator[list[str]]:
        """Yield the lines, or those above the first one that is no text."""
        text = "".join(lines)
        self._characters += len(text)
        if self._characters > _CHUNK_CHARACTERS and self._places is not None:
            self._places.clear()
        if "\x00" not in text and _MARK not in text:
            yield lines
            return
        for index, line in enumerate(lines):
            if "\x00" in line or _MARK in line:
                yield lines[:index]
                raise _BadLine("source_nul" if "\x00" in line else "source_not_decodable")

    def _texts(self) -> Iterator[str]:
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(self.encoding)(self.errors), translate=True)
        while True:
            size = _BLOCK_BYTES if self.bytes_left is None else min(_BLOCK_BYTES, self.bytes_left)
            block = self.file.read(size)
            if self.bytes_left is not None:
                self.bytes_left -= len(block)
            self.bytes_read += len(block)
            yield decoder.decode(block, final=not block)
            if not block:
                return


def _lines(text: str) -> list[str]:
    """Return the lines of a text that ends with one; only a newline ends a line."""
    lines = text.splitlines(keepends=True)
    # It knows more line ends than that.
    return lines if len(lines) == text.count("\n") else [f"{line}\n" for line in text.split("\n")[:-1]]


def find_delimiter(sample: str) -> str:
    """Return the delimiter that cuts most records into as many cells as the header, more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = [len(cells) for cells in islice(filter(any, reader), _SAMPLE_RECORDS)]
        if not widths or widths[0] == 1:
            return (0.0, 0)
        return (widths.count(widths[0]) / len(widths), widths[0])

    return max(DELIMITERS, key=score)
