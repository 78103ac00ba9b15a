"""All of stdout. What a terminal sees is made harmless; files and pipes get the values as they are."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from crm_tui.cli.cells import columns, cut, pad, width
from crm_tui.core.safe_text import make_visible
from crm_tui.services.errors import OutputError, code_of

_MIN_COLUMN = 8
"""Cells that a column keeps when a table must become narrower."""
_LINE_ENDS = str.maketrans({"\n": "␊", "\r": "␍", "\t": "␉"})


class ReaderGone(Exception):
    """Whoever read stdout has gone, like `head` when it has enough; typer takes the usual error for its own."""


def prepare_streams() -> None:
    """Let no character fail to be written, and no stream be missing: a cron job may have closed them."""
    # SQLite and the program never get descriptor 1 or 2 for a file of theirs: SQLite refuses to use them.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def finish() -> None:
    """Send what is still held back.

    Raises:
        ReaderGone: Nobody reads any more.
        OutputError: It cannot be written, for want of room.
    """
    _checked(sys.stdout.flush)


def _abandon() -> None:
    """Send what is held back, and whatever the interpreter still sends at its end, nowhere."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _checked(write: Any, *texts: str) -> None:
    try:
        write(*texts)
    except BrokenPipeError as error:
        _abandon()
        raise ReaderGone from error
    except OSError as error:
        _abandon()
        raise OutputError(code_of(error, "output_unwritable"), path="stdout") from error


def _print(text: str) -> None:
    _checked(sys.stdout.write, f"{text}\n")


def line(text: str) -> None:
    """Write a line."""
    _print(make_visible(text) if sys.stdout.isatty() else text)


def document(value: object) -> None:
    """Write one JSON document."""
    _print(_json(value, indent=2))


def array(values: Iterable[object]) -> None:
    """Write one JSON array, an item at a time, so that a million of them need no memory."""
    separator = "[\n"
    for value in values:
        _checked(sys.stdout.write, separator + _json(value))
        separator = ",\n"
    _print("[]" if separator == "[\n" else "\n]")


def _json(value: object, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if sys.stdout.isatty():
        # JSON escapes C0 itself. The rest of what could harm a terminal is escaped too: the document stays exact.
        text = "".join(one if one == "\n" or make_visible(one) == one else json.dumps(one)[1:-1] for one in text)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def comma_separated(rows: Iterable[Sequence[str]]) -> None:
    """Write CSV."""
    shown = make_visible if sys.stdout.isatty() else str
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    for row in rows:
        writer.writerow([shown(cell) for cell in row])
        _checked(sys.stdout.write, held.getvalue())
        held.seek(0)
        held.truncate()


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write columns that line up in terminal cells, Hangul too; in a terminal no line is wider than it."""
    shown = [[_one_line(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(width, column)) for column in zip(*shown, strict=True)]
    if sys.stdout.isatty():
        widths = _narrowed(widths, columns() - 2 * (len(widths) - 1))
    for row in shown:
        cells = [pad(cut(cell, room), room) for cell, room in zip(row, widths, strict=True)]
        text = "  ".join(cells).rstrip()
        _print(cut(text, columns()) if sys.stdout.isatty() else text)


def pairs(rows: Iterable[tuple[str, str]]) -> None:
    """Write names and values, the values lined up and whole."""
    shown = [(name, _one_line(value)) for name, value in rows]
    room = max((width(name) for name, _ in shown), default=0)
    for name, value in shown:
        _print(f"{pad(name, room)}  {value}".rstrip())


def _one_line(text: str) -> str:
    return make_visible(text) if sys.stdout.isatty() else text.translate(_LINE_ENDS)


def _narrowed(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fit in `room`, taken from the widest columns first."""
    narrowed = list(widths)
    while sum(narrowed) > room and max(narrowed) > _MIN_COLUMN:
        narrowed[narrowed.index(max(narrowed))] -= 1
    return narrowed
