"""Searches beside a plain scan of the same table: `python -m tests.perf.bench_search`.

Each kind of search is drawn from the customers, and asked alone and with a second condition: its first page of fifty and its
count, each on a connection of its own as the program does it. Warm: asked before. Cold: by a new process, after the kernel
forgot the file. The scan asks the same of the table without any index, with LIKE where it is a word; both must find as many.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_tui.services.contact_list import count, page
from crm_tui.services.workspace import Workspace, open_workspace
from storage.dialects.sqlite import load_driver
from tests.perf.cold import PAGE
from tests.perf.made_database import made_database
from tests.perf.measure import markdown, percentile
from tests.perf.places import kept_folder, own_home
from tests.perf.queries import Asked, draw

_SCANNED = "FROM customer c NOT INDEXED WHERE blocked_at IS NULL AND NOT is_hidden AND"


@dataclass(slots=True)
class Kind:
    """What one kind of search took, in seconds."""

    name: str
    example: str
    hits: list[int] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    count: list[float] = field(default_factory=list)
    cold_page: list[float] = field(default_factory=list)
    cold_count: list[float] = field(default_factory=list)
    scan_page: list[float] = field(default_factory=list)
    scan_count: list[float] = field(default_factory=list)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--samples", type=int, default=20, help="searches of each kind")
    parser.add_argument("--cold", type=int, default=3, help="how many of them are asked cold as well")
    parser.add_argument("--scans", type=int, default=2, help="how many of them are asked of a plain scan as well")
    parser.add_argument("--cache", type=Path, help="where the database is kept for the next run")
    arguments = parser.parse_args(words)
    with own_home(), kept_folder(arguments.cache) as folder:
        path = made_database(folder, arguments.customers)
        kinds = list(measure(path, arguments.samples, arguments.cold, arguments.scans))
        megabytes = path.stat().st_size / 1e6
    print(f"{arguments.customers:,} customers, {megabytes:,.0f} MB, {arguments.samples} searches of each kind;")
    print("median / 95th percentile in ms, of the scan the median\n")
    print(table(kinds))
    return 0


def measure(path: Path, samples: int, cold: int, scans: int) -> Iterator[Kind]:
    """Ask searches of a database; yield each kind when it is done."""
    workspace = open_workspace(str(path))
    with closing(load_driver().connect(str(path))) as connection:
        for name, asked in draw(workspace, samples):
            kind = Kind(name, asked[0].line)
            for one in asked:
                _warm(workspace, one, kind)
            if cold:
                _cold(path, asked[:cold], kind)
            for one, hits in zip(asked[:scans], kind.hits, strict=False):
                if one.sql:
                    _scan(connection, one, hits, kind)
            yield kind
    workspace.close()


def table(kinds: Sequence[Kind]) -> str:
    """Return what was measured."""
    heads = ("", "e.g.", "hits", "page", "count", "page, cold", "count, cold", "page, scan", "count, scan")
    return markdown(heads, [_row(kind) for kind in kinds])


def _row(kind: Kind) -> list[str]:
    spans = (kind.page, kind.count, kind.cold_page, kind.cold_count)
    medians = (kind.scan_page, kind.scan_count)
    return [
        kind.name,
        f"`{kind.example}`",
        f"{statistics.median(kind.hits):,.0f}",
        *(f"{_ms(statistics.median(one))} / {_ms(percentile(one, 95))}" if one else "-" for one in spans),
        *(_ms(statistics.median(one)) if one else "-" for one in medians),
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}" if seconds >= 0.01 else f"{seconds * 1000:.1f}"


def _warm(workspace: Workspace, asked: Asked, kind: Kind) -> None:
    kind.hits.append(count(workspace, asked.line).total)
    page(workspace, asked.line, limit=PAGE)
    kind.page.append(_seconds(lambda: page(workspace, asked.line, limit=PAGE)))
    kind.count.append(_seconds(lambda: count(workspace, asked.line)))


def _cold(path: Path, asked: Sequence[Asked], kind: Kind) -> None:
    # What is not on the disk yet, the kernel does not forget.
    os.sync()
    words = [sys.executable, "-m", "tests.perf.cold", str(path)]
    lines = json.dumps([one.line for one in asked])
    ended = subprocess.run(words, input=lines, text=True, check=True, stdout=subprocess.PIPE)
    for first, number in json.loads(ended.stdout):
        kind.cold_page.append(first)
        kind.cold_count.append(number)


def _scan(connection: Any, asked: Asked, hits: int, kind: Kind) -> None:
    first = f"SELECT id {_SCANNED} {asked.sql} ORDER BY last_seen_at DESC, id DESC LIMIT {PAGE}"
    number = f"SELECT count(*) {_SCANNED} {asked.sql}"
    kind.scan_page.append(_seconds(lambda: connection.execute(first, asked.params).fetchall()))
    kind.scan_count.append(_seconds(lambda: connection.execute(number, asked.params).fetchall()))
    found = connection.execute(number, asked.params).fetchone()[0]
    if found != hits:
        raise SystemExit(f"{asked.line}: {hits:,} found, but {found:,} by a scan")


def _seconds(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
