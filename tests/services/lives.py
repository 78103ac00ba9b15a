"""Customers' lives in short, for the tests of visits, forms and unification by hand."""

from pathlib import Path

from crm_tui.services import collecting, customers, visits
from crm_tui.services.collecting import Collected
from crm_tui.services.customers import Edited, WouldUnify
from crm_tui.services.profiles import Customer
from crm_tui.services.visits import Boot, Visited
from crm_tui.services.workspace import Workspace
from tests.services.kit import sql
from tests.services.people import add


def boot(workspace: Workspace, customer_id: int | None = None, member_id: str | None = None, **more: int) -> Visited:
    """Note a visit that can be noted."""
    visited = visits.visit(workspace, Boot(customer_id, member_id, **more))
    assert isinstance(visited, Visited), visited
    return visited


def answer(workspace: Workspace, customer_id: int | None = None, **cells: str) -> Collected:
    """Take answers that can be taken."""
    collected = collecting.collect(workspace, cells, customer_id=customer_id)
    assert isinstance(collected, Collected), collected
    return collected


def member(workspace: Workspace, member_id: str, **cells: str) -> Customer:
    """Add a member, whom nobody is unified with."""
    lead = add(workspace, **(cells or {"email": f"{member_id}@example.com"}))
    edited = customers.edit(workspace, lead.id, {"memberId": member_id}, unify=False)
    assert isinstance(edited, Edited), edited
    return edited.customer


def twin(workspace: Workspace, database: Path, whose: Customer, *, sessions: int = 0) -> Customer:
    """Add a lead with the e-mail of somebody, verified, as can only be by forms that were verified later."""
    lead = answer(workspace, email=str(whose.get("profile.email"))).customer
    sql(database, "UPDATE customer SET email_verified = 1, sessions_count = ? WHERE id = ?", sessions, lead.id)
    return customers.get(workspace, lead.id)


def asked(result: object) -> WouldUnify:
    """Return what was asked."""
    assert isinstance(result, WouldUnify), result
    return result


def lines(database: Path, kind: str) -> list[tuple[str, list[int]]]:
    """Return the details (JSON) and customers of the log's lines of a kind, oldest first."""
    return [
        (
            details,
            [
                one
                for (one,) in sql(
                    database, "SELECT customer_id FROM activity_customer WHERE activity_id = ? ORDER BY 1", id
                )
            ],
        )
        for id, details in sql(database, "SELECT id, details FROM activity WHERE kind = ? ORDER BY id", kind)
    ]
