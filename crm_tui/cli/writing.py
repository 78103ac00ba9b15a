"""`add` and `edit`."""

from collections.abc import Iterable, Mapping, Sequence

from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.cli.linking import Outcome, as_wanted
from crm_tui.cli.showing import print_customer
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import customers
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace


def cells_by_field(texts: Iterable[str]) -> dict[str, str]:
    """Return cells by field name from texts `FIELD=VALUE`.

    Raises:
        WrongUsage: There is no `=`, or a field is given twice, in whatever spelling (R6).
    """
    cells: dict[str, str] = {}
    seen: set[str] = set()
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise WrongUsage(t("cli.set_form", text=text))
        key = name.strip().lower().removeprefix("profile.")
        if key in seen:
            raise WrongUsage(t("cli.set_twice", name=name))
        seen.add(key)
        cells[name] = value
    return cells


def run_add(workspace: Workspace, cells: Mapping[str, str], as_json: bool) -> Exit:
    """Add one lead (R3)."""
    match customers.add_lead(workspace, cells):
        case customers.Added(customer, tags_left_out):
            return _print_written(workspace, customer, tags_left_out, as_json)
        case customers.AlreadyExists(customer):
            say(t(_existing(customer), id=customer.id))
            print_customer(workspace, customer, as_json)
            return Exit.REFUSED
        case problems:
            return say_problems(problems)


def _existing(customer: Customer) -> str:
    """Return the name of the sentence about somebody who exists already, and why no list shows them (R3)."""
    if customer.blocked:
        return "cli.already_exists_blocked"
    return "cli.already_exists_hidden" if customer.hidden else "cli.already_exists"


def run_edit(
    workspace: Workspace, customer_id: int, cells: Mapping[str, str], unify: bool | None, as_json: bool
) -> Exit:
    """Change one customer; an empty cell empties its field. Whom it links is unified if it is wanted (R45)."""
    answer = as_wanted(lambda wanted: customers.edit(workspace, customer_id, cells, unify=wanted), unify)
    return print_outcome(workspace, customer_id, answer, as_json)


def print_outcome(workspace: Workspace, customer_id: int, outcome: Outcome, as_json: bool) -> Exit:
    """Show a customer whom a manager changed and say whom that unified, or say why nothing was changed."""
    match outcome:
        case customers.Edited() as edited:
            _say_unified(customer_id, edited)
            return _print_written(workspace, edited.customer, edited.tags_left_out, as_json)
        case customers.Stale(customer):  # only where it is said what was seen
            print_customer(workspace, customer, as_json)
            return Exit.REFUSED
        case problems:
            return say_problems(problems)


def _say_unified(customer_id: int, edited: customers.Edited) -> None:
    if edited.customer.id != customer_id:
        say(t("life.went_into", id=customer_id, member=edited.customer.id))
    elif edited.unified:
        say(t("life.unified", count=f"{edited.unified:,}"))
    if edited.pending:
        say(t("life.waits", count=f"{edited.pending:,}"))


def _print_written(workspace: Workspace, customer: Customer, tags_left_out: int, as_json: bool) -> Exit:
    print_customer(workspace, customer, as_json)
    if tags_left_out:
        say(t("cli.tags_left_out", count=tags_left_out))
    return Exit.DONE


def say_problems(problems: Sequence[Problem]) -> Exit:
    """Say what is wrong with each value."""
    for problem in problems:
        say(f"{problem.field}: {describe(problem)}" if problem.field else describe(problem))
    return Exit.REFUSED
