"""Rows of a file become staged rows or failed rows in the scratch database (house: stage, plan, apply)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
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
from crm_tui.core.problems import Code, Problem
from crm_tui.core.query import search_texts
from crm_tui.core.text import fold, fold_column
from crm_tui.core.validation import CheckedColumn, column_parser, row_parser
from crm_tui.services.importing.custom_json import CustomJson
from crm_tui.services.importing.delimited import Chunk
from crm_tui.services.importing.survey import Tally
from crm_tui.services.importing.workbook import MAX_CELL_UNITS
from storage import staging
from storage.columns import COLUMNS_BY_KEY

_KEPT_CHARACTERS = MAX_CELL_UNITS + 1
"""Of a cell as it stood: one more than an .xlsx cell holds, so that it is seen there that it was cut."""
_SAFE_CUSTOM = (MAX_PROFILE_BYTES - 8192) // 4
"""Characters of the custom fields' JSON, four bytes each, that leave room for the built-in ones (R17): name and
description, 512 characters each, escaped, take less than 8 KB with all the others."""
_REMEMBERED_TAG_LISTS = 2000
_STORED_BOOLEANS = {None: None, True: 1, False: 0}


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


class _TagLists(dict[Value | None, int | None]):
    """The id of a list of tags by value; new lists wait in `rows` to be written."""

    def __init__(self, last_id: int) -> None:
        super().__init__({None: None})
        self.rows: list[tuple[int, int, str, str]] = []
        self.long: set[int | None] = set()
        """Those of more tags than a customer may have."""
        self._last_id = last_id

    def __missing__(self, value: Value) -> int:
        assert isinstance(value, tuple)
        names: dict[str, str] = {}
        for tag in value:
            names.setdefault(fold(str(tag)), str(tag))
        self._last_id += 1
        self.rows.extend((self._last_id, position, *tag) for position, tag in enumerate(names.items()))
        if len(names) > MAX_TAGS:
            self.long.add(self._last_id)
        if len(self) < _REMEMBERED_TAG_LISTS:
            self[value] = self._last_id
        return self._last_id


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk of rows as the scratch database takes them."""

    columns: tuple[str, ...]
    """The names of what stands in `staged`."""
    staged: list[tuple[Any, ...]]
    cells: list[str]
    """The mapped cells of these rows as they stood: one text a row."""
    failed: list[tuple[int, str, str]]
    tag_lists: list[tuple[int, int, str, str]]

    def write(self, connection: Any) -> None:
        """Write the rows where they belong."""
        staging.insert_many(connection, "staged", self.columns, self.staged)
        staging.keep_cells(connection, [row[0] for row in self.staged], self.cells)
        staging.insert_many(connection, "tag_list", staging.TAG_LIST_COLUMNS, self.tag_lists)
        staging.insert_many(connection, "failed", staging.FAILED_COLUMNS, self.failed)


