"""Text measured in terminal cells, never by `len()`: Hangul is two wide."""

import shutil

ELLIPSIS = "…"


def width(text: str) -> int:
    """Return how many cells `text` takes; control characters count as none."""
    if text.isascii() and text.isprintable():
        return len(text)
    from wcwidth import wcswidth, wcwidth  # larger than all else that a command loads to write

    found = wcswidth(text)
    return found if found >= 0 else sum(max(wcwidth(one), 0) for one in text)


def cut(text: str, cells: int) -> str:
    """Return `text`, or as much of it as fits in `cells` with an ellipsis."""
    if width(text) <= cells:
        return text
    from wcwidth import wcwidth

    kept, used = 0, width(ELLIPSIS)
    for one in text:
        used += max(wcwidth(one), 0)
        if used > cells:
            break
        kept += 1
    # A selector can make the character before it wider than it is alone.
    while kept and width(text[:kept] + ELLIPSIS) > cells:
        kept -= 1
    return text[:kept] + ELLIPSIS


def pad(text: str, cells: int) -> str:
    """Return `text` with spaces behind it up to `cells`."""
    return text + " " * (cells - width(text))


def wrap(text: str, cells: int) -> list[str]:
    """Return `text` in lines of at most `cells`, broken at spaces; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(lines[-1]) + 1 + width(word) <= cells:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def columns() -> int:
    """Return how wide the terminal is; 80 where nothing says more."""
    return shutil.get_terminal_size().columns
