"""R8, R9: trimming, NFC, control characters, line ends, length; how texts are compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN, DESCRIPTION
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold, parse_string, trim
from crm_tui.core.validation import parse_cell

FIELD = BUILT_IN[DESCRIPTION]
any_text = st.text(st.characters())


@pytest.mark.parametrize(
    "white",
    [*" \t\n\x0b\x0c\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000", "\r\n", "\ufeff", "\u200b", "\u3164"],
)
def test_r8_outer_white_space_of_every_kind_is_trimmed_and_alone_it_is_blank(white: str) -> None:
    assert parse_cell(f"{white}{white} a{white}b {white}", FIELD) == parse_cell(f"a{white}b", FIELD)
    assert parse_cell(white * 3, FIELD) is None


def test_r8_every_character_that_python_calls_space_is_trimmed() -> None:
    spaces = [chr(code) for code in range(0x110000) if chr(code).isspace()]
    assert [char for char in spaces if trim(f"{char}a{char}") != "a"] == []


def test_r8_an_empty_cell_is_blank() -> None:
    assert parse_cell("", FIELD) is None


def test_r8_text_is_stored_in_nfc() -> None:
    decomposed = unicodedata.normalize("NFD", "홍길동 café")
    assert parse_cell(decomposed, FIELD) == "홍길동 café"


@given(any_text)
def test_r8_trimming_twice_changes_nothing_more(text: str) -> None:
    assert trim(trim(text)) == trim(text)


@given(any_text)
def test_r8_trimmed_text_is_nfc_and_has_no_white_ends(text: str) -> None:
    trimmed = trim(text)
    assert unicodedata.is_normalized("NFC", trimmed)
    assert trimmed == trimmed.strip()


@pytest.mark.parametrize("char", [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))])
def test_r9_control_characters_are_refused_except_tab_and_line_ends(char: str) -> None:
    value = parse_string(f"a{char}b", FIELD)
    if char in "\t\n":
        assert value == f"a{char}b"
    elif char == "\r":
        assert value == "a\nb"
    else:
        assert value == Problem(Code.CONTROL_CHARACTER, DESCRIPTION, {"codepoint": f"U+{ord(char):04X}"})


def test_r9_a_line_end_of_windows_is_one_newline() -> None:
    assert parse_string("a\r\nb\r\n\r\nc", FIELD) == "a\nb\n\nc"


def test_r9_a_lone_surrogate_is_refused_as_it_cannot_be_stored() -> None:
    assert parse_string("a\ud800b", FIELD) == Problem(Code.CONTROL_CHARACTER, DESCRIPTION, {"codepoint": "U+D800"})


@pytest.mark.parametrize("char", ["a", "가", "😀", '"', "\u0301"])
def test_r9_512_code_points_are_taken_and_513_are_not(char: str) -> None:
    longest = "b" + char * 511
    assert parse_cell(longest, FIELD) == unicodedata.normalize("NFC", longest)
    assert parse_cell(longest + char, FIELD) == Problem(
        Code.STRING_TOO_LONG, DESCRIPTION, {"length": 513, "limit": 512}
    )


def test_r9_the_length_is_counted_after_trimming_and_composing() -> None:
    assert parse_cell(" " * 600 + unicodedata.normalize("NFD", "가" * 512) + " " * 600, FIELD) == "가" * 512


@pytest.mark.parametrize(
    ("one", "other"),
    [("VIP", "vip"), ("Straße", "STRASSE"), ("É", "e\u0301"), ("ΐ", "Ϊ́"), ("ΐ", "ΐ".upper()), ("가", "\u1100\u1161")],
)
def test_texts_that_differ_in_case_or_composition_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(any_text)
def test_folding_does_not_depend_on_case_nor_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(fold(text)) == fold(text)
