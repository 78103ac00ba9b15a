"""Failed rows as an .xlsx to mend and import again (R38)."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from crm_tui.core.problems import Problem
from crm_tui.services.importing.events import FailedRow
from crm_tui.services.importing.source import FAILURE_COLUMNS
from crm_tui.services.importing.workbook import MAX_SHEET_ROWS, new_workbook, write_texts


def write_failed_rows(
    path: Path,
    fields: Sequence[str],
    rows: Iterable[FailedRow],
    describe: Callable[[Problem], str],
    *,
    sheet_rows: int = MAX_SHEET_ROWS,
) -> None:
    """Write failed rows; further sheets of the same file take what one sheet cannot hold.

    The file appears whole or not at all, readable by its owner only.

    Args:
        path: Where to; overwritten.
        fields: The field keys of the cells.
        rows: In file order.
        describe: Says a problem in the manager's language.
        sheet_rows: Rows of one sheet, with its header.

    Raises:
        OutputError: It cannot be written there.
    """
    header = (*FAILURE_COLUMNS, *fields)
    with new_workbook(path, constant_memory=True) as book:
        # Text format: a spreadsheet that saves the file must not turn 00123 into 123.
        as_text = book.add_format({"num_format": "@"})
        sheet = _new_sheet(book, header, as_text)
        line = 1
        for row in rows:
            if line == sheet_rows:
                sheet = _new_sheet(book, header, as_text)
                line = 1
            columns = ", ".join(dict.fromkeys(problem.field for problem in row.problems if problem.field))
            reasons = " / ".join(map(describe, row.problems))
            write_texts(sheet, line, (str(row.row_number), columns, reasons, *row.cells), as_text)
            line += 1


def _new_sheet(book: Any, header: Sequence[str], as_text: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.set_column(0, len(header) - 1, None, as_text)
    write_texts(sheet, 0, header, as_text)
    return sheet
