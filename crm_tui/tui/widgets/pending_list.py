"""The unifications that wait for a login as a table: which lead, which member, by what and since when (R42)."""

from collections.abc import Sequence
from typing import ClassVar

from crm_tui.i18n import t
from crm_tui.services.profiles import Customer
from crm_tui.services.unifying import PendingLink
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_WIDE = 96
_WIDTHS = {"contact": 14, "since": 16, "manager": 12}
"""Those of the lead and the member share what is left."""


class PendingList(RowList):
    """Shows links, newest first."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._links: Sequence[PendingLink] = ()

    @property
    def current(self) -> PendingLink | None:
        """The link under the cursor."""
        return self._links[self.cursor] if self._links else None

    def show(self, links: Sequence[PendingLink]) -> None:
        """Take other links; the cursor stays on its lead."""
        before = self.current
        self._links = links
        places = (row for row, one in enumerate(links) if before is not None and one.lead.id == before.lead.id)
        self.set_rows(len(links), next(places, self.cursor))

    def text_to_copy(self) -> str:
        """Return what the lead under the cursor is called."""
        return name_of(self.current.lead) if self.current is not None else ""

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return " ".join(fit(t(f"life.column_{name}"), cells) for name, cells in _columns(width))

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one link; one of a blocked customer, which waits on, is dim."""
        link = self._links[row]
        is_held = link.lead.blocked or link.member.blocked
        cells = (fit(_cell(link, name), room) for name, room in _columns(width))
        return " ".join(cells), "row-list--dim" if is_held else "row-list--row"


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    """Return which columns there is room for, and their widths."""
    names = ["lead", "member", "contact", "since", "manager"] if width >= _WIDE else ["lead", "member", "since"]
    room = width - sum(_WIDTHS[name] + 1 for name in names if name in _WIDTHS) - 1
    lead = max(1, room // 2)
    widths = _WIDTHS | {"lead": lead, "member": max(1, room - lead)}
    return tuple((name, widths[name]) for name in names)


def _cell(link: PendingLink, column: str) -> str:
    match column:
        case "lead":
            return _who(link.lead)
        case "member":
            return _who(link.member)
        case "contact":
            return t(f"fields.{link.contact}")
        case "since":
            return local_time(link.since)
        case _:
            return link.manager


def _who(customer: Customer) -> str:
    return f"{name_of(customer)} ({t('contacts.blocked')})" if customer.blocked else name_of(customer)
