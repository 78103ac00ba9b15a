"""Hidden customers, a line each: who, and when they were seen last."""

from collections.abc import Sequence
from typing import ClassVar

from crm_tui.core.fields import EMAIL
from crm_tui.i18n import t
from crm_tui.services.profiles import Customer
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_SEEN_WIDTH = 10
_EMAIL_WIDTH = 28
_WIDE = 70


class HiddenList(RowList):
    """Shows them, those seen last first."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._customers: Sequence[Customer] = ()

    @property
    def current(self) -> Customer | None:
        """The one under the cursor."""
        return self._customers[self.cursor] if self._customers else None

    def show(self, customers: Sequence[Customer]) -> None:
        """Take others; the cursor stays on its customer."""
        before = self.current
        self._customers = customers
        places = (row for row, one in enumerate(customers) if before is not None and one.id == before.id)
        self.set_rows(len(customers), next(places, 0))
        self.post_message(self.Moved(self))

    def header(self, width: int) -> str:
        """Name the columns."""
        return _line((t("reach.column_who"), t("reach.column_email"), t("reach.column_seen")), width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one customer."""
        customer = self._customers[row]
        seen = local_time(customer.last_seen_at, with_time=False)
        return _line((name_of(customer), str(customer.get(EMAIL) or ""), seen), width), "row-list--row"


def _line(cells: tuple[str, str, str], width: int) -> str:
    name, email, seen = cells
    if width < _WIDE:
        return f"{fit(name, width - _SEEN_WIDTH - 2)}  {fit(seen, _SEEN_WIDTH)}"
    room = width - _EMAIL_WIDTH - _SEEN_WIDTH - 4
    return f"{fit(name, room)}  {fit(email, _EMAIL_WIDTH)}  {fit(seen, _SEEN_WIDTH)}"
