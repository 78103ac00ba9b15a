"""A second process that judges rows beside this one, so that a long file has both cores: `python -m ….second`.

It loads the rules and no database. It talks over its standard input and output, in pickles: first the mapping, then a
list of rows for a `Judged`, and at last None for its `Tally`. When the program dies, its input ends, and so does it.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from crm_tui.core.fields import Field
from crm_tui.services.importing.source import Source
from crm_tui.services.importing.stage import Judge, Judged, Row
from crm_tui.services.importing.survey import Tally

MIN_ROWS = 20_000
"""Below that it would be over before the second process has started."""
_AT_ONCE = 2
"""Chunks that the second process has: one that it judges, one that waits."""
_EVERY = 3
"""One chunk in so many is judged here, as this process reads the file and writes all rows besides."""
_FIRST_TAG_LIST = 1 << 40
_BROKEN = (OSError, EOFError, pickle.UnpicklingError)


def judged(
    chunks: Iterable[list[Row]], source: Source, columns: Sequence[Field | None], key: str, tally: Tally
) -> Generator[Judged, None, None]:
    """Yield all rows of a file, judged, chunk by chunk; not always in the file's order.

    Args:
        chunks: The rows, in lists.
        source: The file.
        columns: The field of each of its columns, None for those that are not imported.
        key: The key of the field that rows are matched by.
        tally: Counts the rows; complete when the last chunk has been taken.
    """
    judge = Judge(columns, key, tally)
    second = _start(source, columns, key) if source.rows_total >= MIN_ROWS and _cores() > 1 else None
    if second is None:
        yield from map(judge.judge, chunks)
        return
    lent: deque[list[Row]] = deque()
    try:
        for number, chunk in enumerate(chunks):
            if number % _EVERY == 0 or second.is_broken:
                yield judge.judge(chunk)
                continue
            if len(lent) == _AT_ONCE:
                yield second.take() or judge.judge(lent[0])
                lent.popleft()
            second.give(chunk)
            lent.append(chunk)
        while lent:
            yield second.take() or judge.judge(lent[0])
            lent.popleft()
        second.count_into(tally)
    finally:
        second.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Second:
    """The second process as this one sees it. Once something is wrong with it, it is left alone: rows go on here."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: BinaryIO, answers: BinaryIO) -> None:
        self._process = process
        self._output = output
        self._answers = answers
        self.is_broken = False

    def give(self, something: object) -> None:
        """Send something, which it need not take."""
        try:
            pickle.dump(something, self._output, pickle.HIGHEST_PROTOCOL)
            self._output.flush()
        except _BROKEN:
            self.is_broken = True

    def _answer(self) -> Any:
        if not self.is_broken:
            try:
                return pickle.load(self._answers)
            except _BROKEN:
                self.is_broken = True
        return None

    def take(self) -> Judged | None:
        """Return the rows given first of those that are out; None when it has died."""
        answer: Judged | None = self._answer()
        return answer

    def count_into(self, tally: Tally) -> None:
        """Add what it has counted; when it has died, the remarks know less of the file, and nothing else does."""
        self.give(None)
        counted = self._answer()
        if counted is not None:
            tally.take(counted)

    def close(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        with suppress(OSError):
            self._output.close()
        self._answers.close()
        self._process.wait()


def _start(source: Source, columns: Sequence[Field | None], key: str) -> _Second | None:
    # -P: a file of the manager's folder must not be taken for a module. A session of its own: the terminal sends ctrl+c
    # to all that run in it, and only this process knows what to do then.
    command = [sys.executable, "-P", "-m", "crm_tui.services.importing.second"]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
    assert process.stdin is not None
    assert process.stdout is not None
    second = _Second(process, process.stdin, process.stdout)  # type: ignore[arg-type]
    second.give((source, tuple(columns), key))
    return second


def main() -> None:
    """Be the second process."""
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(*_BROKEN):
        source, columns, key = pickle.load(orders)
        tally = Tally(source, columns, key)
        judge = Judge(columns, key, tally, last_tag_list=_FIRST_TAG_LIST)
        waiting: queue.Queue[list[Row] | None] = queue.Queue(_AT_ONCE)
        threading.Thread(target=_read, args=(orders, waiting), daemon=True).start()
        while (rows := waiting.get()) is not None:
            pickle.dump(judge.judge(rows), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        pickle.dump(tally, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _read(orders: BinaryIO, waiting: "queue.Queue[list[Row] | None]") -> None:
    """Take orders while another is being judged: the program must not have to wait until one is."""
    with suppress(*_BROKEN):
        while (rows := pickle.load(orders)) is not None:
            waiting.put(rows)
        waiting.put(None)
        return
    # The program has died: nobody is left to answer.
    os._exit(0)


if __name__ == "__main__":
    main()
