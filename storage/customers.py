"""Reading and writing single customers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm_tui.core.text import fold
from storage.columns import HIDDEN
from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen, choose_changed
from storage.sql import Connection, RowMapping, text, text_with_list

TAGS = """(SELECT json_group_array(name) FROM (SELECT t.name FROM customer_tag l JOIN tag t ON t.id = l.tag_id
    WHERE l.customer_id = c.id ORDER BY l.position))"""
"""The tags of customer `c` as a JSON list, in the order given."""
IMPORT_TAGS = """(SELECT json_group_array(name) FROM (SELECT t.name FROM customer_import_tag l
    JOIN import_tag t ON t.id = l.import_tag_id
    WHERE l.customer_id = c.id ORDER BY l.given_at, l.import_tag_id))"""
"""Their import tags, in the order given."""

PENDING = """(SELECT json_group_array(json_array(lead_id, member_id, contact, since, manager, json(candidates))) FROM (
    SELECT * FROM pending_unification p WHERE p.lead_id = c.id OR p.member_id = c.id ORDER BY p.since, p.lead_id))"""
"""Their pending unifications (R42), each as lead, member, contact, since when, by whom and the other candidates."""

OFFER_TAG = """INSERT INTO tag (key, name) VALUES (:key, :name)
    ON CONFLICT (key) DO UPDATE SET is_offered = 1 WHERE NOT is_offered"""
"""A tag that is given by hand is offered from then on, in its first spelling (R16)."""
_BLOCKED = "blocked_at IS NOT NULL"
_CHANGED = f"id IN (SELECT id FROM {Chosen.CHANGED})"


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, RowMapping]:
    """Return customers by id, with `tags`, `import_tags` and `pending` as JSON lists."""
    statement = text_with_list(
        f"SELECT c.*, {TAGS} AS tags, {IMPORT_TAGS} AS import_tags, {PENDING} AS pending "
        "FROM customer c WHERE c.id IN :ids",
        "ids",
    )
    possible = [one for one in ids if one <= MAX_INTEGER]
    return {row["id"]: row for row in connection.execute(statement, {"ids": possible}).mappings()}


def ids_where(connection: Connection, column: str, value: str) -> list[int]:
    """Return the customers, blocked ones too, whose `column` (one of ours, never a person's text) equals `value`."""
    return list(
        connection.execute(text(f"SELECT id FROM customer WHERE {column} = :value"), {"value": value}).scalars()
    )


def verified_with(connection: Connection, column: str, value: str) -> list[RowMapping]:
    """Return id, last_seen_at, updated_at, blocked_at of customers whose verified contact equals `value` (R25)."""
    flag = "email_verified" if column == "email_key" else "mobile_number_verified"
    statement = f"SELECT id, last_seen_at, updated_at, blocked_at FROM customer WHERE {column} = :value AND {flag}"
    return list(connection.execute(text(statement), {"value": value}).mappings())


def existed(connection: Connection, customer_id: int) -> bool:
    """Say whether there is or was a customer with that id, as far as the log or a conversation knows.

    An import passes over ids, so that not every one below the newest was somebody's.
    """
    statement = text(
        "SELECT EXISTS (SELECT 1 FROM customer WHERE id = :id) "
        "OR EXISTS (SELECT 1 FROM activity_customer WHERE customer_id = :id) "
        "OR EXISTS (SELECT 1 FROM unification WHERE lead_id = :id)"
    )
    return bool(connection.execute(statement, {"id": min(customer_id, MAX_INTEGER)}).scalar_one())


def unified_into(connection: Connection, customer_id: int) -> int | None:
    """Return the member whom somebody who was a lead went into (R41); None for all others."""
    statement = text("SELECT member_id FROM unification WHERE lead_id = :id")
    found: int | None = connection.execute(statement, {"id": min(customer_id, MAX_INTEGER)}).scalar_one_or_none()
    return found


def insert(connection: Connection, values: Mapping[str, Any]) -> int:
    """Add a customer from column values; return the id."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    statement = text(f"INSERT INTO customer ({names}) VALUES ({places}) RETURNING id")
    new_id: int = connection.execute(statement, dict(values)).scalar_one()
    return new_id


def update(connection: Connection, customer_id: int, values: Mapping[str, Any]) -> None:
    """Overwrite columns of one customer."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(text(f"UPDATE customer SET {changes} WHERE id = :_id"), {**values, "_id": customer_id})


def set_tags(connection: Connection, customer_id: int, tags: Sequence[str]) -> None:
    """Give a customer exactly these tags, in this order; known tags keep the spelling they have (R16).

    Those that the customer did not carry are offered from now on.
    """
    params: dict[str, Any] = {"id": customer_id}
    had = set(
        connection.execute(
            text("SELECT t.key FROM customer_tag l JOIN tag t ON t.id = l.tag_id WHERE l.customer_id = :id"), params
        ).scalars()
    )
    connection.execute(text("DELETE FROM customer_tag WHERE customer_id = :id"), params)
    for position, tag in enumerate(tags):
        params |= {"key": fold(tag), "name": tag, "position": position}
        if params["key"] not in had:
            connection.execute(text(OFFER_TAG), params)
        connection.execute(text("INSERT INTO customer_tag SELECT :id, id, :position FROM tag WHERE key = :key"), params)


def totals(connection: Connection) -> RowMapping:
    """Return the numbers of all, members, and of blocked and hidden customers; their members apart."""
    return (
        connection.execute(
            text(
                "SELECT (SELECT count(*) FROM customer) AS everyone, "
                "(SELECT count(member_id) FROM customer) AS members, "
                "(SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL) AS blocked, "
                "(SELECT count(member_id) FROM customer WHERE blocked_at IS NOT NULL) AS blocked_members, "
                f"(SELECT count(*) FROM {HIDDEN}) AS hidden, "
                f"(SELECT count(member_id) FROM {HIDDEN}) AS hidden_members"
            )
        )
        .mappings()
        .one()
    )


def block(connection: Connection, now: int, manager: str, reason: str | None) -> int:
    """Block those of `chosen` who are not blocked, and note them in `changed`; return how many (R46)."""
    number = choose_changed(
        connection, f"SELECT id FROM customer WHERE id IN (SELECT id FROM {Chosen.ALL}) AND blocked_at IS NULL"
    )
    connection.execute(
        text(
            "UPDATE customer SET blocked_at = :now, blocked_by = :by, block_reason = :reason, is_hidden = 0 "
            f"WHERE {_CHANGED}"
        ),
        {"now": now, "by": manager, "reason": reason},
    )
    return number


def unblock(connection: Connection) -> int:
    """Take the block from those of `chosen` who are blocked, and note them in `changed`; return how many."""
    number = choose_changed(
        connection, f"SELECT id FROM {Chosen.ALL} WHERE id IN (SELECT id FROM customer WHERE {_BLOCKED})"
    )
    connection.execute(
        text(f"UPDATE customer SET blocked_at = NULL, blocked_by = NULL, block_reason = NULL WHERE {_CHANGED}")
    )
    return number


def set_columns(connection: Connection, values: Mapping[str, Any], now: int) -> int:
    """Set columns of all of `chosen`, and note those who had something else in `changed`; return how many."""
    differs = " OR ".join(f"{name} IS NOT :{name}" for name in values)
    number = choose_changed(
        connection,
        f"SELECT id FROM customer WHERE id IN (SELECT id FROM {Chosen.ALL}) AND ({differs})",
        values,
    )
    changes = ", ".join(f"{name} = :{name}" for name in values)
    # OR ROLLBACK: else the database keeps every page of before in memory, in case that one statement fails.
    connection.execute(
        text(f"UPDATE OR ROLLBACK customer SET {changes}, updated_at = :_now WHERE {_CHANGED}"),
        {**values, "_now": now},
    )
    return number


def touch_changed(connection: Connection, now: int) -> None:
    """Set when those of `changed` were updated (R4)."""
    connection.execute(text(f"UPDATE customer SET updated_at = :now WHERE {_CHANGED}"), {"now": now})
