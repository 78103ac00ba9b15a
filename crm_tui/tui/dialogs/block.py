"""Blocking asks, and takes a reason (R46)."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Label, Static

from crm_tui.core.fields import BUILT_IN, DESCRIPTION
from crm_tui.core.problems import Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.i18n import describe, t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """Block them."""

    reason: str | None


class BlockDialog(Dialog[BlockOrder]):
    """Returns the reason; None when nobody is to be blocked."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.block_title"))
            yield Static(safe(t("desk.block_what")), id="what")
            yield Label(t("desk.block_reason"), markup=False)
            yield SafeInput(id="reason")
            yield self.told_line()
            yield buttons(LineButton(t("desk.block"), id="act"))

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one(SafeInput).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        typed = trim(self.query_one(SafeInput).value)
        # A reason is a text like any other: the same limits, the same sentences.
        reason = parse_string(typed, BUILT_IN[DESCRIPTION])
        if isinstance(reason, Problem):
            self.tell(describe(reason))
        else:
            self.dismiss(BlockOrder(reason or None))

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
