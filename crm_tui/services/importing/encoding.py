"""Which encodings a text file may be in (R21); the file itself is then read strictly, all of it."""

import codecs
from collections.abc import Mapping

from crm_tui.services.errors import SourceError

CHOICES = ("utf-8", "utf-16", "cp949", "shift_jis")
"""What a manager may choose; Shift_JIS is never guessed, its bytes look like CP949."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHOSEN: Mapping[str, tuple[str, ...]] = {
    "utf-8": ("utf-8-sig",),
    "utf-8-sig": ("utf-8-sig",),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
    "cp949": ("cp949",),
    "euc_kr": ("cp949",),
    # Windows writes characters under this name that the standard does not have.
    "shift_jis": ("shift_jis", "cp932"),
    "cp932": ("cp932",),
}
_LABELS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp949": "CP949",
    "shift_jis": "Shift_JIS",
    "cp932": "Shift_JIS",
}


def encoding_candidates(head: bytes, chosen: str | None) -> tuple[str, ...]:
    """Return Python's names of the encodings to try, the likeliest first.

    Args:
        head: The first bytes of the file.
        chosen: What the manager chose; None: find out.

    Raises:
        SourceError: source_encoding_unknown.
    """
    if chosen is None:
        return _by_mark(head) or _utf16_by_ascii(head) or ("utf-8-sig", "cp949")
    try:
        name = codecs.lookup(chosen).name
    except (LookupError, ValueError):
        name = ""
    if name == "utf-16":
        if _by_mark(head) == ("utf-16",):
            return ("utf-16",)
        little, big = _ascii_pairs(head)  # without a mark Python would take the byte order of this machine
        return ("utf-16-be",) if big > little else ("utf-16-le",)
    if name not in _CHOSEN:
        raise SourceError("source_encoding_unknown", name=chosen, choices=", ".join(CHOICES))
    return _CHOSEN[name]


def encoding_label(name: str) -> str:
    """Return an encoding's name as people write it, e.g. "UTF-8" for "utf-8-sig"; "" for ""."""
    return _LABELS.get(name, name)


def _by_mark(head: bytes) -> tuple[str, ...]:
    return next(((name,) for mark, name in _BOMS if head.startswith(mark)), ())


def _utf16_by_ascii(head: bytes) -> tuple[str, ...]:
    """Tell UTF-16 by its commas, digits and line ends: their zeros all stand on one side of the pairs."""
    little, big = _ascii_pairs(head)
    if max(little, big) * 20 < len(head) or max(little, big) <= 4 * min(little, big):
        return ()
    return ("utf-16-le",) if little > big else ("utf-16-be",)


def _ascii_pairs(head: bytes) -> tuple[int, int]:
    """Count the pairs of bytes that are ASCII in UTF-16, low byte first and high byte first.

    Zeros alone would mislead: U+AC00, a common syllable, has one on the other side.
    """
    pairs = list(zip(head[::2], head[1::2], strict=False))
    little = sum(second == 0 and 9 <= first < 127 for first, second in pairs)
    return little, sum(first == 0 and 9 <= second < 127 for first, second in pairs)
