"""R20: templates that import as they are once they are filled in."""

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, MEMBER_ID, Field
from crm_tui.core.mapping import propose
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell, row_parser
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import Language, catalogue, field_label, set_language, template_words
from crm_tui.services.errors import OutputError
from crm_tui.services.importing.source import RowReader, open_source
from crm_tui.services.importing.templates import template_fields, write_template

CUSTOM = tuple(Field(f"profile.c{type.value}", type, f"=라벨 {type.value}") for type in CUSTOM_TYPES)
ARCHIVED = Field("profile.gone", CUSTOM_TYPES[0], "gone", is_archived=True)
FIELDS = (*BUILT_IN_FIELDS, *CUSTOM, ARCHIVED)
KINDS = [(Target.MEMBER, None), (Target.LEAD, LeadKey.EMAIL), (Target.LEAD, LeadKey.MOBILE_NUMBER)]
FIRST = {None: MEMBER_ID, LeadKey.EMAIL: "profile.email", LeadKey.MOBILE_NUMBER: "profile.mobileNumber"}


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    set_language(request.param)
    yield request.param
    set_language(None)


@pytest.fixture(params=KINDS, ids=["member", "lead-email", "lead-mobile"])
def kind(request: pytest.FixtureRequest) -> tuple[Target, LeadKey | None]:
    chosen: tuple[Target, LeadKey | None] = request.param
    return chosen


@pytest.fixture
def template(tmp_path: Path, kind: tuple[Target, LeadKey | None], language: Language) -> Path:
    path = tmp_path / "template.xlsx"
    write_template(path, *kind, FIELDS, template_words())
    return path


def columns_of(kind: tuple[Target, LeadKey | None]) -> tuple[Field, ...]:
    return template_fields(*kind, FIELDS)


def test_r20_the_key_stands_first_then_every_field_in_order(kind: tuple[Target, LeadKey | None]) -> None:
    keys = [field.key for field in columns_of(kind)]
    expected = [field.key for field in (*BUILT_IN_FIELDS, *CUSTOM)]
    if kind[0] is Target.LEAD:
        expected.remove(MEMBER_ID)
    assert keys[0] == FIRST[kind[1]]
    assert sorted(keys) == sorted(expected)
    assert keys[1:] == [key for key in expected if key != keys[0]]


def test_r20_a_template_has_a_header_with_notes_and_no_rows(
    template: Path, kind: tuple[Target, LeadKey | None], language: Language
) -> None:
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == [
        catalogue(language, "templates")["sheet"],
        catalogue(language, "templates")["examples_sheet"],
    ]
    sheet = book.worksheets[0]
    assert book.active == sheet
    assert sheet.max_row == 1
    words = template_words()
    columns = columns_of(kind)
    assert [cell.value for cell in sheet[1]] == [field.key for field in columns]
    for cell, field in zip(sheet[1], columns, strict=True):
        assert words.note(field) in cell.comment.text
        assert words.examples(field)[0] in cell.comment.text
        assert (words.key_note in cell.comment.text) is (cell.column == 1)
        # Text for the whole column, so that what is typed further down stays as it was typed.
        (whole_column,) = [one for one in sheet.column_dimensions.values() if one.min <= cell.column <= one.max]
        assert whole_column.number_format == cell.number_format == "@"
    assert open_source(template).rows_total == 0


def test_r20_examples_stand_on_a_second_sheet_as_text(
    template: Path, kind: tuple[Target, LeadKey | None], language: Language
) -> None:
    sheet = openpyxl.load_workbook(template).worksheets[1]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    header, *lines = sheet.iter_rows(values_only=True)
    assert all(header)
    words = template_words()
    assert [line[0] for line in lines] == [field.key for field in columns_of(kind)]
    for line, field in zip(lines, columns_of(kind), strict=True):
        assert line[1:] == (field_label(field), words.note(field), *words.examples(field))


@pytest.mark.parametrize("field", [*BUILT_IN_FIELDS, *CUSTOM], ids=lambda field: field.key)
def test_r20_every_example_is_a_right_value(field: Field, language: Language) -> None:
    examples = template_words().examples(field)
    assert len(examples) == len(set(examples)) == 2
    for text in examples:
        value = parse_cell(text, field)
        assert value is not None
        assert not isinstance(value, Problem)


def test_r20_both_languages_have_the_same_sentences() -> None:
    korean, english = catalogue("ko", "templates"), catalogue("en", "templates")
    assert korean.keys() == english.keys()
    assert all(korean.values())
    assert all(english.values())


def filled_in(template: Path, kind: tuple[Target, LeadKey | None]) -> list[list[str]]:
    """Fill a template in with its own examples; return all of its cells."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    words = template_words()
    for number in (0, 1):
        for column, field in enumerate(columns_of(kind), 1):
            sheet.cell(number + 2, column).value = words.examples(field)[number]
    book.save(template)
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


def check_imports(path: Path, kind: tuple[Target, LeadKey | None], rows: list[list[str]]) -> None:
    source = open_source(path)
    columns = columns_of(kind)
    proposals = propose(source.headers, [field for field in FIELDS if not field.is_archived])
    assert [(proposal.field, proposal.is_certain) for proposal in proposals] == [(field.key, True) for field in columns]
    assert list(RowReader(source)) == list(enumerate(rows[1:], 2))
    parse = row_parser(columns, columns[0].key)
    for _, cells in RowReader(source):
        parsed = parse(cells)
        assert parsed.problems == ()
        assert set(parsed.values) == {field.key for field in columns}
    assert source.number_columns == ()


def test_r20_a_template_filled_in_is_imported_unchanged(template: Path, kind: tuple[Target, LeadKey | None]) -> None:
    check_imports(template, kind, filled_in(template, kind))


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("cp949", ","), ("utf-8", ";"), ("utf-16", "\t")]
)
def test_r20_a_template_filled_in_and_saved_as_csv_is_imported_unchanged(
    template: Path, kind: tuple[Target, LeadKey | None], encoding: str, delimiter: str
) -> None:
    rows = filled_in(template, kind)
    saved = template.with_suffix(".csv")
    with saved.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    check_imports(saved, kind, rows)


def test_r20_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_template(tmp_path / "gone" / "a.xlsx", Target.MEMBER, None, FIELDS, template_words())
