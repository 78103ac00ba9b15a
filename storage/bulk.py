"""The set-based half of an import: rows are staged in a scratch database, matched, and applied by a few statements.

Functions take a DBAPI connection to the live database with the scratch database attached as `scratch`; they never
commit. What a row makes of a customer who exists, or who stands in the file twice, is decided by `crm_tui.core.merging`
and comes back here as an *outcome*; a row that makes a new customer alone is that customer and goes over as it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.columns import COLUMNS_BY_KEY

PROFILE_COLUMNS = (*COLUMNS_BY_KEY.values(), "email_key", "custom", "search_text")
"""What a row of a file may say about a customer, tags apart."""
VALUE_COLUMNS = (*COLUMNS_BY_KEY.values(), "custom", "tags")
"""Those of them that hold values."""
OUTCOME_COLUMNS = (
    *("customer_id", "first_row", "is_blocked", "is_updated", "tags_left_out"),
    *(*PROFILE_COLUMNS, "email_verified", "mobile_number_verified", "is_changed", "is_opt_in", "tags", "given_tags"),
)
"""What the rows of one customer make of them; `customer_id` is NULL for a new one, `is_updated` says that a row met
them. `tags`: JSON list of folded names, NULL where they stay as they are; `given_tags`: JSON list of [folded, name,
`tag_order`] of the tags that rows added, those too that a later row took away again."""
UNCHANGED_COLUMNS = ("customer_id", "is_blocked", "tags_left_out")
"""All that there is to say about a customer whose values stay as they are."""
TAG_LIST_COLUMNS = ("id", "position", "key", "name")
"""The tags that a row gives, folded and as they stand; rows share a list."""
FAILED_COLUMNS = ("row_number", "cells", "problems")

MATCH_COLUMNS = {"memberId": "member_id", "profile.email": "email_key", "profile.mobileNumber": "mobile_number"}
_VERIFIED = {"profile.email": "email_verified", "profile.mobileNumber": "mobile_number_verified"}
_TAG_ORDER = 1000
_AT_A_TIME = 20_000

LONE = "match_key NOT IN (SELECT match_key FROM scratch.fold_keys)"
"""Of staged rows: each is a new customer as it stands."""


def tag_order(row_number: int, position: int) -> int:
    """Return a number by which the tags of a whole file stand in the order in which they are seen."""
    return row_number * _TAG_ORDER + position


def create_scratch(connection: Any) -> None:
    """Make the tables of a new scratch database."""
    profile = ", ".join(name for name in PROFILE_COLUMNS if name != "custom")
    # `tags`: a list in `tag_list`; `must_fold`: alone, too, it is more than a new customer as it stands; `cells`: the
    # mapped cells as they stood, only looked at where the row fails by what it meets.
    connection.execute(
        f"""CREATE TABLE scratch.staged (row_number INTEGER PRIMARY KEY, match_key TEXT NOT NULL, {profile},
            custom TEXT NOT NULL DEFAULT '{{}}', tags, must_fold INTEGER NOT NULL, cells TEXT NOT NULL)"""
    )
    connection.execute(
        """CREATE TABLE scratch.tag_list (id INTEGER, position INTEGER, key TEXT, name TEXT, PRIMARY KEY (id, position))
           WITHOUT ROWID"""
    )
    connection.execute("CREATE TABLE scratch.failed (row_number INTEGER PRIMARY KEY, cells, problems)")
    connection.execute("CREATE TABLE scratch.about (name TEXT PRIMARY KEY, value TEXT)")
    _create_plan(connection)


def _create_plan(connection: Any) -> None:
    connection.execute("CREATE TABLE scratch.fold_keys (match_key TEXT PRIMARY KEY, customer_id INTEGER) WITHOUT ROWID")
    columns = ", ".join(f"{name} NOT NULL DEFAULT 0" if name.startswith("is_") else name for name in OUTCOME_COLUMNS)
    connection.execute(f"CREATE TABLE scratch.outcome ({columns})")
    connection.execute("CREATE TABLE scratch.plan_failed (row_number INTEGER PRIMARY KEY, cells, problems)")


def reset_plan(connection: Any) -> None:
    """Forget the plan, keep what is staged."""
    for table in ("fold_keys", "outcome", "plan_failed"):
        connection.execute(f"DROP TABLE scratch.{table}")
    _create_plan(connection)


def insert_many(connection: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table of the scratch database."""
    if not rows:
        return
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO scratch.{table} ({', '.join(columns)}) VALUES ({places})", rows)


