"""How wide this terminal draws a text: it is asked where its cursor stands."""

import os
import re
import select
import sys
import time

_TIMEOUT_S = 0.5
_ANSWER = re.compile(rb"\x1b\[\d+;(\d+)R")


def measured_width(text: str) -> int | None:
    """Return how many cells the cursor moves over `text`; None where there is no terminal, or it does not answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return None
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        # Without echo, and answered at once instead of at the next Enter.
        tty.setcbreak(descriptor)
        sys.stdout.write(f"\r{text}\x1b[6n")
        sys.stdout.flush()
        answer = _read_answer(descriptor)
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
    return None if answer is None else answer - 1


def _read_answer(descriptor: int) -> int | None:
    """Return the column, from 1, in which the cursor stands."""
    until = time.monotonic() + _TIMEOUT_S
    received = b""
    while (left := until - time.monotonic()) > 0:
        readable, _, _ = select.select([descriptor], [], [], left)
        if readable:
            received += os.read(descriptor, 64)
            if match := _ANSWER.search(received):
                return int(match[1])
    return None
