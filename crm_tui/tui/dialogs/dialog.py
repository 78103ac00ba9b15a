"""What the desk's dialogs have in common."""

from typing import ClassVar, TypeVar

from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import line, safe

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """Values in, a frozen result out, None when it is left; whoever opened it acts."""

    CSS_PATH: ClassVar = ["../styles/dialogs.tcss", "../styles/desk.tcss"]
    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, subject: str, told: str = "") -> None:
        super().__init__()
        keys.add_bindings(self, keys.FORM)
        self._subject = subject
        """Whom it is about: a name, or how many."""
        self._told = told
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]

    def heading(self, title: str) -> tuple[Widget, Widget]:
        """Return what is done and to whom."""
        return Static(title, classes="dialog-title", markup=False), Static(safe(line(self._subject)), id="subject")

    def told_line(self) -> Static:
        """Return the line that says what is wrong."""
        told = Static(safe(self._told), id="told", classes="warning")
        told.display = bool(self._told)
        return told

    def tell(self, sentence: str) -> None:
        """Say what is wrong; nothing takes it back."""
        told = self.query_one("#told", Static)
        told.display = bool(sentence)
        told.update(safe(sentence))

    def action_back(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def buttons(act: Widget) -> Horizontal:
    """Return the dialog's last line: what does it, and what leaves it."""
    return Horizontal(act, LineButton(t("desk.leave"), id="leave"), classes="buttons")
