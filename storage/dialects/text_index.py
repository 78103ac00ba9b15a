"""SQLite's FTS5 as a text index: it finds any three characters in a row, and keeps none of the texts.

Functions take a DBAPI connection. Where the library has no FTS5 nothing can be added or found; what another library has
added can be removed all the same.
"""

from collections.abc import Iterable
from typing import Any

_FIRST = (3, 34, 0)
"""The first version with the tokenizer that is used."""
_SHADOWS = ("data", "idx")
"""Tables in which FTS5 keeps what is indexed: `<name>_data` and so on; others hold how."""
_NOTHING = "(1, x''), (10, x'00000000000000')"
"""What `<name>_data` holds of an empty index: its averages and its structure. Without them older versions refuse it."""
_HELD_BYTES = 32 * 1024 * 1024
"""Words that are held in memory before they are written; less is written again and again as they are put in order."""


def is_available(connection: Any) -> bool:
    """Say whether the library can make and ask such an index."""
    version = tuple(int(part) for part in connection.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    modules = "SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'"
    return version >= _FIRST and bool(connection.execute(modules).fetchone()[0])


def add(connection: Any, table: str, texts: Iterable[tuple[int, str]]) -> None:
    """Add texts by id to the index called `table`, which is made where there is none; none of the ids is in it."""
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5("
        "text, content='', columnsize=0, detail=full, tokenize='trigram case_sensitive 1')"
    )
    connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {_HELD_BYTES})")
    connection.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", texts)


def make_empty(connection: Any, table: str) -> None:
    """Remove all that an index holds, if there is one; with `secure_delete` on it is overwritten."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is None:
        return
    if is_available(connection):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        return
    for shadow in _SHADOWS:
        connection.execute(f"DELETE FROM {table}_{shadow}")
    connection.execute(f"INSERT INTO {table}_data (id, block) VALUES {_NOTHING}")
