"""Deleting asks: one customer by a button that nothing typed ahead can press, several by their number (R48)."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from crm_tui.i18n import t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.armed_button import ArmedButton
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
            yield buttons(
                LineButton(t("desk.delete"), id="act") if self._count > 1 else ArmedButton(t("desk.delete"), id="act")
            )

    def on_mount(self) -> None:
        """Begin in the line, or wait for a quiet keyboard."""
        if self._count > 1:
            self.query_one(SafeInput).focus()
        else:
            self.query_one(ArmedButton).arm()

    def on_key(self, event: events.Key) -> None:
        """A key that was meant for something else does not delete."""
        for button in self.query(ArmedButton):
            button.typed()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        if self._count > 1:
            typed = self.query_one(SafeInput).value.strip().replace(",", "")
            if typed != str(self._count):
                self.tell(t("desk.delete_other_number", count=f"{self._count:,}"))
                self.query_one(SafeInput).focus()
                return
        self.dismiss(True)

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
