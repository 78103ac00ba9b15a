"""The activity log (R52): when, who, what, on whom and with what numbers; never a personal value."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from crm_tui.core.permissions import Permission
from crm_tui.services.errors import DatabaseError, NotFound
from storage import activity as stored
from storage import customers as stored_customers
from storage import tags as stored_tags
from storage.dialects import sqlite
from storage.selection import Chosen
from storage.sql import Connection, driver_connection

if TYPE_CHECKING:
    from crm_tui.services.workspace import Workspace


class Actor(Protocol):
    """Who does something, and when."""

    @property
    def manager(self) -> str:
        """Their login name."""
        ...

    def now_ms(self) -> int:
        """Return the moment, as UTC epoch milliseconds."""
        ...


class ActivityKind(StrEnum):
    """What was done. The comment names the details: ids, field keys, and `count`, the number of customers."""

    # with customers
    CUSTOMER_ADDED = "customer_added"
    CUSTOMER_EDITED = "customer_edited"  # fields
    TAGS_ADDED = "tags_added"  # tags (ids), count, left_out
    TAGS_REMOVED = "tags_removed"  # tags (ids), count
    CONSENT_SET = "consent_set"  # fields, count
    BLOCKED = "blocked"  # count
    UNBLOCKED = "unblocked"  # count
    DELETED = "deleted"  # count, failed_rows, prepared_imports, copies
    EXPORTED = "exported"  # count
    TAG_RENAMED = "tag_renamed"  # tags (ids), count
    TAG_MERGED = "tag_merged"  # tags (ids), count
    TAG_DELETED = "tag_deleted"  # tags (ids), count
    IMPORT_TAG_DELETED = "import_tag_deleted"  # count
    IMPORT_APPLIED = "import_applied"  # import (its id), created, updated, failed, unified, unify_pending
    UNIFIED = "unified"  # occasion, count (leads), import (its id, where it was one); on leads and members
    UNIFY_PENDING = "unify_pending"  # occasion, count (leads), import; on leads and members
    UNIFY_DECLINED = "unify_declined"  # contact; on the lead and the member
    CONTACT_VERIFIED = "contact_verified"  # field
    TALKED = "talked"  # talk (message, call), direction
    COLLECTED = "collected"  # fields
    VISITED = "visited"  # login (whether), became_member, returned
    AUDIENCE_EXPORTED = "audience_exported"  # count, channel
    WITHDRAWN = "withdrawn"  # count, missing, by (field key): the line DELETED tells what went
    RETENTION = "retention"  # failed_rows, count
    IMPORT_ENDED = "import_ended"  # import (its id), state: it was cancelled, refused or interrupted
    # with what is kept about customers
    FIELD_ADDED = "field_added"  # field
    FIELD_LABELLED = "field_labelled"  # field
    FIELD_MOVED = "field_moved"  # field
    FIELD_ARCHIVED = "field_archived"  # field
    FIELD_RESTORED = "field_restored"  # field
    SEGMENT_SAVED = "segment_saved"
    SEGMENT_RENAMED = "segment_renamed"
    SEGMENT_DELETED = "segment_deleted"
    # with who uses the program
    MANAGER_ADDED = "manager_added"  # name, role
    MANAGER_CHANGED = "manager_changed"  # name, role
    MANAGER_REMOVED = "manager_removed"  # name
    ROLE_ADDED = "role_added"  # role, permissions
    ROLE_CHANGED = "role_changed"  # role, permissions
    ROLE_REMOVED = "role_removed"  # role
    LIMIT_SET = "limit_set"  # limit (None: no limit), hidden (customers then)
    REFUSED = "refused"  # permission, or "enter" where somebody is no manager at all
    LOG_EXPORTED = "log_exported"  # lines
    # in a customer's history only: read off the customer, never recorded
    CREATED = "created"
    IMPORTED = "imported"  # import_tag


_KINDS = {kind.value: kind for kind in ActivityKind}
_LISTS: Mapping[str, type] = {"tags": int, "fields": str, "permissions": str}
"""The details that are lists, and of what."""
_LAST_MOMENT = 253_370_764_800_000
"""A year before the calendar ends: a moment that somebody has changed can still be shown, in every zone."""
RECORDED = tuple(kind for kind in ActivityKind if kind not in (ActivityKind.CREATED, ActivityKind.IMPORTED))
"""The kinds that lines of the log may have."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened to a customer."""

    at: int
    """UTC epoch milliseconds."""
    manager: str | None
    """None where it is not known who."""
    kind: ActivityKind | None
    """None for a word that this program does not know."""
    details: Mapping[str, Any]
    """As the comment of the kind says; where there are `tags`, `names` holds those that are still known."""


