"""The dialog for a lead added by hand (R3): values in, a frozen result out."""

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from crm_tui.core.fields import BUILT_IN, EMAIL, MOBILE_NUMBER, NAME
from crm_tui.i18n import field_label, t
from crm_tui.tui import keys
from crm_tui.tui.messages import ExistingLead, NewLead
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe

_KEYS = {EMAIL: "email", MOBILE_NUMBER: "mobile", NAME: "name"}
"""What is asked for, and which example stands in the empty line: over a slow line it is all that shows the line."""


class AddLeadScreen(ModalScreen[NewLead | ExistingLead | None]):
    """Asks for a lead; shows what was wrong with the last try, and offers to open who exists already."""

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        messages: Sequence[str] = (),
        existing: ExistingLead | None = None,
    ) -> None:
        super().__init__()
        keys.add_bindings(self, keys.FORM)
        self._values = values or {}
        self._messages = messages
        self._existing = existing

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(id="add-lead", classes="dialog"):
            yield Static(t("contacts.add_lead_title"), classes="dialog-title", markup=False)
            for key, name in _KEYS.items():
                yield Label(field_label(BUILT_IN[key]), markup=False)
                example = t(f"contacts.example_{name}")
                yield SafeInput(self._values.get(key, ""), placeholder=example, id=key.replace(".", "-"))
            yield Static(safe("\n".join(self._messages)), id="add-lead-problems", markup=False)
            if self._existing is not None:
                yield LineButton(t("desk.open_existing"), id="open-existing")
            yield Static(t("contacts.add_lead_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Hide what is not wrong."""
        self.query_one("#add-lead-problems").display = bool(self._messages)

    @on(Input.Submitted)
    def _submit(self) -> None:
        values = {key: self.query_one(f"#{key.replace('.', '-')}", Input).value for key in _KEYS}
        self.dismiss(NewLead({key: text for key, text in values.items() if text.strip()}))

    @on(Button.Pressed, "#open-existing")
    def _open(self) -> None:
        self.dismiss(self._existing)

    def action_back(self) -> None:
        """Close without adding."""
        self.dismiss(None)
