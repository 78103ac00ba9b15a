"""The contact list: what its keys do."""

from collections.abc import Callable
from dataclasses import replace

from textual import on, work

from crm_tui.core.fields import FieldType
from crm_tui.i18n import t
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.samples import load_samples
from crm_tui.services.segments import Segment
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.contacts_place import ContactsPlace
from crm_tui.tui.copied_rows import copy_rows
from crm_tui.tui.desk import Chosen
from crm_tui.tui.dialogs.columns import ColumnsDialog, NewColumns
from crm_tui.tui.dialogs.search_form import SearchForm
from crm_tui.tui.lead_work import LeadWork, who
from crm_tui.tui.segment_work import SegmentWork
from crm_tui.tui.widgets import columns
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.search_line import SearchLine
from crm_tui.tui.widgets.side_list import SideList

_ON_SOMEBODY = ("edit", "tag", "consent", "block", "delete", "copy_cell", "copy_rows")
"""What needs a customer in the table."""


class ContactsScreen(ContactsPlace):
    """F2: everybody who is not blocked."""

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.CONTACTS)

    def on_mount(self) -> None:
        """Have those at hand who write."""
        self._leads = LeadWork(self.crm, self._added)
        self._segment_work = SegmentWork(self.crm, self.action_refresh)

    # -- searching ----------------------------------------------------------------------------------------------

    def search_for(self, query: str) -> None:
        """Put a line into the search and show what it finds."""
        self._search.show(query)
        self.set_focus(self._table)

    @on(SearchLine.Changed)
    def _search_changed(self, event: SearchLine.Changed) -> None:
        table = self._table
        if event.query != table.view.query:
            waiting = table.marked_count
            table.show(replace(table.view, query=event.query))
            if waiting and not table.marked_count:
                self.crm.tell(t("contacts.marks_wait", count=f"{waiting:,}"))
            elif table.marked_count and not waiting:
                self.crm.notice = ""  # they are back
        self.refresh_bindings()

    @on(SearchLine.Left)
    def action_to_table(self) -> None:
        """Leave the search line for what it found."""
        self.set_focus(self._table)

    def action_search(self) -> None:
        """Go to the search line, behind what stands there."""
        value = self._search.input.value
        self._search.show(f"{value} " if value.strip() and not value.endswith(" ") else value)
        self.set_focus(self._search.input)

    def action_search_form(self) -> None:
        """Make the search line in a form."""
        if self.workspace is not None:
            form = SearchForm(self.workspace, self._search.query_text, self._search.vocabulary)
            self.app.push_screen(form, lambda made: self.search_for(made) if made is not None else None)

    def action_leave(self) -> None:
        """Leave the side list; else clear the search line, and when it is clear, leave it."""
        if self.focused is self._side:
            self._hide_side_if_narrow()
        elif self._search.input.value:
            self._search.show("")
        else:
            self.set_focus(self._table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if not self.is_mounted:
            return True
        if action == "leave":
            return bool(self._search.input.value) or self.focused is not self._table
        if action in ("load_samples", "export", "audience"):
            return self._is_empty is (action == "load_samples")
        if action in ("search", "to_table"):
            return (self.focused is self._search.input) is (action == "to_table")
        if action in _ON_SOMEBODY and self.focused is self._side:
            return False  # whom they are for is seen in the table
        return self._table.total > 0 if action in _ON_SOMEBODY else True

    # -- side list ----------------------------------------------------------------------------------------------

    @property
    def _is_narrow(self) -> bool:
        return self.has_class("-narrow")

    def action_toggle_side(self) -> None:
        """Show the side list and go there, or hide it."""
        self.toggle_class("-with-side" if self._is_narrow else "-without-side")
        if self._side.display and self._is_narrow:
            self.set_focus(self._side)
        elif not self._side.display:
            self.set_focus(self._table)

    def _hide_side_if_narrow(self) -> None:
        self.remove_class("-with-side")
        self.set_focus(self._table)

    @on(RowList.Opened, "#side")
    def _pick(self) -> None:
        entry = self._side.current
        if entry is not None and entry.query is not None:
            self._hide_side_if_narrow()
            self.search_for(entry.query)

    def action_save_segment(self) -> None:
        """Keep the search line under a name."""
        self._segment_work.save(self._search.query_text)

    @on(SideList.Renamed)
    def _rename(self) -> None:
        self._with_segment(self._segment_work.rename)

    @on(SideList.Deleted)
    def _delete_segment(self) -> None:
        self._with_segment(self._segment_work.delete)

    def _with_segment(self, do: Callable[[Segment], None]) -> None:
        entry = self._side.current
        if entry is None or entry.segment is None:
            self.crm.tell(t("contacts.no_segment"))
        else:
            do(entry.segment)

    # -- columns and order --------------------------------------------------------------------------------------

    def action_sort(self) -> None:
        """Sort by the column under the cursor; again turns it round."""
        table, view = self._table, self._table.view
        field = table.column_field
        goes_down = field.type in (FieldType.DATETIME, FieldType.DATE, FieldType.NUMBER)
        is_descending = not view.is_descending if field.key == view.sort else goes_down
        table.show(replace(view, sort=field.key, is_descending=is_descending))
        table.redraw()
        self._keep_habits()

    def action_columns(self) -> None:
        """Choose columns."""
        table = self._table
        dialog = ColumnsDialog(table.columns, table.usual_columns, columns.showable(self._fields))
        self.app.push_screen(dialog, self._take_columns)

    def _take_columns(self, new: NewColumns | None) -> None:
        if new is not None:
            self._table.set_columns(new.columns, self._fields)
            self._keep_habits()

    # -- doing --------------------------------------------------------------------------------------------------

    def _chosen(self) -> Chosen:
        """Return the marked customers, else the one under the cursor."""
        table = self._table
        if table.marked_count:
            return Chosen(table.marks.selection, table.marked_count)
        if table.current is None:
            return Chosen(Selection(), 0)
        return Chosen(Selection(ids=frozenset((table.current.id,))), 1, who(table.current))

    def _do(self, deed: Callable[[Chosen], None]) -> None:
        if not self._table.is_refused():
            deed(self._chosen())

    @on(RowList.Opened, "#table")
    def _open_profile(self) -> None:
        self._open(editing=False)

    def action_edit(self) -> None:
        """Open the customer under the cursor to be changed."""
        self._open(editing=True)

    def _open(self, *, editing: bool) -> None:
        if self._table.current is not None:
            self.crm.open_profile(self._table.current.id, editing=editing)

    def action_tag(self) -> None:
        """Add and remove tags."""
        self._do(self.crm.desk.tag)

    def action_consent(self) -> None:
        """Set opt-outs."""
        self._do(self.crm.desk.consent)

    def action_block(self) -> None:
        """Block."""
        self._do(self.crm.desk.block)

    def action_delete(self) -> None:
        """Delete for good."""
        self._do(self.crm.desk.delete)

    def action_export(self) -> None:
        """Write the marked customers, else all that were found, to a file."""
        table = self._table
        everybody = Chosen(Selection(query=table.view.query), table.total)
        shown = columns.exported(table.chosen, columns.showable(self._fields))
        chosen = self._chosen() if table.marked_count else everybody
        if not table.is_refused():
            self.crm.desk.export(chosen, shown, table.view.sort, table.view.is_descending)

    def action_audience(self) -> None:
        """Show who of those found may get a marketing message."""
        table = self._table
        if not table.is_refused():
            self.crm.desk.audience(table.view.query, table.total)

    def action_dashboard(self) -> None:
        """Show the numbers over all customers."""
        self.crm.open_dashboard()

    # -- copying ------------------------------------------------------------------------------------------------

    def action_copy_cell(self) -> None:
        """Copy what stands in the column under the cursor."""
        text = self._table.text_to_copy()
        if text:
            self.crm.copy_text(text)
        else:
            self.crm.tell(t("contacts.nothing_to_copy"))

    def action_copy_rows(self) -> None:
        """Copy the marked rows, else the one under the cursor, as a spreadsheet takes them."""
        copy_rows(self.crm, self._table, self._fail)

    def action_pending_links(self) -> None:
        """Show the unifications that wait for a login."""
        self.crm.open_pending()

    def action_ownerless(self) -> None:
        """Show the conversations whose customers were deleted."""
        self.crm.open_ownerless()

    # -- adding -------------------------------------------------------------------------------------------------

    def action_load_samples(self) -> None:
        """Fill an empty list with made-up customers."""
        if self.workspace is not None and self._is_empty:
            self._is_empty = False
            self._load_samples(self.workspace)

    @work(thread=True, group="write")
    def _load_samples(self, workspace: Workspace) -> None:
        try:
            load_samples(workspace)
        except CrmError as error:
            self.app.call_later(self._no_samples, error)
        else:
            self.app.call_later(self.action_refresh)

    def _no_samples(self, error: CrmError) -> None:
        self._is_empty = True
        self._fail(error)
        self.refresh_bindings()

    def action_add_lead(self) -> None:
        """Ask for a new lead."""
        self._leads.ask()

    def _added(self, customer: Customer) -> None:
        if self._table.view.query:
            # The new lead is to be seen, and this search may not find it.
            self._search.show("")
        self._table.show(replace(self._table.view, query=""), follow=customer.id)
        if self.workspace is not None:
            self._refresh_side(self.workspace)
