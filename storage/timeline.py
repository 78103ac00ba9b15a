"""Messages, calls, visits and answers to forms, by customer; and those whose customer is gone (R44, R49)."""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen
from storage.sql import Connection, RowMapping, text

_COLUMNS = "id, thread, at, kind, direction, author, text, seconds, manager"
_OWNERLESS = "timeline_entry INDEXED BY ix_timeline_entry_ownerless WHERE customer_id IS NULL"
"""Behind FROM. Left to itself the database reads all of them by their moment for each conversation."""
_OF_CHOSEN = f"customer_id IN (SELECT id FROM {Chosen.ALL})"


def insert(connection: Connection, values: Mapping[str, Any]) -> int:
    """Add an entry from column values; return the id."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    statement = text(f"INSERT INTO timeline_entry ({names}) VALUES ({places}) RETURNING id")
    new_id: int = connection.execute(statement, dict(values)).scalar_one()
    return new_id


def of_customer(
    connection: Connection, customer_id: int, limit: int, before: tuple[int, int] | None
) -> Sequence[RowMapping]:
    """Return the entries of a customer, newest first; `before`: only those older than this moment and id."""
    older = "AND (at, id) < (:at, :before)" if before else ""
    statement = text(
        f"SELECT {_COLUMNS} FROM timeline_entry WHERE customer_id = :id {older} ORDER BY at DESC, id DESC LIMIT :limit"
    )
    at, last = before or (None, None)
    params = {"id": min(customer_id, MAX_INTEGER), "at": at, "before": last, "limit": min(limit, MAX_INTEGER)}
    return connection.execute(statement, params).mappings().all()


def ownerless(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """Return thread, number, first and last moment of conversations without an owner, the newest first."""
    statement = text(
        f"SELECT thread, count(*) AS number, min(at) AS since, max(at) AS until FROM {_OWNERLESS} "
        "GROUP BY thread ORDER BY max(at) DESC, thread DESC LIMIT :limit"
    )
    return connection.execute(statement, {"limit": min(limit, MAX_INTEGER)}).mappings().all()


def of_thread(connection: Connection, thread: int, limit: int) -> Sequence[RowMapping]:
    """Return the messages of a conversation without an owner, newest first."""
    statement = text(f"SELECT {_COLUMNS} FROM {_OWNERLESS} AND thread = :thread ORDER BY at DESC, id DESC LIMIT :limit")
    params = {"thread": min(thread, MAX_INTEGER), "limit": min(limit, MAX_INTEGER)}
    return connection.execute(statement, params).mappings().all()


def leave_ownerless(connection: Connection) -> int:
    """Take the entries from the customers of `chosen`: texts of messages stay, without the customer's name (R49).

    Returns:
        How many messages stay.
    """
    connection.execute(text(f"DELETE FROM timeline_entry WHERE {_OF_CHOSEN} AND kind <> 'message'"))
    return connection.execute(
        text(
            "UPDATE timeline_entry SET customer_id = NULL, "
            f"author = CASE direction WHEN 'out' THEN author END WHERE {_OF_CHOSEN}"
        )
    ).rowcount
