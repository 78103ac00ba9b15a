"""Why a customer has the values that they have (R40-R43), in sentences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from crm_tui.core.fields import Field
from crm_tui.i18n import field_label, t
from crm_tui.services.profiles import Customer, Pending
from crm_tui.services.unifying import Unification
from crm_tui.tui.widgets.profile_text import two_columns
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.times import local_time


@dataclass(frozen=True, slots=True)
class Why:
    """What there is to explain."""

    customer: Customer
    unifications: tuple[Unification, ...]
    """Leads that went into them."""
    fields: Mapping[str, Field]
    """By key, to name values."""
    names: Mapping[int, str]
    """What others are called, by their ids."""

    def __bool__(self) -> bool:
        return bool(self.unifications or self.customer.pending)


def why_text(why: Why, width: int, field: Field | None = None) -> Content:
    """Return which contact linked a customer with whom, who else it could have been, and which rule chose each value.

    Args:
        why: What there is to explain.
        width: In cells.
        field: What is asked about; it comes first.
    """
    parts = list(_about_field(why, field, width)) if field is not None and why.unifications else []
    for pending in why.customer.pending:
        parts += _waiting(why, pending, width)
    for one in why.unifications:
        parts += _unified(why, one, width)
    if why.unifications:
        parts += [Content("\n\n"), Content(t("profile.why_later")).stylize("dim")]
    return Content("").join(parts)[2:]


def _heading(text: str) -> list[Content]:
    return [Content("\n\n"), safe(text).stylize("bold")]


def _rows(rows: Iterable[tuple[str, str]], width: int) -> Iterator[Content]:
    return (two_columns(label, text, width) for label, text in rows)


def _about_field(why: Why, field: Field, width: int) -> Iterator[Content]:
    yield from _heading(t("profile.why_key", field=field_label(field)))
    found = [one for one in why.unifications if field.key in one.choices]
    for one in found:
        yield two_columns(local_time(one.at), t(f"profile.choice_{one.choices[field.key].value}"), width)
    if not found:
        yield two_columns("", t("profile.why_elsewhere"), width)


def _unified(why: Why, one: Unification, width: int) -> Iterator[Content]:
    yield from _heading(t("profile.why_unified", id=one.lead_id))
    occasion = (
        t("profile.occasion_import_number", number=one.import_id)
        if one.import_id is not None
        else t(f"profile.occasion_{one.occasion.value}")
    )
    rows = [
        (t("profile.why_when"), local_time(one.at)),
        (t("profile.why_manager"), one.manager),
        (t("profile.why_occasion"), occasion),
        *_link_rows(why, one.contact, one.candidates),
    ]
    yield from _rows(rows, width)
    if one.choices:
        yield Content("\n")
        yield Content(t("profile.why_values")).stylize("dim")
        choices = ((_label(why, key), t(f"profile.choice_{choice.value}")) for key, choice in one.choices.items())
        yield from _rows(choices, width)


def _waiting(why: Why, one: Pending, width: int) -> Iterator[Content]:
    is_lead = why.customer.id == one.lead_id
    lead = _who(why, one.lead_id)
    yield from _heading(t("profile.why_waits_lead") if is_lead else t("profile.why_waits_member", who=lead))
    rows = [
        *([(t("profile.why_member"), _who(why, one.member_id))] if is_lead else []),
        (t("profile.why_since"), local_time(one.since)),
        (t("profile.why_manager"), one.manager),
        *_link_rows(why, one.contact, one.candidates),
        ("", t("profile.why_rule_waits")),
    ]
    yield from _rows(rows, width)


def _link_rows(why: Why, contact: str, candidates: tuple[int, ...]) -> list[tuple[str, str]]:
    others = ", ".join(_who(why, other) for other in candidates) or t("profile.why_none")
    rule = t("profile.why_rule_newest" if candidates else "profile.why_rule_only")
    return [
        (t("profile.why_contact"), t("profile.why_contact_same", contact=_label(why, contact))),
        (t("profile.why_candidates"), others),
        (t("profile.why_rule"), rule),
    ]


def _label(why: Why, key: str) -> str:
    field = why.fields.get(key)
    return key if field is None else field_label(field)


def _who(why: Why, customer_id: int) -> str:
    name = why.names.get(customer_id)
    return t("profile.why_gone", id=customer_id) if name is None else f"{name} (#{customer_id})"
