"""Segments: search lines with a name. They keep conditions, not people."""

from dataclasses import dataclass

from sqlalchemy import Connection

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.core.query import QueryMistake, parse_query, quoted
from crm_tui.core.text import fold, parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.contact_list import read_vocabulary, wrong
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace
from storage import search
from storage import segments as stored

MAX_NAME_LENGTH = 64
_NAME = Field("segment", FieldType.STRING)


@dataclass(frozen=True, slots=True)
class Segment:
    """A search line with a name."""

    name: str
    line: str
    count: int | None
    """Customers whom it finds now; None where that was not asked, or where the line has become a wrong one."""
    mistake: QueryMistake | None = None
    """What has become wrong with the line: a field of it was archived, a segment in it deleted."""


def list_segments(workspace: Workspace, *, with_counts: bool = True) -> tuple[Segment, ...]:
    """Return all segments by name."""
    with workspace.reading() as connection:
        return tuple(
            _segment(connection, workspace, name, line, with_counts=with_counts)
            for name, line in stored.listed(connection)
        )


def _segment(connection: Connection, workspace: Workspace, name: str, line: str, *, with_counts: bool) -> Segment:
    query = parse_query(f"segment:{quoted(name)}", read_vocabulary(connection, workspace))
    if isinstance(query, QueryMistake):
        plain = parse_query(line, read_vocabulary(connection, workspace))
        return Segment(name, line, None, plain if isinstance(plain, QueryMistake) else query)
    return Segment(name, line, search.count(connection, query) if with_counts else None)


def save_segment(workspace: Workspace, name: str, line: str, *, replace: bool = False) -> Segment | Problem:
    """Keep a search line under a name; return it with its count, or what is wrong with the name.

    Args:
        workspace: The database.
        name: How it is called; names are compared whatever their case.
        line: What it asks for.
        replace: Give a segment that has this name already the new line.

    Raises:
        UsageError: The line cannot be understood.
    """
    wanted = _checked(name)
    if isinstance(wanted, Problem):
        return wanted
    with workspace.transaction() as connection:
        before = stored.find(connection, wanted)
        if before is not None and not replace:
            return _taken(before.name)
        stored.write(connection, wanted, line.strip())
        vocabulary = read_vocabulary(connection, workspace)
        query = parse_query(line, vocabulary)
        if not isinstance(query, QueryMistake):
            # A segment that speaks of itself, if only through others, can be told only now.
            query = parse_query(f"segment:{quoted(wanted)}", vocabulary)
        if isinstance(query, QueryMistake):
            raise wrong(query)
        record(connection, workspace, ActivityKind.SEGMENT_SAVED)
        return Segment(wanted, line.strip(), search.count(connection, query))


def rename_segment(workspace: Workspace, name: str, new: str) -> Segment | Problem:
    """Give a segment another name; lines that speak of it by the old one have to be changed by hand.

    Raises:
        NotFound: There is no such segment.
    """
    wanted = _checked(new)
    if isinstance(wanted, Problem):
        return wanted
    with workspace.transaction() as connection:
        segment = _found(connection, name)
        other = stored.find(connection, wanted)
        if other is not None and fold(other.name) != fold(segment.name):
            return _taken(other.name)
        stored.rename(connection, segment.name, wanted)
        record(connection, workspace, ActivityKind.SEGMENT_RENAMED)
        return _segment(connection, workspace, wanted, segment.line, with_counts=True)


def delete_segment(workspace: Workspace, name: str) -> None:
    """Forget a segment; its customers stay.

    Raises:
        NotFound: There is no such segment.
    """
    with workspace.transaction() as connection:
        stored.delete(connection, _found(connection, name).name)
        record(connection, workspace, ActivityKind.SEGMENT_DELETED)


def _found(connection: Connection, name: str) -> Segment:
    found = stored.find(connection, trim(name))
    if found is None:
        raise NotFound("segment_not_found", name=name)
    return Segment(found.name, found.line, None)


def _taken(name: str) -> Problem:
    return Problem(Code.SEGMENT_TAKEN, "", {"name": name})


def _checked(name: str) -> str | Problem:
    """Return a name as it is kept, or what is wrong with it."""
    tidy = " ".join(trim(name).split())
    if not tidy:
        return Problem(Code.SEGMENT_NAME_MISSING, "")
    if len(tidy) > MAX_NAME_LENGTH:
        return Problem(Code.SEGMENT_NAME_TOO_LONG, "", {"length": len(tidy), "limit": MAX_NAME_LENGTH})
    found = parse_string(tidy, _NAME)
    return Problem(found.code, "", found.params) if isinstance(found, Problem) else found
