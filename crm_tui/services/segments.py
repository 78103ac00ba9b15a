"""Segments: search lines with a name. They keep conditions, not people."""

from dataclasses import dataclass

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.query import Query, QueryMistake, Vocabulary, parse_query, quoted
from crm_tui.core.query.scanning import readable
from crm_tui.core.text import fold, parse_string, trim
from crm_tui.services import segment_lines as lines
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.contact_list import read_vocabulary, wrong
from crm_tui.services.errors import CrmError, NotFound
from crm_tui.services.fields import read_fields
from crm_tui.services.managers import require
from crm_tui.services.workspace import Workspace
from storage import search
from storage import segments as stored
from storage.sql import Connection

MAX_NAME_LENGTH = 64
_NAME = Field("segment", FieldType.STRING)
_FEW = 3
"""Segments that are named as those in the way."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A search line with a name."""

    name: str
    line: str
    count: int | None
    """Customers whom it finds now; None where that was not asked, or where the line has become a wrong one."""
    mistake: QueryMistake | None = None
    """What has become wrong with the line: a field of it was archived, the file of a list is gone."""


def list_segments(workspace: Workspace, *, with_counts: bool = True) -> tuple[Segment, ...]:
    """Return all segments by name."""
    with workspace.reading(Permission.SEE) as connection:
        vocabulary = read_vocabulary(connection, workspace)
        return tuple(
            _segment(connection, vocabulary, name, line, with_counts=with_counts)
            for name, line in vocabulary.segments.items()
        )


def _segment(connection: Connection, vocabulary: Vocabulary, name: str, line: str, *, with_counts: bool) -> Segment:
    query = parse_query(f"segment:{quoted(name)}", vocabulary)
    if isinstance(query, QueryMistake):
        plain = parse_query(line, vocabulary)
        return Segment(name, line, None, plain if isinstance(plain, QueryMistake) else query)
    return Segment(name, line, search.count(connection, query) if with_counts else None)


def save_segment(workspace: Workspace, name: str, line: str, *, replace: bool = False) -> Segment | Problem:
    """Keep a search line under a name; return it with its count, or what is wrong with the name.

    The line is checked, and its customers are counted, while others may write.

    Args:
        workspace: The database.
        name: How it is called; names are compared whatever their case.
        line: What it asks for; the paths of files in it are kept whole, so that it means the same from any folder.
        replace: Give a segment that has this name already the new line.

    Raises:
        UsageError: The line cannot be understood.
    """
    wanted = _checked(name)
    if isinstance(wanted, Problem):
        return wanted
    is_kept = False
    while not is_kept:
        with workspace.reading(Permission.SEE) as connection:
            vocabulary = read_vocabulary(connection, workspace)
        if not replace and (before := vocabulary.segment(wanted)) is not None:
            return _taken(before[0])
        kept, query = _understood(wanted, line, vocabulary)
        with workspace.transaction(Permission.EDIT) as connection:
            # Where another manager changed one meanwhile, the line may speak of what is no longer there.
            is_kept = stored.lines(connection) == vocabulary.segments
            if is_kept:
                stored.write(connection, wanted, kept)
                record(connection, workspace, ActivityKind.SEGMENT_SAVED)
    with workspace.reading(Permission.SEE) as connection:
        return Segment(wanted, kept, search.count(connection, query))


def _understood(name: str, line: str, vocabulary: Vocabulary) -> tuple[str, Query]:
    """Return a line as it is kept under a name, and what it asks for."""
    vocabulary = lines.with_segment(vocabulary, name, line)
    query = parse_query(line, vocabulary)
    if not isinstance(query, QueryMistake):
        # A line of no mistake may still speak of itself, if only through others.
        query = parse_query(f"segment:{quoted(name)}", vocabulary)
    if isinstance(query, QueryMistake):
        raise wrong(query)
    return lines.with_whole_paths(readable(line).strip(), vocabulary.fields), query


def rename_segment(workspace: Workspace, name: str, new: str) -> Segment | Problem:
    """Give a segment another name, also in the lines of other segments that speak of it.

    Raises:
        NotFound: There is no such segment.
    """
    wanted = _checked(new)
    if isinstance(wanted, Problem):
        return wanted
    require(workspace, Permission.SEE)  # or it would be renamed, and then refused for whom it finds
    with workspace.transaction(Permission.EDIT) as connection:
        segment = _found(connection, name)
        other = stored.find(connection, wanted)
        if other is not None and fold(other.name) != fold(segment.name):
            return _taken(other.name)
        stored.rename(connection, segment.name, wanted)
        if fold(wanted) != fold(segment.name):
            _rename_in_lines(connection, segment.name, wanted)
        record(connection, workspace, ActivityKind.SEGMENT_RENAMED)
    with workspace.reading(Permission.SEE) as connection:
        return _segment(connection, read_vocabulary(connection, workspace), wanted, segment.line, with_counts=True)


def _rename_in_lines(connection: Connection, name: str, new: str) -> None:
    fields = read_fields(connection, archived=True)
    for user, line in stored.lines(connection).items():
        renamed = lines.with_renamed(line, name, new, fields)
        if renamed != line:
            stored.write(connection, user, renamed)


def delete_segment(workspace: Workspace, name: str) -> None:
    """Forget a segment; its customers stay.

    Raises:
        NotFound: There is no such segment.
        CrmError: Lines of other segments speak of it.
    """
    with workspace.transaction(Permission.EDIT) as connection:
        segment = _found(connection, name)
        fields = read_fields(connection, archived=True)
        users = [user for user, line in stored.lines(connection).items() if lines.speaks_of(line, segment.name, fields)]
        if users:
            named = ", ".join(users[:_FEW]) + (", …" if len(users) > _FEW else "")
            raise CrmError("segment_used", name=segment.name, others=named)
        stored.delete(connection, segment.name)
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
