"""The search line: what it says, and where it is wrong."""

import time
from datetime import timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN, BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import (
    EVERYBODY,
    And,
    Contains,
    HasValue,
    InAnyYear,
    Initials,
    InRange,
    InSpans,
    IsMember,
    ListProblem,
    Node,
    Not,
    OneOf,
    Or,
    Query,
    QueryMistake,
    Vocabulary,
    Word,
    parse_query,
    quoted,
    search_text,
)

NOW = 1_750_000_000_000
"""2025-06-15 15:06:40 UTC."""
DAY = 86_400_000
CITY = Field("profile.city", FieldType.STRING)
POINTS = Field("profile.points", FieldType.NUMBER)
VIP = Field("profile.vip", FieldType.BOOLEAN)
BIRTHDAY = Field("profile.birthday", FieldType.DATE)
JOINED = Field("profile.joinedAt", FieldType.DATETIME)
HOBBIES = Field("profile.hobbies", FieldType.LIST)
SIZES = Field("profile.sizes", FieldType.LIST_OF_NUMBER)
GONE = Field("profile.oldGrade", FieldType.STRING, is_archived=True)
TAG_FIELD = Field("profile.tag", FieldType.STRING)
FIELDS = (*BUILT_IN_FIELDS, CITY, POINTS, VIP, BIRTHDAY, JOINED, HOBBIES, SIZES, GONE, TAG_FIELD, *SYSTEM_FIELDS)
SYSTEM = {field.key: field for field in SYSTEM_FIELDS}
EMAIL, MOBILE, NAME = (BUILT_IN[f"profile.{name}"] for name in ("email", "mobileNumber", "name"))
TAGS, IMPORTS = BUILT_IN["tags"], SYSTEM["userImportTag"]
SEEN, CREATED = SYSTEM["lastSeenAt"], SYSTEM["createdAt"]
FILES: dict[str, tuple[str, ...] | ListProblem] = {
    "list.txt": ("a@x.kr", "B@x.kr"),
    "my list.txt": ("c@x.kr",),
    "bad.txt": ListProblem.UNDECODABLE,
    "huge.txt": ListProblem.TOO_LARGE,
    "words.txt": ("one", "2"),
    "empty.txt": (),
}
SEGMENTS = {
    "단골": "tag:vip points>=100",
    "a b": "segment:단골 OR kim",
    "loop": "x OR segment:LOOP",
    "ping": "segment:pong",
    "pong": "segment:ping",
    "broken": "oldGrade:x",
    "all": "",
}
WORDS = Vocabulary(
    FIELDS,
    segments=SEGMENTS,
    now_ms=NOW,
    zone=timezone(timedelta(hours=9)),
    read_list=lambda path: FILES.get(path, ListProblem.MISSING),
)


def read(line: str) -> Node | QueryMistake | None:
    query = parse_query(line, WORDS)
    return query.root if isinstance(query, Query) else query


def word(*texts: str) -> Word:
    return Word(texts)


