"""Writing .xlsx files in which every cell is text: whole or not at all, for their owner's eyes only."""

import contextlib
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from crm_tui import config
from crm_tui.services.errors import Cancelled, unwritable
from crm_tui.services.output_file import new_file

if TYPE_CHECKING:
    from filelock import FileLock

MAX_SHEET_ROWS = 1_048_576
"""Rows of one sheet, the header with them; source: Excel's specification."""
MAX_CELL_UNITS = 32_767
"""UTF-16 units of one cell; source: Excel's specification."""
_CUT = "…[cut]"
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FOLDERS = "workbook-"
_T = TypeVar("_T")


@contextmanager
def new_workbook(path: Path, *, constant_memory: bool = False) -> Iterator[Any]:
    """Give an XlsxWriter workbook that becomes the file at `path` when the block ends well.

    Args:
        path: Where to; a file that is there is replaced.
        constant_memory: Keep one row in memory only; rows must then be written from top to bottom.

    Raises:
        OutputError: It cannot be written there, or what lies aside meanwhile cannot.
    """
    with new_file(path) as name, name.open("wb") as file, packed_into(file, constant_memory=constant_memory) as book:
        yield book


@contextmanager
def packed_into(file: BinaryIO, *, constant_memory: bool = False, stop: threading.Event | None = None) -> Iterator[Any]:
    """Give an XlsxWriter workbook that is packed into `file` when the block ends well.

    Args:
        file: Empty.
        constant_memory: Keep one row in memory only; rows must then be written from top to bottom.
        stop: Ends the packing when it is set.

    Raises:
        OSError: `file` cannot be written.
        OutputError: What XlsxWriter lays aside cannot be written.
        Cancelled: `stop` was set.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    stop = stop or threading.Event()
    package = _Package(file, stop)
    folder = ""
    try:
        with _private_folder() as folder:
            options = {
                "constant_memory": constant_memory,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": folder,
                "use_zip64": True,
            }
            # Not by its own `with`, which packs what an error has ended, too.
            book = xlsxwriter.Workbook(package, options)
            try:
                yield book
                for sheet in book.worksheets() if constant_memory else ():
                    # The rows are copied once more before they are packed.
                    sheet.row_data_fh.read = stoppable(sheet.row_data_fh.read, stop)
                book.close()
            finally:
                package.drop()
                _close_files(book)
    except (OSError, FileCreateError) as error:
        cause: OSError = error if isinstance(error, OSError) else error.args[0]
        if cause is package.failure:
            raise cause from None
        raise unwritable(cause, Path(folder).parent if folder else Path(cause.filename or "")) from error


class _Package:
    """The file that XlsxWriter packs into, until `stop` is set.

    After it is dropped writes go nowhere: a ZipFile that an error has ended writes once more when it is collected.
    """

    def __init__(self, file: BinaryIO, stop: threading.Event) -> None:
        self.failure: OSError | None = None
        self._file: BinaryIO | None = file
        self._stop = stop
        self._place = 0

    def drop(self) -> None:
        self._file = None

    def write(self, data: bytes) -> int:
        if self._file is not None and self._stop.is_set():
            raise Cancelled("cancelled")
        self._do("write", data)
        self._place += len(data)
        return len(data)

    def seek(self, place: int) -> int:
        self._do("seek", place)
        self._place = place
        return place

    def tell(self) -> int:
        return self._place

    def flush(self) -> None:
        self._do("flush")

    def _do(self, what: str, *given: Any) -> None:
        if self._file is None:
            return
        try:
            getattr(self._file, what)(*given)
        except OSError as error:
            self.failure = error
            raise


def stoppable(read: Callable[[int], _T], stop: threading.Event) -> Callable[[int], _T]:
    """Return a `read` of a file that raises `Cancelled` once `stop` is set."""

    def read_on(size: int) -> _T:
        if stop.is_set():
            raise Cancelled("cancelled")
        return read(size)

    return read_on


def _close_files(book: Any) -> None:
    """Close what XlsxWriter leaves open where an error has ended it."""
    for sheet in book.worksheets():
        for file in (sheet.row_data_fh, sheet.fh):
            with contextlib.suppress(OSError):
                if file is not None:
                    file.close()


@contextmanager
def _private_folder() -> Iterator[str]:
    """Give a folder for what XlsxWriter lays aside, bare; whatever ends the block takes it away."""
    with (
        tempfile.TemporaryDirectory(prefix=_FOLDERS, dir=config.state_folder(), ignore_cleanup_errors=True) as folder,
        _lock(folder),
    ):
        yield folder


def _lock(folder: str | Path) -> "FileLock":
    from filelock import FileLock

    return FileLock(Path(folder, "lock"), timeout=0, mode=0o600, thread_local=False)


def sweep() -> None:
    """Remove the folders of writers that were killed; the lock says who is alive."""
    with contextlib.suppress(OSError):
        for folder in config.state_folder().glob(f"{_FOLDERS}*"):
            with contextlib.suppress(OSError), _lock(folder):
                shutil.rmtree(folder)


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
