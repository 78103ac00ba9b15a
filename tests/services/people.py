"""Customers as a manager adds and edits them, for the tests of both."""

from crm_tui.core.problems import Code, Problem
from crm_tui.services import customers
from crm_tui.services.customers import Added, Edited
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace


def add(workspace: Workspace, **cells: str) -> Customer:
    """Add a lead that can be added."""
    added = customers.add_lead(workspace, cells)
    assert isinstance(added, Added), added
    return added.customer


def edit(workspace: Workspace, customer_id: int, *clear: str, **cells: str) -> Customer:
    """Edit a customer as can be done."""
    edited = customers.edit(workspace, customer_id, cells, clear)
    assert isinstance(edited, Edited), edited
    return edited.customer


def codes(answer: object) -> list[tuple[str, Code]]:
    """Return what is wrong."""
    assert isinstance(answer, tuple), answer
    assert all(isinstance(problem, Problem) for problem in answer)
    return [(problem.field, problem.code) for problem in answer]
