"""The text index of the search, in parts: each holds the customers of a range of ids, up to some of them.

A part is filled a little at a time, behind the program's back, and is never changed otherwise. Customers who change
meanwhile are noted by triggers (`storage.tables`); a part with many of them is emptied, and filled again. So is one
that holds somebody who was deleted for good: no letter of them may stay (R49). A search looks at all others itself.
Parts that another release has filled in another form are as good as none.

Functions take a DBAPI connection and never commit.
"""

from collections.abc import Sequence
from typing import Any

from storage import settings
from storage.dialects import text_index
from storage.dialects.sqlite import MAX_INTEGER, highest_id

FORM = 1
"""Of what a part holds (`storage.grams`): whoever changes that raises this."""
PART_BITS = 18
"""A part holds ids that differ in so many bits: emptied for one, it is full again after some seconds."""
MOST_STALE = 2000
"""Customers of one part who may have changed; each is looked at one by one in every search."""
_FORM_SETTING, _FIRST_FORM = "search_form", 1
"""The setting that says in which form all parts are; it is not there where it is the first."""


def table_of(part: int) -> str:
    """Return the name of a part's table."""
    return f"search_text_{part}"


def first_id(part: int) -> int:
    """Return the lowest id that is a part's."""
    return part << PART_BITS


def last_id(part: int) -> int:
    """Return the highest id that is a part's."""
    return first_id(part + 1) - 1


def held(connection: Any) -> list[tuple[int, int]]:
    """Return the parts that hold somebody, each with the id up to which it holds everybody."""
    if not _is_in_our_form(connection):
        return []
    return list(connection.execute("SELECT part, last_id FROM search_part ORDER BY part"))


def _is_in_our_form(connection: Any) -> bool:
    return (settings.read(connection, _FORM_SETTING) or str(_FIRST_FORM)) == str(FORM)


def askable(connection: Any) -> tuple[list[tuple[int, int]], list[int]]:
    """Return those of `held` that are worth asking, and which of these hold customers as they were.

    A part with very many of those is read from end to end sooner than they are looked at one by one.
    """
    parts = held(connection)
    if not parts or connection.execute("SELECT 1 FROM search_stale LIMIT 1").fetchone() is None:
        return parts, []
    some = "SELECT 1 FROM search_stale WHERE customer_id BETWEEN ? AND ? LIMIT ?"
    stale = {}
    for part, _ in parts:
        between = (first_id(part), last_id(part), MOST_STALE + 1)
        stale[part] = connection.execute(f"SELECT count(*) FROM ({some})", between).fetchone()[0]
    asked = [(part, end) for part, end in parts if stale[part] <= MOST_STALE]
    return asked, [part for part, _ in asked if stale[part]]


def stale_of(parts: Sequence[int]) -> str:
    """Return a SELECT of the customers whom some parts hold as they were."""
    listed = ",".join(map(str, parts))
    within = f"customer_id BETWEEN p.value << {PART_BITS} AND (p.value << {PART_BITS}) + {(1 << PART_BITS) - 1}"
    return f"SELECT customer_id FROM json_each('[{listed}]') p CROSS JOIN search_stale ON {within}"


def ranges_without(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges of ids, first and last, that the given of `held` do not hold."""
    ranges, begin = [], 0
    for part, end in parts:
        if begin < first_id(part):
            ranges.append((begin, first_id(part) - 1))
        begin = end + 1
    return [*ranges, (begin, MAX_INTEGER)]


def count_without(connection: Any, most: int) -> int:
    """Return how many customers no part holds, counted up to `most`."""
    number = 0
    for low, high in ranges_without(held(connection)):
        some = "SELECT 1 FROM customer WHERE id BETWEEN ? AND ? LIMIT ?"
        number += connection.execute(f"SELECT count(*) FROM ({some})", (low, high, most - number)).fetchone()[0]
        if number >= most:
            break
    return number


def count_customers(connection: Any) -> int:
    """Return how many customers there are, blocked and hidden ones too."""
    number: int = connection.execute("SELECT count(*) FROM customer").fetchone()[0]
    return number


def count_stale(connection: Any) -> int:
    """Return how many customers the parts hold as they were."""
    number: int = connection.execute("SELECT count(*) FROM search_stale").fetchone()[0]
    return number


def worn(connection: Any) -> list[int]:
    """Return the parts that hold too many customers as they were, or all where they are in another form."""
    if not _is_in_our_form(connection):
        return [part for (part,) in connection.execute("SELECT part FROM search_part")]
    some = f"SELECT customer_id >> {PART_BITS} FROM search_stale GROUP BY 1 HAVING count(*) > {MOST_STALE}"
    return [part for (part,) in connection.execute(some)]


def fill(connection: Any, most: int) -> int:
    """Take up to `most` customers whom no part holds into the one they belong to; return how many, 0 when all are held.

    Where the library has no text index nobody is.
    """
    if not text_index.is_available(connection):
        return 0
    _take_on_form(connection)
    for low, high in ranges_without(held(connection)):
        found = connection.execute("SELECT min(id) FROM customer WHERE id BETWEEN ? AND ?", (low, high)).fetchone()[0]
        if found is not None:
            return _fill_from(connection, found, most)
    return 0


def _take_on_form(connection: Any) -> None:
    if _is_in_our_form(connection):
        return
    for part in worn(connection):
        forget(connection, part)
    settings.write(connection, _FORM_SETTING, str(FORM))


def _fill_from(connection: Any, first: int, most: int) -> int:
    from storage.grams import indexed_text  # and all of the query: whoever only opens a database needs none of it

    part = first >> PART_BITS
    rows = connection.execute(
        "SELECT id, name, search_text FROM customer WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (first, last_id(part), most),
    ).fetchall()
    texts = ((customer, indexed_text(name, searched)) for customer, name, searched in rows)
    text_index.add(connection, table_of(part), texts)
    # An id that was passed over is never given to anybody else.
    end = rows[-1][0] if len(rows) == most else min(last_id(part), max(rows[-1][0], highest_id(connection, "customer")))
    connection.execute("INSERT OR REPLACE INTO search_part (part, last_id) VALUES (?, ?)", (part, end))
    return len(rows)


def forget(connection: Any, part: int) -> None:
    """Empty a part: it holds nobody any more."""
    text_index.make_empty(connection, table_of(part))
    connection.execute("DELETE FROM search_part WHERE part = ?", (part,))
    connection.execute("DELETE FROM search_stale WHERE customer_id BETWEEN ? AND ?", (first_id(part), last_id(part)))


def forget_deleted(connection: Any) -> None:
    """Empty the parts that hold somebody who is there no more."""
    gone = (
        f"SELECT DISTINCT customer_id >> {PART_BITS} FROM search_stale s "
        "WHERE NOT EXISTS (SELECT 1 FROM customer WHERE id = s.customer_id)"
    )
    for (part,) in connection.execute(gone).fetchall():
        forget(connection, part)
