"""R17, R18, R23: cells and rows; what holds for every type."""

import json
import pickle
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import (
    BUILT_IN,
    BUILT_IN_FIELDS,
    CUSTOM_TYPES,
    DESCRIPTION,
    EMAIL,
    MEMBER_ID,
    NAME,
    TAGS,
    UNSUBSCRIBE_EMAIL,
    Field,
    FieldType,
    Value,
)
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import trim
from crm_tui.core.validation import (
    ParsedRow,
    cell_parser,
    parse_cell,
    print_value,
    profile_problems,
    profile_size,
    row_parser,
)

FIELDS = (*BUILT_IN_FIELDS, *(Field(f"profile.x{kind.value}", kind, kind.value) for kind in CUSTOM_TYPES))
fields = st.sampled_from(FIELDS)

# fmt: off
nasty = st.sampled_from([
    "[[[[[[", "[" * 5000, "[NaN]", "NaN", "inf", "-", "+", "+82", "9" * 400, "١٢٣", "1e999", "\ud800", "[\ud800]",
    "0000-00-00", "2025-02-30T99:99", "@", "a@b", '"', '["', '"]', "[”]", "\x00", "\x1b[31m", "=1+1", "\u202e", "+" * 99,
    "a" * 100_000, "1" * 100_000, " " * 100_000, "가" * 100_000, '["' + '","' * 50_000 + '"]', "+82" + "0" * 100_000,
    "a@" + "b." * 50_000, "[" + "1," * 50_000 + "]", "2025.05.04" + " " * 100_000 + "x", '["' + "\\" * 100_000,
])
# fmt: on
likely = st.one_of(
    st.from_regex(r"\A\+82 ?0?1[0-9] ?[0-9]{3,4}-?[0-9]{4}\Z"),
    st.from_regex(r"\A[a-z.]{1,8}@[a-z.-]{1,12}\Z"),
    st.from_regex(r"\A[+-]?[0-9]{0,18}\.?[0-9]{0,18}\Z"),
    st.from_regex(
        r"\A[0-9]{4}[-./][0-9]{2}[-./][0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?\Z"
    ),
    st.lists(st.text(max_size=8), max_size=5).map(lambda items: json.dumps(items, ensure_ascii=False)),
    st.lists(st.text("ab/단골", min_size=1, max_size=8), max_size=5).map(lambda items: json.dumps(items)),
    st.lists(st.integers() | st.floats(), max_size=5).map(json.dumps),
    st.sampled_from(["true", "YES", "n", "0", "+1 650-253-0000", "+82 2-2555-6666", "1746316800000", "[]", "[“a”]"]),
)
cells = st.one_of(st.text(st.characters()), likely, likely.map(lambda text: f" {text}\u3164"), nasty)


@settings(max_examples=400, deadline=None)
@given(cells, fields)
def test_r18_whatever_a_cell_holds_it_is_a_value_a_problem_or_blank(text: str, field: Field) -> None:
    value = parse_cell(text, field)
    if value is None:
        assert trim(text) == ""
    elif isinstance(value, Problem):
        assert value.field == field.key
        assert value == pickle.loads(pickle.dumps(value))
        assert isinstance(hash(value), int)
    else:
        json.dumps(value, ensure_ascii=False).encode("utf-8")


@settings(max_examples=600, deadline=None)
@given(cells, fields)
def test_a_printed_value_parses_back_to_the_same_value(text: str, field: Field) -> None:
    value = parse_cell(text, field)
    if value is not None and not isinstance(value, Problem):
        again = parse_cell(print_value(value, field.type), field)
        assert again == value
        assert type(again) is type(value)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("홍길동", FieldType.STRING, "홍길동"),
        (True, FieldType.BOOLEAN, "true"),
        (False, FieldType.BOOLEAN, "false"),
        (12, FieldType.NUMBER, "12"),
        (1e-7, FieldType.NUMBER, "0.0000001"),
        ("2025-05-04", FieldType.DATE, "2025-05-04"),
        (1746316800123, FieldType.DATETIME, "2025-05-04T00:00:00.123Z"),
        (-1, FieldType.DATETIME, "1969-12-31T23:59:59.999Z"),
        (("a", 'b"c'), FieldType.LIST, r'["a","b\"c"]'),
        ((1, 2.5), FieldType.LIST_OF_NUMBER, "[1,2.5]"),
        (("등급/골드",), FieldType.TAG, '["등급/골드"]'),
    ],
)
def test_values_are_printed_in_one_form(value: Value, kind: FieldType, text: str) -> None:
    assert print_value(value, kind) == text


