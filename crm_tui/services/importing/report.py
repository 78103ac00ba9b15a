"""Failed rows as an .xlsx to mend and import again (R38)."""

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from crm_tui.core.problems import Problem
from crm_tui.services.errors import OutputError
from crm_tui.services.importing.events import FailedRow
from crm_tui.services.importing.source import FAILURE_COLUMNS

MAX_SHEET_ROWS = 1_048_576
"""Rows of one sheet, the header with them; source: Excel's specification."""
MAX_CELL_UNITS = 32_767
"""UTF-16 units of one cell; source: Excel's specification."""
_CUT = "…[cut]"
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


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
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".crm-tui-", suffix=".xlsx")
        os.close(handle)
        try:
            _write(name, fields, rows, describe, sheet_rows)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError("output_unwritable", path=str(path)) from error


def _write(
    name: str, fields: Sequence[str], rows: Iterable[FailedRow], describe: Callable[[Problem], str], sheet_rows: int
) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with xlsxwriter.Workbook(name, options) as book:
            # Text format: a spreadsheet that saves the file must not turn 00123 into 123.
            as_text = book.add_format({"num_format": "@"})
            sheet: Any = None
            line = sheet_rows
            for row in rows:
                if line >= sheet_rows:
                    sheet = book.add_worksheet()
                    _write_line(sheet, 0, (*FAILURE_COLUMNS, *fields), as_text)
                    line = 1
                columns = ", ".join(dict.fromkeys(problem.field for problem in row.problems if problem.field))
                reasons = " / ".join(describe(problem) for problem in row.problems)
                _write_line(sheet, line, (str(row.row_number), columns, reasons, *row.cells), as_text)
                line += 1
            if sheet is None:
                _write_line(book.add_worksheet(), 0, (*FAILURE_COLUMNS, *fields), as_text)
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


def _write_line(sheet: Any, line: int, cells: Sequence[str], as_text: Any) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(line, column, storable(cell), as_text)


def storable(text: str) -> str:
    """Return `text` as an .xlsx cell can hold it: stand-ins for control characters, and cut with a mark."""
    clean = _UNSTORABLE.sub("\ufffd", text)
    if len(clean.encode("utf-16-le")) // 2 <= MAX_CELL_UNITS:
        return clean
    kept = clean.encode("utf-16-le")[: 2 * (MAX_CELL_UNITS - len(_CUT))].decode("utf-16-le", "ignore")
    return kept + _CUT
