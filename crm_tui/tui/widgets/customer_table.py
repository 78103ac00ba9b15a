"""The table of customers: a window on any number of rows, of which a few pages are held."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.message import Message
from textual.worker import get_current_worker

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, NAME
from crm_tui.i18n import t
from crm_tui.services import contact_list
from crm_tui.services.contact_list import Found
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

PAGE_ROWS = 100
MAX_PAGES = 8
_WIDE = 100


@dataclass(frozen=True, slots=True)
class View:
    """What the table shows."""

    query: str = ""
    sort: str = "lastSeenAt"
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class _Question:
    """What the thread is asked."""

    epoch: int
    view: View
    page: int
    counts: bool
    follow: int | None
    """The customer whose page is wanted instead of `page`, wherever it has gone."""


@dataclass(frozen=True, slots=True)
class _Answer:
    question: _Question
    page: int = 0
    rows: tuple[Customer, ...] = ()
    found: Found | None = None
    """Only where it was asked for."""
    position: int | None = None
    """The row of the customer who is followed; None where it is not among those found."""
    error: CrmError | None = None


class CustomerTable(RowList):
    """Shows customers page by page; asks the database in a thread, one question at a time."""

    HEADER_LINES: ClassVar[int] = 1

    class Shown(Message):
        """A search was answered."""

        def __init__(self, found: Found) -> None:
            self.found = found
            super().__init__()

    class Refused(Message):
        """A search could not be answered; what was shown stays."""

        def __init__(self, error: CrmError) -> None:
            self.error = error
            super().__init__()

    class Answered(Message):
        """From the thread."""

        bubble = False

        def __init__(self, answer: _Answer) -> None:
            self.answer = answer
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.workspace: Workspace | None = None
        self.view = View()
        self._pages: OrderedDict[int, tuple[Customer, ...]] = OrderedDict()
        self._epoch = 0
        self._follow: int | None = None
        self._is_asking = False
        self._is_counted = False

    @property
    def current(self) -> Customer | None:
        """The customer under the cursor, if it has loaded."""
        return self._row(self.cursor)

    def show(self, view: View, *, follow: int | None = None) -> None:
        """Show another search or order from its top, or from the customer with the id `follow`.

        Answers to older questions are dropped.
        """
        if follow is None:
            self.cursor = 0
        self._begin(view, follow)

    def reload(self) -> None:
        """Read the same again; the cursor stays on its customer, not on its row."""
        self._begin(self.view, self.current.id if self.current is not None else self._follow)

    def _begin(self, view: View, follow: int | None) -> None:
        self.view = view
        self._epoch += 1
        self._is_counted = False
        self._follow = follow
        self._ask()

    def _row(self, row: int) -> Customer | None:
        rows = self._pages.get(row // PAGE_ROWS, ())
        return rows[row % PAGE_ROWS] if row % PAGE_ROWS < len(rows) else None

    def _missing_page(self) -> int | None:
        if not self._is_counted:
            return self.cursor // PAGE_ROWS
        first = self.top // PAGE_ROWS
        last = (self.top + self.rows_in_sight - 1) // PAGE_ROWS
        # Those in sight, then the neighbours, so that the next page down has already come when it is wanted.
        for page in (self.cursor // PAGE_ROWS, first, last, last + 1, first - 1):
            if page in self._pages:
                self._pages.move_to_end(page)
            elif 0 <= page * PAGE_ROWS < self.total:
                return page
        return None

    def _ask(self) -> None:
        page = self._missing_page()
        if self.workspace is None or self._is_asking or page is None:
            return
        self._is_asking = True
        question = _Question(self._epoch, self.view, page, not self._is_counted, self._follow)
        self.run_worker(partial(self._fetch, self.workspace, question), thread=True, group="customers")

    def _fetch(self, workspace: Workspace, question: _Question) -> None:
        try:
            answer = _answer(workspace, question)
        except CrmError as error:
            answer = _Answer(question, error=error)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(answer))

    def on_customer_table_answered(self, message: Answered) -> None:
        """Keep the page, if it still answers what is asked."""
        self._is_asking = False
        answer = message.answer
        if answer.question.epoch != self._epoch:
            self._ask()
            return
        if answer.error is not None:
            self.post_message(self.Refused(answer.error))
            return
        if answer.found is not None:
            self._pages.clear()
        self._pages[answer.page] = answer.rows
        if answer.found is not None:
            self._take_count(answer.found, answer.position)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)
        if answer.found is None and self._is_in_sight(answer.page):
            self.redraw()
        if self.cursor // PAGE_ROWS == answer.page:
            self.post_message(self.Moved(self))
        # A page that came back shorter than its count (rows went away meanwhile) is there and is not asked for again.
        self._ask()

    def _take_count(self, found: Found, position: int | None) -> None:
        self._is_counted = True
        self._follow = None
        self.set_rows(found.total, self.cursor if position is None else position)
        self.post_message(self.Shown(found))

    def _is_in_sight(self, page: int) -> bool:
        return self.top // PAGE_ROWS <= page <= (self.top + self.rows_in_sight - 1) // PAGE_ROWS

    def on_resize(self) -> None:
        """A longer window may need another page."""
        super().on_resize()
        self._ask()

    def move_to(self, row: int) -> None:
        """Put the cursor on a row; its page may have to come first."""
        super().move_to(row)
        self._ask()

    def action_open(self) -> None:
        """Open the customer under the cursor, if it has loaded."""
        if self.current is not None:
            super().action_open()

    def text_to_copy(self) -> str:
        """Return the customer under the cursor as a spreadsheet takes it: cells with tabs between."""
        customer = self.current
        if customer is None:
            return ""
        cells = (str(customer.get(key) or "") for key in (NAME, EMAIL, MOBILE_NUMBER))
        return "\t".join((*cells, customer.member_id or ""))

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return " ".join(fit(t(f"contacts.column_{name}"), cells) for name, cells in _columns(width))

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one customer."""
        customer = self._row(row)
        if customer is None:
            return "…", "row-list--dim"
        return " ".join(fit(_cell(customer, name, cells), cells) for name, cells in _columns(width)), "row-list--row"


