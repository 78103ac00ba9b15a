"""Unification set by set (R40-R44): joins find who is linked; the readable rule says, one by one, whose value wins.

Functions take a DBAPI connection and never commit. What is found stands in work tables of `schema`: "temp" for one edit
or visit, "scratch" for an import, which may have to tell what it would do long before it does it:

- `reach`: those who were touched and those whom they may be linked with, by verified contacts, as the change left them.
  Whoever stands there hides the live customer; who went into a member has no contacts any more.
- `person`: all values of those who are unified, as the links so far left them.
- `link`: what was found.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from crm_tui.core.fields import EMAIL, MAX_IMPORT_TAGS, MOBILE_NUMBER
from crm_tui.core.unification import MAX_CANDIDATES
from storage.columns import COLUMNS_BY_KEY
from storage.selection import Chosen

TEMP, SCRATCH = "temp", "scratch"
CONTACTS = ((EMAIL, "email_key", "email_verified"), (MOBILE_NUMBER, "mobile_number", "mobile_number_verified"))
"""Key, compared column and flag of the contacts, in the order in which a link is told by them."""
REACH_COLUMNS = "id, is_member, is_blocked, email_key, mobile_number, at, last_seen_at, updated_at, sessions_count"
"""`at`: by which of several members one is chosen (R41)."""
_FLAGS = ("email_verified", "mobile_number_verified")
_MOMENTS = ("created_at", "updated_at", "last_seen_at", "sessions_count")
VALUE_COLUMNS = (*COLUMNS_BY_KEY.values(), "custom")
PERSON_COLUMNS = (*VALUE_COLUMNS, "tags", *_FLAGS, *_MOMENTS)
"""What the rule looks at; `tags`: JSON list of folded names."""
MERGED_COLUMNS = (*PERSON_COLUMNS, "email_key", "search_text")
_WRITTEN = (*VALUE_COLUMNS, "email_key", "search_text", *_FLAGS, "updated_at", "last_seen_at", "sessions_count")
LINK_COLUMNS = ("lead_id", "member_id", "contact", "candidates", "is_pending", "round", "place")

TAGS_OF_C = """(SELECT json_group_array(key) FROM (
    SELECT t.key FROM main.customer_tag o JOIN main.tag t ON t.id = o.tag_id
    WHERE o.customer_id = c.id ORDER BY o.position))"""
"""Folded names of the tags of customer `c`, a JSON list."""
LIVE_PEOPLE = f"""SELECT c.id, {", ".join(f"c.{name}" for name in VALUE_COLUMNS)}, {TAGS_OF_C},
    {", ".join(f"c.{name}" for name in (*_FLAGS, *_MOMENTS))} FROM main.customer c"""
"""`id` and `PERSON_COLUMNS` of customers as they stand."""
_LIVE_REACH = """SELECT c.id, c.member_id IS NOT NULL, c.blocked_at IS NOT NULL,
    CASE WHEN c.email_verified THEN c.email_key END, CASE WHEN c.mobile_number_verified THEN c.mobile_number END,
    coalesce(c.updated_at, c.created_at), c.last_seen_at, c.updated_at, c.sessions_count FROM main.customer c"""
_SHARE = " OR ".join(f"(l.{flag} AND m.{flag} AND l.{column} = m.{column})" for _, column, flag in CONTACTS)
_MAY_JOIN = f"l.member_id IS NULL AND m.member_id IS NOT NULL AND ({_SHARE})"
"""Lead `l` and member `m` may be one, unless somebody is blocked (R40)."""


def begin(connection: Any, schema: str) -> None:
    """Make the work tables, empty."""
    for table in ("reach", "person", "seed", "shared", "link", "broken"):
        connection.execute(f"DROP TABLE IF EXISTS {schema}.{table}")
    connection.execute(
        f"""CREATE TABLE {schema}.reach (id INTEGER PRIMARY KEY, is_member, is_blocked, email_key, mobile_number, at,
            last_seen_at, updated_at, sessions_count, is_touched NOT NULL DEFAULT 0)"""
    )
    columns = ", ".join(MERGED_COLUMNS)
    connection.execute(
        f"""CREATE TABLE {schema}.person (id INTEGER PRIMARY KEY, {columns}, is_changed DEFAULT 0, is_tagged DEFAULT 0,
            has_gained DEFAULT 0)"""
    )
    connection.execute(f"CREATE TABLE {schema}.seed (id INTEGER PRIMARY KEY)")
    connection.execute(
        f"CREATE TABLE {schema}.shared (contact, value, best_id, best_at, ids, PRIMARY KEY (contact, value))"
    )
    connection.execute(
        f"""CREATE TABLE {schema}.link (lead_id INTEGER PRIMARY KEY, member_id, contact, candidates, is_pending, round,
            place, choices)"""
    )
    connection.execute(f"CREATE INDEX {schema}.link_order ON link (member_id, round, place)")
    connection.execute(f"CREATE TABLE {schema}.broken (lead_id INTEGER PRIMARY KEY)")


def touch(connection: Any, schema: str, ids: Iterable[int]) -> None:
    """Note customers, as they stand, as those whom a change touched."""
    for one in ids:
        connection.execute(
            f"INSERT OR IGNORE INTO {schema}.reach ({REACH_COLUMNS}, is_touched) SELECT *, 1 FROM ({_LIVE_REACH}"
            " WHERE c.id = ?)",
            (one,),
        )


def index_reach(connection: Any, schema: str) -> None:
    """Let those of `reach` be found by their contacts; once those who were touched are in it."""
    for _, column, _ in CONTACTS:
        connection.execute(f"CREATE INDEX IF NOT EXISTS {schema}.reach_{column} ON reach ({column})")


def find_broken(connection: Any, schema: str) -> None:
    """Note which leads wait for a member with whom, now that those of `reach` were touched, they share no contact."""
    touched = f"SELECT id FROM {schema}.reach"
    looked_at = "SELECT lead_id, member_id FROM main.pending_unification"
    if schema == TEMP:  # an import is settled with all that wait, as `drop_broken` drops them
        looked_at = f"{looked_at} WHERE lead_id IN ({touched}) UNION {looked_at} WHERE member_id IN ({touched})"
    connection.execute(
        f"""INSERT INTO {schema}.broken
            WITH looked_at AS ({looked_at}),
            someone AS (SELECT lead_id AS id FROM looked_at UNION SELECT member_id FROM looked_at),
            standing ({REACH_COLUMNS}) AS (
                {_LIVE_REACH} WHERE c.id IN (SELECT id FROM someone) AND c.id NOT IN ({touched})
                UNION ALL SELECT {REACH_COLUMNS} FROM {schema}.reach WHERE id IN (SELECT id FROM someone))
            SELECT lead_id FROM looked_at p WHERE NOT EXISTS (
                SELECT 1 FROM standing l CROSS JOIN standing m WHERE l.id = p.lead_id AND m.id = p.member_id
                AND NOT l.is_member AND m.is_member
                AND (l.email_key = m.email_key OR l.mobile_number = m.mobile_number))"""
    )


def find_leads(connection: Any, schema: str) -> None:
    """Note the leads that may be linked: touched ones, and those who share a contact with a member who was touched."""
    connection.execute(f"DELETE FROM {schema}.seed")
    for _, column, flag in CONTACTS:
        # Value by value, not pair by pair: there are numbers that half of all customers share.
        values = f"SELECT DISTINCT {column} AS value FROM {schema}.reach WHERE is_touched AND NOT is_blocked"
        members = f"({values} AND is_member AND {column} IS NOT NULL) v"
        leads = f"({values} AND NOT is_member AND {column} IS NOT NULL) v"
        connection.execute(
            f"""INSERT OR IGNORE INTO {schema}.seed
                SELECT id FROM {members} CROSS JOIN {_live(schema, column, flag, is_member=False)}
                UNION ALL SELECT id FROM {members} CROSS JOIN {_near(schema, column, is_member=False)}
                UNION ALL SELECT id FROM {leads} CROSS JOIN {_near(schema, column, is_member=False)} AND is_touched
                AND (EXISTS (SELECT 1 FROM {_live(schema, column, flag, is_member=True)})
                     OR EXISTS (SELECT 1 FROM {_near(schema, column, is_member=True)}))"""
        )
    connection.execute(
        f"""INSERT OR IGNORE INTO {schema}.reach ({REACH_COLUMNS})
            {_LIVE_REACH} WHERE c.id IN (SELECT id FROM {schema}.seed)"""
    )


def _live(schema: str, column: str, flag: str, *, is_member: bool) -> str:
    """Return what a join with `v` finds among the customers as they stand."""
    # "+": else the index of member ids is taken, which has all leads under NULL.
    return f"""main.customer c WHERE c.{column} = v.value AND c.{flag} AND c.blocked_at IS NULL
        AND +c.member_id IS {"NOT NULL" if is_member else "NULL"} AND c.id NOT IN (SELECT id FROM {schema}.reach)"""


def _near(schema: str, column: str, *, is_member: bool) -> str:
    """Return what a join with `v` finds among those in reach."""
    return f"""{schema}.reach r WHERE r.{column} = v.value AND NOT r.is_blocked
        AND {"" if is_member else "NOT"} r.is_member"""


def leads_with_members(connection: Any, schema: str) -> Iterator[tuple[Any, ...]]:
    """Yield the leads that `find_leads` noted, in the order in which they go in, with the members whom they share with.

    Each is id, sessions count, whether the lead waits already; and for each contact of `CONTACTS`: the member who is
    chosen by it, by which moment, and the ids of the first who share it as a JSON list; None where nobody does.
    """
    connection.execute(f"DELETE FROM {schema}.shared")
    for key, column, flag in CONTACTS:
        values = f"""(SELECT DISTINCT r.{column} AS value FROM {schema}.seed s CROSS JOIN {schema}.reach r
            WHERE r.id = s.id AND r.{column} IS NOT NULL) v"""
        connection.execute(
            f"""INSERT INTO {schema}.shared
                SELECT ?, value, max(CASE WHEN newest = 1 THEN id END), max(CASE WHEN newest = 1 THEN at END),
                       json_group_array(id) FILTER (WHERE lowest <= {MAX_CANDIDATES + 1})
                FROM (SELECT *, row_number() OVER (PARTITION BY value ORDER BY at DESC, id) AS newest,
                             row_number() OVER (PARTITION BY value ORDER BY id) AS lowest
                      FROM (SELECT value, id, coalesce(updated_at, created_at) AS at
                            FROM {values} CROSS JOIN {_live(schema, column, flag, is_member=True)}
                            UNION ALL SELECT value, id, at
                            FROM {values} CROSS JOIN {_near(schema, column, is_member=True)}))
                GROUP BY value""",
            (key,),
        )
    shared = " ".join(
        f"LEFT JOIN {schema}.shared {column}_ ON {column}_.contact = '{key}' AND {column}_.value = r.{column}"
        for key, column, _ in CONTACTS
    )
    found = ", ".join(f"{column}_.best_id, {column}_.best_at, {column}_.ids" for _, column, _ in CONTACTS)
    yield from connection.execute(
        f"""SELECT r.id, r.sessions_count,
                   EXISTS (SELECT 1 FROM main.pending_unification p WHERE p.lead_id = r.id
                           AND p.lead_id NOT IN (SELECT lead_id FROM {schema}.broken)),
                   {found}
            FROM {schema}.seed s CROSS JOIN {schema}.reach r ON r.id = s.id {shared}
            ORDER BY r.last_seen_at DESC, coalesce(r.updated_at, -1) DESC, r.id"""
    )


def add_links(connection: Any, schema: str, links: Iterable[Sequence[Any]]) -> None:
    """Note links (`LINK_COLUMNS`); a lead keeps the first that was found."""
    connection.executemany(
        f"INSERT OR IGNORE INTO {schema}.link ({', '.join(LINK_COLUMNS)}) VALUES ({', '.join('?' * 7)})", links
    )


def copy_links(connection: Any, source: str, target: str) -> None:
    """Let work tables that are empty have the links of others."""
    columns = ", ".join(LINK_COLUMNS)
    connection.execute(f"INSERT INTO {target}.link ({columns}) SELECT {columns} FROM {source}.link")


def links_digest(connection: Any, schema: str, base: int) -> str:
    """Return one hash of who is linked with whom; new customers count by the row that makes them, whatever their id.

    Args:
        connection: A DBAPI one.
        schema: Where the work tables are.
        base: The number that new ids start from.
    """
    digest = hashlib.sha256()
    for link in connection.execute(
        f"""SELECT lead_id > :base, lead_id - :base * (lead_id > :base), member_id > :base,
                   member_id - :base * (member_id > :base), is_pending FROM {schema}.link ORDER BY 1, 2""",
        {"base": base},
    ):
        digest.update(b"%d,%d,%d,%d,%d;" % link)
    return digest.hexdigest()


def add_waiting_links(connection: Any, schema: str, member_id: int) -> None:
    """Note the leads that wait for a member, and may go in, as those who go in now (R42)."""
    email, mobile = (f"(l.{flag} AND m.{flag} AND l.{column} = m.{column})" for _, column, flag in CONTACTS)
    connection.execute(
        f"""INSERT INTO {schema}.link ({", ".join(LINK_COLUMNS)})
            SELECT p.lead_id, p.member_id,
                   CASE WHEN {mobile} AND NOT (p.contact = '{EMAIL}' AND {email}) THEN '{MOBILE_NUMBER}'
                        ELSE '{EMAIL}' END,
                   p.candidates, 0, 0,
                   row_number() OVER (ORDER BY l.last_seen_at DESC, coalesce(l.updated_at, -1) DESC, l.id)
            FROM main.pending_unification p
            CROSS JOIN main.customer l CROSS JOIN main.customer m
            WHERE l.id = p.lead_id AND m.id = p.member_id AND p.member_id = ?
            AND {_MAY_JOIN} AND l.blocked_at IS NULL AND m.blocked_at IS NULL""",
        (member_id,),
    )


def load_people(connection: Any, schema: str, people: Sequence[str], first_round: int) -> None:
    """Read all values of those who are unified from this round on.

    Args:
        connection: A DBAPI one.
        schema: Where the work tables are.
        people: SELECTs of `id` and `PERSON_COLUMNS`.
        first_round: The round.
    """
    linked = f"FROM {schema}.link WHERE NOT is_pending AND round >= {first_round}"
    for select in people:
        connection.execute(
            f"""INSERT OR IGNORE INTO {schema}.person (id, {", ".join(PERSON_COLUMNS)})
                SELECT * FROM ({select}) WHERE id IN (SELECT lead_id {linked} UNION SELECT member_id {linked})"""
        )


def forget_people(connection: Any, schema: str) -> None:
    """Remove all values of customers from the work tables; the links stay."""
    for table in ("person", "reach", "shared"):
        connection.execute(f"DELETE FROM {schema}.{table}")


def people_to_merge(connection: Any, schema: str, first_round: int) -> Iterator[tuple[Any, ...]]:
    """Yield `id` and `PERSON_COLUMNS` of a member, then of the lead: member by member, leads in their order."""
    member, lead = (", ".join(f"{one}.{name}" for name in ("id", *PERSON_COLUMNS)) for one in "md")
    yield from connection.execute(
        f"""SELECT {member}, {lead} FROM {schema}.link l CROSS JOIN {schema}.person m ON m.id = l.member_id
            CROSS JOIN {schema}.person d ON d.id = l.lead_id WHERE NOT l.is_pending AND l.round >= ?
            ORDER BY l.member_id, l.round, l.place""",
        (first_round,),
    )


def write_merged(
    connection: Any, schema: str, members: Sequence[Sequence[Any]], choices: Sequence[tuple[str, int]]
) -> None:
    """Note members as leads left them, and by which rules.

    Args:
        connection: A DBAPI one.
        schema: Where the work tables are.
        members: `MERGED_COLUMNS`, whether they have other tags than before, whether they gained a contact, and the id.
        choices: The rules of a lead as JSON, and its id.
    """
    columns = ", ".join(f"{name} = ?" for name in MERGED_COLUMNS)
    connection.executemany(
        f"""UPDATE {schema}.person SET {columns}, is_changed = 1, is_tagged = is_tagged OR ?, has_gained = ?
            WHERE id = ?""",
        members,
    )
    connection.executemany(f"UPDATE {schema}.link SET choices = ? WHERE lead_id = ?", choices)


def end_round(connection: Any, schema: str, first_round: int, now: int) -> bool:
    """Let nobody be touched but the members who gained a contact, and say whether there are any.

    Leads who went in have no contact any more.
    """
    linked = f"FROM {schema}.link WHERE NOT is_pending AND round >= {first_round}"
    connection.execute(f"UPDATE {schema}.reach SET is_touched = 0 WHERE is_touched")
    connection.execute(
        f"UPDATE {schema}.reach SET email_key = NULL, mobile_number = NULL WHERE id IN (SELECT lead_id {linked})"
    )
    email, mobile = (f"CASE WHEN {flag} THEN {column} END" for _, column, flag in CONTACTS)
    connection.execute(
        f"""INSERT OR REPLACE INTO {schema}.reach ({REACH_COLUMNS})
            SELECT id, 1, 0, {email}, {mobile}, ?, last_seen_at, updated_at, sessions_count FROM {schema}.person
            WHERE id IN (SELECT member_id {linked})""",
        (now,),
    )
    gained: int = connection.execute(
        f"UPDATE {schema}.reach SET is_touched = 1 WHERE id IN (SELECT id FROM {schema}.person WHERE has_gained)"
    ).rowcount
    connection.execute(f"UPDATE {schema}.person SET has_gained = 0 WHERE has_gained")
    return gained > 0


def note_linked(connection: Any, schema: str, *, is_pending: bool) -> None:
    """Note the leads and members of the links as those whom a line of the log is about."""
    linked = f"FROM {schema}.link WHERE is_pending = :pending"
    note_logged(connection, f"SELECT lead_id {linked} UNION SELECT member_id {linked}", {"pending": is_pending})


def note_logged(connection: Any, select: str, params: Any = ()) -> None:
    """Note the customers whose ids a SELECT gives as those whom a line of the log is about."""
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {Chosen.LOGGED} (id INTEGER PRIMARY KEY)")
    connection.execute(f"DELETE FROM temp.{Chosen.LOGGED}")
    connection.execute(f"INSERT OR IGNORE INTO temp.{Chosen.LOGGED} {select}", params)


def members_found(connection: Any, schema: str) -> Iterator[int]:
    """Yield the members whom leads go into."""
    for (one,) in connection.execute(f"SELECT DISTINCT member_id FROM {schema}.link WHERE NOT is_pending ORDER BY 1"):
        yield one


def found_of(connection: Any, schema: str, customer_id: int, limit: int) -> list[tuple[Any, ...]]:
    """Return `LINK_COLUMNS` of the first links of a lead or member, in their order."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"""SELECT {", ".join(LINK_COLUMNS)} FROM {schema}.link WHERE lead_id = ? OR member_id = ?
            ORDER BY round, place LIMIT ?""",
        (customer_id, customer_id, limit),
    ).fetchall()
    return rows


def count_found(connection: Any, schema: str) -> tuple[int, int]:
    """Return how many leads are unified, and how many wait from now on."""
    row = connection.execute(
        f"SELECT count(*) FILTER (WHERE NOT is_pending), count(*) FILTER (WHERE is_pending) FROM {schema}.link"
    ).fetchone()
    return row[0], row[1]


def drop_broken(connection: Any, ids: Iterable[int] | None) -> tuple[int, ...]:
    """Forget that leads wait for members with whom they no longer share a contact; return those leads.

    Args:
        connection: A DBAPI one.
        ids: Only of these leads and members; None: of all.
    """
    statement = f"""DELETE FROM main.pending_unification AS p WHERE NOT EXISTS (
        SELECT 1 FROM main.customer l CROSS JOIN main.customer m
        WHERE l.id = p.lead_id AND m.id = p.member_id AND {_MAY_JOIN})"""
    if ids is None:
        return tuple(lead for (lead,) in connection.execute(f"{statement} RETURNING lead_id").fetchall())
    dropped: list[int] = []
    for one in ids:
        for column in ("lead_id", "member_id"):  # two statements: with OR no index would be used
            found = connection.execute(f"{statement} AND p.{column} = ? RETURNING lead_id", (one,)).fetchall()
            dropped.extend(lead for (lead,) in found)
    return tuple(dropped)


def write(connection: Any, schema: str, now: int, manager: str, occasion: str, import_id: int | None) -> None:
    """Write what was found to the live tables: members, their tags, what happened with the leads; and remove those."""
    unified = f"{schema}.link l WHERE NOT l.is_pending"
    # Who merely looked at a page after the values were put together has been seen since (R4).
    changes = ", ".join(
        f"{name} = max(p.{name}, customer.{name})" if name == "last_seen_at" else f"{name} = p.{name}"
        for name in _WRITTEN
    )
    connection.execute(
        f"""UPDATE main.customer SET {changes}, is_hidden = is_hidden AND p.last_seen_at <= customer.last_seen_at
            FROM {schema}.person p WHERE p.id = customer.id AND p.is_changed"""
    )
    connection.execute(
        f"DELETE FROM main.customer_tag WHERE customer_id IN (SELECT id FROM {schema}.person WHERE is_tagged)"
    )
    connection.execute(
        f"""INSERT INTO main.customer_tag (customer_id, tag_id, position)
            SELECT p.id, t.id, j.key FROM {schema}.person p, json_each(p.tags) j JOIN main.tag t ON t.key = j.value
            WHERE p.is_tagged"""
    )
    _join_import_tags(connection, unified)
    connection.execute(
        f"""UPDATE main.timeline_entry SET customer_id =
                (SELECT l.member_id FROM {schema}.link l WHERE l.lead_id = timeline_entry.customer_id)
            WHERE customer_id IN (SELECT l.lead_id FROM {unified})"""
    )
    connection.execute(
        f"""INSERT INTO main.unification
                (lead_id, member_id, at, manager, occasion, import_id, contact, candidates, choices)
            SELECT lead_id, member_id, ?, ?, ?, ?, contact, candidates, choices FROM {unified}""",
        (now, manager, occasion, import_id),
    )
    connection.execute(
        f"""INSERT INTO main.pending_unification (lead_id, member_id, contact, candidates, since, manager)
            SELECT lead_id, member_id, contact, candidates, ?, ? FROM {schema}.link WHERE is_pending""",
        (now, manager),
    )
    connection.execute(f"DELETE FROM main.customer WHERE id IN (SELECT l.lead_id FROM {unified})")


def _join_import_tags(connection: Any, unified: str) -> None:
    """Give members the import tags of their leads; the newest given stay (R30, R43)."""
    connection.execute(
        f"""INSERT INTO main.customer_import_tag (customer_id, import_tag_id, given_at)
            SELECT f.member_id, i.import_tag_id, max(i.given_at) FROM (SELECT l.lead_id, l.member_id FROM {unified}) f
            CROSS JOIN main.customer_import_tag i WHERE i.customer_id = f.lead_id GROUP BY 1, 2
            ON CONFLICT (customer_id, import_tag_id) DO UPDATE SET given_at = max(given_at, excluded.given_at)"""
    )
    connection.execute(
        f"""DELETE FROM main.customer_import_tag WHERE (customer_id, import_tag_id) IN (
                SELECT customer_id, import_tag_id FROM (
                    SELECT customer_id, import_tag_id, row_number() OVER (
                        PARTITION BY customer_id ORDER BY given_at DESC, import_tag_id DESC) AS place
                    FROM main.customer_import_tag WHERE customer_id IN (SELECT l.member_id FROM {unified}))
                WHERE place > ?)""",
        (MAX_IMPORT_TAGS,),
    )


def of_customer(connection: Any, customer_id: int) -> list[tuple[Any, ...]]:
    """Return the unifications into a customer, newest first, or the one by which they went.

    Each is lead, member, at, manager, occasion, import id, contact, candidates and choices (JSON).
    """
    columns = "lead_id, member_id, at, manager, occasion, import_id, contact, candidates, choices"
    rows: list[tuple[Any, ...]] = connection.execute(
        f"""SELECT {columns} FROM main.unification WHERE member_id = ? OR lead_id = ?
            ORDER BY at DESC, lead_id DESC""",
        (customer_id, customer_id),
    ).fetchall()
    return rows


def waiting(connection: Any, limit: int) -> list[tuple[int, int, str, int, str, str]]:
    """Return lead, member, contact, since when, manager and candidates (JSON) of what waits, newest first."""
    rows: list[tuple[int, int, str, int, str, str]] = connection.execute(
        """SELECT lead_id, member_id, contact, since, manager, candidates FROM main.pending_unification
           ORDER BY since DESC, lead_id LIMIT ?""",
        (limit,),
    ).fetchall()
    return rows
