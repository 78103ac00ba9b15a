"""Lines that are written for a manager: from a form, and by completion; and the terms that can be taken out of one."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import (
    Completion,
    LinePart,
    Query,
    QueryMistake,
    Vocabulary,
    build_line,
    complete,
    parse_query,
    quoted,
    top_terms,
)
from crm_tui.core.query.nodes import both

FIELDS = (
    *BUILT_IN_FIELDS,
    Field("profile.city", FieldType.STRING),
    Field("profile.points", FieldType.NUMBER),
    Field("profile.vip", FieldType.BOOLEAN),
    Field("profile.tag", FieldType.STRING),
    Field("profile.oldGrade", FieldType.STRING, is_archived=True),
    *SYSTEM_FIELDS,
)
WORDS = Vocabulary(
    FIELDS,
    tags=("VIP", "등급/골드", "단골", "가을 행사", "a(b", 'say "hi"', "new-vip"),
    import_tags=("5월 고객", "June"),
    segments={"단골 손님": "tag:단골", "best": "tag:vip"},
)


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ([], ""),
        ([("", ":", "kim"), ("", ":", "kim lee")], 'kim "kim lee"'),
        ([("", ":", "AND"), ("", ":", "tag:vip"), ("", ":", "010")], '"AND" "tag:vip" "010"'),
        ([("tag", ":", "VIP"), ("import", ":", "5월 고객")], 'tag:VIP import:"5월 고객"'),
        ([("profile.city", "=", "서울"), ("profile.points", ">=", "-5")], "city=서울 points>=-5"),
        ([("profile.tag", ":", "x"), ("memberId", "=", "a(b")], 'profile.tag:x memberId="a(b"'),
        ([("profile.email", ":", "@x.kr")], 'email:"@x.kr"'),
        ([("has", ":", "email"), ("no", ":", "city"), ("member", ":", "yes")], "has:email no:city member:yes"),
        ([("lastSeenAt", "<", "30d"), ("segment", ":", 'a "b"')], 'lastSeenAt<30d segment:"a ""b"""'),
    ],
)
def test_a_form_writes_the_line_that_a_person_would(parts: list[tuple[str, str, str]], line: str) -> None:
    assert build_line(LinePart(*part) for part in parts) == line


texts = st.text(st.sampled_from('ab가ㄱ 0-5+.:=<>!()@,;"\t') | st.characters(codec="utf-8"), min_size=1, max_size=8)
line_parts = st.builds(LinePart, st.just(""), st.just(":"), texts) | st.builds(
    LinePart,
    st.sampled_from(
        ["tag", "import", "has", "no", "member", *(field.key for field in FIELDS if not field.is_archived)]
    ),
    st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="]),
    texts | st.sampled_from(["5", "yes", "30d", "2026-11", "05-04", "email", "member", "AND", "010-2020-3030"]),
)


@given(st.lists(line_parts, max_size=5))
def test_a_built_line_means_all_of_its_parts(parts: list[LinePart]) -> None:
    alone = [parse_query(build_line([part]), WORDS) for part in parts]
    assume(all(isinstance(one, Query) for one in alone))
    known = [one.root for one in alone if isinstance(one, Query) and one.root is not None]
    together = parse_query(build_line(parts), WORDS)
    assert together == (Query(both(known)) if known else Query())


@given(texts.filter(lambda text: text.strip() and "\0" not in text), st.sampled_from(["profile.city", "tag", ""]))
def test_a_built_text_is_looked_for_as_it_is(text: str, key: str) -> None:
    name = {"profile.city": "city:", "tag": "tag:", "": ""}[key]
    assert parse_query(build_line([LinePart(key, ":", text)]), WORDS) == parse_query(f"{name}{quoted(text)}", WORDS)


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("", []),
        ("kim", ["kim"]),
        (" kim  tag:vip AND NOT lee ", ["kim", "tag:vip", "NOT lee"]),
        ("NOT NOT a (b OR (c d)) NOT (e OR f)", ["NOT NOT a", "(b OR (c d))", "NOT (e OR f)"]),
        ('tag:"가을 행사" city:(a b)', ['tag:"가을 행사"', "city:(a b)"]),
        ("010 2020 3030 kim", ["010 2020 3030", "kim"]),
        ("a OR b", []),
        ("a b OR c", []),
        ("(a OR b)", ["(a OR b)"]),
        ("a (b", []),
        ("points>x", []),
    ],
)
def test_terms_that_are_joined_by_and_can_be_taken_out(line: str, terms: list[str]) -> None:
    spans = top_terms(line, WORDS)
    assert [span.text for span in spans] == terms
    assert [line[span.start : span.end] for span in spans] == terms


pieces = st.sampled_from(
    ["a", "kim", "tag:vip", "NOT", "(", ")", "OR", "AND", '"x y"', "points>5", "NOT(b)", "city:(a b)"]
)


@given(st.lists(pieces, max_size=10).map(" ".join), st.data())
def test_a_line_of_some_of_its_terms_asks_for_just_these(line: str, data: st.DataObject) -> None:
    terms = [span.text for span in top_terms(line, WORDS)]
    assume(terms)
    kept = [term for term in terms if data.draw(st.booleans())]
    alone = [parse_query(term, WORDS) for term in kept]
    roots = [one.root for one in alone if isinstance(one, Query) and one.root is not None]
    assert len(roots) == len(kept)
    assert parse_query(" ".join(kept), WORDS) == (Query(both(roots)) if roots else Query())


