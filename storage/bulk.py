"""The set-based half of an import: rows are staged in a scratch database, matched, and applied by a few statements.

Functions take a DBAPI connection to the live database with the scratch database attached as `scratch`; they never
commit. What a row makes of a customer who exists, or who stands in the file twice, is decided by `crm_tui.core.merging`
and comes back here as an *outcome*; a row that makes a new customer alone is that customer and goes over as it is.
"""

from collections.abc import Iterator
from typing import Any

from storage.columns import COLUMNS_BY_KEY
from storage.staging import PROFILE_COLUMNS

VALUE_COLUMNS = (*COLUMNS_BY_KEY.values(), "custom", "tags")
"""Those of them that hold values."""
OUTCOME_COLUMNS = (
    *("customer_id", "first_row", "is_blocked", "is_updated", "tags_left_out"),
    *(*PROFILE_COLUMNS, "email_verified", "mobile_number_verified", "is_changed", "is_opt_in", "tags", "given_tags"),
)
"""What the rows of one customer make of them; `customer_id` is NULL for a new one, `is_updated` says that a row met
them. `tags`: JSON list of folded names, NULL where they stay as they are; `given_tags`: JSON list of [folded, name,
`tag_order`] of the tags that rows added, those too that a later row took away again."""
UNCHANGED_COLUMNS = ("customer_id", "first_row", "is_blocked", "tags_left_out")
"""All that there is to say about a customer whose values stay as they are."""

MATCH_COLUMNS = {"memberId": "member_id", "profile.email": "email_key", "profile.mobileNumber": "mobile_number"}
CONTACT_FLAGS = {"profile.email": "email_verified", "profile.mobileNumber": "mobile_number_verified"}
_TAG_ORDER = 1000
_AT_A_TIME = 20_000
_IN_NO_ORDER = ("ix_customer_name", "ix_customer_email_key", "ix_customer_mobile_number")
"""Indexes that new customers come to at random places, whatever order a file has."""
_LISTED = ("member_id", "name", "email_key", "mobile_number", "search_text")
"""What stands in indexes, or is watched by triggers."""
_MADE_AGAIN_FROM = 50_000

LONE = "row_number NOT IN (SELECT row_number FROM scratch.met)"
"""Of staged rows: each is a new customer as it stands."""


def tag_order(row_number: int, position: int) -> int:
    """Return a number by which the tags of a whole file stand in the order in which they are seen."""
    return row_number * _TAG_ORDER + position


def reset_plan(connection: Any) -> None:
    """Make the tables of the plan, empty; what is staged stays."""
    for table in ("met", "repeated", "outcome", "plan_failed"):
        connection.execute(f"DROP TABLE IF EXISTS scratch.{table}")
    # `repeated`: keys that stand in the file more than once; `met`: all rows but the lone ones. Whoever exists already
    # and is met has an id there.
    connection.execute("CREATE TABLE scratch.repeated (match_key TEXT PRIMARY KEY, customer_id INTEGER) WITHOUT ROWID")
    connection.execute("CREATE TABLE scratch.met (row_number INTEGER PRIMARY KEY, customer_id INTEGER, is_repeated)")
    kinds = {"first_row": "first_row INTEGER PRIMARY KEY"}
    columns = ", ".join(
        f"{name} NOT NULL DEFAULT 0" if name.startswith("is_") else kinds.get(name, name) for name in OUTCOME_COLUMNS
    )
    connection.execute(f"CREATE TABLE scratch.outcome ({columns})")
    connection.execute("CREATE TABLE scratch.plan_failed (row_number INTEGER PRIMARY KEY, cells, problems)")


def candidates(connection: Any, key: str, match_key: str, limit: int) -> list[tuple[int, int, int | None, bool]]:
    """Return id, last_seen_at, updated_at and whether blocked of those whom a row can meet, best first (R24, R25)."""
    columns = "c.id, c.last_seen_at, c.updated_at, c.blocked_at IS NOT NULL"
    rows = connection.execute(f"{_who_is_met(key, columns, '?')} LIMIT ?", (match_key, limit))
    return [(*row[:3], bool(row[3])) for row in rows]


def _who_is_met(key: str, columns: str, value: str) -> str:
    """Return the SELECT of those whom rows with a key can meet, best first."""
    found = f"SELECT {columns} FROM main.customer c WHERE c.{MATCH_COLUMNS[key]} = {value}"
    if key not in CONTACT_FLAGS:
        return found
    return f"""{found} AND c.{CONTACT_FLAGS[key]} ORDER BY
        c.blocked_at IS NOT NULL, c.last_seen_at DESC, c.updated_at IS NULL, c.updated_at DESC, c.id"""


