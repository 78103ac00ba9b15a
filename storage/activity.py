"""The activity log (R52): lines are only ever added."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, text

from storage.columns import dump
from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen


def insert(connection: Connection, at: int, manager: str, kind: str, details: str) -> int:
    """Add a line; return its id. `details` is JSON."""
    statement = text(
        "INSERT INTO activity (at, manager, kind, details) VALUES (:at, :by, :kind, :details) RETURNING id"
    )
    new_id: int = connection.execute(
        statement, {"at": at, "by": manager, "kind": kind, "details": details}
    ).scalar_one()
    return new_id


def add_customers(connection: Connection, activity_id: int, customers: Iterable[int] | Chosen) -> None:
    """Note on whom it was done."""
    if isinstance(customers, Chosen):
        statement = text(f"INSERT INTO activity_customer (customer_id, activity_id) SELECT id, :id FROM {customers}")
        connection.execute(statement, {"id": activity_id})
        return
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO activity_customer (customer_id, activity_id) SELECT value, ? FROM json_each(?)",
        (activity_id, dump(sorted(customers))),
    )


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
