"""The contact list: side list, search line, table, profile under the cursor."""

from dataclasses import replace
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import BUILT_IN_FIELDS, EMAIL, MOBILE_NUMBER, NAME, Field
from crm_tui.core.query import Query, parse_query
from crm_tui.core.text import fold
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services import contact_list, customers
from crm_tui.services.contact_list import Found
from crm_tui.services.customers import Added, AlreadyExists
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.samples import load_samples
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.messages import NewLead
from crm_tui.tui.place import Place
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.customer_table import CustomerTable
from crm_tui.tui.widgets.profile_text import profile_text
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import line, safe
from crm_tui.tui.widgets.side_list import Side, SideList, read_side
from crm_tui.tui.widgets.times import zone_name

_DESCENDING = ("lastSeenAt", "createdAt")
_UNREAD = -1
"""No revision of the database: whatever it says is news."""


class ContactsScreen(Place):
    """F2: everybody who is not blocked."""

    class SideRead(Message):
        """From the thread: what stands in the side list."""

        def __init__(self, side: Side) -> None:
            self.side = side
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.CONTACTS)
        self._found = Found(0)
        self._fields: tuple[Field, ...] = BUILT_IN_FIELDS
        self._spellings: dict[str, str] = {}
        """Tags as they are shown, by how they are compared."""
        self._revision = _UNREAD
        self._is_looking = False
        self._is_empty = False

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        with Horizontal(id="panes"):
            yield SideList(id="side")
            with Vertical(id="middle"):
                yield SafeInput(placeholder=t("contacts.search_hint"), id="search")
                yield Static(Content(""), id="mistake")
                yield Static(Content(""), id="chips")
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
    def _search(self) -> SafeInput:
        return self.query_one("#search", SafeInput)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the table."""
        super().on_mount()
        self.set_focus(self._table)
        self.status.say(t("contacts.opening"))

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self._table.workspace = workspace
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read all again."""
        if self.workspace is not None:
            self._table.reload()
            self._read_side(self.workspace)

    def look(self) -> None:
        """Read again if customers changed."""
        if self.workspace is not None and self.is_current and not self._is_looking:
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

    @work(thread=True, group="side")
    def _read_side(self, workspace: Workspace) -> None:
        try:
            side = read_side(workspace)
        except CrmError as error:
            self.app.call_later(self._fail, error)
            return
        if not get_current_worker().is_cancelled:
            self.post_message(self.SideRead(side))

    @on(SideRead)
    def _show_side(self, message: SideRead) -> None:
        side = message.side
        self._fields, self._revision = side.fields, side.revision
        self._spellings = {fold(tag.name): tag.name for tag in (*side.import_tags, *side.customer_tags)}
        self._is_empty = side.totals.total == 0
        self.crm.counts = {"contacts": side.totals.total, "imports": side.imports}
        self._side.show(side.entries())
        self._show_chips()
        self._show_empty()

    def _fail(self, error: CrmError) -> None:
        """Say what is wrong; what was read before stays in sight, and the next look tries again."""
        self._revision = _UNREAD
        self._say_mistake(describe_error(error))

    def _say_mistake(self, sentence: str) -> None:
        self._show_line("#mistake", safe(sentence))

    def _show_line(self, selector: str, text: Content) -> None:
        shown = self.query_one(selector, Static)
        if shown.content != text:
            shown.update(text)
            shown.display = bool(text)

    # -- showing ------------------------------------------------------------------------------------------------

    @on(CustomerTable.Refused)
    def _refused(self, event: CustomerTable.Refused) -> None:
        if event.error.code == "query_wrong":
            self._say_mistake(describe_error(event.error))
        else:
            self._fail(event.error)

    @on(CustomerTable.Shown)
    def _shown(self, event: CustomerTable.Shown) -> None:
        self._found = event.found
        self._say_mistake("")
        self._show_chips()
        self._show_empty()

    def _show_chips(self) -> None:
        query = parse_query(self._table.view.query)
        names = _chips(query, self._spellings) if isinstance(query, Query) else []
        self._show_line("#chips", Content("  ").join([Content(f"[{line(name)}]").stylize("$accent") for name in names]))
        self._side.mark_in_force(self._table.view.query)

    def _show_empty(self) -> None:
        if self._is_empty and not self._table.view.query:
            self._table.say_instead(t("contacts.empty"))
        elif self._found.blocked:
            self._table.say_instead(t("contacts.nothing_but_blocked", count=f"{self._found.blocked:,}"))
        elif self._revision != _UNREAD:
            self._table.say_instead(t("contacts.nothing_found"))
        self.refresh_bindings()

    @on(RowList.Moved, "#table")
    def _moved(self) -> None:
        table = self._table
        position = table.cursor + 1 if table.total else 0
        order = t(f"contacts.sort_{table.view.sort.removeprefix('profile.')}")
        self.status.say(f"{position:,} / {table.total:,}   {order}", zone_name())
        self._show_pane()

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

    @on(RowList.Opened, "#table")
    def _open_profile(self) -> None:
        customer = self._table.current
        if customer is not None:
            self.crm.open_profile(customer, self._fields)

    # -- searching ----------------------------------------------------------------------------------------------

    def search_for(self, query: str) -> None:
        """Put a line into the search and show what it finds."""
        self._search.show(query)
        self.set_focus(self._table)

    @on(Input.Changed, "#search")
    def _search_changed(self, event: Input.Changed) -> None:
        query = event.value.strip()
        if query != self._table.view.query:
            self._table.show(replace(self._table.view, query=query))
        self.refresh_bindings()

    @on(Input.Submitted, "#search")
    def action_to_table(self) -> None:
        """Leave the search line for what it found."""
        self.set_focus(self._table)

    def action_search(self) -> None:
        """Go to the search line, behind what stands there."""
        value = self._search.value
        self._search.show(f"{value} " if value.strip() and not value.endswith(" ") else value)
        self.set_focus(self._search)

    def action_leave(self) -> None:
        """Leave the side list; else clear the search line, and when it is clear, leave it."""
        if self.focused is self._side:
            self._hide_side_if_narrow()
        elif self._search.value:
            self._search.show("")
        else:
            self.set_focus(self._table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if not self.is_mounted:
            return True
        if action == "leave":
            return bool(self._search.value) or self.focused is not self._table
        if action == "load_samples":
            return self._is_empty
        if action in ("search", "to_table"):
            return (self.focused is self._search) is (action == "to_table")
        return True

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

    def action_sort(self) -> None:
        """Take the next order."""
        view = self._table.view
        following = contact_list.SORTS[(contact_list.SORTS.index(view.sort) + 1) % len(contact_list.SORTS)]
        self._table.show(replace(view, sort=following, is_descending=following in _DESCENDING))

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
            self.app.call_later(self._fail, error)
        else:
            self.app.call_later(self.action_refresh)

    def action_add_lead(self) -> None:
        """Ask for a new lead."""
        if self.workspace is not None:
            self.crm.ask_lead(self._add)

    def _add(self, lead: NewLead | None) -> None:
        if lead is not None and self.workspace is not None:
            self._write_lead(self.workspace, lead)

    @work(thread=True, group="write")
    def _write_lead(self, workspace: Workspace, lead: NewLead) -> None:
        try:
            answer = customers.add_lead(workspace, lead.values)
        except CrmError as error:
            self.app.call_later(self._ask_again, lead, (describe_error(error),))
            return
        match answer:
            case Added(customer):
                self.app.call_later(self._added, customer)
            case AlreadyExists(customer):
                name = "already_exists_blocked" if customer.blocked else "already_exists"
                self.app.call_later(self._ask_again, lead, (t(f"contacts.{name}", who=_who(customer)),))
            case problems:
                self.app.call_later(self._ask_again, lead, tuple(describe(problem) for problem in problems))

    def _added(self, customer: Customer) -> None:
        self.crm.tell(t("contacts.added", who=_who(customer)))
        query = self._table.view.query
        if query:
            # The new lead is to be seen, and this search may not find it.
            self._search.show("")
        self._table.show(replace(self._table.view, query=""), follow=customer.id)
        if self.workspace is not None:
            self._read_side(self.workspace)

    def _ask_again(self, lead: NewLead, messages: tuple[str, ...]) -> None:
        self.crm.ask_lead(self._add, lead.values, messages)


def _who(customer: Customer) -> str:
    known = (NAME, EMAIL, MOBILE_NUMBER, "memberId")
    return line(", ".join(str(customer.get(key)) for key in known if customer.get(key)))


def _chips(query: Query, spellings: dict[str, str]) -> list[str]:
    """Return what a search asks for besides words, in words."""
    names = []
    if query.is_member is not None:
        names.append(t("contacts.side_members" if query.is_member else "contacts.side_leads"))
    names += [f"{t('contacts.chip_import')}: {spellings.get(tag, tag)}" for tag in query.import_tags]
    names += [f"{t('contacts.chip_tag')}: {spellings.get(tag, tag)}" for tag in query.tags]
    return names
