"""A process of its own that reads, checks and stages one part of a file: `python -m` this, with the order on stdin.

It is told what to do in one line of JSON, and says how far it is, and how it went, in lines of JSON on stdout. It ends
when whoever started it is gone. Neither the terminal's library nor the database's large one is loaded.
"""

import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm_tui.core.fields import Field, FieldType
from crm_tui.services.errors import SourceError
from crm_tui.services.importing.delimited import Records
from crm_tui.services.importing.source import Source
from crm_tui.services.importing.stage import Judge, Judged
from crm_tui.services.importing.survey import Tally
from storage.circumstances import code_of
from storage.dialects import sqlite

_ROWS_AT_A_TIME = 10_000
"""Written in one transaction: others wait meanwhile."""
_TELL_EVERY_S = 0.05


def order_of(source: Source, fields: Sequence[Field | None], key: str, scratch: Path) -> dict[str, Any]:
    """Return what the orders for all parts of an import have in common, as JSON takes it."""
    return {
        "source": asdict(source) | {"path": str(source.path)},
        "fields": [field and [field.key, field.type.value] for field in fields],
        "key": key,
        "scratch": str(scratch),
    }


def main() -> int:
    """Do what is ordered."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to everybody; who started this decides
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    gc.disable()  # rows are no garbage in cycles, and the process ends soon
    _say(stage(order))
    return 0


def _end_with_the_other() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _say(what: Mapping[str, Any]) -> None:
    print(json.dumps(what), flush=True)


def stage(order: Mapping[str, Any]) -> dict[str, Any]:
    """Stage a part; return what was counted, or what is wrong, as `together` reads it."""
    try:
        return _stage(order)
    except SourceError as error:
        return {"code": error.code, "params": error.params}
    except UnicodeDecodeError:
        return {"code": "source_changed", "params": {}}
    except FileNotFoundError:
        return {"code": "source_missing", "params": {}}
    except OSError:
        return {"code": "source_unreadable", "params": {}}
    except sqlite.driver_error() as error:
        code = code_of(str(error))
        if code is None:
            raise
        return {"database_code": code}


def _stage(order: Mapping[str, Any]) -> dict[str, Any]:
    fields = [None if one is None else Field(one[0], FieldType(one[1])) for one in order["fields"]]
    last_row = order["last_row"]
    source = Source(**order["source"] | {"path": Path(order["source"]["path"])})
    tally = Tally(source, fields, order["key"], tracked=order["tracked"])
    # No part has as many lists as bytes: ids behind its first byte are its own.
    judge = Judge(fields, order["key"], tally, last_tag_list=order["start"])
    with contextlib.closing(sqlite.open_staging(Path(order["scratch"]))) as connection, source.path.open("rb") as file:
        file.seek(order["start"])
        records = Records(
            file=file,
            # A mark in front of a later part is a character of the file.
            encoding=source.encoding.removesuffix("-sig") if last_row else source.encoding,
            delimiter=source.delimiter,
            skip_lines=0 if last_row else source.skip_lines,
            bytes_left=order["end"] - order["start"],
            last_row=last_row,
        )
        _write_all(connection, records, judge, tally)
    return {"last_row": records.last_row, "counts": tally.counts()}


def _write_all(connection: Any, records: Records, judge: Judge, tally: Tally) -> None:
    waiting: list[Judged] = []
    rows = 0
    told = time.monotonic()
    for chunk in records:
        below = chunk.below_header()
        waiting.append(judge.judge(below))
        rows += len(below.rows)
        if rows >= _ROWS_AT_A_TIME:
            _write(connection, waiting)
            waiting, rows = [], 0
        if time.monotonic() - told >= _TELL_EVERY_S:
            told = time.monotonic()
            _say({"rows": tally.rows, "failed": tally.failed, "bytes_read": records.bytes_read})
    _write(connection, waiting)


def _write(connection: Any, waiting: Sequence[Judged]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for judged in waiting:
        judged.write(connection)
    connection.execute("COMMIT")


if __name__ == "__main__":
    sys.exit(main())
