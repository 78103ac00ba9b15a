"""The one long piece of work that the desk does: shown at the right of the top line, stopped by ctrl+c."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.timer import Timer
from textual.worker import get_current_worker

from crm_tui.i18n import t
from crm_tui.services.errors import CrmError
from crm_tui.tui.jobs import as_crm_error

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

Result = TypeVar("Result")
SHOWN_EVERY_S = 0.5
"""Work that is done before the first time is not shown at all."""
_WIDE = 100


class Steps:
    """What a piece of work says on its way, and how it hears that it should stop."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.done = 0
        self.total = 0
        """0 while nobody knows."""

    def told(self, done: int, total: int) -> None:
        """Take how far it is, from any thread."""
        self.done, self.total = done, total


class Work:
    """Runs one thing at a time in a thread, and hands what came out of it to the screen's thread."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._steps = Steps()
        self.name = ""
        """What runs, or ran last, in the manager's words."""
        self._can_stop = False
        self._started_at = 0.0
        self._timer: Timer | None = None
        self.is_running = False

    def run(
        self,
        name: str,
        do: Callable[[Steps], Result],
        then: Callable[[Result | CrmError], None],
        *,
        can_stop: bool = False,
    ) -> None:
        """Do something; `then` gets what came of it, or the error.

        Args:
            name: What it is called in the top line, e.g. "Export".
            do: Called in a thread.
            then: Called in the screen's thread.
            can_stop: `do` looks at the event of its steps.
        """
        self.is_running = True
        self._steps = steps = Steps()
        self.name = name
        self._can_stop = can_stop
        self._started_at = time.monotonic()
        self._app.notice = ""
        self._timer = self._app.set_interval(SHOWN_EVERY_S, self.show)
        self._app.run_worker(partial(self._run, do, then, steps), thread=True, group="desk")

    def cancel(self) -> None:
        """Ask it to stop, or say that it cannot."""
        if self._can_stop:
            self._steps.stop.set()
            self.show()
        else:
            self._app.tell(t("desk.cannot_stop", what=self.name))

    def stop(self) -> None:
        """Ask it to stop because the program ends."""
        self._steps.stop.set()

    def _run(self, do: Callable[[Steps], Result], then: Callable[[Result | CrmError], None], steps: Steps) -> None:
        answer: Result | CrmError
        try:
            answer = do(steps)
        except CrmError as error:
            answer = error
        except OSError as error:
            answer = as_crm_error(error, Path(str(error.filename or "")), "output_unwritable")
        if not get_current_worker().is_cancelled:
            self._app.call_later(self._ended, partial(then, answer))

    def _ended(self, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._app.progress = ""
        self.is_running = False
        self._app.headcount.look(at_once=True)
        then()

    def show(self) -> None:
        """Say in the top line how far it is."""
        if self.is_running:
            self._app.progress = self._words()

    def _words(self) -> str:
        """Return how far it is: the share, the speed where there is room, and the time left."""
        steps = self._steps
        seconds = time.monotonic() - self._started_at
        if steps.stop.is_set():
            return t("desk.stopping", what=self.name)
        if not steps.total:
            return t("desk.progress_open", what=self.name, seconds=int(seconds))
        percent = 100 * steps.done // steps.total
        speed = steps.done / seconds if seconds else 0.0
        left = int((steps.total - steps.done) / speed) + 1 if speed else 0
        if self._app.size.width < _WIDE:
            return t("desk.progress", what=self.name, percent=percent, left=_time_left(left))
        speed_text = f"{int(speed):,}"
        return t("desk.progress_wide", what=self.name, percent=percent, speed=speed_text, left=_time_left(left))


def _time_left(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"
