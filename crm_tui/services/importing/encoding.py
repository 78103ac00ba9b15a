"""Which encoding a file is in: strict over the whole file, in bounded memory (R21)."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from crm_tui.services.errors import SourceError

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHOICES = ("utf-8", "utf-16", "cp949", "shift_jis")
"""What a manager may choose; Shift_JIS is never guessed, its bytes look like CP949."""


def find_encoding(path: Path, chosen: str | None) -> str:
    """Return the Python name of the encoding in which the whole file can be read.

    Raises:
        SourceError: source_binary, source_encoding_unknown, or source_not_decodable with the row of the first bad byte.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\x1f\x8b")):
        raise SourceError("source_binary", path=path.name)
    if chosen is not None:
        try:
            name = codecs.lookup(chosen).name
        except LookupError as error:
            raise SourceError("source_encoding_unknown", name=chosen, choices=", ".join(CHOICES)) from error
        candidates = ["utf-8-sig" if name == "utf-8" else "cp949" if name == "euc_kr" else name]
    else:
        candidates = _candidates(head)
        if not candidates:
            raise SourceError("source_binary", path=path.name)
    bad: tuple[int, str] | None = None
    for candidate in candidates:
        row = first_bad_row(path, candidate)
        if row is None:
            return candidate
        # The furthest reader was right for longest: its row is the one worth looking at.
        if bad is None or row > bad[0]:
            bad = (row, candidate)
    assert bad is not None
    raise SourceError("source_not_decodable", row=bad[0], encoding=bad[1].removesuffix("-sig"))


def _candidates(head: bytes) -> list[str]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return [name]
    if b"\x00" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        # Text in UTF-16 has its zeros on one side: those of line ends, commas and digits.
        if odd > 4 * even:
            return ["utf-16-le"]
        return ["utf-16-be"] if even > 4 * odd else []
    return ["utf-8-sig", "cp949"]


def first_bad_row(path: Path, encoding: str) -> int | None:
    """Return the line, from 1, that cannot be decoded; None when the whole file can be."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    for block, is_last in _blocks(path):
        try:
            line += _line_ends(decoder.decode(block, is_last))
        except UnicodeDecodeError as error:
            # What stands before the bad byte in this block counts as well.
            return line + _line_ends(error.object[: error.start].decode(encoding, "replace"))
    return None


def _line_ends(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _blocks(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        while block:
            following = file.read(_BLOCK)
            yield block, not following
            block = following
