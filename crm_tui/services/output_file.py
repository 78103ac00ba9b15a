"""Files that the program gives its manager: whole or not at all, for their owner's eyes only."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_tui.services.errors import OutputError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a private, empty file that becomes the file at `path` when the block ends well.

    Args:
        path: Where to; a file that is there is replaced.

    Raises:
        OutputError: It cannot be written there, or the block raised an OSError over it.
    """
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
    return OutputError("disk_full" if error.errno in _NO_ROOM else "output_unwritable", path=str(path))


@contextmanager
def _file_beside(target: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".crm-tui-", suffix=target.suffix)
    os.close(handle)
    try:
        yield Path(name)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
