"""What was said with a customer and what they did, beside their fields in a wide window."""

from crm_tui.i18n import t
from crm_tui.tui.widgets.history_list import HistoryList
from crm_tui.tui.widgets.safe_text import fit, wrap

_WIDE = 60


class TimelineList(HistoryList):
    """The newest first; long messages go on in rows of their own."""

    heading = ""
    """What stands over them, in place of the usual."""

    def header(self, width: int) -> str:
        """Return the heading."""
        return fit(self.heading or t("talk.timeline"), width)

    def _wrap(self) -> None:
        if self.size.width >= _WIDE:
            super()._wrap()
            return
        # Beside the time there would be room for a word or two.
        width = max(2, self.size.width - 4)
        heads = ([one.label] if one.label else [] for one in self._history)
        self._rows = [
            (row, not place)
            for one, head in zip(self._history, heads, strict=True)
            for place, row in enumerate((*head, *(f"  {part}" for part in wrap(one.text or "", width))))
        ]
        self.set_rows(len(self._rows), self.cursor)

    def can_stand(self, row: int) -> bool:
        """Stand everywhere: a message may be longer than the window."""
        return True

    def text_to_copy(self) -> str:
        """Return the entry under the cursor, whole."""
        before = sum(is_first for _, is_first in self._rows[: self.cursor + 1])
        return self._history[before - 1].text or "" if before else ""
