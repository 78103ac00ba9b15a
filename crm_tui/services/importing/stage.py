"""Rows of a file become staged rows or failed rows in the scratch database (house: stage, plan, apply)."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from crm_tui.core.fields import (
    EMAIL,
    MAX_PROFILE_BYTES,
    MAX_PROFILE_KEYS,
    MAX_TAGS,
    MOBILE_NUMBER,
    NAME,
    OPT_OUTS,
    TAGS,
    Field,
    Value,
)
from crm_tui.core.identity import email_key
from crm_tui.core.problems import Code, Problem
from crm_tui.core.query import search_text
from crm_tui.core.text import fold
from crm_tui.core.validation import cell_parser, row_parser
from crm_tui.services.importing.survey import Tally
from crm_tui.services.importing.workbook import MAX_CELL_UNITS
from storage import bulk
from storage.columns import COLUMNS_BY_KEY, dump

CHUNK = 2000
"""Rows written to the scratch database at a time."""
_CHUNK_CHARACTERS = 1 << 23
"""Fewer rows where they are long: memory must not grow with the file."""
_KEPT_CHARACTERS = MAX_CELL_UNITS + 1
"""Of a cell as it stood: one more than an .xlsx cell holds, so that it is seen there that it was cut."""
_SAFE_CUSTOM = (MAX_PROFILE_BYTES - 8192) // 4
"""Characters of the custom fields' JSON, four bytes each, that leave room for the built-in ones (R17): name and
description, 512 characters each, escaped, take less than 8 KB with all the others."""
_REMEMBERED_PARTS = 200_000
_REMEMBERED_TAG_LISTS = 2000
_SHORT = 64

Row = tuple[int, list[str]]
"""A row's number in the file and its cells."""


def problems_json(problems: Sequence[Problem]) -> str:
    """Return problems as they are kept with a failed row."""
    return json.dumps([[problem.code.value, problem.field, dict(problem.params)] for problem in problems])


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that `problems_json` wrote."""
    return tuple(Problem(Code(code), field, params) for code, field, params in json.loads(text))


def cells_json(cells: Iterable[str]) -> str:
    """Return cells as they are kept with a row, cut to what can be shown of them.

    In ASCII: an .xlsx file may hold lone surrogates, which no database takes as they are.
    """
    return json.dumps([cell[:_KEPT_CHARACTERS] for cell in cells])


def staged_cells(cells: Sequence[str]) -> str:
    """Return the cells of a good row as they are kept with it: no good cell holds NUL (R9)."""
    text = "\0".join(cells)
    return text if len(text) < _KEPT_CHARACTERS else "\0".join(cell[:_KEPT_CHARACTERS] for cell in cells)


def staged_cells_json(text: str) -> str:
    """Return what `staged_cells` wrote as `cells_json` would have written it."""
    return cells_json(text.split("\0"))


class _Parts(dict[Value | None, str]):
    """A custom field's part of the JSON of column `custom`, by value; short ones are remembered."""

    def __init__(self, key: str, remembered: int) -> None:
        super().__init__({None: ""})
        self._name = dump(key.removeprefix("profile."))
        self._remembered = remembered

    def __missing__(self, value: Value) -> str:
        part = f"{self._name}:{_JSON.get(type(value), dump)(value)}"
        if len(self) < self._remembered and len(part) <= _SHORT:
            self[value] = part
        return part


_JSON: dict[type, Callable[[Any], str]] = {str: encode_basestring, int: repr, float: repr}
"""What `dump` does with these, at a tenth of its time."""


