"""Where the time of an import of members goes: `python -m tests.perf.phases DATABASE FILE`, as JSON.

Reading, validating and staging are timed with the program's own functions over the same rows, in this process only; then
the whole import is run as it always is, and the plan and the apply are timed in it.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from crm_tui.core.fields import find_field
from crm_tui.core.vocabulary import Target
from crm_tui.services.fields import list_fields
from crm_tui.services.importing import plan
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import ImportRequest, Planned
from crm_tui.services.importing.source import RowReader, open_source
from crm_tui.services.importing.stage import Judge
from crm_tui.services.importing.survey import Tally
from crm_tui.services.workspace import Workspace, open_workspace
from storage import staging
from tests.perf.generate import FIELDS

READ, VALIDATE, STAGE = "read", "validate", "stage"
READ_AND_STAGED, PLANNED, APPLIED = "read, validated and staged, as it is run", "plan", "apply"


class Stopwatch:
    """Wall seconds, and processor seconds of this process and of those it waited for, by what was going on."""

    def __init__(self) -> None:
        self.figures = dict.fromkeys((READ, VALIDATE, STAGE, READ_AND_STAGED, PLANNED, APPLIED), (0.0, 0.0))

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Add what happens inside."""
        wall, cpu = time.perf_counter(), _cpu_seconds()
        try:
            yield
        finally:
            before = self.figures[name]
            self.figures[name] = (before[0] + time.perf_counter() - wall, before[1] + _cpu_seconds() - cpu)

    def each(self, name: str, values: Iterator[Any]) -> Iterator[Any]:
        """Yield values; add what it takes to make them."""
        while True:
            with self.timing(name):
                value = next(values, self)
            if value is self:
                return
            yield value


def _cpu_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


def main() -> int:
    """Measure, print."""
    database, file = sys.argv[1], Path(sys.argv[2])
    watch = Stopwatch()
    workspace = open_workspace(database)
    _one_by_one(workspace, file, watch)
    _as_always(workspace, file, watch)
    workspace.close()
    print(json.dumps(watch.figures))
    return 0


def _one_by_one(workspace: Workspace, file: Path, watch: Stopwatch) -> None:
    fields = [find_field(key, list_fields(workspace)) for key, _ in FIELDS]
    source = open_source(file)
    judge = Judge(fields, FIELDS[0][0], Tally(source, fields, FIELDS[0][0]))
    path = file.with_name("scratch-of-phases.db")
    with workspace.bulk(path, create=True) as connection, workspace.deferred(connection, path):
        staging.create_tables(connection)
        for chunk in watch.each(READ, RowReader(source).chunks()):
            with watch.timing(VALIDATE):
                judged = judge.judge(chunk)
            with watch.timing(STAGE):
                judged.write(connection)
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def _as_always(workspace: Workspace, file: Path, watch: Stopwatch) -> None:
    request = ImportRequest(file, Target.MEMBER, None, tuple(key for key, _ in FIELDS), tag=file.stem)
    make_plan: Callable[..., Iterator[Any]] = plan.make_plan
    plan.make_plan = lambda *arguments: watch.each(PLANNED, make_plan(*arguments))
    with watch.timing(READ_AND_STAGED):
        *_, planned = prepare_import(workspace, request, Event())
    assert isinstance(planned, Planned), planned
    with watch.timing(APPLIED):
        list(apply_import(workspace, planned.prepared, Event()))
    whole, planning = watch.figures[READ_AND_STAGED], watch.figures[PLANNED]
    watch.figures[READ_AND_STAGED] = (whole[0] - planning[0], whole[1] - planning[1])


if __name__ == "__main__":
    sys.exit(main())
