"""Customer tags and import tags with the numbers of customers who carry them (blocked ones not counted, R46)."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, text


def _counts(connection: Connection, kind: str, extra: str, order: str) -> Sequence[Row[str, int, int | None]]:
    # All links are counted in the index alone; the few of blocked customers are taken off again.
    statement = f"""
        SELECT name, number, given_at FROM (
        SELECT t.id, t.key, t.name, coalesce(n.number, 0) - coalesce(b.number, 0) AS number, {extra} AS given_at
        FROM {kind} t
        LEFT JOIN (SELECT {kind}_id AS id, count(*) AS number FROM customer_{kind} GROUP BY 1) n ON n.id = t.id
        LEFT JOIN (SELECT l.{kind}_id AS id, count(*) AS number FROM customer c
                   JOIN customer_{kind} l ON l.customer_id = c.id
                   WHERE c.blocked_at IS NOT NULL GROUP BY 1) b ON b.id = t.id)
        WHERE number > 0 ORDER BY {order}"""
    return connection.execute(text(statement)).all()


def import_tags(connection: Connection) -> Sequence[Row[str, int, int | None]]:
    """Return (name, customers, given at), newest first."""
    return _counts(connection, "import_tag", "t.given_at", "given_at DESC, id DESC")


def customer_tags(connection: Connection) -> Sequence[Row[str, int, int | None]]:
    """Return (name, customers, None) by name."""
    return _counts(connection, "tag", "NULL", "key")