class _TagLists(dict[Value | None, tuple[int | None, int]]):
    """The id of a list of tags and how many they are, by value; new lists wait in `rows` to be written."""

    def __init__(self) -> None:
        super().__init__({None: (None, 0)})
        self.rows: list[tuple[int, int, str, str]] = []
        self._last_id = 0

    def __missing__(self, value: Value) -> tuple[int | None, int]:
        assert isinstance(value, tuple)
        names: dict[str, str] = {}
        for tag in value:
            names.setdefault(fold(str(tag)), str(tag))
        self._last_id += 1
        self.rows.extend((self._last_id, position, *tag) for position, tag in enumerate(names.items()))
        found = (self._last_id, len(names))
        if len(self) < _REMEMBERED_TAG_LISTS:
            self[value] = found
        return found


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk of rows as the scratch database takes them."""

    columns: tuple[str, ...]
    """The names of what stands in `staged`."""
    staged: list[tuple[Any, ...]]
    failed: list[tuple[int, str, str]]
    tag_lists: list[tuple[int, int, str, str]]

    def write(self, connection: Any) -> None:
        """Write the rows where they belong."""
        bulk.insert_many(connection, "staged", self.columns, self.staged)
        bulk.insert_many(connection, "tag_list", bulk.TAG_LIST_COLUMNS, self.tag_lists)
        bulk.insert_many(connection, "failed", bulk.FAILED_COLUMNS, self.failed)


class Judge:
    """Turns chunks of file rows into rows of the scratch database.

    Column by column, which is several times as fast as row by row. This way only ever takes a row that the rule,
    `validation.row_parser`, would take with the same values; every other row is handed to the rule itself.
    """

    def __init__(self, columns: Sequence[Field | None], key: str, tally: Tally) -> None:
        """Prepare for a mapping.

        Args:
            columns: The field of each of the file's columns, None for those that are not imported.
            key: The key of the field that rows are matched by.
            tally: Counts the rows.
        """
        self._width = len(columns)
        self._key = key
        self._tally = tally
        self._parse_row = row_parser(columns, key)
        self._mapped = [(index, field.key, cell_parser(field)) for index, field in enumerate(columns) if field]
        indexes = [index for index, _, _ in self._mapped]
        self._pick: Callable[[list[str]], Sequence[str]] = (
            itemgetter(*indexes) if len(indexes) > 1 else lambda cells: (cells[indexes[0]],)
        )
        keys = [name for _, name, _ in self._mapped]
        self._built_in = [name for name in COLUMNS_BY_KEY if name in keys]
        custom = [name for name in keys if name not in COLUMNS_BY_KEY and name != TAGS]
        self._parts = {name: _Parts(name, min(4096, _REMEMBERED_PARTS // len(custom))) for name in custom}
        self._tag_lists = _TagLists()

    def judge(self, rows: Sequence[Row]) -> Judged:
        """Check rows."""
        failed = self._fail(row for row in rows if len(row[1]) != self._width)
        if failed:
            rows = [row for row in rows if len(row[1]) == self._width]
        if not rows:
            return Judged((), [], failed, [])
        texts = list(zip(*(cells for _, cells in rows), strict=True))
        values: dict[str, list[Any]] = {name: list(map(parse, texts[index])) for index, name, parse in self._mapped}
        doubtful = self._take_out_problems(values)
        customs = self._customs(values)
        if len(self._mapped) > MAX_PROFILE_KEYS:
            doubtful.update(range(len(rows)))
        elif max(map(len, customs), default=0) > _SAFE_CUSTOM:
            doubtful.update(index for index, custom in enumerate(customs) if len(custom) > _SAFE_CUSTOM)
        columns = self._columns(rows, texts, values, customs)
        staged: Iterable[tuple[Any, ...]] = zip(*columns.values(), strict=True)
        refused = self._fail(rows[index] for index in sorted(doubtful))
        if refused:
            numbers = {number for number, _, _ in refused}
            keep = [number not in numbers for number, _ in rows]
            staged = compress(staged, keep)
            values = {name: list(compress(column, keep)) for name, column in values.items()}
        self._tally.add_columns(values)
        tag_lists, self._tag_lists.rows = self._tag_lists.rows, []
        return Judged(tuple(columns), list(staged), failed + refused, tag_lists)

    def _fail(self, rows: Iterable[Row]) -> list[tuple[int, str, str]]:
        """Let the rule look at rows; return those that fail, as they are kept."""
        failed: list[tuple[int, str, str]] = []
        for number, cells in rows:
            parsed = self._parse_row(cells)
            if parsed.problems:
                self._tally.add(parsed)
                mapped = (cells[index] if index < len(cells) else "" for index, _, _ in self._mapped)
                failed.append((number, cells_json(mapped), problems_json(parsed.problems)))
        return failed

    def _take_out_problems(self, values: dict[str, list[Any]]) -> set[int]:
        """Put None in place of problems; return the indexes of their rows and of those without a key."""
        found: set[int] = set()
        for column in values.values():
            if Problem in set(map(type, column)):
                for index, value in enumerate(column):
                    if type(value) is Problem:
                        found.add(index)
                        column[index] = None
        keys = values[self._key]
        if None in keys:
            found.update(index for index, value in enumerate(keys) if value is None)
        return found

    def _customs(self, values: dict[str, list[Any]]) -> list[str]:
        """Return column `custom`; it is empty where no custom field is mapped."""
        parts = [map(known.__getitem__, values[name]) for name, known in self._parts.items()]
        return [f"{{{','.join(filter(None, row))}}}" for row in zip(*parts, strict=True)]

    def _columns(
        self, rows: Sequence[Row], texts: Sequence[Sequence[str]], values: dict[str, list[Any]], customs: list[str]
    ) -> dict[str, Iterable[Any]]:
        """Return the columns of the rows as they are staged."""
        columns: dict[str, Iterable[Any]] = {"row_number": [number for number, _ in rows]}
        columns |= {COLUMNS_BY_KEY[name]: values[name] for name in self._built_in}
        if EMAIL in values:
            columns["email_key"] = [email and email_key(email) for email in values[EMAIL]]
        columns["match_key"] = columns["email_key"] if self._key == EMAIL else values[self._key]
        nobody = [None] * len(rows)
        columns["search_text"] = map(search_text, *(values.get(name, nobody) for name in (NAME, EMAIL, MOBILE_NUMBER)))
        if customs:
            columns["custom"] = customs
        tags = [self._tag_lists[value] for value in values.get(TAGS, ())]
        if tags:
            columns["tags"] = [tag_list for tag_list, _ in tags]
        columns["must_fold"] = self._must_fold(values, [count for _, count in tags], len(rows))
        columns["cells"] = [staged_cells(self._pick(cells)) for _, cells in rows]
        return columns

    def _must_fold(self, values: dict[str, list[Any]], tag_counts: list[int], rows: int) -> Iterable[bool]:
        """Say which rows are more, or less, than a new customer as they stand: by R27 and by R16."""
        if not all(name in values for name in OPT_OUTS):
            return repeat(True, rows)
        opt_outs = zip(*(values[name] for name in OPT_OUTS), strict=True)
        must = [None in pair for pair in opt_outs]
        return [one or count > MAX_TAGS for one, count in zip(must, tag_counts, strict=True)] if tag_counts else must


def chunked(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows in lists of `CHUNK`, or fewer where they are long."""
    chunk: list[Row] = []
    characters = 0
    for row in rows:
        chunk.append(row)
        characters += sum(map(len, row[1]))
        if len(chunk) == CHUNK or characters > _CHUNK_CHARACTERS:
            yield chunk
            chunk = []
            characters = 0
    if chunk:
        yield chunk
