"""The inbox: what the manager was told of ended imports (R37)."""

from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.inbox import InboxEntry, inbox, mark_all_read, mark_read
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.reading_place import ReadingPlace
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.inbox_list import InboxList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.times import zone_name


class InboxScreen(ReadingPlace[tuple[InboxEntry, ...]]):
    """F6: the messages, the newest first; Enter opens the import, and the message is read."""

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.INBOX)

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static("", id="inbox-mistake", classes="mistake", markup=False)
        yield InboxList(id="inbox")
        yield StatusLine()
        yield KeyBar()

    @property
    def _list(self) -> InboxList:
        return self.query_one(InboxList)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.set_focus(self._list)

    def state(self, workspace: Workspace) -> None:
        """Read at every look: the list is short, and reading a message moves nothing else."""

    def reader(self) -> Callable[[Workspace], tuple[InboxEntry, ...]]:
        """Return what reads the messages."""
        return inbox

    def show_found(self, found: tuple[InboxEntry, ...]) -> None:
        """Show the messages."""
        self._list.show(found)
        self._list.say_instead(t("inbox.empty"))
        self.crm.headcount.show_unread(self._list.unread)
        self._say_position()

    def show_error(self, error: CrmError) -> None:
        """Say above the messages what is wrong."""
        mistake = self.query_one("#inbox-mistake", Static)
        mistake.display = True
        mistake.update(safe(describe_error(error)))

    def show_no_error(self) -> None:
        """Take that away."""
        self.query_one("#inbox-mistake").display = False

    @on(RowList.Moved)
    def _say_position(self) -> None:
        entry = self._list.current
        if entry is None:
            self.status.say("")
        else:
            numbers = {name: f"{getattr(entry.numbers, name):,}" for name in ("created", "updated", "failed")}
            sentence = t("inbox.entry", file=line(entry.file_name), **numbers)
            self.status.say(f"{self._list.cursor + 1:,} / {self._list.total:,}   {sentence}", zone_name())
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        if not self.is_mounted:
            return True
        if action == "open":
            return self._list.current is not None
        if action == "mark_read":
            return self._list.current is not None and not self._list.current.is_read
        return action != "mark_all_read" or bool(self._list.unread)

    def action_open(self) -> None:
        """Open the import that the message is about; the message is read then."""
        if self._list.current is not None:
            self._mark(self._list.current)
            self.crm.import_log.open(self._list.current.import_id)

    @on(RowList.Opened)
    def _clicked(self) -> None:
        self.action_open()

    def action_mark_read(self) -> None:
        """Note that the message is read."""
        if self._list.current is not None:
            self._mark(self._list.current)

    def _mark(self, entry: InboxEntry) -> None:
        if not entry.is_read:
            self._change(lambda workspace: mark_read(workspace, entry.id))

    def action_mark_all_read(self) -> None:
        """Note that all messages are read."""
        self._change(mark_all_read)

    def _change(self, change: Callable[[Workspace], object]) -> None:
        if self.workspace is not None:
            self.run_worker(partial(self._change_in_thread, self.workspace, change), thread=True, group="write")

    def _change_in_thread(self, workspace: Workspace, change: Callable[[Workspace], object]) -> None:
        error: CrmError | None = None
        try:
            change(workspace)
        except CrmError as found:
            error = found
        if not get_current_worker().is_cancelled:
            self.app.call_later(self._changed, error)

    def _changed(self, error: CrmError | None) -> None:
        if error is None:
            self.action_refresh()  # what is being read may have begun before the change
        else:
            self.show_error(error)
