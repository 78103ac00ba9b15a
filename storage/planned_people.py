"""Customers as a planned import will leave them, for unification to look at (R41): staged rows, outcomes, live rows.

Functions take a DBAPI connection to the live database with the scratch database attached; they only write to that.
"""

from typing import Any

from storage import unifying
from storage.bulk import LONE

_STAGED_TAGS = """(SELECT json_group_array(key) FROM (SELECT key FROM scratch.tag_list WHERE id = s.tags
    ORDER BY position))"""
_OUTCOME_TAGS = f"CASE WHEN o.tags IS NOT NULL THEN o.tags WHEN c.id IS NULL THEN '[]' ELSE {unifying.TAGS_OF_C} END"


def may_link(connection: Any, *, has_members: bool) -> bool:
    """Say whether it has to be looked at more closely who is linked; it costs an import without links little.

    Args:
        connection: A DBAPI one.
        has_members: The rows of the file are members'.
    """
    other = f"member_id IS {'NULL' if has_members else 'NOT NULL'}"
    if not _exists(connection, f"main.customer WHERE {other}"):
        return False
    if not has_members and _exists(
        connection,
        "scratch.outcome o CROSS JOIN main.customer c WHERE c.id = o.customer_id AND c.member_id IS NOT NULL",
    ):
        return True
    return any(_shares(connection, column, flag, other) for _, column, flag in unifying.CONTACTS)


def _shares(connection: Any, column: str, flag: str, other: str) -> bool:
    # Value by value: there are numbers that half of all customers share.
    values = f"""SELECT DISTINCT value FROM (
        SELECT {column} AS value FROM scratch.staged WHERE {LONE}
        UNION ALL SELECT {column} FROM scratch.outcome WHERE is_changed
        UNION ALL SELECT c.{column} FROM scratch.outcome o CROSS JOIN main.customer c
        WHERE c.id = o.customer_id AND NOT o.is_changed) WHERE value IS NOT NULL"""
    # "+": else the index of member ids is taken, which has all leads under NULL.
    return _exists(
        connection,
        f"""({values}) v CROSS JOIN main.customer c
            WHERE c.{column} = v.value AND c.{flag} AND c.blocked_at IS NULL AND +c.{other}""",
    )


def _exists(connection: Any, what: str) -> bool:
    return bool(connection.execute(f"SELECT EXISTS (SELECT 1 FROM {what})").fetchone()[0])


def touch(connection: Any, base: int, now: int) -> None:
    """Note all customers of the import as those whom it touches; new ones have the ids that they will have."""
    email, mobile = (f"CASE WHEN o.{flag} THEN o.{column} END" for _, column, flag in unifying.CONTACTS)
    own_email, own_mobile = (f"CASE WHEN c.{flag} THEN c.{column} END" for _, column, flag in unifying.CONTACTS)
    met = "c.member_id IS NOT NULL, c.blocked_at IS NOT NULL"
    stays = f"{now}, c.last_seen_at, {now}, c.sessions_count, 1"
    matched = "FROM scratch.outcome o CROSS JOIN main.customer c WHERE c.id = o.customer_id"
    for select in (
        f"""SELECT {base} + row_number, member_id IS NOT NULL, 0, email_key, mobile_number, {now}, {now}, NULL, 0, 1
            FROM scratch.staged WHERE {LONE}""",
        f"""SELECT {base} + o.first_row, o.member_id IS NOT NULL, 0, {email}, {mobile}, {now}, {now},
            CASE WHEN o.is_updated THEN {now} END, 0, 1 FROM scratch.outcome o WHERE o.customer_id IS NULL""",
        f"SELECT c.id, {met}, {email}, {mobile}, {stays} {matched} AND o.is_changed",
        f"SELECT c.id, {met}, {own_email}, {own_mobile}, {stays} {matched} AND NOT o.is_changed",
    ):
        connection.execute(f"INSERT INTO scratch.reach ({unifying.REACH_COLUMNS}, is_touched) {select}")


def people(base: int, now: int) -> tuple[str, ...]:
    """Return the SELECTs of all customers as the import leaves them; of several of one id the first counts."""
    staged, outcome = (", ".join(f"{one}.{name}" for name in unifying.VALUE_COLUMNS) for one in "so")
    return (
        f"""SELECT {base} + s.row_number AS id, {staged}, {_STAGED_TAGS},
            s.email IS NOT NULL, s.mobile_number IS NOT NULL, {now}, NULL, {now}, 0
            FROM scratch.staged s WHERE {LONE}""",
        f"""SELECT coalesce(o.customer_id, {base} + o.first_row) AS id, {outcome}, {_OUTCOME_TAGS},
            o.email_verified, o.mobile_number_verified, coalesce(c.created_at, {now}),
            CASE WHEN o.is_updated THEN {now} END, coalesce(c.last_seen_at, {now}), coalesce(c.sessions_count, 0)
            FROM scratch.outcome o LEFT JOIN main.customer c ON c.id = o.customer_id WHERE o.is_changed""",
        unifying.LIVE_PEOPLE,
    )
