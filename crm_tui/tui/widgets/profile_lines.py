"""A customer's profile as lines by group: what the pane beside the list and the profile's own screen show."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.core.fields import BUILT_IN, EMAIL, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Field
from crm_tui.i18n import field_label, t
from crm_tui.services.profiles import Customer
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


@dataclass(frozen=True, slots=True)
class ProfileGroup:
    """Lines under a heading."""

    heading: str
    lines: tuple[ProfileLine, ...]


def name_of(customer: Customer) -> str:
    """Return what a customer is called: the name, else the best there is."""
    known = (NAME, "memberId", EMAIL, MOBILE_NUMBER)
    return next((str(customer.get(key)) for key in known if customer.get(key)), f"#{customer.id}")


def profile_groups(customer: Customer, fields: Sequence[Field]) -> list[ProfileGroup]:
    """Return all that is known of a customer by group."""
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
    return [*_blocking(customer), *(group for group in groups if group.lines)]


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
