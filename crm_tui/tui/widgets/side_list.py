"""The list beside the customers: all, members, leads, segments and tags, each with its number; Enter filters by one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len

from crm_tui.core.fields import Field
from crm_tui.core.query import Vocabulary, quoted
from crm_tui.i18n import t
from crm_tui.services import contact_list, customers, fields, imports, managed, segments, tags
from crm_tui.services.managed import ManagedUsers
from crm_tui.services.segments import Segment
from crm_tui.services.tags import TagCount
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign


@dataclass(frozen=True, slots=True)
class SideEntry:
    """One line; a heading has no number and no search."""

    label: str
    count: int | None = None
    query: str | None = None
    """What the search line becomes."""
    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside and above the customers, as it was at one revision."""

    totals: ManagedUsers
    import_tags: tuple[TagCount, ...]
    customer_tags: tuple[TagCount, ...]
    segments: tuple[Segment, ...]
    vocabulary: Vocabulary
    """What a search may speak of."""
    fields: tuple[Field, ...]
    imports: int
    """How many there have been."""
    revision: int

    def with_numbers_of(self, before: Sequence[Segment]) -> "Side":
        """Return it with the numbers of before where segments were not counted: they change when that is done."""
        known = {(one.name, one.line): one.count for one in before}
        filled = (
            replace(one, count=known.get((one.name, one.line))) if one.count is None and one.mistake is None else one
            for one in self.segments
        )
        return replace(self, segments=tuple(filled))

    def entries(self) -> list[SideEntry]:
        """Return the lines of the list."""
        entries = [
            SideEntry(t("contacts.side_all"), self.totals.total, ""),
            SideEntry(t("contacts.side_members"), self.totals.members, "member:yes"),
            SideEntry(t("contacts.side_leads"), self.totals.leads, "member:no"),
        ]
        if self.segments:
            entries += [SideEntry(""), SideEntry(t("contacts.segments"))]
        for one in self.segments:
            entries.append(SideEntry(one.name, one.count, f"segment:{quoted(one.name)}", one))
        for heading, name, listed in (
            ("contacts.import_tags", "import", self.import_tags),
            ("contacts.tags", "tag", self.customer_tags),
        ):
            if listed:
                entries += [SideEntry(""), SideEntry(t(heading))]
            entries += [SideEntry(tag.name, tag.count, f"{name}:{quoted(tag.name)}") for tag in listed]
        return entries


def read_side(workspace: Workspace, *, with_counts: bool) -> Side:
    """Read it; call it in a thread. Counting what segments find may take long: without it their numbers come later."""
    # The revision comes first: what changes while the rest is read is seen by the next look.
    revision = customers.revision(workspace)
    newest = imports.list_imports(workspace, 1)
    return Side(
        managed.managed(workspace),
        tags.import_tags(workspace),
        tags.customer_tags(workspace),
        segments.list_segments(workspace, with_counts=with_counts),
        contact_list.vocabulary(workspace),
        fields.list_fields(workspace),
        newest[0].id if newest else 0,
        revision,
    )


class SideList(RowList):
    """Shows entries; the one that is in force carries a star."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = (*keys.TABLE[1:], *keys.SIDE_LIST)

    class Renamed(RowList._About):
        """Another name is wanted for the entry."""

    class Deleted(RowList._About):
        """The entry is to go."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[SideEntry] = ()
        self._in_force: str = ""

    @property
    def current(self) -> SideEntry | None:
        """The entry under the cursor."""
        return self._entries[self.cursor] if self._entries else None

    def show(self, entries: Sequence[SideEntry]) -> None:
        """Take other entries; the cursor stays on its entry, wherever that has gone, else about where it was."""
        before = self.current
        self._entries = entries
        places = (row for row, one in enumerate(entries) if before is not None and one.query == before.query)
        near = (row for row in range(min(self.cursor, len(entries) - 1), -1, -1) if entries[row].query is not None)
        self.set_rows(len(entries), next(places, next(near, 0)))

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
        if entry.query is None:
            return fit(entry.label, width), "row-list--dim"
        is_wrong = entry.segment is not None and entry.segment.mistake is not None
        count = sign(self, "bad") if is_wrong else "" if entry.count is None else f"{entry.count:,}"
        return f"{fit(entry.label, width - cell_len(count) - 1)} {count}", "row-list--row"

    def action_rename(self) -> None:
        """Give the entry another name."""
        self.post_message(self.Renamed(self))

    def action_delete(self) -> None:
        """Take the entry out of the list."""
        self.post_message(self.Deleted(self))
