"""Why a customer has the values that they have, to be read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.core.fields import Field
from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.why_text import Why, why_text

_NARROWEST = 30
_OTHER_ROWS = 8
"""Border, title, name and hint, with the gaps between them."""


class WhyDialog(ModalScreen[None]):
    """Which contact linked them with whom, who else it could have been, and which rule chose each value."""

    CSS_PATH: ClassVar = ["../styles/dialogs.tcss", "../styles/profile.tcss"]

    def __init__(self, why: Why, field: Field | None = None) -> None:
        super().__init__()
        keys.add_bindings(self, keys.BACK)
        self._why = why
        self._field = field
        """What is asked about."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(t("profile.why_title"), classes="dialog-title", markup=False)
            yield Static(safe(line(name_of(self._why.customer))), id="subject")
            with VerticalScroll(id="why-body") as body:
                keys.add_bindings(body, keys.SCROLL)
                yield Static("", id="why-text")
            yield Static(t("profile.why_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the top."""
        self.query_one("#why-body").focus()

    def on_resize(self) -> None:
        """Lay the text out for the width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        body = self.query_one("#why-body")
        body.styles.max_height = max(1, self.size.height - _OTHER_ROWS)
        width = max(_NARROWEST, body.content_size.width)
        self.query_one("#why-text", Static).update(why_text(self._why, width, self._field))

    def action_back(self) -> None:
        """Close."""
        self.dismiss(None)
