"""What the profile shows, read in a thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_tui.core.fields import Field
from crm_tui.services import customers
from crm_tui.services.activity import HistoryLine, history
from crm_tui.services.fields import list_fields
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer at one moment."""

    revision: int
    """The database's before they were read."""
    customer: Customer
    fields: tuple[Field, ...]
    history: tuple[HistoryLine, ...]

    @property
    def fields_by_key(self) -> Mapping[str, Field]:
        """The fields by their keys."""
        return {field.key: field for field in self.fields}

    def changed_since(self, before: "Profile") -> list[Field]:
        """Return the fields that have another value than before."""
        return [field for field in self.fields if self.customer.get(field.key) != before.customer.get(field.key)]


def read_profile(workspace: Workspace, customer_id: int, known: int | None = None) -> Profile | None:
    """Return a customer; None where the database has not changed since revision `known`.

    Raises:
        NotFound: They are gone.
    """
    revision = customers.revision(workspace)
    if revision == known:
        return None
    customer = customers.get(workspace, customer_id)
    return Profile(revision, customer, list_fields(workspace), history(workspace, customer_id))
