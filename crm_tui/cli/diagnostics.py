"""All of stderr, and the exit codes."""

import contextlib
import sys
from enum import IntEnum

from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import Cancelled, CrmError, Forbidden, ImportRunning, UsageError


class Exit(IntEnum):
    """What a command's end means."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    SOME_FAILED = 3
    FORBIDDEN = 4
    IMPORT_RUNNING = 5
    INTERRUPTED = 130


class WrongUsage(Exception):
    """The options do not fit together; the text is a sentence that says how they would."""


def say(text: str) -> None:
    """Write a line of narration: it is for people, and a pipe may end at a terminal."""
    _write(f"{make_visible(text)}\n")


def ask(question: str) -> str | None:
    """Return what the manager answers, None when the input ends."""
    _write(question)
    answer = sys.stdin.readline()
    return answer.strip() if answer else None


def progress(text: str) -> None:
    """Overwrite the line of progress; only a terminal sees it."""
    if sys.stderr.isatty():
        from crm_tui.cli.cells import columns, cut

        # One cell is left free: a full line would wrap, and "\r" would come back to its second half.
        _write(f"\r\x1b[K{cut(make_visible(text), columns() - 1)}")


def _write(text: str) -> None:
    # A terminal that was hung up takes nothing any more, and that must not end what is being done.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def exit_code(error: CrmError) -> Exit:
    """Return the exit code of what was refused."""
    match error:
        case ImportRunning():
            return Exit.IMPORT_RUNNING
        case Forbidden():
            return Exit.FORBIDDEN
        case UsageError():
            return Exit.USAGE
        case Cancelled():
            return Exit.INTERRUPTED
        case _:
            return Exit.REFUSED


def refuse(error: CrmError) -> Exit:
    """Say why nothing was done; return the exit code."""
    say(describe_error(error))
    return exit_code(error)


def report_bug(error: Exception) -> Exit:
    """Keep the traceback in the private log; the terminal gets a sentence without anybody's data."""
    from crm_tui.services.crash import log_crash

    path = log_crash(error)
    say(t("cli.bug", path=path) if path else t("cli.bug_unlogged", kind=type(error).__name__))
    return Exit.REFUSED
