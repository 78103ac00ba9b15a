"""Which field each column of a file is imported to: `--map`, `--skip`, and what a header says by itself (R22)."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.core.fields import find_field
from crm_tui.core.text import trim
from crm_tui.core.vocabulary import Target
from crm_tui.services.errors import UsageError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.source import Source
from crm_tui.services.imports import propose_columns
from crm_tui.services.workspace import Workspace

_NUMBER = re.compile(r"#([0-9]{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is imported, and what only might have been meant."""

    columns: tuple[str | None, ...]
    """A field key for each column of the file, or None: do not import."""
    suggestions: tuple[tuple[int, str], ...]
    """Column and field key; never mapped without being asked."""


def choose_columns(
    workspace: Workspace, source: Source, target: Target, mapping: Sequence[str], skip: Sequence[str]
) -> Chosen:
    """Return each column's field: as `--map` and `--skip` say, else what is certain by its name.

    Raises:
        UsageError: A column or field is unknown, not the only one of its name, or given twice.
    """
    given = _given(workspace, source, mapping, skip)
    taken = set(given.values())
    columns: list[str | None] = []
    maybe: list[tuple[int, str]] = []
    for proposal in propose_columns(workspace, source, target):
        key = proposal.field
        if proposal.column in given:
            columns.append(given[proposal.column])
        elif key is None or key in taken:
            columns.append(None)
        else:
            columns.append(key if proposal.is_certain else None)
            if not proposal.is_certain:
                maybe.append((proposal.column, key))
    return Chosen(tuple(columns), tuple(one for one in maybe if one[1] not in columns))


def _given(workspace: Workspace, source: Source, mapping: Sequence[str], skip: Sequence[str]) -> dict[int, str | None]:
    fields = list_fields(workspace)
    given: dict[int, str | None] = {}
    # Not before the last "=": a header may hold one, a field's key never does.
    wanted = [text.rpartition("=")[::2] for text in mapping]
    for name, key in [*wanted, *((name, None) for name in skip)]:
        column = find_column(source.headers, name)
        if column in given:
            raise UsageError("column_given_twice", name=name)
        if key is None:
            given[column] = None
            continue
        field = find_field(key, fields)
        if field is None:
            raise UsageError("field_not_found", name=key)
        if field.key in given.values():
            raise UsageError("field_mapped_twice", field=field.key)
        given[column] = field.key
    return given


def find_column(headers: Sequence[str], name: str) -> int:
    """Return the column that `name` counts, `#3` being the third, or that is called `name`.

    Numbers come first, so that every column can be said, whatever the headers are.

    Raises:
        UsageError: There is none, or several are called so.
    """
    wanted = trim(name)
    if number := _NUMBER.fullmatch(wanted):
        if 1 <= int(number[1]) <= len(headers):
            return int(number[1]) - 1
        raise UsageError("column_unknown", name=name)
    found = [column for column, header in enumerate(headers) if header == wanted and header]
    if len(found) > 1:
        raise UsageError("column_repeated", name=name, choices=", ".join(f"#{column + 1}" for column in found))
    if not found:
        raise UsageError("column_unknown", name=name)
    return found[0]


def column_name(headers: Sequence[str], column: int) -> str:
    """Return what `find_column` finds this column by: its header where that can only mean this one."""
    header = headers[column]
    is_clear = header and headers.count(header) == 1 and not _NUMBER.fullmatch(header)
    return header if is_clear else f"#{column + 1}"


def map_option(headers: Sequence[str], column: int, key: str) -> str:
    """Return the `--map` option that imports a column to a field, as it is typed in a shell."""
    text = f"{column_name(headers, column)}={key}"
    is_plain = not any(character in '"\\$`!' for character in text)
    # Double quotes where they do: the Windows shell knows no others.
    return f'--map "{text}"' if is_plain else f"--map {shlex.quote(text)}"
