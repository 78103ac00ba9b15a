"""A customer's profile as widget text."""

from collections.abc import Sequence

from textual.content import Content

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Field
from crm_tui.i18n import field_label, t
from crm_tui.services.profiles import Customer
from crm_tui.tui.widgets.safe_text import fit, safe, wrap
from crm_tui.tui.widgets.times import local_time, zone_name
from crm_tui.tui.widgets.value_text import value_text

_CONTACTS = ("memberId", "profile.name", EMAIL, MOBILE_NUMBER, "profile.landlineNumber")


def _field_line(customer: Customer, field: Field) -> tuple[str, str | None]:
    value = customer.get(field.key)
    if value is None:
        return field_label(field), None
    is_unverified = (field.key == EMAIL and not customer.email_verified) or (
        field.key == MOBILE_NUMBER and not customer.mobile_number_verified
    )
    unverified = f" ({t('contacts.unverified')})" if is_unverified else ""
    return field_label(field), value_text(value, field) + unverified


def _groups(customer: Customer, fields: Sequence[Field]) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return the lines of a profile by group; None where there is no value."""
    by_group: dict[str, list[Field]] = {"contact": [], "profile": [], "opt_outs": []}
    for field in fields:
        if field.key in _CONTACTS:
            by_group["contact"].append(field)
        elif field.key in OPT_OUTS:
            by_group["opt_outs"].append(field)
        elif field.key != TAGS:
            by_group["profile"].append(field)
    groups = [(name, [_field_line(customer, field) for field in group]) for name, group in by_group.items()]
    tags = [
        (t("contacts.tags"), ", ".join(customer.tags) or None),
        (t("contacts.import_tags"), ", ".join(customer.import_tags) or None),
    ]
    instants = (
        ("seen", customer.last_seen_at),
        ("created", customer.created_at),
        ("updated", customer.updated_at),
    )
    times = [
        (t(f"contacts.column_{name}"), None if instant is None else local_time(instant)) for name, instant in instants
    ]
    return [*groups, ("tags", tags), ("times", times)]


def profile_text(customer: Customer, fields: Sequence[Field], width: int, *, with_blanks: bool = True) -> Content:
    """Return all that is known of a customer by group, labels and values in two columns; only safe text."""
    title = t(f"contacts.type_{customer.type.value}")
    if customer.blocked:
        title += f" · {t('contacts.blocked')}"
    name = str(customer.get(NAME) or customer.member_id or customer.get(EMAIL) or customer.get(MOBILE_NUMBER) or "-")
    parts = [safe("\n".join(wrap(name, width))).stylize("bold"), Content("\n"), Content(title).stylize("$accent")]
    for group, lines in _groups(customer, fields):
        shown = [(label, value) for label, value in lines if with_blanks or value is not None]
        if shown:
            heading = t(f"contacts.group_{group}")
            zone = f" ({zone_name()})" if group == "times" else ""
            parts += [Content("\n\n"), Content(heading + zone).stylize("bold")]
            parts += [two_columns(label, value, width) for label, value in shown]
    return Content("").join(parts)


def two_columns(label: str, value: str | None, width: int, label_width: int = 0) -> Content:
    """Return a line break, a dim label and its value; a long value goes on under itself."""
    label_width = label_width or min(20, max(17, width // 4))
    rows = wrap("-" if value is None else value, max(8, width - label_width - 1))
    text = f"\n{' ' * (label_width + 1)}".join(rows)
    return Content("").join([Content("\n"), Content(f"{fit(label, label_width)} ").stylize("dim"), Content(text)])
