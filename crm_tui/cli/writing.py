"""`add` and `edit`."""

from collections.abc import Mapping, Sequence

from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.showing import print_customer
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import customers
from crm_tui.services.workspace import Workspace


def run_add(workspace: Workspace, cells: Mapping[str, str], as_json: bool) -> Exit:
    """Add one lead (R3)."""
    match customers.add_lead(workspace, cells):
        case customers.Added(customer):
            print_customer(workspace, customer, as_json)
            return Exit.DONE
        case customers.AlreadyExists(customer):
            say(t("cli.already_exists_blocked" if customer.blocked else "cli.already_exists", id=customer.id))
            print_customer(workspace, customer, as_json)
            return Exit.REFUSED
        case problems:
            return _say_problems(problems)


def run_edit(
    workspace: Workspace, customer_id: int, cells: Mapping[str, str], clear: Sequence[str], as_json: bool
) -> Exit:
    """Change one customer."""
    edited = customers.edit(workspace, customer_id, cells, clear)
    if isinstance(edited, customers.Customer):
        print_customer(workspace, edited, as_json)
        return Exit.DONE
    return _say_problems(edited)


def _say_problems(problems: Sequence[Problem]) -> Exit:
    for problem in problems:
        say(f"{problem.field}: {describe(problem)}")
    return Exit.REFUSED
