"""Cells of a CSV file that a spreadsheet would run, or change when it saves them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.spreadsheet_text import GUARD, guarded
from crm_tui.core.text import trim


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_what_may_be_a_formula_is_guarded(sign: str) -> None:
    assert guarded(f"{sign}1+1") == f"{GUARD}{sign}1+1"
    assert guarded(f"a{sign}1") == f"a{sign}1"


@pytest.mark.parametrize(
    "cell",
    [
        *("00123", "007", "-0", "1.50", "1.", ".5", "1e5", "8.21E+11", "123456789012", "1234567.891", "1,000"),
        *("3-4", "1/2", "10:30", "2026-11-24", "5%", "(5)", "$5", "₩5", "￦5", "\\5", "+821020203030", "１２３"),
        *("TRUE", "false", "True", "May 4", "MAR3", "sep-12", "september 2026", "오전 10시", "오후3:00", "5월 4일"),
    ],
)
def test_what_a_spreadsheet_would_write_in_another_way_is_guarded(cell: str) -> None:
    assert guarded(cell) == GUARD + cell


@pytest.mark.parametrize(
    "cell",
    [
        *("", "0", "7", "-7", "12345678901", "-12345678901", "1.5", "-12.5", "0.001", "12345.67"),
        *("홍길동", "kim@example.com", "M00123", "a-b", "truely", "May", "march on", "오전", "#N/A", "'quoted", "[1]"),
    ],
)
def test_what_stays_as_it_is_is_not_guarded(cell: str) -> None:
    assert guarded(cell) == cell


@given(st.text())
def test_r8_the_guard_is_trimmed_away(cell: str) -> None:
    assert trim(guarded(cell)) == trim(cell)


@given(st.text())
def test_no_cell_begins_like_a_formula_unless_it_is_a_plain_number(cell: str) -> None:
    written = guarded(cell)
    assert written[:1] not in tuple("=+@\r＝＋－＠")
    assert not written.startswith("-") or written[1:].replace(".", "").isdigit()
