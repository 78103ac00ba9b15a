"""From a key to what the screen shows, with a million customers: `python -m tests.perf.bench_screen`.

The program runs in a pseudo-terminal of 80×24; a figure is the time from writing a key until the bytes have come after
which an emulator shows what is expected: the position, and the customer who stands there. Beside it Textual's DataTable
with 100,000 of the same customers in a terminal of the same kind. Starts are measured beside those of harlequin, of a
Textual program that only shows a word, and by turns. Nothing waits for a clock.
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_tui.services.contact_list import count, page
from crm_tui.services.workspace import Workspace, open_workspace
from tests.perf.made_database import copy_database, made_database
from tests.perf.measure import markdown, percentile
from tests.perf.other_tools import find_tool
from tests.perf.places import kept_folder, own_home
from tests.perf.queries import draw
from tests.perf.starts import HARLEQUIN, measure_starts
from tests.perf.terminal import TimedTerminal

DOWN, PAGE_DOWN, HOME, END, ESCAPE, RIGHT, SORT = "\x1b[B", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b", "\x1b[C", "o"
FIRST_ROW, LAST_ROW = "\x1b[1;5H", "\x1b[1;5F"
"""With ctrl: home and end alone go to the sides of a DataTable."""
TYPED = ("three syllables", "last four digits")
"""Kinds of searches that are typed letter by letter."""
WHOLE = {"a word of two syllables": "two syllables of a name", "a tag search": "a tag"}
"""By label: those that are typed at once."""
SEARCHES = 4
"""Of each kind, unless keys are pressed less often."""
PAGE_ROWS_FEWEST = 10
Figures = dict[str, list[float]]
Shows = Callable[[list[str]], bool]


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--fewer", type=int, default=10_000, help="customers of a second database; 0 for none")
    parser.add_argument("--rival-rows", type=int, default=100_000, help="of a DataTable")
    parser.add_argument("--repeat", type=int, default=60, help="presses of each key")
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--rivals", type=Path, help="where harlequin is, if not on the PATH")
    parser.add_argument("--cache", type=Path, help="where the databases are kept for the next run")
    arguments = parser.parse_args(words)
    with own_home() as home, kept_folder(arguments.cache) as folder:
        # Copies: the program keeps its managers' habits, such as the order of the table, in them.
        large = copy_database(made_database(folder, arguments.customers), home / "large.db")
        starts = measure_starts(large, arguments.rivals, arguments.starts)
        columns = {f"{arguments.customers:,}": Program(large, arguments.repeat).measure()}
        if arguments.fewer:
            small = copy_database(made_database(folder, arguments.fewer), home / "small.db")
            columns[f"{arguments.fewer:,}"] = Program(small, max(5, arguments.repeat // 6)).measure()
        rival = Rival(large, arguments.rival_rows)
        columns[f"DataTable {arguments.rival_rows:,}"] = rival.measure(arguments.repeat)
    print("median / 95th percentile\n")
    print(markdown((f"start, {arguments.customers:,} customers", ""), [[name, cell(name, starts)] for name in starts]))
    rows = [[name, *(cell(name, one) for one in columns.values())] for name in next(iter(columns.values()))]
    print("\n" + markdown(("", *columns), rows))
    if find_tool(HARLEQUIN, arguments.rivals) is None:
        print(f"\nLeft out, as it was not found: {HARLEQUIN}")
    return 0


def cell(name: str, figures: Figures) -> str:
    """Return what a table says of a figure."""
    found = figures.get(name)
    if not found:
        return "-"
    if name.startswith("memory"):
        return f"{found[0]:.0f} MB"
    several = f" / {_time(percentile(found, 95))}" if len(found) > 1 else ""
    return _time(statistics.median(found)) + several


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def _at(position: int, total: int, who: str) -> Shows:
    """Return the question whether the cursor stands at a position, on a customer."""
    place = f" {position:,} / {total:,}"

    def shows(lines: list[str]) -> bool:
        stands = any(line.lstrip("│| ").startswith(">") and who in line for line in lines)
        return stands and any(place in line for line in lines)

    return shows


class Program:
    """crm-tui on a database, and what it should show of it."""

    def __init__(self, path: Path, repeat: int) -> None:
        self._workspace: Workspace = open_workspace(str(path))
        self._total = count(self._workspace).total
        self._repeat = repeat
        drawn = draw(self._workspace, min(SEARCHES, repeat))
        self._searches = {kind: [one.line for one in asked] for kind, asked in drawn}
        self._begin = self._standing(0)
        self._figures: Figures = {}
        # Last: nothing else is asked of the database, or of the processor, while the program starts.
        self._terminal = TimedTerminal([sys.executable, "-m", "crm_tui", "--db", str(path), "--fast"], {})

    def measure(self) -> Figures:
        """Walk about; return seconds and megabytes."""
        repeat = self._repeat
        self._note("start", self._terminal.wait(self._begin))
        self._figures["memory at the start"] = [self._terminal.memory_mb]
        self._arrows(repeat)
        self._pages(repeat)
        self._ends(max(1, repeat // 3))
        self._words()
        self._whole_searches(max(1, repeat // 12))
        self._sort(max(1, repeat // 12))
        self._figures["memory after walking about"] = [self._terminal.memory_mb]
        self._terminal.end()
        self._workspace.close()
        return self._figures

    def _note(self, name: str, seconds: float) -> None:
        self._figures.setdefault(name, []).append(seconds)

    def _press(self, name: str, key: str, shows: Shows) -> None:
        self._note(name, self._terminal.press(key, shows))

    def _standing(self, row: int, query: str = "", **order: object) -> Shows:
        found = count(self._workspace, query)
        customer = page(self._workspace, query, offset=row, limit=1, **order)[0]  # type: ignore[arg-type]
        return _at(row + 1, found.total, str(customer.get("profile.email")).partition("@")[0])

    def _arrows(self, repeat: int) -> None:
        for row in range(1, repeat + 1):
            self._press("arrow down", DOWN, self._standing(row))
        self._terminal.press(HOME, self._standing(0))

    def _pages(self, repeat: int) -> None:
        # How many rows a page moves is the program's affair: the first one tells.
        self._terminal.press(PAGE_DOWN, lambda lines: self._row(lines) >= PAGE_ROWS_FEWEST)
        step = self._row(self._terminal.lines)
        self._terminal.press(HOME, self._standing(0))
        for number in range(1, repeat + 1):
            row = min(number * step, self._total - 1)
            self._press("page down", PAGE_DOWN, self._standing(row))
            if row == self._total - 1:
                break
        self._terminal.press(HOME, self._standing(0))

    def _row(self, lines: list[str]) -> int:
        end = f" / {self._total:,}"
        line = next((line for line in lines if end in line), "0" + end)
        return int(line.partition(end)[0].split()[-1].replace(",", "")) - 1

    def _ends(self, repeat: int) -> None:
        first, last = self._standing(0), self._standing(self._total - 1)
        for _ in range(repeat):
            self._press("end", END, last)
            self._press("home", HOME, first)

    def _words(self) -> None:
        everybody = self._standing(0)
        for word in (one for kind in TYPED for one in self._searches[kind]):
            self._open_search()
            for length in range(1, len(word) + 1):
                self._press("a letter of a search", word[length - 1], self._found(word[:length]))
            self._press("clearing a search", ESCAPE, everybody)
            self._close_search()

    def _found(self, line: str) -> Shows:
        stands = self._standing(0, line)
        return lambda lines: stands(lines) and any(one.strip() == line for one in lines[:4])

    def _whole_searches(self, repeat: int) -> None:
        everybody = self._standing(0)
        for label, kind in WHOLE.items():
            for line in self._searches[kind] * repeat:
                self._open_search()
                self._press(f"{label}, typed whole", line, self._found(line))
                self._terminal.press(ESCAPE, everybody)
                self._close_search()

    def _open_search(self) -> None:
        self._terminal.press("/", lambda lines: "/ Search" not in lines[-1])

    def _close_search(self) -> None:
        self._terminal.press(ESCAPE, lambda lines: "/ Search" in lines[-1])

    def _sort(self, repeat: int) -> None:
        """Sort by the name, up and down."""
        up = self._standing(0, sort="profile.name", descending=False)
        down = self._standing(0, sort="profile.name", descending=True)
        for _ in range(repeat):
            self._press("sort by name", SORT, up)
            self._press("sort by name, reversed", SORT, down)


class Rival:
    """Textual's DataTable."""

    def __init__(self, path: Path, rows: int) -> None:
        workspace = open_workspace(str(path))
        customers = page(workspace, limit=rows)
        self._who = [str(one.get("profile.email")) for one in customers]
        self._mobile = [str(one.get("profile.mobileNumber")) for one in customers]
        workspace.close()
        self._terminal = TimedTerminal([sys.executable, "-m", "tests.perf.rival", str(path), str(rows)], {})

    def measure(self, repeat: int) -> Figures:
        """Walk about; return seconds and megabytes."""
        terminal, last = self._terminal, len(self._who) - 1
        figures: Figures = {"start": [terminal.wait(self._standing(0))]}
        figures["memory at the start"] = [terminal.memory_mb]
        figures["arrow down"] = [terminal.press(DOWN, self._standing(row)) for row in range(1, repeat + 1)]
        terminal.press(FIRST_ROW, self._standing(0))
        terminal.press(PAGE_DOWN, lambda lines: lines[-1].startswith("> ") and not lines[-1].startswith("> 1 /"))
        step = int(terminal.lines[-1].split()[1].replace(",", "")) - 1
        terminal.press(FIRST_ROW, self._standing(0))
        rows = list(range(step, last, step))[:repeat]
        figures["page down"] = [terminal.press(PAGE_DOWN, self._standing(row)) for row in rows]
        terminal.press(FIRST_ROW, self._standing(0))
        for _ in range(max(1, repeat // 3)):
            figures.setdefault("end", []).append(terminal.press(LAST_ROW, self._standing(last)))
            figures.setdefault("home", []).append(terminal.press(FIRST_ROW, self._standing(0)))
        figures["memory after walking about"] = [terminal.memory_mb]
        terminal.end()
        return figures

    def _standing(self, row: int) -> Shows:
        place = f"> {row + 1:,} / {len(self._who):,} {self._who[row]}"
        # The customer must stand in the table as well as in the line at the bottom.
        return lambda lines: lines[-1] == place and any(self._mobile[row] in line for line in lines[:-1])


if __name__ == "__main__":
    sys.exit(main())
