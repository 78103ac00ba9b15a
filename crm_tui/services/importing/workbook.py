"""Writing .xlsx files in which every cell is text: whole or not at all, for their owner's eyes only."""

import os
import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crm_tui.services.errors import OutputError

MAX_SHEET_ROWS = 1_048_576
"""Rows of one sheet, the header with them; source: Excel's specification."""
MAX_CELL_UNITS = 32_767
"""UTF-16 units of one cell; source: Excel's specification."""
_CUT = "…[cut]"
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@contextmanager
def new_workbook(path: Path, *, constant_memory: bool = False) -> Iterator[Any]:
    """Give an XlsxWriter workbook that becomes the file at `path` when the block ends well.

    Args:
        path: Where to; a file that is there is replaced.
        constant_memory: Keep one row in memory only; rows must then be written from top to bottom.

    Raises:
        OutputError: It cannot be written there.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        target = Path(os.path.realpath(path))  # a link stays one
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise OutputError("output_not_file", path=str(path))
        # Both private: they hold customers, and whatever ends the block takes them away.
        with tempfile.TemporaryDirectory(prefix="crm-tui-") as folder, _file_beside(target) as name:
            options = {
                "constant_memory": constant_memory,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": folder,
            }
            with xlsxwriter.Workbook(name, options) as book:
                book.use_zip64()
                yield book
    except (OSError, XlsxWriterException) as error:
        raise OutputError("output_unwritable", path=str(path)) from error


@contextmanager
def _file_beside(target: Path) -> Iterator[str]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".crm-tui-", suffix=".xlsx")
    os.close(handle)
    try:
        yield name
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_texts(sheet: Any, line: int, cells: Sequence[str], cell_format: Any) -> None:
    """Write one row of texts, none of them a formula, a link or a number."""
    for column, cell in enumerate(cells):
        sheet.write_string(line, column, storable(cell), cell_format)


def storable(text: str) -> str:
    """Return `text` as an .xlsx cell can hold it: stand-ins for control characters, and cut with a mark."""
    clean = _UNSTORABLE.sub("\ufffd", text)
    if clean.startswith("<r>") and clean.endswith("</r>"):
        # XlsxWriter takes it for its own markup and spoils the file. What is trimmed from cells (R8) tells it apart.
        clean += "\u200b"
    if len(clean) * 2 <= MAX_CELL_UNITS or len(clean.encode("utf-16-le")) // 2 <= MAX_CELL_UNITS:
        return clean
    kept = clean[:MAX_CELL_UNITS].encode("utf-16-le")[: 2 * (MAX_CELL_UNITS - len(_CUT))].decode("utf-16-le", "ignore")
    return kept + _CUT
