"""A process that does a step of the year and is killed on the way: `python -m tests.services.living`.

It reads a step a line from stdin, in JSON, and forks for each, as starting Python anew would take most of the time. It
answers "done <statements>", or "killed".
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from tests.services.year import STEPS, play


def main() -> None:
    """Answer until stdin ends."""
    driver = sqlite.load_driver()
    connect = driver.connect
    for line in sys.stdin:
        order = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            passed = 0

            def pass_one(_: object, order: dict[str, Any] = order) -> None:
                nonlocal passed
                passed += 1
                if passed == order.get("where"):
                    os.kill(os.getpid(), signal.SIGKILL)

            def traced(*arguments: Any, **options: Any) -> Any:
                connection = connect(*arguments, **options)
                connection.set_trace_callback(pass_one)
                return connection

            driver.connect = traced
            Workspace.now_ms = lambda self, now=order["now"]: now  # type: ignore[method-assign]
            step = None if order["step"] is None else STEPS[order["step"]]
            play(step, Path(order["database"]), Path(order["folder"]))
            os.write(writer, str(passed).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            statements = told.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(f"done {statements}" if code == 0 else "killed" if code == -signal.SIGKILL else "failed", flush=True)


if __name__ == "__main__":
    main()
