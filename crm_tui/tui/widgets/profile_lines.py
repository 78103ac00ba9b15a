"""A customer's profile as lines by group: what the pane beside the list and the profile's own screen show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.core.fields import BUILT_IN, EMAIL, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Field
from crm_tui.i18n import field_label, t
from crm_tui.services.profiles import Customer, Pending
from crm_tui.tui.widgets.times import local_time, zone_name
from crm_tui.tui.widgets.value_text import value_text

_CONTACTS = ("memberId", NAME, EMAIL, MOBILE_NUMBER, "profile.landlineNumber")


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A label and what stands behind it; nothing in it is safe for a terminal yet."""

    label: str
    text: str | None
    """None: there is no value."""
    field: Field | None = None
    """The field that can be edited here."""
    note: str = ""
    """What stands behind the value and is no part of it."""
    customer_id: int | None = None
    """The customer that can be opened here."""


@dataclass(frozen=True, slots=True)
class ProfileGroup:
    """Lines under a heading."""

    heading: str
    lines: tuple[ProfileLine, ...]


def name_of(customer: Customer) -> str:
    """Return what a customer is called: the name, else the best there is."""
    known = (NAME, "memberId", EMAIL, MOBILE_NUMBER)
    return next((str(customer.get(key)) for key in known if customer.get(key)), f"#{customer.id}")


def state_of(customer: Customer) -> str:
    """Say what kind of customer it is, and whether they are blocked, hidden or wait to be unified."""
    states = (("contacts.blocked", customer.blocked), ("profile.hidden", customer.hidden))
    told = [t(f"contacts.type_{customer.type.value}"), *(t(name) for name, is_so in states if is_so)]
    if customer.pending:
        told.append(t("profile.pending_count", count=f"{len(customer.pending):,}"))
    return " · ".join(told)


def profile_groups(
    customer: Customer, fields: Sequence[Field], names: Mapping[int, str] | None = None
) -> list[ProfileGroup]:
    """Return all that is known of a customer by group.

    Args:
        customer: Whom.
        fields: Those that are shown.
        names: What other customers are called, by their ids; without it, they are told by their ids.
    """
    by_group: dict[str, list[Field]] = {"contact": [], "profile": [], "opt_outs": []}
    for field in fields:
        if field.key in _CONTACTS:
            by_group["contact"].append(field)
        elif field.key in OPT_OUTS:
            by_group["opt_outs"].append(field)
        elif field.key != TAGS:
            by_group["profile"].append(field)
    tags = (
        ProfileLine(t("contacts.tags"), ", ".join(customer.tags) or None, BUILT_IN[TAGS]),
        ProfileLine(t("contacts.import_tags"), ", ".join(customer.import_tags) or None),
    )
    instants = (("seen", customer.last_seen_at), ("created", customer.created_at), ("updated", customer.updated_at))
    times = tuple(
        ProfileLine(t(f"contacts.column_{name}"), None if instant is None else local_time(instant))
        for name, instant in instants
    )
    groups = [
        ProfileGroup(t(f"contacts.group_{name}"), tuple(_field_line(customer, field) for field in group))
        for name, group in by_group.items()
    ]
    groups += [
        ProfileGroup(t("contacts.group_tags"), tags),
        ProfileGroup(f"{t('contacts.group_times')} ({zone_name()})", times),
    ]
    above = (*_blocking(customer), *_hiding(customer), *_waiting(customer, fields, names or {}))
    return [*above, *(group for group in groups if group.lines)]


def _field_line(customer: Customer, field: Field) -> ProfileLine:
    value = customer.get(field.key)
    if value is None:
        return ProfileLine(field_label(field), None, field)
    is_unverified = (field.key == EMAIL and not customer.email_verified) or (
        field.key == MOBILE_NUMBER and not customer.mobile_number_verified
    )
    note = f" ({t('contacts.unverified')})" if is_unverified else ""
    return ProfileLine(field_label(field), value_text(value, field), field, note)


def _blocking(customer: Customer) -> list[ProfileGroup]:
    if customer.blocking is None:
        return []
    who = (("at", local_time(customer.blocking.at)), ("by", customer.blocking.by or None))
    reason = ProfileLine(t("desk.blocked_reason"), customer.blocking.reason)
    lines = tuple(ProfileLine(t(f"desk.blocked_{name}"), text) for name, text in who)
    return [ProfileGroup(t("contacts.blocked"), (*lines, reason))]


def _hiding(customer: Customer) -> list[ProfileGroup]:
    if not customer.hidden:
        return []
    return [ProfileGroup(t("profile.hidden"), (ProfileLine(t("profile.hidden_label"), t("profile.hidden_why")),))]


def _waiting(customer: Customer, fields: Sequence[Field], names: Mapping[int, str]) -> list[ProfileGroup]:
    """Return whom they go into, or who goes into them, at the next login (R42)."""
    if not customer.pending:
        return []
    labels = {field.key: field_label(field) for field in fields}
    lines = tuple(_waiting_line(customer, one, labels, names) for one in customer.pending)
    return [ProfileGroup(t("profile.pending"), lines)]


def _waiting_line(
    customer: Customer, pending: Pending, labels: Mapping[str, str], names: Mapping[int, str]
) -> ProfileLine:
    is_lead = customer.id == pending.lead_id
    other = pending.member_id if is_lead else pending.lead_id
    label = t("contacts.type_member" if is_lead else "contacts.type_lead")
    told = t(
        "profile.pending_by", contact=labels.get(pending.contact, pending.contact), since=local_time(pending.since)
    )
    return ProfileLine(label, names.get(other, f"#{other}"), note=f" · {told}", customer_id=other)
