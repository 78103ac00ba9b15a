"""Import of a file against `sqlite3 .import` of the same file, which checks nothing: `python -m tests.perf.bench_import`.

Each command is a whole process; the two take turns, and medians are shown. Peak memory is the largest single process.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.perf.generate import CUSTOM_FIELDS, write_members


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    rival = shutil.which("sqlite3")
    if rival is None:
        print("The sqlite3 program is needed as the rival; install it (Debian: apt install sqlite3).")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, changed = folder / "members.csv", folder / "changed.csv"
        write_members(file, arguments.rows)
        write_members(changed, arguments.rows, changed=0.1)
        figures: dict[str, list[tuple[float, float]]] = {}
        for _ in range(arguments.runs):
            for path in folder.glob("*.db*"):
                path.unlink()
            environment = os.environ | {"CRM_TUI_DB": str(folder / "crm.db"), "XDG_STATE_HOME": str(folder / "state")}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            for key, kind in CUSTOM_FIELDS:
                _run([sys.executable, "-m", "crm_tui", "fields", "add", key, kind, key], environment)
            floor = [rival, str(folder / "rival.db"), f".import --csv {file} t"]
            ours = [sys.executable, "-m", "crm_tui", "import", "--target", "member", "--yes", "--json"]
            for label, command in (
                ("sqlite3 .import (no checks)", floor),
                ("import, new", [*ours, str(file)]),
                ("import again, unchanged", [*ours, str(file)]),
                ("import again, 10 % changed", [*ours, str(changed)]),
            ):
                figures.setdefault(label, []).append(_run(command, environment))
        print(f"{arguments.rows:,} rows, 15 columns, {file.stat().st_size / 1e6:.0f} MB, median of {arguments.runs}\n")
        base = statistics.median(seconds for seconds, _ in figures["sqlite3 .import (no checks)"])
        print(f"{'':30} {'seconds':>8} {'ratio':>6} {'peak MB':>8}")
        for label, runs in figures.items():
            seconds = statistics.median(one for one, _ in runs)
            print(f"{label:30} {seconds:8.2f} {seconds / base:6.1f} {max(peak for _, peak in runs):8.0f}")
    return 0


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command to its end; return its wall seconds and its peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    # 3: applied, and the one per cent of faulty rows failed
    if process.returncode not in (0, 3) or (printed[:1] == b"{" and json.loads(printed)["state"] != "applied"):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