def tag_names(connection: Any, tag_list: int) -> tuple[str, ...]:
    """Return the tags of a staged row's list."""
    rows = connection.execute("SELECT name FROM scratch.tag_list WHERE id = ? ORDER BY position", (tag_list,))
    return tuple(name for (name,) in rows)


def staged_cells(connection: Any, row_number: int) -> str:
    """Return column `cells` of a staged row."""
    row = connection.execute("SELECT cells FROM scratch.staged WHERE row_number = ?", (row_number,)).fetchone()
    cells: str = row[0]
    return cells


def staged_row(connection: Any, row_number: int) -> tuple[str, int | None, int | None] | None:
    """Return what a staged row is matched by, whom it meets, and the first row of the file that makes or changes them.

    None where no such row is staged.
    """
    row = connection.execute(
        """SELECT s.match_key, k.customer_id,
                  (SELECT min(row_number) FROM scratch.staged o WHERE o.match_key = s.match_key
                   AND o.row_number NOT IN (SELECT row_number FROM scratch.plan_failed))
           FROM scratch.staged s LEFT JOIN scratch.fold_keys k ON k.match_key = s.match_key WHERE s.row_number = ?""",
        (row_number,),
    ).fetchone()
    return None if row is None else tuple(row)


def failed_row(connection: Any, row_number: int) -> str | None:
    """Return the problems (JSON) of a row that fails; None where it does not."""
    row = connection.execute(
        """SELECT problems FROM scratch.failed WHERE row_number = ?
           UNION ALL SELECT problems FROM scratch.plan_failed WHERE row_number = ?""",
        (row_number, row_number),
    ).fetchone()
    return None if row is None else row[0]


def candidates(connection: Any, key: str, match_key: str, limit: int) -> list[tuple[int, int, int | None, bool]]:
    """Return id, last_seen_at, updated_at and whether blocked of those whom a row can meet, best first (R24, R25)."""
    rows = connection.execute(
        f"""SELECT id, last_seen_at, updated_at, blocked_at IS NOT NULL FROM main.customer
            WHERE {MATCH_COLUMNS[key]} = ? AND {_VERIFIED.get(key, "true")}
            ORDER BY blocked_at IS NOT NULL, last_seen_at DESC, updated_at IS NULL, updated_at DESC, id LIMIT ?""",
        (match_key, limit),
    )
    return [(*row[:3], bool(row[3])) for row in rows]


def set_about(connection: Any, name: str, value: str) -> None:
    """Keep a note about the prepared import with its rows."""
    connection.execute("INSERT OR REPLACE INTO scratch.about VALUES (?, ?)", (name, value))


def get_about(connection: Any, name: str) -> str | None:
    """Return a note of `set_about`; the connection may also be one to the scratch database alone."""
    row = connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def match(connection: Any, key: str) -> None:
    """Find the customers that rows meet (R24, R25) and the rows that the readable rule has to look at one by one."""
    column = MATCH_COLUMNS[key]
    connection.execute("CREATE INDEX IF NOT EXISTS scratch.staged_key ON staged (match_key, row_number, must_fold)")
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
        """INSERT OR IGNORE INTO scratch.fold_keys
           SELECT match_key, NULL FROM scratch.staged GROUP BY match_key HAVING count(*) > 1 OR max(must_fold)"""
    )


def count_to_fold(connection: Any) -> int:
    """Return how many rows `rows_to_fold` yields."""
    row = connection.execute(f"SELECT count(*) FROM scratch.staged WHERE NOT ({LONE})").fetchone()
    number: int = row[0]
    return number


