"""Lists of texts and of numbers, and customer tags (R15, R16)."""

import json
import re
import unicodedata
from collections.abc import Sequence

from crm_tui.core.fields import (
    MAX_LIST_ITEMS,
    MAX_STRING_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TAG_LEVELS,
    Field,
)
from crm_tui.core.numbers import parse_number, print_number
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import control_problem, trim, unify_line_ends

_ITEM = re.compile(r'\s*"([^"\\]*(?:\\.[^"\\]*)*)"\s*(,|\Z)', re.DOTALL)
_CURLY = re.compile(r"\s*[\"“”]([^\"“”]*)[\"“”]\s*(,|\Z)", re.DOTALL)
_TAG_FORBIDDEN = re.compile(r"[.$\\\s\u3164\ufeff\u200b\u115f\u1160\u2800\uffa0]")
"""White space of every kind: characters that are blank although Unicode calls them letters, marks or symbols too."""


def parse_list(text: str, field: Field) -> tuple[str, ...] | Problem:
    """Return `["a","b"]` as its items, trimmed and without repeats, or what is wrong with it (R15)."""
    texts = _texts(unify_line_ends(text))
    if texts is None:
        return Problem(Code.LIST_INVALID, field.key)
    items = [trim(item) for item in texts]
    if len(items) > MAX_LIST_ITEMS:
        return Problem(Code.LIST_TOO_MANY, field.key, {"count": len(items), "limit": MAX_LIST_ITEMS})
    for item in items:
        if len(item) > MAX_STRING_LENGTH:
            return Problem(Code.LIST_ITEM_TOO_LONG, field.key, {"length": len(item), "limit": MAX_STRING_LENGTH})
        if problem := control_problem(item, field):
            return problem
    return tuple(dict.fromkeys(items))


def print_list(items: Sequence[str]) -> str:
    """Return items so that `parse_list` reads the same ones."""
    return json.dumps(list(items), ensure_ascii=False, separators=(",", ":"))


def parse_number_list(text: str, field: Field) -> tuple[int | float, ...] | Problem:
    """Return `[1,2.5]` as its numbers without repeats, or what is wrong with it (R15)."""
    if not (text.startswith("[") and text.endswith("]")) or len(text) < 2:
        return Problem(Code.NUMBER_LIST_INVALID, field.key)
    inside = trim(text[1:-1])
    parts = inside.split(",") if inside else []
    if len(parts) > MAX_LIST_ITEMS:
        return Problem(Code.LIST_TOO_MANY, field.key, {"count": len(parts), "limit": MAX_LIST_ITEMS})
    numbers: list[int | float] = []
    for part in parts:
        number = parse_number(trim(part), field)
        if isinstance(number, Problem):
            says_more = number.code in (Code.NUMBER_TOO_LONG, Code.NUMBER_SHORTENED)
            return number if says_more else Problem(Code.NUMBER_LIST_INVALID, field.key)
        numbers.append(number)
    return tuple(dict.fromkeys(numbers))


def print_number_list(numbers: Sequence[int | float]) -> str:
    """Return numbers so that `parse_number_list` reads the same ones."""
    return f"[{','.join(map(print_number, numbers))}]"


def parse_tags(text: str, field: Field) -> tuple[str, ...] | Problem:
    """Return a list of tags, or what is wrong with the first bad one (R16); how many stay is decided later.

    Nothing is trimmed inside the quotes: a tag with white space anywhere is refused.
    """
    texts = _texts(text)
    if texts is None:
        return Problem(Code.LIST_INVALID, field.key)
    tags = [unicodedata.normalize("NFC", tag) for tag in texts]
    for tag in tags:
        if problem := tag_problem(tag, field):
            return problem
    return tuple(dict.fromkeys(tags))


def tag_problem(tag: str, field: Field) -> Problem | None:
    """Return what is wrong with one tag (R16)."""
    if len(tag) > MAX_TAG_LENGTH:
        return Problem(Code.TAG_TOO_LONG, field.key, {"length": len(tag), "limit": MAX_TAG_LENGTH})
    if forbidden := _TAG_FORBIDDEN.search(tag):
        return Problem(Code.TAG_CHARACTER, field.key, {"tag": tag, "character": forbidden[0]})
    if problem := control_problem(tag, field):
        return problem
    levels = tag.split("/")
    if not all(levels):
        return Problem(Code.TAG_INVALID, field.key, {"tag": tag})
    if len(levels) > MAX_TAG_LEVELS:
        return Problem(Code.TAG_LEVELS, field.key, {"tag": tag, "limit": MAX_TAG_LEVELS})
    return None


def _texts(text: str) -> list[str] | None:
    """Return the texts of a list in straight or curly double quotes; None when it is no such list."""
    if len(text) < 2 or text[0] != "[" or text[-1] != "]":
        return None
    inside = trim(text[1:-1])
    if not inside:
        return []
    items = _scan(inside, _ITEM, is_json=True)
    return items if items is not None else _scan(inside, _CURLY, is_json=False)


def _scan(inside: str, pattern: re.Pattern[str], *, is_json: bool) -> list[str] | None:
    items: list[str] = []
    position = 0
    while True:
        match = pattern.match(inside, position)
        if match is None:
            return None
        item = match[1]
        if is_json and "\\" in item:
            try:
                item = json.loads(f'"{item}"', strict=False)
            except ValueError:
                return None
        items.append(item)
        position = match.end()
        if not match[2]:
            return items
