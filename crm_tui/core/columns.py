"""A column's cells looked at as one text: what is plainly good is seen at once, every other cell is left to its rule.

Each rule has such a look beside it. It only ever takes a cell that the rule takes too, with the same value; tests hold
the two together.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

_GROUP = re.compile(r"(?<!\\)\((?!\?)")
"""Of a pattern: what is in it need not be remembered for every line."""
_NEVER = "\x00"
"""Stands for a cell of several lines: nothing that is plain has it."""


@dataclass(frozen=True, slots=True)
class PlainLook:
    """How the plain cells of a type are told and read, many at a time; cells are trimmed of white space."""

    odd: Callable[[Sequence[str]], list[int]]
    """Returns, in order, the indexes of the cells that are not plain."""
    read: Callable[[Sequence[str]], list[Any]]
    """Returns the values of cells that are all plain."""
    example: str
    """A plain cell."""


def odd_cells(plain: str, texts: Sequence[str]) -> list[int]:
    """Return the indexes of the texts that the pattern `plain`, which is for ASCII, does not take whole."""
    lines = _lines(plain)
    joined = "\n".join(texts) + "\n"
    if joined.count("\n") != len(texts):
        joined = "\n".join([_NEVER if "\n" in text else text for text in texts]) + "\n"
    odd: list[int] = []
    index = position = 0
    while (end := _end(lines, joined, position)) < len(joined):
        index += joined.count("\n", position, end)
        odd.append(index)
        index += 1
        position = joined.index("\n", end) + 1
    return odd


# Made when it is first needed: a program that imports nothing starts without.
@cache
def _lines(plain: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_GROUP.sub('(?:', plain)})\n)*", re.ASCII)


def _end(lines: re.Pattern[str], joined: str, position: int) -> int:
    found = lines.match(joined, position)
    return position if found is None else found.end()


def as_they_are(texts: Sequence[str]) -> list[Any]:
    """Return the texts: the values of a type whose plain cells are stored as they stand."""
    return list(texts)