class Judge:
    """Turns chunks of file rows into rows of the scratch database.

    Column by column, which is several times as fast as row by row. This way only ever takes a row that the rule,
    `validation.row_parser`, would take with the same values; every other row is handed to the rule itself.
    """

    def __init__(self, columns: Sequence[Field | None], key: str, tally: Tally, *, last_tag_list: int = 0) -> None:
        """Prepare for a mapping.

        Args:
            columns: The field of each of the file's columns, None for those that are not imported.
            key: The key of the field that rows are matched by.
            tally: Counts the rows.
            last_tag_list: The number that ids of lists of tags begin behind.
        """
        self._width = len(columns)
        self._key = key
        self._tally = tally
        self._parse_row = row_parser(columns, key)
        self._mapped = [(index, field) for index, field in enumerate(columns) if field is not None]
        self._indexes = [index for index, _ in self._mapped]
        keys = [field.key for _, field in self._mapped]
        self._built_in = [name for name in COLUMNS_BY_KEY if name in keys]
        custom = [field for _, field in self._mapped if field.key not in COLUMNS_BY_KEY and field.key != TAGS]
        self._custom = [field.key for field in custom]
        self._json = CustomJson(custom)
        parsers = {field.key: column_parser(field) for _, field in self._mapped if field not in custom}
        self._parsers = parsers | self._json.parsers()
        self._tag_lists = _TagLists(last_tag_list)

    def judge(self, chunk: Chunk) -> Judged:
        """Check rows."""
        rows, numbers = chunk.rows, chunk.numbers
        whole = [len(cells) == self._width for cells in rows]
        failed: list[tuple[int, str, str]] = []
        if not all(whole):
            ragged = [not is_whole for is_whole in whole]
            failed = self._fail(zip(compress(numbers, ragged), compress(rows, ragged), strict=True), are_counted=False)
            rows, numbers = list(compress(rows, whole)), list(compress(numbers, whole))
        if not rows:
            return Judged((), [], [], failed, [])
        texts = list(zip(*rows, strict=True))
        checked = {field.key: self._parsers[field.key](texts[index]) for index, field in self._mapped}
        self._tally.add_columns(len(rows), checked)
        customs = self._json.rows([checked[name] for name in self._custom])
        doubtful = self._doubtful(checked, customs, len(rows))
        columns = self._columns(numbers, checked, customs)
        staged: Iterable[tuple[Any, ...]] = zip(*columns.values(), strict=True)
        cells: Iterable[str] = self._cells(rows, texts)
        refused = self._fail(((numbers[index], rows[index]) for index in sorted(doubtful)), are_counted=True)
        if refused:
            gone = {number for number, _, _ in refused}
            keep = [number not in gone for number in numbers]
            staged, cells = compress(staged, keep), compress(cells, keep)
        tag_lists, self._tag_lists.rows = self._tag_lists.rows, []
        return Judged(tuple(columns), list(staged), list(cells), failed + refused, tag_lists)

    def _fail(self, rows: Iterable[tuple[int, list[str]]], *, are_counted: bool) -> list[tuple[int, str, str]]:
        """Let the rule look at rows; return those that fail, as they are kept.

        Args:
            rows: With their numbers.
            are_counted: Whether the tally has counted them with their columns.
        """
        failed: list[tuple[int, str, str]] = []
        for number, cells in rows:
            parsed = self._parse_row(cells)
            if parsed.problems:
                if are_counted:
                    self._tally.add_problems(parsed.problems)
                else:
                    self._tally.add(parsed)
                mapped = (cells[index] if index < len(cells) else "" for index in self._indexes)
                failed.append((number, cells_json(mapped), problems_json(parsed.problems)))
        return failed

    def _doubtful(self, checked: Mapping[str, CheckedColumn], customs: Sequence[str], rows: int) -> set[int]:
        """Return the indexes of the rows that the rule has to look at."""
        if len(self._mapped) > MAX_PROFILE_KEYS:
            return set(range(rows))
        found = {index for column in checked.values() for index in column.refused}
        if checked[self._key].has_blanks:
            found.update(index for index, value in enumerate(checked[self._key].values) if value is None)
        if max(map(len, customs), default=0) > _SAFE_CUSTOM:
            found.update(index for index, custom in enumerate(customs) if len(custom) > _SAFE_CUSTOM)
        return found

    def _cells(self, rows: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> list[str]:
        """Return the mapped cells of each row in one text."""
        if len(self._indexes) < self._width:
            rows = list(zip(*(texts[index] for index in self._indexes), strict=True))
        joined = list(map("\0".join, rows))
        if max(map(len, joined)) < _KEPT_CHARACTERS:
            return joined
        return ["\0".join([cell[:_KEPT_CHARACTERS] for cell in cells]) for cells in rows]

    def _columns(
        self, numbers: Sequence[int], checked: Mapping[str, CheckedColumn], customs: list[str]
    ) -> dict[str, Iterable[Any]]:
        """Return the columns of the rows as they are staged."""
        columns: dict[str, Iterable[Any]] = {"row_number": numbers}
        columns |= {COLUMNS_BY_KEY[name]: checked[name].values for name in self._built_in}
        for name in OPT_OUTS:
            if name in checked:
                columns[COLUMNS_BY_KEY[name]] = map(_STORED_BOOLEANS.__getitem__, checked[name].values)
        nobody: list[str | None] = [None] * len(numbers)
        email_keys = nobody
        if EMAIL in checked:
            email_keys = _email_keys(checked[EMAIL])
            columns["email_key"] = email_keys
        columns["match_key"] = email_keys if self._key == EMAIL else checked[self._key].values
        names, mobile_numbers = (checked[name].values if name in checked else nobody for name in (NAME, MOBILE_NUMBER))
        columns["search_text"] = search_texts(names, email_keys, mobile_numbers)
        if customs:
            columns["custom"] = customs
        tags: list[int | None] = []
        if TAGS in checked:
            tags = list(map(self._tag_lists.__getitem__, checked[TAGS].values))
            columns["tags"] = tags
        columns["must_fold"] = self._must_fold(checked, tags, len(numbers))
        return columns

    def _must_fold(self, checked: Mapping[str, CheckedColumn], tags: Sequence[int | None], rows: int) -> Iterable[int]:
        """Say which rows are more, or less, than a new customer as they stand: by R27 and by R16."""
        if not all(name in checked for name in OPT_OUTS):
            return repeat(1, rows)
        must = [0] * rows
        for name in OPT_OUTS:
            if checked[name].has_blanks:
                must = [1 if value is None else one for one, value in zip(must, checked[name].values, strict=True)]
        if not self._tag_lists.long.isdisjoint(tags):
            must = [1 if tag in self._tag_lists.long else one for one, tag in zip(must, tags, strict=True)]
        return must


def _email_keys(emails: CheckedColumn) -> list[str | None]:
    """Return `identity.email_key` of each e-mail."""
    if not emails.has_blanks and not emails.refused:
        return list(fold_column(emails.values))
    keys = fold_column([email or "" for email in emails.values])
    return [key or None for key in keys]
