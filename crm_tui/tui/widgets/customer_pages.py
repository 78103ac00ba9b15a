"""What the table of customers asks the database, and what it is answered; called in a thread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event

from crm_tui.services import contact_list
from crm_tui.services.contact_list import Found
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class View:
    """What the table shows."""

    query: str = ""
    sort: str = "lastSeenAt"
    is_descending: bool = True
    blocked: bool = False
    """Of the blocked customers, in place of the others (R46)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the thread is asked."""

    epoch: int
    view: View
    page: int
    counts: bool
    total: int = 0
    """How many are found, where that is not asked."""
    follow: int | None = None
    """The customer whose page is wanted instead of `page`, wherever it has gone."""
    marked: frozenset[int] = frozenset()
    """Of these it is asked which are still found."""
    stop: Event = field(default_factory=Event)
    """Set when nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the thread found."""

    question: Question
    page: int = 0
    rows: tuple[Customer, ...] = ()
    found: Found | None = None
    """Only where it was asked for."""
    position: int | None = None
    """The row of the customer who is followed; None where it is not among those found."""
    marked: frozenset[int] = frozenset()
    """Those of the marked customers who are still found."""
    error: CrmError | None = None


def answer(workspace: Workspace, question: Question) -> Answer:
    """Read a page, and the number of those found where it is asked for.

    Raises:
        Cancelled: Nobody waits for it any more.
    """
    workspace, view = workspace.until(question.stop), question.view
    if question.counts and question.follow is None and not question.page:
        return _begin(workspace, question)
    found = contact_list.count(workspace, view.query, blocked=view.blocked) if question.counts else None
    total = question.total if found is None else found.total
    position, page = None, question.page
    if found is not None and question.follow is not None:
        position = contact_list.position(
            workspace,
            view.query,
            sort=view.sort,
            descending=view.is_descending,
            customer_id=question.follow,
            blocked=view.blocked,
        )
        page = page if position is None else position // PAGE_ROWS
    if found is not None:
        page = min(page, max(0, total - 1) // PAGE_ROWS)
        if not total:
            return Answer(question, page, (), found)
    rows = contact_list.page(
        workspace,
        view.query,
        sort=view.sort,
        descending=view.is_descending,
        offset=page * PAGE_ROWS,
        limit=PAGE_ROWS,
        total=total,
        blocked=view.blocked,
    )
    return Answer(question, page, rows, found, position, _still_found(workspace, question))


def _begin(workspace: Workspace, question: Question) -> Answer:
    """Return the answer to a new search: its number and its first page."""
    view = question.view
    found, rows = contact_list.first_page(
        workspace,
        view.query,
        sort=view.sort,
        descending=view.is_descending,
        limit=PAGE_ROWS,
        blocked=view.blocked,
    )
    return Answer(question, 0, rows, found, None, _still_found(workspace, question) if found.total else frozenset())


def _still_found(workspace: Workspace, question: Question) -> frozenset[int]:
    if not question.marked:
        return frozenset()
    line = ids_line(question.view.query, question.marked)
    return frozenset(one.id for one in contact_list.every(workspace, line, blocked=question.view.blocked))


def ids_line(query: str, ids: Iterable[int]) -> str:
    """Return the line that finds those of `ids` that `query` finds."""
    listed = f"id:({', '.join(map(str, sorted(ids)))})"
    return f"({query}) {listed}" if query else listed
