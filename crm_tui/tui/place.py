"""What all places (modes) have in common."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.bars import StatusLine

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

POLL_S = 1.5
"""How often a place that is in sight looks whether another program has changed something."""


class Place(Screen[None]):
    """A screen that is there from start to end: it reads when the database is open, and again when it is shown."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen when this changes; the two widgets that it is about paint themselves."""

    @property
    def is_current(self) -> bool:
        """Whether the place is on top.

        Textual counts the screen right below as current too, and repaints all that lies over it whenever it stirs.
        """
        return self.app.screen is self

    @property
    def crm(self) -> "CrmApp":
        """The application."""
        return cast("CrmApp", self.app)

    @property
    def workspace(self) -> Workspace | None:
        """The database, once it is open."""
        return self.crm.workspace

    @property
    def status(self) -> StatusLine:
        """The line at the bottom."""
        return self.query_one(StatusLine)

    def on_mount(self) -> None:
        """Read as soon as the database is open, and look for changes from then on."""
        # Textual calls this besides a subclass's own: one that called it too would look twice as often.
        self.watch(self.app, "workspace", self._opened)
        self.set_interval(POLL_S, self._poll)

    def _poll(self) -> None:
        self.look()
        if self.is_current:
            self.crm.headcount.look()

    def _opened(self, workspace: Workspace | None) -> None:
        if workspace is not None:
            self.open(workspace)

    def on_screen_resume(self) -> None:
        """Look at once for what changed while another place was in sight."""
        self.crm.notices.gone_elsewhere()
        self.look()

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        raise NotImplementedError

    def look(self) -> None:
        """Read again if something changed; does nothing while the place is out of sight."""
        raise NotImplementedError
