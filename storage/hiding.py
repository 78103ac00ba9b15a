"""The limit of managed users (R5): above it, those seen longest ago are hidden from the contact list.

Blocked customers are not managed users and never hidden. Functions take a DBAPI connection.
"""

from typing import Any

LIMIT = "managed_users_limit"
"""The name of the setting; its value is a number, and is not there where there is no limit."""
_LISTED = "blocked_at IS NULL AND NOT is_hidden"


def limit(connection: Any) -> int | None:
    """Return how many customers the contact list takes; None: all."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (LIMIT,)).fetchone()
    return None if row is None else int(row[0])


def set_limit(connection: Any, number: int | None) -> None:
    """Set how many customers the contact list takes; None: all. `keep_limit` acts on it."""
    connection.execute("DELETE FROM setting WHERE name = ?", (LIMIT,))
    if number is not None:
        connection.execute("INSERT INTO setting (name, value) VALUES (?, ?)", (LIMIT, str(number)))


def hidden(connection: Any) -> int:
    """Return how many customers are hidden."""
    number: int = connection.execute("SELECT count(*) FROM customer WHERE is_hidden").fetchone()[0]
    return number


def keep_limit(connection: Any) -> None:
    """Hide those seen longest ago while the list is too long; show those seen last while it has room.

    Who is seen is shown by whoever notes the visit: nobody hidden was then seen later than somebody listed.
    """
    allowed = limit(connection)
    if allowed is None:
        connection.execute("UPDATE customer SET is_hidden = 0 WHERE is_hidden")
        return
    (listed,) = connection.execute(
        "SELECT (SELECT count(*) FROM customer) - (SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL)"
        " - (SELECT count(*) FROM customer WHERE is_hidden)"
    ).fetchone()
    if listed > allowed:
        connection.execute(
            f"UPDATE customer SET is_hidden = 1 WHERE id IN (SELECT id FROM customer INDEXED BY ix_customer_seen"
            f" WHERE {_LISTED} ORDER BY last_seen_at, id LIMIT ?)",
            (listed - allowed,),
        )
    elif listed < allowed:
        connection.execute(
            "UPDATE customer SET is_hidden = 0 WHERE id IN (SELECT id FROM customer INDEXED BY ix_customer_hidden"
            " WHERE is_hidden ORDER BY last_seen_at DESC, id DESC LIMIT ?)",
            (allowed - listed,),
        )
