"""The scratch database's staged half: the rows of a file as they were read and checked, and notes about them.

Functions take a DBAPI connection with the scratch database attached as `scratch`; they never commit. Whoever stages in
a process of its own needs no live database, and none of its libraries.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from storage.columns import COLUMNS_BY_KEY

PROFILE_COLUMNS = (*COLUMNS_BY_KEY.values(), "email_key", "custom", "search_text")
"""What a row of a file may say about a customer, tags apart."""
TAG_LIST_COLUMNS = ("id", "position", "key", "name")
"""The tags that a row gives, folded and as they stand; rows share a list."""
FAILED_COLUMNS = ("row_number", "cells", "problems")


FORM = "2"
"""Which tables, and how they are filled: what another release prepared cannot be applied."""


def create_tables(connection: Any) -> None:
    """Make the tables of a new scratch database."""
    profile = ", ".join(name for name in PROFILE_COLUMNS if name != "custom")
    # `tags`: a list in `tag_list`; `must_fold`: alone, too, it is more than a new customer as it stands.
    connection.execute(
        f"""CREATE TABLE scratch.staged (row_number INTEGER PRIMARY KEY, match_key TEXT NOT NULL, {profile},
            custom TEXT NOT NULL DEFAULT '{{}}', tags, must_fold INTEGER NOT NULL)"""
    )
    connection.execute(
        """CREATE TABLE scratch.tag_list (id INTEGER, position INTEGER, key TEXT, name TEXT, PRIMARY KEY (id, position))
           WITHOUT ROWID"""
    )
    # The mapped cells as they stood, of a good many rows in one text: they are looked at only where a row fails by what
    # it meets. `row_numbers`: the rows' distances from the first, as a JSON list.
    connection.execute("CREATE TABLE scratch.cells (first_row INTEGER PRIMARY KEY, row_numbers TEXT, text TEXT)")
    connection.execute("CREATE TABLE scratch.failed (row_number INTEGER PRIMARY KEY, cells, problems)")
    connection.execute("CREATE TABLE scratch.about (name TEXT PRIMARY KEY, value TEXT)")
    set_about(connection, "form", FORM)


def insert_many(connection: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table of the scratch database."""
    if not rows:
        return
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO scratch.{table} ({', '.join(columns)}) VALUES ({places})", rows)


def shift_rows(connection: Any, first_row: int, last_row: int, by: int) -> None:
    """Take `by` off the numbers of all rows from one to another; nobody has the numbers that they get."""
    for table, number in (("staged", "row_number"), ("failed", "row_number"), ("cells", "first_row")):
        connection.execute(
            f"UPDATE scratch.{table} SET {number} = {number} - ? WHERE {number} BETWEEN ? AND ?",
            (by, first_row, last_row),
        )


def tag_names(connection: Any, tag_list: int) -> tuple[str, ...]:
    """Return the tags of a staged row's list."""
    rows = connection.execute("SELECT name FROM scratch.tag_list WHERE id = ? ORDER BY position", (tag_list,))
    return tuple(name for (name,) in rows)


def keep_cells(connection: Any, row_numbers: Sequence[int], cells: Sequence[str]) -> None:
    """Keep the cells of staged rows as they stood.

    Args:
        connection: As ever.
        row_numbers: Ascending.
        cells: Of each row its cells, joined by NUL; every row has the same number of them.
    """
    if row_numbers:
        distances = json.dumps([number - row_numbers[0] for number in row_numbers])
        connection.execute("INSERT INTO scratch.cells VALUES (?, ?, ?)", (row_numbers[0], distances, "\0".join(cells)))


def staged_cells(connection: Any, row_number: int) -> list[str]:
    """Return the cells of a staged row as they stood."""
    first_row, row_numbers, text = connection.execute(
        "SELECT first_row, row_numbers, text FROM scratch.cells WHERE first_row <= ? ORDER BY first_row DESC LIMIT 1",
        (row_number,),
    ).fetchone()
    distances = json.loads(row_numbers)
    cells: list[str] = text.split("\0")
    width = len(cells) // len(distances)
    place = distances.index(row_number - first_row)
    return cells[place * width : (place + 1) * width]


def staged_row(connection: Any, row_number: int) -> tuple[str, int | None, int | None] | None:
    """Return what a staged row is matched by, whom it meets, and the first row of the file that makes or changes them.

    None where no such row is staged.
    """
    row = connection.execute(
        """SELECT s.match_key, m.customer_id,
                  (SELECT min(row_number) FROM scratch.staged o WHERE o.match_key = s.match_key
                   AND o.row_number NOT IN (SELECT row_number FROM scratch.plan_failed))
           FROM scratch.staged s LEFT JOIN scratch.met m ON m.row_number = s.row_number WHERE s.row_number = ?""",
        (row_number,),
    ).fetchone()
    return None if row is None else tuple(row)


def failed_row(connection: Any, row_number: int) -> str | None:
    """Return the problems (JSON) of a row that fails; None where it does not."""
    row = connection.execute(
        """SELECT problems FROM scratch.failed WHERE row_number = ?
           UNION ALL SELECT problems FROM scratch.plan_failed WHERE row_number = ?""",
        (row_number, row_number),
    ).fetchone()
    return None if row is None else row[0]


def set_about(connection: Any, name: str, value: str) -> None:
    """Keep a note about the prepared import with its rows."""
    connection.execute("INSERT OR REPLACE INTO scratch.about VALUES (?, ?)", (name, value))


def get_about(connection: Any, name: str) -> str | None:
    """Return a note of `set_about`; the connection may also be one to the scratch database alone."""
    row = connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def failed_rows(connection: Any, limit: int = -1) -> Iterator[tuple[int, str, str]]:
    """Yield row number, cells and problems (JSON) of the rows that fail, in file order."""
    yield from connection.execute(
        """SELECT row_number, cells, problems FROM scratch.failed
           UNION ALL SELECT row_number, cells, problems FROM scratch.plan_failed ORDER BY 1 LIMIT ?""",
        (limit,),
    )
