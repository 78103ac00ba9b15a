"""All of stderr, and the exit codes."""

import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path

import platformdirs

from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError, ImportRunning, UsageError


class Exit(IntEnum):
    """What a command's end means."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    SOME_FAILED = 3
    IMPORT_RUNNING = 5
    INTERRUPTED = 130


def say(text: str) -> None:
    """Write a line of narration."""
    print(make_visible(text) if sys.stderr.isatty() else text, file=sys.stderr)


def progress(text: str) -> None:
    """Overwrite the line of progress; only a terminal sees it."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{make_visible(text)}", end="", file=sys.stderr, flush=True)


def refuse(error: CrmError) -> Exit:
    """Say why nothing was done; return the exit code."""
    say(describe_error(error))
    match error:
        case ImportRunning():
            return Exit.IMPORT_RUNNING
        case UsageError():
            return Exit.USAGE
        case _:
            return Exit.REFUSED


def log_bug() -> Exit:
    """Keep the traceback in a private file; the terminal gets a sentence without anybody's data."""
    folder = Path(platformdirs.user_state_dir("crm-tui"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "crash.log"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        traceback.print_exc(file=file)
    say(t("cli.bug", path=path))
    return Exit.REFUSED