def rows_to_fold(connection: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that meet somebody, key by key in file order.

    Each is match key, row number, customer id (None for a new one), whether that customer is blocked; `VALUE_COLUMNS`
    of the row, its tags as the id of a list; `VALUE_COLUMNS` of the customer, there with tags as a JSON list of names,
    and then whether e-mail and mobile number are verified.
    """
    row = ", ".join(f"s.{name}" for name in VALUE_COLUMNS)
    customer = ", ".join(f"c.{name}" for name in VALUE_COLUMNS[:-1])
    cursor = connection.execute(
        f"""SELECT s.match_key, s.row_number, k.customer_id, c.blocked_at IS NOT NULL, {row}, {customer},
               (SELECT json_group_array(name) FROM (
                    SELECT t.name FROM main.customer_tag l JOIN main.tag t ON t.id = l.tag_id
                    WHERE l.customer_id = c.id ORDER BY l.position)),
               c.email_verified, c.mobile_number_verified
            FROM scratch.fold_keys k CROSS JOIN scratch.staged s ON s.match_key = k.match_key
            LEFT JOIN main.customer c ON c.id = k.customer_id
            ORDER BY k.match_key, s.row_number"""
    )
    middle = 4 + len(VALUE_COLUMNS)
    for cells in cursor:
        yield (*cells[:4], cells[4:middle], cells[middle:])


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


def first_new_id(connection: Any) -> int:
    """Return the number that new ids start from."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'customer'").fetchone()
    return row[0] if row else 0


def apply_customers(connection: Any, base: int, now: int) -> Iterator[int]:
    """Create and update customers; yield how many at a time."""
    profile = ", ".join(PROFILE_COLUMNS)
    columns = f"id, {profile}, email_verified, mobile_number_verified, created_at, last_seen_at, sessions_count"
    for first, last in _ranges(connection, "staged"):
        yield connection.execute(
            f"""INSERT INTO main.customer ({columns})
                SELECT ? + row_number, {profile}, email IS NOT NULL, mobile_number IS NOT NULL, ?, ?, 0
                FROM scratch.staged WHERE rowid BETWEEN ? AND ? AND {LONE} ORDER BY row_number""",
            (base, now, now, first, last),
        ).rowcount
    changes = ", ".join(f"{name} = o.{name}" for name in (*PROFILE_COLUMNS, *_VERIFIED.values()))
    for first, last in _ranges(connection, "outcome"):
        yield connection.execute(
            f"""INSERT INTO main.customer ({columns}, updated_at)
                SELECT ? + first_row, {profile}, email_verified, mobile_number_verified, ?, ?, 0,
                       CASE WHEN is_updated THEN ? END
                FROM scratch.outcome WHERE rowid BETWEEN ? AND ? AND customer_id IS NULL ORDER BY first_row""",
            (base, now, now, now, first, last),
        ).rowcount
        yield connection.execute(
            f"""UPDATE main.customer SET {changes}, updated_at = ? FROM scratch.outcome o
                WHERE o.rowid BETWEEN ? AND ? AND o.customer_id = customer.id AND o.is_changed""",
            (now, first, last),
        ).rowcount
        yield connection.execute(
            """UPDATE main.customer SET updated_at = ? WHERE id IN (
                   SELECT customer_id FROM scratch.outcome WHERE rowid BETWEEN ? AND ? AND NOT is_changed)""",
            (now, first, last),
        ).rowcount


def _ranges(connection: Any, table: str) -> Iterator[tuple[int, int]]:
    """Yield ranges that cover the rows of a scratch table, so that progress can be told between statements."""
    last = connection.execute(f"SELECT max(rowid) FROM scratch.{table}").fetchone()[0] or 0
    for first in range(0, last + 1, _AT_A_TIME):
        yield first, first + _AT_A_TIME - 1


