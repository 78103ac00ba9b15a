"""R12, R13: numbers and booleans."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN, UNSUBSCRIBE_EMAIL, Field, FieldType
from crm_tui.core.numbers import parse_number, print_number
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell

FIELD = Field("profile.points", FieldType.NUMBER)
OPT_OUT = BUILT_IN[UNSUBSCRIBE_EMAIL]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.01", 1.01),
        ("+5", 5),
        ("-5", -5),
        ("-0.5", -0.5),
        ("0", 0),
        ("-0", 0),
        ("007", 7),
        ("1.0", 1),
        ("1.50", 1.5),
        ("  12  ", 12),
        ("123456789012345", 123456789012345),
        ("-12345678901234.5", -12345678901234.5),
        ("0." + "0" * 290 + "1", 1e-291),
        ("0" * 5000 + "1", 1),
        ("0." + "0" * 5000, 0),
    ],
)
def test_r12_a_number_is_a_sign_digits_and_a_fraction(text: str, value: float) -> None:
    parsed = parse_cell(text, FIELD)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,000", Code.NUMBER_THOUSANDS),
        ("-1,234,567.5", Code.NUMBER_THOUSANDS),
        ("8.21E+11", Code.NUMBER_SHORTENED),
        ("1e5", Code.NUMBER_SHORTENED),
        ("-8.2e-3", Code.NUMBER_SHORTENED),
        ("1234567890123456", Code.NUMBER_TOO_LONG),
        ("0.1234567890123456", Code.NUMBER_TOO_LONG),
        ("1" + "0" * 5000, Code.NUMBER_TOO_LONG),
        ("1,234,567,890,123,456", Code.NUMBER_TOO_LONG),
        ("0." + "0" * 301 + "1", Code.NUMBER_TOO_LONG),
        ("1,00", Code.NUMBER_INVALID),
        ("1 000", Code.NUMBER_INVALID),
        ("1_000", Code.NUMBER_INVALID),
        ("1.", Code.NUMBER_INVALID),
        (".5", Code.NUMBER_INVALID),
        ("--1", Code.NUMBER_INVALID),
        ("+-1", Code.NUMBER_INVALID),
        ("+", Code.NUMBER_INVALID),
        ("1.2.3", Code.NUMBER_INVALID),
        ("inf", Code.NUMBER_INVALID),
        ("-Infinity", Code.NUMBER_INVALID),
        ("nan", Code.NUMBER_INVALID),
        ("0x10", Code.NUMBER_INVALID),
        ("１２", Code.NUMBER_INVALID),
        ("١٢", Code.NUMBER_INVALID),
        ("−1", Code.NUMBER_INVALID),
        ("1원", Code.NUMBER_INVALID),
        ("1\n2", Code.NUMBER_INVALID),
    ],
)
def test_r12_anything_else_is_refused_for_its_own_reason(text: str, code: Code) -> None:
    parsed = parse_cell(text, FIELD)
    assert isinstance(parsed, Problem)
    assert parsed.code is code


def test_r12_a_thousands_comma_is_answered_with_the_number_without_it() -> None:
    assert parse_cell("-1,234,567.5", FIELD) == Problem(Code.NUMBER_THOUSANDS, FIELD.key, {"suggestion": "-1234567.5"})


@given(st.from_regex(r"\A[+-]?[0-9]{1,12}(\.[0-9]{1,12})?\Z"))
def test_r12_a_number_is_the_one_that_python_reads(text: str) -> None:
    parsed = parse_number(text, FIELD)
    if isinstance(parsed, Problem):
        assert parsed.code is Code.NUMBER_TOO_LONG
    else:
        assert parsed == float(text)


@given(st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_r12_a_printed_number_has_no_exponent_and_reads_back(value: float) -> None:
    text = print_number(value)
    assert "e" not in text.lower()
    parsed = parse_number(text, FIELD)
    assert parsed == value or (isinstance(parsed, Problem) and parsed.code is Code.NUMBER_TOO_LONG)
    assert math.isclose(float(text), value, rel_tol=0, abs_tol=0)


@pytest.mark.parametrize("text", ["true", "yes", "y", "1", "TRUE", "Yes", "Y", " tRuE "])
def test_r13_these_are_true(text: str) -> None:
    assert parse_cell(text, OPT_OUT) is True


@pytest.mark.parametrize("text", ["false", "no", "n", "0", "FALSE", "No", "N", "\ufefffAlSe"])
def test_r13_these_are_false(text: str) -> None:
    assert parse_cell(text, OPT_OUT) is False


@pytest.mark.parametrize(
    "text", ["t", "f", "on", "off", "2", "-1", "1.0", "예", "아니오", "O", "X", "ＴＲＵＥ", "１", "yesno"]
)
def test_r13_nothing_else_is_a_boolean(text: str) -> None:
    assert parse_cell(text, OPT_OUT) == Problem(Code.BOOLEAN_INVALID, UNSUBSCRIBE_EMAIL)
