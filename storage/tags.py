"""Customer tags and import tags with the numbers of customers who carry them; only those listed count (R46)."""

from collections.abc import Collection, Sequence

from storage.columns import AWAY
from storage.sql import Connection, Row, RowMapping, text, text_with_list

_NUMBERS = f"""
    SELECT t.key, t.name, t.is_offered, coalesce(n.number, 0) - coalesce(b.number, 0) AS number FROM tag t
    LEFT JOIN (SELECT tag_id AS id, count(*) AS number FROM customer_tag GROUP BY 1) n ON n.id = t.id
    LEFT JOIN (SELECT l.tag_id AS id, count(*) AS number FROM ({AWAY}) c
               CROSS JOIN customer_tag l ON l.customer_id = c.id GROUP BY 1) b ON b.id = t.id"""


def _counts(connection: Connection, kind: str, extra: str, order: str) -> Sequence[Row[str, int, int | None]]:
    # All links are counted in the index alone; the few of those who are not listed are taken off again.
    statement = f"""
        SELECT name, number, given_at FROM (
        SELECT t.id, t.key, t.name, coalesce(n.number, 0) - coalesce(b.number, 0) AS number, {extra} AS given_at
        FROM {kind} t
        LEFT JOIN (SELECT {kind}_id AS id, count(*) AS number FROM customer_{kind} GROUP BY 1) n ON n.id = t.id
        LEFT JOIN (SELECT l.{kind}_id AS id, count(*) AS number FROM ({AWAY}) c
                   CROSS JOIN customer_{kind} l ON l.customer_id = c.id GROUP BY 1) b ON b.id = t.id)
        WHERE number > 0 ORDER BY {order}"""
    return connection.execute(text(statement)).all()


def import_tags(connection: Connection) -> Sequence[Row[str, int, int | None]]:
    """Return (name, customers, given at), newest first."""
    return _counts(connection, "import_tag", "t.given_at", "given_at DESC, id DESC")


def customer_tags(connection: Connection) -> Sequence[Row[str, int, int | None]]:
    """Return (name, customers, None) by name."""
    return _counts(connection, "tag", "NULL", "key")


def names_of(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Return the names of customer tags by id; those that are no longer there are left out."""
    statement = text_with_list("SELECT id, name FROM tag WHERE id IN :ids", "ids")
    return {row.id: row.name for row in connection.execute(statement, {"ids": list(ids)})}


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Return key, name, is_offered and number of the customer tags that are offered or carried, by folded name."""
    statement = f"SELECT key, name, is_offered, number FROM ({_NUMBERS}) WHERE is_offered OR number > 0 ORDER BY key"
    return connection.execute(text(statement)).mappings().all()


def branch_totals(connection: Connection) -> dict[str, int]:
    """Return how many different customers carry a tag or one below it, by folded name of the upper level.

    Only for those with tags below them: a lone tag has as many as carry it.
    """
    statement = f"""
        WITH root AS (SELECT id, substr(key, 1, instr(key || '/', '/') - 1) AS key FROM tag),
        wide AS (SELECT id, key FROM root WHERE key IN (
            SELECT substr(key, 1, instr(key, '/') - 1) FROM tag WHERE instr(key, '/')))
        SELECT r.key, count(DISTINCT l.customer_id) AS number FROM wide r JOIN customer_tag l ON l.tag_id = r.id
        WHERE l.customer_id NOT IN ({AWAY}) GROUP BY r.key"""
    return {row.key: row.number for row in connection.execute(text(statement))}
