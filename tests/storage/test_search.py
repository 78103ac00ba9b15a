"""What a search costs: pages are read off an index, whatever the order, the filter and the depth."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from crm_tui.core.fields import BUILT_IN, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import Query, Vocabulary, parse_query
from storage import search, search_parts, value_indexes
from storage.engine import open_engine
from storage.search import Order
from storage.search.indexes import read_indexes
from storage.sql import driver_connection

MANY = 200_000
AWAY = MANY // 50
"""Blocked, and over the limit of managed users."""
FEW = 2_000
PAGE = 50
OPS_A_ROW = 16
"""Of SQLite's virtual machine for one entry that is skipped: with the look whether it is among those away."""
INDEX_OF = {
    "lastSeenAt": "ix_customer_seen",
    "createdAt": "ix_customer_created",
    "profile.name": "ix_customer_name",
    "profile.email": "ix_customer_email_key",
    "profile.mobileNumber": "ix_customer_mobile_number",
    "memberId": "ix_customer_member_id",
}
FIELDS = BUILT_IN | {field.key: field for field in SYSTEM_FIELDS}
POINTS = Field("profile.points", FieldType.NUMBER)
WORDS = Vocabulary((*FIELDS.values(), POINTS))


def asked(line: str) -> Query:
    query = parse_query(line, WORDS)
    assert isinstance(query, Query), query
    return query


FILTERS = [
    "",
    "name7",
    "name @x.com",
    "nobody",
    "member:yes",
    "member:no",
    "tag:vip",
    "import:may",
    "name tag:vip import:may member:yes",
    "name7 OR tag:vip",
    "NOT tag:vip",
    "name NOT import:may",
    "name:7 email:1",
    "mobileNumber:77",
    "createdAt>=2023-11-14 lastSeenAt<2023-11-15",
    "ㄱㄴ",
]
"""What indexes hold."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Callable[[int], Engine]:
    """Make databases of any number of customers: every third a lead, every fifth nameless, every fiftieth away."""

    def make(count: int) -> Engine:
        engine = open_engine(shutil.copy2(empty_database, tmp_path_factory.mktemp("filled") / "crm.db"))
        with engine.execution_options(crm_write=True).begin() as connection:
            connection.exec_driver_sql(
                f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                INSERT INTO customer (member_id, name, email, email_key, email_verified, mobile_number,
                    mobile_number_verified, custom, unsubscribe_email, unsubscribe_texting, created_at, last_seen_at,
                    sessions_count, search_text, blocked_at, is_hidden)
                SELECT iif(i % 3, 'M' || i, NULL), iif(i % 5, 'name' || i * 7919 % {count}, NULL),
                    iif(i % 2, 'e' || i || '@x.com', NULL), iif(i % 2, 'e' || i || '@x.com', NULL), 1,
                    iif(i % 7, '+8210' || (10000000 + i), NULL), 1, '{{}}', 0, 0, 1700000000000 + i,
                    1700000000000 + i * 7919 % {count}, 0, 'name' || i || char(10) || 'e' || i || '@x.com',
                    iif(i % 100, NULL, 1), i % 100 = 50 FROM n"""
            )
            connection.exec_driver_sql("INSERT INTO tag (id, key, name) VALUES (1, 'vip', 'VIP')")
            connection.exec_driver_sql("INSERT INTO import_tag VALUES (1, 'may', 'May', 1)")
            connection.exec_driver_sql("INSERT INTO customer_tag SELECT id, 1, 0 FROM customer WHERE id % 50 = 7")
            connection.exec_driver_sql(
                "INSERT INTO customer_import_tag SELECT id, 1, 1 FROM customer WHERE id % 10 = 7"
            )
        return engine

    return make