@settings(deadline=None)
@given(cells, fields)
def test_r8_a_cell_means_the_same_trimmed_and_in_every_composition(text: str, field: Field) -> None:
    value = parse_cell(text, field)
    assert parse_cell(trim(text), field) == value
    assert parse_cell(unicodedata.normalize("NFC", text), field) == value
    assert parse_cell(f"\ufeff {text}\u3000", field) == value


@settings(deadline=None)
@given(st.lists(cells, max_size=8), fields)
def test_a_column_parser_remembers_nothing_wrong(texts: list[str], field: Field) -> None:
    parse = cell_parser(field)
    for text in (*texts, *texts):
        assert parse(text) == parse_cell(text, field)


columns = st.lists(fields, unique_by=lambda field: field.key, min_size=1, max_size=8)


@settings(deadline=None)
@given(st.data(), columns)
def test_r23_a_row_is_its_cells_one_by_one(data: st.DataObject, mapped: list[Field]) -> None:
    layout: list[Field | None] = data.draw(st.permutations([*mapped, None, None]))
    key = data.draw(st.sampled_from(mapped)).key
    texts = data.draw(st.lists(cells.filter(lambda text: len(text) < 600), min_size=len(layout), max_size=len(layout)))
    row = row_parser(layout, key)(texts)
    expected = {field.key: parse_cell(text, field) for field, text in zip(layout, texts, strict=True) if field}
    problems = [value for value in expected.values() if isinstance(value, Problem)]
    blanks = tuple(name for name, value in expected.items() if value is None)
    values = {name: value for name, value in expected.items() if value is not None and not isinstance(value, Problem)}
    assert row.values == values
    assert row.blanks == blanks
    if key in blanks:
        problems.append(Problem(Code.KEY_BLANK, key))
    assert sorted(map(str, row.problems)) == sorted(map(str, problems or profile_problems(values)))


LAYOUT = (BUILT_IN[MEMBER_ID], None, BUILT_IN[NAME], BUILT_IN[EMAIL])
parse_member_row = row_parser(LAYOUT, MEMBER_ID)


def test_r23_valid_cells_become_values_and_unmapped_columns_are_not_looked_at() -> None:
    row = parse_member_row([" 00123 ", "\x00\ud800", "홍길동", "HONG@Example.com"])
    assert row == ParsedRow({MEMBER_ID: "00123", NAME: "홍길동", EMAIL: "HONG@example.com"}, (), ())


def test_r26_mapped_blank_cells_are_told_apart() -> None:
    assert parse_member_row(["1", "", " ", "\u3164"]) == ParsedRow({MEMBER_ID: "1"}, (NAME, EMAIL), ())


def test_r23_a_blank_key_fails_the_row() -> None:
    row = parse_member_row(["\u200b ", "x", "홍길동", ""])
    assert row.problems == (Problem(Code.KEY_BLANK, MEMBER_ID),)


def test_r23_a_row_fails_with_all_its_problems_in_the_order_of_its_columns() -> None:
    row = parse_member_row(["", "x", "\x00", "nobody"])
    assert row.problems == (
        Problem(Code.KEY_BLANK, MEMBER_ID),
        Problem(Code.CONTROL_CHARACTER, NAME, {"codepoint": "U+0000"}),
        Problem(Code.EMAIL_INVALID, EMAIL),
    )


@pytest.mark.parametrize("count", [0, 3, 5])
def test_r21_a_ragged_row_fails_for_that_reason_alone(count: int) -> None:
    row = parse_member_row(["\x00"] * count)
    assert row == ParsedRow({}, (), (Problem(Code.ROW_RAGGED, "", {"cells": count, "expected": 4}),))


def many_fields(count: int) -> tuple[Field, ...]:
    return (BUILT_IN[MEMBER_ID], *(Field(f"profile.f{number}", FieldType.STRING) for number in range(count)))


