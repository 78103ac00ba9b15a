"""The numbers over all customers: how many, of what kind, how they grew, and the last imports."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services import customers
from crm_tui.services.errors import CrmError
from crm_tui.services.imports import ImportRecord, list_imports
from crm_tui.services.stats import LAST_IMPORTS, Stats, read_stats
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.place import Place
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.import_list import ImportList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.stats_text import BLOCKS, PLAIN, stats_text
from crm_tui.tui.widgets.times import local_time, zone_name


@dataclass(frozen=True, slots=True)
class _Standing:
    """What tells whether the numbers have changed; cheap to read, while they are counted over all customers."""

    revision: int
    imports: tuple[ImportRecord, ...]


class RecentImports(ImportList):
    """The last imports; page keys are left to the text above."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.RECENT


class DashboardScreen(Place):
    """Totals, shares and growth in small bars, above the last imports."""

    CSS_PATH = "../styles/dashboard.tcss"

    class Read(Message):
        """From the thread: the numbers, None where they are as they were, or why they cannot be read."""

        def __init__(
            self, standing: _Standing | None, stats: Stats | None, read_at: int, error: CrmError | None = None
        ) -> None:
            self.standing = standing
            self.stats = stats
            self.read_at = read_at
            self.error = error
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.DASHBOARD, *keys.BACK))
        self._standing: _Standing | None = None
        self._stats: Stats | None = None
        self._read_at = 0
        self._is_reading = False
        self._is_wanted_again = False

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static("", id="stats-mistake", markup=False)
        with VerticalScroll(id="stats-body", can_focus=False):
            yield Static(t("stats.reading"), id="stats-text", markup=False)
        yield RecentImports(id="recent")
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin in the list of imports."""
        self.set_focus(self.query_one(RecentImports))
        # Whether there is more than is in sight is known only when it is laid out, and that may be later than drawn.
        for size in ("virtual_size", "container_size"):
            self.watch(self.query_one("#stats-body"), size, self._say_standing, init=False)

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self._ask(workspace, None)

    def look(self) -> None:
        """Count again if something changed."""
        if self.workspace is not None and self.is_current:
            self._ask(self.workspace, self._standing)

    def action_refresh(self) -> None:
        """Count again."""
        if self.workspace is not None:
            self._ask(self.workspace, None)

    def _ask(self, workspace: Workspace, known: _Standing | None) -> None:
        if self._is_reading:
            self._is_wanted_again |= known is None
            return
        self._is_reading = True
        self.run_worker(partial(self._read, workspace, known), thread=True, group="read")

    def _read(self, workspace: Workspace, known: _Standing | None) -> None:
        read_at = workspace.now_ms()
        try:
            # Before the numbers: what changes meanwhile is news at the next look.
            standing = _Standing(customers.revision(workspace), list_imports(workspace, LAST_IMPORTS))
            stats = None if standing == known else read_stats(workspace)
            answer = self.Read(standing, stats, read_at)
        except CrmError as error:
            answer = self.Read(None, None, read_at, error)
        if not get_current_worker().is_cancelled:
            self.post_message(answer)

    @on(Read)
    def _show(self, answer: Read) -> None:
        self._is_reading = False
        mistake = self.query_one("#stats-mistake", Static)
        mistake.display = answer.error is not None
        if answer.error is not None:
            mistake.update(safe(describe_error(answer.error)))
        self._standing = answer.standing
        if answer.stats is not None:
            self._stats, self._read_at = answer.stats, answer.read_at
            numbers = {"contacts": answer.stats.managed_users, "blocked": answer.stats.blocked}
            self.crm.counts = {**self.crm.counts, **numbers}
            recent = self.query_one(RecentImports)
            recent.show(answer.stats.imports)
            recent.say_instead(t("imports.empty").partition("\n")[0])
            self._draw()
        if self._is_wanted_again:
            self._is_wanted_again = False
            self.action_refresh()

    def on_resize(self) -> None:
        """Lay the text out for the width, once that is known."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        stats = self._stats
        if stats is None:
            return
        if not stats.managed_users and not stats.blocked:
            text = safe(t("stats.empty"))
        else:
            width = max(20, self.query_one("#stats-body").content_size.width)
            text = stats_text(stats, width, PLAIN if self.app.has_class("-ascii") else BLOCKS)
        self.query_one("#stats-text", Static).update(text)
        self.call_after_refresh(self._say_standing)

    def _say_standing(self) -> None:
        """Say when the numbers were read, and that there are more of them than are in sight."""
        if self._stats is None:
            return
        is_longer = self.query_one("#stats-body", VerticalScroll).max_scroll_y > 0
        more = f"   {t('stats.more')}" if is_longer else ""
        self.status.say(f"{t('stats.status', read=local_time(self._read_at))}{more}", zone_name())

    @on(RowList.Opened)
    def _open_import(self) -> None:
        record = self.query_one(RecentImports).current
        if record is not None:
            self.crm.import_log.open(record.id)

    def action_scroll(self, pages: int) -> None:
        """Move the numbers in a window that is too small for them."""
        body = self.query_one("#stats-body", VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss(None)
