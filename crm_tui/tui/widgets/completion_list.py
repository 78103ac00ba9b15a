"""What could stand where the cursor is, under the line that is typed in."""

from collections.abc import Sequence

from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit

MAX_ROWS = 5


class CompletionList(RowList, can_focus=False):
    """A few lines under an input; the input keeps the focus, and none is chosen until the keyboard goes there.

    It lies in the layout: what is drawn over it would swallow wide letters.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.candidates: Sequence[str] = ()
        self._notes: Sequence[str] = ()
        self._is_chosen = False
        self._height = 0
        self.display = False

    @property
    def chosen(self) -> str | None:
        """The candidate that the manager went to."""
        return self.candidates[self.cursor] if self._is_chosen and self.candidates else None

    def show(self, candidates: Sequence[str], notes: Sequence[str] = ()) -> None:
        """Offer these; none of them hides the list. `notes`: what each is, beside it."""
        self.candidates, self._notes = candidates, notes
        self._is_chosen = False
        self.top = self.cursor = 0
        # While it is open it does not shrink: each letter would move everything below.
        before = self._height if self.display else 0
        self._height = max(before, min(len(candidates), MAX_ROWS))
        if candidates and self._height != before:
            self.styles.height = self._height
        self.display = bool(candidates)
        self.set_rows(len(candidates), 0)

    def choose(self, by: int) -> None:
        """Go on by candidates; from none to the first, and before the first to none."""
        if not self._is_chosen:
            self._is_chosen = by > 0
        elif by < 0 and self.cursor == 0:
            self._is_chosen = False
        else:
            self.move_to((self.cursor + by) % len(self.candidates))
        self.redraw()

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a candidate, and what it is."""
        note = self._notes[row] if row < len(self._notes) else ""
        if not note:
            return fit(self.candidates[row], width), "row-list--row"
        half = max(24, width // 3)
        return f"{fit(self.candidates[row], half)} {fit(note, width - half - 1)}", "row-list--row"

    def _line(self, y: int) -> tuple[str, str]:
        text, kind = super()._line(y)
        if kind == "row-list--blurred" and not self._is_chosen:
            return f"  {text[2:]}", "row-list--row"
        return text, kind
