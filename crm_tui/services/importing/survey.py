"""How well a mapping fits a whole file (R22): rows that fail, by field, and columns that look suspicious."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crm_tui.core.fields import MEMBER_ID, OPT_OUTS, Field, FieldType, Value
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import CheckedColumn, ParsedRow, row_parser
from crm_tui.services.importing.source import RowReader, Source

_TELL_EVERY_S = 0.2
_ROWS_A_LOOK = 64
"""Rows between two looks at the clock and at the cancel event."""
_MANY_FAIL = 0.2
_FEW_VALUES = 3
_FEWEST_ROWS = 20
"""Below that a key that repeats says nothing."""
TRACKED_KEYS = 1000
"""A value that most rows share is among the first ones."""
_TRACKED_BLANKS = 1000
_SEARCHED_ROWS = 2000
"""A spreadsheet shortens a column from top to bottom: only ids, where it does harm, are searched to the end."""
_SHORTENED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E\+[0-9]{2,3}", re.ASCII)


class RemarkCode(StrEnum):
    """What may be suspicious about a column. The comment names the parameters that the sentence needs."""

    NUMBER_CELLS = "number_cells"  # a spreadsheet's numbers in a column of text
    MANY_FAIL = "many_fail"  # failed, cells, percent
    COLUMN_BLANK = "column_blank"
    NUMBERS_SHORTENED = "numbers_shortened"  # example: 8.21E+11 in a column of text
    NO_COUNTRY_CODE = "no_country_code"  # failed, cells, percent: as MANY_FAIL, and this is why
    OPT_OUT_UNMAPPED = "opt_out_unmapped"  # of the whole file: column -1, the field that no column is mapped to
    KEY_REPEATS = "key_repeats"  # count, rows, values, example


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a mapped column that the manager should look at; nothing is refused for it."""

    code: RemarkCode
    column: int
    """Index in the file, from 0; -1 where it is about a column that is not there."""
    header: str
    """As it stands in the file; may be ""."""
    field: str
    """The key of the field it is mapped to, or would have to be."""
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rows looked at so far tell."""

    rows: int
    failed: int
    rows_total: int
    is_complete: bool
    failed_by_field: Mapping[str, int]
    """Rows in which that field's cell fails; under "" those that fail as a whole (R17, ragged ones)."""
    remarks: tuple[Remark, ...]


