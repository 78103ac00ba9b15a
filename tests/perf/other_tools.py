"""What people import CSV files into a database with today, as far as it is installed."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SQLITE, SQLITE_UTILS, CSVSQL = "sqlite3", "sqlite-utils", "csvsql"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of another tool."""

    label: str
    words: tuple[str, ...]
    is_fresh: bool = True
    """Into a new database; else into that of the command before."""
    is_slow: bool = False
    """Given fewer rows."""


def find_tool(name: str, folder: Path | None) -> str | None:
    """Return the program of a name, from `folder` rather than from the PATH."""
    return (folder and shutil.which(name, path=str(folder))) or shutil.which(name)


def floor(folder: Path | None, database: Path, file: Path) -> Command | None:
    """Return the import that checks nothing and takes every cell as a text."""
    program = find_tool(SQLITE, folder)
    return Command("`sqlite3 .import`", (program, str(database), f".import --csv {file} t")) if program else None


def importing_commands(folder: Path | None, database: Path, file: Path, few: Path, key: str) -> Iterator[Command]:
    """Yield the commands that import a file, the first part of it where they are slow.

    Args:
        folder: Where the tools are, if not on the PATH.
        database: Where they import to.
        file: All rows.
        few: The first rows.
        key: The header of the column by which rows are told apart.
    """
    program = find_tool(SQLITE_UTILS, folder)
    if program:
        into, by_key = (str(database), "t", str(file), "--csv", "--silent"), ("--pk", key)
        yield Command("`sqlite-utils insert`", (program, "insert", *into))
        yield Command("`sqlite-utils insert --pk`", (program, "insert", *into, *by_key))
        yield Command("`sqlite-utils upsert --pk`, again", (program, "upsert", *into, *by_key), is_fresh=False)
        yield Command("`sqlite-utils upsert --pk`, new", (program, "upsert", *into, *by_key))
    program = find_tool(CSVSQL, folder)
    if program:
        words = (program, "--db", f"sqlite:///{database}", "--insert", "--tables", "t", str(few))
        yield Command("`csvsql --insert`", words, is_slow=True)


def missing_tools(folder: Path | None) -> list[str]:
    """Return the tools that were not found."""
    return [name for name in (SQLITE, SQLITE_UTILS, CSVSQL) if find_tool(name, folder) is None]
