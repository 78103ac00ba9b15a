"""Customers and every copy of their values, removed for good (R49)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage import timeline
from storage.bulk import MATCH_COLUMNS
from storage.selection import Chosen
from storage.sql import Connection, Row, driver_connection, text

_READ_AT_ONCE = 5000
_OF_CUSTOMERS = {
    "customer_tag": ("customer_id",),
    "customer_import_tag": ("customer_id",),
    "pending_unification": ("lead_id", "member_id"),
    "unification": ("member_id",),
    "customer": ("id",),
}
"""What is kept about a customer, and the columns that say whom: links first, since they refer to the customer. The
lines of the activity log stay; they hold ids only (R52). Of the timeline the texts of messages stay (R49)."""

Cells = tuple[tuple[int, int], list[str], list[list[Any]]]
"""Import and number of a failed row, its cells, and its problems as they are kept."""


def delete_chosen(connection: Connection) -> int:
    """Delete the customers of `chosen`; return how many messages stay without an owner."""
    messages = timeline.leave_ownerless(connection)
    for table, columns in _OF_CUSTOMERS.items():
        for column in columns:
            connection.execute(text(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {Chosen.ALL})"))
    return messages


def leads_waiting_for_chosen(connection: Connection) -> Sequence[int]:
    """Return the leads that wait for a member of `chosen` and are not chosen themselves."""
    statement = (
        f"SELECT lead_id FROM pending_unification WHERE member_id IN (SELECT id FROM {Chosen.ALL}) "
        f"AND lead_id NOT IN (SELECT id FROM {Chosen.ALL}) ORDER BY lead_id"
    )
    return connection.execute(text(statement)).scalars().all()


def names_of_chosen(connection: Connection) -> Sequence[Row[Any]]:
    """Return member_id, email, mobile_number and name of the customers of `chosen`."""
    statement = f"SELECT member_id, email, mobile_number, name FROM customer WHERE id IN (SELECT id FROM {Chosen.ALL})"
    return connection.execute(text(statement)).all()


def imports_with_failures(connection: Connection) -> Sequence[tuple[int, list[str]]]:
    """Return the imports that have failed rows, each with the keys of the fields of their cells."""
    statement = "SELECT id, mapping FROM import WHERE id IN (SELECT import_id FROM import_failure)"
    return [
        (row.id, [key for _, key in json.loads(row.mapping) if key is not None])
        for row in connection.execute(text(statement))
    ]


def failed_rows(connection: Connection, import_id: int) -> Iterator[list[Cells]]:
    """Yield the failed rows of an import, some at a time; those that were given may be deleted meanwhile."""
    statement = text(
        "SELECT row_number, cells, problems FROM import_failure WHERE import_id = :id AND row_number > :last "
        "ORDER BY row_number LIMIT :limit"
    )
    last = -1
    while rows := connection.execute(statement, {"id": import_id, "last": last, "limit": _READ_AT_ONCE}).all():
        last = rows[-1].row_number
        yield [((import_id, row.row_number), json.loads(row.cells), json.loads(row.problems)) for row in rows]


def delete_failed_rows(connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
    """Delete failed rows by import and number."""
    raw: Any = driver_connection(connection)
    raw.executemany("DELETE FROM import_failure WHERE import_id = ? AND row_number = ?", rows)


def staged_values(scratch: Any) -> Iterator[dict[str, list[str]]]:
    """Yield what the staged rows of a scratch database say of the fields that tell who somebody is, some at a time."""
    columns = list(MATCH_COLUMNS.values())
    cursor = scratch.execute(f"SELECT {', '.join(columns)} FROM staged")
    while rows := cursor.fetchmany(_READ_AT_ONCE):
        yield {
            key: [value for value in column if value is not None]
            for key, column in zip(MATCH_COLUMNS, zip(*rows, strict=True), strict=True)
        }


def scratch_failed_rows(scratch: Any) -> Iterator[list[Cells]]:
    """Yield the failed rows of a scratch database, some at a time."""
    for table in ("failed", "plan_failed"):
        cursor = scratch.execute(f"SELECT row_number, cells, problems FROM {table}")
        while rows := cursor.fetchmany(_READ_AT_ONCE):
            yield [((0, number), json.loads(cells), json.loads(problems)) for number, cells, problems in rows]


def places_of_chosen(connection: Connection, values: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """Yield those values, by field and place in its list, that a customer of `chosen` has.

    Args:
        connection: The one on which they are chosen.
        values: Lists of values by the fields of `MATCH_COLUMNS`, as the columns hold them.
    """
    for key, listed in values.items():
        # CROSS JOIN: the few values are looked up in the index, whatever the database thinks of their number.
        statement = text(
            f"SELECT j.key FROM json_each(:values) j CROSS JOIN customer c ON c.{MATCH_COLUMNS[key]} = j.value "
            f"WHERE c.id IN (SELECT id FROM {Chosen.ALL})"
        )
        for place in connection.execute(statement, {"values": json.dumps(listed)}).scalars():
            yield key, place
