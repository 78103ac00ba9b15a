"""The activity log (R52): lines are only ever added, each sealed with a hash over the one before.

What writes and checks lines takes a DBAPI connection, so that a set-based import and a single edit share it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from storage.dialects import sqlite
from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen
from storage.sql import Connection, RowMapping, text

_READ_AT_ONCE = 10_000


class LogDamaged(Exception):
    """The log does not end where its head says: a line behind that would hide what was done to it."""


def seal(before: str, line: Sequence[int | str], customers: str) -> str:
    """Return the hash of a line.

    Args:
        before: The hash of the line before; "" for the first.
        line: Its id, at, manager, kind and details.
        customers: `digest_of` the customers that it is about.
    """
    sealed = json.dumps([before, *line, customers], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(sealed.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(customers: Iterable[int]) -> str:
    """Return one hash for ids, which must be sorted."""
    digest = hashlib.sha256()
    for one in customers:
        digest.update(b"%d," % one)
    return digest.hexdigest()


def add(connection: Any, at: int, manager: str, kind: str, details: str, customers: Iterable[int] | Chosen) -> int:
    """Add a line with the customers that it is about; return its id. `details` is JSON.

    Raises:
        LogDamaged: Somebody has changed the end of the log; nothing is added to it.
    """
    last_id, last = _end(connection)
    line_id = last_id + 1
    if isinstance(customers, Chosen):
        digest, number = _digest_chosen(connection, customers)
    else:
        ids = sorted(set(customers))
        digest, number = digest_of(ids), len(ids)
    line = (line_id, at, manager, kind, details)
    sealed = seal(last, line, digest)
    connection.execute(
        "INSERT INTO activity (id, at, manager, kind, details, hash, customers) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*line, sealed, number),
    )
    if isinstance(customers, Chosen):
        connection.execute(
            f"INSERT INTO activity_customer (customer_id, activity_id) SELECT id, ? FROM {customers}", (line_id,)
        )
    else:
        connection.executemany(
            "INSERT INTO activity_customer (customer_id, activity_id) VALUES (?, ?)", ((one, line_id) for one in ids)
        )
    connection.execute("UPDATE activity_head SET last_id = ?, hash = ?", (line_id, sealed))
    return line_id


def _end(connection: Any) -> tuple[int, str]:
    """Return id and hash of the last line, which the head of the log must have too."""
    newest = connection.execute("SELECT id, hash FROM activity ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    if head(connection) != tuple(newest):
        raise LogDamaged
    last_id, last = newest
    return last_id, last


def _digest_chosen(connection: Any, customers: Chosen) -> tuple[str, int]:
    """Return `digest_of` them, and how many they are."""
    cursor = connection.execute(f"SELECT id FROM {customers} ORDER BY id")
    digest, number = hashlib.sha256(), 0
    while rows := cursor.fetchmany(_READ_AT_ONCE):
        digest.update(b"".join([b"%d," % row for row in rows]))
        number += len(rows)
    return digest.hexdigest(), number


_THE_CUSTOMER = "SELECT :customer UNION SELECT lead_id FROM unification WHERE member_id = :customer"
"""Their ids: their own, and those of the leads that went into them (R44)."""
_LINE = (
    "a.id, CAST(a.at AS INTEGER) AS at, CAST(a.manager AS TEXT) AS manager, CAST(a.kind AS TEXT) AS kind, "
    "CAST(a.details AS TEXT) AS details"
)
"""Cast, so that a line which somebody has changed behind the program's back can still be shown."""
_LISTED = (
    f"SELECT {_LINE}, max(0, CAST(a.customers AS INTEGER)) AS customers, "
    "(SELECT json_group_array(CAST(customer_id AS INTEGER)) FROM (SELECT l.customer_id FROM activity_customer l "
    "WHERE l.activity_id = a.id ORDER BY l.customer_id LIMIT :shown)) AS customer_ids FROM activity a"
)
_CONDITIONS = {
    "manager": "a.manager = :manager",
    "kind": "a.kind = :kind",
    "since": "a.at >= :since",
    "until": "a.at < :until",
    "before": "a.id < :before",
    "customer": f"a.id IN (SELECT activity_id FROM activity_customer WHERE customer_id IN ({_THE_CUSTOMER}))",
}


