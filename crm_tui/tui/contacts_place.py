"""The contact list as it is read and shown: side list, search line, table, profile under the cursor."""

from dataclasses import replace
from functools import partial
from threading import Event, Lock

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.core.fields import BUILT_IN_FIELDS, Field
from crm_tui.i18n import describe_error, expected_sentence, field_label, t
from crm_tui.services import customers, fields, indexing, preferences
from crm_tui.services.contact_list import Found
from crm_tui.services.errors import Cancelled, CrmError
from crm_tui.services.segments import Segment
from crm_tui.services.workspace import Workspace
from crm_tui.tui.place import Place
from crm_tui.tui.widgets import columns
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.customer_table import CustomerTable
from crm_tui.tui.widgets.profile_text import profile_text
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line
from crm_tui.tui.widgets.search_line import SearchLine
from crm_tui.tui.widgets.side_list import Side, SideList, read_side
from crm_tui.tui.widgets.signs import sign
from crm_tui.tui.widgets.times import zone_name

_UNREAD = -1
"""No revision of the database: whatever it says is news."""


class ContactsPlace(Place):
    """The parts of the screen and what stands in them; what its keys do stands in `screens.contacts`."""

    class SideRead(Message):
        """From the thread: what stands in the side list."""

        def __init__(self, side: Side) -> None:
            self.side = side
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._found = Found(0)
        self._fields: tuple[Field, ...] = BUILT_IN_FIELDS
        self._revision = _UNREAD
        self._is_looking = False
        self._is_empty = False
        """There is nobody at all, not even among the blocked."""
        self._all_blocked = 0
        """How many customers there are, where all of them are blocked."""
        self._hidden = 0
        """Over the limit of managed users."""
        self._segments: tuple[Segment, ...] = ()
        self._side_stop = Event()
        self._unwritten: columns.Habits | None = None
        """How the manager likes it now, where that is not written yet."""
        self._writing = Lock()

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        with Horizontal(id="panes"):
            yield SideList(id="side")
            with Vertical(id="middle"):
                yield SearchLine(id="search-line")
                yield CustomerTable(id="table")
            with VerticalScroll(id="pane"):
                yield Static("", id="pane-text", markup=False)
        yield StatusLine()
        yield KeyBar()

    @property
    def _table(self) -> CustomerTable:
        return self.query_one(CustomerTable)

    @property
    def _side(self) -> SideList:
        return self.query_one(SideList)

    @property
    def _search(self) -> SearchLine:
        return self.query_one(SearchLine)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the table."""
        self.set_focus(self._table)
        self.status.say(t("contacts.opening"))

    def open(self, workspace: Workspace) -> None:
        """Read for the first time: how the manager likes it, then the customers."""
        self._table.workspace = workspace
        self._read_habits(workspace)

    @work(thread=True, group="habits")
    def _read_habits(self, workspace: Workspace) -> None:
        try:
            kept = preferences.read_preference(workspace, columns.PREFERENCE)
            known = fields.list_fields(workspace)
        except CrmError as error:
            self.app.call_later(self._fail, error)
            return
        self.app.call_later(self._begin, columns.Habits.of(kept), known)

    def _begin(self, habits: columns.Habits, known: tuple[Field, ...]) -> None:
        self._fields = known
        self._table.set_columns(habits.columns, known)
        self._table.move_column_to(0)
        if any(field.key == habits.sort for field in columns.showable(known)):
            self._table.view = replace(self._table.view, sort=habits.sort, is_descending=habits.is_descending)
        self.action_refresh()

    def _keep_habits(self) -> None:
        table = self._table
        if self.workspace is not None:
            self._unwritten = columns.Habits(table.chosen, table.view.sort, table.view.is_descending)
            self._write_habits(self.workspace)

    @work(thread=True, group="habits")
    def _write_habits(self, workspace: Workspace) -> None:
        # Who waits longest for a database comes in last, so an older thread must not write what it was begun for.
        with self._writing:
            habits, self._unwritten = self._unwritten, None
            try:
                if habits is not None:
                    preferences.write_preference(workspace, columns.PREFERENCE, habits.kept)
            except CrmError as error:
                self.app.call_later(self._fail, error)

    def action_refresh(self) -> None:
        """Read all again."""
        if self.workspace is not None:
            self._table.reload()
            self._refresh_side(self.workspace)

    def _refresh_side(self, workspace: Workspace) -> None:
        # What is being counted has changed: it would only hold up what is asked now.
        self._side_stop.set()
        self._side_stop = Event()
        self._read_side(workspace.until(self._side_stop))

    def on_unmount(self) -> None:
        """Let go of the thread: the program waits for it at its end."""
        self._side_stop.set()

    @property
    def _is_reading_side(self) -> bool:
        # Else a reading that takes longer than from look to look would be begun again and again, and never end.
        return any(one.group == "side" and one.node is self and not one.is_finished for one in self.workers)

    def look(self) -> None:
        """Read again if customers changed."""
        if self.workspace is not None and self.is_current and not self._is_looking and not self._is_reading_side:
            self._is_looking = True
            self.run_worker(partial(self._compare, self.workspace, self._revision), thread=True, group="look")

    def _compare(self, workspace: Workspace, known: int) -> None:
        try:
            answer: bool | CrmError = customers.revision(workspace) != known
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.app.call_later(self._compared, answer)

    def _compared(self, answer: bool | CrmError) -> None:
        self._is_looking = False
        if isinstance(answer, CrmError):
            self._fail(answer)
        elif answer:
            self.action_refresh()

    @work(thread=True, group="side", exclusive=True)
    def _read_side(self, workspace: Workspace) -> None:
        try:
            for with_counts in (False, True):
                side = read_side(workspace, with_counts=with_counts)
                if get_current_worker().is_cancelled:
                    return
                self.post_message(self.SideRead(side))
                indexing.start(workspace)
                if not side.segments:
                    return
        except Cancelled:
            return
        except CrmError as error:
            self.app.call_later(self._fail, error)

    @on(SideRead)
    def _show_side(self, message: SideRead) -> None:
        side = message.side.with_numbers_of(self._segments)
        self._segments = side.segments
        if side.fields != self._fields:
            self._table.set_columns(self._table.chosen, side.fields)
        self._fields, self._revision = side.fields, side.revision
        self._is_empty = not side.totals.total and not side.totals.blocked
        self._all_blocked = 0 if side.totals.total else side.totals.blocked
        self._hidden = side.totals.hidden
        numbers = {"contacts": side.totals.total, "blocked": side.totals.blocked, "imports": side.imports}
        self.crm.counts = {**self.crm.counts, **numbers}
        self._search.vocabulary = side.vocabulary
        self._side.show(side.entries())
        self._show_conditions()
        self._show_empty()
        self._say_standing()

    def _fail(self, error: CrmError) -> None:
        """Say what is wrong; what was read before stays in sight, and the next look tries again."""
        self._revision = _UNREAD
        self._search.say(describe_error(error))

    # -- showing ------------------------------------------------------------------------------------------------

    @on(CustomerTable.Refused)
    def _refused(self, event: CustomerTable.Refused) -> None:
        error = event.error
        if error.code == "query_wrong":
            place, length = int(error.params["at"]) - 1, int(error.params["length"])
            expected = str(error.params["expected"]).split("\n")
            self._search.mark_mistake(place, length, expected_sentence(expected))
        else:
            self._fail(error)

    @on(CustomerTable.Shown)
    def _shown(self, event: CustomerTable.Shown) -> None:
        self._found = event.found
        self._search.say("")
        self._show_conditions()
        self._show_empty()

    def _show_conditions(self) -> None:
        self._search.show_conditions()
        self._side.mark_in_force(self._table.view.query)

    def _show_empty(self) -> None:
        if self._is_empty and not self._table.view.query:
            self._table.say_instead(t("contacts.empty"))
        elif self._all_blocked and not self._table.view.query:
            self._table.say_instead(t("contacts.all_blocked", count=f"{self._all_blocked:,}"))
        elif self._found.blocked:
            self._table.say_instead(t("contacts.nothing_but_blocked", count=f"{self._found.blocked:,}"))
        elif self._found.hidden:
            self._table.say_instead(t("reach.nothing_but_hidden", count=f"{self._found.hidden:,}"))
        elif self._revision != _UNREAD:
            self._table.say_instead(t("contacts.nothing_found"))
        self.refresh_bindings()

    @on(RowList.Moved, "#table")
    def _moved(self) -> None:
        self._say_standing()
        self._show_pane()

    def _say_standing(self) -> None:
        """Say where the cursor is, who is marked and who is hidden, and by what they are sorted."""
        table = self._table
        position = table.cursor + 1 if table.total else 0
        parts = [f"{position:,} / {table.total:,}"]
        if table.marked_count:
            parts.append(t("contacts.marked", count=f"{table.marked_count:,}"))
        if self._hidden:
            parts.append(t("reach.contacts_hidden", count=f"{self._hidden:,}"))
        sorted_by = next(one for one in columns.showable(self._fields) if one.key == table.view.sort)
        arrow = sign(self, "descending" if table.view.is_descending else "ascending")
        parts.append(f"{field_label(sorted_by)} {arrow}")
        self.status.say(line("   ".join(parts)), zone_name())

    def _show_pane(self) -> None:
        pane = self.query_one("#pane", VerticalScroll)
        if pane.display:
            customer = self._table.current
            width = max(20, pane.size.width)
            text = profile_text(customer, self._fields, width, with_blanks=False) if customer else Content("")
            self.query_one("#pane-text", Static).update(text)

    def on_resize(self) -> None:
        """The pane may have come into sight."""
        self.call_after_refresh(self._show_pane)
