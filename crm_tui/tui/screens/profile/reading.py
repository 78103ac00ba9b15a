"""What the profile shows, read in a thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from crm_tui.core.fields import Field
from crm_tui.core.permissions import Permission
from crm_tui.services import conversations, customers, unifying
from crm_tui.services.activity import HistoryLine, history
from crm_tui.services.conversations import Entry
from crm_tui.services.fields import list_fields
from crm_tui.services.profiles import Customer
from crm_tui.services.unifying import Unification
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.profile_lines import name_of

_MAX_NAMED = 50
"""Others that are read to be called by their names; who has more contacts in common is told by their ids."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer at one moment."""

    revision: int
    """The database's before they were read."""
    granted: frozenset[Permission]
    """What the manager may do."""
    customer: Customer
    fields: tuple[Field, ...]
    history: tuple[HistoryLine, ...] | None
    """None: the manager may not see it (R51)."""
    talk: tuple[Entry, ...]
    """What was said with them and what they did, newest first."""
    unifications: tuple[Unification, ...]
    """Leads that went into them."""
    names: Mapping[int, str]
    """What others who are linked with them are called, by their ids; who is gone is not among them."""

    @property
    def fields_by_key(self) -> Mapping[str, Field]:
        """The fields by their keys."""
        return {field.key: field for field in self.fields}

    def changed_since(self, before: "Profile") -> list[Field]:
        """Return the fields that have another value than before."""
        return [field for field in self.fields if self.customer.get(field.key) != before.customer.get(field.key)]


@dataclass(frozen=True, slots=True)
class Went:
    """A lead who is gone: they went into this member."""

    member_id: int
    who: str
    """What the member is called; not yet safe for a terminal."""


def read_profile(workspace: Workspace, customer_id: int, known: Profile | None = None) -> Profile | Went | None:
    """Return a customer, or into whom they went; None where nothing has changed since `known` was read.

    Raises:
        NotFound: They were deleted.
        Forbidden: The manager may not see customers (any more).
    """
    revision = customers.revision(workspace)
    granted = workspace.granted()
    if known is not None and (known.revision, known.granted) == (revision, granted):
        return None
    unifications = unifying.why(workspace, customer_id)
    went = next((one.member_id for one in unifications if one.lead_id == customer_id), None)
    if went is not None:
        return Went(went, name_of(customers.get(workspace, went)))
    customer = customers.get(workspace, customer_id)
    return Profile(
        revision=revision,
        granted=granted,
        customer=customer,
        fields=list_fields(workspace),
        # Not asked for where it would be refused: the log has a line about every refusal.
        history=history(workspace, customer_id) if Permission.ACTIVITY in granted else None,
        talk=conversations.timeline(workspace, customer_id),
        unifications=unifications,
        names=_names(workspace, _linked(customer, unifications)),
    )


def _linked(customer: Customer, unifications: Iterable[Unification]) -> set[int]:
    waiting = ((one.lead_id, one.member_id, *one.candidates) for one in customer.pending)
    return {*chain.from_iterable(waiting), *chain.from_iterable(one.candidates for one in unifications)} - {customer.id}


def _names(workspace: Workspace, ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(ids)[:_MAX_NAMED]
    return {one.id: name_of(one) for one in customers.by_ids(workspace, wanted)} if wanted else {}
