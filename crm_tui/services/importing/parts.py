"""Where a large text file is cut, so that several processes read and check it at the same time.

The cuts are guesses: line ends outside of quotes, if the file's quotes are as they should be. Whoever reads the parts
finds out whether they were right.
"""

import os
from dataclasses import dataclass
from typing import BinaryIO

from crm_tui.core.fields import Field, Value
from crm_tui.core.validation import column_parser
from crm_tui.services.importing.source import LARGE_BYTES, RowReader, Source, said
from crm_tui.services.importing.survey import TRACKED_KEYS

MAX_PARTS = 4
_ENCODINGS = ("utf-8-sig", "utf-8", "cp949", "shift_jis", "cp932")
"""Those in which no other character has the byte of a quote or of a line end."""
_BLOCK_BYTES = 1 << 20
_SEARCHED_BYTES = 1 << 20
"""For a cut: a row that is longer is not worth it."""
_SEARCHED_CHUNKS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a file one after the other."""

    start: int
    """In bytes."""
    end: int
    last_row: int
    """The number of the record above; 0: the part begins with the header, or what stands before it. A guess."""


def available_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_parts(source: Source, wanted: int) -> tuple[Part, ...]:
    """Return the parts of a file, in order; none where it is read better, or only, in one piece."""
    if wanted < 2 or source.encoding not in _ENCODINGS or source.bytes_total < LARGE_BYTES:
        return ()
    with said(source.path), source.path.open("rb") as file:
        cuts = _cuts(file, source.bytes_total, min(wanted, MAX_PARTS))
    if not cuts:
        return ()
    starts = [(0, 0), *((position, lines - source.skip_lines) for position, lines in cuts)]
    ends = [*(position for position, _ in cuts), source.bytes_total]
    return tuple(Part(start, end, row) for (start, row), end in zip(starts, ends, strict=True))


def first_keys(source: Source, fields: tuple[Field | None, ...], key: str) -> tuple[Value, ...]:
    """Return the keys of the file's first rows, as many as `Tally` tracks; none where they are not soon found."""
    (index,) = (place for place, field in enumerate(fields) if field is not None and field.key == key)
    field = fields[index]
    assert field is not None
    parse = column_parser(field)
    found: dict[Value, None] = {}
    for searched, chunk in enumerate(RowReader(source).chunks()):
        cells = [row[index] for row in chunk.rows if len(row) == len(fields)]
        found.update(dict.fromkeys(value for value in parse(cells).values if value is not None))
        if len(found) >= TRACKED_KEYS:
            return tuple(found)[:TRACKED_KEYS]
        if searched == _SEARCHED_CHUNKS:
            break
    return ()


@dataclass(slots=True)
class _Counting:
    """Counts the line ends of a file that stand outside of quotes."""

    lines: int = 0
    is_quoted: bool = False
    has_lone_returns: bool = False
    """As Macs of old wrote them: those end lines too."""

    def take(self, block: bytes) -> None:
        pieces = block.split(b'"')
        outside = b"".join(pieces[self.is_quoted :: 2])
        self.lines += outside.count(b"\n")
        self.is_quoted ^= len(pieces) % 2 == 0
        if b"\r" in block:
            self.has_lone_returns |= block.count(b"\r") != block.count(b"\r\n")


def _cuts(file: BinaryIO, size: int, wanted: int) -> list[tuple[int, int]]:
    """Return where the parts but the first begin, and how many lines stand above."""
    counting = _Counting()
    cuts: list[tuple[int, int]] = []
    for goal in (size * number // wanted for number in range(1, wanted)):
        while (missing := goal - file.tell()) > 0:
            block = file.read(min(_BLOCK_BYTES, missing))
            if not block:
                return []
            counting.take(block + file.read(1) if block.endswith(b"\r") else block)
        if not _goes_to_line_end(file, counting) or counting.has_lone_returns:
            return []
        if file.tell() >= size:
            break
        cuts.append((file.tell(), counting.lines))
    return cuts


def _goes_to_line_end(file: BinaryIO, counting: _Counting) -> bool:
    """Go on to the next line end outside of quotes; say whether there is one."""
    last = file.tell() + _SEARCHED_BYTES
    while file.tell() < last:
        line = file.readline(_SEARCHED_BYTES)
        counting.take(line)
        if not line.endswith(b"\n"):
            return False
        if not counting.is_quoted:
            return True
    return False
