"""Text in terminal cells: two for Hangul."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.cli.cells import cut, pad, width, wrap
from crm_tui.core.safe_text import make_visible


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("한글", 4), ("한a", 3), ("e\u0301", 1), ("a\x1bb", 2), ("😀", 2), ("…─", 2)],
)
def test_a_text_is_as_wide_as_a_terminal_draws_it(text, cells):
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("한글", 4, "한글"),
        ("한글", 3, "한…"),
        ("한글", 2, "…"),
        ("abcd", 3, "ab…"),
        ("a한b", 3, "a…"),
        ("", 5, ""),
        ("☁\ufe0f☁\ufe0f", 3, "☁\ufe0f…"),
    ],
)
def test_a_text_is_cut_between_characters(text, cells, shown):
    assert cut(text, cells) == shown


@given((st.text() | st.text("a한☁❤\ufe0f\u200d\u0301👨👩")).map(make_visible), st.integers(1, 30))
def test_a_cut_text_is_never_wider_than_asked(text, cells):
    assert width(cut(text, cells)) <= cells
    assert width(pad(cut(text, cells), cells)) == cells


@given(st.lists(st.text("가나ab", min_size=1, max_size=6)), st.integers(12, 40))
def test_wrapping_keeps_every_word_in_order(words, cells):
    lines = wrap(" ".join(words), cells)
    assert " ".join(lines).split() == words
    assert all(width(line) <= cells for line in lines)


def test_lines_are_broken_at_spaces_by_cells():
    assert wrap("한글 두 글자는 네 칸", 9) == ["한글 두", "글자는 네", "칸"]
