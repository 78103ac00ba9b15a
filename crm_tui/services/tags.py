"""Tags and how many customers carry them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.core.permissions import Permission
from crm_tui.services.workspace import Workspace
from storage import tags as stored
from storage.sql import RowMapping

_LEVELS = "/"


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
    with workspace.reading(Permission.SEE) as connection:
        return tuple(TagCount(*row) for row in stored.import_tags(connection))


def customer_tags(workspace: Workspace) -> tuple[TagCount, ...]:
    """Return the customer tags (R16) by name."""
    with workspace.reading(Permission.SEE) as connection:
        return tuple(TagCount(*row) for row in stored.customer_tags(connection))


@dataclass(frozen=True, slots=True)
class TagNode:
    """A customer tag in the tree that `/` makes of them (R16)."""

    name: str
    """Whole, e.g. "의류/상의"."""
    label: str
    """Its own level, e.g. "상의"."""
    count: int
    """Customers in the contact list who carry it; 0 for a level that is no tag of its own."""
    total: int
    """Different customers who carry it or a tag below it."""
    is_offered: bool
    """False for a tag that was taken off the list while customers kept it; a level that is no tag is offered where
    a tag below it is."""
    children: "tuple[TagNode, ...]" = ()
    """The tags below it."""


def tag_tree(workspace: Workspace) -> tuple[TagNode, ...]:
    """Return the customer tags by name, those too that nobody carries while they are offered."""
    with workspace.reading(Permission.SEE) as connection:
        rows = stored.listed(connection)
        totals = stored.branch_totals(connection)
    branches: dict[str, list[RowMapping]] = {}
    for row in rows:
        branches.setdefault(row["key"].split(_LEVELS)[0], []).append(row)
    return tuple(_node(key, branch, totals) for key, branch in sorted(branches.items()))


def _node(key: str, branch: Sequence[RowMapping], totals: Mapping[str, int]) -> TagNode:
    """Return the upper level `key` with the tags below it."""
    own = next((row for row in branch if row["key"] == key), None)
    children = tuple(
        TagNode(row["name"], row["name"].split(_LEVELS)[-1], row["number"], row["number"], bool(row["is_offered"]))
        for row in branch
        if row is not own
    )
    name = branch[0]["name"].split(_LEVELS)[0]
    count = own["number"] if own is not None else 0
    is_offered = bool(own["is_offered"]) if own is not None else any(child.is_offered for child in children)
    return TagNode(name, name, count, totals.get(key, 0) if children else count, is_offered, children)