def match(connection: Any, key: str) -> None:
    """Find the customers that rows meet (R24, R25) and the rows that are more than a new customer as they stand."""
    connection.execute("CREATE INDEX IF NOT EXISTS scratch.staged_key ON staged (match_key, row_number, must_fold)")
    met = f"({_who_is_met(key, 'c.id', 's.match_key')} LIMIT 1)"
    connection.execute(
        f"""INSERT INTO scratch.repeated SELECT match_key, {met} FROM (
            SELECT match_key FROM scratch.staged GROUP BY match_key HAVING count(*) > 1) s"""
    )
    # Off the index, key by key, for the customers' index has that order too; and whom a repeated key meets, of maybe
    # very many, is found once.
    connection.execute(
        f"""INSERT INTO scratch.met SELECT row_number, customer_id, is_repeated FROM (
                SELECT s.row_number, s.must_fold, r.match_key IS NOT NULL AS is_repeated,
                       CASE WHEN r.match_key IS NULL THEN {met} ELSE r.customer_id END AS customer_id
                FROM scratch.staged s LEFT JOIN scratch.repeated r ON r.match_key = s.match_key)
            WHERE customer_id IS NOT NULL OR is_repeated OR must_fold ORDER BY row_number"""
    )


def rows_to_fold(connection: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `met` that have no outcome yet, key by key in file order.

    Each is match key, row number, customer id (None for a new one), whether that customer is blocked; `VALUE_COLUMNS`
    of the row, its tags as the id of a list; `VALUE_COLUMNS` of the customer, there with tags as a JSON list of names,
    and then whether e-mail and mobile number are verified.
    """
    row = ", ".join(f"s.{name}" for name in VALUE_COLUMNS)
    customer = ", ".join(f"c.{name}" for name in VALUE_COLUMNS[:-1])
    columns = f"""s.match_key, s.row_number, k.customer_id, c.blocked_at IS NOT NULL, {row}, {customer},
        (SELECT json_group_array(name) FROM (
            SELECT t.name FROM main.customer_tag l JOIN main.tag t ON t.id = l.tag_id
            WHERE l.customer_id = c.id ORDER BY l.position)),
        c.email_verified, c.mobile_number_verified"""
    staged = "CROSS JOIN scratch.staged s"
    customers = "LEFT JOIN main.customer c ON c.id = k.customer_id"
    middle = 4 + len(VALUE_COLUMNS)
    for found in (
        # A row that gets its outcome meanwhile is behind the one that is read: it is never asked about again.
        f"""SELECT {columns} FROM scratch.met k {staged} ON s.row_number = k.row_number {customers}
            WHERE NOT k.is_repeated AND k.row_number NOT IN (SELECT first_row FROM scratch.outcome)
            ORDER BY k.row_number""",
        f"""SELECT {columns} FROM scratch.repeated k {staged} ON s.match_key = k.match_key {customers}
            ORDER BY k.match_key, s.row_number""",
    ):
        for cells in connection.execute(found):
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


def first_new_id(connection: Any) -> int:
    """Return the number that new ids start from."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'customer'").fetchone()
    return row[0] if row else 0


