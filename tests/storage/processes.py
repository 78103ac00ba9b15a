"""Other processes: several that begin at the same moment, and one that root's rights were taken from."""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_READY = "ready\n"
_PATIENCE_S = 60
WITHOUT_BETTER_DRIVERS = """
import sys
for name in ("sqlcipher3", "sqlcipher3.dbapi2", "pysqlite3", "pysqlite3.dbapi2"):
    sys.modules[name] = None
"""
"""For a script that is to use the SQLite that Python brings."""
_BEGIN_TOGETHER = f"import sys; print({_READY!r}, end='', flush=True); sys.stdin.readline()\n"


def run_at_once(prepare: str, script: str, arguments: Sequence[Sequence[object]]) -> list[Any]:
    """Run a script in a process for each list of arguments; all begin when the last of them is prepared.

    Each ends with one line of JSON on its stdout, which is returned.
    """
    code = prepare + "\n" + _BEGIN_TOGETHER + script
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, some)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for some in arguments
    ]
    try:
        return _end_together(running)
    finally:
        for process in running:
            process.kill()


def _end_together(running: Sequence["subprocess.Popen[str]"]) -> list[Any]:
    for process in running:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == _READY, process.stderr.read()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=_PATIENCE_S) for process in running]
    assert [process.returncode for process in running] == [0] * len(running), [err for _, err in ended]
    return [json.loads(out) for out, _ in ended]


def run_as_a_user(script: str, *arguments: object) -> Any:
    """Run a script that file rights hold back, as they hold nobody back who is root; return what it ends with (JSON)."""
    ended = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
        preexec_fn=_give_up_the_rights_of_root if os.geteuid() == 0 else None,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def _give_up_the_rights_of_root() -> None:
    drop_from_bounding_set = 24
    for capability in (cap_dac_override := 1, cap_dac_override + 1):
        if ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0) != 0:
            raise OSError("root keeps its rights over files")