class Watched:
    """A connection whose statements are explained, and whose steps are counted."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.steps = 0
        self.plan: list[str] = []
        self.code: list[Any] = []
        self._raw: Any = connection.connection.driver_connection
        event.listen(connection, "before_cursor_execute", self._explain)
        self._raw.set_progress_handler(self._count, 100)

    def _count(self) -> int:
        self.steps += 100
        return 0

    def _explain(self, _: object, __: object, statement: str, parameters: Any, ___: object, ____: object) -> None:
        if statement.startswith("SELECT"):
            before = self.steps
            self.plan = [row[3] for row in self._raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            self.code = self._raw.execute(f"EXPLAIN {statement}", parameters).fetchall()
            self.steps = before

    def reads_rows_of_the_table(self) -> bool:
        """Say whether the last statement looks into the table itself for a row that it passes."""
        (root,) = self._raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'customer'").fetchone()
        cursors = {code[2] for code in self.code if code[1] == "OpenRead" and code[3] == root}
        return any(code[1] in ("Column", "SeekRowid", "NotExists") and code[2] in cursors for code in self.code)


@pytest.fixture(scope="module")
def many_customers(filled: Callable[[int], Engine]) -> Engine:
    return filled(MANY)


@pytest.fixture(scope="module")
def few_customers(filled: Callable[[int], Engine]) -> Engine:
    return filled(FEW)


@pytest.fixture
def many(many_customers: Engine) -> Iterator[Watched]:
    with many_customers.connect() as connection:
        yield Watched(connection)


@pytest.fixture
def few(few_customers: Engine) -> Iterator[Watched]:
    with few_customers.connect() as connection:
        yield Watched(connection)


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_every_order_is_read_off_its_index(many: Watched, sort: str, descending: bool) -> None:
    order = Order(FIELDS[sort], descending)
    ids = search.page_ids(many.connection, Query(), order, offset=0, limit=PAGE)
    assert len(ids) == PAGE
    assert INDEX_OF[sort] in many.plan[0]
    assert many.plan[0].startswith("SCAN")
    assert not any("TEMP B-TREE" in line for line in many.plan)
    assert not many.reads_rows_of_the_table()
    assert many.steps < AWAY * OPS_A_ROW


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_a_page_far_down_passes_the_index_entries_to_the_nearer_end_only(
    many: Watched, sort: str, descending: bool
) -> None:
    visible = MANY - AWAY
    order = Order(FIELDS[sort], descending)
    for offset, found in ((visible // 2, PAGE), (visible - PAGE, PAGE), (visible - 1, 1), (visible, 0), (10**9, 0)):
        before = many.steps
        ids = search.page_ids(many.connection, Query(), order, offset=offset, limit=PAGE, total=visible)
        assert len(ids) == found
        assert many.steps - before < (min(offset, max(visible - offset, 0)) + AWAY) * OPS_A_ROW
        if found:
            assert not any("TEMP B-TREE" in line for line in many.plan)
            assert not many.reads_rows_of_the_table()


@pytest.mark.parametrize("line", ["name", "member:yes", "has:email", "NOT tag:vip", "points>0 OR name"])
@pytest.mark.parametrize("sort", ["lastSeenAt", "profile.name"])
def test_the_first_and_the_last_page_of_what_many_customers_have_look_at_few(
    many: Watched, line: str, sort: str
) -> None:
    query, order = asked(line), Order(FIELDS[sort], True)
    total = search.count(many.connection, query)
    assert total > MANY // 3
    for offset in (0, total - PAGE):
        before = many.steps
        assert len(search.page_ids(many.connection, query, order, offset=offset, limit=PAGE, total=total)) == PAGE
        assert many.steps - before < MANY // 2


@pytest.fixture
def without_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the way of those who are many, but far from each other in the order of the list."""
    monkeypatch.setattr("storage.search.pages._WALKED", 0)
    monkeypatch.setattr("storage.search.asked.FEW", -1)


@pytest.mark.usefixtures("without_walks")
@pytest.mark.parametrize("line", FILTERS)
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_no_filter_sorts_or_looks_at_the_rows_of_customers(few: Watched, sort: str, line: str) -> None:
    search.page_ids(few.connection, asked(line), Order(FIELDS[sort], True), offset=0, limit=PAGE)
    assert INDEX_OF[sort] in few.plan[0]
    assert not any("TEMP B-TREE" in line for line in few.plan)
    assert not few.reads_rows_of_the_table()


@pytest.mark.usefixtures("without_walks")
@pytest.mark.parametrize("line", FILTERS)
def test_counting_reads_indexes_only(few: Watched, line: str) -> None:
    query, order = asked(line), Order(FIELDS["memberId"], False)
    ids = search.page_ids(few.connection, query, order, offset=0, limit=-1)
    assert search.count(few.connection, query) == len(ids)
    assert not few.reads_rows_of_the_table()


