"""Blocking asks, and takes a reason (R46): a few by a button, more than a few by their number."""

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Label, Static

from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services.blocking import parse_reason
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.dialogs.typed_number import is_number
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe

A_FEW = 10
"""So many can be looked up and unblocked one by one."""


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """Block them."""

    reason: str | None


class BlockDialog(Dialog[BlockOrder]):
    """Returns the reason; None when nobody is to be blocked."""

    def __init__(self, subject: str, count: int, told: str = "") -> None:
        super().__init__(subject, told)
        self._count = count

    @property
    def _is_many(self) -> bool:
        return self._count > A_FEW

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.block_title"))
            yield Static(safe(t("desk.block_what")), id="what")
            yield Label(t("desk.block_reason"), markup=False)
            yield SafeInput(id="reason")
            if self._is_many:
                yield Static(safe(t("desk.block_type", count=f"{self._count:,}")), id="ask")
                yield SafeInput(id="number")
            yield self.told_line()
            yield buttons((LineButton if self._is_many else ArmedButton)(t("desk.block"), id="act"))

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one("#reason").focus()
        for button in self.query(ArmedButton):
            button.arm()

    def on_key(self, event: events.Key) -> None:
        """A key that was meant for something else does not block."""
        for button in self.query(ArmedButton):
            button.typed()

    @on(Input.Submitted, "#reason")
    def _go_on(self) -> None:
        """Go to what blocks; Enter that was typed twice does not press it."""
        if self._order() is None:
            return
        if self._is_many:
            self.query_one("#number").focus()
        else:
            self.set_focus(None)
            self.query_one(ArmedButton).arm()

    @on(Input.Submitted, "#number")
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        order = self._order()
        if order is None:
            return
        if self._is_many and not is_number(self.query_one("#number", SafeInput).value, self._count):
            self.tell(t("desk.other_number", count=f"{self._count:,}"))
            self.query_one("#number").focus()
        else:
            self.dismiss(order)

    def _order(self) -> BlockOrder | None:
        """Return what is to be done, or say what is wrong with the reason."""
        line = self.query_one("#reason", SafeInput)
        reason = parse_reason(line.value)
        if isinstance(reason, Problem):
            self.tell(describe(reason))
            line.focus()
            return None
        return BlockOrder(reason or None)

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
