"""One customer read and written within a transaction of whoever changes them."""

from crm_tui.core.fields import TAGS
from crm_tui.core.merging import Profile, join_tags
from crm_tui.services.errors import NotFound
from crm_tui.services.profiles import Customer, columns_of, customer_of
from crm_tui.services.values import differing, tags_of, values_of, verified_of
from storage import customers as stored
from storage.sql import Connection


def read(connection: Connection, customer_id: int) -> Customer:
    """Return one customer, a blocked one too.

    Raises:
        NotFound: There is no customer with that id, or none any more: then it says into whom they went.
    """
    found = find(connection, customer_id)
    if found is None:
        raise gone(connection, customer_id)
    return found


def gone(connection: Connection, customer_id: int) -> NotFound:
    """Return the error for an id that no customer has: of a lead who was unified, it names the member (R41)."""
    member_id = stored.unified_into(connection, customer_id)
    if member_id is None:
        return NotFound("customer_not_found", id=customer_id)
    return NotFound("customer_unified", id=customer_id, member=member_id)


def find(connection: Connection, customer_id: int) -> Customer | None:
    """Return one customer, a blocked one too, if there is one with that id."""
    row = stored.by_ids(connection, [customer_id]).get(customer_id)
    return None if row is None else customer_of(row)


def insert(connection: Connection, profile: Profile, at: int, *, sessions: int = 0) -> tuple[int, int]:
    """Add a customer who was created and seen at that moment (R4); return the id, and how many tags are left out."""
    moments = {"created_at": at, "last_seen_at": at, "sessions_count": sessions}
    new_id = stored.insert(connection, columns_of(profile) | moments)
    tags, left_out = join_tags((), tags_of(profile.values))
    stored.set_tags(connection, new_id, tags)
    return new_id, left_out


def update(connection: Connection, before: Customer, after: Profile, now: int) -> tuple[list[str], int]:
    """Write what differs; return the keys of those fields, and how many tags are left out (R16)."""
    tags, left_out = join_tags((), tags_of(after.values))
    changed = differing(values_of(before), {**after.values, TAGS: tags})
    written = sorted({*changed, *(after.verified ^ verified_of(before))})
    if written:
        stored.update(connection, before.id, columns_of(after) | {"updated_at": now})
    if TAGS in written:
        stored.set_tags(connection, before.id, tags)
    return written, left_out
