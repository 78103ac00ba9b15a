"""What a fault of the program leaves behind: a private log, shared by both fronts; no customer reaches the terminal."""

import os
import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

from crm_tui import __version__, config

_MAX_BYTES = 1 << 20
"""A longer log is begun anew: the newest fault is the one that is asked about."""


def log_crash(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log; return its path, None where it cannot be written.

    The file is readable by its owner only: the text of an exception may quote a customer.
    """
    try:
        path = config.state_folder() / "crash.log"
        begin_anew = path.exists() and path.stat().st_size > _MAX_BYTES
        flags = os.O_CREAT | os.O_WRONLY | (os.O_TRUNC if begin_anew else os.O_APPEND)
        with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8", errors="backslashreplace") as file:
            path.chmod(0o600)
            where = f"crm-tui {__version__}, Python {platform.python_version()}, {platform.system()}"
            file.write(f"\n{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {where}\n")
            traceback.print_exception(error, file=file)
    except OSError:
        return None
    return path