@pytest.mark.parametrize(
    ("line", "root"),
    [
        ("", None),
        ("  \t ", None),
        ("홍길동", word("홍길동")),
        ("Kim  LEE", And((word("kim"), word("lee")))),
        ("kim kim", word("kim")),
        ('"kim lee"', word("kim lee")),
        ('ab"cd"', And((word("ab"), word("cd")))),
        ("tag:VIP", OneOf(TAGS, ("vip",))),
        ("TAG:vip tag=등급/골드", And((OneOf(TAGS, ("vip",)), OneOf(TAGS, ("등급/골드",))))),
        ('tag:"a ""b"" c"', OneOf(TAGS, ('a "b" c',))),
        ("tag!=vip", Not(OneOf(TAGS, ("vip",)))),
        ("tag:(vip, Gold)", OneOf(TAGS, ("vip", "gold"))),
        ('import:"5월 고객" 김', And((OneOf(IMPORTS, ("5월 고객",)), word("김")))),
        ("member:yes", IsMember(True)),
        ('Member:"NO"', IsMember(False)),
        ("type:lead", IsMember(False)),
        ("type=MEMBER", IsMember(True)),
        ('""', None),
        ("tag:a:b", OneOf(TAGS, ("a:b",))),
        ("profile.tag:x", Contains(TAG_FIELD, ("x",))),
        # telephone numbers, however they are written; a date is a text too
        ("010-2020-3030", word("010-2020-3030", "01020203030")),
        ('"+82 10-2020-3030"', word("+82 10-2020-3030", "+821020203030")),
        ("+82 010-2020-3030", word("+82 010-2020-3030", "+821020203030")),
        ("+82 10 2020 3030", word("+82 10 2020 3030", "+821020203030")),
        ("010 2020 3030 kim", And((word("010 2020 3030", "01020203030"), word("kim")))),
        ("010 3030", And((word("010"), word("3030")))),
        ("(02) 123", And((word("02"), word("123")))),
        ("2024.05", word("2024.05", "202405")),
        ("2020", word("2020")),
        ("-5", word("-5")),
        # consonants
        ("ㄱㅁㅅ", Initials("ㄱㅁㅅ")),
        ("김ㅁㅅ", Initials("김ㅁㅅ")),
        ("ㄳ", Initials("ㄱㅅ")),
        # words with colons, brackets and signs
        ("http://example.com", word("http://example.com")),
        ("12:30", word("12:30")),
        ("Re:Zero", word("re:zero")),
        ('Dr:"Kim Lee"', word("dr:kim lee")),
        ("x: ::", And((word("x:"), word("::")))),
        ("김:영업", word("김:영업")),
        ("김(영업)", word("김(영업)")),
        ("(김(영업))", word("김(영업)")),
        ("and or not", And((word("and"), word("or"), word("not")))),
        ("ANDREA ORLA NOTE", And((word("andrea"), word("orla"), word("note")))),
        # AND, OR, NOT and brackets
        ("a OR b c", Or((word("a"), And((word("b"), word("c")))))),
        ("a AND b OR c", Or((And((word("a"), word("b"))), word("c")))),
        ("(a OR b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("(a OR b)OR(c)", Or((word("a"), word("b"), word("c")))),
        ("NOT a b", And((Not(word("a")), word("b")))),
        ("NOT NOT a", word("a")),
        ("NOT(a OR b)", Not(Or((word("a"), word("b"))))),
        ('"AND"', word("and")),
        # fields
        ("city:서울", Contains(CITY, ("서울",))),
        ("PROFILE.City:Seoul", Contains(CITY, ("seoul",))),
        ("city=Seoul", OneOf(CITY, ("Seoul",))),
        ("city!=Seoul", Not(OneOf(CITY, ("Seoul",)))),
        ('city="New York"', OneOf(CITY, ("New York",))),
        ("city>=M", InRange(CITY, low="M")),
        ("city = Seoul", OneOf(CITY, ("Seoul",))),
        ("email=Kim@X.KR", OneOf(EMAIL, ("kim@x.kr",))),
        ("email:KIM", Contains(EMAIL, ("kim",))),
        ("memberId=M1", OneOf(BUILT_IN["memberId"], ("M1",))),
        ("mobileNumber=010-2020-3030", OneOf(MOBILE, ("+821020203030",))),
        ("mobileNumber:2020", Contains(MOBILE, ("2020",))),
        ("mobileNumber:010", Contains(MOBILE, ("010", "+8210"))),
        ("points:5", OneOf(POINTS, (5,))),
        ("points=-2.50", OneOf(POINTS, (-2.5,))),
        ("points > 5", InRange(POINTS, low=5, with_low=False)),
        ("points<=5", InRange(POINTS, high=5, with_high=True)),
        ("points>=5 points<10", And((InRange(POINTS, low=5), InRange(POINTS, high=10)))),
        ("points:(1 2;3)", OneOf(POINTS, (1, 2, 3))),
        ("id:(3, 4)", OneOf(SYSTEM["id"], (3, 4))),
        ("vip:yes", OneOf(VIP, (True,))),
        ("unsubscribeEmail=FALSE", OneOf(BUILT_IN["unsubscribeEmail"], (False,))),
        ("hobbies:Golf", Contains(HOBBIES, ("golf",))),
        ("hobbies=Golf", OneOf(HOBBIES, ("Golf",))),
        ("sizes>90", InRange(SIZES, low=90, with_low=False)),
        ("tags:VI", Contains(TAGS, ("vi",))),
        ("has:email", HasValue(EMAIL)),
        ("no:Profile.City", Not(HasValue(CITY))),
        ("has:tag no:import", And((HasValue(TAGS), Not(HasValue(IMPORTS))))),
        # lists of values
        ("email:(a@x.kr, b@y.kr c@z.kr)", OneOf(EMAIL, ("a@x.kr", "b@y.kr", "c@z.kr"))),
        ('city:("New York" Seoul "a,b")', OneOf(CITY, ("New York", "Seoul", "a,b"))),
        ("email!=(a@x.kr)", Not(OneOf(EMAIL, ("a@x.kr",)))),
        ("email:@list.txt", OneOf(EMAIL, ("a@x.kr", "b@x.kr"))),
        ('email=@"my list.txt"', OneOf(EMAIL, ("c@x.kr",))),
        ('email:"@x.kr"', Contains(EMAIL, ("@x.kr",))),
        ("tag:@list.txt", OneOf(TAGS, ("a@x.kr", "b@x.kr"))),
        ("email:@empty.txt", Or(())),
        # segments
        ("segment:단골", And((OneOf(TAGS, ("vip",)), InRange(POINTS, low=100)))),
        ('NOT segment:"A B"', Not(Or((And((OneOf(TAGS, ("vip",)), InRange(POINTS, low=100))), word("kim"))))),
        ("segment:all", None),
        ("segment:all kim", word("kim")),
    ],
)
def test_a_line_means(line: str, root: Node | None) -> None:
    assert read(line) == root


def day(text: str) -> int:
    """The midnight in the zone of the tests, as it is stored."""
    from datetime import datetime

    return int(datetime.fromisoformat(f"{text}T00:00+09:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("line", "root"),
    [
        ("createdAt:2026-11-01", InRange(CREATED, day("2026-11-01"), day("2026-11-02"))),
        ("createdAt=2026-11", InRange(CREATED, day("2026-11-01"), day("2026-12-01"))),
        ("createdAt:2026-12", InRange(CREATED, day("2026-12-01"), day("2027-01-01"))),
        ("createdAt:2026", InRange(CREATED, day("2026-01-01"), day("2027-01-01"))),
        ("createdAt>=2026-11-01", InRange(CREATED, low=day("2026-11-01"))),
        ("createdAt>2026-11-01", InRange(CREATED, low=day("2026-11-02"))),
        ("createdAt<2026-11", InRange(CREATED, high=day("2026-11-01"))),
        ("createdAt<=2026.11.1", InRange(CREATED, high=day("2026-11-02"))),
        ("createdAt!=2026", Not(InRange(CREATED, day("2026-01-01"), day("2027-01-01")))),
        ("createdAt>=2026-11-01T09:30", InRange(CREATED, low=day("2026-11-01") + 34_200_000)),
        (
            "createdAt:2026-11-01T09:30",
            InRange(CREATED, day("2026-11-01") + 34_200_000, day("2026-11-01") + 34_260_000),
        ),
        ("createdAt=1970-01-01T00:00:01Z", InRange(CREATED, 1000, 2000)),
        ("createdAt=1970-01-01T00:00:00.25Z", InRange(CREATED, 250, 251)),
        ("lastSeenAt<30d", InRange(SEEN, NOW - 30 * DAY, NOW, with_low=False, with_high=True)),
        ("lastSeenAt<=2w", InRange(SEEN, NOW - 14 * DAY, NOW, with_high=True)),
        ("lastSeenAt:12h", InRange(SEEN, NOW - DAY // 2, NOW, with_high=True)),
        ("lastSeenAt>1D", InRange(SEEN, high=NOW - DAY)),
        ("lastSeenAt>=1d", InRange(SEEN, high=NOW - DAY, with_high=True)),
        ("lastSeenAt>1y", InRange(SEEN, high=NOW - 365 * DAY)),
        ("lastSeenAt>6m", InRange(SEEN, high=NOW - 182 * DAY)),
        ("birthday:2000-05-04", InRange(BIRTHDAY, "2000-05-04", "2000-05-05")),
        ("birthday:2000-02", InRange(BIRTHDAY, "2000-02-01", "2000-03-01")),
        ("birthday<2000", InRange(BIRTHDAY, high="2000-01-01")),
        ("birthday:05-04", InAnyYear(BIRTHDAY, "05-04")),
        ("birthday=2.29", InAnyYear(BIRTHDAY, "02-29")),
        ("birthday!=05-04", Not(InAnyYear(BIRTHDAY, "05-04"))),
        # it is the 16th already where the manager is
        ("birthday<30d", InRange(BIRTHDAY, "2025-05-17", "2025-06-16", with_low=False, with_high=True)),
        ("birthday>1y", InRange(BIRTHDAY, high="2024-06-16")),
    ],
)
def test_days_are_those_of_the_managers_zone(line: str, root: Node) -> None:
    assert read(line) == root


def test_a_day_of_any_year_is_a_span_of_every_year_where_moments_are_compared() -> None:
    node = read("joinedAt:02-29")
    assert isinstance(node, InSpans)
    assert node.spans[0] == (day("1904-02-29"), day("1904-03-01"))
    assert node.spans[-1] == (day("2024-02-29"), day("2024-03-01"))


@pytest.mark.parametrize(
    ("line", "at", "length", "expected"),
    [
        ('"abc', 0, 4, ('"',)),
        ('kim "', 4, 1, ('"',)),
        ('tag:"a', 4, 2, ('"',)),
        ("tag:", 4, 0, ("<tag_name>",)),
        ("kim import: x", 11, 0, ("<import_name>",)),
        ('tag:""', 4, 0, ("<tag_name>",)),
        ("member:", 7, 0, ("yes", "no")),
        ("member:maybe", 7, 5, ("yes", "no")),
        ("member>yes", 6, 1, (":", "=", "!=")),
        ("type:customer", 5, 8, ("member", "lead")),
        ("emial:kim", 0, 5, ("email:", "<field>")),
        ("kim names:lee", 4, 5, ("name:", "<field>")),
        ("profile.unknown:1", 0, 15, ("<field>",)),
        ("mobile:010", 0, 6, ("<field>",)),
        ("nothing>=5", 0, 7, ("<field>",)),
        ("oldGrade:x", 0, 8, ("<field_not_archived>",)),
        ("has:oldGrade", 4, 8, ("<field>",)),
        ("has:", 4, 0, ("<field>",)),
        ("no:nothing", 3, 7, ("<field>",)),
        ("has=email", 3, 1, (":",)),
        ("points:x", 7, 1, ("<number>",)),
        ("points>", 7, 0, ("<number>",)),
        ("points>1,000", 7, 5, ("<number>",)),
        ("points>(1 2)", 7, 5, ("<one_value>",)),
        ("points:()", 7, 2, ("<values>",)),
        ("points:(1 x)", 7, 5, ("<number>",)),
        ("points:(1", 7, 2, (")",)),
        ("vip:maybe", 4, 5, ("yes", "no")),
        ("vip>yes", 3, 1, (":", "=", "!=")),
        ("hobbies<a", 7, 1, (":", "=", "!=")),
        ("city:", 5, 0, ("<text>",)),
        ("birthday:2000-13", 9, 7, ("2026-11-01", "2026-11", "11-01", "30d")),
        ("birthday:12h", 9, 3, ("2026-11-01", "2026-11", "11-01", "30d")),
        ("birthday>05-04", 9, 5, (":", "=", "!=")),
        ("createdAt:yesterday", 10, 9, ("2026-11-01", "2026-11", "2026-11-01T09:00", "30d")),
        ("createdAt=30d", 10, 3, (":", "<", "<=", ">", ">=")),
        ("(a", 0, 2, (")",)),
        ("a (b OR (c)", 2, 9, (")",)),
        ("a)", 1, 1, ("<opening_bracket>", "<quotes>")),
        ("()", 1, 1, ("<term>", "(")),
        ("OR a", 0, 2, ("<term>", "(")),
        ("a OR", 4, 0, ("<term>", "(")),
        ("a AND OR b", 6, 2, ("<term>", "(")),
        ("NOT", 3, 0, ("<term>", "(")),
        ("email:@nowhere.txt", 6, 12, ("<file>",)),
        ("email:@bad.txt", 6, 8, ("<utf8_file>",)),
        ("email:@huge.txt", 6, 9, ("<small_file>",)),
        ("points:@words.txt", 7, 10, ("<number>",)),
        ("segment:nobody", 8, 6, ("단골", "a b", "loop", "ping", "pong", "<segment_name>")),
        ("segment:loop", 8, 4, ("<other_segment>",)),
        ("segment:ping", 8, 4, ("<other_segment>",)),
        ("segment:broken", 8, 6, ("<whole_segment>",)),
        ("(" * 21 + "a" + ")" * 21, 20, 1, ("<fewer_brackets>",)),
        ("x " * 200 + "y", 400, 1, ("<fewer_terms>",)),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right_there(
    line: str, at: int, length: int, expected: tuple[str, ...]
) -> None:
    assert read(line) == QueryMistake(at, length, expected)


def test_brackets_twenty_deep_and_two_hundred_terms_are_taken() -> None:
    assert read("(" * 20 + "a" + ")" * 20) == word("a")
    assert isinstance(read(" ".join(f"w{number}" for number in range(200))), And)


def test_segments_that_grow_by_each_other_are_refused_in_time() -> None:
    segments = {"s0": "a b"} | {f"s{number}": f"segment:s{number - 1} segment:s{number - 1}" for number in range(1, 20)}
    query = parse_query("segment:s19", Vocabulary(segments=segments))
    assert query == QueryMistake(8, 3, ("<fewer_terms>",))


@pytest.mark.parametrize(
    "line",
    [
        "(" * 1_000_000,
        "NOT " * 250_000 + "a",
        "a " * 500_000,
        "1 " * 500_000,
        '"' * 1_000_001,
        "a" * 1_000_000,
        "a(" * 500_000,
        "x()" * 300_000,
        "email:(" * 100_000,
        "email:(" + "a@x.kr " * 140_000 + ")",
        "a:" * 500_000,
        "a." * 500_000,
        "OR " * 300_000,
        " " * 1_000_000,
    ],
    ids=lambda line: f"{line[:10]}…",
)
def test_a_line_of_a_megabyte_neither_crashes_nor_hangs(line: str) -> None:
    start = time.process_time()
    assert isinstance(parse_query(line, WORDS), Query | QueryMistake)
    assert time.process_time() - start < 5


def texts_in(node: Node | None) -> list[str]:
    match node:
        case And(parts) | Or(parts):
            return [text for part in parts for text in texts_in(part)]
        case Not(part):
            return texts_in(part)
        case Word(texts) | Contains(_, texts):
            return list(texts)
        case Initials(text):
            return [text]
        case OneOf(_, values):
            return [str(value) for value in values]
        case _:
            return []


pieces = st.sampled_from(
    [
        "tag:",
        "import:",
        "member:yes",
        "segment:단골",
        "has:",
        "points>=",
        "5",
        '"',
        "(",
        ")",
        " AND ",
        " OR ",
        "NOT ",
        " ",
        "a",
        "birthday:05-04",
        "lastSeenAt<30d",
        "email:@list.txt",
        "ㄱㅁ",
        ",",
        "=",
        "!=",
        "<",
        "x:",
        "010-2020",
        "\ud800",
        "\x00",
    ]
)


@given(st.text(st.characters()) | st.lists(pieces, max_size=12).map("".join))
@example('tag:"')
@example("member:")
def test_any_line_is_a_query_or_a_mistake_within_it(line: str) -> None:
    query = parse_query(line, WORDS)
    if isinstance(query, QueryMistake):
        assert 0 <= query.at <= query.at + query.length <= len(line)
        assert all(query.expected)
    else:
        for text in texts_in(query.root):
            assert text
            assert "\0" not in text
            text.encode("utf-8")


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(lambda name: name.strip())


@given(names, names)
def test_every_tag_can_be_asked_for(tag: str, import_tag: str) -> None:
    query = parse_query(f"tag:{quoted(tag)} import:{quoted(import_tag)} kim", WORDS)
    assert isinstance(query, Query)
    assert query.parts == (
        *(parse_query(line).root for line in (f"tag:{quoted(tag)}", f"import:{quoted(import_tag)}")),
        word("kim"),
    )
    assert len(query.tags) == len(query.import_tags) == 1


def test_what_stands_at_the_top_of_a_line_can_be_asked() -> None:
    query = parse_query("tag:VIP import:May member:no kim (a OR b)")
    assert isinstance(query, Query)
    assert (query.tags, query.import_tags, query.is_member) == (("vip",), ("may",), False)
    assert (EVERYBODY.parts, EVERYBODY.tags, EVERYBODY.is_member) == ((), (), None)


def test_what_a_customer_lacks_is_not_searched() -> None:
    assert search_text(None, None, None) == ""
    assert search_text("A", None, "+16502530000") == "a\n+16502530000"
    assert (
        search_text("홍길동", "hong@Example.com", "+821020203030")
        == "홍길동\nhong@example.com\n+821020203030\n01020203030"
    )
