"""The import log."""

from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.imports import ImportRecord, list_imports
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.reading_place import ReadingPlace
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.import_list import ImportList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.times import zone_name

MAX_SHOWN = 1000


class ImportsScreen(ReadingPlace[tuple[ImportRecord, ...]]):
    """F4: every import there was, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.IMPORTS)

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

    def state(self, workspace: Workspace) -> None:
        """Read at every look: the log is short."""

    def reader(self) -> Callable[[Workspace], tuple[ImportRecord, ...]]:
        """Return what reads the log."""
        return partial(list_imports, limit=MAX_SHOWN)

    def show_found(self, found: tuple[ImportRecord, ...]) -> None:
        """Show the imports."""
        self._list.show(found)
        self._list.say_instead(t("imports.empty"))
        self.crm.counts = {**self.crm.counts, "imports": found[0].id if found else 0}
        self._say_position()
        self.refresh_bindings()

    def show_error(self, error: CrmError) -> None:
        """Say above the log what is wrong."""
        mistake = self.query_one("#imports-mistake", Static)
        mistake.display = True
        mistake.update(safe(describe_error(error)))

    def show_no_error(self) -> None:
        """Take that away."""
        self.query_one("#imports-mistake").display = False

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
