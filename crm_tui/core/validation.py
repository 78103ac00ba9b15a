"""THE validation module: one cell, one row -> typed values or problems (R6-R18, R23).

Preview, forms, command line and import engine all call these functions.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_tui.core.columns import PlainLook
from crm_tui.core.dates import PLAIN_DATES, parse_date, parse_datetime, plain_datetimes, print_datetime
from crm_tui.core.email import PLAIN_EMAILS, parse_email
from crm_tui.core.fields import MAX_PROFILE_BYTES, MAX_PROFILE_KEYS, Field, FieldType, Value
from crm_tui.core.lists import parse_list, parse_number_list, parse_tags, print_list, print_number_list
from crm_tui.core.numbers import parse_boolean, parse_number, print_number
from crm_tui.core.phone import parse_phone, plain_phones
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import PLAIN_STRINGS, parse_string, trim

_PARSERS: Mapping[FieldType, Callable[[str, Field], Value | Problem]] = {
    FieldType.STRING: parse_string,
    FieldType.PHONE: parse_phone,
    FieldType.EMAIL: parse_email,
    FieldType.NUMBER: parse_number,
    FieldType.BOOLEAN: parse_boolean,
    FieldType.DATE: parse_date,
    FieldType.DATETIME: parse_datetime,
    FieldType.LIST: parse_list,
    FieldType.LIST_OF_NUMBER: parse_number_list,
    FieldType.TAG: parse_tags,
}
_LOOKS: Mapping[FieldType, Callable[[Field], PlainLook]] = {
    FieldType.STRING: lambda _: PLAIN_STRINGS,
    FieldType.PHONE: plain_phones,
    FieldType.EMAIL: lambda _: PLAIN_EMAILS,
    FieldType.DATE: lambda _: PLAIN_DATES,
    FieldType.DATETIME: plain_datetimes,
}
"""Of the other types most cells repeat: each is judged once."""
_CACHED_CELLS = 4096
_CACHED_LENGTH = 64
_CHARACTER_BYTES = 6
"""At most: an escaped character in JSON; UTF-8 has four."""
_ITEM_BYTES = 32
"""At most: a number with its comma, or the quotes and separators of a key and its value."""


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row of a file, checked."""

    values: dict[str, Value]
    """The valid cells by field key."""
    blanks: tuple[str, ...]
    """The fields whose cells are blank."""
    problems: tuple[Problem, ...]


def parse_cell(text: str, field: Field) -> Value | Problem | None:
    """Return a cell's value, what is wrong with it, or None where it is blank (R8)."""
    trimmed = trim(text)
    return _PARSERS[field.type](trimmed, field) if trimmed else None


def cell_parser(field: Field) -> Callable[[str], Value | Problem | None]:
    """Return `parse_cell` for one column, with a memory for cells that repeat."""
    parse = _PARSERS[field.type]
    cache: dict[str, Value | Problem | None] = {}

    def parse_column_cell(text: str) -> Value | Problem | None:
        if text in cache:
            return cache[text]
        trimmed = trim(text)
        value = parse(trimmed, field) if trimmed else None
        if len(text) <= _CACHED_LENGTH and len(cache) < _CACHED_CELLS:
            cache[text] = value
        return value

    return parse_column_cell


@dataclass(frozen=True, slots=True)
class CheckedColumn:
    """Many cells of one column, checked."""

    values: list[Any]
    """Of the valid cells; None for those that are blank or refused."""
    refused: list[int]
    """The indexes of the cells that are refused."""
    has_blanks: bool
    """Whether a cell is blank; it may be true where all are refused."""


def column_parser(
    field: Field, look: PlainLook | None = None, write: Callable[[Value], str] | None = None
) -> Callable[[Sequence[str]], CheckedColumn]:
    """Return a function that checks many cells of a column at once, as `parse_cell` would one by one.

    Args:
        field: The field.
        look: Another look than that of the field's type; what it reads then stands in place of the values, and
            where it does not look closer, what `write` makes of them.
        write: Writes a value as `look` reads a cell; by default `print_value`.
    """
    parse = cell_parser(field)
    if look is not None:
        write = write or (lambda value: print_value(value, field.type))
        return _looking_parser(look, lambda text: _written(parse(text), write))
    if field.type in _LOOKS:
        return _looking_parser(_LOOKS[field.type](field), parse)
    return _Remembered(parse).check


def _written(value: Value | Problem | None, write: Callable[[Value], str]) -> str | Problem | None:
    return value if value is None or isinstance(value, Problem) else write(value)


