"""One import, to be read; its customers shown, its failed rows saved."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, field_label
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.events import FailedRow
from crm_tui.services.imports import ImportRecord, failures, get_import
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.messages import ImportActions
from crm_tui.tui.place import POLL_S
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.import_text import SHOWN_FAILURES, import_text
from crm_tui.tui.widgets.safe_text import safe


class ImportDetailScreen(Screen[None]):
    """All that the log knows of one import; a running one is followed."""

    class Read(Message):
        """From the thread: the import as it stands, or why it cannot be read."""

        def __init__(
            self,
            record: ImportRecord | None,
            failures: tuple[FailedRow, ...] = (),
            labels: dict[str, str] | None = None,
            error: CrmError | None = None,
        ) -> None:
            self.record = record
            self.failures = failures
            self.labels = labels or {}
            self.error = error
            super().__init__()

    def __init__(self, workspace: Workspace, import_id: int, actions: ImportActions) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.IMPORTS, *keys.BACK))
        self._workspace = workspace
        self._import_id = import_id
        self._actions = actions
        self._shown: ImportDetailScreen.Read | None = None

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        with VerticalScroll(id="import-body", classes="reading") as body:
            keys.add_bindings(body, keys.SCROLL)
            yield Static("", id="import-text", markup=False)
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Read, and again while something may change."""
        self.action_refresh()
        self.set_interval(POLL_S, self.action_refresh)

    def action_refresh(self) -> None:
        """Read again."""
        self.run_worker(self._read, thread=True, group="read")

    def _read(self) -> None:
        workspace = self._workspace
        try:
            record = get_import(workspace, self._import_id)
            labels = {field.key: field_label(field) for field in list_fields(workspace, archived=True)}
            answer = self.Read(record, failures(workspace, self._import_id, SHOWN_FAILURES), labels)
        except CrmError as error:
            answer = self.Read(None, error=error)
        if not get_current_worker().is_cancelled:
            self.post_message(answer)

    @on(Read)
    def _show(self, answer: Read) -> None:
        shown = self._shown
        if shown is None or (answer.record, answer.error) != (shown.record, shown.error):
            self._shown = answer
            self._draw()

    def on_resize(self) -> None:
        """Lay the text out for the width."""
        self._draw()

    def _draw(self) -> None:
        shown = self._shown
        if shown is None:
            return
        if shown.record is None:
            text = safe(describe_error(shown.error)) if shown.error is not None else safe("")
        else:
            width = max(30, self.query_one("#import-body").content_size.width)
            text = import_text(shown.record, shown.failures, shown.labels, self._workspace.now_ms(), width)
        self.query_one("#import-text", Static).update(text)

    def action_show_customers(self) -> None:
        """Show the customers of this import."""
        if self._shown is not None and self._shown.record is not None:
            self._actions.show_imported(self._shown.record)

    def action_save_failed(self) -> None:
        """Save the failed rows."""
        if self._shown is not None and self._shown.record is not None:
            self._actions.save_failed_rows(self._shown.record)

    def action_back(self) -> None:
        """Go back to the log."""
        self.dismiss(None)
