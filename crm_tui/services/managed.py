"""Managed users (R5): how many there are, how many there may be, and who is hidden above that."""

from dataclasses import dataclass

from crm_tui.core.permissions import Permission
from crm_tui.core.text import fold
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import UsageError
from crm_tui.services.profiles import Customer, customer_of
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from storage import customers as stored_customers
from storage import hiding as stored
from storage import revision
from storage.sql import Connection, driver_connection

MAX_LIMIT = 1_000_000_000
NO_LIMIT = "none"
"""As it is typed."""
HIDDEN = Selection(query="", hidden=True)
"""All who are hidden."""
_SHOWN = 500
"""Hidden customers whom a screen lists; the others are found by a text."""


@dataclass(frozen=True, slots=True)
class ManagedUsers:
    """MU (R5) and what it is made of."""

    total: int
    """Customers in the contact list."""
    members: int
    leads: int
    blocked: int
    """Not in `total`."""
    hidden: int = 0
    """Seen longest ago, over the limit: not in `total`, not deleted."""
    limit: int | None = None
    """How many the contact list takes; None: all."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Customers over the limit of managed users."""

    count: int
    customers: tuple[Customer, ...]
    """The first of them, those seen last first."""


def managed(workspace: Workspace) -> ManagedUsers:
    """Return MU (R5)."""
    with workspace.reading(Permission.SEE) as connection:
        return read_managed(connection)


def read_managed(connection: Connection) -> ManagedUsers:
    """Return MU, on an open connection."""
    numbers = stored_customers.totals(connection)
    total = numbers["everyone"] - numbers["blocked"] - numbers["hidden"]
    members = numbers["members"] - numbers["blocked_members"] - numbers["hidden_members"]
    limit = stored.limit(driver_connection(connection))
    return ManagedUsers(total, members, total - members, numbers["blocked"], numbers["hidden"], limit)


def forecast(now: ManagedUsers, change: int) -> tuple[int, int]:
    """Return MU and how many are hidden when there are `change` more customers who are not blocked."""
    everybody = max(0, now.total + now.hidden + change)
    hidden = hidden_by(now, now.limit, change)
    return everybody - hidden, hidden


def hidden_by(now: ManagedUsers, limit: int | None, change: int = 0) -> int:
    """Return how many are hidden by a limit when there are `change` more customers who are not blocked."""
    return 0 if limit is None else max(0, now.total + now.hidden + change - limit)


def parse_limit(text: str) -> int | None:
    """Return a limit as it is typed: a number, with or without commas, or "none".

    Raises:
        UsageError: "limit_invalid": it is neither.
    """
    typed = text.strip().replace(",", "")
    if typed.casefold() == NO_LIMIT:
        return None
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:20]) <= MAX_LIMIT):
        raise UsageError("limit_invalid", most=f"{MAX_LIMIT:,}")
    return int(typed)


def set_limit(workspace: Workspace, limit: int | None) -> ManagedUsers:
    """Set how many customers the contact list takes (what `parse_limit` gives); return what that makes of it.

    Those seen longest ago are hidden above it, and come back when there is room again.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        raw = driver_connection(connection)
        if stored.limit(raw) != limit:
            stored.set_limit(raw, limit)
            revision.customers_changed(raw)
            record(connection, workspace, ActivityKind.LIMIT_SET, limit=limit, hidden=stored.hidden(raw))
        return read_managed(connection)


def count_hidden(workspace: Workspace) -> int:
    """Return how many customers are hidden; much faster than all of `managed`."""
    with workspace.reading(Permission.SEE) as connection:
        return stored.hidden(driver_connection(connection))


def hidden(workspace: Workspace, text: str = "", limit: int = _SHOWN) -> Hidden:
    """Return the customers who are hidden, or those of them whose name, e-mail or mobile number has a text."""
    with workspace.reading(Permission.SEE) as connection:
        count, ids = stored.hidden_with(connection, fold(text.strip()), limit)
        rows = stored_customers.by_ids(connection, ids)
        return Hidden(count, tuple(customer_of(rows[one]) for one in ids))
