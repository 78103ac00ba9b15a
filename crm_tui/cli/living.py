"""Visits, answers to forms and contacts that are verified: what the commands of `life` do."""

from collections.abc import Mapping

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.linking import as_wanted
from crm_tui.cli.shapes import customer_json
from crm_tui.cli.showing import print_customer
from crm_tui.cli.writing import print_outcome, say_problems
from crm_tui.core.fields import EMAIL, MOBILE_NUMBER
from crm_tui.core.problems import Problem
from crm_tui.core.talk import parse_moment
from crm_tui.core.vocabulary import LeadKey
from crm_tui.i18n import t
from crm_tui.services import collecting, verifying, visits
from crm_tui.services.collecting import Collected
from crm_tui.services.fields import list_fields
from crm_tui.services.visits import Boot, Visited
from crm_tui.services.workspace import Workspace


def note_visit(
    workspace: Workspace, customer_id: int | None, member_id: str | None, at: str | None, as_json: bool
) -> Exit:
    """Note a visit and say what it led to, as the site needs it."""
    when = None if at is None else parse_moment(at)
    if isinstance(when, Problem):
        return say_problems([when])
    visited = visits.visit(workspace, Boot(customer_id, member_id, when))
    if not isinstance(visited, Visited):
        return say_problems(visited)
    button = "hidden" if visited.is_button_hidden else "shown"
    if as_json:
        output.document(
            {
                "customer": customer_json(visited.customer, list_fields(workspace)),
                "chatButton": button,
                "newCustomer": visited.is_new,
                "newSession": visited.is_new_session,
                "becameMember": visited.became_member,
                "unified": visited.unified,
                "returned": visited.returned,
            }
        )
        return Exit.DONE
    output.pairs(
        (
            ("id", str(visited.customer.id)),
            ("memberId", visited.customer.member_id or ""),
            ("chatButton", button),
            ("sessionsCount", str(visited.customer.sessions_count)),
        )
    )
    _say_news(visited)
    return Exit.DONE


def _say_news(visited: Visited) -> None:
    if visited.returned:
        say(t("life.returned"))
    if visited.became_member:
        say(t("life.became_member"))
    if visited.unified:
        say(t("life.unified", count=f"{visited.unified:,}"))


def take_answers(
    workspace: Workspace, cells: Mapping[str, str], customer_id: int | None, member_id: str | None, as_json: bool
) -> Exit:
    """Take what a customer typed, and say what of it was not taken (R2)."""
    collected = collecting.collect(workspace, cells, customer_id=customer_id, member_id=member_id)
    if not isinstance(collected, Collected):
        return say_problems(collected)
    if as_json:
        output.document(
            {
                "customer": customer_json(collected.customer, list_fields(workspace)),
                "newCustomer": collected.is_new,
                "filled": list(collected.filled),
                "kept": list(collected.kept),
                "tags_left_out": collected.tags_left_out,
            }
        )
    else:
        print_customer(workspace, collected.customer, as_json)
    if collected.customer.blocked:
        say(t("life.collected_blocked", id=collected.customer.id))
    if collected.kept:
        say(t("life.kept", fields=", ".join(collected.kept)))
    if collected.tags_left_out:
        say(t("cli.tags_left_out", count=collected.tags_left_out))
    return Exit.DONE


def verify_contact(workspace: Workspace, customer_id: int, contact: LeadKey, unify: bool | None, as_json: bool) -> Exit:
    """Make a contact verified (R2), and unify whom that links, if it is wanted (R45)."""
    key = EMAIL if contact is LeadKey.EMAIL else MOBILE_NUMBER
    answer = as_wanted(lambda wanted: verifying.verify(workspace, customer_id, key, unify=wanted), unify)
    return print_outcome(workspace, customer_id, answer, as_json)
