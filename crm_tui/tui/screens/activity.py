"""The activity log: who did what, when and on whom (R52)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.core.fields import Field
from crm_tui.core.permissions import Permission
from crm_tui.i18n import describe_error, t
from crm_tui.services.activity_log import (
    ActivityFilter,
    LogLine,
    activity_words,
    count_activity,
    list_activity,
    newest_line,
)
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.log_filter import LogFilterDialog, filter_words
from crm_tui.tui.reading_place import ReadingPlace
from crm_tui.tui.widgets.activity_list import ActivityList
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.times import zone_name

_FIRST = 500
_MORE = 4
"""So many times as many lines are read when the cursor comes near the last one."""
_NEAR = 50


@dataclass(frozen=True, slots=True)
class _Log:
    """What was read."""

    lines: tuple[LogLine, ...]
    total: int
    """Of all lines that are asked for."""
    fields: Mapping[str, Field]


class ActivityScreen(ReadingPlace[_Log]):
    """F5: the log, the newest line first."""

    NEEDS: ClassVar[Permission | None] = Permission.ACTIVITY

    class Refused(Message):
        """From the thread: why the words to choose from cannot be read."""

        def __init__(self, error: CrmError) -> None:
            self.error = error
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.ACTIVITY)
        self.asked = ActivityFilter()
        """Which lines are shown."""
        self._limit = _FIRST
        self._total = 0

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static("", id="activity-mistake", classes="mistake", markup=False)
        yield Static("", id="activity-asked", markup=False)
        yield ActivityList(id="activity")
        yield StatusLine()
        yield KeyBar()

    @property
    def _list(self) -> ActivityList:
        return self.query_one(ActivityList)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the list."""
        self._show_asked()
        self.set_focus(self._list)

    def state(self, workspace: Workspace) -> int:
        """Return the newest line."""
        return newest_line(workspace)

    def reader(self) -> Callable[[Workspace], _Log]:
        """Return what reads the lines that are asked for now."""
        return partial(_read_log, asked=self.asked, limit=self._limit)

    def show_found(self, found: _Log) -> None:
        """Show the lines."""
        self._total = found.total
        self._list.show(found.lines, found.fields)
        self._list.say_instead(t("activity.empty" if self.asked == ActivityFilter() else "activity.nothing_found"))
        self._say_position()

    def show_error(self, error: CrmError) -> None:
        """Say above the lines what is wrong."""
        mistake = self.query_one("#activity-mistake", Static)
        mistake.display = True
        mistake.update(safe(describe_error(error)))

    def show_no_error(self) -> None:
        """Take that away."""
        self.query_one("#activity-mistake").display = False

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        self.show_error(message.error)

    @on(RowList.Moved)
    def _moved(self) -> None:
        loaded = self._list.total
        if loaded < self._total and self._limit == loaded and self._list.cursor > loaded - _NEAR:
            self._limit *= _MORE
            self.action_refresh()
        self._say_position()

    def _say_position(self) -> None:
        current = self._list.current
        if current is None:
            self.status.say("")
        else:
            position = f"{self._list.cursor + 1:,} / {self._total:,}"
            self.status.say(f"{position}   {line(self._list.sentence(current))}", zone_name())
        self.refresh_bindings()

    # -- filtering ----------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Ask which lines to show."""
        if self.workspace is not None:
            self.run_worker(partial(self._read_words, self.workspace), thread=True, group="words")

    def _read_words(self, workspace: Workspace) -> None:
        try:
            managers, kinds = activity_words(workspace)
        except CrmError as error:
            self.post_message(self.Refused(error))
            return
        if not get_current_worker().is_cancelled:
            self.app.call_later(self._ask, LogFilterDialog(self.asked, managers, kinds))

    def _ask(self, dialog: LogFilterDialog) -> None:
        if self.is_current:
            self.app.push_screen(dialog, self._answered)

    def _answered(self, asked: ActivityFilter | None) -> None:
        if asked is not None and asked != self.asked:
            self.asked = asked
            self._limit = _FIRST
            self._list.move_to(0)
            self._show_asked()
            self.action_refresh()

    def _show_asked(self) -> None:
        told = self.query_one("#activity-asked", Static)
        words = filter_words(self.asked)
        told.display = bool(words)
        told.update(safe(t("activity.filtered", what=line(" · ".join(words)))))

    def action_leave(self) -> None:
        """Show all lines again."""
        self._answered(ActivityFilter())

    # -- acting -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if not self.is_mounted:
            return True
        if action == "leave":
            return self.asked != ActivityFilter()
        if action == "show_customers":
            return self._list.current is not None and self._list.current.customers > 0
        return action != "export" or bool(self._list.total)

    @on(RowList.Opened)
    def _open_line(self) -> None:
        if self._list.current is not None:
            self.crm.activity_log.open(self._list.current, self._list.sentence(self._list.current))

    def action_show_customers(self) -> None:
        """Show the customers that the line under the cursor is about."""
        if self._list.current is not None:
            self.crm.activity_log.show_customers(self._list.current)

    def action_export(self) -> None:
        """Save the lines that are shown as CSV."""
        self.crm.activity_log.save(self.asked)

    def action_verify(self) -> None:
        """Check whether a line was changed, removed or inserted."""
        self.crm.activity_log.check()


def _read_log(workspace: Workspace, asked: ActivityFilter, limit: int) -> _Log:
    fields = {field.key: field for field in list_fields(workspace, archived=True)}
    return _Log(list_activity(workspace, asked, limit), count_activity(workspace, asked), fields)