class Tally:
    """Counts checked rows as they go by: a few dictionary look-ups a row, and nothing that grows with the file.

    Whoever checks row by row gives each to `add`; whoever checks by columns gives whole rows to `add_columns`, what is
    wrong with some of them to `add_problems`, and ragged ones to `add`.
    """

    def __init__(
        self,
        source: Source,
        fields: Sequence[Field | None],
        key: str,
        *,
        tracked: Iterable[Value] = (),
    ) -> None:
        """Start at nothing.

        Args:
            source: The file.
            fields: The field of each of its columns, None for those that are not imported.
            key: The key of the field that rows are matched by.
            tracked: The first of the file's keys where they are known, as many as are ever looked at.
        """
        self.rows = 0
        self.failed = 0
        self.failed_by_field: Counter[str] = Counter()
        self._source = source
        self._columns = [(index, field) for index, field in enumerate(fields) if field is not None]
        self._texts = [field.key for _, field in self._columns if field.type is FieldType.STRING]
        self._ids = [name for name in self._texts if name == MEMBER_ID]
        self._key = key
        self._keys: dict[Value, int] = dict.fromkeys(tracked, 0)
        self._tracks_no_more = bool(tracked)
        self._ragged = 0
        self._bad_cells: Counter[str] = Counter()
        self._without_country: Counter[str] = Counter()
        self._unmapped = [name for name in OPT_OUTS if name not in {field.key for _, field in self._columns}]
        self._blanks: Counter[str] = Counter()
        self._blank_sets: dict[tuple[str, ...], int] = {}
        self._shortened: dict[str, tuple[int, str]] = {}
        """Of columns that hold one: how many whole rows stand above it, and what it is."""

    def add(self, parsed: ParsedRow) -> None:
        """Count one row."""
        self.rows += 1
        values = parsed.values
        if parsed.problems:
            self.add_problems(parsed.problems)
        if parsed.blanks:
            # Rows with the same blanks are many: they are counted together, and by field in the end.
            self._blank_sets[parsed.blanks] = self._blank_sets.get(parsed.blanks, 0) + 1
            if len(self._blank_sets) > _TRACKED_BLANKS:
                self._count_blanks()
        above = self._whole_rows - 1
        for name in self._texts if above < _SEARCHED_ROWS else self._ids:
            value = values.get(name)
            if isinstance(value, str) and "E+" in value:
                self._note_shortened(name, above, value)
        if self._key in values:
            self._count_keys((values[self._key],))

    def add_columns(self, rows: int, checked: Mapping[str, CheckedColumn]) -> None:
        """Count rows that are not ragged; what is wrong with some of them goes to `add_problems` besides.

        Args:
            rows: How many.
            checked: Each mapped field's cells, by its key.
        """
        above = self._whole_rows
        left = max(0, _SEARCHED_ROWS - above)
        self.rows += rows
        keys = checked[self._key]
        self._count_keys(list(filter(None, keys.values)) if keys.has_blanks or keys.refused else keys.values)
        for name, column in checked.items():
            if column.has_blanks:
                self._blanks[name] += column.values.count(None) - len(column.refused)
        for name in self._texts if left else self._ids:
            values = checked[name].values
            for place, value in enumerate(values if name in self._ids else values[:left], above):
                if value is not None and "E+" in value:
                    self._note_shortened(name, place, value)

    @property
    def _whole_rows(self) -> int:
        return self.rows - self._ragged

    def _note_shortened(self, name: str, above: int, value: str) -> None:
        if name not in self._shortened and _SHORTENED.fullmatch(value):
            self._shortened[name] = (above, value)

    def _count_keys(self, keys: Sequence[Value]) -> None:
        tracked = self._keys
        if self._tracks_no_more and tracked.keys().isdisjoint(keys):
            return
        for key in keys:
            if key in tracked:
                tracked[key] += 1
            elif len(tracked) < TRACKED_KEYS and not self._tracks_no_more:
                tracked[key] = 1
        self._tracks_no_more = self._tracks_no_more or len(tracked) >= TRACKED_KEYS

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Count what is wrong with one row."""
        self.failed += 1
        for name in {problem.field for problem in problems}:
            self.failed_by_field[name] += 1
        for problem in problems:
            if problem.code is Code.ROW_RAGGED:
                self._ragged += 1
            elif problem.code is not Code.KEY_BLANK:
                self._bad_cells[problem.field] += 1
                self._without_country[problem.field] += problem.code is Code.PHONE_NO_COUNTRY_CODE

    def _count_blanks(self) -> None:
        for blanks, rows in self._blank_sets.items():
            for name in blanks:
                self._blanks[name] += rows
        self._blank_sets.clear()

    def counts(self) -> dict[str, Any]:
        """Return everything that was counted, as JSON takes it."""
        self._count_blanks()
        return {
            "rows": self.rows,
            "failed": self.failed,
            "ragged": self._ragged,
            "keys": list(self._keys.items()),
            "shortened": self._shortened,
            **{name: dict(counter) for name, counter in self._counters().items()},
        }

    def add_counts(self, counts: Mapping[str, Any]) -> None:
        """Add what another tally of the same import has counted, further down in the file."""
        for name, (above, value) in counts["shortened"].items():
            above += self._whole_rows
            if name in self._ids or above < _SEARCHED_ROWS:
                self._shortened.setdefault(name, (above, value))
        self.rows += counts["rows"]
        self.failed += counts["failed"]
        self._ragged += counts["ragged"]
        for key, count in counts["keys"]:
            self._keys[key] = self._keys.get(key, 0) + count
        for name, counter in self._counters().items():
            counter.update(counts[name])

    def _counters(self) -> dict[str, Counter[str]]:
        return {
            "failed_by_field": self.failed_by_field,
            "bad_cells": self._bad_cells,
            "without_country": self._without_country,
            "blanks": self._blanks,
        }

    def remarks(self) -> tuple[Remark, ...]:
        """Return what the rows so far give reason to say: of the whole file, then by column."""
        self._count_blanks()
        unmapped = [Remark(RemarkCode.OPT_OUT_UNMAPPED, -1, "", name, {}) for name in self._unmapped]
        return (*unmapped, *(remark for index, field in self._columns for remark in self._about(index, field)))

    def _about(self, index: int, field: Field) -> Iterator[Remark]:
        def remark(code: RemarkCode, **params: str | int) -> Remark:
            return Remark(code, index, self._source.headers[index], field.key, params)

        if index in self._source.number_columns and field.type in (FieldType.STRING, FieldType.PHONE):
            yield remark(RemarkCode.NUMBER_CELLS)
        looked_at = self._whole_rows
        cells, failed = looked_at - self._blanks[field.key], self._bad_cells[field.key]
        if looked_at and not cells:
            yield remark(RemarkCode.COLUMN_BLANK)
        if failed > cells * _MANY_FAIL:
            most_lack_it = self._without_country[field.key] * 2 > failed
            code = RemarkCode.NO_COUNTRY_CODE if most_lack_it else RemarkCode.MANY_FAIL
            yield remark(code, failed=failed, cells=cells, percent=100 * failed // cells)
        if field.key in self._shortened:
            yield remark(RemarkCode.NUMBERS_SHORTENED, example=self._shortened[field.key][1])
        if field.key == self._key:
            often = sorted(self._keys.items(), key=lambda item: (-item[1], str(item[0])))[:_FEW_VALUES]
            often = [(value, count) for value, count in often if count > 1]
            count = sum(count for _, count in often)
            if cells >= _FEWEST_ROWS and count * 2 > cells:
                example = str(often[0][0])
                yield remark(RemarkCode.KEY_REPEATS, count=count, rows=cells, values=len(often), example=example)


def survey(source: Source, fields: Sequence[Field | None], key: str, cancel: threading.Event) -> Iterator[Survey]:
    """Check a whole file against a mapping; yield about five times a second, and once at the end.

    It stops soon after `cancel` is set, without a last one.

    Args:
        source: The file.
        fields: The field of each of its columns, None for those that are not imported.
        key: The key of the field that rows are matched by.
        cancel: Set to stop it.

    Raises:
        SourceError: The file has gone or changed.
    """
    tally = Tally(source, fields, key)
    parse = row_parser(fields, key)
    told = time.monotonic()
    for rows, (_, cells) in enumerate(RowReader(source)):
        if rows % _ROWS_A_LOOK == 0:
            if cancel.is_set():
                return
            if time.monotonic() - told >= _TELL_EVERY_S:
                yield _survey(tally, source, is_complete=False)
                told = time.monotonic()
        tally.add(parse(cells))
    if not cancel.is_set():
        yield _survey(tally, source, is_complete=True)


def _survey(tally: Tally, source: Source, *, is_complete: bool) -> Survey:
    return Survey(
        tally.rows, tally.failed, source.rows_total or 0, is_complete, dict(tally.failed_by_field), tally.remarks()
    )
