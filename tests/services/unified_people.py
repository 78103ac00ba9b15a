"""People of the readable rule of unification, put into a database and read from it."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, TAGS, Value
from crm_tui.core.merging import Profile
from crm_tui.core.unification import Person
from crm_tui.services.profiles import columns_of, values_of
from storage import customers as stored
from storage.columns import COLUMNS_BY_KEY

TABLES = ("customer", "tag", "import_tag", "unification", "pending_unification", "timeline_entry")


def insert(connection: Connection, people: Iterable[Person], waiting: Mapping[int, int]) -> None:
    """Put people into an emptied database, and the members whom leads wait for, by the lead's id."""
    for table in TABLES:
        connection.exec_driver_sql(f"DELETE FROM {table}")
    for one in people:
        columns = columns_of(one.profile) | {
            "id": one.id,
            "created_at": one.created_at,
            "updated_at": one.updated_at,
            "last_seen_at": one.last_seen_at,
            "sessions_count": one.sessions_count,
            "blocked_at": 3000 if one.is_blocked else None,
        }
        stored.insert(connection, columns)
        tags = one.profile.values.get(TAGS, ())
        assert isinstance(tags, tuple)
        stored.set_tags(connection, one.id, list(map(str, tags)))
    for lead, member in waiting.items():
        connection.exec_driver_sql(
            "INSERT INTO pending_unification (lead_id, member_id, contact, candidates, since, manager) "
            "VALUES (?, ?, ?, '[]', 1, 'lee')",
            (lead, member, EMAIL),
        )


def people_in(connection: Connection) -> dict[int, Person]:
    """Return everybody in a database, by id."""
    ids = connection.exec_driver_sql("SELECT id FROM customer").scalars().all()
    found = {}
    for number, row in stored.by_ids(connection, ids).items():
        values: dict[str, Value] = values_of((row[column] for column in COLUMNS_BY_KEY.values()), row["custom"])
        if tags := tuple(json.loads(row["tags"])):
            values[TAGS] = tags
        flags = {EMAIL: row["email_verified"], MOBILE_NUMBER: row["mobile_number_verified"]}
        profile = Profile(values, frozenset(key for key, is_verified in flags.items() if is_verified))
        assert columns_of(profile)["search_text"] == row["search_text"]
        assert columns_of(profile)["email_key"] == row["email_key"]
        found[number] = Person(
            number,
            MEMBER_ID in values,
            profile,
            row["created_at"],
            row["updated_at"],
            row["last_seen_at"],
            row["sessions_count"],
            row["blocked_at"] is not None,
        )
    return found


def waiting_in(connection: Connection) -> dict[int, int]:
    """Return the members whom leads wait for, by the lead's id."""
    rows = connection.exec_driver_sql("SELECT lead_id, member_id FROM pending_unification")
    return {row.lead_id: row.member_id for row in rows}
