"""What has been kept long enough: failed rows whose time is over, and customers of whom nothing is heard."""

from typing import Any

from storage.columns import HIDDEN, LISTED
from storage.sql import Connection, RowMapping, text

_UNHEARD = "NOT EXISTS (SELECT 1 FROM timeline_entry e WHERE e.customer_id = {id} AND e.at >= :_since)"
_UNSEEN = f"""SELECT id FROM customer INDEXED BY ix_customer_seen WHERE {LISTED} AND last_seen_at < :_since
    UNION ALL SELECT id FROM {HIDDEN} AND last_seen_at < :_since"""
"""Each half is the first stretch of an index. Nobody is in both."""


def silent_since(since: int) -> tuple[str, dict[str, Any]]:
    """Return the condition for customers neither seen nor heard of since, and its parameters; blocked ones stay."""
    return f"id IN ({_UNSEEN}) AND {_UNHEARD.format(id='customer.id')}", {"_since": since}


def count_silent(connection: Connection, since: int) -> RowMapping:
    """Return how many `customers` and how many `blocked` ones were neither seen nor heard of since."""
    statement = f"""
        SELECT (SELECT count(*) FROM ({_UNSEEN}) u WHERE {_UNHEARD.format(id="u.id")}) AS customers,
            (SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL AND last_seen_at < :_since
                AND {_UNHEARD.format(id="customer.id")}) AS blocked"""
    return connection.execute(text(statement), {"_since": since}).mappings().one()


def count_failures(connection: Connection, now: int) -> RowMapping:
    """Return how many failed rows are `due`, how many are `kept`, and when (`next_at`) the first of those go."""
    statement = """
        SELECT coalesce(sum(expire_at <= :now), 0) AS due, coalesce(sum(expire_at > :now), 0) AS kept,
            min(CASE WHEN expire_at > :now THEN expire_at END) AS next_at
        FROM (SELECT i.failures_expire_at AS expire_at FROM import_failure f JOIN import i ON i.id = f.import_id)"""
    return connection.execute(text(statement), {"now": now}).mappings().one()
