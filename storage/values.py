"""Fields as SQL: what a customer's value is compared as, and what customers are ordered by."""

import re
from collections.abc import Mapping

from crm_tui.core.fields import (
    BLOCKED,
    CREATED_AT,
    EMAIL,
    ID,
    IMPORT_TAGS,
    LAST_SEEN_AT,
    LIST_TYPES,
    SESSIONS_COUNT,
    TAGS,
    TYPE,
    UPDATED_AT,
    Field,
)
from storage.columns import COLUMNS_BY_KEY

_BARE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
BLOCKED_AT = "blockedAt"
"""Not a field of the list, but the order of the blocked panel."""
COLUMN_OF: Mapping[str, str] = {
    **COLUMNS_BY_KEY,
    EMAIL: "email_key",
    ID: "id",
    CREATED_AT: "created_at",
    UPDATED_AT: "updated_at",
    LAST_SEEN_AT: "last_seen_at",
    SESSIONS_COUNT: "sessions_count",
}
"""The column that a field is compared and ordered by."""
IS_LINKED_TO: Mapping[str, str] = {TAGS: "tag", IMPORT_TAGS: "import_tag"}
"""The table whose rows customers are linked to by a field."""


def value_sql(field: Field, *, compared: bool = True) -> str:
    """Return the value of a field that is no list as SQL; `compared`, as it is compared (R11)."""
    if field.key == BLOCKED:
        return "(blocked_at IS NOT NULL)"
    if field.key == TYPE:
        return "(CASE WHEN member_id IS NULL THEN 'lead' ELSE 'member' END)"
    if field.key == EMAIL and not compared:
        return "email"
    column = COLUMN_OF.get(field.key)
    return column if column is not None else _custom(field.key)


def order_sql(field: Field) -> str:
    """Return what customers are ordered by: lists and tags by their first element."""
    match field.key:
        case key if key == BLOCKED_AT:
            return "blocked_at"
        case key if key == TAGS:
            return _first_link("tag", "l.position")
        case key if key == IMPORT_TAGS:
            return _first_link("import_tag", "l.given_at, l.import_tag_id")
    if field.type in LIST_TYPES:
        return _custom(field.key, "[0]")
    return value_sql(field)


def _custom(key: str, element: str = "") -> str:
    bare = key.removeprefix("profile.")
    # The key becomes part of a statement: whatever the registry says, only what R6 lets be a key may.
    if _BARE_KEY.fullmatch(bare) is None:
        raise ValueError(key)
    return f"json_extract(customer.custom, '$.{bare}{element}')"


def _first_link(kind: str, order: str) -> str:
    return (
        f"(SELECT t.name FROM customer_{kind} l JOIN {kind} t ON t.id = l.{kind}_id "
        f"WHERE l.customer_id = customer.id ORDER BY {order} LIMIT 1)"
    )
