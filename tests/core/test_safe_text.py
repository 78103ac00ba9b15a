"""What customers' text may do to a terminal: nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.safe_text import make_visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("홍길동 VIP [b] :heart: é 😀", "홍길동 VIP [b] :heart: é 😀"),
        ("\x1b[31mred\x1b]0;title\x07", "␛[31mred␛]0;title␇"),
        ("a\x00b\tc\nd\re", "a␀b␉c␊d␍e"),
        ("\x7f", "␡"),
        ("\x9b31m", "<009B>31m"),
        ("\u202egnp.exe", "<202E>gnp.exe"),
        ("\u2066a\u2069", "<2066>a<2069>"),
        ("a\u200bb\u200d\ufeff", "a<200B>b<200D><FEFF>"),
        ("a\u00adb", "a<00AD>b"),
        ("a\u2028b\u2029", "a<2028>b<2029>"),
        ("\u3164\u115f\u1160\uffa0", "<3164><115F><1160><FFA0>"),
        ("\u034f\u17b4\u17b5\u2065\ufff0", "<034F><17B4><17B5><2065><FFF0>"),
        ("\U000e0001\U000e0041\U000e0fff", "<E0001><E0041><E0FFF>"),
        ("\ud800", "<D800>"),
        # these may stay
        ("e\u0301 \u20ac\u0301", "e\u0301 \u20ac\u0301"),
        ("❤\ufe0f \U000e0100", "❤\ufe0f \U000e0100"),
        ("\ue000 \U0010fffd", "\ue000 \U0010fffd"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("", ""),
    ],
)
def test_what_is_not_seen_or_moves_the_terminal_has_a_visible_stand_in(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_no_code_point_of_a_harmful_kind_comes_through() -> None:
    harmful = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    through = [
        code
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in harmful and chr(code) in make_visible(f"a{chr(code)}")
    ]
    assert through == []


def test_every_character_that_is_seen_stays_as_it_is() -> None:
    seen = "".join(
        chr(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code))[0] in "LNPSM"
        and code not in (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
    )
    assert make_visible(seen) == seen


@given(st.text(st.characters()))
def test_what_is_visible_is_not_changed_again_and_can_be_written(text: str) -> None:
    shown = make_visible(text)
    assert make_visible(shown) == shown
    shown.encode("utf-8")
    assert not set(shown) & {chr(code) for code in (*range(32), *range(0x7F, 0xA0))}
