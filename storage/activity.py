"""The activity log (R52): lines are only ever added, each sealed with a hash over the one before.

What writes and checks lines takes a DBAPI connection, so that a set-based import and a single edit share it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
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


def of_customer(connection: Connection, customer_id: int, limit: int) -> Sequence[RowMapping]:
    """Return id, at, manager, kind and details of what was done to one customer, newest first."""
    statement = text(
        "SELECT a.id, a.at, a.manager, a.kind, a.details FROM activity_customer l "
        "JOIN activity a ON a.id = l.activity_id WHERE l.customer_id = :id ORDER BY l.activity_id DESC LIMIT :limit"
    )
    params = {"id": min(customer_id, MAX_INTEGER), "limit": min(limit, MAX_INTEGER)}
    return connection.execute(statement, params).mappings().all()


def import_tags_of(connection: Connection, customer_id: int) -> Sequence[tuple[str, int]]:
    """Return name and moment of the import tags that a customer carries."""
    statement = text(
        "SELECT t.name, l.given_at FROM customer_import_tag l JOIN import_tag t ON t.id = l.import_tag_id "
        "WHERE l.customer_id = :id"
    )
    return [tuple(row) for row in connection.execute(statement, {"id": min(customer_id, MAX_INTEGER)})]
