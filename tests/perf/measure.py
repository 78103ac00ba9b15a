"""Commands as whole processes: their seconds, their processor time, and the memory of all their processes together."""

import ctypes
import math
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLES_PER_SECOND = 10
_SET_CHILD_SUBREAPER = 36
"""Of prctl(2)."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took."""

    seconds: float
    cpu_seconds: float
    """User and system, with the processes it waited for."""
    peak_mb: float
    """The greatest sum over all its processes, ten times a second, each page counted once (Pss)."""
    exit_code: int = 0
    printed: bytes = b""
    said: str = ""
    """What it wrote to the standard error."""

    def expect(self, *exit_codes: int) -> "Run":
        """Return the run itself; end the benchmark where the command ended in another way."""
        if self.exit_code not in exit_codes:
            raise SystemExit(f"A command ended with {self.exit_code}:\n{self.said}")
        return self


@dataclass(frozen=True, slots=True)
class Orphaned:
    """What the processes took that a command left behind, from its end to theirs."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end."""
    # Into a file: the end of a pipe would come only when whoever the command leaves behind has let go of it, too.
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            # A session of its own: by it the command's processes are told from all others.
            start_new_session=True,
        )
        sampler = _Sampler(_Session(process.pid).memory_kb)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        sampler.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Run(seconds, cpu, sampler.peak_mb, process.returncode, printed.read(), said.read().decode())


def median_of(runs: Sequence[Run]) -> Run:
    """Return the medians of several runs, and their greatest peak."""
    return Run(
        statistics.median(one.seconds for one in runs),
        statistics.median(one.cpu_seconds for one in runs),
        max(one.peak_mb for one in runs),
    )


class Orphans:
    """Whoever outlives the command that started them becomes a child of this process, which can wait for them."""

    def __init__(self) -> None:
        self._before: set[int] = set()

    def __enter__(self) -> "Orphans":
        _adopt_orphans(True)
        self._before = _children()
        return self

    def __exit__(self, *_: object) -> None:
        _adopt_orphans(False)

    def wait(self) -> Orphaned | None:
        """Wait until all are gone; None: nobody was there."""
        started = time.perf_counter()
        sampler = _Sampler(lambda: sum(map(_memory_kb, _children() - self._before)))
        cpu, ended = 0.0, 0
        sampler.start()
        # One that ends may leave another.
        while pids := _children() - self._before:
            for pid in pids:
                usage = os.wait4(pid, 0)[2]
                cpu, ended = cpu + usage.ru_utime + usage.ru_stime, ended + 1
        seconds = time.perf_counter() - started
        sampler.stop()
        return Orphaned(seconds, cpu, sampler.peak_mb) if ended else None


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the first column to the left, all others to the right."""
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percentile(figures: Sequence[float], percent: int) -> float:
    """Return the least figure that so many per cent do not exceed."""
    return sorted(figures)[max(math.ceil(len(figures) * percent / 100) - 1, 0)]


class _Sampler(threading.Thread):
    """Looks at something again and again, and keeps the most."""

    def __init__(self, memory_kb: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self._memory_kb = memory_kb
        self._over = threading.Event()
        self.peak_mb = 0.0

    def run(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, self._memory_kb() / 1024)
            if self._over.wait(1 / _SAMPLES_PER_SECOND):
                return

    def stop(self) -> None:
        self._over.set()
        self.join()


class _Session:
    """The processes of a command."""

    def __init__(self, leader: int) -> None:
        self._leader = leader
        self._others: set[str] = set()

    def memory_kb(self) -> int:
        """Return the memory of all of them."""
        total = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if pid in self._others:
                # Looked at once: to look at everybody each time would cost the measured some time.
                continue
            stat = _stat(pid)
            if stat is not None and int(stat[3]) == self._leader:
                total += _memory_kb(int(pid))
            else:
                self._others.add(pid)
        return total


def _memory_kb(pid: int) -> int:
    """Return a process's memory, of pages that several share its part (Pss); 0: it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def _adopt_orphans(wanted: bool) -> None:
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _children() -> set[int]:
    """Return the children of this process."""
    mine = str(os.getpid())
    stats = {pid: _stat(pid) for pid in os.listdir("/proc") if pid.isdigit()}
    return {int(pid) for pid, stat in stats.items() if stat is not None and stat[1] == mine}


def _stat(pid: str) -> list[str] | None:
    """Return what /proc tells of a process behind its name: state, parent, group, session, …"""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()
