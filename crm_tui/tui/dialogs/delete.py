"""Deleting asks: one customer by a button that one has to go to, several by their number (R48)."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from crm_tui.i18n import t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.dialogs.typed_number import is_number
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe


class DeleteDialog(Dialog[bool]):
    """Returns True when they are to be deleted."""

    def __init__(self, subject: str, count: int, told: str = "") -> None:
        super().__init__(subject, told)
        self._count = count

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.delete_title"))
            yield Static(safe(t("desk.delete_what")), id="what")
            if self._count > 1:
                yield Static(safe(t("desk.delete_type", count=f"{self._count:,}")), id="ask")
                yield SafeInput(id="number")
            yield self.told_line()
            yield buttons(LineButton(t("desk.delete"), id="act"))

    def on_mount(self) -> None:
        """Begin where Enter deletes nobody."""
        self.query_one("#number" if self._count > 1 else "#leave").focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        if self._count > 1 and not is_number(self.query_one(SafeInput).value, self._count):
            self.tell(t("desk.other_number", count=f"{self._count:,}"))
            self.query_one(SafeInput).focus()
        else:
            self.dismiss(True)

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
