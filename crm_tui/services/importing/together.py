"""Several processes stage the parts of one file in one scratch database; here they are started, watched and judged."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crm_tui.services.errors import DatabaseError, SourceError
from crm_tui.services.importing.parts import Part
from crm_tui.services.importing.source import Source, check_unchanged, said
from crm_tui.services.importing.survey import Tally

_MODULE = "crm_tui.services.importing.stage_part"
_LOOK_EVERY_S = 0.1


class NotInParts(Exception):
    """The file has to be staged in one piece: the cuts were wrong, or this machine starts no process."""


@dataclass(frozen=True, slots=True)
class Staging:
    """How far it is."""

    rows: int = 0
    failed: int = 0
    bytes_read: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows that are numbered too high: a part above has fewer records than was thought."""

    first_row: int
    last_row: int
    by: int


def stage_parts(
    source: Source, parts: Sequence[Part], order: Mapping[str, Any], tally: Tally, scratch: Path
) -> Generator[Staging, None, list[Moved]]:
    """Stage the parts of a file; yield often how far it is, return which rows are to be numbered anew.

    The processes end when the generator does. After an error the scratch database is of no use any more.

    Args:
        source: The file.
        parts: All of it.
        order: What the orders of the parts have in common.
        tally: Counts the rows of all.
        scratch: The scratch database.

    Raises:
        NotInParts: It has to be done in one piece.
        SourceError: The file cannot be used, as if it were read in one piece.
        DatabaseError: The scratch database cannot be written.
    """
    with said(source.path):
        check_unchanged(source)
        with _started([dict(order) | asdict(part) for part in parts]) as heard:
            ends = yield from _watch(heard, len(parts), scratch)
        check_unchanged(source)
    return put_together(source, parts, ends, tally)


def put_together(source: Source, parts: Sequence[Part], ends: Sequence[Mapping[str, Any]], tally: Tally) -> list[Moved]:
    """Judge how the parts ended, in order: the first that has something to say decides.

    Args:
        source: The file.
        parts: All of it.
        ends: What `stage_part.stage` returned for each.
        tally: Counts the rows of all.

    Raises:
        NotInParts: A cut was wrong.
        SourceError: The file cannot be used.
    """
    moved: list[Moved] = []
    below = 0
    for number, (part, end) in enumerate(zip(parts, ends, strict=True)):
        if "code" in end:
            _raise_as_one(source, end, below, is_last=number == len(parts) - 1)
        if not end["last_row"]:
            raise NotInParts  # nothing but empty lines: the header stands further down
        if below < 0:
            moved.append(Moved(part.last_row + 1, end["last_row"], -below))
        tally.add_counts(end["counts"])
        if number < len(parts) - 1:
            more = end["last_row"] - parts[number + 1].last_row
            if more > 0:
                raise NotInParts  # two rows may have the same number
            below += more
    return moved


def _raise_as_one(source: Source, end: Mapping[str, Any], below: int, *, is_last: bool) -> None:
    """Raise what whoever reads the file in one piece would raise of a part's end."""
    code, params = end["code"], dict(end["params"])
    if code == "source_unclosed_quote" and not is_last:
        raise NotInParts
    if "row" in params:
        params["row"] += below
    else:
        params["path"] = str(source.path) if code in ("source_missing", "source_unreadable") else source.path.name
    raise SourceError(code, **params)


@contextlib.contextmanager
def _started(orders: Sequence[Mapping[str, Any]]) -> Iterator["queue.SimpleQueue[tuple[int, Any]]"]:
    """Start a process for each order; give what they say, with their numbers, None when one has ended."""
    if not sys.executable:
        raise NotInParts  # a Python within another program does not know where it is
    heard: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    with contextlib.ExitStack() as stack:
        for number, order in enumerate(orders):
            try:
                process = subprocess.Popen(
                    (sys.executable, "-P", "-m", _MODULE),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                raise NotInParts from None
            listener = threading.Thread(target=_listen, args=(number, process, heard), daemon=True)
            listener.start()
            stack.callback(_end, process, listener)
            # It may have died already: that is heard.
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.write(json.dumps(order).encode() + b"\n")
                process.stdin.flush()
        yield heard


def _listen(number: int, process: "subprocess.Popen[bytes]", heard: "queue.SimpleQueue[tuple[int, Any]]") -> None:
    assert process.stdout is not None
    # A line that was cut short is none.
    with contextlib.suppress(ValueError):
        for line in process.stdout:
            heard.put((number, json.loads(line)))
    heard.put((number, None))


def _end(process: "subprocess.Popen[bytes]", listener: threading.Thread) -> None:
    process.kill()
    process.wait()
    listener.join()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with contextlib.suppress(OSError):
            pipe.close()


def _watch(
    heard: "queue.SimpleQueue[tuple[int, Any]]", parts: int, scratch: Path
) -> Generator[Staging, None, list[Mapping[str, Any]]]:
    """Yield how far all are; return how each ended, up to the first that ended badly."""
    far = [Staging()] * parts
    ends: dict[int, Mapping[str, Any]] = {}
    wanted = parts
    while len([number for number in ends if number < wanted]) < wanted:
        with contextlib.suppress(queue.Empty):
            number, told = heard.get(timeout=_LOOK_EVERY_S)
            if told is None:
                if number not in ends and number < wanted:
                    raise NotInParts
            elif "bytes_read" in told:
                far[number] = Staging(**told)
            elif "database_code" in told:
                raise DatabaseError(told["database_code"], path=str(scratch))
            else:
                ends[number] = told
                # What stands below a fault says nothing any more.
                wanted = min(wanted, number + 1) if "code" in told else wanted
        yield Staging(*(sum(one) for one in zip(*((one.rows, one.failed, one.bytes_read) for one in far), strict=True)))
    return [ends[number] if number < wanted else {"code": "source_unclosed_quote"} for number in range(parts)]
