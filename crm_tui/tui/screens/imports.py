"""The import log."""

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.imports import ImportRecord, list_imports
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.place import Place
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.import_list import ImportList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.times import zone_name

MAX_SHOWN = 1000


class ImportsScreen(Place):
    """F4: every import there was, the newest first."""

    class Read(Message):
        """From the thread: the log."""

        def __init__(self, records: tuple[ImportRecord, ...], error: CrmError | None = None) -> None:
            self.records = records
            self.error = error
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.IMPORTS)
        self._is_reading = False

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static("", id="imports-mistake", markup=False)
        yield ImportList(id="imports")
        yield StatusLine()
        yield KeyBar()

    @property
    def _list(self) -> ImportList:
        return self.query_one(ImportList)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.set_focus(self._list)

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self.action_refresh()

    def look(self) -> None:
        """Read again; the log is short."""
        if self.is_current:
            self.action_refresh()

    def action_refresh(self) -> None:
        """Read again."""
        if self.workspace is not None and not self._is_reading:
            self._is_reading = True
            self.run_worker(partial(self._read, self.workspace), thread=True, group="read")

    def _read(self, workspace: Workspace) -> None:
        try:
            answer = self.Read(list_imports(workspace, MAX_SHOWN))
        except CrmError as error:
            answer = self.Read((), error)
        if not get_current_worker().is_cancelled:
            self.post_message(answer)

    @on(Read)
    def _show(self, answer: Read) -> None:
        self._is_reading = False
        mistake = self.query_one("#imports-mistake", Static)
        mistake.display = answer.error is not None
        if answer.error is not None:
            mistake.update(safe(describe_error(answer.error)))
            return
        self._list.show(answer.records)
        self._list.say_instead(t("imports.empty"))
        newest = answer.records[0].id if answer.records else 0
        self.crm.counts = {**self.crm.counts, "imports": newest}
        self._say_position()
        self.refresh_bindings()

    @on(RowList.Moved)
    def _say_position(self) -> None:
        record = self._list.current
        if record is None:
            self.status.say("")
            return
        # In a narrow window these two have no column.
        about = filter(None, (record.tag and f"#{line(record.tag)}", line(record.manager)))
        position = f"{self._list.cursor + 1:,} / {self._list.total:,}"
        self.status.say("   ".join((position, *(about if self.has_class("-narrow") else ()))), zone_name())

    @on(RowList.Opened)
    def _open_import(self) -> None:
        if self._list.current is not None:
            self.crm.import_log.open(self._list.current.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        if action in ("show_customers", "save_failed") and self.is_mounted:
            return self._list.current is not None
        return True

    def action_show_customers(self) -> None:
        """Show the customers of the import under the cursor."""
        if self._list.current is not None:
            self.crm.import_log.show_imported(self._list.current)

    def action_save_failed(self) -> None:
        """Save the failed rows of the import under the cursor."""
        if self._list.current is not None:
            self.crm.import_log.save_failed_rows(self._list.current)
