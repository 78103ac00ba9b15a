"""How imports, searches and the screen grow with the number of customers: `python -m tests.perf.bench_growth`.

The same as bench_import, bench_search and bench_screen measure, one after the other for each size, in one table.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.perf import bench_search
from tests.perf.bench_import import CASES, Bench
from tests.perf.bench_screen import Program, cell
from tests.perf.made_database import copy_database, made_database
from tests.perf.measure import markdown, median_of, percentile
from tests.perf.places import kept_folder, own_home

PARTS = ("import", "search", "screen")
_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="numbers of customers")
    parser.add_argument("--parts", choices=PARTS, nargs="+", default=PARTS)
    parser.add_argument("--runs", type=int, default=1, help="of the imports")
    parser.add_argument("--samples", type=int, default=20, help="searches of each kind")
    parser.add_argument("--repeat", type=int, default=24, help="presses of each key")
    parser.add_argument("--cache", type=Path, help="where the databases are kept for the next run")
    arguments = parser.parse_args(words)
    columns: dict[int, dict[str, str]] = {}
    for size in arguments.sizes:
        with kept_folder(arguments.cache) as folder:
            columns[size] = dict(_measured(folder, size, arguments))
    # In the order of the largest, who has all of them: where there are few, nothing is left for the background.
    names = list(columns[max(columns)])
    rows = [[name, *(column.get(name, "-") for column in columns.values())] for name in names]
    print("Imports: in all · a row · peak memory · the file then. Searches, 95th percentiles: first page · count.")
    print("Screen: median / 95th percentile.\n")
    print(markdown(("", *(f"{size:,}" for size in columns)), rows))
    return 0


def _measured(folder: Path, size: int, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    if "import" in arguments.parts:
        yield from _imports(size, arguments.runs)
    if "search" in arguments.parts:
        yield from _searches(folder, size, arguments.samples)
    if "screen" in arguments.parts:
        yield from _screen(folder, size, arguments.repeat)


def _imports(size: int, runs: int) -> Iterator[tuple[str, str]]:
    with own_home() as home:
        bench = Bench(home, size, None, size, CASES[:2])
        for _ in range(runs):
            bench.turn(with_slow_rivals=False)
        for line in bench.lines.values():
            one = median_of(line.runs)
            seconds = f"{one.seconds:.2f} s" if one.seconds < 10 else f"{one.seconds:,.0f} s"
            each = f"{one.seconds / size * 1e6:,.1f} µs"
            yield line.label, f"{seconds} · {each} · {one.peak_mb:.0f} MB · {line.file_mb:,.0f} MB"


def _searches(folder: Path, size: int, samples: int) -> Iterator[tuple[str, str]]:
    with own_home():
        for kind in bench_search.measure(made_database(folder, size), samples, cold=0, scans=0):
            late = (percentile(figures, 95) * 1000 for figures in (kind.page, kind.count))
            yield f"search: {kind.name}", " · ".join(f"{one:,.1f}" for one in late) + " ms"


def _screen(folder: Path, size: int, repeat: int) -> Iterator[tuple[str, str]]:
    with own_home() as home:
        figures = Program(copy_database(made_database(folder, size), home / "crm.db"), repeat).measure()
        for name in figures:
            yield f"screen: {name}", cell(name, figures)


if __name__ == "__main__":
    sys.exit(main())
