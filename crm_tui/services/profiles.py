"""A customer, their values by field, and the columns of the table that hold them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Value
from crm_tui.core.identity import email_key
from crm_tui.core.merging import Profile
from crm_tui.core.query import search_text
from crm_tui.core.vocabulary import CustomerType
from storage.columns import COLUMNS_BY_KEY, dump
from storage.sql import RowMapping


@dataclass(frozen=True, slots=True)
class Blocking:
    """Who blocked a customer, when (UTC epoch milliseconds) and why (R46)."""

    at: int
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A lead that goes into a member when that member next logs in (R42)."""

    lead_id: int
    member_id: int
    contact: str
    """The key of the field by which they are linked."""
    since: int
    """UTC epoch milliseconds."""
    manager: str = ""
    """At whose change they were linked."""
    candidates: tuple[int, ...] = ()
    """The ids of the other members it could have been."""


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. Instants are UTC epoch milliseconds."""

    id: int
    type: CustomerType
    member_id: str | None
    profile: Mapping[str, Value]
    """By full key, e.g. "profile.name"."""
    tags: tuple[str, ...]
    import_tags: tuple[str, ...]
    unsubscribe_email: bool
    unsubscribe_texting: bool
    email_verified: bool
    mobile_number_verified: bool
    created_at: int
    updated_at: int | None
    last_seen_at: int
    sessions_count: int
    blocking: Blocking | None
    hidden: bool = False
    """Over the limit of managed users: in no list, but not deleted."""
    pending: tuple[Pending, ...] = ()
    """Unifications that wait for a login (R42)."""

    @property
    def blocked(self) -> bool:
        """Whether they are blocked (R46)."""
        return self.blocking is not None

    def get(self, key: str) -> Value | None:
        """Return the value of any field by its key; None where there is none."""
        match key:
            case "memberId":
                return self.member_id
            case "tags":
                return self.tags or None
            case "unsubscribeEmail":
                return self.unsubscribe_email
            case "unsubscribeTexting":
                return self.unsubscribe_texting
            case "id":
                return self.id
            case "type":
                return self.type.value
            case "userImportTag":
                return self.import_tags or None
            case "createdAt":
                return self.created_at
            case "updatedAt":
                return self.updated_at
            case "lastSeenAt":
                return self.last_seen_at
            case "sessionsCount":
                return self.sessions_count
            case "blocked":
                return self.blocked
            case _:
                return self.profile.get(key)


def customer_of(row: RowMapping) -> Customer:
    """Return the customer of a row of `storage.customers.by_ids`."""
    values = values_of((row[column] for column in COLUMNS_BY_KEY.values()), row["custom"])
    member_id = values.pop(MEMBER_ID, None)
    opt_outs = [bool(values.pop(key)) for key in OPT_OUTS]
    return Customer(
        id=row["id"],
        type=CustomerType.LEAD if member_id is None else CustomerType.MEMBER,
        member_id=None if member_id is None else str(member_id),
        profile=values,
        tags=tuple(json.loads(row["tags"])),
        import_tags=tuple(json.loads(row["import_tags"])),
        unsubscribe_email=opt_outs[0],
        unsubscribe_texting=opt_outs[1],
        email_verified=bool(row["email_verified"]),
        mobile_number_verified=bool(row["mobile_number_verified"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_seen_at=row["last_seen_at"],
        sessions_count=row["sessions_count"],
        blocking=None
        if row["blocked_at"] is None
        else Blocking(row["blocked_at"], row["blocked_by"] or "", row["block_reason"]),
        hidden=bool(row["is_hidden"]),
        pending=tuple(map(_pending, json.loads(row["pending"]))),
    )


def _pending(listed: list[Any]) -> Pending:
    lead_id, member_id, contact, since, manager, candidates = listed
    return Pending(lead_id, member_id, contact, since, manager, tuple(candidates))


def columns_of(profile: Profile) -> dict[str, Any]:
    """Return the columns of table `customer` that hold a profile (tags are kept apart)."""
    values = profile.values
    columns: dict[str, Any] = {column: values.get(key) for key, column in COLUMNS_BY_KEY.items()}
    name, email, mobile = (values.get(key) for key in (NAME, EMAIL, MOBILE_NUMBER))
    columns["email_key"] = email_key(str(email)) if email is not None else None
    columns["email_verified"] = EMAIL in profile.verified
    columns["mobile_number_verified"] = MOBILE_NUMBER in profile.verified
    columns["unsubscribe_email"] = bool(columns["unsubscribe_email"])
    columns["unsubscribe_texting"] = bool(columns["unsubscribe_texting"])
    columns["search_text"] = search_text(*(str(part) if part is not None else None for part in (name, email, mobile)))
    custom = {
        key.removeprefix("profile."): value
        for key, value in values.items()
        if key not in COLUMNS_BY_KEY and key != TAGS
    }
    columns["custom"] = dump(custom)
    return columns


def values_of(columns: Iterable[Any], custom: str) -> dict[str, Value]:
    """Return the field values that the columns of a customer hold (tags are kept apart).

    Args:
        columns: Those of `COLUMNS_BY_KEY`, in its order.
        custom: Column `custom`.
    """
    values: dict[str, Value] = {
        key: value for key, value in zip(COLUMNS_BY_KEY, columns, strict=True) if value is not None
    }
    for key in OPT_OUTS:
        if key in values:
            values[key] = bool(values[key])
    if custom != "{}":
        values.update(_custom_values(custom))
    return values


@lru_cache(maxsize=256)
def _custom_values(custom: str) -> Mapping[str, Value]:
    # A row that is imported again often holds what is stored already.
    return {
        f"profile.{bare}": tuple(value) if isinstance(value, list) else value
        for bare, value in json.loads(custom).items()
    }
