"""The table of customers: a window on any number of rows, of which a few pages are held."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual.message import Message
from textual.worker import get_current_worker

from crm_tui.core.fields import MEMBER_ID, MOBILE_NUMBER, Field, FieldType, Value
from crm_tui.i18n import field_label, t
from crm_tui.services.contact_list import Found
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.widgets import columns
from crm_tui.tui.widgets.columns import BUILT_IN_COLUMNS, Column, ShownColumn
from crm_tui.tui.widgets.customer_pages import PAGE_ROWS, Answer, Question, View, answer
from crm_tui.tui.widgets.marks import Marks
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign
from crm_tui.tui.widgets.times import local_time
from crm_tui.tui.widgets.value_text import value_text

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

MAX_PAGES = 8
_WITH_TIME = 16
"""From this many cells on, a moment is shown with its time."""
_CUT_WIDTH = 8
"""What must be left at the right edge for a column to be begun there."""


class CustomerTable(RowList):
    """Shows customers page by page; asks the database in a thread, one question at a time."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = (*keys.TABLE, *keys.CUSTOMER_TABLE)
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

        def __init__(self, answer: Answer) -> None:
            self.answer = answer
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.workspace: Workspace | None = None
        self.view = View()
        self.column = 0
        """The column under the cursor."""
        self.chosen: tuple[Column, ...] | None = None
        """The manager's own columns."""
        self._available: Sequence[Field] = BUILT_IN_COLUMNS
        self._left = 0
        """The first column in sight."""
        self._marks = Marks()
        self._pages: OrderedDict[int, tuple[Customer, ...]] = OrderedDict()
        self._asked = Question(0, self.view, 0, counts=True)
        """The last question; a newer epoch drops its answer."""
        self._epoch = 0
        self._follow: int | None = None
        self._followed_from = 0
        """The row of the cursor when it began to follow."""
        self._is_asking = False
        self._is_counted = False
        self.has_mistake = False
        """The search cannot be understood: what is shown was found by the one before."""

    @property
    def current(self) -> Customer | None:
        """The customer under the cursor, if it has loaded."""
        return self._row(self.cursor)

    # -- reading ------------------------------------------------------------------------------------------------

    def show(self, view: View, *, follow: int | None = None) -> None:
        """Show another search or order from its top, or from the customer with the id `follow`.

        Answers to older questions are dropped.
        """
        if follow is None:
            self.cursor = 0
        self._begin(view, follow)

    def reload(self) -> None:
        """Read the same again; the cursor stays on its customer, not on its row."""
        if self._is_counted and self.current is not None:
            self._begin(self.view, self.current.id)
        else:  # where the cursor is to go has been asked and not been answered yet
            followed_from = self._followed_from
            self._begin(self.view, self._follow)
            self._followed_from = followed_from

    def _begin(self, view: View, follow: int | None) -> None:
        self.view = view
        self._epoch += 1
        self._is_counted = False
        self._follow, self._followed_from = follow, self.cursor
        self._asked.stop.set()
        self._ask()

    def on_unmount(self) -> None:
        """Let go of the thread: the program waits for it at its end."""
        self._asked.stop.set()

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
        marked = frozenset() if self._is_counted else self.marks.ids
        self._asked = Question(
            self._epoch, self.view, page, not self._is_counted, self.total, follow=self._follow, marked=marked
        )
        self.run_worker(partial(self._fetch, self.workspace, self._asked), thread=True, group="customers")

    def _fetch(self, workspace: Workspace, question: Question) -> None:
        try:
            found = answer(workspace, question)
        except CrmError as error:
            found = Answer(question, error=error)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(found))

    def on_customer_table_answered(self, message: Answered) -> None:
        """Keep the page, if it still answers what is asked."""
        self._is_asking = False
        answer = message.answer
        if answer.question.epoch != self._epoch:
            self._ask()
            return
        if answer.error is not None:
            self.has_mistake |= answer.error.code == "query_wrong"
            self.post_message(self.Refused(answer.error))
            return
        if answer.found is not None:
            self._pages.clear()
        self._pages[answer.page] = answer.rows
        if answer.found is not None:
            self._take_count(answer, answer.found)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)
        if answer.found is None and self._is_in_sight(answer.page):
            self.redraw()
        if self.cursor // PAGE_ROWS == answer.page:
            self.post_message(self.Moved(self))
        # A page that came back shorter than its count (rows went away meanwhile) is there and is not asked for again.
        self._ask()

    def _take_count(self, answer: Answer, found: Found) -> None:
        self._is_counted = True
        self.has_mistake = False
        self._follow = None
        if not found.total:
            self._marks = Marks(self.view.query)
        elif gone := answer.question.marked - answer.marked:
            self._marks = replace(self._marks, ids=self._marks.ids - gone)
        # Keys pressed while this was read move on from where the customer is now.
        moved = self.cursor - self._followed_from
        self.set_rows(found.total, self.cursor if answer.position is None else answer.position + moved)
        self.post_message(self.Shown(found))

    def _is_in_sight(self, page: int) -> bool:
        return self.top // PAGE_ROWS <= page <= (self.top + self.rows_in_sight - 1) // PAGE_ROWS

    def on_resize(self) -> None:
        """A longer window may need another page, and a wider one other columns."""
        super().on_resize()
        self.move_column_to(self.column)
        self._ask()

    def move_to(self, row: int) -> None:
        """Put the cursor on a row; its page may have to come first."""
        super().move_to(row)
        self._ask()

    def action_open(self) -> None:
        """Open the customer under the cursor, if it has loaded."""
        if self.current is not None:
            super().action_open()

    # -- columns ------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[ShownColumn, ...]:
        """The columns, in sight or not."""
        return columns.laid_out(self.chosen, self._available, self.size.width - 2)

    @property
    def usual_columns(self) -> tuple[ShownColumn, ...]:
        """The columns where the manager has chosen none."""
        return columns.laid_out(None, self._available, self.size.width - 2)

    @property
    def column_field(self) -> Field:
        """What stands in the column under the cursor."""
        shown = self.columns
        return shown[min(self.column, len(shown) - 1)].field

    def set_columns(self, chosen: tuple[Column, ...] | None, fields: Sequence[Field]) -> None:
        """Show the manager's columns, of these fields; the cursor stays on its column where that is left."""
        before = self.column_field.key
        self.chosen, self._available = chosen, columns.showable(fields)
        names = [one.field.key for one in self.columns]
        self._left = min(self._left, len(names) - 1)
        self.move_column_to(names.index(before) if before in names else self.column)
        self.redraw()

    def action_move_column(self, by: int) -> None:
        """Move the column cursor."""
        self.move_column_to(self.column + by)

    def move_column_to(self, column: int) -> None:
        """Put the column cursor on a column, and that into sight."""
        shown = self.columns
        before = self.column
        self.column = max(0, min(column, len(shown) - 1))
        if self.column or not self._is_pinned:
            self._left = min(self._left, self.column)
            while self._left < self.column and not self._has_room(self.column):
                self._left += 1
        self.redraw()
        if self.column != before:
            self.post_message(self.Moved(self))

    @property
    def _is_pinned(self) -> bool:
        """Whether the first column stays when the others are scrolled: who a row is must stay in sight."""
        return self.columns[0].width <= (self.size.width - 2) // 2

    def _numbers(self) -> list[int]:
        """Return which columns stand side by side, from the left."""
        first = [0] if self._is_pinned else []
        return [*first, *range(max(len(first), self._left), len(self.columns))]

    def _has_room(self, column: int) -> bool:
        return any(
            number == column and cells == one.width for number, one, cells in self._in_sight(self.size.width - 2)
        )

    def _in_sight(self, width: int) -> list[tuple[int, ShownColumn, int]]:
        """Return the columns in sight with their numbers, and how many cells of each there is room for."""
        shown: list[tuple[int, ShownColumn, int]] = []
        all_columns = self.columns
        for number in self._numbers():
            column = all_columns[number]
            cells = min(column.width, width)
            if cells < min(column.width, _CUT_WIDTH) and shown:
                break
            shown.append((number, column, cells))
            width -= cells + 1
        return shown

    def header(self, width: int) -> str:
        """Return the columns' names: the one under the cursor in brackets, the one that sorts with an arrow."""
        shown = self._in_sight(width)
        titles = [self._title(column.field, cells, number == self.column) for number, column, cells in shown]
        is_scrolled = len(shown) > 1 and shown[1][0] > shown[0][0] + 1
        gap = sign(self, "before") if is_scrolled else " "
        text = gap.join((titles[0], " ".join(titles[1:]))) if len(titles) > 1 else titles[0]
        if shown[-1][0] < len(self.columns) - 1:
            text = f"{fit(text, width - 1)}{sign(self, 'more')}"
        return text

    def _title(self, field: Field, cells: int, is_current: bool) -> str:
        title = t("contacts.column_mobile") if field.key == MOBILE_NUMBER else field_label(field)
        arrow = ""
        if field.key == self.view.sort:
            arrow = sign(self, "descending" if self.view.is_descending else "ascending")
            arrow = f" {arrow}" if arrow.isascii() else arrow  # "Since v" is no word of its own
        room = cells - cell_len(arrow) - (2 if is_current else 0)
        title = fit(title, min(cell_len(title), room))
        return fit(f"[{title}{arrow}]" if is_current else f"{title}{arrow}", cells)

    def value(self, customer: Customer, field: Field) -> Value | None:
        """Return what stands in a cell."""
        return customer.get(field.key)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one customer."""
        customer = self._row(row)
        if customer is None:
            return "…", "row-list--dim"
        cells = (
            _cell(self.value(customer, column.field), column.field, cells) for _, column, cells in self._in_sight(width)
        )
        return " ".join(cells), "row-list--row"

    # -- marks --------------------------------------------------------------------------------------------------

    def is_refused(self) -> bool:
        """Say that nothing is done to customers whom the search line does not speak of; return whether that is so."""
        if self.has_mistake:
            cast("CrmApp", self.app).tell(t("contacts.mistake_first"))
        return self.has_mistake

    @property
    def marks(self) -> Marks:
        """The marks of this search; those of the search before wait until something else is marked."""
        return self._marks if self._marks.query == self.view.query else Marks(self.view.query)

    @property
    def marked_count(self) -> int:
        """How many customers are marked."""
        return self.marks.count(self.total)

    def mark(self, row: int) -> str:
        """Return the signs of cursor and mark."""
        customer = self._row(row)
        is_marked = customer is not None and self.marks.has(customer.id)
        return f"{'>' if row == self.cursor else ' '}{'*' if is_marked else ' '}"

    def action_mark(self) -> None:
        """Mark the customer under the cursor, or take the mark away, and go on to the next."""
        if not self.is_refused() and self.current is not None:
            self._set_marks(self.marks.toggled(self.current.id))
            self.move_to(self.cursor + 1)

    def action_mark_all(self) -> None:
        """Mark all that the search finds; where all are marked, none."""
        if not self.is_refused() and self.total:
            self._set_marks(Marks(self.view.query, is_all=self.marked_count < self.total))

    def unmark(self) -> None:
        """Take all marks away."""
        self._set_marks(Marks(self.view.query))

    def _set_marks(self, marks: Marks) -> None:
        self._marks = marks
        self.redraw()
        self.post_message(self.Moved(self))

    # -- copying ------------------------------------------------------------------------------------------------

    def text_to_copy(self) -> str:
        """Return the cell under the cursor."""
        return self.text(self.current, self.column_field) if self.current is not None else ""

    def text(self, customer: Customer, field: Field) -> str:
        """Return a cell as a person reads it, whole; not yet safe for a terminal."""
        value = self.value(customer, field)
        return "" if value is None else value_text(value, field)


def _cell(value: Value | None, field: Field, cells: int) -> str:
    if value is None:
        return fit(t("contacts.type_lead") if field.key == MEMBER_ID else "-", cells)
    if field.type is FieldType.DATETIME and isinstance(value, int):
        return fit(local_time(value, with_time=cells >= _WITH_TIME), cells)
    return fit(value_text(value, field), cells, right=field.type is FieldType.NUMBER)
