"""The list beside the customers: all, members, leads and tags, each with its number; Enter filters by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from crm_tui.core.fields import Field
from crm_tui.core.query import quoted
from crm_tui.i18n import t
from crm_tui.services import customers, fields, imports, tags
from crm_tui.services.customers import ManagedUsers
from crm_tui.services.tags import TagCount
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit


@dataclass(frozen=True, slots=True)
class SideEntry:
    """One line; a heading has no number and no search."""

    label: str
    count: int | None = None
    query: str | None = None
    """What the search line becomes."""


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside and above the customers, as it was at one revision."""

    totals: ManagedUsers
    import_tags: tuple[TagCount, ...]
    customer_tags: tuple[TagCount, ...]
    fields: tuple[Field, ...]
    imports: int
    """How many there have been."""
    revision: int

    def entries(self) -> list[SideEntry]:
        """Return the lines of the list."""
        entries = [
            SideEntry(t("contacts.side_all"), self.totals.total, ""),
            SideEntry(t("contacts.side_members"), self.totals.members, "member:yes"),
            SideEntry(t("contacts.side_leads"), self.totals.leads, "member:no"),
        ]
        for heading, name, listed in (
            ("contacts.import_tags", "import", self.import_tags),
            ("contacts.tags", "tag", self.customer_tags),
        ):
            if listed:
                entries += [SideEntry(""), SideEntry(t(heading))]
            entries += [SideEntry(tag.name, tag.count, f"{name}:{quoted(tag.name)}") for tag in listed]
        return entries


def read_side(workspace: Workspace) -> Side:
    """Read it; call it in a thread."""
    # The revision comes first: what changes while the rest is read is seen by the next look.
    revision = customers.revision(workspace)
    newest = imports.list_imports(workspace, 1)
    return Side(
        customers.managed_users(workspace),
        tags.import_tags(workspace),
        tags.customer_tags(workspace),
        fields.list_fields(workspace),
        newest[0].id if newest else 0,
        revision,
    )


class SideList(RowList):
    """Shows entries; the one that is in force carries a star."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[SideEntry] = ()
        self._in_force: str = ""

    @property
    def current(self) -> SideEntry | None:
        """The entry under the cursor."""
        return self._entries[self.cursor] if self._entries else None

    def show(self, entries: Sequence[SideEntry]) -> None:
        """Take other entries; the cursor stays on its entry, wherever that has gone."""
        before = self.current
        self._entries = entries
        places = (row for row, one in enumerate(entries) if before is not None and one.query == before.query)
        self.set_rows(len(entries), next(places, 0))

    def mark_in_force(self, query: str) -> None:
        """Mark the entry that the search line says."""
        if query != self._in_force:
            self._in_force = query
            self.redraw()

    def can_stand(self, row: int) -> bool:
        """Pass over headings."""
        return self._entries[row].query is not None

    def mark(self, row: int) -> str:
        """Return the marks of cursor and filter."""
        is_in_force = self._entries[row].query == self._in_force
        return f"{'>' if row == self.cursor else ' '}{'*' if is_in_force else ' '}"

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one entry, its number at the right."""
        entry = self._entries[row]
        if entry.count is None:
            return fit(entry.label, width), "row-list--dim"
        count = f"{entry.count:,}"
        return f"{fit(entry.label, width - cell_len(count) - 1)} {count}", "row-list--row"
