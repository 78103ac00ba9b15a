"""Deleting all hidden customers asks for a word: nobody has them before their eyes."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from crm_tui.i18n import t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe

WORD = "DELETE"


class DeleteHiddenDialog(Dialog[bool]):
    """Returns True when they are to be deleted."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield from self.heading(t("reach.delete_title"))
            yield Static(safe(t("desk.delete_what")), id="what")
            yield Static(safe(t("reach.delete_type", word=WORD)), id="ask")
            yield SafeInput(id="number")
            yield self.told_line()
            yield buttons(LineButton(t("desk.delete"), id="act"))

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one("#number").focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        if self.query_one(SafeInput).value.strip() == WORD:
            self.dismiss(True)
        else:
            self.tell(t("reach.delete_other", word=WORD))
            self.query_one(SafeInput).focus()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