def _looking_parser(look: PlainLook, parse: Callable[[str], Any]) -> Callable[[Sequence[str]], CheckedColumn]:
    def parse_column(cells: Sequence[str]) -> CheckedColumn:
        if not cells:
            return CheckedColumn([], [], False)
        texts = list(map(str.strip, cells))
        has_blanks = "" in texts
        plain = [text or look.example for text in texts] if has_blanks else texts
        odd = look.odd(plain)
        if odd:
            plain = list(plain)
            for index in odd:
                plain[index] = look.example
        values = look.read(plain)
        if has_blanks:
            values = [value if text else None for value, text in zip(values, texts, strict=True)]
        refused: list[int] = []
        for index in odd:
            value = values[index] = parse(texts[index])
            if type(value) is Problem:
                refused.append(index)
                values[index] = None
            elif value is None:
                has_blanks = True
        return CheckedColumn(values, refused, has_blanks)

    return parse_column


class _Remembered(dict[str, Any]):
    """What a parser makes of cells; short ones that repeat are parsed once."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse
        self._has_problems = False

    def __missing__(self, text: str) -> Any:
        value = self._parse(text)
        self._has_problems = self._has_problems or type(value) is Problem
        if len(text) <= _CACHED_LENGTH and len(self) < _CACHED_CELLS:
            self[text] = value
        return value

    def check(self, cells: Sequence[str]) -> CheckedColumn:
        """Check cells."""
        values = list(map(self.__getitem__, cells))
        refused: list[int] = []
        if self._has_problems:
            refused = [index for index, value in enumerate(values) if type(value) is Problem]
            for index in refused:
                values[index] = None
        return CheckedColumn(values, refused, None in values)


def row_parser(columns: Sequence[Field | None], key: str) -> Callable[[Sequence[str]], ParsedRow]:
    """Return a function that checks one row of a file.

    Args:
        columns: The field of each column of the file; None for columns that are not looked at.
        key: The field that must not be blank (R23).
    """
    parsers = [(index, field.key, cell_parser(field)) for index, field in enumerate(columns) if field is not None]
    width = len(columns)

    def parse_row(cells: Sequence[str]) -> ParsedRow:
        if len(cells) != width:
            ragged = Problem(Code.ROW_RAGGED, "", {"cells": len(cells), "expected": width})
            return ParsedRow({}, (), (ragged,))
        values: dict[str, Value] = {}
        blanks: list[str] = []
        problems: list[Problem] = []
        for index, field_key, parse in parsers:
            value = parse(cells[index])
            if value is None:
                blanks.append(field_key)
                if field_key == key:
                    problems.append(Problem(Code.KEY_BLANK, field_key))
            elif type(value) is Problem:
                problems.append(value)
            else:
                values[field_key] = value  # type: ignore[assignment]
        if not problems:
            problems.extend(profile_problems(values))
        return ParsedRow(values, tuple(blanks), tuple(problems))

    return parse_row


def print_value(value: Value, field_type: FieldType) -> str:
    """Return a value as a cell that parses back to the same value."""
    match field_type:
        case FieldType.BOOLEAN:
            return "true" if value else "false"
        case FieldType.DATETIME if isinstance(value, int):
            return print_datetime(value)
        case FieldType.NUMBER if isinstance(value, int | float):
            return print_number(value)
        case FieldType.LIST_OF_NUMBER if isinstance(value, tuple):
            return print_number_list([item for item in value if not isinstance(item, str)])
        case FieldType.LIST | FieldType.TAG if isinstance(value, tuple):
            return print_list([str(item) for item in value])
        case _:
            return str(value)


def profile_problems(values: Mapping[str, Value]) -> tuple[Problem, ...]:
    """Return what a profile's limits (R17) have against `values`, which may hold other fields' values too."""
    # Hardly any profile comes near the limits: a bound that costs little first.
    if len(values) <= MAX_PROFILE_KEYS and _size_bound(values) <= MAX_PROFILE_BYTES:
        return ()
    count = sum(key.startswith("profile.") for key in values)
    if count > MAX_PROFILE_KEYS:
        return (Problem(Code.PROFILE_TOO_MANY_KEYS, "", {"count": count, "limit": MAX_PROFILE_KEYS}),)
    size = profile_size(values)
    if size > MAX_PROFILE_BYTES:
        return (Problem(Code.PROFILE_TOO_LARGE, "", {"size": size, "limit": MAX_PROFILE_BYTES}),)
    return ()


def profile_size(values: Mapping[str, Value]) -> int:
    """Return the size of a profile: the bytes of its "profile.*" values as compact UTF-8 JSON by bare key (R17)."""
    profile = {key[8:]: value for key, value in values.items() if key.startswith("profile.")}
    return len(json.dumps(profile, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))


def _size_bound(values: Mapping[str, Value]) -> int:
    """Return a number that `profile_size` cannot exceed, without writing JSON."""
    characters = sum(len(value) for value in values.values() if type(value) is str)
    items = len(values)
    for value in values.values():
        if type(value) is tuple:
            items += len(value)
            characters += sum(len(item) for item in value if type(item) is str)
    return characters * _CHARACTER_BYTES + items * _ITEM_BYTES + sum(map(len, values))  # keys are ASCII (R6)
