"""What can be read off an index at this moment: parts of the text index, and indexes of custom fields.

Both are made behind the program's back and may be missing, whole or in part; a search is right all the same.
"""

from dataclasses import dataclass

from crm_tui.core.fields import EMAIL, LIST_TYPES, Field
from crm_tui.core.query.nodes import And, HasValue, Initials, InRange, InSpans, IsMember, Node, Not, OneOf, Or, Word
from storage import search_parts, value_indexes
from storage.dialects import text_index
from storage.sql import Connection, driver_connection
from storage.values import COLUMN_OF, IS_LINKED_TO

SEARCHED = "search_text"
SHARED_INDEXES = ("email_key", "mobile_number", "member_id")
"""Columns whose indexes hold everybody, and not only those in the contact list."""
_BY_COLUMN = {
    SEARCHED: "ix_customer_search",
    "last_seen_at": "ix_customer_seen",
    "created_at": "ix_customer_created",
    **{column: f"ix_customer_{column}" for column in ("name", *SHARED_INDEXES)},
}
_MOST_PARTS = 240
"""A statement joins five hundred tables and ranges between them at most; sixty million customers."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Of one database, in the state that a connection sees."""

    parts: tuple[int, ...] = ()
    """Of the text index."""
    tails: tuple[tuple[int, int], ...] = ()
    """Ranges of ids that no part holds, first and last."""
    stale: tuple[int, ...] = ()
    """Those of the parts that still hold somebody who changed or went."""
    values: frozenset[str] = frozenset()
    """Fields with an index of their values made behind the program's back, by bare key."""

    def of_field(self, field: Field) -> str | None:
        """Return what the index that holds a field's values is known by: a column, or the key of a custom field."""
        column = COLUMN_OF.get(field.key)
        if column in _BY_COLUMN:
            return column
        is_held = field.type not in LIST_TYPES and field.key.removeprefix("profile.") in self.values
        return field.key if is_held else None

    def home_of(self, node: Node) -> str | None:
        """Return which index holds all that a node asks for, or which kind of link; None where there is none."""
        match node:
            case Word():
                return SEARCHED
            case Initials():
                return "name"
            case IsMember():
                return "member_id"
            case And(parts):
                # Links are looked up by the id, which every index holds.
                homes = {self.home_of(part) for part in parts if not self.is_link(part)}
                return homes.pop() if len(homes) == 1 else None
            case Or(parts):
                homes = {self.home_of(part) for part in parts}
                return homes.pop() if len(homes) == 1 and not homes & set(IS_LINKED_TO.values()) else None
            case Not():
                return None
            case _:
                return IS_LINKED_TO.get(node.field.key) or self.of_field(node.field)

    def is_link(self, node: Node) -> bool:
        """Say whether a node asks for tags of one kind, or for customers without them."""
        return self.home_of(node.part if isinstance(node, Not) else node) in IS_LINKED_TO.values()

    def needs_rows(self, node: Node) -> bool:
        """Say whether a node asks for something that no index holds."""
        match node:
            case And(parts) | Or(parts):
                return any(self.needs_rows(part) for part in parts)
            case Not(part):
                return self.needs_rows(part)
            case _:
                return self.home_of(node) is None


def read_indexes(connection: Connection) -> Indexes:
    """Return which indexes there are for a statement on this connection."""
    raw = driver_connection(connection)
    values = frozenset(name.removeprefix(value_indexes.PREFIX) for name in value_indexes.present(raw))
    held, stale = search_parts.askable(raw)
    if not held or not text_index.is_available(raw):
        return Indexes(values=values)
    tails = tuple(search_parts.ranges_without(held[:_MOST_PARTS]))
    parts = tuple(part for part, _ in held[:_MOST_PARTS])
    return Indexes(parts, tails, tuple(part for part in stale if part <= parts[-1]), values)


def read_off(home: str) -> str:
    """Return the table, to be read off an index.

    Left to itself the database may read one that holds nothing of use, and look at every row.
    """
    return f"customer INDEXED BY {_BY_COLUMN.get(home) or value_indexes.name_of(home)}"


def is_read_off_at_once(node: Node) -> bool:
    """Say whether an index gives those whom a leaf asks for without a look at any others."""
    match node:
        case HasValue(field):
            return field.key != EMAIL  # the index holds it as it is compared
        case InSpans(_, spans):
            return len(spans) == 1
        case OneOf() | InRange() | IsMember():
            return True
        case _:
            return False
