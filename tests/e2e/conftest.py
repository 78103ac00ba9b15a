"""A real terminal of 80×24: the program in a pseudo-terminal, and what its screen shows."""

import contextlib
import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pexpect
import pyte
import pytest
from wcwidth import wcwidth

from crm_tui import config

PATIENCE_S = 60.0
"""How long a text may take to appear; on a machine that is busy with other things."""

AS_MANAGER = """
from crm_tui import config
config.login_name = lambda: "{manager}"
from crm_tui.__main__ import main
main()
"""
"""A manager is the user of the operating system; a test has only one."""


def _without_size(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would count for more than the window itself; a runner of tests may have set it."""
    return {name: value for name, value in environ.items() if name not in ("COLUMNS", "LINES")}


class Terminal:
    """The program in a pseudo-terminal, read by an emulator."""

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        cwd: Path | None = None,
        in_shell: bool = False,
        manager: str | None = None,
        **env: str,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = self.send
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.is_over = False
        program = ["-m", "crm_tui"] if manager is None else ["-c", AS_MANAGER.format(manager=manager)]
        command = [sys.executable, *program, *arguments]
        started = ["bash", "--norc", "--noprofile", "-i"] if in_shell else command
        self.child = pexpect.spawn(
            started[0],
            started[1:],
            env={
                **_without_size(os.environ),
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                **env,
            },
            dimensions=(rows, columns),
            cwd=cwd,
        )
        self.child.delaybeforesend = None
        if in_shell:
            self.send(f"{shlex.join(command)}\r")

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        return "\n".join("".join(self._cells(line)).rstrip() for line in range(self.screen.lines))

    def _cells(self, line: int) -> Iterator[str]:
        # Not the emulator's own `display`: it fails on half of a wide character whose other half was written over.
        column = 0
        while column < self.screen.columns:
            cell = self.screen.buffer[line][column].data or " "
            yield cell
            column += 2 if wcwidth(cell[0]) == 2 else 1

    def send(self, text: str) -> None:
        """Type."""
        self.child.send(text)

    def resize(self, rows: int, columns: int) -> None:
        """Give the window another size."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def wait_for(self, *texts: str) -> None:
        """Wait until the screen shows all of `texts`."""
        self.wait_until(lambda: all(one in self.text for one in texts), " and ".join(texts))

    def wait_until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until something has happened on the screen."""
        until = time.monotonic() + PATIENCE_S
        while not happened():
            if time.monotonic() > until or not self._read():
                raise AssertionError(f"not seen: {what}\n{self.text}")

    def end(self) -> int:
        """Wait until the program has ended; return its exit code, or minus the signal that ended it."""
        until = time.monotonic() + PATIENCE_S
        while self._read():
            if time.monotonic() > until:
                raise AssertionError(f"still running\n{self.text}")
        self.child.wait()
        return -self.child.signalstatus if self.child.signalstatus else self.child.exitstatus

    def read_on(self, first_s: float, quiet_s: float) -> bool:
        """Read until nothing more comes for a moment; say whether anything came at all.

        For walks that look at whatever there is: a test that needs one thing waits for that.
        """
        before, read = len(self.raw), -1
        until = time.monotonic() + PATIENCE_S
        self._read(first_s)
        while (read != len(self.raw) > before or self._is_working()) and time.monotonic() < until:
            read = len(self.raw)
            self._read(quiet_s)
        return len(self.raw) > before

    def _is_working(self) -> bool:
        """Say whether the program computes, or would if a busy machine let it; only Linux tells."""
        for task in Path(f"/proc/{self.child.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):  # a thread that has just ended
                if task.read_text().rpartition(") ")[2][0] in "RD":
                    return True
        return False

    def _read(self, timeout: float = 0.2) -> bool:
        """Read what comes within a moment; False once nothing more will come."""
        try:
            received = self.child.read_nonblocking(65536, timeout=timeout)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += received
        self._stream.feed(received)
        return True


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Start the program in a terminal of its own; what still runs at the end is ended."""
    started: list[Terminal] = []

    def start(*arguments: object, **options: object) -> Terminal:
        started.append(Terminal(*map(str, arguments), **options))
        return started[-1]

    yield start
    for one in started:
        one.child.close(force=True)


@pytest.fixture
def database(private_home: Path, empty_database: Path) -> Path:
    """The test's own database, where the program looks for it by itself."""
    path = config.database_path()
    path.parent.mkdir(mode=0o700, parents=True)
    shutil.copy2(empty_database, path)
    return path
