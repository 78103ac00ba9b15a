"""The activity log as a table."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from crm_tui.core.fields import Field
from crm_tui.i18n import t
from crm_tui.i18n.activity import describe_activity
from crm_tui.services.activity_log import LogLine
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_WIDTHS = {"when": 16, "manager": 12, "customers": 9}
"""All but what was done, which takes what is left."""


class ActivityList(RowList):
    """Shows lines of the log, newest first."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[LogLine] = ()
        self._fields: Mapping[str, Field] = {}

    @property
    def current(self) -> LogLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    def show(self, lines: Sequence[LogLine], fields: Mapping[str, Field]) -> None:
        """Take other lines; the cursor stays on its line, at the top where it stands there.

        Args:
            lines: Newest first.
            fields: By key, to name those that a line is about.
        """
        before = self.current if self.cursor else None
        self._lines, self._fields = lines, fields
        places = (row for row, one in enumerate(lines) if before is not None and one.id == before.id)
        self.set_rows(len(lines), next(places, self.cursor))
        self.post_message(self.Moved(self))

    def sentence(self, line: LogLine) -> str:
        """Say what was done."""
        return describe_activity(line.kind, line.details, self._fields)

    def text_to_copy(self) -> str:
        """Return the sentence under the cursor."""
        return self.sentence(self.current) if self.current is not None else ""

    def header(self, width: int) -> str:
        """Return the columns' names."""
        cells = {name: t(f"activity.column_{name}") for name in ("when", "manager", "what", "customers")}
        return _row(cells, width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one line."""
        line = self._lines[row]
        cells = {
            "when": local_time(line.at),
            "manager": line.manager,
            "what": self.sentence(line),
            "customers": whom(line),
        }
        return _row(cells, width), "row-list--row"


def whom(line: LogLine) -> str:
    """Return the customer that a line is about, or how many they are."""
    if line.customers == 1:
        return f"#{line.customer_ids[0]}"
    return f"{line.customers:,}" if line.customers else "-"


def _row(cells: Mapping[str, str], width: int) -> str:
    rest = max(6, width - sum(_WIDTHS.values()) - len(_WIDTHS))
    return " ".join(fit(text, _WIDTHS.get(name, rest), right=name == "customers") for name, text in cells.items())
