"""The contact list: what a search finds, in which order, page by page; and who is counted (R5, R46, R47)."""

import itertools
import shutil
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, FieldType
from crm_tui.core.merging import Profile
from crm_tui.services import contact_list, customers, fields, managed
from crm_tui.services.contact_list import Found
from crm_tui.services.errors import Cancelled, UsageError
from crm_tui.services.managed import ManagedUsers
from crm_tui.services.profiles import Customer, columns_of
from crm_tui.services.segments import save_segment
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored
from storage import search
from tests.services.kit import sql

ORDERS = tuple(itertools.product(search.SORT_COLUMNS, (False, True)))
Add = Callable[..., int]


@pytest.fixture
def add(workspace: Workspace) -> Add:
    """Add a customer from values by field key; return the id."""

    def add_one(**values: Any) -> int:
        return insert(workspace, values)

    return add_one


def insert(workspace: Workspace, values: Mapping[str, Any]) -> int:
    """Add a customer as a site or an import would: columns as they are, everything else from the field's short names."""
    keys = {"member_id": MEMBER_ID, "name": NAME, "email": EMAIL, "mobile": MOBILE_NUMBER}
    profile = {keys[name]: value for name, value in values.items() if name in keys and value is not None}
    columns = columns_of(Profile(profile, frozenset(profile)))
    columns |= {"created_at": 1000, "last_seen_at": 1000, "sessions_count": 0}
    columns |= {name: value for name, value in values.items() if name not in keys and name not in ("tags", "imports")}
    with workspace.transaction(None) as connection:
        customer_id = stored.insert(connection, columns)
        stored.set_tags(connection, customer_id, values.get("tags", ()))
        for name in values.get("imports", ()):
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("INSERT OR IGNORE INTO import_tag (key, name, given_at) VALUES (lower(?1), ?1, 1)", (name,))
            driver.execute(
                "INSERT INTO customer_import_tag SELECT ?, id, 1 FROM import_tag WHERE key = lower(?)",
                (customer_id, name),
            )
    return customer_id


def ids(workspace: Workspace, query: str = "", **options: Any) -> list[int]:
    return [one.id for one in contact_list.page(workspace, query, **options)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("길동", True),
        ("홍길동", True),
        ("홍 길동", True),
        ("동길", False),
        ("gildong", True),
        ("HONG@Example", True),
        ("example.com", True),
        ("@example.com hong", True),
        ("hong lee", False),
        ("01020203030", True),
        ("010-2020-3030", True),
        ("0102020", True),
        ("2020-3030", True),
        ("+821020203030", True),
        ("+82 10 2020 3030", True),
        ('"+82 010-2020-3030"', True),
        ("3030", True),
        ("010-2020-3031", False),
        ("+81", False),
        ('"hong, gil"', True),
        ('"gil hong"', False),
        ("길동 3030 member:no", True),
    ],
)
def test_words_are_found_in_any_part_of_name_email_and_mobile_number(
    workspace: Workspace, add: Add, query: str, found: bool
) -> None:
    add(name="홍길동 Hong, Gil", email="Gildong.Hong@example.com", mobile="+821020203030")
    assert contact_list.count(workspace, query) == Found(int(found))
    assert ids(workspace, query) == [1] * found


@pytest.mark.parametrize(
    ("name", "others", "query"),
    [
        ("50% off", "505 off", "50%"),
        ("a_b", "axb", "a_b"),
        ('say "hi"', "say hi", '"""hi"""'),
        ("it's", "its", "it's"),
        ("back\\slash", "backslash", "back\\"),
        ("a*b?", "aXbY", "*b?"),
        ("--; DROP TABLE customer", "harmless", '"--; drop"'),
        (":word0", "word0", "x:word0"),
        ("김:영업", "김영업", "김:영업"),
        ("[vip]", "v", "[vip]"),
        ("a\nb", "ab", '"a\nb"'),
    ],
)
def test_every_character_is_looked_for_as_it_is(
    workspace: Workspace, add: Add, name: str, others: str, query: str
) -> None:
    add(name=f"x{name}")
    add(name=f"x{others}")
    assert ids(workspace, query) == [1]


