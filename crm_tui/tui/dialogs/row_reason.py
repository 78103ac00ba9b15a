"""Why a row of an import does what it does, to be read."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_text import safe


class RowReasonDialog(ModalScreen[None]):
    """Whom the row meets, who else it could have been, and who is unified by it."""

    CSS_PATH = "../styles/dialogs.tcss"

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.BACK)
        self._sentences = sentences

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(safe(t("unify.why_title")), classes="dialog-title")
            with VerticalScroll(id="question") as body:
                keys.add_bindings(body, keys.SCROLL)
                yield Static(safe("\n".join(self._sentences)), id="reason")
            yield Static(safe(t("unify.why_hint")), classes="hint")

    def on_mount(self) -> None:
        """Begin at the top."""
        self.query_one("#question").focus()

    def action_back(self) -> None:
        """Close."""
        self.dismiss(None)
