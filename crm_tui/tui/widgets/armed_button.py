"""A button that cannot be pressed by a key that was meant for something else."""

import asyncio
import time

from textual.widgets import Button

from crm_tui.tui.widgets.line_button import LineButton

QUIET_S = 0.4
"""How long no key was typed before the button takes one; longer than a key that is held down repeats."""


class ArmedButton(LineButton):
    """Out of reach at first; `arm` gives it the focus as soon as the keyboard is quiet."""

    def __init__(self, text: str, *, id: str) -> None:
        super().__init__(text, id=id, disabled=True)
        self._typed_at = 0.0

    def arm(self) -> None:
        """Wait until nothing typed ahead can arrive, then be there."""
        self._typed_at = time.monotonic()
        self.run_worker(self._wait_for_quiet(), group="arm", exclusive=True)

    def disarm(self) -> None:
        """Be out of reach again."""
        self.workers.cancel_node(self)
        self.disabled = True

    def typed(self) -> None:
        """A key was typed somewhere."""
        self._typed_at = time.monotonic()

    async def _wait_for_quiet(self) -> None:
        while (rest := self._typed_at + QUIET_S - time.monotonic()) > 0:
            await asyncio.sleep(rest)
        if not self.is_attached:
            return
        self.disabled = False
        focused = self.screen.focused
        # Whoever went to look at the failed rows meanwhile is not torn away from them.
        if focused is None or (not isinstance(focused, Button) and not focused.id):
            self.focus()
