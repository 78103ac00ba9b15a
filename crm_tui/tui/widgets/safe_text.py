"""The one way of customers' text to the screen: no markup is read in it, no control character passes."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from crm_tui.core.safe_text import make_visible

ELLIPSIS = "…"


def safe(text: str) -> Content:
    """Return `text` as widget text in which `[VIP]` stays and ESC is visible; line breaks are kept."""
    return Content("\n".join(make_visible(part) for part in text.split("\n")))


def line(text: str) -> str:
    """Return `text` as one visible line."""
    return make_visible(" ".join(text.split("\n")))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` visible and exactly `width` cells wide; what does not fit is cut with an ellipsis."""
    if width <= 0:
        return ""
    visible = line(text)
    space = width - cell_len(visible)
    if space < 0:
        return set_cell_size(visible, width - 1) + ELLIPSIS
    return " " * space + visible if right else visible + " " * space


def wrap(text: str, width: int) -> list[str]:
    """Return `text` visible, in lines of at most `width` cells, broken at spaces where there are any."""
    lines = []
    for paragraph in text.split("\n"):
        rest = make_visible(paragraph)
        while cell_len(rest) > width > 1:
            cut = _fitting(rest, width)
            space = rest.rfind(" ", 1, cut + 1)
            cut = space if space > 0 else cut
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        lines.append(rest)
    return lines


def _fitting(text: str, width: int) -> int:
    """Return how many characters of `text` fit, at least one."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(1, index)
    return len(text)