def _answer(workspace: Workspace, question: _Question) -> _Answer:
    view = question.view
    found = contact_list.count(workspace, view.query) if question.counts else None
    position, page = None, question.page
    if found is not None and question.follow is not None:
        position = contact_list.position(
            workspace, view.query, sort=view.sort, descending=view.is_descending, customer_id=question.follow
        )
        page = page if position is None else position // PAGE_ROWS
    if found is not None:
        page = min(page, max(0, found.total - 1) // PAGE_ROWS)
    if found is not None and not found.total:
        return _Answer(question, page, (), found)
    rows = contact_list.page(
        workspace,
        view.query,
        sort=view.sort,
        descending=view.is_descending,
        offset=page * PAGE_ROWS,
        limit=PAGE_ROWS,
    )
    return _Answer(question, page, rows, found, position)


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    """Return which columns there is room for, and their widths."""
    fixed: tuple[tuple[str, int], ...] = ()
    if width >= _WIDE - 2:
        fixed = (("mobile", 16), ("member", 14), ("seen", 16))
    elif width >= 66:
        fixed = (("mobile", 14), ("member", 12), ("seen", 10))
    elif width >= 44:
        fixed = (("mobile", 14),)
    room = max(8, width - sum(cells + 1 for _, cells in fixed) - 1)
    name = room * 2 // 5
    return (("name", name), ("email", room - name), *fixed)


def _cell(customer: Customer, column: str, cells: int) -> str:
    match column:
        case "name":
            return str(customer.get(NAME) or "-")
        case "email":
            return str(customer.get(EMAIL) or "-")
        case "mobile":
            return str(customer.get(MOBILE_NUMBER) or "-")
        case "member":
            return customer.member_id or t("contacts.type_lead")
        case _:
            return local_time(customer.last_seen_at, with_time=cells >= 16)
