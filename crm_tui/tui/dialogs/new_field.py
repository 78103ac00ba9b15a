"""A field that does not exist yet: its key, its label and its type (R6, R7)."""

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import CUSTOM_TYPES, Field, FieldType
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import add_field
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import fit, safe


class NewField(ModalScreen[Field | None]):
    """Returns the field that was made; None when none was."""

    CSS_PATH = "../styles/dialogs.tcss"

    class Answered(Message):
        """From the thread: the field, or what is wrong."""

        def __init__(self, answer: Field | str) -> None:
            super().__init__()
            self.answer = answer

    def __init__(
        self, workspace: Workspace, key: str = "", label: str = "", kind: FieldType = FieldType.STRING
    ) -> None:
        super().__init__()
        keys.add_bindings(self, keys.FORM)
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-middle"), (26, "-high")]
        self._workspace = workspace
        self._key = key
        self._label = label
        self._kind = kind

    def compose(self) -> ComposeResult:
        """Lay out key, label and type."""
        kinds = [f"{fit(t(f'wizard.type_{kind}'), 16)} {t(f'wizard.example_{kind}')}" for kind in CUSTOM_TYPES]
        with Vertical(classes="dialog"):
            yield Static(safe(t("wizard.new_field_title")), classes="dialog-title")
            # In sight with the key, which it sends back to, in the lowest window too.
            yield Static("", id="field-told", classes="warning")
            with Vertical(id="field-lines"):
                yield Label(t("wizard.new_field_key"), markup=False)
                yield SafeInput(self._key, id="field-key")
                yield Static(safe(t("wizard.new_field_key_rule")), classes="dim")
                yield Label(t("wizard.new_field_label"), markup=False)
                yield SafeInput(self._label[:100], id="field-label")
                yield Label(t("wizard.new_field_type"), markup=False)
                yield Choices(kinds, CUSTOM_TYPES.index(self._kind), id="field-type")
            yield Static(safe(t("wizard.new_field_hint")), classes="hint")
            with Horizontal(classes="buttons"):
                yield LineButton(t("wizard.make_field"), id="make")
                yield LineButton(t("wizard.leave"), id="leave")

    def on_mount(self) -> None:
        """Start at what is missing."""
        self.query_one("#field-told").display = False
        self.query_one("#field-type" if self._key else "#field-key").focus()

    @on(Input.Submitted)
    @on(RowList.Opened)
    @on(Button.Pressed, "#make")
    def _submit(self, event: Message) -> None:
        event.stop()
        key, label = (self.query_one(f"#{name}", Input).value for name in ("field-key", "field-label"))
        kind = CUSTOM_TYPES[self.query_one(Choices).cursor]
        self.run_worker(partial(self._make, key, kind, label), thread=True, group="field")

    def _make(self, key: str, kind: FieldType, label: str) -> None:
        try:
            made = add_field(self._workspace, key, kind, label)
            answer = describe(made) if isinstance(made, Problem) else made
        except CrmError as error:
            answer = describe_error(error)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(answer))

    def on_new_field_answered(self, event: Answered) -> None:
        """Close, or say what is wrong."""
        if isinstance(event.answer, Field):
            self.dismiss(event.answer)
        else:
            told = self.query_one("#field-told", Static)
            told.update(safe(event.answer))
            told.display = True
            self.query_one("#field-key").focus()

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """Make none."""
        self.dismiss(None)
