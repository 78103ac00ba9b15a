"""A program in a pseudo-terminal, and how long after a key its screen shows what it should."""

import fcntl
import os
import pty
import queue
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte
from wcwidth import wcwidth

PATIENCE_S = 120.0


class TimedTerminal:
    """A program of its own process, read by an emulator.

    A thread notes when bytes arrive; what the emulator takes to read them is no part of any figure.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], columns: int = 80, rows: int = 24) -> None:
        # The reader must be let in while the emulator works: what it notes is what is measured.
        sys.setswitchinterval(0.0005)
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = self._write
        self._stream = pyte.ByteStream(self.screen)
        self._arrived: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), {**os.environ, "TERM": "xterm-256color", **env})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                received = os.read(self._fd, 65536)
            except OSError:
                received = b""
            self._arrived.put((time.perf_counter(), received))
            if not received:
                return

    def _write(self, text: str) -> None:
        os.write(self._fd, text.encode())

    @property
    def lines(self) -> list[str]:
        """What the screen shows, line by line."""
        return ["".join(self._cells(line)).rstrip() for line in range(self.screen.lines)]

    def _cells(self, line: int) -> list[str]:
        cells, column = [], 0
        while column < self.screen.columns:
            cell = self.screen.buffer[line][column].data or " "
            cells.append(cell)
            column += 2 if wcwidth(cell[0]) == 2 else 1
        return cells

    def wait(self, shows: Callable[[list[str]], bool], since: float | None = None) -> float:
        """Wait until the screen shows something; return the seconds `since` (else the start) till its bytes came."""
        arrived, until = time.perf_counter(), time.perf_counter() + PATIENCE_S
        while not shows(self.lines):
            try:
                arrived, received = self._arrived.get(timeout=max(0.0, until - time.perf_counter()))
            except queue.Empty:
                received = b""
            if not received:
                raise SystemExit("\n".join(("Not seen within two minutes:", *self.lines)))
            self._stream.feed(received)
        return arrived - (self.started if since is None else since)

    def press(self, key: str, shows: Callable[[list[str]], bool]) -> float:
        """Write a key; return the seconds until the screen shows what it should and did not show before."""
        while not self._arrived.empty():
            self._stream.feed(self._arrived.get()[1])
        if shows(self.lines):
            raise SystemExit("\n".join((f"{key!r} has nothing to change on this screen:", *self.lines)))
        since = time.perf_counter()
        self._write(key)
        return self.wait(shows, since)

    @property
    def memory_mb(self) -> float:
        """Resident memory of the program."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(resident.split()[1]) / 1024

    def end(self) -> None:
        """Quit as a person does, and wait for it."""
        self._write("\x11")
        os.waitpid(self.pid, 0)
