"""Which cells of a line have changed: over a slow line the others are not sent again."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual.geometry import Region


def changed_cells(before: str, after: str, y: int, width: int) -> Region:
    """Return the part of line `y`, `width` cells wide, that must be painted when its text changes."""
    same = _alike(zip(before, after, strict=False))
    # What joins the letter before it (marks, variation selectors) makes that letter another one.
    while same and any(text[same:] and not cell_len(text[same]) for text in (before, after)):
        same -= 1
    start = cell_len(after[:same])
    end = max(cell_len(before), cell_len(after))
    if cell_len(before) == cell_len(after):
        rest = min(len(before), len(after)) - same
        alike = min(rest, _alike(zip(reversed(before), reversed(after), strict=False)))
        end = cell_len(after[: len(after) - alike])
    return Region(start, y, max(1, min(end, width) - start), 1)


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many pairs there are before the first two that differ."""
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count
