"""How long programs take from the command until their screen shows something, by turns."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from crm_tui.services.contact_list import page
from crm_tui.services.workspace import open_workspace
from tests.perf.bare import READY
from tests.perf.measure import run
from tests.perf.other_tools import find_tool
from tests.perf.terminal import TimedTerminal

HARLEQUIN = "harlequin"
FIRST_CUSTOMERS = "crm-tui, first customers"
_PROGRAM = (sys.executable, "-m", "crm_tui")


def measure_starts(database: Path, rivals: Path | None, times: int) -> dict[str, list[float]]:
    """Start everything so many times; return the seconds."""
    workspace = open_workspace(str(database))
    first = str(page(workspace, limit=1)[0].get("profile.email")).partition("@")[0]
    workspace.close()
    # Where a terminal is narrow, the end of an address is not on the screen.
    screens: list[tuple[list[str], dict[str, str]]] = [
        ([*_PROGRAM, "--db", str(database), "--fast"], {FIRST_CUSTOMERS: first}),
        ([sys.executable, "-m", "tests.perf.bare"], {"a Textual program of one word": READY}),
    ]
    harlequin = find_tool(HARLEQUIN, rivals)
    if harlequin is not None:
        # It draws its frame before it has opened the database, whose name then stands in its catalogue.
        shows = {"harlequin, its frame": "Run Query", "harlequin, its database": "▶ main"}
        screens.append(([harlequin, "-a", "sqlite", str(database)], shows))
    commands = {
        "`crm-tui --version`, whole": [*_PROGRAM, "--version"],
        "`crm-tui contacts --limit 50`, whole": [*_PROGRAM, "--db", str(database), "contacts", "--limit", "50"],
    }
    figures: dict[str, list[float]] = {}
    for _ in range(times):
        for command, shows in screens:
            terminal = TimedTerminal(command, {})
            for label, text in shows.items():
                figures.setdefault(label, []).append(terminal.wait(_holds(text)))
            terminal.end()
        for label, command in commands.items():
            figures.setdefault(label, []).append(run(command, os.environ).expect(0).seconds)
    return figures


def _holds(text: str) -> Callable[[list[str]], bool]:
    return lambda lines: any(text in line for line in lines)
