"""One search, two executions: the database finds exactly the customers whom `core.query.matches` finds."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from crm_tui.core.fields import BUILT_IN_FIELDS, LIST_TYPES, SESSIONS_COUNT, SYSTEM_FIELDS, UPDATED_AT, Field, FieldType
from crm_tui.core.merging import Profile
from crm_tui.core.query import Query, Vocabulary, matches, parse_query, quoted
from crm_tui.core.text import trim
from crm_tui.services.profiles import Customer, columns_of, customer_of
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored
from storage import search, search_parts, value_indexes
from storage.search import Order
from storage.sql import driver_connection

CUSTOM = (
    Field("profile.grade", FieldType.STRING),
    Field("profile.points", FieldType.NUMBER),
    Field("profile.vip", FieldType.BOOLEAN),
    Field("profile.birthday", FieldType.DATE),
    Field("profile.joinedAt", FieldType.DATETIME),
    Field("profile.hobbies", FieldType.LIST),
    Field("profile.sizes", FieldType.LIST_OF_NUMBER),
)
FIELDS = BUILT_IN_FIELDS + CUSTOM + SYSTEM_FIELDS
NOW = 1_750_000_000_000
DAY = 86_400_000
WORDS = Vocabulary(FIELDS, now_ms=NOW, zone=timezone(timedelta(hours=9)), segments={"s": "a OR tag:vip"})

texts = st.sampled_from(
    ["a", "B", "b", "ß", "SS", "김민서", "김철수", "까치", "ㄱ", "É", "é", "*", "a[b", "x?", "İ", "100%", "Kk"]
)
moments = st.integers(NOW - 500 * DAY, NOW + DAY) | st.sampled_from([NOW, NOW - 30 * DAY, NOW - 30 * DAY - 1, 0, -DAY])
numbers = st.sampled_from([0, 1, -5, 2.5, 1000, 10**14, -0.25])
values = st.fixed_dictionaries(
    {},
    optional={
        "profile.name": texts | st.tuples(texts, texts).map(" ".join),
        "profile.email": st.sampled_from(["a@x.com", "B@x.com", "Straße@x.com", "kim@b.kr"]),
        "profile.mobileNumber": st.sampled_from(["+821020203030", "+821012345678", "+12025550123"]),
        "profile.landlineNumber": st.sampled_from(["+8221234567", "+12025550123"]),
        "profile.description": texts,
        "profile.lastCheckoutCompletedAt": moments,
        "unsubscribeEmail": st.booleans(),
        "unsubscribeTexting": st.booleans(),
        "profile.grade": texts,
        "profile.points": numbers,
        "profile.vip": st.booleans(),
        "profile.birthday": st.sampled_from(["2000-05-04", "1999-05-04", "2000-02-29", "2025-06-01", "1950-12-31"]),
        "profile.joinedAt": moments | st.just(datetime(2001, 5, 4, tzinfo=UTC).timestamp() * 1000).map(int),
        "profile.hobbies": st.lists(texts, max_size=2, unique=True).map(tuple),
        "profile.sizes": st.lists(numbers, max_size=2, unique=True).map(tuple),
    },
)
people = st.lists(
    st.fixed_dictionaries(
        {
            "values": values,
            "member": st.none() | st.sampled_from(["M1", "m1", "00123", "a"]),
            "tags": st.lists(st.sampled_from(["VIP", "등급/골드", "a"]), unique=True),
            "imports": st.lists(st.sampled_from(["5월 고객", "June"]), unique=True),
            "blocked_at": st.sampled_from([None, None, None, 1]),
            "is_hidden": st.sampled_from([False, False, True]),
            "created_at": moments,
            "last_seen_at": moments,
            "updated_at": st.none() | moments,
            "sessions_count": st.integers(0, 2),
            "before": st.sampled_from([None, None, "a", "김민서", "다른이름"]),
            "begins_part": st.sampled_from([False, False, False, True]),
            "held": st.sampled_from([0, 1, 5]),
            "goes": st.sampled_from([False, False, False, False, True]),
        }
    ),
    max_size=8,
)
"""`before`: their name when the text index took them in; `held`: how many it takes in then; `goes`: deleted in the end."""

operands = {
    FieldType.STRING: texts.map(lambda text: f'"{text}"')
    | st.sampled_from(['(a B "김민서")', "(SS é kk İ)", "(ß É B)", "ㄱ", "ㄱㅁ", "(ㄱ)"]),
    FieldType.EMAIL: st.sampled_from(
        ["a@x.com", "A@X", "x.com", "STRASSE", "straße", "(a@x.com, b@X.com)", "@x", '"@x"']
    ),
    FieldType.PHONE: st.sampled_from(
        [
            *("010", "2020", "010-2020-3030", '"+82 10 2020 3030"', "02", "(02-123-4567 01012345678)", "+1"),
            *("02)123", "(02)123-4567", "(02) 123-4567", "((02)123-4567 ０１０２０２０３０３０)", "０１０"),
        ]
    ),
    FieldType.NUMBER: st.sampled_from(["0", "1", "-5", "2.5", "3", "1000.0", "(1 2.5)", "100000000000000"]),
    FieldType.BOOLEAN: st.sampled_from(["yes", "no", "true", "0"]),
    FieldType.DATE: st.sampled_from(
        ["2000-05-04", "2000", "2000-05", "05-04", "02-29", "30d", "1y", "(2000 1999-05-04)"]
    ),
    FieldType.DATETIME: st.sampled_from(
        ["2025", "2025-05", "2025-05-16", "30d", "12h", "6m", "05-16", "2025-06-15T15:06", "1970-01-01T00:00:00Z"]
    ),
    FieldType.LIST: texts.map(lambda text: f'"{text}"') | st.sampled_from(["(a B)", "(SS é kk)", "(ß É)"]),
    FieldType.LIST_OF_NUMBER: st.sampled_from(["0", "1", "2.5", "-5", "(1 1000)"]),
    FieldType.TAG: st.sampled_from(["vip", "VIP", "골드", "(vip a)", '"등급/골드"']),
}
operators = st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="])


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(FIELDS))
    operand = draw(st.sampled_from(["member", "lead"])) if field.key == "type" else draw(operands[field.type])
    return f"{field.key}{draw(operators)}{operand}"


terms = (
    comparisons()
    | texts.map(lambda text: f'"{text}"')
    | st.sampled_from(
        [
            "ㄱ",
            "ㄱㅁ",
            "김ㅊ",
            "ㄲㅊ",
            "０１０－２０２０",
            "010)2020",
            "kim",
            "x.com",
            "010-2020",
            "3030",
            "010 2020 3030",
            "tag:vip",
            "tag!=a",
        ]
    )
    | st.sampled_from(["import:june", 'import:"5월 고객"', "member:yes", "member:no", "segment:s", "tag:(vip a)", '""'])
    | st.sampled_from([field.key for field in FIELDS]).map(lambda key: f"has:{key}")
    | st.sampled_from([field.key for field in FIELDS]).map(lambda key: f"no:{key}")
)
lines = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " AND ", " OR "]), inner).map(
            lambda three: f"({three[0]}{three[1]}{three[2]})"
        ),
        inner.map(lambda one: f"NOT {one}"),
        inner.map(lambda one: f"NOT ({one})"),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("agrees") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    with workspace.transaction(None) as connection:
        for number, name in enumerate(("5월 고객", "June"), 1):
            connection.exec_driver_sql("INSERT INTO import_tag VALUES (?, ?, ?, 1)", (number, name.lower(), name))
    yield workspace
    workspace.close()


def fill(workspace: Workspace, drawn: list[dict[str, Any]]) -> list[Customer]:
    with workspace.transaction(None) as connection:
        raw = driver_connection(connection)
        raw.execute("DELETE FROM customer")
        for part, _ in search_parts.held(raw):
            search_parts.forget(raw, part)
        raw.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'customer'")
        ids, gone = [], []
        taken: set[str] = set()
        for one in drawn:
            member = one["member"] if one["member"] not in taken else None
            taken.add(member)
            known = one["values"] | ({"memberId": member} if member else {})
            columns = columns_of(Profile(known, frozenset()))
            names = ("blocked_at", "created_at", "last_seen_at", "updated_at", "sessions_count")
            is_hidden = one["is_hidden"] and one["blocked_at"] is None
            kept = {name: one[name] for name in names} | {"is_hidden": is_hidden}
            if one["begins_part"]:
                begin = search_parts.last_id(search_parts.highest_id(raw, "customer") >> search_parts.PART_BITS)
                raw.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'customer'", (begin,))
            customer_id = stored.insert(connection, columns | kept)
            stored.set_tags(connection, customer_id, one["tags"])
            for name in one["imports"]:
                connection.exec_driver_sql(
                    "INSERT INTO customer_import_tag SELECT ?, id, 1 FROM import_tag WHERE name = ?",
                    (customer_id, name),
                )
            (gone if one["goes"] else ids).append(customer_id)
            take_in(raw, customer_id, one)
        raw.executemany("DELETE FROM customer WHERE id = ?", [(customer_id,) for customer_id in gone])
        return [customer_of(row) for row in stored.by_ids(connection, ids).values()]


def take_in(raw: Any, customer_id: int, one: dict[str, Any]) -> None:
    """Let the text index take in some customers, and this one perhaps as they were."""
    now = raw.execute("SELECT name, search_text FROM customer WHERE id = ?", (customer_id,)).fetchone()
    renamed = "UPDATE customer SET name = ?, search_text = ? WHERE id = ?"
    if one["before"]:
        raw.execute(renamed, (one["before"], one["before"], customer_id))
    if one["held"]:
        search_parts.fill(raw, one["held"])
    raw.execute(renamed, (*now, customer_id))


def hold_values(workspace: Workspace, keys: set[str]) -> None:
    """Let there be indexes of these custom fields, and of no others."""
    with workspace.transaction(None) as connection:
        raw = driver_connection(connection)
        for name in set(value_indexes.present(raw)) - set(map(value_indexes.name_of, keys)):
            value_indexes.drop(raw, name)
        for key in keys:
            value_indexes.make(raw, key)


@contextmanager
def limits(**limits: int) -> Iterator[None]:
    """Let ways be taken that only many customers would make worth it."""
    places = {
        "few": "search.asked.FEW",
        "wide": "search.counting._WIDE",
        "walked": "search.pages._WALKED",
        "different": "search.distinct._MOST",
        "stale": "search_parts.MOST_STALE",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, limit in limits.items():
            patched.setattr(f"storage.{places[name]}", limit)
        yield


held_values = st.sets(
    st.sampled_from([SESSIONS_COUNT, UPDATED_AT, *(field.key for field in CUSTOM if field.type not in LIST_TYPES)])
)
ways = st.fixed_dictionaries(
    {
        "few": st.sampled_from([-1, 1, 10**6]),
        "wide": st.sampled_from([1, 2, 10**6]),
        "walked": st.sampled_from([0, 30_000]),
        "different": st.sampled_from([0, 200]),
        "stale": st.sampled_from([0, 1, 2000]),
    }
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(drawn=people, line=lines, sort=st.sampled_from(FIELDS), descending=st.booleans(), held=held_values, way=ways)
@example(drawn=[], line="NOT has:tags", sort=FIELDS[0], descending=True, held=set(), way={})
def test_r46_the_database_finds_whom_the_rule_finds_in_every_way(
    shared: Workspace,
    drawn: list[dict[str, Any]],
    line: str,
    sort: Field,
    descending: bool,
    held: set[str],
    way: dict[str, int],
) -> None:
    query = parse_query(line, WORDS)
    if not isinstance(query, Query):
        return
    customers = fill(shared, drawn)
    hold_values(shared, held)
    with shared.reading(None) as connection, limits(**way):
        for blocked in (False, True):
            expected = {
                one.id for one in customers if one.blocked is blocked and not one.hidden and matches(one, query)
            }
            where, params = search.condition(connection, query, blocked=blocked)
            found = connection.execute(text(f"SELECT id FROM customer WHERE {where}"), params).scalars()
            assert set(found) == expected
            assert search.count(connection, query, blocked=blocked) == len(expected)
            order = Order(sort, descending)
            options: dict[str, Any] = {"blocked": blocked}
            # -1 takes the sets of ids; a page that they just fill, the walk along the order.
            sizes = (-1, 100, max(len(expected), 1))
            pages = [search.page_ids(connection, query, order, offset=0, limit=limit, **options) for limit in sizes]
            assert pages[0] == pages[1] == pages[2]
            assert sorted(pages[0]) == sorted(expected)
            for place, one in enumerate(pages[0]):
                assert search.position(connection, query, one, order, **options) == place
            for one in {customer.id for customer in customers} - expected:
                assert search.position(connection, query, one, order, **options) is None
        hidden = {one.id for one in customers if one.hidden and matches(one, query)}
        where, params = search.condition(connection, query, hidden=True)
        assert set(connection.execute(text(f"SELECT id FROM customer WHERE {where}"), params).scalars()) == hidden
        assert search.count(connection, query, hidden=True) == len(hidden)


spoken = st.sampled_from(
    ["a", "kim", "김", "민", "김민", "김민서", "까", "ㄱ", "ㄱㅁ", "김ㅁ", "ㅁㅅ", "서 김", "é", "ss"]
)
spoken |= st.sampled_from(["x.com", "@x", "3030", "+8210", "010-2020-3030", "다른", "a[b", "x?", "100%", "ab"])
word_lines = st.lists(spoken.map(lambda word: f'"{word}"'), min_size=1, max_size=2, unique=True).flatmap(
    lambda words: st.sampled_from([" ", " OR ", " NOT ", " tag:vip "]).map(lambda sign: sign.join(words))
) | st.tuples(st.sampled_from(["name", "email", "mobileNumber"]), spoken).map(lambda two: f'{two[0]}:"{two[1]}"')


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=people, line=word_lines, way=ways)
def test_words_are_found_whatever_of_the_customers_the_text_index_holds(
    shared: Workspace, drawn: list[dict[str, Any]], line: str, way: dict[str, int]
) -> None:
    query = parse_query(line, WORDS)
    assume(isinstance(query, Query))
    assert isinstance(query, Query)
    listed = [one for one in fill(shared, drawn) if not (one.blocked or one.hidden)]
    expected = {one.id for one in listed if matches(one, query)}
    with shared.reading(None) as connection, limits(**way):
        where, params = search.condition(connection, query)
        found = connection.execute(text(f"SELECT id FROM customer WHERE {where}"), params).scalars()
        assert set(found) == expected
        order = Order(BUILT_IN_FIELDS[0], True)
        assert search.count(connection, query) == len(expected)
        assert set(search.page_ids(connection, query, order, offset=0, limit=50)) == expected


def sort_key(customer: Customer, field: Field) -> Any:
    value = customer.get(field.key)
    if isinstance(value, tuple):
        value = value[0] if value else None
    if field.key == "profile.email" and value is not None:
        value = str(value).casefold()
    return int(value) if isinstance(value, bool) else value


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    drawn=people,
    sort=st.sampled_from(FIELDS),
    descending=st.booleans(),
    line=st.sampled_from(["", "NOT 없음", "member:yes"]),
    held=held_values,
)
def test_every_field_orders_the_list_missing_values_last(
    shared: Workspace, drawn: list[dict[str, Any]], sort: Field, descending: bool, line: str, held: set[str]
) -> None:
    hold_values(shared, held)
    customers = [one for one in fill(shared, drawn) if not (one.blocked or one.hidden)]
    query = parse_query(line, WORDS)
    assert isinstance(query, Query)
    customers = [one for one in customers if matches(one, query)]
    has_value = [one for one in customers if sort_key(one, sort) is not None]
    expected = [one.id for one in sorted(has_value, key=lambda one: (sort_key(one, sort), one.id), reverse=descending)]
    expected += sorted((one.id for one in customers if sort_key(one, sort) is None), reverse=descending)
    with shared.reading(None) as connection:
        for limit in (-1, 100):
            assert search.page_ids(connection, query, Order(sort, descending), offset=0, limit=limit) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    drawn=people,
    line=st.sampled_from(["", "NOT 없음", "member:no", "김 OR tag:vip", "points>0"]),
    sort=st.sampled_from(FIELDS),
    descending=st.booleans(),
    is_known=st.booleans(),
    looked_at=st.sampled_from([0, 3, 10**6]),
)
def test_pages_read_from_the_other_end_are_the_same(
    shared: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[dict[str, Any]],
    line: str,
    sort: Field,
    descending: bool,
    is_known: bool,
    looked_at: int,
) -> None:
    fill(shared, drawn)
    query, order = parse_query(line, WORDS), Order(sort, descending)
    assert isinstance(query, Query)
    with shared.reading(None) as connection:
        whole = search.page_ids(connection, query, order, offset=0, limit=-1)
        total = len(whole) if is_known else None
        with monkeypatch.context() as patched:
            patched.setattr("storage.search.pages._DEEP", 0)
            patched.setattr("storage.search.pages._ROWS_A_SET_IS_WORTH", looked_at)
            for offset in range(len(whole) + 2):
                page = search.page_ids(connection, query, order, offset=offset, limit=2, total=total)
                assert page == whole[offset : offset + 2]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    drawn=people,
    line=st.sampled_from(["", "NOT 없음", "member:no", "김 OR tag:vip", "points>0", "tag:vip", "ㄱ"]),
    sort=st.sampled_from(FIELDS),
    descending=st.booleans(),
    blocked=st.booleans(),
    few=st.sampled_from([0, 2, 10**6]),
)
def test_the_first_page_with_its_number_is_that_of_count_and_page(
    shared: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[dict[str, Any]],
    line: str,
    sort: Field,
    descending: bool,
    blocked: bool,
    few: int,
) -> None:
    fill(shared, drawn)
    query, order = parse_query(line, WORDS), Order(sort, descending)
    assert isinstance(query, Query)
    with shared.reading(None) as connection, monkeypatch.context() as patched:
        patched.setattr("storage.search.asked.FEW", few)
        whole = search.page_ids(connection, query, order, offset=0, limit=-1, blocked=blocked)
        found = search.count_and_first(connection, query, order, limit=2, blocked=blocked)
        assert found == (len(whole), whole[:2])


several_cases = st.text(st.sampled_from("aKkſsßẞÉéİıςσΣДд가") | st.characters(codec="utf-8"), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stored_text=several_cases,
    listed=st.lists(several_cases, min_size=1, max_size=4),
    replaced=st.sampled_from([0, 3, 50]),
    data=st.data(),
)
def test_a_list_of_texts_is_the_same_in_any_case_for_the_database_too(
    shared: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    stored_text: str,
    listed: list[str],
    replaced: int,
    data: st.DataObject,
) -> None:
    value = trim(stored_text)
    assume(value and "\0" not in "".join(listed) + value and all(map(trim, listed)))
    turned = [data.draw(st.sampled_from([value, value.upper(), value.lower(), value.swapcase()])), *listed]
    customers = fill(shared, [person({"profile.name": value, "profile.hobbies": ("-", value)})])
    for name in ("name", "hobbies"):
        for texts_asked in (turned, listed):
            query = parse_query(f"{name}:({' '.join(map(quoted, texts_asked))})", WORDS)
            assert isinstance(query, Query)
            with shared.reading(None) as connection, monkeypatch.context() as patched:
                patched.setattr("storage.search.conditions._MOST_REPLACED", replaced)
                assert search.count(connection, query) == sum(matches(one, query) for one in customers)


def test_lists_of_all_alphabets_at_once_are_answered(shared: Workspace) -> None:
    every = [chr(code) for code in range(0x20000) if chr(code).isalpha() and chr(code).lower() != chr(code).upper()]
    fill(shared, [person({"profile.name": "ÉÇД", "profile.grade": "Ж"})])
    line = f"name:({' '.join(every)} éçд) grade:({' '.join(every)})"
    query = parse_query(line, WORDS)
    assert isinstance(query, Query)
    with shared.reading(None) as connection:
        assert search.count(connection, query) == 1
        alike = " OR ".join(f"(name:(abcжéçд{number}) grade:(жéüöäçñд))" for number in range(100))
        query = parse_query(alike, WORDS)
        assert isinstance(query, Query)
        assert search.count(connection, query) == 0


def person(values: dict[str, Any]) -> dict[str, Any]:
    known = {"values": values, "member": None, "tags": [], "imports": [], "blocked_at": None, "updated_at": None}
    known |= {"is_hidden": False, "before": None, "begins_part": False, "held": 0, "goes": False}
    return known | {"created_at": NOW, "last_seen_at": NOW, "sessions_count": 0}


def test_ten_thousand_values_are_one_parameter(shared: Workspace) -> None:
    listed = " ".join(f"x{number}@x.com" for number in range(10_000))
    hold_values(shared, set())
    with shared.reading(None) as connection:
        for field, longest in (("email", 300), ("grade", 400)):
            query = parse_query(f"{field}:({listed}, B@X.com)", WORDS)
            assert isinstance(query, Query)
            where, params = search.condition(connection, query)
            assert [len(json.loads(value)) for value in params.values()] == [10_001]
            assert len(where) < longest
