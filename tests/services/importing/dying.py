"""A process that imports a file and is killed on the way: `python -m tests.services.importing.dying`.

It reads a line a run from stdin, `how` and `where` in JSON, and forks, as starting Python anew for each would take most
of the time. It answers with how the run ended: "done <points>", or "killed".

how = "point": killed (SIGKILL) at that statement or look at the cancel event, wherever in a statement that comes.
how = "size": killed (SIGXFSZ) when a file would grow beyond that many bytes: in the middle of a write, which is torn.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, Planned
from crm_tui.services.workspace import Workspace, open_workspace
from storage.dialects import sqlite
from tests.services.kit import ask, end_of

NOW = 1_750_000_000_000
COLUMNS = ("memberId", "profile.name", "profile.email", "tags", "unsubscribeEmail", "unsubscribeTexting")
TAG = "살아남기"


class Points:
    """Counts the places a run passes; stands in for the cancel event, which is looked at within long statements."""

    def __init__(self, last: int) -> None:
        self.passed = 0
        self._last = last

    def pass_one(self, _: object = None) -> None:
        self.passed += 1
        if self.passed == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def is_set(self) -> bool:
        self.pass_one()
        return False


def run(database: str, file: str, points: Points) -> None:
    """Import the file as its manager would."""
    workspace = open_workspace(database, manager="kim")
    cancel: Any = points
    planned = end_of(prepare_import(workspace, ask(Path(file), COLUMNS, tag=TAG), cancel))
    assert isinstance(planned, Planned), planned
    applied = end_of(apply_import(workspace, planned.prepared, cancel))
    assert isinstance(applied, Applied), applied
    workspace.close()


def main() -> None:
    """Answer until stdin ends."""
    Workspace.now_ms = lambda self: NOW  # type: ignore[method-assign]
    driver = sqlite.load_driver()
    connect = driver.connect
    for line in sys.stdin:
        order = json.loads(line)
        points = Points(order["where"] if order["how"] == "point" else 0)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            if order["how"] == "size":
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_FSIZE, (order["where"], order["where"]))

            def traced(*arguments: Any, points: Points = points, **options: Any) -> Any:
                connection = connect(*arguments, **options)
                connection.set_trace_callback(points.pass_one)
                return connection

            driver.connect = traced
            run(order["database"], order["file"], points)
            os.write(writer, str(points.passed).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            passed = told.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(f"done {passed}" if code == 0 else f"killed {-code}", flush=True)


if __name__ == "__main__":
    main()
