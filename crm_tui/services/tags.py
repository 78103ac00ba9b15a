"""Tags and how many customers carry them."""

from dataclasses import dataclass

from crm_tui.services.workspace import Workspace
from storage import tags as stored


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag in the side list."""

    name: str
    count: int
    """Customers in the contact list who carry it; blocked ones are not counted (R46)."""
    given_at: int | None
    """When an import tag was first given, UTC epoch milliseconds; None for customer tags."""


def import_tags(workspace: Workspace) -> tuple[TagCount, ...]:
    """Return the import tags (R30), newest first."""
    with workspace.reading() as connection:
        return tuple(TagCount(*row) for row in stored.import_tags(connection))


def customer_tags(workspace: Workspace) -> tuple[TagCount, ...]:
    """Return the customer tags (R16) by name."""
    with workspace.reading() as connection:
        return tuple(TagCount(*row) for row in stored.customer_tags(connection))
