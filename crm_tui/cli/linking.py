"""Unification on the command line: whether it is wanted (R45), what waits (R42), and why somebody was unified."""

from collections.abc import Callable, Iterable
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.asking import can_ask, is_wanted
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.cli.shapes import moment
from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME
from crm_tui.core.problems import Problem
from crm_tui.i18n import t
from crm_tui.services import unifying
from crm_tui.services.customers import Edited, Stale, Unify, WouldUnify
from crm_tui.services.profiles import Customer
from crm_tui.services.unifying import Unification
from crm_tui.services.workspace import Workspace

Outcome = Edited | Stale | tuple[Problem, ...]
"""What a change of one customer came to, once it is known whether it unifies anybody."""
_COLUMNS = ("lead", "name", "member", "memberId", "contact", "since", "manager", "blocked")


def as_wanted(do: Callable[[Unify], Outcome | WouldUnify], unify: bool | None) -> Outcome:
    """Do what may link customers; return what came of it. Where nothing says whether they shall be, ask (R45).

    Raises:
        WrongUsage: Nobody is there to be asked.
    """
    answer = do(unify)
    while isinstance(answer, WouldUnify):
        _say_links(answer)
        if not can_ask():
            raise WrongUsage(t("life.unify_needed"))
        # A yes is to those who were named: where others would be unified by now, it is asked again.
        answer = do(is_wanted(t("life.unify_question")) and answer.links)
    return answer


def _say_links(would: WouldUnify) -> None:
    people = {one.id: one for one in (would.customer, *would.others)}
    for link in would.links:
        lead, member = known_as(people[link.lead_id]), known_as(people[link.member_id])
        contact = t(f"fields.{link.contact}")
        if link.is_pending:
            say(t("life.link_waits", lead=lead, member=member, contact=contact))
        else:
            say(t("life.link", lead=lead, member=member, contact=contact))


def known_as(customer: Customer) -> str:
    """Return whom a line is about: the number, and what else they are known by."""
    known = (customer.get(key) for key in (NAME, EMAIL, MOBILE_NUMBER, MEMBER_ID))
    who = next((str(value) for value in known if value), None)
    return f"#{customer.id}" if who is None else f"#{customer.id} {who}"


def show_pending(workspace: Workspace, limit: int, as_json: bool) -> Exit:
    """List the unifications that wait for a login, the newest first (R42)."""
    links = unifying.list_pending(workspace, limit)
    if as_json:
        output.array(
            {
                "lead": link.lead.id,
                "member": link.member.id,
                "memberId": link.member.member_id,
                "contact": link.contact,
                "since": moment(link.since),
                "manager": link.manager,
                "candidates": list(link.candidates),
                "blocked": link.lead.blocked or link.member.blocked,
            }
            for link in links
        )
    elif links:
        rows = [
            [
                str(link.lead.id),
                str(link.lead.get(NAME) or ""),
                str(link.member.id),
                link.member.member_id or "",
                link.contact,
                moment(link.since) or "",
                link.manager,
                ", ".join(str(one.id) for one in (link.lead, link.member) if one.blocked),
            ]
            for link in links
        ]
        output.table(_COLUMNS, rows)
    else:
        say(t("life.none_waits"))
    return Exit.DONE


def unifications_json(found: Iterable[Unification]) -> list[dict[str, Any]]:
    """Return which leads went into a member, and why; never a value."""
    return [
        {
            "lead": one.lead_id,
            "member": one.member_id,
            "at": moment(one.at),
            "manager": one.manager,
            "occasion": one.occasion.value,
            "import_id": one.import_id,
            "contact": one.contact,
            "candidates": list(one.candidates),
            "choices": {key: choice.value for key, choice in one.choices.items()},
        }
        for one in found
    ]


def print_why(found: Iterable[Unification]) -> None:
    """Write which leads went into a member, and why they have which value."""
    for one in found:
        output.line(
            t(
                "life.why_unified",
                lead=one.lead_id,
                member=one.member_id,
                at=moment(one.at),
                manager=one.manager,
                contact=t(f"fields.{one.contact}"),
            )
        )
        if one.candidates:
            output.line(t("life.why_candidates", ids=", ".join(map(str, one.candidates))))
        output.pairs((f"  {key}", t(f"profile.choice_{choice.value}")) for key, choice in one.choices.items())
