"""What a customer's life costs: each statement reads the index that was made for it, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from crm_tui.core.query import Query, Word
from storage import customers, retention, search, selection, timeline, unifying
from storage.engine import open_engine


class Plans:
    """A connection that notes how SQLite answers what it is asked."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.steps: list[str] = []
        self._raw: Any = connection.connection.driver_connection
        event.listen(connection, "before_cursor_execute", self._explain)

    def _explain(self, _: object, __: object, statement: str, parameters: Any, ___: object, ____: object) -> None:
        if not statement.startswith(("CREATE", "DELETE")):
            self.steps += [row[3] for row in self._raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    def reads(self, of: str) -> set[str]:
        """Return how a table is read, without by what it is asked."""
        return {step.partition(" (")[0] for step in self.steps if of in step.split()}


@pytest.fixture
def plans(empty_database: Path) -> Iterator[Plans]:
    with open_engine(empty_database).connect() as connection:
        yield Plans(connection)


@pytest.mark.parametrize(
    ("asked", "table", "way"),
    [
        (lambda one: timeline.ownerless(one, 9), "timeline_entry", "SCAN timeline_entry USING COVERING INDEX"),
        (lambda one: timeline.of_thread(one, 7, 9), "timeline_entry", "SEARCH timeline_entry USING INDEX"),
    ],
    ids=["all", "one"],
)
def test_r49_conversations_without_an_owner_are_read_off_their_own_index(
    plans: Plans, asked: Callable[[Connection], object], table: str, way: str
) -> None:
    asked(plans.connection)
    assert plans.reads(table) == {f"{way} ix_timeline_entry_ownerless"}


def test_r5_hidden_customers_are_counted_without_a_look_at_their_rows(plans: Plans) -> None:
    customers.totals(plans.connection)
    assert "SCAN customer USING COVERING INDEX ix_customer_hidden" in plans.reads("customer")


def test_r5_words_that_nobody_in_the_list_has_are_looked_for_in_an_index_of_the_hidden_ones(plans: Plans) -> None:
    assert search.count(plans.connection, Query(Word(("nobody",))), hidden=True) == 0
    assert plans.reads("customer") == {"SCAN customer USING COVERING INDEX ix_customer_hidden_search"}


def test_r42_the_newest_pending_links_come_off_an_index(plans: Plans) -> None:
    raw: Any = plans.connection.connection.driver_connection

    class Explained:
        def execute(self, statement: str, params: tuple[Any, ...]) -> Any:
            return raw.execute(f"EXPLAIN QUERY PLAN {statement}", params)

    assert any("ix_pending_unification_since" in str(row) for row in unifying.waiting(Explained(), 10))


def test_those_neither_seen_nor_heard_of_are_found_without_reading_everybody(plans: Plans) -> None:
    retention.count_silent(plans.connection, 1_700_000_000_000)
    selection.count_and_mark_where(plans.connection, *retention.silent_since(1_700_000_000_000))
    assert not [step for step in plans.steps if step.startswith("SCAN customer")]
    indexes = {step.split()[-1] for step in plans.reads("customer")}
    assert indexes >= {"ix_customer_seen", "ix_customer_hidden", "ix_customer_blocked"}
