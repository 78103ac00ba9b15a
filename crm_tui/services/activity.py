"""The activity log (R52): when, who, what, on whom and with what numbers; never a personal value."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection

from crm_tui.core.permissions import Permission
from crm_tui.services.errors import NotFound
from storage import activity as stored
from storage import customers as stored_customers
from storage import tags as stored_tags
from storage.selection import Chosen

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
    REFUSED = "refused"  # permission
    LOG_EXPORTED = "log_exported"  # lines
    # in a customer's history only: read off the customer, never recorded
    CREATED = "created"
    IMPORTED = "imported"  # import_tag


RECORDED = tuple(kind for kind in ActivityKind if kind not in (ActivityKind.CREATED, ActivityKind.IMPORTED))
"""The kinds that lines of the log may have."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened to a customer."""

    at: int
    """UTC epoch milliseconds."""
    manager: str | None
    """None where it is not known who."""
    kind: ActivityKind
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
    """
    text = json.dumps(details, separators=(",", ":"))
    raw = connection.connection.driver_connection if isinstance(connection, Connection) else connection
    stored.add(raw, actor.now_ms(), actor.manager, kind.value, text, customers)


def history(workspace: "Workspace", customer_id: int, limit: int = 200) -> tuple[HistoryLine, ...]:
    """Return what happened to a customer, newest first, from their creation on, with the import tags they carry.

    Raises:
        NotFound: There is no customer with that id.
    """
    with workspace.reading(Permission.ACTIVITY) as connection:
        row = stored_customers.by_ids(connection, [customer_id]).get(customer_id)
        if row is None:
            raise NotFound("customer_not_found", id=customer_id)
        done = [
            HistoryLine(line["at"], line["manager"], ActivityKind(line["kind"]), json.loads(line["details"]))
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


def with_names(details: Mapping[str, Any], names: Mapping[int, str]) -> Mapping[str, Any]:
    """Return details with the names of their tags, as far as these are still known; `names` has them by id."""
    if "tags" not in details:
        return details
    return {**details, "names": tuple(names[one] for one in details["tags"] if one in names)}
