"""What the operating system and SQLite say about bad circumstances, each with one code."""

import errno

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""EFBIG: the system lets no file of this process become so large."""

_SIGNS = (
    ("locked", "database_busy"),
    ("busy", "database_busy"),
    ("locking protocol", "database_busy"),
    ("full", "disk_full"),
    ("disk i/o", "disk_error"),
    ("readonly", "database_readonly"),
    ("unable to open", "database_readonly"),
    ("malformed", "database_unreadable"),
    ("not a database", "database_unreadable"),
    ("unsupported file format", "database_unreadable"),
    ("encrypted", "database_unreadable"),
)
"""What SQLite's message holds. Whatever else it says is a mistake of ours, or a statement that was stopped."""


def has_no_room(error: OSError) -> bool:
    """Say whether something could not be written for want of room."""
    return error.errno in _NO_ROOM


def code_of(message: str) -> str | None:
    """Return the code of what SQLite says, None where it is not about circumstances."""
    lower = message.lower()
    return next((code for sign, code in _SIGNS if sign in lower), None)
