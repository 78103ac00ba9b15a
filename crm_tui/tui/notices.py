"""What has just happened, told in the line at the bottom: long enough to be read, and not where it misleads."""

import time
from typing import TYPE_CHECKING

from textual.timer import Timer

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

SHOWN_S = 6.0
KEPT_S = 10.0
"""For what a manager waited for and may have looked away from."""
READ_S = 2.0
"""Before that, a cursor that moves on does not take it away."""


class Notices:
    """One sentence at a time. It is `app.notice`, which whoever shows it watches."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._timer: Timer | None = None
        self._told_at = 0.0
        self._is_kept = False
        self._is_old = False
        """Whether a key was typed since: what is done then is about something else."""

    def tell(self, sentence: str, *, is_kept: bool = False) -> None:
        """Show a sentence for a while; `is_kept`: whatever is done meanwhile, and for longer."""
        if self._timer is not None:
            self._timer.stop()
        self._app.notice = sentence
        self._told_at, self._is_kept, self._is_old = time.monotonic(), is_kept, False
        self._timer = self._app.set_timer(KEPT_S if is_kept else SHOWN_S, self.forget)

    def forget(self) -> None:
        """Show it no longer."""
        self._app.notice = ""

    def typed(self) -> None:
        """A key was typed."""
        self._is_old = True

    def gone_elsewhere(self) -> None:
        """Another screen is shown: what was told before the key that led to it is not about this one."""
        if self._is_old and not self._is_kept:
            self.forget()

    def moved_on(self) -> None:
        """The place has something new to say in the same line."""
        if time.monotonic() >= self._told_at + READ_S:
            self.gone_elsewhere()