@pytest.mark.parametrize("stored_name", ["각하 Straße ÉCOLE", "ΣΊΣΥΦΟΣ 카페 ｶﾌｪ"])
def test_case_and_the_way_letters_are_composed_make_no_difference(
    workspace: Workspace, add: Add, stored_name: str
) -> None:
    add(name=stored_name)
    for spelling in (stored_name, stored_name.lower(), stored_name.upper(), stored_name.casefold()):
        for form in ("NFC", "NFD"):
            assert ids(workspace, unicodedata.normalize(form, spelling)) == [1], (spelling, form)


def test_no_word_is_found_across_two_values(workspace: Workspace, add: Add) -> None:
    add(name="kim", email="lee@example.com", mobile="+821020203030")
    assert [query for query in ("kimlee", "comlee", "com+82", "3030010") if ids(workspace, query)] == []


def test_nothing_else_of_a_customer_is_searched(workspace: Workspace, add: Add) -> None:
    add(member_id="M1", name="kim", description="about", landline_number="+8221234567", tags=["vip"], imports=["May"])
    assert [word for word in ("M1", "about", "+8221234567", "vip", "may", "lead") if ids(workspace, word)] == []


@pytest.fixture
def people(add: Add) -> None:
    """1 and 2 are members, 3 and 4 leads, 5 is a blocked lead, 6 a blocked member."""
    add(member_id="M1", name="Ann", tags=["VIP", "등급/골드"], imports=["5월 고객"], last_seen_at=6000)
    add(member_id="M2", name="Ben", tags=["vip"], last_seen_at=5000)
    add(name="Cho", email="cho@example.com", tags=["신규"], imports=["5월 고객", "June"], last_seen_at=4000)
    add(name="Dan", email="dan@example.com", last_seen_at=3000)
    add(name="Eve", email="eve@example.com", tags=["VIP"], imports=["June"], blocked_at=1, last_seen_at=2000)
    add(member_id="M6", name="Fay", tags=["등급/골드"], blocked_at=1, last_seen_at=1000)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag:vip", [1, 2]),
        ("TAG:VIP", [1, 2]),
        ("tag:등급/골드", [1]),
        ("tag:vip tag:등급/골드", [1]),
        ("tag:vi", []),
        ("tag:등급", []),
        ('import:"5월 고객"', [1, 3]),
        ('import:"5월 고객" import:june', [3]),
        ("import:5월", []),
        ("import:vip", []),
        ("member:yes", [1, 2]),
        ("member:no", [3, 4]),
        ("member:yes tag:vip ben", [2]),
        ('member:no import:"5월 고객"', [3]),
        ("tag:신규 import:june cho member:no", [3]),
        ("a", [1, 3, 4]),
        ("tag:nobody", []),
    ],
)
def test_r46_tags_import_tags_members_and_words_narrow_what_is_found(
    workspace: Workspace, query: str, found: list[int]
) -> None:
    assert ids(workspace, query) == found
    assert contact_list.count(workspace, query).total == len(found)
    assert [one.id for one in contact_list.every(workspace, query)] == found
    for sort, descending in ORDERS:
        assert sorted(ids(workspace, query, sort=sort, descending=descending)) == found


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", Found(4, 0)),
        ("eve", Found(0, 1)),
        ("fay member:yes", Found(0, 1)),
        ("fay member:no", Found(0, 0)),
        ("eve tag:vip import:june", Found(0, 1)),
        ("import:june", Found(1, 0)),
        ("example.com", Found(2, 0)),
        ("nobody", Found(0, 0)),
    ],
)
def test_r47_blocked_customers_are_counted_only_where_nobody_else_is_found(
    workspace: Workspace, query: str, found: Found
) -> None:
    assert contact_list.count(workspace, query) == found
    assert {5, 6}.isdisjoint(ids(workspace, query))