def set_indexes_aside(connection: Any, created: int) -> tuple[str, ...]:
    """Drop the indexes that are made again faster than so many new customers are added; return what makes them."""
    (existing,) = connection.execute("SELECT count(*) FROM main.customer").fetchone()
    if not _MADE_AGAIN_FROM <= created >= existing:
        return ()
    again = []
    for name in _IN_NO_ORDER:
        again.extend(connection.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", (name,)).fetchone())
        connection.execute(f"DROP INDEX main.{name}")
    return tuple(again)


def _has_lone(connection: Any) -> bool:
    return count_rows(connection, "staged") > count_rows(connection, "met")


def apply_customers(connection: Any, base: int, now: int) -> Iterator[int]:
    """Create and update customers; yield how many at a time."""
    profile = ", ".join(PROFILE_COLUMNS)
    columns = f"id, {profile}, email_verified, mobile_number_verified, created_at, last_seen_at, sessions_count"
    for first, last in _ranges(connection, "staged", "row_number") if _has_lone(connection) else ():
        yield connection.execute(
            f"""INSERT INTO main.customer ({columns})
                SELECT ? + row_number, {profile}, email IS NOT NULL, mobile_number IS NOT NULL, ?, ?, 0
                FROM scratch.staged WHERE row_number BETWEEN ? AND ? AND {LONE} ORDER BY row_number""",
            (base, now, now, first, last),
        ).rowcount
    columns_changed = (*PROFILE_COLUMNS, *CONTACT_FLAGS.values())
    unlisted = " AND ".join(f"customer.{name} IS o.{name}" for name in _LISTED)
    # Whoever keeps what indexes and triggers look at costs a third.
    updates = [
        (", ".join(f"{name} = o.{name}" for name in columns_changed if name not in _LISTED), unlisted),
        (", ".join(f"{name} = o.{name}" for name in columns_changed), f"NOT ({unlisted})"),
    ]
    for first, last in _ranges(connection, "outcome", "first_row"):
        yield connection.execute(
            f"""INSERT INTO main.customer ({columns}, updated_at)
                SELECT ? + first_row, {profile}, email_verified, mobile_number_verified, ?, ?, 0,
                       CASE WHEN is_updated THEN ? END
                FROM scratch.outcome WHERE first_row BETWEEN ? AND ? AND customer_id IS NULL ORDER BY first_row""",
            (base, now, now, now, first, last),
        ).rowcount
        for changes, who in updates:
            yield connection.execute(
                f"""UPDATE main.customer SET {changes}, updated_at = ? FROM scratch.outcome o
                    WHERE o.first_row BETWEEN ? AND ? AND o.customer_id = customer.id AND o.is_changed AND {who}""",
                (now, first, last),
            ).rowcount
        yield connection.execute(
            """UPDATE main.customer SET updated_at = ? WHERE id IN (
                   SELECT customer_id FROM scratch.outcome WHERE first_row BETWEEN ? AND ? AND NOT is_changed)""",
            (now, first, last),
        ).rowcount


def met_ranges(connection: Any) -> Iterator[tuple[int, int]]:
    """Yield ranges of row numbers that cover those of `met`."""
    yield from _ranges(connection, "met", "row_number")


def _ranges(connection: Any, table: str, key: str) -> Iterator[tuple[int, int]]:
    """Yield ranges that cover the rows of a scratch table, so that progress can be told between statements."""
    last = connection.execute(f"SELECT max({key}) FROM scratch.{table}").fetchone()[0] or 0
    for first in range(0, last + 1, _AT_A_TIME):
        yield first, first + _AT_A_TIME - 1


def apply_tags(connection: Any, base: int) -> None:
    """Give customer tags; a tag that is new to the database keeps the spelling of the first row that gave it (R16)."""
    connection.execute("DROP TABLE IF EXISTS temp.new_tags")
    connection.execute("CREATE TEMP TABLE new_tags (tags INTEGER PRIMARY KEY, first_row)")
    unknown = "scratch.tag_list WHERE key NOT IN (SELECT key FROM main.tag)"
    if connection.execute(f"SELECT EXISTS (SELECT 1 FROM {unknown})").fetchone()[0]:
        # The first row of each list, without sorting all rows by their lists.
        connection.execute(
            f"""INSERT OR IGNORE INTO temp.new_tags SELECT tags, row_number FROM scratch.staged
                WHERE tags IN (SELECT id FROM {unknown}) AND {LONE} ORDER BY row_number"""
        )
    connection.execute(
        f"""INSERT INTO main.tag (key, name)
            SELECT key, name FROM (SELECT key, name, min(given) AS first FROM (
                SELECT l.key, l.name, g.first_row * {_TAG_ORDER} + l.position AS given
                FROM temp.new_tags g CROSS JOIN scratch.tag_list l ON l.id = g.tags
                UNION ALL
                SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]')
                FROM scratch.outcome o, json_each(o.given_tags) j WHERE o.given_tags IS NOT NULL) GROUP BY key)
            WHERE true ORDER BY first ON CONFLICT DO NOTHING"""
    )
    connection.execute(
        """DELETE FROM main.customer_tag
           WHERE customer_id IN (SELECT customer_id FROM scratch.outcome WHERE tags IS NOT NULL)"""
    )
    if _has_lone(connection):
        connection.execute(
            f"""INSERT INTO main.customer_tag (customer_id, tag_id, position)
                SELECT ? + s.row_number, t.id, l.position FROM scratch.staged s
                CROSS JOIN scratch.tag_list l ON l.id = s.tags CROSS JOIN main.tag t ON t.key = l.key
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
    if _has_lone(connection):
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
                       ORDER BY import_tag_id = :given DESC, given_at DESC, import_tag_id DESC) AS place
                   FROM main.customer_import_tag
                   WHERE customer_id IN (
                       SELECT o.customer_id FROM scratch.outcome o WHERE (
                           SELECT count(*) FROM main.customer_import_tag l WHERE l.customer_id = o.customer_id
                       ) > :limit)) WHERE place > :limit)""",
        {"given": tag_id, "limit": limit},
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