def at(marked: str) -> tuple[str, int]:
    """Return a line and the place of the cursor, which `|` marks."""
    return marked.replace("|", ""), marked.index("|")


@pytest.mark.parametrize(
    ("marked", "replaced", "first"),
    [
        ("poi|", "poi", ("points:",)),
        ("kim poi|", "poi", ("points:",)),
        ("(poi|", "poi", ("points:",)),
        ("po|i kim", "poi", ("points:",)),
        ("po|i>=5", "poi", ("points",)),
        ("po|i:5", "poi:", ("points:",)),
        ("TA|", "TA", ("tag:", "tags:", "profile.tag:")),
        ("tag|", "tag", ("tag:", "tags:", "profile.tag:")),
        ("points|", "points", ("points:", "points=", "points!=", "points<", "points<=", "points>", "points>=")),
        ("vip|", "vip", ("vip:", "vip=", "vip!=")),
        ("A|", "A", ("AND",)),
        ("a N|", "N", ("NOT",)),
        ("O|", "O", ("OR",)),
        ("tag:|", "", ("VIP", "등급/골드", "단골", '"가을 행사"', '"a(b"', '"say ""hi"""', "new-vip")),
        ("tag:v|", "v", ("VIP", "new-vip")),
        ("tag:V|IP kim", "VIP", ("VIP", "new-vip")),
        ("tag!=vi|", "vi", ("VIP", "new-vip")),
        ("NOT (tag:골|)", "골", ("등급/골드",)),
        ("tag:ㄷㄱ|", "ㄷㄱ", ("등급/골드", "단골")),
        ("tag:ㄱㅎ|", "ㄱㅎ", ()),
        ("tag:ㄱㅇ|", "ㄱㅇ", ('"가을 행사"',)),
        ('tag:"가|', '"가', ('"가을 행사"',)),
        ('tag:"가|을" kim', '"가을"', ('"가을 행사"',)),
        ('tag:"가을 |', '"가을 ', ('"가을 행사"',)),
        ('tag:"say ""|', '"say ""', ('"say ""hi"""',)),
        ("tag:(vip, 단|", "단", ("단골",)),
        ('tag:(vip "가|', '"가', ('"가을 행사"',)),
        ("import:5|", "5", ('"5월 고객"',)),
        ("import:고객|", "고객", ('"5월 고객"',)),
        ("segment:|", "", ('"단골 손님"', "best")),
        ("member:|", "", ("yes", "no")),
        ("member:n|", "n", ("no",)),
        ("vip=|", "", ("yes", "no")),
        ("type:m|", "m", ("member",)),
        ("has:poi|", "poi", ("points",)),
        ("no:cit|", "cit", ("city",)),
        ("tags:골|", "골", ("등급/골드",)),
    ],
)
def test_what_may_stand_at_the_cursor_is_offered_the_likeliest_first(
    marked: str, replaced: str, first: tuple[str, ...]
) -> None:
    line, cursor = at(marked)
    found = complete(line, cursor, WORDS)
    if not first:
        assert found is None
        return
    assert found is not None
    assert line[found.start : found.end] == replaced
    assert found.candidates[: len(first)] == first


@pytest.mark.parametrize(
    "marked",
    ["|", "kim |", "points:5|", '"quo|', "city:|", "oldGrade:|", "points>|", "zzzz|", "12|", "김|", "email:x|"],
)
def test_where_nothing_is_known_nothing_is_offered(marked: str) -> None:
    assert complete(*at(marked), WORDS) is None


@pytest.mark.parametrize("piece", ["a", "tag:(", "tag:()", '"', "a.", "tag:", "(", 'x:"'])
def test_completion_in_a_line_of_a_megabyte_takes_no_time(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    start = time.process_time()
    for cursor in (len(line), len(line) // 2):
        complete(line, cursor, WORDS)
    assert time.process_time() - start < 3


def test_at_most_fifty_names_are_offered_those_that_begin_so_first() -> None:
    many = Vocabulary(tags=tuple(f"x{number}" for number in range(100)) + tuple(f"y{number}" for number in range(500)))
    found = complete("tag:y", 5, many)
    assert isinstance(found, Completion)
    assert found.candidates == tuple(f"y{number}" for number in range(50))


snippets = st.sampled_from(
    [
        "kim ",
        "tag:",
        "import:",
        "segment:",
        "member:",
        "has:",
        "NOT ",
        "(",
        ") ",
        '"',
        "v",
        "ㄷ",
        "가",
        "po",
        "city:",
        "a OR ",
        " ",
    ]
)


@given(st.lists(snippets, max_size=6).map("".join), st.data())
def test_a_completed_value_is_understood(line: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(line)))
    found = complete(line, cursor, WORDS)
    if found is None:
        return
    assert 0 <= found.start <= cursor <= found.end <= len(line)
    before = line[: found.start]
    assume(any(isinstance(parse_query(f"{before}{value}", WORDS), Query) for value in ("x", "yes", "city")))
    chosen = data.draw(st.sampled_from(found.candidates))
    query = parse_query(f"{before}{chosen}", WORDS)
    if isinstance(query, QueryMistake):
        # Nothing is wrong but that something is still missing behind it.
        assert (query.at, query.length) == (len(before) + len(chosen), 0)
        assert chosen.endswith((*":=<>", "AND", "OR", "NOT"))