def listed(connection: Connection, asked: Mapping[str, Any], limit: int, shown: int) -> Sequence[RowMapping]:
    """Return lines of the log, newest first.

    Args:
        connection: Any.
        asked: Of `manager`, `kind`, `since`, `until` (not included), `before` (an id) and `customer`, those asked for.
        limit: How many at most.
        shown: How many ids of customers each has in `customer_ids`; `customers` is the number of all.
    """
    statement = text(f"{_LISTED} WHERE {_where(asked)} ORDER BY a.id DESC LIMIT :limit")
    params = {**_params(asked), "limit": min(limit, MAX_INTEGER), "shown": shown}
    return connection.execute(statement, params).mappings().all()


def count(connection: Connection, asked: Mapping[str, Any]) -> int:
    """Return how many lines `listed` would give without a limit."""
    statement = text(f"SELECT count(*) FROM activity a WHERE {_where(asked)}")
    number: int = connection.execute(statement, _params(asked)).scalar_one()
    return number


def _where(asked: Mapping[str, Any]) -> str:
    return " AND ".join(_CONDITIONS[name] for name in asked) or "true"


def _params(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: max(-MAX_INTEGER, min(value, MAX_INTEGER)) if isinstance(value, int) else value
        for name, value in asked.items()
    }


_WORDS = (
    "WITH RECURSIVE word (found) AS (SELECT min({column}) FROM activity UNION ALL "
    "SELECT (SELECT min({column}) FROM activity WHERE {column} > found) FROM word WHERE found IS NOT NULL) "
    "SELECT DISTINCT CAST(found AS TEXT) FROM word WHERE found IS NOT NULL ORDER BY 1"
)
"""From one word to the next in its index, not from line to line."""


def words(connection: Connection) -> tuple[Sequence[str], Sequence[str]]:
    """Return the managers and the kinds that occur in the log."""
    managers, kinds = (
        connection.execute(text(_WORDS.format(column=column))).scalars().all() for column in ("manager", "kind")
    )
    return managers, kinds


def last_id(connection: Connection) -> int:
    """Return the id of the newest line; 0 where there is none."""
    newest: int = connection.execute(text("SELECT coalesce(max(id), 0) FROM activity")).scalar_one()
    return newest


def head(connection: Any) -> tuple[Any, Any] | None:
    """Return id and hash that the last line has by the head of the log; None where there is no head, or not one."""
    rows = connection.execute("SELECT id, last_id, hash FROM activity_head").fetchall()
    return tuple(rows[0][1:]) if len(rows) == 1 and rows[0][0] == 1 else None


def highest_id(connection: Any) -> int:
    """Return the highest id that a line ever had, be the line gone or not."""
    return sqlite.highest_id(connection, "activity")


def sealed_lines(connection: Any) -> Iterator[tuple[Any, ...]]:
    """Yield every line, oldest first, as it is stored: what `seal` takes of it, its hash, and how many customers."""
    yield from connection.execute("SELECT id, at, manager, kind, details, hash, customers FROM activity ORDER BY id")


def customers_of_lines(connection: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every line's id with each of its customers, in order."""
    yield from connection.execute(
        "SELECT activity_id, customer_id FROM activity_customer ORDER BY activity_id, customer_id"
    )


def of_customer(connection: Connection, customer_id: int, limit: int) -> Sequence[RowMapping]:
    """Return id, at, manager, kind and details of what was done to one customer, newest first.

    What was done to the leads that went into them is among it (R44).
    """
    statement = text(
        f"SELECT {_LINE} FROM activity a WHERE a.id IN "
        f"(SELECT activity_id FROM activity_customer WHERE customer_id IN ({_THE_CUSTOMER})) "
        "ORDER BY a.id DESC LIMIT :limit"
    )
    params = {"customer": min(customer_id, MAX_INTEGER), "limit": min(limit, MAX_INTEGER)}
    return connection.execute(statement, params).mappings().all()


def import_tags_of(connection: Connection, customer_id: int) -> Sequence[tuple[str, int]]:
    """Return name and moment of the import tags that a customer carries."""
    statement = text(
        "SELECT t.name, l.given_at FROM customer_import_tag l JOIN import_tag t ON t.id = l.import_tag_id "
        "WHERE l.customer_id = :id"
    )
    return [tuple(row) for row in connection.execute(statement, {"id": min(customer_id, MAX_INTEGER)})]
