"""Imports of a file beside what people use today: `python -m tests.perf.bench_import`.

Each command is a whole process of its own, and all take turns. Memory is that of all processes of a command together, ten
times a second, from /proc/*/smaps_rollup: each page counts once (Pss). The indexes that are filled in the background after
an import have a line of their own. A second table says where the time goes.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.perf.generate import FIELDS, write_leads, write_members
from tests.perf.made_database import copy_database, make_empty_database
from tests.perf.measure import Orphans, Run, markdown, median_of, run
from tests.perf.other_tools import Command, floor, importing_commands, missing_tools
from tests.perf.places import own_home

CHANGED = 0.1
MEMBERS, CHANGED_MEMBERS, LEADS = "members.csv", "changed.csv", "leads.csv"
_WRITERS: dict[str, Callable[[Path, int], None]] = {
    MEMBERS: write_members,
    CHANGED_MEMBERS: partial(write_members, changed=CHANGED),
    LEADS: write_leads,
}
NEW, AGAIN = "import, all new", "again, unchanged"
IN_BACKGROUND = "indexes in the background after it"
SOME_ROWS_FAILED = 3
"""How an import ends that was applied to the others."""
_MEMBERS = ("--target", "member")


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of import, from the state that another one left."""

    name: str
    label: str
    file: str
    options: tuple[str, ...]
    is_kept: bool = False
    """The later cases begin with what this one leaves."""


