"""The search line: what it says, and where it is wrong."""

import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN, BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import (
    Alike,
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
    complete,
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
EMAIL, MOBILE, LANDLINE, NAME = (
    BUILT_IN[f"profile.{name}"] for name in ("email", "mobileNumber", "landlineNumber", "name")
)
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
        ("02)312-1234", word("02)312-1234", "023121234")),
        ("02)", word("02)", "02")),
        ("kim 02) 312-1234 lee", And((word("kim"), word("02) 312-1234", "023121234"), word("lee")))),
        ("02) 312 1234", word("02) 312 1234", "023121234")),
        ("(02)312-1234", word("(02)312-1234", "023121234")),
        ("((02) 312-1234 OR 031)", Or((word("(02) 312-1234", "023121234"), word("031")))),
        ("(kim 02)312", And((word("kim"), word("02"), word("312")))),
        ("０１０２０２０３０３０", word("０１０２０２０３０３０", "01020203030")),
        ("＋８２－１０－２０２０－３０３０", word("＋８２－１０－２０２０－３０３０", "+821020203030")),
        ("０１０ 2020 ３０３０", word("010 2020 3030", "01020203030")),
        ("０２)３１２－１２３４", word("０２)３１２－１２３４", "023121234")),
        ("０２）３１２", word("０２）３１２", "02312")),
        ("landlineNumber:02)312-1234", Contains(LANDLINE, ("023121234", "+8223121234"))),
        ("landlineNumber:(02)312 kim", And((Contains(LANDLINE, ("02312", "+822312")), word("kim")))),
        ("landlineNumber=(02) 312-1234", OneOf(LANDLINE, ("+8223121234",))),
        ("landlineNumber:(02)", OneOf(LANDLINE, ("+822",))),
        ("landlineNumber:((02)312-1234, 031)321-4321)", OneOf(LANDLINE, ("+8223121234", "+82313214321"))),
        ("(landlineNumber:02)312", And((Contains(LANDLINE, ("02", "+822")), word("312")))),
        ("mobileNumber:(０１０２０２０３０３０ ＋821012345678)", OneOf(MOBILE, ("+821020203030", "+821012345678"))),
        ("mobileNumber:０１０", Contains(MOBILE, ("010", "+8210"))),
        # consonants
        ("ㄱㅁㅅ", Initials("ㄱㅁㅅ")),
        ("김ㅁㅅ", Initials("김ㅁㅅ")),
        ("ㄳ", Initials("ㄱㅅ")),
        ("name:ㄱㅁㅅ", Initials("ㄱㅁㅅ")),
        ('name:"ㄱㅁㅅ KIM"', Initials("ㄱㅁㅅ kim")),
        ("name:ㄳ", Initials("ㄱㅅ")),
        ("name=ㄱㅁㅅ", OneOf(NAME, ("ㄱㅁㅅ",))),
        ("city:ㅅㅇ", Contains(CITY, ("ㅅㅇ",))),
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
        ('NOT"김"', Not(word("김"))),
        ('"a"OR"김"', Or((word("a"), word("김")))),
        ('a AND"b c"', And((word("a"), word("b c")))),
        ('not"b"', And((word("not"), word("b")))),
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
        ('city:("New York" Seoul "a,b" SEOUL)', Alike(CITY, ("new york", "seoul", "a,b"))),
        ('city=("New York" Seoul)', OneOf(CITY, ("New York", "Seoul"))),
        ("city!=(Seoul)", Not(OneOf(CITY, ("Seoul",)))),
        ("hobbies:(Golf chess)", Alike(HOBBIES, ("golf", "chess"))),
        ("hobbies=(Golf)", OneOf(HOBBIES, ("Golf",))),
        ("name:@list.txt", Alike(NAME, ("a@x.kr", "b@x.kr"))),
        ("memberId:(M1 m2)", OneOf(BUILT_IN["memberId"], ("M1", "m2"))),
        ("tags:(VIP)", OneOf(TAGS, ("vip",))),
        ("userImportTag:(June)", OneOf(IMPORTS, ("june",))),
        ("mobileNumber:(010-2020-3030 +821012345678)", OneOf(MOBILE, ("+821020203030", "+821012345678"))),
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


@pytest.mark.parametrize(
    ("line", "zone", "now", "begin"),
    [
        ("day:1m", "Asia/Seoul", "2026-03-01T00:30", "2026-02-01"),
        ("day:1y", "Asia/Seoul", "2026-03-01T00:30", "2025-03-01"),
        ("day:1m", "Asia/Seoul", "2026-03-31T08:00", "2026-02-28"),
        ("day:5d", "America/New_York", "2026-11-05T23:30", "2026-10-31"),
        ("day:1w", "America/New_York", "2026-11-05T00:30", "2026-10-29"),
        ("day:9999y", "Asia/Seoul", "2026-03-01T00:30", "0001-01-01"),
        ("day:999999d", "America/New_York", "2026-03-01T00:30", "0001-01-01"),
        ("lastSeenAt:1m", "Asia/Seoul", "2026-05-31T01:00", "2026-04-30T01:00"),
        ("lastSeenAt:1y", "Asia/Seoul", "2028-02-29T01:00", "2027-02-28T01:00"),
        ("lastSeenAt:5d", "America/New_York", "2026-11-05T23:30", "2026-10-31T23:30"),
        ("lastSeenAt:5d", "America/New_York", "2026-03-10T12:00", "2026-03-05T12:00"),
        ("lastSeenAt:24h", "America/New_York", "2026-11-01T12:00", "2026-10-31T13:00"),
        ("lastSeenAt:0d", "America/New_York", "2026-11-01T01:30-05:00", "2026-11-01T01:30-05:00"),
    ],
)
def test_some_time_ago_is_told_by_the_calendar_and_the_clocks_of_the_managers_zone(
    line: str, zone: str, now: str, begin: str
) -> None:
    place = ZoneInfo(zone)

    def moment(text: str) -> int:
        read = datetime.fromisoformat(text)
        return int((read if read.tzinfo else read.replace(tzinfo=place)).timestamp() * 1000)

    vocabulary = Vocabulary((Field("profile.day", FieldType.DATE), SEEN), now_ms=moment(now), zone=place)
    query = parse_query(line, vocabulary)
    assert isinstance(query, Query)
    assert isinstance(query.root, InRange)
    assert query.root.low == (begin if line.startswith("day") else moment(begin))


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
        ("2024)5", 4, 1, ("<opening_bracket>", "<quotes>")),
        ("02)kim", 2, 1, ("<opening_bracket>", "<quotes>")),
        ('tag:("""', 4, 4, (")",)),
        ("city:\u200b", 5, 1, ("<text>",)),
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
        case Word(texts) | Contains(_, texts) | Alike(_, texts):
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
        "02)",
        "city:(",
        "mobileNumber:(",
        "\u200b",
        "０１０",
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
    parts = (parse_query(line) for line in (f"tag:{quoted(tag)}", f"import:{quoted(import_tag)}"))
    assert query.root == And((*(part.root for part in parts if isinstance(part, Query)), word("kim")))


def test_what_a_customer_lacks_is_not_searched() -> None:
    assert search_text(None, None, None) == ""
    assert search_text("A", None, "+16502530000") == "a\n+16502530000"
    assert (
        search_text("홍길동", "hong@Example.com", "+821020203030")
        == "홍길동\nhong@example.com\n+821020203030\n01020203030"
    )


LABELLED = Vocabulary(
    fields=(
        *BUILT_IN_FIELDS,
        Field("profile.points", FieldType.NUMBER, "누적 구매액"),
        Field("profile.a", FieldType.NUMBER, "같은 이름"),
        Field("profile.b", FieldType.NUMBER, "같은 이름"),
        Field("profile.old", FieldType.NUMBER, "옛날", is_archived=True),
        *SYSTEM_FIELDS,
    )
)


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("이름:김", "name:김"),
        ("성함:김", "name:김"),
        ("누적구매액 >= 5", "points>=5"),
        ("이메일=A@x.kr", "email=a@x.kr"),
        ("휴대폰번호:3030", "mobileNumber:3030"),
        ("최근접속<30d", "lastSeenAt<30d"),
        ("has:누적구매액 no:메모", "has:points no:description"),
        ("태그:단골", "tags:단골"),
    ],
)
def test_a_field_may_be_called_by_its_label_without_spaces(line: str, same: str) -> None:
    assert parse_query(line, LABELLED) == parse_query(same, LABELLED)


@pytest.mark.parametrize("line", ["김:영업", "옛날:1", "같은이름:1", "점수>1", "홍:길:동"])
def test_r6_what_is_no_label_or_that_of_two_or_archived_fields_is_a_word(line: str) -> None:
    query = parse_query(line, LABELLED)
    assert isinstance(query, Query)
    assert isinstance(query.root, Word)


def test_labels_are_completed_where_hangul_is_typed() -> None:
    found = complete("누적", 2, LABELLED)
    assert found is not None
    assert found.candidates == ("누적구매액:",)
    found = complete("휴대", 2, LABELLED)
    assert found is not None
    assert found.candidates == ("휴대폰번호:",)
