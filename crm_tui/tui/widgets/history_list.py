"""What happened to a customer, beside their fields in a wide window."""

from collections.abc import Sequence

from crm_tui.i18n import t
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.profile_lines import ProfileLine
from crm_tui.tui.widgets.safe_text import fit, wrap

_TIME_WIDTH = 16


class HistoryList(LineList, can_focus=True):
    """The newest first; long sentences go on in rows of their own."""

    HEADER_LINES = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._history: Sequence[ProfileLine] = ()
        self._rows: list[tuple[str, bool]] = []

    def header(self, width: int) -> str:
        """Return the heading."""
        return fit(t("desk.history"), width)

    def show(self, history: Sequence[ProfileLine]) -> None:
        """Show other lines."""
        self._history = history
        self._wrap()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._wrap()

    def _wrap(self) -> None:
        width = max(_TIME_WIDTH, self.size.width - _TIME_WIDTH - 4)
        self._rows = [
            (f"{fit('' if place else one.label, _TIME_WIDTH)} {part}", not place)
            for one in self._history
            for place, part in enumerate(wrap(one.text or "", width))
        ]
        self.set_rows(len(self._rows), self.cursor)

    def can_stand(self, row: int) -> bool:
        """Pass over the rows that go on."""
        return self._rows[row][1]

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a row."""
        return self._rows[row][0], "row"
