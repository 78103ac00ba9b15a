"""Rows of a file become staged rows or failed rows in the scratch database (house: stage, plan, apply)."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from crm_tui.core.fields import EMAIL, Field, Value
from crm_tui.core.identity import email_key
from crm_tui.core.merging import Profile
from crm_tui.core.problems import Code, Problem
from crm_tui.core.query import fold
from crm_tui.core.validation import ParsedRow, row_parser
from crm_tui.services.customers import columns_of
from storage import bulk
from storage.customers import dump

CHUNK = 2000
"""Rows written to the scratch database at a time."""


def problems_json(problems: Sequence[Problem]) -> str:
    """Return problems as they are kept with a failed row."""
    return dump([[problem.code.value, problem.field, dict(problem.params)] for problem in problems])


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that `problems_json` wrote."""
    return tuple(Problem(Code(code), field, params) for code, field, params in json.loads(text))


def match_key(key: str, values: dict[str, Value]) -> str:
    """Return the key's value as customers are matched by it (R1, R11)."""
    value = str(values[key])
    return email_key(value) if key == EMAIL else value


class Stager:
    """Turns chunks of file rows into rows of the scratch database."""

    def __init__(self, connection: Any, columns: Sequence[Field | None], key: str) -> None:
        self._connection = connection
        self._parse: Callable[[Sequence[str]], ParsedRow] = row_parser(columns, key)
        self._key = key
        self._mapped = tuple(index for index, field in enumerate(columns) if field is not None)
        self.failed = 0

    def add(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Check rows and write them where they belong."""
        staged: list[tuple[Any, ...]] = []
        failed: list[tuple[Any, ...]] = []
        for row_number, cells in rows:
            parsed = self._parse(cells)
            kept = dump([cells[index] if index < len(cells) else "" for index in self._mapped])
            if parsed.problems:
                failed.append((row_number, _storable(kept), problems_json(parsed.problems)))
                continue
            staged.append(self._staged(row_number, parsed, kept))
        bulk.insert_many(self._connection, "staged", bulk.STAGED_COLUMNS, staged)
        bulk.insert_many(self._connection, "failed", bulk.FAILED_COLUMNS, failed)
        self.failed += len(failed)

    def _staged(self, row_number: int, parsed: ParsedRow, cells: str) -> tuple[Any, ...]:
        values = parsed.values
        columns = columns_of(Profile(values, frozenset()))
        for key, column in (("unsubscribeEmail", "unsubscribe_email"), ("unsubscribeTexting", "unsubscribe_texting")):
            columns[column] = values.get(key)
        tags = values.get("tags")
        spellings: dict[str, str] = {}
        for tag in tags if isinstance(tags, tuple) else ():
            spellings.setdefault(fold(str(tag)), str(tag))
        tag_list = list(spellings.items())
        return (
            row_number,
            match_key(self._key, values),
            *(columns[name] for name in bulk.PROFILE_COLUMNS),
            dump(tag_list) if tag_list else None,
            len(tag_list),
            dump(parsed.blanks) if parsed.blanks else None,
            _storable(cells),
        )


def _storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot hold: an .xlsx may carry them."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def chunked(rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    """Yield the rows in lists of `CHUNK`."""
    chunk: list[tuple[int, list[str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
