"""What all places (modes) have in common."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.core.permissions import Permission
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.bars import StatusLine
from crm_tui.tui.widgets.refusal import cover, is_covered

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

POLL_S = 1.5
"""How often a place that is in sight looks whether another program has changed something."""


class Place(Screen[None]):
    """A screen that is there from start to end: it reads when the database is open, and again when it is shown."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    NEEDS: ClassVar[Permission | None] = Permission.SEE
    """Without it there is a sentence instead of what the place shows, and nothing is read (R51)."""
    _focus_before: Widget | None = None
    """What had the focus when the permission went."""
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
        self.watch(self.app, "access", self._access_changed, init=False)
        self.set_interval(POLL_S, self._poll)

    @property
    def is_permitted(self) -> bool:
        """Whether the manager may see what the place shows."""
        return self.crm.may(self.NEEDS)

    def _poll(self) -> None:
        if self.is_permitted:
            self.look()
        if self.is_current:
            self.crm.headcount.look()

    def _opened(self, workspace: Workspace | None) -> None:
        if workspace is not None and self._show_or_refuse():
            self.open(workspace)

    def _access_changed(self) -> None:
        was_refused = is_covered(self)
        if self.workspace is not None and self._show_or_refuse() and was_refused:
            self.open(self.workspace)

    def _show_or_refuse(self) -> bool:
        """Show the place, or say why not; return whether it is shown."""
        if self.is_permitted or self.NEEDS is None:
            if is_covered(self):
                cover(self, "")
                self.set_focus(self._focus_before)
            return True
        if not is_covered(self):
            self._focus_before = self.focused
            self.set_focus(None)
            self.status.say("")
        cover(self, self.crm.refusal(self.NEEDS))
        return False

    def on_screen_resume(self) -> None:
        """Look at once for what changed while another place was in sight."""
        self.crm.notices.gone_elsewhere()
        if self.is_permitted:
            self.look()

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        raise NotImplementedError

    def look(self) -> None:
        """Read again if something changed; does nothing while the place is out of sight."""
        raise NotImplementedError
