"""The set-based half of an import: rows are staged in a scratch database, matched, and applied by a few statements.

Functions take a DBAPI connection to the live database with the scratch database attached as `scratch`; they never
commit. What a row makes of a customer who exists, or who stands in the file twice, is decided by `crm_tui.core.merging`
and comes back here as an *outcome*; a row that makes a new customer alone is that customer and goes over as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

PROFILE_COLUMNS = (
    "member_id",
    "name",
    "email",
    "email_key",
    "mobile_number",
    "landline_number",
    "description",
    "last_checkout_completed_at",
    "custom",
    "unsubscribe_email",
    "unsubscribe_texting",
    "search_text",
)
STAGED_COLUMNS = ("row_number", "match_key", *PROFILE_COLUMNS, "tags", "tag_count", "blanks", "cells")
"""`tags`: JSON list of [folded, name]; `blanks`: JSON list of field keys; `cells`: the mapped cells as they stood."""
OUTCOME_COLUMNS = (
    "match_key",
    "customer_id",
    "first_row",
    *PROFILE_COLUMNS,
    "email_verified",
    "mobile_number_verified",
    "tags",
    "tags_changed",
    "is_changed",
    "is_blocked",
    "is_opt_in",
    "tags_left_out",
)
"""`customer_id` is NULL for a new customer; `tags` a JSON list of [folded, name, row that gave it or null]."""
FAILED_COLUMNS = ("row_number", "cells", "problems")

MATCH_COLUMNS = {"memberId": "member_id", "profile.email": "email_key", "profile.mobileNumber": "mobile_number"}
_VERIFIED = {"profile.email": "email_verified", "profile.mobileNumber": "mobile_number_verified"}
_MAX_TAGS = 20

_LONE = "match_key NOT IN (SELECT match_key FROM scratch.fold_keys)"


def create_scratch(connection: Any) -> None:
    """Make the tables of a new scratch database."""
    columns = ", ".join(STAGED_COLUMNS[1:])
    connection.execute(f"CREATE TABLE scratch.staged (row_number INTEGER PRIMARY KEY, {columns})")
    connection.execute("CREATE TABLE scratch.failed (row_number INTEGER PRIMARY KEY, cells, problems)")
    connection.execute("CREATE TABLE scratch.about (name TEXT PRIMARY KEY, value TEXT)")
    _create_plan(connection)


def _create_plan(connection: Any) -> None:
    connection.execute("CREATE TABLE scratch.fold_keys (match_key TEXT PRIMARY KEY, customer_id INTEGER) WITHOUT ROWID")
    columns = ", ".join(OUTCOME_COLUMNS)
    connection.execute(f"CREATE TABLE scratch.outcome ({columns})")
    connection.execute("CREATE TABLE scratch.plan_failed (row_number INTEGER PRIMARY KEY, cells, problems)")


def reset_plan(connection: Any) -> None:
    """Forget the plan, keep what is staged."""
    for table in ("fold_keys", "outcome", "plan_failed"):
        connection.execute(f"DROP TABLE scratch.{table}")
    _create_plan(connection)


def insert_many(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table of the scratch database."""
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO scratch.{table} ({', '.join(columns)}) VALUES ({places})", rows)


def set_about(connection: Any, name: str, value: str) -> None:
    """Keep a note about the prepared import with its rows."""
    connection.execute("INSERT OR REPLACE INTO scratch.about VALUES (?, ?)", (name, value))


