"""What an import makes of the managed users (R5), in a line that reads them by itself."""

from functools import partial

from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.services import managed
from crm_tui.services.errors import CrmError
from crm_tui.services.managed import ManagedUsers
from crm_tui.services.workspace import Workspace
from crm_tui.tui.widgets.managed_text import forecast_text
from crm_tui.tui.widgets.safe_text import safe


class ManagedForecast(Static):
    """Out of sight until `show` was called and MU was read; it stays so where it cannot be read."""

    class Read(Message):
        """From the thread: MU as it is now."""

        def __init__(self, now: ManagedUsers, change: int) -> None:
            self.now = now
            self.change = change
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.display = False

    def show(self, workspace: Workspace, change: int) -> None:
        """Show what `change` more customers (created, less leads that are unified) make of MU."""
        self.run_worker(partial(self._read, workspace, change), thread=True, group="forecast", exclusive=True)

    def _read(self, workspace: Workspace, change: int) -> None:
        try:
            now = managed.managed(workspace)
        except CrmError:
            return  # what is in the way of the import itself is said by its step
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(now, change))

    def on_managed_forecast_read(self, message: Read) -> None:
        """Show it."""
        message.stop()
        self.update(safe(forecast_text(message.now, message.change)))
        self.display = True
