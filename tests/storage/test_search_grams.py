"""The text index finds a text exactly where it stands, as the database itself finds it."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.core.query.texts import holds_word, simple_fold
from storage.dialects import text_index
from storage.dialects.sqlite import load_driver
from storage.grams import indexed_text, initials_phrase, word_phrase

letters = st.sampled_from('ab"*é김민서긴ㄱㅁ가\ue000\ue001🙂\n') | st.characters(codec="utf-8")
texts = st.text(letters, max_size=8)


@pytest.fixture(scope="module")
def index() -> Iterator[Any]:
    with contextlib.closing(load_driver().connect(":memory:", isolation_level=None)) as connection:
        yield connection


def is_found(index: Any, name: str, search_text: str, phrase: str) -> bool:
    text_index.make_empty(index, "held")
    text_index.add(index, "held", [(1, indexed_text(name, search_text))])
    (number,) = index.execute("SELECT count(*) FROM held WHERE held MATCH ?", (phrase,)).fetchone()
    return bool(number)


@settings(max_examples=300, deadline=None)
@given(before=texts, word=texts, after=texts, other=texts, name=texts)
@example(before="김", word="민", after="서", other="", name="김민서")
@example(before="a", word="김민", after="b", other="김\ue000민", name="김\ue000민")
@example(before="\0", word="abc", after="", other="a\ue000c", name="\0김")
def test_a_word_is_found_where_it_stands_and_nowhere_else(
    index: Any, before: str, word: str, after: str, other: str, name: str
) -> None:
    phrase = word_phrase(word)
    if phrase is None:
        assert len(word) < 3 or any(one < " " or one in "\ue000\ue001" for one in word)
        return
    assert is_found(index, name, before + word + after, phrase)
    assert is_found(index, name, other, phrase) is (word in other)


@settings(max_examples=300, deadline=None)
@given(name=texts, initials=st.text(st.sampled_from("ㄱㅁㅅㄲ김a é"), min_size=1, max_size=3))
@example(name="김민서", initials="ㄱㅁ")
@example(name="Kim 김", initials="m ㄱ")
def test_initials_are_found_in_the_name_and_syllables_with_the_same_consonant_as_well(
    index: Any, name: str, initials: str
) -> None:
    phrase = initials_phrase(initials)
    if phrase is None or not any(one in "ㄱㅁㅅㄲ" for one in initials):
        return
    stands_there = holds_word(simple_fold(name), initials)
    found = is_found(index, name, name, phrase)
    assert found or not stands_there
    if "김" not in initials:
        assert found is stands_there


def test_one_or_two_letters_and_what_nobody_can_be_called_are_not_asked_of_the_index() -> None:
    for text in ("", "a", "ab", "가\0나", "abc\n", "\ue000가", "가" * 2000):
        assert word_phrase(text) is None
    for text in ("abc", "ㄱ\ue001"):
        assert initials_phrase(text) is None
    assert None not in (word_phrase("가"), initials_phrase("ㄱ"))
