"""Rows as a spreadsheet takes them from the clipboard: tabs between cells, a line each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from crm_tui.core.fields import Field
from crm_tui.i18n import t
from crm_tui.services import contact_list
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.customer_pages import View, ids_line
from crm_tui.tui.widgets.customer_table import CustomerTable
from crm_tui.tui.widgets.marks import Marks

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

MAX_ROWS = 1_000
_FORMULA = re.compile(r"[=@＝＠]|[+\-＋－](?![0-9])")
"""A spreadsheet would run it; a telephone number is none."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is copied, as the table stood when the key was pressed."""

    view: View
    marks: Marks
    fields: Sequence[Field]
    text: Callable[[Customer, Field], str]


def copy_rows(app: "CrmApp", table: CustomerTable, failed: Callable[[CrmError], None]) -> None:
    """Copy the marked rows of a table, else the one under the cursor, and say so.

    Args:
        app: It has the clipboard.
        table: Its columns are copied, in sight or not.
        failed: Told what is wrong, where the marked rows cannot be read.
    """
    wanted = _Wanted(table.view, table.marks, [one.field for one in table.columns], table.text)
    if table.marked_count > MAX_ROWS:
        app.tell(t(_sentence("too_many_to_copy", wanted), limit=f"{MAX_ROWS:,}"))
    elif table.marked_count and app.workspace is not None:
        work = partial(_read, app, app.workspace, wanted, failed)
        app.run_worker(work, thread=True, group="copy", exclusive=True)
    elif table.current is not None:
        _copy(app, wanted, [table.current])


def _read(app: "CrmApp", workspace: Workspace, wanted: _Wanted, failed: Callable[[CrmError], None]) -> None:
    try:
        rows = _marked(workspace, wanted.view, wanted.marks)
    except CrmError as error:
        app.call_later(failed, error)
        return
    if not get_current_worker().is_cancelled:
        app.call_later(_copy, app, wanted, rows)


def _marked(workspace: Workspace, view: View, marks: Marks) -> list[Customer]:
    """Return the marked customers in the order of the table; where others have come meanwhile, the first of them."""
    found = contact_list.every(
        workspace,
        view.query if marks.is_all else ids_line(view.query, marks.ids),
        sort=view.sort,
        descending=view.is_descending,
        limit=MAX_ROWS + len(marks.ids),
        blocked=view.blocked,
    )
    return [one for one in found if marks.has(one.id)][:MAX_ROWS]


def _copy(app: "CrmApp", wanted: _Wanted, rows: Sequence[Customer]) -> None:
    text = "\n".join("\t".join(_cell(wanted.text(one, field)) for field in wanted.fields) for one in rows)
    told = t("contacts.rows_copied", count=f"{len(rows):,}")
    app.copy_text(text, told, t(_sentence("rows_too_long", wanted)))


def _sentence(name: str, wanted: _Wanted) -> str:
    # Blocked customers are in no export.
    return f"{'blocked' if wanted.view.blocked else 'contacts'}.{name}"


def _cell(text: str) -> str:
    # A tab or a line break inside a value would begin another cell.
    text = " ".join(text.split())
    return f"'{text}" if _FORMULA.match(text) else text
