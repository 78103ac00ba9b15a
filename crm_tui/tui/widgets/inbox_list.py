"""The inbox as a table."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from crm_tui.i18n import t
from crm_tui.services.inbox import InboxEntry
from crm_tui.tui import keys
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_WIDTHS = {"state": 6, "customers": 9, "failed": 9, "when": 16, "manager": 10}
"""All but the file's, which takes what is left."""
_RIGHT = ("customers", "failed")


class InboxList(RowList):
    """Shows messages, newest first; a word says which are not read yet."""

    HEADER_LINES: ClassVar[int] = 1
    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.TABLE[1:]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[InboxEntry] = ()

    @property
    def current(self) -> InboxEntry | None:
        """The message under the cursor."""
        return self._entries[self.cursor] if self._entries else None

    @property
    def unread(self) -> int:
        """How many are not read yet."""
        return sum(not entry.is_read for entry in self._entries)

    def show(self, entries: Sequence[InboxEntry]) -> None:
        """Take other messages; the cursor stays on its message, at the top where it stands there."""
        if entries == self._entries:
            return
        before = self.current if self.cursor else None
        self._entries = entries
        places = (row for row, one in enumerate(entries) if before is not None and one.id == before.id)
        self.set_rows(len(entries), next(places, self.cursor))
        self.post_message(self.Moved(self))

    def text_to_copy(self) -> str:
        """Return the name of the file under the cursor."""
        return self.current.file_name if self.current is not None else ""

    def header(self, width: int) -> str:
        """Return the columns' names."""
        names = ("file", "customers", "failed", "when", "manager")
        return _row({"state": ""} | {name: t(f"imports.column_{name}") for name in names}, width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one message."""
        entry = self._entries[row]
        cells = {
            "state": "" if entry.is_read else t("inbox.new"),
            "file": entry.file_name,
            "customers": f"{entry.numbers.customers:,}",
            "failed": f"{entry.numbers.failed:,}",
            "when": local_time(entry.created_at),
            "manager": entry.manager,
        }
        return _row(cells, width), "row-list--dim" if entry.is_read else "row-list--row"


def _row(cells: Mapping[str, str], width: int) -> str:
    rest = max(6, width - sum(_WIDTHS.values()) - len(_WIDTHS))
    return " ".join(fit(text, _WIDTHS.get(name, rest), right=name in _RIGHT) for name, text in cells.items())
