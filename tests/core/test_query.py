"""The search line."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.core.query import Query, QueryMistake, parse_query, quoted, search_text
from crm_tui.core.text import fold


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("", Query()),
        ("  \t ", Query()),
        ("홍길동", Query(words=("홍길동",))),
        ("Kim  LEE", Query(words=("kim", "lee"))),
        ('"kim lee"', Query(words=("kim lee",))),
        ('ab"cd"', Query(words=("ab", "cd"))),
        ("tag:VIP", Query(tags=("vip",))),
        ("TAG:vip tag:등급/골드", Query(tags=("vip", "등급/골드"))),
        ('tag:"a ""b"" c"', Query(tags=('a "b" c',))),
        ("import:5월고객 김", Query(words=("김",), import_tags=("5월고객",))),
        ('import:"5월 고객"', Query(import_tags=("5월 고객",))),
        ("member:yes", Query(is_member=True)),
        ("Member:NO kim", Query(words=("kim",), is_member=False)),
        ('member:"yes" member:yes', Query(is_member=True)),
        ('""', Query()),
        ("tag:a:b", Query(tags=("a:b",))),
        # telephone numbers, however they are written
        ("010-2020-3030", Query(words=("01020203030",))),
        ('"+82 010-2020-3030"', Query(words=("+821020203030",))),
        ("2020", Query(words=("2020",))),
        # words with colons
        ("http://example.com", Query(words=("http://example.com",))),
        ("12:30", Query(words=("12:30",))),
        ("Re:Zero", Query(words=("re:zero",))),
        ('Dr:"Kim Lee"', Query(words=("dr:kim lee",))),
        ("x: ::", Query(words=("x:", "::"))),
        ("김:영업", Query(words=("김:영업",))),
    ],
)
def test_a_line_asks_for_words_tags_import_tags_and_members(line: str, query: Query) -> None:
    assert parse_query(line) == query


@pytest.mark.parametrize(
    ("line", "at", "expected"),
    [
        ('"abc', 0, '"'),
        ('kim "', 4, '"'),
        ('tag:"a', 4, '"'),
        ("tag:", 4, "tag:…"),
        ("kim import: x", 11, "import:…"),
        ('tag:""', 4, "tag:…"),
        ("member:", 7, "yes|no"),
        ("member:maybe", 7, "yes|no"),
        ('member:"maybe"', 7, "yes|no"),
        ("member:yes member:no", 18, "yes|no"),
        ("email:kim", 0, "tag: import: member:"),
        ("kim NAME:lee", 4, "tag: import: member:"),
        ("tags:vip", 0, "tag: import: member:"),
        ("mobileNumber:010", 0, "tag: import: member:"),
        ("blocked:yes", 0, "tag: import: member:"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right_there(line: str, at: int, expected: str) -> None:
    assert parse_query(line) == QueryMistake(at, expected)


@given(st.text(st.characters()) | st.text('tagimportmember:"" yesno\ud800', max_size=30))
@example('tag:"')
@example("member:")
def test_any_line_is_a_query_or_a_mistake_within_it(line: str) -> None:
    query = parse_query(line)
    if isinstance(query, QueryMistake):
        assert 0 <= query.at <= len(line)
        assert query.expected
    else:
        for word in (*query.words, *query.tags, *query.import_tags):
            assert word == fold(word) != ""
            word.encode("utf-8")


names = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: name.strip())


@given(names, names)
def test_every_tag_can_be_asked_for(tag: str, import_tag: str) -> None:
    line = f"tag:{quoted(tag)} import:{quoted(import_tag)} kim"
    assert parse_query(line) == Query(("kim",), (fold(tag.strip()),), (fold(import_tag.strip()),))


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("길동", True),
        ("HONG@", True),
        ("example.com", True),
        ("+821020203030", True),
        ("010-2020", True),
        ("3030", True),
        ('"82 10"', True),
        ("2020-3030", True),
        ("010-9999", False),
        ("kim", False),
    ],
)
def test_words_find_any_part_of_name_email_and_number(word: str, found: bool) -> None:
    query = parse_query(word)
    assert isinstance(query, Query)
    text = search_text("홍길동", "hong@Example.com", "+821020203030")
    assert all(word in text for word in query.words) is found


def test_what_a_customer_lacks_is_not_searched() -> None:
    assert search_text(None, None, None) == ""
    assert search_text("A", None, "+16502530000") == "a\n+16502530000"
