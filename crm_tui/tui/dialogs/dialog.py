"""What the desk's dialogs have in common."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar, TypeVar

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import t
from crm_tui.services.errors import CrmError
from crm_tui.tui import keys
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import line, safe

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """Values in, a frozen result out, None when it is left; whoever opened it acts."""

    CSS_PATH: ClassVar = ["../styles/dialogs.tcss", "../styles/desk.tcss"]
    AUTO_FOCUS: ClassVar[str | None] = ""
    _is_checking = False

    class Checked(Message):
        """From the thread: what is wrong with an answer, or None, for whoever asked for the check."""

        def __init__(self, then: Callable[[CrmError | None], None], wrong: CrmError | None) -> None:
            super().__init__()
            self.then = then
            self.wrong = wrong

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

    def check_in_thread(self, check: Callable[[], None], then: Callable[[CrmError | None], None]) -> None:
        """Check an answer against the database, which may be held by others; until it is done no other is checked.

        Args:
            check: Raises what is wrong; called in a thread.
            then: Gets it, or None; called here, unless the dialog has been left.
        """
        if not self._is_checking:
            self._is_checking = True
            self.run_worker(partial(self._check_now, check, then), thread=True, group="check")

    def _check_now(self, check: Callable[[], None], then: Callable[[CrmError | None], None]) -> None:
        wrong: CrmError | None = None
        try:
            check()
        except CrmError as error:
            wrong = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Checked(then, wrong))

    @on(Checked)
    def _take_check(self, message: Checked) -> None:
        self._is_checking = False
        message.then(message.wrong)

    def action_back(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def buttons(act: Widget) -> Horizontal:
    """Return the dialog's last line: what does it, and what leaves it."""
    return Horizontal(act, LineButton(t("desk.leave"), id="leave"), classes="buttons")