CASES = (
    Case("new", NEW, MEMBERS, _MEMBERS, is_kept=True),
    Case("again", AGAIN, MEMBERS, _MEMBERS),
    Case("keep", "10 % changed, blank cells keep", CHANGED_MEMBERS, _MEMBERS),
    Case("clear", "10 % changed, blank cells clear", CHANGED_MEMBERS, (*_MEMBERS, "--empty", "clear")),
    Case("leads", "leads by e-mail, a tenth unified", LEADS, ("--target", "lead", "--key", "email")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one label stands for: its runs and what came of them."""

    label: str
    rows: int
    runs: list[Run]
    file_mb: float = 0.0
    came_of_it: str = ""


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rivals", type=Path, help="where the other tools are, if not on the PATH")
    parser.add_argument("--rival-runs", type=int, default=1, help="runs of sqlite-utils and csvsql, which take long")
    parser.add_argument("--slow-rows", type=int, default=20_000, help="rows for csvsql")
    names = [case.name for case in CASES]
    parser.add_argument("--cases", choices=names, nargs="+", default=names, help="besides the new one")
    arguments = parser.parse_args(words)
    with own_home() as folder:
        cases = [case for case in CASES if case.is_kept or case.name in arguments.cases]
        bench = Bench(folder, arguments.rows, arguments.rivals, min(arguments.rows, arguments.slow_rows), cases)
        for number in range(arguments.runs):
            bench.turn(with_slow_rivals=number < arguments.rival_runs)
        megabytes = (folder / MEMBERS).stat().st_size / 1e6
        print(f"{arguments.rows:,} rows, {len(FIELDS)} columns, {megabytes:.0f} MB, medians of {arguments.runs} runs,")
        print(f"of sqlite-utils and csvsql of {min(arguments.runs, arguments.rival_runs)}; × is by the row\n")
        print(bench.table())
        print("\n" + bench.phases())
    for name in missing_tools(arguments.rivals):
        print(f"\nLeft out, as it was not found: {name}")
    return 0


class Bench:
    """Files, databases and what was measured with them."""

    def __init__(
        self, folder: Path, rows: int, rivals: Path | None, slow_rows: int, cases: Sequence[Case] = CASES
    ) -> None:
        self._folder = folder
        self._cases = cases
        self._rows = rows
        self._rivals = rivals
        self._slow_rows = slow_rows
        self._database = folder / "crm.db"
        self._kept = folder / "kept.db"
        self._empty = folder / "empty.db"
        self.lines: dict[str, Line] = {}
        make_empty_database(self._empty)
        for name in {case.file for case in cases}:
            _WRITERS[name](folder / name, rows)

    def turn(self, *, with_slow_rivals: bool) -> None:
        """Run every command once."""
        rival, file, few = (self._folder / name for name in ("rival.db", MEMBERS, "few.csv"))
        lowest = floor(self._rivals, rival, file)
        if lowest:
            self._rival(rival, lowest)
        for case in self._cases:
            self._import(case)
        if with_slow_rivals:
            write_members(few, self._slow_rows)
            for command in importing_commands(self._rivals, rival, file, few, FIELDS[0][1]):
                self._rival(rival, command)
        rival.unlink(missing_ok=True)

    def _import(self, case: Case) -> None:
        copy_database(self._empty if case.is_kept else self._kept, self._database)
        command = _command(self._database, self._folder / case.file, case.options)
        with Orphans() as orphans:
            taken = run(command, os.environ).expect(0, SOME_ROWS_FAILED)
            file_mb = self._megabytes(self._database)
            left = orphans.wait()
        said = json.loads(taken.printed)
        came_of_it = ", ".join(f"{said[name]:,} {name}" for name in ("created", "updated", "unified") if said[name])
        self._note(case.label, self._rows, taken, file_mb, came_of_it)
        if case.is_kept:
            if left is not None:
                in_background = Run(left.seconds, left.cpu_seconds, left.peak_mb)
                self._note(IN_BACKGROUND, self._rows, in_background, self._megabytes(self._database))
            copy_database(self._database, self._kept)

    def _rival(self, database: Path, command: Command) -> None:
        if command.is_fresh:
            database.unlink(missing_ok=True)
        rows = self._slow_rows if command.is_slow else self._rows
        self._note(command.label, rows, run(command.words, os.environ).expect(0), self._megabytes(database))

    def _megabytes(self, database: Path) -> float:
        # With what stands in its journal.
        return sum(one.stat().st_size for one in self._folder.glob(f"{database.name}*")) / 1e6

    def _note(self, label: str, rows: int, taken: Run, file_mb: float, came_of_it: str = "") -> None:
        line = self.lines.get(label, Line(label, rows, []))
        line.runs.append(taken)
        self.lines[label] = replace(line, file_mb=file_mb, came_of_it=came_of_it)

    def table(self) -> str:
        """Return what was measured."""
        lines = list(self.lines.values())
        base = median_of(lines[0].runs).seconds / lines[0].rows
        heads = ("", "rows", "seconds", "CPU s", "rows/s", f"× {lines[0].label}", "peak MB", "file MB", "customers")
        return markdown(heads, [self._row(line, base) for line in lines])

    def _row(self, line: Line, base: float) -> list[str]:
        one = median_of(line.runs)
        return [
            line.label,
            f"{line.rows:,}",
            f"{one.seconds:.2f}",
            f"{one.cpu_seconds:.2f}",
            f"{line.rows / one.seconds:,.0f}",
            f"{one.seconds / line.rows / base:.1f}",
            f"{one.peak_mb:.0f}",
            f"{line.file_mb:.1f}",
            line.came_of_it,
        ]

    def phases(self) -> str:
        """Return where the time of a new and of an unchanged import goes."""
        found = {}
        for label, state in ((NEW, self._empty), (AGAIN, self._kept)):
            copy_database(state, self._database)
            words = [sys.executable, "-m", "tests.perf.phases", str(self._database), str(self._folder / MEMBERS)]
            found[label] = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
        heads = ("", *(f"{label}, {kind}" for label in found for kind in ("seconds", "CPU s")))
        names = list(found[NEW])
        return markdown(
            heads, [[name, *(f"{figure:.2f}" for one in found.values() for figure in one[name])] for name in names]
        )


def _command(database: Path, file: Path, options: Sequence[str]) -> list[str]:
    words = [sys.executable, "-m", "crm_tui", "--db", str(database), "import", *options]
    return [*words, "--yes", "--json", str(file)]


if __name__ == "__main__":
    sys.exit(main())