@pytest.mark.usefixtures("without_walks")
@pytest.mark.parametrize("line", FILTERS)
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_a_position_is_counted_in_an_index(few: Watched, sort: str, line: str) -> None:
    query = asked(line)
    for descending in (False, True):
        order = Order(FIELDS[sort], descending)
        ids = search.page_ids(few.connection, query, order, offset=0, limit=-1)
        for place in {0, len(ids) // 3, len(ids) - 1} if ids else ():
            assert search.position(few.connection, query, ids[place], order) == place
            assert not any("TEMP B-TREE" in line for line in few.plan)
            assert not few.reads_rows_of_the_table()
    assert search.position(few.connection, query, FEW, Order(FIELDS[sort], True)) is None
    assert search.position(few.connection, query, FEW + 1, Order(FIELDS[sort], True)) is None
    assert search.position(few.connection, query, 10**30, Order(FIELDS[sort], True)) is None


@pytest.mark.parametrize("line", ["points>0", "points>0 name7", "has:description OR tag:vip", "NOT points=1"])
def test_a_condition_can_be_put_into_any_statement(few: Watched, line: str) -> None:
    query = asked(line)
    where, params = search.condition(few.connection, query)
    few.connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS noted (id INTEGER PRIMARY KEY)")
    few.connection.execute(text("DELETE FROM noted"))
    few.connection.execute(text(f"INSERT INTO noted SELECT id FROM customer WHERE {where}"), params)
    noted = few.connection.execute(text("SELECT count(*) FROM noted")).scalar_one()
    assert noted == search.count(few.connection, query)
    assert not set(map(str, params.values())) & set(where.split())


def test_a_key_that_is_none_never_becomes_part_of_a_statement() -> None:
    for key in ("profile.a'b", "profile.a b", "profile.", "profile.가"):
        with pytest.raises(ValueError, match=key):
            Order(Field(key, FieldType.STRING), descending=True).sql()


def test_two_hundred_conditions_twenty_deep_are_no_problem(few: Watched) -> None:
    line = " ".join(f"(name{number} OR NOT email:{number})" for number in range(100))
    deep = "name"
    for number in range(20):
        deep = f"(NOT {deep} OR x{number})" if number % 2 else f"(NOT {deep} AND points!={number})"
    for one in (line, line.replace(" (", " OR ("), deep):
        query = asked(one)
        for blocked in (False, True):
            assert search.count(few.connection, query, blocked=blocked) >= 0
        search.page_ids(few.connection, query, Order(FIELDS["lastSeenAt"], True), offset=0, limit=-1)
        search.page_ids(few.connection, query, Order(FIELDS["lastSeenAt"], True), offset=0, limit=PAGE)


def test_words_longer_than_any_value_find_nobody(few: Watched) -> None:
    for word in ("가" * 100_000, "ㄱ" * 100_000, "description:" + "b" * 100_000, "*[?" * 10_000):
        assert search.count(few.connection, asked(word)) == 0


@pytest.mark.parametrize("line", ["points>0", "points>0 tag:vip", "NOT description:x", "has:landlineNumber OR name7"])
def test_what_no_index_holds_is_read_in_the_order_of_the_table(few: Watched, line: str) -> None:
    search.count(few.connection, asked(line))
    scans = [step for step in few.plan if step.startswith("SCAN customer")]
    assert all("ix_customer_seen" not in step and "ix_customer_created" not in step for step in scans)
    for one in (line, ""):
        search.page_ids(few.connection, asked(one), Order(POINTS, True), offset=0, limit=PAGE)
        assert few.plan[0] in ("SCAN customer", "SEARCH customer USING INTEGER PRIMARY KEY (rowid=?)")


@pytest.fixture
def indexed(many_customers: Engine) -> Iterator[Watched]:
    """The text index holds all customers but some hundred, and the values of one field have an index; then not."""
    with many_customers.execution_options(crm_write=True).connect() as connection, connection.begin() as transaction:
        raw = driver_connection(connection)
        search_parts.fill(raw, MANY - 100)
        value_indexes.make(raw, "points")
        yield Watched(connection)
        transaction.rollback()


@pytest.mark.parametrize(
    "line", ["name7777", "nobody", "name777 tag:vip", "NOT name7777", "가나", "ㄱㄴ", "email:e7777"]
)
def test_words_are_looked_for_in_the_text_index(indexed: Watched, line: str) -> None:
    query, order = asked(line), Order(FIELDS["lastSeenAt"], True)
    total = search.count(indexed.connection, query)
    assert len(search.page_ids(indexed.connection, query, order, offset=0, limit=PAGE)) == min(total, PAGE)
    assert indexed.steps < MANY // 4


def test_the_order_of_a_field_with_an_index_is_read_off_it(indexed: Watched) -> None:
    for descending in (False, True):
        ids = search.page_ids(indexed.connection, Query(), Order(POINTS, descending), offset=0, limit=PAGE)
        assert len(ids) == PAGE
        assert "ix_customer_value_points" in indexed.plan[0]
        assert not any("TEMP B-TREE" in line for line in indexed.plan)
    assert search.count(indexed.connection, asked("points>0")) == 0
    assert indexed.steps < 2_000


def test_where_the_library_has_no_text_index_all_is_looked_through(
    indexed: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search.count(indexed.connection, asked("name777"))
    monkeypatch.setattr("storage.dialects.text_index.is_available", lambda connection: False)
    assert read_indexes(indexed.connection).parts == ()
    assert search.count(indexed.connection, asked("name777")) == found > 0
    assert indexed.steps > MANY
