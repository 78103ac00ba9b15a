"""A field that does not exist yet: its key, its label and its type (R6, R7)."""

import re
from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import CUSTOM_TYPES, Field, FieldType, custom_key
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell
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

_DATE_LENGTH = len("2025-05-04")
_GUESSED = (
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.BOOLEAN,
    FieldType.LIST_OF_NUMBER,
    FieldType.LIST,
)


def proposed_key(header: str) -> str:
    """Return a key made of a header's ASCII words, "" where there are none: "Birth day" becomes "birthDay"."""
    words = re.findall(r"[A-Za-z0-9]+", header)
    capitalised = "".join(word[:1].upper() + word[1:] for word in words)
    key = (capitalised[:1].lower() + capitalised[1:])[:64]
    return key if custom_key(key) else ""


def proposed_type(samples: Sequence[str]) -> FieldType:
    """Return the narrowest type that all samples are values of; text where there is nothing to go by."""
    if samples:
        for kind in _GUESSED:
            field = Field("profile.sample", kind)
            # A date takes a moment too, and drops its hour.
            is_too_narrow = kind is FieldType.DATE and any(len(sample.strip()) > _DATE_LENGTH for sample in samples)
            if not is_too_narrow and not any(isinstance(parse_cell(sample, field), Problem) for sample in samples):
                return kind
    return FieldType.STRING


class NewField(ModalScreen[Field | None]):
    """Returns the field that was made; None when none was."""

    class Answered(Message):
        """From the thread: the field, or what is wrong."""

        def __init__(self, answer: Field | str) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, workspace: Workspace, key: str, label: str, kind: FieldType) -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._workspace = workspace
        self._key = key
        self._label = label
        self._kind = kind

    def compose(self) -> ComposeResult:
        """Lay out key, label and type."""
        kinds = [f"{fit(t(f'wizard.type_{kind}'), 16)} {t(f'wizard.example_{kind}')}" for kind in CUSTOM_TYPES]
        with Vertical(classes="dialog"):
            yield Static(safe(t("wizard.new_field_title")))
            yield Label(t("wizard.new_field_key"), markup=False)
            yield SafeInput(self._key, id="field-key")
            yield Static(safe(t("wizard.new_field_key_rule")), classes="dim")
            yield Label(t("wizard.new_field_label"), markup=False)
            yield SafeInput(self._label[:100], id="field-label")
            yield Label(t("wizard.new_field_type"), markup=False)
            yield Choices(kinds, CUSTOM_TYPES.index(self._kind), id="field-type")
            yield Static("", id="field-told", classes="warning")
            with Horizontal(classes="buttons"):
                yield LineButton(t("wizard.make_field"), id="make")
                yield LineButton(t("wizard.leave"), id="leave")

    def on_mount(self) -> None:
        """Start at what is missing."""
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
            self.query_one("#field-told", Static).update(safe(event.answer))
            self.query_one("#field-key").focus()

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """Make none."""
        self.dismiss(None)
