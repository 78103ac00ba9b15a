"""How many customers a query finds.

Few are looked at one by one. Of many no row is looked at: what one index gives is passed through, and looked for in
what the others give. A tag is looked for by the customer, whose links stand together.
"""

from crm_tui.core.query import Query
from crm_tui.core.query.nodes import InRange, Node, Not, OneOf
from storage.columns import AWAY
from storage.search.asked import Asked
from storage.search.conditions import (
    NOT_AWAY,
    VISIBLE,
    VISIBLE_IN_TABLE,
    Writer,
    carried_alone,
    condition,
    visible_in,
)
from storage.search.indexes import SEARCHED, read_off
from storage.sql import Connection, text

_WIDE = 200_000
"""Ids that are better passed through once than kept to look others up in them."""


def count(connection: Connection, query: Query, *, blocked: bool = False, hidden: bool = False) -> int:
    """Return how many customers a query finds, in the contact list or among those who are blocked or hidden."""
    if blocked or hidden:
        where, params = condition(connection, query, blocked=blocked, hidden=hidden)
        number: int = connection.execute(text(f"SELECT count(*) FROM customer WHERE {where}"), params).scalar_one()
        return number
    return counted(Asked(connection, query))


def counted(asked: Asked) -> int:
    """Return how many customers of the contact list are found."""
    if asked.root is None:
        return visible(asked)
    if (links := carried_alone(asked.root)) is not None:
        return _carrying(asked, *links)
    if isinstance(asked.root, Not):
        return visible(asked) - count(asked.connection, Query(asked.root.part))
    if not asked.writer().is_text(asked.root) and asked.few is not None:
        found, params = asked.among(asked.few)
        return asked.number(f"SELECT count(*) FROM {found}", params)
    return _many(asked, asked.root)


def visible(asked: Asked) -> int:
    """Return how many customers are in the contact list."""
    return asked.number(f"SELECT (SELECT count(*) FROM customer) - (SELECT count(*) FROM ({AWAY}))", {})


def _carrying(asked: Asked, kind: str, key: str) -> int:
    # All links are counted in their index alone; the few of those who are not listed are taken off again.
    tag = f"(SELECT id FROM {kind} WHERE key = :q0)"
    everybody = f"SELECT count(*) FROM customer_{kind} WHERE {kind}_id = {tag}"
    barred = (
        f"SELECT count(*) FROM ({AWAY}) c CROSS JOIN customer_{kind} l ON l.customer_id = c.id AND l.{kind}_id = {tag}"
    )
    return asked.number(f"SELECT ({everybody}) - ({barred})", {"q0": key})


def _many(asked: Asked, root: Node) -> int:
    writer = asked.writer()
    parts = asked.parts(writer)
    home = asked.indexes.home_of(root)
    if home is not None and not any(writer.is_text(part) or asked.indexes.is_link(part) for part in parts):
        found = f"{read_off(home)} WHERE {visible_in(home)} AND {writer.test(root)}"
        return asked.number(f"SELECT count(*) FROM {found}", writer.params)
    passed = None if asked.indexes.needs_rows(root) else _passed_through(asked, parts)
    if passed is None:
        looks_at_rows = asked.indexes.needs_rows(root) or any(map(writer.is_text, parts))
        sets = writer.sets(root, plus="" if looks_at_rows else "+")
        found = f"customer WHERE {VISIBLE_IN_TABLE if looks_at_rows else VISIBLE} AND {sets}"
    else:
        # The limit keeps the conditions out of what is passed through.
        found = f"(SELECT id FROM ({writer.source(passed, scans=True)}) LIMIT -1) AS customer WHERE {NOT_AWAY}"
        for part in parts:
            found += "" if part is passed else f" AND {_looked_for(asked, writer, part)}"
    return asked.number(f"SELECT count(*) FROM {found}", writer.params)


def _passed_through(asked: Asked, parts: list[Node]) -> Node | None:
    """Return the condition whose customers are passed through, all others being looked for; None where there is none.

    The text index, and the search texts, give ids in their order, in which they are looked for fastest.
    """
    writer = asked.writer()
    given = [part for part in parts if writer.source(part, scans=True) is not None]
    links = [part for part in given if asked.indexes.is_link(part)]
    texts = [part for part in given if writer.is_text(part) or asked.indexes.home_of(part) == SEARCHED]
    values = [part for part in given if part not in links and part not in texts]
    if texts:
        wide = (part for part in values if _is_wide(asked, part) and not _is_narrow_without(asked, part))
        return next(wide, texts[0])
    if links:
        # Customers with one and the same value stand in the order of their ids as well.
        equal = [part for part in values if isinstance(part, OneOf) and not _is_wide(asked, part)]
        return min((*links, *equal), key=lambda part: _size(asked, part, -1))
    return max(values, key=lambda part: _size(asked, part, _WIDE), default=None)


def _looked_for(asked: Asked, writer: Writer, part: Node) -> str:
    if asked.indexes.is_link(part):
        return writer.test(part)
    if isinstance(part, InRange) and _is_wide(asked, part) and _is_narrow_without(asked, part):
        return f"id NOT IN ({writer.source_without(part)})"
    return writer.sets(part, plus="")


def _is_wide(asked: Asked, part: Node) -> bool:
    return _size(asked, part, _WIDE) == _WIDE


def _size(asked: Asked, part: Node, most: int) -> int:
    writer = asked.writer()
    return asked.number(f"SELECT count(*) FROM (SELECT 1 FROM ({writer.source(part)}) LIMIT {most})", writer.params)


def _is_narrow_without(asked: Asked, part: Node) -> bool:
    """Say whether those whom a condition leaves out are fewer than those whom it means."""
    if not isinstance(part, InRange) or asked.indexes.home_of(part) is None:
        return False
    writer = asked.writer()
    without = f"SELECT 1 FROM ({writer.source_without(part)}) LIMIT {_WIDE}"
    return asked.number(f"SELECT count(*) FROM ({without})", writer.params) < _WIDE
