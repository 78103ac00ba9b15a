"""What a search costs: pages are read off an index, whatever the order, the filter and the depth."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from crm_tui.core.query import Query
from storage import search
from storage.engine import open_engine

MANY = 200_000
BLOCKED = MANY // 100
FEW = 2_000
PAGE = 50
OPS_A_ROW = 16
"""Of SQLite's virtual machine for one entry that is skipped: with the look whether it is among the blocked ones."""
INDEX_OF = {
    "lastSeenAt": "ix_customer_seen",
    "createdAt": "ix_customer_created",
    "profile.name": "ix_customer_name",
    "profile.email": "ix_customer_email_key",
    "profile.mobileNumber": "ix_customer_mobile_number",
    "memberId": "ix_customer_member_id",
}
FILTERS = {
    "all": Query(),
    "a word": Query(words=("name7",)),
    "two words": Query(words=("name", "@x.com")),
    "a word that nobody has": Query(words=("nobody",)),
    "members": Query(is_member=True),
    "leads": Query(is_member=False),
    "a tag": Query(tags=("vip",)),
    "an import tag": Query(import_tags=("may",)),
    "everything": Query(("name",), ("vip",), ("may",), True),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Callable[[int], Engine]:
    """Make databases of any number of customers: every third a lead, every fifth nameless, every hundredth blocked."""

    def make(count: int) -> Engine:
        engine = open_engine(shutil.copy2(empty_database, tmp_path_factory.mktemp("filled") / "crm.db"))
        with engine.execution_options(crm_write=True).begin() as connection:
            connection.exec_driver_sql(
                f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                INSERT INTO customer (member_id, name, email, email_key, email_verified, mobile_number,
                    mobile_number_verified, custom, unsubscribe_email, unsubscribe_texting, created_at, last_seen_at,
                    sessions_count, search_text, blocked_at)
                SELECT iif(i % 3, 'M' || i, NULL), iif(i % 5, 'name' || i * 7919 % {count}, NULL),
                    iif(i % 2, 'e' || i || '@x.com', NULL), iif(i % 2, 'e' || i || '@x.com', NULL), 1,
                    iif(i % 7, '+8210' || (10000000 + i), NULL), 1, '{{}}', 0, 0, 1700000000000 + i,
                    1700000000000 + i * 7919 % {count}, 0, 'name' || i || char(10) || 'e' || i || '@x.com',
                    iif(i % 100, NULL, 1) FROM n"""
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
    ids = search.page_ids(many.connection, Query(), sort=sort, descending=descending, offset=0, limit=PAGE)
    assert len(ids) == PAGE
    assert INDEX_OF[sort] in many.plan[0]
    assert many.plan[0].startswith("SCAN")
    assert not any("TEMP B-TREE" in line for line in many.plan)
    assert not many.reads_rows_of_the_table()
    assert many.steps < BLOCKED * OPS_A_ROW


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_a_page_far_down_passes_index_entries_only(many: Watched, sort: str, descending: bool) -> None:
    visible = MANY - BLOCKED
    for offset, found in ((visible // 2, PAGE), (visible - PAGE, PAGE), (visible - 1, 1), (visible, 0), (10**9, 0)):
        before = many.steps
        ids = search.page_ids(many.connection, Query(), sort=sort, descending=descending, offset=offset, limit=PAGE)
        assert len(ids) == found
        assert many.steps - before < (min(offset, visible) + BLOCKED) * OPS_A_ROW
        assert not any("TEMP B-TREE" in line for line in many.plan)
        assert not many.reads_rows_of_the_table()


@pytest.mark.parametrize("query", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_no_filter_sorts_or_looks_at_the_rows_of_customers(few: Watched, sort: str, query: Query) -> None:
    search.page_ids(few.connection, query, sort=sort, descending=True, offset=0, limit=PAGE)
    assert INDEX_OF[sort] in few.plan[0]
    assert not any("TEMP B-TREE" in line for line in few.plan)
    assert not few.reads_rows_of_the_table()


@pytest.mark.parametrize("query", FILTERS.values(), ids=FILTERS)
def test_counting_reads_indexes_only(few: Watched, query: Query) -> None:
    ids = search.page_ids(few.connection, query, sort="memberId", descending=False, offset=0, limit=-1)
    assert search.count(few.connection, query) == len(ids)
    assert not few.reads_rows_of_the_table()


@pytest.mark.parametrize("query", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("sort", search.SORT_COLUMNS)
def test_a_position_is_counted_in_an_index(few: Watched, sort: str, query: Query) -> None:
    for descending in (False, True):
        options: dict[str, Any] = {"sort": sort, "descending": descending}
        ids = search.page_ids(few.connection, query, **options, offset=0, limit=-1)
        for place in {0, len(ids) // 3, len(ids) - 1} if ids else ():
            assert search.position(few.connection, query, ids[place], **options) == place
            assert not any("TEMP B-TREE" in line for line in few.plan)
            assert not few.reads_rows_of_the_table()
    assert search.position(few.connection, query, FEW, sort=sort, descending=True) is None
    assert search.position(few.connection, query, FEW + 1, sort=sort, descending=True) is None
