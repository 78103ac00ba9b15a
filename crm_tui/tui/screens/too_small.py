"""What stands on a window that is too small for anything else."""

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.i18n import t

MIN_WIDTH = 60
MIN_HEIGHT = 15


class TooSmallScreen(ModalScreen[None]):
    """Covers everything until the window has grown; what lies under it is as it was."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static(t("contacts.too_small"), id="too-small", markup=False)
