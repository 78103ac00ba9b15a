"""Which columns the table of customers has: those that the manager chose, else as many as there is room for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_tui.core.fields import (
    BLOCKED,
    BUILT_IN_FIELDS,
    EMAIL,
    LAST_SEEN_AT,
    MEMBER_ID,
    MOBILE_NUMBER,
    NAME,
    SYSTEM_FIELDS,
    Field,
    FieldType,
)

PREFERENCE = "contacts.columns"
"""Under this name a manager's columns and order are kept."""
USUAL = (NAME, EMAIL, MOBILE_NUMBER, MEMBER_ID, LAST_SEEN_AT)
"""The columns of a table that nobody has changed, where there is room for them all."""
MIN_WIDTH = 4
MAX_WIDTH = 60
_WIDE = 98
_WIDTHS = {
    FieldType.PHONE: 14,
    FieldType.EMAIL: 24,
    FieldType.NUMBER: 10,
    FieldType.BOOLEAN: 10,
    FieldType.DATE: 12,
    FieldType.DATETIME: 16,
}
_USUAL_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a manager chose."""

    key: str
    width: int
    """In cells."""


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as it is drawn."""

    field: Field
    width: int


def showable(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return what may be a column: the given fields and those that the program keeps.

    Blocked customers are never in this table (R46), so that they are is no column.
    """
    return (*fields, *(field for field in SYSTEM_FIELDS if field.key != BLOCKED))


BUILT_IN_COLUMNS = showable(BUILT_IN_FIELDS)


def usual_width(field: Field) -> int:
    """Return how wide a column is that nobody has made wider or narrower."""
    return _WIDTHS.get(field.type, _USUAL_WIDTH)


def laid_out(chosen: Sequence[Column] | None, available: Sequence[Field], width: int) -> tuple[ShownColumn, ...]:
    """Return the columns to draw in `width` cells; chosen ones may need more. Fields that are gone vanish (R6)."""
    by_key = {field.key: field for field in available}
    shown = tuple(ShownColumn(by_key[one.key], one.width) for one in chosen or () if one.key in by_key)
    return shown or tuple(ShownColumn(by_key[key], cells) for key, cells in _fitting(width))


def exported(chosen: Sequence[Column] | None, available: Sequence[Field]) -> tuple[str, ...]:
    """Return the keys of the columns of a file that is to be as the table: how wide the window is changes no file."""
    by_key = {field.key for field in available}
    return tuple(one.key for one in chosen or () if one.key in by_key) or USUAL


def _fitting(width: int) -> tuple[tuple[str, int], ...]:
    """Return which columns there is room for, and their widths."""
    fixed: tuple[tuple[str, int], ...] = ()
    if width >= _WIDE:
        fixed = ((MOBILE_NUMBER, 16), (MEMBER_ID, 14), (LAST_SEEN_AT, 16))
    elif width >= 74:
        fixed = ((MOBILE_NUMBER, 14), (MEMBER_ID, 12), (LAST_SEEN_AT, 13))
    elif width >= 60:
        fixed = ((MOBILE_NUMBER, 14), (LAST_SEEN_AT, 13))
    elif width >= 44:
        fixed = ((MOBILE_NUMBER, 14),)
    room = max(2 * MIN_WIDTH, width - sum(cells + 1 for _, cells in fixed) - 1)
    name = room * 2 // 5
    return ((NAME, name), (EMAIL, room - name), *fixed)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a manager likes to see the table."""

    columns: tuple[Column, ...] | None = None
    """None: as many as there is room for."""
    sort: str = LAST_SEEN_AT
    is_descending: bool = True

    @property
    def kept(self) -> Any:
        """As it is kept."""
        chosen = None if self.columns is None else [[one.key, one.width] for one in self.columns]
        return {"columns": chosen, "sort": self.sort, "descending": self.is_descending}

    @classmethod
    def of(cls, kept: Any) -> "Habits":
        """Return what was kept; where it makes no sense, what everybody begins with."""
        if not isinstance(kept, dict):
            return cls()
        sort, is_descending = kept.get("sort"), kept.get("descending")
        if not isinstance(sort, str) or not isinstance(is_descending, bool):
            sort, is_descending = LAST_SEEN_AT, True
        return cls(_columns_of(kept.get("columns")), sort, is_descending)


def _columns_of(kept: Any) -> tuple[Column, ...] | None:
    if not isinstance(kept, list):
        return None
    columns = [
        Column(one[0], max(MIN_WIDTH, min(one[1], MAX_WIDTH)))
        for one in kept
        if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) and type(one[1]) is int
    ]
    return tuple(columns) or None