def get_about(connection: Any, name: str) -> str | None:
    """Return a note of `set_about`."""
    row = connection.execute("SELECT value FROM scratch.about WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def match(connection: Any, key: str) -> None:
    """Find the customers that rows meet (R24, R25) and the rows that the readable rule has to look at one by one."""
    column = MATCH_COLUMNS[key]
    connection.execute("CREATE INDEX IF NOT EXISTS scratch.staged_key ON staged (match_key)")
    if key == "memberId":
        found = """SELECT DISTINCT s.match_key, c.id FROM scratch.staged s
                   JOIN main.customer c ON c.member_id = s.match_key"""
    else:
        found = f"""SELECT match_key, id FROM (
            SELECT s.match_key, c.id, row_number() OVER (PARTITION BY s.match_key ORDER BY
                c.blocked_at IS NOT NULL, c.last_seen_at DESC, c.updated_at IS NULL, c.updated_at DESC, c.id) AS place
            FROM (SELECT DISTINCT match_key FROM scratch.staged) s
            JOIN main.customer c ON c.{column} = s.match_key AND c.{_VERIFIED[key]}) WHERE place = 1"""
    connection.execute(f"INSERT INTO scratch.fold_keys {found}")
    connection.execute(
        f"""INSERT OR IGNORE INTO scratch.fold_keys
            SELECT match_key, NULL FROM scratch.staged GROUP BY match_key
            HAVING count(*) > 1 OR min(unsubscribe_email) IS NULL OR min(unsubscribe_texting) IS NULL
                OR max(tag_count) > {_MAX_TAGS}"""
    )


def rows_to_fold(connection: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows that meet somebody, group by group in file order, each with the stored customer as `c_…`."""
    staged = ", ".join(f"s.{name}" for name in STAGED_COLUMNS)
    columns = (*PROFILE_COLUMNS, "email_verified", "mobile_number_verified")
    customer = ", ".join(f"c.{name} AS c_{name}" for name in columns)
    cursor = connection.execute(
        f"""SELECT {staged}, k.customer_id, c.blocked_at AS c_blocked_at, {customer},
               (SELECT json_group_array(json_array(key, name)) FROM (
                    SELECT t.key, t.name FROM main.customer_tag l JOIN main.tag t ON t.id = l.tag_id
                    WHERE l.customer_id = c.id ORDER BY l.position)) AS c_tags
            FROM scratch.fold_keys k JOIN scratch.staged s ON s.match_key = k.match_key
            LEFT JOIN main.customer c ON c.id = k.customer_id
            ORDER BY s.match_key, s.row_number"""
    )
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def count_lone(connection: Any) -> int:
    """Return how many rows make a new customer alone."""
    number: int = connection.execute(f"SELECT count(*) FROM scratch.staged WHERE {_LONE}").fetchone()[0]
    return number


def count_rows(connection: Any, table: str) -> int:
    """Return the number of rows of a scratch table."""
    number: int = connection.execute(f"SELECT count(*) FROM scratch.{table}").fetchone()[0]
    return number


def outcome_numbers(connection: Any) -> tuple[int, int, int, int, int, int]:
    """Return created, updated, unchanged, blocked matched, opt-ins and tags left out of the folded rows."""
    row = connection.execute(
        """SELECT count(*) - count(customer_id), count(customer_id),
                  coalesce(sum(customer_id IS NOT NULL AND NOT is_changed), 0), coalesce(sum(is_blocked), 0),
                  coalesce(sum(is_opt_in), 0), coalesce(sum(tags_left_out), 0) FROM scratch.outcome"""
    ).fetchone()
    return tuple(row)


def failed_rows(connection: Any, limit: int = -1) -> Iterator[tuple[int, str, str]]:
    """Yield row number, cells and problems (JSON) of the rows that fail, in file order."""
    yield from connection.execute(
        """SELECT row_number, cells, problems FROM scratch.failed
           UNION ALL SELECT row_number, cells, problems FROM scratch.plan_failed ORDER BY 1 LIMIT ?""",
        (limit,),
    )


def apply_customers(connection: Any, now: int) -> int:
    """Create and update customers; return the number that new ids start from."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'customer'").fetchone()
    base = row[0] if row else 0
    profile = ", ".join(PROFILE_COLUMNS)
    columns = f"id, {profile}, email_verified, mobile_number_verified, created_at, last_seen_at, sessions_count"
    connection.execute(
        f"""INSERT INTO main.customer ({columns})
            SELECT ? + row_number, {profile}, email IS NOT NULL, mobile_number IS NOT NULL, ?, ?, 0
            FROM scratch.staged WHERE {_LONE} ORDER BY row_number""",
        (base, now, now),
    )
    connection.execute(
        f"""INSERT INTO main.customer ({columns})
            SELECT ? + first_row, {profile}, email_verified, mobile_number_verified, ?, ?, 0
            FROM scratch.outcome WHERE customer_id IS NULL ORDER BY first_row""",
        (base, now, now),
    )
    names = (*PROFILE_COLUMNS, "email_verified", "mobile_number_verified")
    changes = ", ".join(f"{name} = o.{name}" for name in names)
    connection.execute(
        f"UPDATE main.customer SET {changes} FROM scratch.outcome o WHERE o.customer_id = customer.id AND o.is_changed"
    )
    connection.execute(
        "UPDATE main.customer SET updated_at = ? WHERE id IN (SELECT customer_id FROM scratch.outcome)", (now,)
    )
    return base


def apply_tags(connection: Any, base: int) -> None:
    """Give customer tags; a tag that is new to the database keeps the spelling of the first row that gave it."""
    given = f"""
        SELECT ? + s.row_number AS customer_id, s.row_number AS given, j.value ->> 0 AS key, j.value ->> 1 AS name,
               j.key AS position
        FROM scratch.staged s, json_each(s.tags) j WHERE s.tags IS NOT NULL AND s.{_LONE}
        UNION ALL
        SELECT coalesce(o.customer_id, ? + o.first_row), j.value ->> 2, j.value ->> 0, j.value ->> 1, j.key
        FROM scratch.outcome o, json_each(o.tags) j WHERE o.tags_changed"""
    connection.execute(
        f"""INSERT INTO main.tag (key, name)
            SELECT key, name FROM (SELECT key, name, min(given * 1000 + position) AS first FROM ({given})
                                   WHERE given IS NOT NULL GROUP BY key)
            WHERE true ORDER BY first ON CONFLICT DO NOTHING""",
        (base, base),
    )
    connection.execute(
        """DELETE FROM main.customer_tag WHERE customer_id IN
           (SELECT customer_id FROM scratch.outcome WHERE tags_changed AND customer_id IS NOT NULL)"""
    )
    connection.execute(
        f"""INSERT INTO main.customer_tag (customer_id, tag_id, position)
            SELECT g.customer_id, t.id, g.position FROM ({given}) g JOIN main.tag t ON t.key = g.key ORDER BY 1, 3""",
        (base, base),
    )


def apply_import_tag(connection: Any, base: int, key: str, name: str, now: int, limit: int) -> None:
    """Give the import tag to every customer of the import; the 31st pushes out the oldest (R30)."""
    connection.execute(
        "INSERT INTO main.import_tag (key, name, given_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (key, name, now)
    )
    tag_id = connection.execute("SELECT id FROM main.import_tag WHERE key = ?", (key,)).fetchone()[0]
    connection.execute(
        f"""INSERT OR IGNORE INTO main.customer_import_tag (customer_id, import_tag_id, given_at)
            SELECT ? + row_number, ?, ? FROM scratch.staged WHERE {_LONE}
            UNION ALL SELECT coalesce(customer_id, ? + first_row), ?, ? FROM scratch.outcome ORDER BY 1""",
        (base, tag_id, now, base, tag_id, now),
    )
    connection.execute(
        """DELETE FROM main.customer_import_tag WHERE (customer_id, import_tag_id) IN (
               SELECT customer_id, import_tag_id FROM (
                   SELECT customer_id, import_tag_id, row_number() OVER (
                       PARTITION BY customer_id
                       ORDER BY given_at DESC, import_tag_id = ? DESC, import_tag_id DESC) AS place
                   FROM main.customer_import_tag
                   WHERE customer_id IN (SELECT customer_id FROM scratch.outcome)) WHERE place > ?)""",
        (tag_id, limit),
    )


def apply_failures(connection: Any, import_id: int) -> None:
    """Keep the failed rows with the import (R38)."""
    connection.execute(
        """INSERT INTO main.import_failure (import_id, row_number, cells, problems)
           SELECT ?, row_number, cells, problems FROM scratch.failed
           UNION ALL SELECT ?, row_number, cells, problems FROM scratch.plan_failed""",
        (import_id, import_id),
    )
