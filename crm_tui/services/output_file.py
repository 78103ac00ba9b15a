"""Files that the program gives its manager: whole or not at all, for their owner's eyes only.

A file is written under a hidden name beside its place, which a note in the program's own folder remembers: where the
process is killed, the next one removes what it wrote. A lock says whether the writer is alive.
"""

import contextlib
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui import config
from crm_tui.services.errors import OutputError, code_of, unwritable

if TYPE_CHECKING:
    from filelock import FileLock

_HIDDEN = ".crm-tui-"
_NOTES, _NOTE = "output-", ".path"


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a private, empty file that becomes the file at `path` when the block ends well.

    Args:
        path: Where to; a file that is there is replaced.

    Raises:
        OutputError: It cannot be written there, or the block raised an OSError over it.
    """
    sweep()
    try:
        target = Path(os.path.realpath(path))  # a link stays one
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise OutputError("output_not_file", path=str(path))
        with _file_beside(target) as name:
            yield name
    except OSError as error:
        raise unwritten(error, path) from error


def unwritten(error: OSError, path: Path) -> OutputError:
    """Return what the operating system has against a file."""
    return OutputError(code_of(error, "output_unwritable"), path=str(path))


@contextmanager
def _file_beside(target: Path) -> Iterator[Path]:
    name = target.with_name(f"{_HIDDEN}{uuid.uuid4().hex}{target.suffix}")
    with _noted(name):
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            yield name
            os.replace(name, target)
        except BaseException:
            name.unlink(missing_ok=True)
            raise


@contextmanager
def _noted(name: Path) -> Iterator[None]:
    """Keep a note of a file while it is being written."""
    try:
        note = config.state_folder() / f"{_NOTES}{uuid.uuid4().hex}{_NOTE}"
        lock = _lock(note)
        lock.acquire()
    except OSError as error:
        raise unwritable(error, Path(error.filename or "")) from error
    try:
        _write(note, os.fsencode(name))
        yield
    finally:
        note.unlink(missing_ok=True)
        _release(lock)


def _write(note: Path, content: bytes) -> None:
    try:
        note.write_bytes(content)
    except OSError as error:
        raise unwritable(error, note) from error


def _lock(note: Path) -> "FileLock":
    from filelock import FileLock

    # Beside the note: on Windows nobody can read what is locked.
    return FileLock(note.with_suffix(".lock"), timeout=0, mode=0o600, thread_local=False)


def _release(lock: "FileLock") -> None:
    lock.release()
    Path(lock.lock_file).unlink(missing_ok=True)


def sweep() -> None:
    """Remove files whose writers were killed, in whatever folder they lie."""
    with contextlib.suppress(OSError):
        for note in config.state_folder().glob(f"{_NOTES}*{_NOTE}"):
            with contextlib.suppress(OSError):  # its writer is alive, or another process was faster
                _sweep(note)


def _sweep(note: Path) -> None:
    lock = _lock(note)
    lock.acquire()
    try:
        name = Path(os.fsdecode(note.read_bytes()))
        # Where the folder is away, like a stick that was drawn out, the note waits for it.
        if name.parent.is_dir() and name.name.startswith(_HIDDEN):
            name.unlink(missing_ok=True)
            note.unlink(missing_ok=True)
    finally:
        _release(lock)
