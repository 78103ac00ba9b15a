"""Why a row of an import does what it does, in sentences."""

from collections.abc import Iterable, Iterator

from crm_tui.core.fields import BUILT_IN, MEMBER_ID
from crm_tui.core.identity import ChosenBy
from crm_tui.i18n import describe, field_label, t
from crm_tui.services.importing.explaining import RowFate, RowLink, RowPerson, RowReason


def describe_reason(reason: RowReason) -> tuple[str, ...]:
    """Say what a row does and why: whom it meets, who else it could have been, who is unified by it."""
    return tuple(_sentences(reason))


def _sentences(reason: RowReason) -> Iterator[str]:
    row = f"{reason.row_number:,}"
    if reason.fate is RowFate.FAILS:
        yield t("unify.row_fails", row=row)
        yield from map(describe, reason.problems)
        return
    assert reason.customer is not None
    key = field_label(BUILT_IN[reason.key])
    if reason.fate is RowFate.CREATES:
        yield t(f"unify.row_creates_{'member' if reason.key == MEMBER_ID else 'lead'}", row=row, key=key)
    elif reason.fate is RowFate.REPEATS:
        yield t("unify.row_repeats", row=row, first=f"{reason.customer.row_number:,}")
    else:
        yield t("unify.row_updates", row=row, customer=reason.customer.id, key=key)
    if reason.is_blocked:
        yield t("unify.row_blocked")
    if reason.chosen_by is not ChosenBy.ALONE:
        yield t("unify.row_others", others=", ".join(map(str, reason.others)))
        yield t(f"unify.chosen_{reason.chosen_by}")
    for link in reason.links:
        yield from _link(link)
    if not reason.links:
        yield t("unify.link_none")


def _link(link: RowLink) -> Iterator[str]:
    sentence = "unify.link_pending" if link.is_pending else "unify.link_now"
    contact = field_label(BUILT_IN[link.contact])
    yield t(sentence, lead=_person(link.lead), member=_person(link.member), contact=contact)
    if link.candidates:
        yield t("unify.link_others", others=_people(link.candidates))


def _people(people: Iterable[RowPerson]) -> str:
    return ", ".join(map(_person, people))


def _person(person: RowPerson) -> str:
    return t("unify.of_row", row=f"{person.row_number:,}") if person.id is None else f"#{person.id}"
