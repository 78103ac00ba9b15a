"""A question that is answered with a line of text."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe


class AskLine(ModalScreen[str | None]):
    """Returns what was typed; None when it is left. Shows what was wrong with the last try."""

    CSS_PATH = "../styles/dialogs.tcss"

    def __init__(self, title: str, about: str = "", value: str = "", problem: str = "") -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._title = title
        self._about = about
        self._value = value
        self._problem = problem

    def compose(self) -> ComposeResult:
        """Lay out the question over the line."""
        with Vertical(classes="dialog"):
            yield Static(safe(self._title), classes="dialog-title")
            yield SafeInput(id="answer")
            yield Static(safe(self._problem), id="answer-problem", classes="warning")
            yield Static(safe(self._about), id="answer-about", classes="dim")
            yield Static(safe(t("settings.line_hint")), classes="hint")

    def on_mount(self) -> None:
        """Stand behind what is there."""
        self.query_one("#answer-problem").display = bool(self._problem)
        self.query_one("#answer-about").display = bool(self._about)
        self.query_one(SafeInput).show(self._value)
        self.query_one(SafeInput).focus()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)

    def action_back(self) -> None:
        """Leave all as it is."""
        self.dismiss(None)
