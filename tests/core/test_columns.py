"""A column looked at as one text comes to what the rules say cell by cell (R8-R16)."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, Field, FieldType
from crm_tui.core.numbers import PRINTED_NUMBERS
from crm_tui.core.problems import Problem
from crm_tui.core.query import search_text, search_texts
from crm_tui.core.text import fold, fold_column
from crm_tui.core.validation import column_parser, parse_cell, print_value
from crm_tui.services.importing.custom_json import CustomJson

CUSTOM = tuple(Field(f"profile.x{kind.value}", kind) for kind in CUSTOM_TYPES)
FIELDS = (*BUILT_IN_FIELDS, *CUSTOM)
PLAIN = {
    FieldType.STRING: ["김 서", "a|b", "E+1", "café", "cafe\u0301", "\u1100\u1161", "가\u3164", "\u3164가", "x" * 512, "x" * 513],
    FieldType.PHONE: [
        "+82 010-2020-3030",
        "+82 (0)10.2020.3030",
        "+821020203030",
        "+82 2-2555-6666",
        "+82 031 255 6666",
        "+82 70-1234-5678",
        "+82 10-2020-303",
        "+1 650-253-0000",
        "010-2020-3030",
    ],
    FieldType.EMAIL: ["a.b@naver.com", "A@naver.com", "a@NAVER.com", "a..b@naver.com", "a@b@c", ".a@x.kr", "a@-x.kr", "한@x.kr", "a@xn--9t4b11yi5a.com", "a" * 64 + "@x.kr", "a" * 65 + "@x.kr"],
    FieldType.NUMBER: ["0", "-0", "7", "-7", "007", "+7", "1.50", "0.00", "-0.0", "0.0001", "0.00001", "123456789.123456", "123456789012345", "1234567890123456", "1,000", "9.", "100"],
    FieldType.BOOLEAN: ["true", "N", "아마도"],
    FieldType.DATE: ["2024-02-29", "2023-02-29", "2023-04-31", "2023-12-31", "1899-01-01", "2023.01.02", "0", "2023-01-02T10:00Z"],
    FieldType.DATETIME: ["2024-02-29T10:00Z", "2023-02-29T10:00Z", "2023-12-31", "2023-12-31T23:59:59.999999999+09:00", "2023-01-02T24:00", "1970-01-01T00:00-23:59", "0001-01-01T00:00+01:00", "5"],
    FieldType.LIST: ['["a"]', "[“a”]", "[]", "[1]"],
    FieldType.LIST_OF_NUMBER: ["[1,2.50]", "[]", "[a]"],
    FieldType.TAG: ['["단골","a/b"]', '["a b"]'],
}  # fmt: skip
ANYTHING = st.text(max_size=6) | st.text("0123456789-+.,:TZE@ab/ \n\r\t", max_size=24)


def cells_of(field: Field) -> st.SearchStrategy[str]:
    plain = st.sampled_from(PLAIN[field.type])
    around = st.tuples(
        st.sampled_from(["", " ", "\u3000", "\u200b", "\n"]), plain, st.sampled_from(["", " ", "\ufeff"])
    )
    return plain | around.map("".join) | st.sampled_from(["", " "]) | ANYTHING


COLUMNS = st.sampled_from(FIELDS).flatmap(
    lambda field: st.tuples(st.just(field), st.lists(cells_of(field), max_size=12))
)


@given(COLUMNS)
def test_r23_a_column_is_judged_as_its_cells_are_one_by_one(column: tuple[Field, list[str]]) -> None:
    field, cells = column
    one_by_one = [parse_cell(cell, field) for cell in cells]
    parse = column_parser(field)
    for _ in range(2):  # what was parsed once is remembered
        checked = parse(cells)
        assert checked.values == [None if isinstance(value, Problem) else value for value in one_by_one]
        assert list(map(type, checked.values)) == [
            type(None) if isinstance(value, Problem) else type(value) for value in one_by_one
        ]
        assert checked.refused == [index for index, value in enumerate(one_by_one) if isinstance(value, Problem)]
        assert checked.has_blanks or None not in one_by_one


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_r23_every_cell_of_the_table_is_judged_the_same_among_many(field: Field) -> None:
    cells = PLAIN[field.type] * 3
    values = column_parser(field)(cells).values
    expected = [parse_cell(cell, field) for cell in cells]
    assert values == [None if isinstance(value, Problem) else value for value in expected]


@given(st.lists(cells_of(CUSTOM[1]) | st.decimals(-(10**10), 10**10).map(str), max_size=9))
@example(["0.0001", "-0.50", "10", "1.0"])
def test_r12_a_number_is_printed_among_many_as_it_is_alone(cells: list[str]) -> None:
    field = CUSTOM[1]
    printed = column_parser(field, PRINTED_NUMBERS)(cells).values
    values = [parse_cell(cell, field) for cell in cells]
    good = [value for value in values if value is not None and not isinstance(value, Problem)]
    assert [one for one in printed if one is not None] == [print_value(value, FieldType.NUMBER) for value in good]


ROWS = st.lists(st.tuples(*(cells_of(field) for field in CUSTOM)), min_size=1, max_size=6)


@given(ROWS)
@example([("김", number, "true", "2024-02-29", "2024-02-29", "[]", "[1]") for number in ("0.00001", "0.0001", "1e5")])
def test_the_json_of_custom_fields_is_that_of_their_values(rows: list[tuple[str, ...]]) -> None:
    writer = CustomJson(CUSTOM)
    parsers = writer.parsers()
    checked = [parsers[field.key](column) for field, column in zip(CUSTOM, zip(*rows, strict=True), strict=True)]
    written = writer.rows(checked)
    for row, text in zip(rows, written, strict=True):
        values = {
            field.key.removeprefix("profile."): parse_cell(cell, field) for field, cell in zip(CUSTOM, row, strict=True)
        }
        if not any(isinstance(value, Problem) for value in values.values()):
            stored = {key: value for key, value in values.items() if value is not None}
            assert text == json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


NAMES = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=5)
MOBILES = st.sampled_from([None, "+821020203030", "+16502530000"])


@given(st.lists(st.tuples(NAMES, NAMES, MOBILES), min_size=1, max_size=5))
@example([("İ", "ẞ", "+821020203030"), ("a\u0345\u0301", "k", None)])
@example(
    [("ㄱ", "a@x.kr", "+821020203030"), ("\u1100", "b@x.kr", "+16502530000"), ("\u1161", "c@x.kr", "+821020203031")]
)
def test_what_words_are_looked_for_in_is_the_same_of_many_people(
    people: list[tuple[str | None, str | None, str | None]],
) -> None:
    names, emails, mobiles = (list(column) for column in zip(*people, strict=True))
    keys = [email and fold(email) for email in emails]
    assert search_texts(names, keys, mobiles) == [search_text(*person) for person in people]
    texts = [name or "" for name in names]
    assert fold_column(texts) == list(map(fold, texts))
