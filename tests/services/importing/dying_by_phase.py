"""Imports in processes that die at a chosen moment: `python -m tests.services.importing.dying_by_phase`.

Each line of stdin is a JSON object; for each the process, in which everything is imported already and no thread runs,
forks a child that imports, and answers with a line of JSON: how the child ended and how many moments it saw.

A moment is an SQL statement that begins, a few hundred steps of the database's machine within one, or a file removed.
The caches of the databases are made tiny, so that a transaction reaches the files long before it is committed.
"""

import json
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from crm_tui.core.vocabulary import Target
from crm_tui.services.importing import delimited, engine, plan, scratch
from crm_tui.services.importing.events import ImportRequest, Planned
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.workspace import Workspace, open_workspace
from storage.dialects import sqlite

COLUMNS = ("memberId", "profile.name", "profile.email", "tags", "unsubscribeEmail", "unsubscribeTexting")
NOW = 1_750_000_000_000
_STEPS = 300


class Moments:
    """Counts moments and dies at the one that was chosen."""

    def __init__(self, die_at: int | None, commit_delay_s: float | None) -> None:
        self.seen = 0
        self.is_counting = False
        self._die_at = die_at
        self._commit_delay_s = commit_delay_s

    def tick(self, statement: str = "") -> None:
        if not self.is_counting:
            return
        self.seen += 1
        if self.seen == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._commit_delay_s is not None and statement == "COMMIT":
            # Nobody handles the signal: it ends the process wherever it is, in the middle of a system call too.
            signal.setitimer(signal.ITIMER_REAL, self._commit_delay_s)


def watch(moments: Moments) -> None:
    """Have the database and the removing of files tell their moments."""
    driver = sqlite.load_driver()

    class Watched(driver.Connection):  # type: ignore[misc,name-defined]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.set_trace_callback(moments.tick)

        def execute(self, statement: str, *parameters: Any) -> Any:
            return super().execute(re.sub(r"(cache_size) ?= ?-?[0-9]+", r"\1=5", statement), *parameters)

    connect = driver.connect
    driver.connect = lambda *arguments, **options: connect(*arguments, factory=Watched, **options)

    def stop_when(connection: Any, should_stop: Any) -> None:
        def look() -> int:
            moments.tick()
            return 1 if should_stop() else 0

        connection.set_progress_handler(look, _STEPS)

    sqlite.stop_when = stop_when
    unlink = scratch._unlink

    def remove(path: Path) -> None:
        moments.tick()
        unlink(path)
        moments.tick()

    scratch._unlink = remove
    delimited.CHUNK = plan.CHUNK = 40
    Workspace.now_ms = lambda _: NOW  # type: ignore[method-assign]


def run(order: dict[str, Any]) -> int:
    """Prepare, or apply what is prepared; return the moments that were seen."""
    moments = Moments(order.get("die_at"), order.get("commit_delay_s"))
    watch(moments)
    workspace = open_workspace(order["database"], manager="kim")
    request = ImportRequest(Path(order["file"]), Target.MEMBER, None, COLUMNS, tag="t")
    is_prepare = order["phase"] == "prepare"
    moments.is_counting = is_prepare
    if is_prepare:
        *_, planned = engine.prepare_import(workspace, request, threading.Event())
        assert isinstance(planned, Planned), planned
    else:
        (prepared,) = resumable(workspace)
        moments.is_counting = True
        list(engine.apply_import(workspace, prepared, threading.Event()))
    return moments.seen


def main() -> None:
    """Answer orders until stdin ends."""
    for line in sys.stdin:
        order = json.loads(line)
        os.environ["XDG_STATE_HOME"] = order["state"]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            seen = 0
            try:
                seen = run(order)
            finally:
                os.write(writing, b"%d" % seen)
                os._exit(0 if seen else 1)
        os.close(writing)
        seen_text = os.read(reading, 100)
        os.close(reading)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(status), "seen": int(seen_text or 0)}), flush=True)


if __name__ == "__main__":
    main()
