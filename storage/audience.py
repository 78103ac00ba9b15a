"""Who may get a marketing message (R2, R47): with a verified contact, and without an opt-out of the channel."""

from collections.abc import Mapping

from crm_tui.core.query import Query
from crm_tui.core.vocabulary import Channel
from storage.search import condition, count
from storage.sql import Connection, RowMapping, text

_COLUMNS: Mapping[Channel, tuple[str, str, str]] = {
    Channel.EMAIL: ("email", "email_verified", "unsubscribe_email"),
    Channel.TEXTING: ("mobile_number", "mobile_number_verified", "unsubscribe_texting"),
}
"""The contact of a channel, whether it is verified, and the opt-out."""


def reachable(channel: Channel) -> str:
    """Return the condition for customers who may get a message, whether they are blocked or not."""
    contact, is_verified, opt_out = _COLUMNS[channel]
    return f"{contact} IS NOT NULL AND {is_verified} AND NOT {opt_out}"


def numbers(connection: Connection, query: Query, channel: Channel) -> RowMapping:
    """Return how many of those that a query finds may get a message (`reached`), and why others may not.

    Each of them is counted once, in the first that is true: `no_contact`, `unverified`, `opted_out`.
    """
    contact, is_verified, opt_out = _COLUMNS[channel]
    where, params = condition(connection, query, looks_at_rows=True)
    statement = f"""
        SELECT coalesce(sum({reachable(channel)}), 0) AS reached,
            coalesce(sum({contact} IS NULL), 0) AS no_contact,
            coalesce(sum({contact} IS NOT NULL AND NOT {is_verified}), 0) AS unverified,
            coalesce(sum({contact} IS NOT NULL AND {is_verified} AND {opt_out}), 0) AS opted_out
        FROM customer WHERE {where}"""
    return connection.execute(text(statement), params).mappings().one()


def barred(connection: Connection, query: Query) -> Mapping[str, int]:
    """Return how many `blocked` and how many `hidden` customers a query would find."""
    return {"blocked": count(connection, query, blocked=True), "hidden": count(connection, query, hidden=True)}
