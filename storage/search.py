"""The contact list: which customers a query finds, in which order. Blocked ones are never among them (R46)."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from crm_tui.core.query import Query

SORT_COLUMNS: Mapping[str, str] = {
    "lastSeenAt": "last_seen_at",
    "createdAt": "created_at",
    "profile.name": "name",
    "profile.email": "email_key",
    "profile.mobileNumber": "mobile_number",
    "memberId": "member_id",
}


def _conditions(query: Query, *, blocked: bool) -> tuple[str, dict[str, str]]:
    parts = ["blocked_at IS NOT NULL" if blocked else "blocked_at IS NULL"]
    params: dict[str, str] = {}
    for number, word in enumerate(query.words):
        # instr finds the very characters; LIKE would read % and _ and ignore case by its own rules
        parts.append(f"instr(search_text, :word{number}) > 0")
        params[f"word{number}"] = word
    for kind, keys in (("tag", query.tags), ("import_tag", query.import_tags)):
        for number, key in enumerate(keys):
            parts.append(
                f"id IN (SELECT l.customer_id FROM customer_{kind} l JOIN {kind} t ON t.id = l.{kind}_id "
                f"WHERE t.key = :{kind}{number})"
            )
            params[f"{kind}{number}"] = key
    if query.is_member is not None:
        parts.append(f"member_id IS {'NOT ' if query.is_member else ''}NULL")
    return " AND ".join(parts), params


def count(connection: Connection, query: Query, *, blocked: bool = False) -> int:
    """Return how many customers a query finds."""
    where, params = _conditions(query, blocked=blocked)
    total: int = connection.execute(text(f"SELECT count(*) FROM customer WHERE {where}"), params).scalar_one()
    return total


def page_ids(
    connection: Connection, query: Query, *, sort: str, descending: bool, offset: int, limit: int
) -> list[int]:
    """Return the ids of one page, in order; `sort` is a key of `SORT_COLUMNS`. Missing values come last."""
    where, params = _conditions(query, blocked=False)
    column = SORT_COLUMNS[sort]
    direction = "DESC" if descending else "ASC"
    order = f"{column} {direction}, id {direction}"
    if column not in ("last_seen_at", "created_at"):
        order = f"{column} IS NULL, {order}"
    rows = connection.execute(
        text(f"SELECT id FROM customer WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"),
        {**params, "limit": limit, "offset": offset},
    )
    return list(rows.scalars())
