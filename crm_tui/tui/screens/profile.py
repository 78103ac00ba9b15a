"""One customer, to be read."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from crm_tui.core.fields import Field
from crm_tui.services.profiles import Customer
from crm_tui.tui import keys
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.profile_text import profile_text


class ProfileScreen(Screen[None]):
    """All fields of one customer."""

    def __init__(self, customer: Customer, fields: Sequence[Field]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.BACK)
        self._customer = customer
        self._fields = fields

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        with VerticalScroll(id="profile-body", classes="reading") as body:
            keys.add_bindings(body, keys.SCROLL)
            yield Static("", id="profile-text", markup=False)
        yield StatusLine()
        yield KeyBar()

    def on_resize(self) -> None:
        """Lay the text out for the width."""
        width = max(20, self.query_one("#profile-body").content_size.width)
        self.query_one("#profile-text", Static).update(profile_text(self._customer, self._fields, width))

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