def record(
    connection: Any,
    actor: Actor,
    kind: ActivityKind,
    customers: Iterable[int] | Chosen = (),
    **details: Any,
) -> None:
    """Add a line to the log, in the transaction of what it tells of.

    Args:
        connection: The one that writes it, SQLAlchemy's or the driver's own.
        actor: Who did it, and when.
        kind: What was done.
        customers: On whom: ids, or a table of chosen customers.
        details: What the comment of the kind names; never a value of a person.

    Raises:
        DatabaseError: "log_damaged": somebody has changed the end of the log, and nothing is added to it.
    """
    text = json.dumps(details, separators=(",", ":"))
    raw = driver_connection(connection)
    try:
        stored.add(raw, actor.now_ms(), actor.manager, kind.value, text, customers)
    except stored.LogDamaged as error:
        raise DatabaseError("log_damaged") from error


def history(workspace: "Workspace", customer_id: int, limit: int = 200) -> tuple[HistoryLine, ...]:
    """Return what happened to a customer, newest first, from their creation on, with the import tags they carry.

    Raises:
        NotFound: There is no customer with that id.
    """
    with reading_log(workspace) as connection:
        row = stored_customers.by_ids(connection, [customer_id]).get(customer_id)
        if row is None:
            raise NotFound("customer_not_found", id=customer_id)
        done = [
            HistoryLine(moment(line["at"]), line["manager"], known_kind(line["kind"]), read_details(line["details"]))
            for line in stored.of_customer(connection, customer_id, limit)
        ]
        given = stored.import_tags_of(connection, customer_id)
        ids = {one for line in done for one in line.details.get("tags", ())}
        names = stored_tags.names_of(connection, ids)
    lines = [replace(line, details=with_names(line.details, names)) for line in done]
    lines += [HistoryLine(at, None, ActivityKind.IMPORTED, {"import_tag": name}) for name, at in given]
    if not any(line.kind is ActivityKind.CUSTOMER_ADDED for line in lines):
        lines.append(HistoryLine(row["created_at"], None, ActivityKind.CREATED, {}))
    # Stable: what happened at one moment stays in the order in which it was done, the creation first.
    return tuple(sorted(lines, key=lambda line: -line.at)[:limit])


@contextmanager
def reading_log(workspace: "Workspace") -> Iterator[Connection]:
    """Give a connection to read the log on, whatever somebody has written into it behind the program's back."""
    with (
        workspace.reading(Permission.ACTIVITY) as connection,
        sqlite.any_text(driver_connection(connection)),
    ):
        yield connection


def moment(at: int) -> int:
    """Return a moment of the log as one that can be shown, in every zone."""
    return max(0, min(at, _LAST_MOMENT))


def known_kind(word: str) -> ActivityKind | None:
    """Return the kind that a line has; None for a word that this program does not know."""
    return _KINDS.get(word)


def read_details(text: str) -> dict[str, Any]:
    """Return the details of a line, without what `record` cannot have written: somebody may have changed them."""
    try:
        details = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(details, dict):
        return {}
    return {_text(name): _plain(value) for name, value in details.items() if _is_written(name, value)}


def _is_written(name: str, value: object) -> bool:
    """Say whether a detail looks like one of ours: a list where one is due, and nothing that is deeper or no value."""
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, _LISTS[name]) and _is_value(one) for one in value)
    return name != "names" and _is_value(value)


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, int) and abs(value) <= sqlite.MAX_INTEGER)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Return a text without halves of characters, which no file takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def with_names(details: Mapping[str, Any], names: Mapping[int, str]) -> Mapping[str, Any]:
    """Return details with the names of their tags, as far as these are still known; `names` has them by id."""
    if "tags" not in details:
        return details
    return {**details, "names": tuple(names[one] for one in details["tags"] if one in names)}