def apply_tags(connection: Any, base: int) -> None:
    """Give customer tags; a tag that is new to the database keeps the spelling of the first row that gave it (R16)."""
    connection.execute(
        f"""INSERT INTO main.tag (key, name)
            SELECT key, name FROM (SELECT key, name, min(given) AS first FROM (
                SELECT l.key, l.name, g.first_row * {_TAG_ORDER} + l.position AS given
                FROM (SELECT tags, min(row_number) AS first_row FROM scratch.staged
                      WHERE tags IS NOT NULL AND {LONE} GROUP BY tags) g
                JOIN scratch.tag_list l ON l.id = g.tags
                UNION ALL
                SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]')
                FROM scratch.outcome o, json_each(o.given_tags) j WHERE o.given_tags IS NOT NULL) GROUP BY key)
            WHERE true ORDER BY first ON CONFLICT DO NOTHING"""
    )
    connection.execute(
        """DELETE FROM main.customer_tag
           WHERE customer_id IN (SELECT customer_id FROM scratch.outcome WHERE tags IS NOT NULL)"""
    )
    connection.execute(
        f"""INSERT INTO main.customer_tag (customer_id, tag_id, position)
            SELECT ? + s.row_number, t.id, l.position
            FROM scratch.staged s CROSS JOIN scratch.tag_list l ON l.id = s.tags CROSS JOIN main.tag t ON t.key = l.key
            WHERE s.{LONE} ORDER BY s.row_number""",
        (base,),
    )
    connection.execute(
        """INSERT INTO main.customer_tag (customer_id, tag_id, position)
           SELECT coalesce(o.customer_id, ? + o.first_row), t.id, j.key FROM scratch.outcome o, json_each(o.tags) j
           JOIN main.tag t ON t.key = j.value WHERE o.tags IS NOT NULL""",
        (base,),
    )


def apply_import_tag(connection: Any, base: int, key: str, name: str, now: int, limit: int) -> None:
    """Give the import tag to every customer of the import; the 31st pushes out the oldest (R30)."""
    connection.execute(
        "INSERT INTO main.import_tag (key, name, given_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (key, name, now)
    )
    tag_id = connection.execute("SELECT id FROM main.import_tag WHERE key = ?", (key,)).fetchone()[0]
    connection.execute(
        f"""INSERT OR IGNORE INTO main.customer_import_tag (customer_id, import_tag_id, given_at)
            SELECT ? + row_number, ?, ? FROM scratch.staged WHERE {LONE} ORDER BY row_number""",
        (base, tag_id, now),
    )
    connection.execute(
        """INSERT OR IGNORE INTO main.customer_import_tag (customer_id, import_tag_id, given_at)
           SELECT coalesce(customer_id, ? + first_row), ?, ? FROM scratch.outcome ORDER BY 1""",
        (base, tag_id, now),
    )
    # The tag just given stays even where a clock that was set back makes it look the oldest.
    connection.execute(
        """DELETE FROM main.customer_import_tag WHERE (customer_id, import_tag_id) IN (
               SELECT customer_id, import_tag_id FROM (
                   SELECT customer_id, import_tag_id, row_number() OVER (
                       PARTITION BY customer_id
                       ORDER BY import_tag_id = ? DESC, given_at DESC, import_tag_id DESC) AS place
                   FROM main.customer_import_tag
                   WHERE customer_id IN (SELECT customer_id FROM scratch.outcome)) WHERE place > ?)""",
        (tag_id, limit),
    )


def customers_written(base: int) -> str:
    """Return the SELECT of the ids of all customers of the import."""
    return f"""SELECT {base} + row_number FROM scratch.staged WHERE {LONE}
        UNION ALL SELECT coalesce(customer_id, {base} + first_row) FROM scratch.outcome"""


def apply_failures(connection: Any, import_id: int) -> None:
    """Keep the failed rows with the import (R38)."""
    connection.execute(
        """INSERT INTO main.import_failure (import_id, row_number, cells, problems)
           SELECT ?, row_number, cells, problems FROM scratch.failed
           UNION ALL SELECT ?, row_number, cells, problems FROM scratch.plan_failed""",
        (import_id, import_id),
    )
