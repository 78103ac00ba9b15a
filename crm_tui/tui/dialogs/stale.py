"""Somebody else has saved another value meanwhile: what was seen, what is there now, what was typed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask import Answers
from crm_tui.tui.dialogs.dialog import Dialog
from crm_tui.tui.widgets.profile_text import two_columns
from crm_tui.tui.widgets.row_list import RowList

THEIRS, MINE, ON = "theirs", "mine", "on"
_WIDTH = 66
_LABEL_WIDTH = 16


class StaleDialog(Dialog[str]):
    """Returns whether theirs is kept, mine is written, or the edit goes on; None: it goes on."""

    def __init__(self, field: str, seen: str | None, now: str | None, typed: str | None) -> None:
        super().__init__(field)
        keys.add_bindings(self, keys.DIALOG)
        self._values = (("seen", seen), ("now", now), ("typed", typed))

    def compose(self) -> ComposeResult:
        """Lay out the three values over the answers."""
        rows = [two_columns(t(f"desk.stale_{name}"), value, _WIDTH, _LABEL_WIDTH) for name, value in self._values]
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.stale_title"))
            with VerticalScroll(id="values", can_focus=False):
                yield Static(Content("").join(rows)[1:])
            yield Answers([t(f"desk.stale_{name}_answer") for name in (THEIRS, MINE, ON)])

    def on_mount(self) -> None:
        """Stand on what loses nothing of either."""
        answers = self.query_one(Answers)
        answers.focus()
        answers.move_to(2)

    @on(RowList.Opened)
    def _chosen(self, event: RowList.Opened) -> None:
        event.stop()
        self.dismiss((THEIRS, MINE, ON)[event.row_list.cursor])
