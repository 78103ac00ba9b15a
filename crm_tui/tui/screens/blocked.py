"""The blocked panel: who is blocked, since when, by whom and why; unblocking is done here (R46, R47)."""

from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from crm_tui.core.query import Vocabulary
from crm_tui.i18n import describe_error, t
from crm_tui.services import contact_list, customers
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.copied_rows import copy_rows
from crm_tui.tui.desk import Chosen
from crm_tui.tui.place import Place
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.blocked_table import BlockedTable, contact
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line
from crm_tui.tui.widgets.search_line import SearchLine
from crm_tui.tui.widgets.times import zone_name

_UNREAD = -1
"""No revision of the database: whatever it says is news."""


class BlockedScreen(Place):
    """F3: the customers who are in no list, search or count."""

    CSS_PATH = "../styles/blocked.tcss"

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.BLOCKED)
        self._revision = _UNREAD
        self._is_looking = False
        self._looks_again = False

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield SearchLine(id="blocked-search")
        yield BlockedTable(id="blocked")
        yield StatusLine()
        yield KeyBar()

    @property
    def _table(self) -> BlockedTable:
        return self.query_one(BlockedTable)

    @property
    def _search(self) -> SearchLine:
        return self.query_one(SearchLine)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the table."""
        self._search.input.placeholder = t("blocked.search_hint")
        self._table.say_instead(t("contacts.opening"))
        self.set_focus(self._table)

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self._table.workspace = workspace
        self.look()

    def look(self) -> None:
        """Read again if customers changed."""
        if self.workspace is None or not self.is_current:
            return
        # What is being read may have begun before the change that this is about.
        self._looks_again = self._is_looking
        if not self._is_looking:
            self._is_looking = True
            self._compare(self.workspace, self._revision)

    def action_refresh(self) -> None:
        """Read again."""
        self._revision = _UNREAD
        self.look()

    @work(thread=True, group="look")
    def _compare(self, workspace: Workspace, known: int) -> None:
        try:
            revision = customers.revision(workspace)
            answer = None
            if revision != known:
                answer = revision, contact_list.count(workspace, blocked=True).total, contact_list.vocabulary(workspace)
        except CrmError as error:
            self.app.call_later(self._fail, error)
            return
        if not get_current_worker().is_cancelled:
            self.app.call_later(self._compared, answer)

    def _compared(self, answer: tuple[int, int, Vocabulary] | None) -> None:
        self._is_looking = False
        if answer is not None:
            self._revision, count, self._search.vocabulary = answer
            self.crm.counts = {**self.crm.counts, "blocked": count}
            self._table.reload()
        if self._looks_again:
            self.look()

    def _fail(self, error: CrmError) -> None:
        """Say what is wrong; what was read before stays in sight, and the next look tries again."""
        self._is_looking = False
        self._revision = _UNREAD
        self._search.say(describe_error(error))

    @on(BlockedTable.Refused)
    def _refused(self, event: BlockedTable.Refused) -> None:
        error = event.error
        if error.code == "query_wrong":
            length = int(error.params.get("length", 1))
            self._search.mark_mistake(int(error.params["at"]) - 1, length, describe_error(error))
        else:
            self._fail(error)

    @on(BlockedTable.Shown)
    def _shown(self, event: BlockedTable.Shown) -> None:
        self._search.say("")
        self._search.show_conditions()
        self._table.say_instead(t("blocked.nothing_found" if self._table.view.query else "blocked.empty"))
        if not event.found.total:
            self._say_position()

    @on(RowList.Moved, "#blocked")
    def _say_position(self) -> None:
        table = self._table
        position = table.cursor + 1 if table.total else 0
        parts = [f"{position:,} / {table.total:,}"]
        if table.marked_count:
            parts.append(t("blocked.marked", count=f"{table.marked_count:,}"))
        current = table.current
        if current is not None and current.blocking is not None and current.blocking.reason:
            parts.append(line(current.blocking.reason))
        self.status.say("   ".join(parts), zone_name())
        self.refresh_bindings()

    # -- searching ----------------------------------------------------------------------------------------------

    @on(SearchLine.Changed)
    def _search_changed(self, event: SearchLine.Changed) -> None:
        if event.query != self._table.view.query:
            self._table.show(replace(self._table.view, query=event.query))
        self.refresh_bindings()

    @on(SearchLine.Left)
    def action_to_table(self) -> None:
        """Leave the search line for what it found."""
        self.set_focus(self._table)

    def action_search(self) -> None:
        """Go to the search line."""
        self.set_focus(self._search.input)

    def action_leave(self) -> None:
        """Clear the search line, then the marks; when both are clear, go to the table."""
        if self._search.query_text:
            self._search.show("")
        elif self._table.marked_count:
            self._table.unmark()
        else:
            self.set_focus(self._table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if not self.is_mounted:
            return True
        if action == "leave":
            return bool(self._search.query_text or self._table.marked_count) or self.focused is not self._table
        if action in ("search", "to_table"):
            return (self.focused is self._search.input) is (action == "to_table")
        if action in ("unblock", "delete", "copy_cell", "copy_rows"):
            return bool(self._table.chosen_customers[1])
        return True

    @on(RowList.Opened, "#blocked")
    def _open_profile(self) -> None:
        if self._table.current is not None:
            self.crm.open_profile(self._table.current.id)

    # -- acting -------------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> Chosen:
        selection, count = self._table.chosen_customers
        current = self._table.current
        who = contact(current) if current is not None and selection.ids == {current.id} else None
        return Chosen(selection, count, who or "")

    def action_unblock(self) -> None:
        """Bring the marked customers back, or the one under the cursor."""
        self.crm.desk.unblock(self._chosen)

    def action_delete(self) -> None:
        """Delete the marked customers, or the one under the cursor (R48)."""
        self.crm.desk.delete(self._chosen)

    def action_copy_cell(self) -> None:
        """Copy the cell under the cursor."""
        text = self._table.text_to_copy()
        if text:
            self.crm.copy_text(text)
        else:
            self.crm.tell(t("contacts.nothing_to_copy"))

    def action_copy_rows(self) -> None:
        """Copy the marked rows, or the one under the cursor, as a spreadsheet takes them."""
        copy_rows(self.crm, self._table, self._fail)
