"""Rows as a spreadsheet takes them from the clipboard: tabs between cells, a line each."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from crm_tui.core.fields import Field
from crm_tui.services import contact_list
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.customer_pages import View, ids_line
from crm_tui.tui.widgets.customer_table import cell_text
from crm_tui.tui.widgets.marks import Marks

MAX_ROWS = 1_000
MAX_BYTES = 100_000
"""What terminals take from a program for the clipboard (OSC 52)."""
_FORMULA = re.compile(r"[=@＝＠]|[+\-＋－](?![0-9])")
"""A spreadsheet would run it; a telephone number is none."""


def read_marked(workspace: Workspace, view: View, marks: Marks) -> Sequence[Customer]:
    """Return the marked customers in the order of the table; call it in a thread."""
    line = view.query if marks.is_all else ids_line(view.query, marks.ids)
    found = contact_list.every(workspace, line, sort=view.sort, descending=view.is_descending)
    return list(islice((one for one in found if marks.has(one.id)), MAX_ROWS))


def rows_text(customers: Iterable[Customer], fields: Sequence[Field]) -> str | None:
    """Return the rows; None where they are more than a terminal takes."""
    rows = ("\t".join(_cell(one, field) for field in fields) for one in customers)
    text = "\n".join(rows)
    return text if len(text.encode()) <= MAX_BYTES else None


def _cell(customer: Customer, field: Field) -> str:
    text = " ".join(cell_text(customer, field).split())
    return f"'{text}" if _FORMULA.match(text) else text
