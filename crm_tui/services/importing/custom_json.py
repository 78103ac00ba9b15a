"""The custom fields of many rows as the JSON of column `custom`: the same text as `dump` of each row's values."""

from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.numbers import PRINTED_NUMBERS
from crm_tui.core.validation import CheckedColumn, column_parser
from storage.columns import dump

_REMEMBERED_PARTS = 200_000
"""Of all fields together."""
_SHORT = 64
_ESCAPED = ('"', "\\", "\n", "\t")
"""What JSON escapes of the characters that a value may hold (R9)."""


class CustomJson:
    """Checks the custom fields of a mapping and writes their values."""

    def __init__(self, fields: Sequence[Field]) -> None:
        remembered = min(4096, _REMEMBERED_PARTS // max(1, len(fields)))
        self._columns = [(_Column(field, remembered), field) for field in fields]

    def parsers(self) -> dict[str, Callable[[Sequence[str]], CheckedColumn]]:
        """Return what checks each field's cells, by key."""
        return {field.key: column.check for column, field in self._columns}

    def rows(self, checked: Sequence[CheckedColumn]) -> list[str]:
        """Return the JSON of rows; it means nothing where a cell was refused.

        Args:
            checked: What the fields' parsers returned, in the order of the fields.
        """
        if not checked:
            return []
        is_first_left_out = checked[0].has_blanks
        slots: list[str] = []
        columns: list[Sequence[object]] = []
        for place, ((column, _), cells) in enumerate(zip(self._columns, checked, strict=True)):
            is_first = place == 0 and not is_first_left_out
            slot, texts = column.slot(cells, "{" if is_first else ",")
            slots.append(slot)
            columns.append(texts)
        form = "".join((*slots, "}"))
        rows = [form % row for row in zip(*columns, strict=True)]
        # Every part then has a comma in front, the first one too.
        return ["{" + row.removeprefix(",") for row in rows] if is_first_left_out else rows


class _Column(dict[Any, str]):
    """One field. As a dictionary: the JSON of values for which writing it takes longer than looking it up."""

    def __init__(self, field: Field, remembered: int) -> None:
        super().__init__()
        self._type = field.type
        self._name = f"{dump(field.key.removeprefix('profile.'))}:"
        self._remembered = remembered
        # A plain number stands in JSON as `print_number` writes it; others, as 0.00001, do not.
        self.check = column_parser(field, PRINTED_NUMBERS if field.type is FieldType.NUMBER else None, dump)

    def __missing__(self, value: Any) -> str:
        text = dump(value)
        if len(self) < self._remembered and len(text) <= _SHORT:
            self[value] = text
        return text

    def slot(self, cells: CheckedColumn, before: str) -> tuple[str, Sequence[object]]:
        """Return the field's part of a row's form, and what is to stand in it."""
        values = cells.values
        if not cells.has_blanks:
            if cells.refused:
                values = list(values)
                for index in cells.refused:
                    values[index] = ""
            form, texts = self._texts(values)
            return f"{before}{self._name}{form}", texts
        form, texts = self._texts([value for value in values if value is not None])
        waiting = iter([form % (text,) for text in texts])
        return "%s", ["" if value is None else f"{before}{self._name}{next(waiting)}" for value in values]

    def _texts(self, values: list[Any]) -> tuple[str, Sequence[object]]:
        if self._type in (FieldType.NUMBER, FieldType.DATETIME):
            return "%s", values
        if self._type in (FieldType.STRING, FieldType.DATE):
            joined = "".join(values)
            if any(character in joined for character in _ESCAPED):
                return "%s", list(map(encode_basestring, values))
            return '"%s"', values
        return "%s", list(map(self.__getitem__, values))
