"""Contacts that customers typed themselves, made verified by a manager (R2)."""

from crm_tui.core.merging import CONTACTS, Profile
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.unification import Occasion
from crm_tui.services import one_customer
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.customers import Asked, Edited, Unify, WouldUnify, settle_as_told
from crm_tui.services.values import values_of, verified_of
from crm_tui.services.workspace import Workspace


def verify(
    workspace: Workspace, customer_id: int, contact: str, *, unify: Unify = None
) -> Edited | WouldUnify | tuple[Problem, ...]:
    """Make one contact of a customer verified; return the customer, or what is wrong.

    Args:
        workspace: The database.
        customer_id: Whose.
        contact: The key of the field, `EMAIL` or `MOBILE_NUMBER`.
        unify: Whether leads and members that this links are unified (R45). True: also where the contact was verified
            before.

    Raises:
        NotFound: There is no customer with that id.
    """
    assert contact in CONTACTS
    try:
        with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
            before = one_customer.read(connection, customer_id)
            if before.get(contact) is None:
                return (Problem(Code.NOTHING_TO_VERIFY, contact),)
            if contact in verified_of(before):
                return settle_as_told(connection, workspace, before, Occasion.VERIFY, unify)
            after = Profile(values_of(before), frozenset(verified_of(before) | {contact}))
            one_customer.update(connection, before, after, workspace.now_ms())
            record(connection, workspace, ActivityKind.CONTACT_VERIFIED, [before.id], field=contact)
            return settle_as_told(connection, workspace, before, Occasion.VERIFY, unify)
    except Asked as asked:
        return asked.would
