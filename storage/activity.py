"""The activity log (R52): lines are only ever added, each sealed with a hash over the one before.

What writes and checks lines takes a DBAPI connection, so that a set-based import and a single edit share it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen

_READ_AT_ONCE = 10_000


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
    """Add a line with the customers that it is about; return its id. `details` is JSON."""
    last_id, last = connection.execute("SELECT last_id, hash FROM activity_head").fetchone()
    line_id: int = last_id + 1
    if isinstance(customers, Chosen):
        digest = _digest_chosen(connection, customers)
    else:
        ids = sorted(set(customers))
        digest = digest_of(ids)
    line = (line_id, at, manager, kind, details)
    sealed = seal(last, line, digest)
    connection.execute(
        "INSERT INTO activity (id, at, manager, kind, details, hash) VALUES (?, ?, ?, ?, ?, ?)", (*line, sealed)
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


def _digest_chosen(connection: Any, customers: Chosen) -> str:
    cursor = connection.execute(f"SELECT id FROM {customers} ORDER BY id")
    digest = hashlib.sha256()
    while rows := cursor.fetchmany(_READ_AT_ONCE):
        digest.update(b"".join([b"%d," % row for row in rows]))
    return digest.hexdigest()


_THE_CUSTOMER = "SELECT :customer UNION SELECT lead_id FROM unification WHERE member_id = :customer"
"""Their ids: their own, and those of the leads that went into them (R44)."""
_LISTED = (
    "SELECT a.id, CAST(a.at AS INTEGER) AS at, CAST(a.manager AS TEXT) AS manager, CAST(a.kind AS TEXT) AS kind, "
    "CAST(a.details AS TEXT) AS details, "
    "(SELECT count(*) FROM activity_customer l WHERE l.activity_id = a.id) AS customers, "
    "(SELECT json_group_array(CAST(customer_id AS INTEGER)) FROM (SELECT l.customer_id FROM activity_customer l "
    "WHERE l.activity_id = a.id ORDER BY l.customer_id LIMIT :shown)) AS customer_ids FROM activity a"
)
"""Cast, so that a line which somebody has changed behind the program's back can still be shown."""
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
        limit: How many at most; -1 means all.
        shown: How many ids of customers each has in `customer_ids`; `customers` is the number of all.
    """
    statement = text(f"{_LISTED} WHERE {_where(asked)} ORDER BY a.id DESC LIMIT :limit")
    return connection.execute(statement, {**_params(asked), "limit": limit, "shown": shown}).mappings().all()


def one(connection: Connection, line_id: int, shown: int) -> RowMapping | None:
    """Return one line as `listed` gives it."""
    statement = text(f"{_LISTED} WHERE a.id = :id")
    return connection.execute(statement, {"id": min(line_id, MAX_INTEGER), "shown": shown}).mappings().first()


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


def words(connection: Connection) -> tuple[Sequence[str], Sequence[str]]:
    """Return the managers and the kinds that occur in the log."""
    found = [
        connection.execute(text(f"SELECT DISTINCT CAST({column} AS TEXT) FROM activity ORDER BY 1")).scalars().all()
        for column in ("manager", "kind")
    ]
    return found[0], found[1]


def last_id(connection: Connection) -> int:
    """Return the id of the newest line; 0 where there is none."""
    newest: int = connection.execute(text("SELECT coalesce(max(id), 0) FROM activity")).scalar_one()
    return newest


def head(connection: Any) -> tuple[Any, Any] | None:
    """Return id and hash that the last line has by the head of the log; None where there is no head, or not one."""
    rows = connection.execute("SELECT id, last_id, hash FROM activity_head").fetchall()
    return tuple(rows[0][1:]) if len(rows) == 1 and rows[0][0] == 1 else None


def sealed_lines(connection: Any) -> Iterator[tuple[Any, ...]]:
    """Yield id, at, manager, kind, details and hash of every line, oldest first, as they are stored."""
    yield from connection.execute("SELECT id, at, manager, kind, details, hash FROM activity ORDER BY id")


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
        "SELECT a.id, a.at, a.manager, a.kind, a.details FROM activity a WHERE a.id IN "
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
