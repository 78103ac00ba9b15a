"""Bad circumstances (a file gone, a database locked, a disk full): one small tree, a code each, no sentence.

`crm_tui.i18n` says them; bad *data* is never raised but returned as a `Problem`.
"""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from storage.circumstances import has_no_room


class CrmError(Exception):
    """The base: nothing was written, and `code` with `params` says what to do about it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class UsageError(CrmError):
    """What was asked for makes no sense as it was written."""


class SourceError(CrmError):
    """A file cannot be imported."""


class DatabaseError(CrmError):
    """The database cannot be read or written."""


class ImportRunning(CrmError):
    """Another import is running (R35); `who` and `since` (UTC epoch milliseconds) say whose."""


class NotFound(CrmError):
    """There is no such customer, import or field."""


class Forbidden(CrmError):
    """The manager may not do it (R51): "permission_refused" with `permission` and `owners`, "manager_unknown"."""


class Cancelled(CrmError):
    """The manager stopped it."""


class OutputError(CrmError):
    """A file cannot be written."""


Word = TypeVar("Word", bound=StrEnum)


def known(kind: type[Word], stored: str) -> Word:
    """Return a word as the database holds it.

    Raises:
        DatabaseError: This program does not know it: somebody else, or a newer program, wrote it.
    """
    try:
        return kind(stored)
    except ValueError:
        raise DatabaseError("word_unknown", word=str(stored)) from None


def code_of(error: OSError, otherwise: str) -> str:
    """Return the code of what the operating system says: that there is no room, or else `otherwise`."""
    return "disk_full" if has_no_room(error) else otherwise


def unwritable(error: OSError, path: Path) -> OutputError:
    """Return what the operating system says about the program's own folder."""
    return OutputError(code_of(error, "state_unwritable"), path=str(path))
