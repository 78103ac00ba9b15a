"""The limit of managed users (R5): above it, those seen longest ago are hidden from the contact list.

Blocked customers are not managed users and never hidden. Functions take a DBAPI connection, where nothing else is said.
"""

from typing import Any

from storage import settings
from storage.columns import LISTED
from storage.dialects.sqlite import MAX_INTEGER
from storage.sql import Connection, text

LIMIT = "managed_users_limit"
"""The name of the setting; its value is a number, and is not there where there is no limit."""
_DIGITS = len(str(MAX_INTEGER))
_SEEN = f"FROM customer INDEXED BY ix_customer_seen WHERE {LISTED}"
_HIDDEN = "FROM customer INDEXED BY ix_customer_hidden WHERE is_hidden"


def limit(connection: Any) -> int | None:
    """Return how many customers the contact list takes; None: all."""
    text = settings.read(connection, LIMIT) or ""
    # What somebody has made no number behind the program's back limits nothing, until it is set again.
    return min(int(text), MAX_INTEGER) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def set_limit(connection: Any, number: int | None) -> None:
    """Set how many customers the contact list takes; None: all. `keep_limit` acts on it."""
    if number is None:
        settings.remove(connection, LIMIT)
    else:
        settings.write(connection, LIMIT, str(number))


def hidden(connection: Any) -> int:
    """Return how many customers are hidden."""
    number: int = connection.execute("SELECT count(*) FROM customer WHERE is_hidden").fetchone()[0]
    return number


def hidden_with(connection: Connection, part: str, limit: int) -> tuple[int, list[int]]:
    """Return how many hidden customers have a folded text in what is searched, and the first of them, seen last first.

    Args:
        connection: SQLAlchemy's.
        part: The text; "" for all.
        limit: How many ids at most.
    """
    found = f"{_HIDDEN} AND (:part = '' OR instr(search_text, :part) > 0)"
    params = {"part": part, "limit": limit}
    count: int = connection.execute(text(f"SELECT count(*) {found}"), params).scalar_one()
    page = text(f"SELECT id {found} ORDER BY last_seen_at DESC, id DESC LIMIT :limit")
    return count, list(connection.execute(page, params).scalars())


def keep_limit(connection: Any) -> None:
    """Hide those seen longest ago while the list is too long; show those seen last while it has room.

    Nobody hidden was then seen later than somebody listed.
    """
    allowed = limit(connection)
    if allowed is None:
        connection.execute("UPDATE customer SET is_hidden = 0 WHERE is_hidden")
        return
    surplus = _listed(connection) - allowed
    if surplus > 0:
        _hide(connection, surplus)
    elif surplus < 0:
        _show(connection, -surplus)
    # One change may take somebody off the list and put somebody on it who was seen before the hidden ones.
    (misplaced,) = connection.execute(
        f"SELECT count(*) {_SEEN} AND (last_seen_at, id) <"
        f" (SELECT last_seen_at, id {_HIDDEN} ORDER BY last_seen_at DESC, id DESC LIMIT 1)"
    ).fetchone()
    if misplaced:
        # As many of each side at most stand on the wrong one.
        _show(connection, misplaced)
        _hide(connection, _listed(connection) - allowed)


def _listed(connection: Any) -> int:
    number: int = connection.execute(
        "SELECT (SELECT count(*) FROM customer) - (SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL)"
        " - (SELECT count(*) FROM customer WHERE is_hidden)"
    ).fetchone()[0]
    return number


def _hide(connection: Any, number: int) -> None:
    connection.execute(
        f"UPDATE customer SET is_hidden = 1 WHERE id IN (SELECT id {_SEEN} ORDER BY last_seen_at, id LIMIT ?)",
        (number,),
    )


def _show(connection: Any, number: int) -> None:
    connection.execute(
        "UPDATE customer SET is_hidden = 0"
        f" WHERE id IN (SELECT id {_HIDDEN} ORDER BY last_seen_at DESC, id DESC LIMIT ?)",
        (number,),
    )
