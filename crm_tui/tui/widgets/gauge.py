"""A progress bar of one line: characters, no animation, a new picture only when told."""

from textual.widgets import Static

from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.signs import sign

WIDTH = 40


class Gauge(Static):
    """`██████░░░░  60%`"""

    def show(self, share: float | None) -> None:
        """Show a share from 0 to 1; None: nobody knows how much is left."""
        if share is None:
            self.update(safe(sign(self, "rest") * WIDTH))
            return
        share = max(0.0, min(share, 1.0))
        full = int(share * WIDTH)
        self.update(safe(sign(self, "full") * full + sign(self, "rest") * (WIDTH - full) + f" {int(share * 100):>3}%"))
