"""A file is read, checked and staged: a large one by several processes, where that can be done, else by this one."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from crm_tui.core.fields import Field
from crm_tui.services.importing.parts import available_cpus, find_parts, first_keys
from crm_tui.services.importing.source import RowReader, Source
from crm_tui.services.importing.stage import Judge
from crm_tui.services.importing.stage_part import order_of
from crm_tui.services.importing.survey import Tally
from crm_tui.services.importing.together import NotInParts, Staging, stage_parts
from crm_tui.services.workspace import Workspace
from storage import staging


def stage_file(
    workspace: Workspace, connection: Any, path: Path, source: Source, fields: tuple[Field | None, ...], key: str
) -> Generator[Staging, None, Tally]:
    """Fill an empty scratch database; yield often how far it is, return what was counted.

    Args:
        workspace: The database.
        connection: One of `Workspace.bulk`, in no transaction.
        path: Of the scratch database.
        source: The file.
        fields: The field of each of its columns, None for those that are not imported.
        key: The key of the field that rows are matched by.

    Raises:
        SourceError: The file cannot be used.
        DatabaseError: The scratch database cannot be written.
    """
    with workspace.deferred(connection, path):
        staging.create_tables(connection)
    parts = find_parts(source, available_cpus())
    tracked = first_keys(source, fields, key) if parts else ()
    tally = Tally(source, fields, key)
    if tracked:
        order = order_of(source, fields, key, path) | {"tracked": tracked}
        try:
            moved = yield from stage_parts(source, parts, order, tally, path)
        except NotInParts:
            tally = Tally(source, fields, key)
            workspace.renew_scratch(connection, path)
            with workspace.deferred(connection, path):
                staging.create_tables(connection)
        else:
            with workspace.deferred(connection, path):
                for one in moved:
                    staging.shift_rows(connection, one.first_row, one.last_row, one.by)
            return tally
    with workspace.deferred(connection, path):
        yield from _stage_alone(connection, source, Judge(fields, key, tally), tally)
    return tally


def _stage_alone(connection: Any, source: Source, judge: Judge, tally: Tally) -> Iterator[Staging]:
    reader = RowReader(source)
    for chunk in reader.chunks():
        yield Staging(tally.rows, tally.failed, reader.bytes_read)
        judge.judge(chunk).write(connection)
    yield Staging(tally.rows, tally.failed, reader.bytes_read)
