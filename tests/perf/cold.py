"""Searches of a process of its own, with nothing of the database in memory: `python -m tests.perf.cold DATABASE`.

Reads lines as a JSON list, and prints the seconds of each one's first page and count.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from crm_tui.services.contact_list import count, page
from crm_tui.services.workspace import open_workspace

PAGE = 50
"""Customers of a page."""


def main() -> int:
    """Measure, print."""
    path = Path(sys.argv[1])
    workspace = open_workspace(str(path))
    figures = []
    for line in json.load(sys.stdin):
        first = _seconds(path, partial(page, workspace, line, limit=PAGE))
        figures.append((first, _seconds(path, partial(count, workspace, line))))
    workspace.close()
    print(json.dumps(figures))
    return 0


def _seconds(path: Path, ask: Callable[[], Any]) -> float:
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.exists():
            forget(file)
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def forget(path: Path) -> None:
    """Let the kernel forget what it has read of a file."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.exit(main())
