"""Templates: empty files that import as they are once they are filled in (R20)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.core.fields import MEMBER_ID, Field
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.services.importing.workbook import new_workbook, write_texts

_NARROWEST = 16
_NOTE_WIDTH_PX = 320
_NOTE_LINE_PX = 20
_NOTE_LINE_CHARACTERS = 22
"""Of wide ones, such as Hangul: a note that is too high does no harm."""


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """What a template says in the manager's language."""

    sheet: str
    examples_sheet: str
    headings: tuple[str, ...]
    """Of the examples: a column's name, its label, the accepted forms and each of the examples."""
    label: Callable[[Field], str]
    note: Callable[[Field], str]
    """The accepted forms of a field."""
    key_note: str
    """Stands before the note of the key."""
    example_mark: str
    examples: Callable[[Field], Sequence[str]]


def template_fields(target: Target, key: LeadKey | None, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return the columns of a template: the key, then every field a manager may edit, in order."""
    first = MEMBER_ID if key is None else f"profile.{key.value}"
    offered = [field for field in fields if not field.is_archived and (target, field.key) != (Target.LEAD, MEMBER_ID)]
    return tuple(sorted(offered, key=lambda field: field.key != first))


def write_template(
    path: Path, target: Target, key: LeadKey | None, fields: Sequence[Field], words: TemplateWords
) -> None:
    """Write a template: headers with notes, no rows, and examples on a second sheet.

    Args:
        path: Where to; overwritten.
        target: Whom the import is for.
        key: What leads are matched by; None for members.
        fields: All fields, in order.
        words: What it says.

    Raises:
        OutputError: It cannot be written there.
    """
    columns = template_fields(target, key, fields)
    with new_workbook(path) as book:
        # Text format: a spreadsheet must neither turn 00123 into 123 nor a date into a shape of its own.
        as_text = book.add_format({"num_format": "@"})
        as_header = book.add_format({"num_format": "@", "bold": True})
        _write_headers(book.add_worksheet(words.sheet), columns, words, as_text, as_header)
        wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        _write_examples(book.add_worksheet(words.examples_sheet), columns, words, wrapped, as_header)


def _write_headers(sheet: Any, columns: Sequence[Field], words: TemplateWords, as_text: Any, as_header: Any) -> None:
    write_texts(sheet, 0, [field.key for field in columns], as_header)
    for index, field in enumerate(columns):
        sheet.set_column(index, index, max(_NARROWEST, len(field.key) + 2), as_text)
        example = f"{words.example_mark} {words.examples(field)[0]}"
        note = "\n".join([words.key_note] * (index == 0) + [words.note(field), example])
        lines = sum(1 + len(line) // _NOTE_LINE_CHARACTERS for line in note.splitlines())
        size = {"width": _NOTE_WIDTH_PX, "height": _NOTE_LINE_PX * (lines + 1)}
        sheet.write_comment(0, index, note, size)
    sheet.freeze_panes(1, 0)


def _write_examples(sheet: Any, columns: Sequence[Field], words: TemplateWords, wrapped: Any, as_header: Any) -> None:
    """Write one line a field: as columns they could be taken for rows to import."""
    write_texts(sheet, 0, words.headings, as_header)
    for line, field in enumerate(columns, 1):
        write_texts(sheet, line, (field.key, words.label(field), words.note(field), *words.examples(field)), wrapped)
    for column, width in enumerate((34, 22, 60, 34, 34)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
