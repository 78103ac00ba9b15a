"""The unifications that wait for a login (R42): listed, opened and explained."""

from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services import customers
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.unifying import PendingLink, list_pending
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.why import WhyDialog
from crm_tui.tui.reading_place import ReadingPlace
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.pending_list import PendingList
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.times import zone_name
from crm_tui.tui.widgets.why_text import Why

MAX_SHOWN = 1000


class PendingScreen(ReadingPlace[tuple[PendingLink, ...]]):
    """Which lead goes into which member when that member next logs in."""

    CSS_PATH = "../styles/pending.tcss"

    class Explained(Message):
        """From the thread: why a lead waits, or why that cannot be read."""

        def __init__(self, answer: Why | CrmError) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.BACK, *keys.PENDING))

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static(safe(t("life.pending_title")), id="pending-title")
        yield PendingList(id="pending")
        yield StatusLine()
        yield KeyBar()

    @property
    def _list(self) -> PendingList:
        return self.query_one(PendingList)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the list."""
        self.set_focus(self._list)

    def reader(self) -> Callable[[Workspace], tuple[PendingLink, ...]]:
        """Return what reads the links."""
        return partial(list_pending, limit=MAX_SHOWN)

    def show_found(self, found: tuple[PendingLink, ...]) -> None:
        """Show the links."""
        self._list.show(found)
        self._list.say_instead(t("life.pending_empty"))
        self._say_position()

    @on(RowList.Moved, "#pending")
    def _say_position(self) -> None:
        total = self._list.total
        parts = [f"{self._list.cursor + 1 if total else 0:,} / {total:,}"]
        if total == MAX_SHOWN:
            parts.append(t("life.pending_limit", count=f"{MAX_SHOWN:,}"))
        link = self._list.current
        if link is not None:
            parts.append(t("life.pending_same", contact=t(f"fields.{link.contact}")))
        self.status.say("   ".join(parts), zone_name())
        self.refresh_bindings()

    # -- doing --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if action == "why" and self.is_mounted:
            return self._list.current is not None
        return True

    @on(RowList.Opened, "#pending")
    def _open_lead(self) -> None:
        if self._list.current is not None:
            self.crm.open_profile(self._list.current.lead.id)

    def action_why(self) -> None:
        """Say which contact links the two under the cursor, and who else it could have been."""
        link, workspace = self._list.current, self.workspace
        if link is not None and workspace is not None:
            self.run_worker(partial(self._explain, workspace, link), thread=True, group="why")

    def _explain(self, workspace: Workspace, link: PendingLink) -> None:
        answer: Why | CrmError
        try:
            # Who was deleted since is told by the number alone.
            others = customers.by_ids(workspace, link.candidates)
            names = {one.id: name_of(one) for one in (link.member, *others)}
            answer = Why(link.lead, (), {field.key: field for field in list_fields(workspace)}, names)
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Explained(answer))

    @on(Explained)
    def _show_why(self, message: Explained) -> None:
        if isinstance(message.answer, CrmError):
            self.crm.tell(describe_error(message.answer))
        elif self.is_current:
            self.crm.push_screen(WhyDialog(message.answer))

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)