@pytest.mark.usefixtures("people")
def test_r46_a_blocked_customer_is_nowhere_in_the_list_but_can_be_opened(workspace: Workspace) -> None:
    for sort, descending in ORDERS:
        assert sorted(ids(workspace, sort=sort, descending=descending)) == [1, 2, 3, 4]
        assert contact_list.position(workspace, sort=sort, descending=descending, customer_id=5) is None
    assert customers.get(workspace, 5).blocked
    assert [one.id for one in customers.find(workspace, email="eve@example.com")] == [5]


@pytest.mark.usefixtures("people")
def test_r5_the_number_of_managed_users_leaves_blocked_customers_out(workspace: Workspace) -> None:
    assert managed.managed(workspace) == ManagedUsers(total=4, members=2, leads=2, blocked=2)


def test_r5_nobody_is_managed_in_an_empty_database(workspace: Workspace) -> None:
    assert managed.managed(workspace) == ManagedUsers(0, 0, 0, 0)
    assert contact_list.count(workspace) == Found(0)
    assert contact_list.page(workspace) == ()


@pytest.mark.parametrize(
    "use", [contact_list.count, contact_list.page, lambda *given: list(contact_list.every(*given))]
)
@pytest.mark.parametrize(
    ("query", "at", "expected"),
    [
        ('kim "lee', 5, '"'),
        ("tag:", 5, "<tag_name>"),
        ("emial:x", 1, "email:\n<field>"),
        ("member:x", 8, "yes\nno"),
        ("points>=5", 1, "<field>"),
    ],
)
def test_a_line_that_cannot_be_understood_says_where(
    workspace: Workspace, use: Callable[..., object], query: str, at: int, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        use(workspace, query)
    assert refused.value.code == "query_wrong"
    assert (refused.value.params["at"], refused.value.params["expected"]) == (at, expected)


def test_an_order_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    for use in (
        lambda: contact_list.page(workspace, sort="name; DROP TABLE customer"),
        lambda: list(contact_list.every(workspace, sort="profile.nothing")),
        lambda: contact_list.page(workspace, sort="blockedAt"),
        lambda: contact_list.position(workspace, sort="", customer_id=1),
    ):
        with pytest.raises(UsageError) as refused:
            use()
        assert refused.value.code == "sort_unknown"


@pytest.mark.usefixtures("people")
def test_r46_the_blocked_panel_searches_and_orders_blocked_customers_only(workspace: Workspace) -> None:
    assert contact_list.count(workspace, blocked=True) == Found(2)
    assert contact_list.count(workspace, "ann", blocked=True) == Found(0)
    assert ids(workspace, "tag:vip", blocked=True) == [5]
    assert sorted(ids(workspace, blocked=True)) == [5, 6]
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE customer SET blocked_at = 2 WHERE id = 5")
    assert ids(workspace, blocked=True, sort="blockedAt") == [5, 6]
    assert ids(workspace, blocked=True, sort="blockedAt", descending=False) == [6, 5]
    assert ids(workspace, blocked=True, sort="name", descending=False) == [5, 6]
    assert [one.id for one in contact_list.every(workspace, "fay", blocked=True)] == [6]
    assert contact_list.position(workspace, sort="blockedAt", customer_id=6, blocked=True) == 1
    assert contact_list.position(workspace, sort="blockedAt", customer_id=1, blocked=True) is None


def test_r6_custom_fields_are_searched_and_ordered_by_until_they_are_archived(workspace: Workspace, add: Add) -> None:
    fields.add_field(workspace, "points", FieldType.NUMBER, "Points")
    for points in ("9", "1000", "-2.5"):
        add(name=points, custom=f'{{"points":{points}}}')
    add(name="none")
    assert ids(workspace, "points>0", sort="POINTS") == [2, 1]
    assert ids(workspace, sort="points", descending=False) == [3, 1, 2, 4]
    assert ids(workspace, sort="points") == [2, 1, 3, 4]
    fields.archive_field(workspace, "points")
    for use in (lambda: ids(workspace, "points>0"), lambda: ids(workspace, sort="points")):
        with pytest.raises(UsageError):
            use()


def test_a_search_that_nobody_waits_for_ends(workspace: Workspace, database: Path) -> None:
    sql(
        database,
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO customer (name, email_verified, mobile_number_verified, custom, unsubscribe_email,
            unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text)
        SELECT i, 0, 0, '{}', 0, 0, i, 1, 0, i FROM n""",
    )
    stop = threading.Event()
    waiting = workspace.until(stop)
    assert contact_list.count(waiting, "1").total > 1
    stop.set()
    for use in (
        lambda: contact_list.count(waiting, "has:description OR 1"),
        lambda: contact_list.page(waiting, "description:x", sort="description"),
        lambda: contact_list.first_page(waiting, "description:x", sort="description"),
        lambda: contact_list.position(waiting, "1", sort="description", customer_id=1),
    ):
        with pytest.raises(Cancelled):
            use()


def test_a_line_knows_fields_tags_and_segments(workspace: Workspace, add: Add) -> None:
    add(name="kim", tags=["VIP"], imports=["May"])
    add(name="lee", tags=["old"])
    fields.add_field(workspace, "points", FieldType.NUMBER, "Points")
    save_segment(workspace, "Good", "tag:vip")
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE tag SET is_offered = 0 WHERE key = 'old'")
    known = contact_list.vocabulary(workspace)
    assert (known.tags, known.import_tags, known.segments) == (("VIP",), ("May",), {"Good": "tag:vip"})
    assert "points" in known.names
    assert known.now_ms == workspace.now_ms()
    assert ids(workspace, "segment:good") == [1]


def test_values_are_read_from_a_file(workspace: Workspace, add: Add, tmp_path: Path) -> None:
    add(name="kim", email="Kim@example.com")
    add(name="lee", email="lee@example.com")
    listed = tmp_path / "my list.txt"
    listed.write_text("kim@EXAMPLE.com\n" + "\n".join(f"x{number}@example.com" for number in range(10_000)), "utf-8")
    assert ids(workspace, f'email:@"{listed}"') == [1]
    assert ids(workspace, f'NOT email:@"{listed}"') == [2]
    with pytest.raises(UsageError):
        ids(workspace, f"email:@{tmp_path / 'gone.txt'}")


texts = st.none() | st.sampled_from(["a", "b", "B", "가", "나", "\U0001f600", "z" * 20])
people_of_a_list = st.lists(
    st.fixed_dictionaries(
        {
            "name": texts,
            "email": st.none() | st.sampled_from(["a@x.com", "B@x.com", "b@x.com", "c@x.com"]),
            "mobile": st.none() | st.sampled_from(["+821011112222", "+821011112223", "+12025550123"]),
            "last_seen_at": st.integers(0, 3),
            "created_at": st.integers(0, 3),
            "blocked_at": st.sampled_from([None, None, None, 1]),
            "tags": st.lists(st.sampled_from(["vip", "new"]), unique=True),
            "is_member": st.booleans(),
        }
    ),
    max_size=25,
)
KEYS: dict[str, Callable[[Customer], Any]] = {
    "lastSeenAt": lambda one: one.last_seen_at,
    "createdAt": lambda one: one.created_at,
    "profile.name": lambda one: one.get(NAME),
    "profile.email": lambda one: None if one.get(EMAIL) is None else str(one.get(EMAIL)).lower(),
    "profile.mobileNumber": lambda one: one.get(MOBILE_NUMBER),
    "memberId": lambda one: one.member_id,
}


def in_order(found: list[Customer], sort: str, descending: bool) -> list[int]:
    """Return ids as the list should have them: missing values last in both directions."""
    key = KEYS[sort]
    has_value = sorted(((key(one), one.id) for one in found if key(one) is not None), reverse=descending)
    without = sorted((one.id for one in found if key(one) is None), reverse=descending)
    return [customer_id for _, customer_id in has_value] + without


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("shared") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    yield workspace
    workspace.close()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=people_of_a_list, size=st.integers(1, 9), query=st.sampled_from(["", "a", "member:no", "tag:vip", "x.com"])
)
def test_all_pages_together_are_the_whole_list_in_its_order(
    shared: Workspace, drawn: list[dict[str, Any]], size: int, query: str
) -> None:
    with shared.transaction(None) as connection:
        connection.exec_driver_sql("DELETE FROM customer")
    for number, values in enumerate(drawn):
        is_member = values.pop("is_member")
        insert(shared, values | {"member_id": f"M{number % 7}-{number}" if is_member else None})
    whole = list(contact_list.every(shared, query))
    assert contact_list.count(shared, query).total == len(whole)
    for sort, descending in ORDERS:
        options: dict[str, Any] = {"sort": sort, "descending": descending}
        expected = in_order(whole, sort, descending)
        pages = [
            ids(shared, query, offset=offset, limit=size, **options) for offset in range(0, len(whole) + size, size)
        ]
        assert list(itertools.chain(*pages)) == expected
        assert [one.id for one in contact_list.every(shared, query, **options)] == expected
        assert pages[-1] == [] or len(whole) % size
        for place in {0, len(expected) // 2, len(expected) - 1} if expected else ():
            assert contact_list.position(shared, query, customer_id=expected[place], **options) == place


def test_an_offset_beyond_the_end_gives_nothing(workspace: Workspace, add: Add) -> None:
    for number in range(3):
        add(name=str(number))
    assert ids(workspace, offset=2) == [1]
    assert [ids(workspace, offset=offset) for offset in (3, 4, 10**6, 10**30)] == [[], [], [], []]
    assert [ids(workspace, limit=limit) for limit in (0, 1, 2, 10**30)] == [[], [3], [3, 2], [3, 2, 1]]
    assert [one.id for one in contact_list.every(workspace, limit=2)] == [3, 2]
    assert contact_list.position(workspace, customer_id=99) is None


def test_a_long_list_is_read_in_parts(workspace: Workspace, database: Path) -> None:
    sql(
        database,
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
        INSERT INTO customer (name, email_verified, mobile_number_verified, custom, unsubscribe_email,
            unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text)
        SELECT i, 0, 0, '{}', 0, 0, i, 1, 0, i FROM n""",
    )
    listed = [one.id for one in contact_list.every(workspace, sort="createdAt", descending=False)]
    assert listed == list(range(1, 1202))
    assert [one.id for one in contact_list.page(workspace, sort="createdAt", limit=1201)] == listed[::-1]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"member_id": "00123"}, [1]),
        ({"member_id": "  00123\u3000"}, [1]),
        ({"member_id": "123"}, [2]),
        ({"member_id": "abc"}, []),
        ({"member_id": "ABC"}, [3]),
        ({"email": "KIM@EXAMPLE.COM"}, [1, 2]),
        ({"email": "kim"}, []),
        ({"email": ""}, []),
        ({"mobile": "+82 010-2020-3030"}, [1, 4]),
        ({"mobile": "010-2020-3030"}, []),
        ({"mobile": "\udcff"}, []),
        ({"member_id": "\udcff"}, []),
        ({}, []),
    ],
)
def test_r1_r11_a_customer_is_found_by_exactly_one_value_verified_or_not(
    workspace: Workspace, add: Add, given: dict[str, str], found: list[int]
) -> None:
    add(member_id="00123", email="Kim@example.com", mobile="+821020203030")
    add(member_id="123", email="kim@example.com", email_verified=False)
    add(member_id="ABC")
    add(mobile="+821020203030", mobile_number_verified=False, blocked_at=1)
    assert [one.id for one in customers.find(workspace, **given)] == found