def test_r17_a_profile_holds_256_keys_and_not_one_more() -> None:
    for count in (256, 257):
        row = row_parser(many_fields(count), MEMBER_ID)(["1", *(["x"] * count)])
        assert row.problems == (
            () if count == 256 else (Problem(Code.PROFILE_TOO_MANY_KEYS, "", {"count": 257, "limit": 256}),)
        )
    blanks = row_parser(many_fields(300), MEMBER_ID)(["1", *(["x"] * 256), *([""] * 44)])
    assert blanks.problems == ()


@pytest.mark.parametrize("char", ["x", "가", "😀", '"', "\n"])
def test_r17_a_profile_has_at_most_15_kb_of_utf_8_json(char: str) -> None:
    outcomes = set()
    for count in range(1, 40):
        text = f"a{char * 500}b"
        json_text = json.dumps(dict.fromkeys((f"f{number}" for number in range(count)), text), ensure_ascii=False)
        size = len(json_text.replace('": "', '":"').replace('", "', '","').encode())
        row = row_parser(many_fields(count), MEMBER_ID)(["1", *([text] * count)])
        assert profile_size(row.values) == size
        assert row.problems == (
            (Problem(Code.PROFILE_TOO_LARGE, "", {"size": size, "limit": 15360}),) if size > 15360 else ()
        )
        outcomes.add(bool(row.problems))
    assert outcomes == {True, False}


def test_r17_exactly_15_kb_are_taken_and_a_byte_more_is_not() -> None:
    field = Field("profile.l", FieldType.LIST)
    parse = row_parser((BUILT_IN[MEMBER_ID], field), MEMBER_ID)
    full = 15 * 1024 - len('{"l":[]}')
    items = [f"{number:03}{'x' * 497}" for number in range(full // 503)]
    rest = full - len(items) * 503 - 2
    for extra in (0, 1):
        row = parse(["1", json.dumps([*items, "y" * (rest + extra)])])
        size = 15 * 1024 + extra
        assert profile_size(row.values) == size
        assert row.problems == (
            (Problem(Code.PROFILE_TOO_LARGE, "", {"size": size, "limit": 15 * 1024}),) if extra else ()
        )


def test_r17_what_is_no_profile_field_does_not_count() -> None:
    values: dict[str, Value] = {MEMBER_ID: "x" * 512, TAGS: ("t" * 128,) * 20, UNSUBSCRIBE_EMAIL: True}
    assert profile_size(values) == len("{}")
    assert profile_problems(values | {NAME: "가" * 512, DESCRIPTION: "가" * 512}) == ()


texts = st.text(st.characters(codec="utf-8"), max_size=40)
numbers = st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.from_regex(r"\Aprofile\.[a-zA-Z][a-zA-Z0-9]{0,63}\Z"),
        st.one_of(texts, numbers, st.booleans(), st.lists(texts).map(tuple), st.lists(numbers).map(tuple)),
        max_size=20,
    ),
    st.integers(0, 3000),
)
def test_r17_the_quick_bound_never_lets_too_large_a_profile_pass(values: dict[str, Value], filler: int) -> None:
    values = values | {"profile.filler": "\x00" * filler}
    size = profile_size(values)
    assert profile_problems(values) == (
        (Problem(Code.PROFILE_TOO_LARGE, "", {"size": size, "limit": 15360}),) if size > 15360 else ()
    )


@pytest.mark.parametrize("item", [-1.23456789012345e-290, 123456789012345, 0.5, "", "x"])
def test_r17_the_quick_bound_holds_for_many_small_items(item: str | float) -> None:
    outcomes = set()
    for count in range(1, 41):
        values: dict[str, Value] = {f"profile.f{number}": (item,) * 200 for number in range(count)}  # type: ignore[misc]
        size = profile_size(values)
        assert bool(profile_problems(values)) is (size > 15360)
        outcomes.add(size > 15360)
    assert outcomes == {True, False}


def test_the_validation_module_loads_no_library_before_a_cell_needs_it() -> None:
    script = (
        "import sys; from crm_tui.core.validation import parse_cell; from crm_tui.core.fields import BUILT_IN\n"
        "parse_cell('+82 010-2020-3030', BUILT_IN['profile.mobileNumber'])\n"
        "parse_cell('2025-05-04T09:00+09:00', BUILT_IN['profile.lastCheckoutCompletedAt'])\n"
        "print(*{'phonenumbers', 'email_validator', 'dateutil', 'idna', 'dns'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
