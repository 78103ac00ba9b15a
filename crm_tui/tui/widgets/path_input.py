"""A line for a path: Tab completes what the files of a folder share."""

from collections.abc import Callable, Sequence

from textual.message import Message

from crm_tui.tui import keys
from crm_tui.tui.widgets.folder import Entry, completed, split
from crm_tui.tui.widgets.safe_input import SafeInput


class PathInput(SafeInput):
    """Asks `entries` what lies in the folder that is being typed; None: that is not known yet."""

    class Left(Message):
        """Tab had nothing to complete, or Down was pressed: the focus may go on."""

    def __init__(self, value: str, entries: Callable[[], Sequence[Entry] | None], *, id: str | None = None) -> None:
        super().__init__(value, id=id)
        keys.add_bindings(self, keys.PATH)
        self._entries = entries
        self._is_waiting = False
        """Tab was pressed before the folder was read."""

    def action_complete(self) -> None:
        """Grow the name to what all matching files share."""
        entries = self._entries()
        self._is_waiting = entries is None
        if entries is None:
            return
        folder, name = split(self.value)
        grown = folder + completed(entries, name)
        if grown == self.value:
            self.post_message(self.Left())
        else:
            self.show(grown)

    def folder_read(self) -> None:
        """Complete what was waited for."""
        if self._is_waiting:
            self.action_complete()

    def action_leave_line(self) -> None:
        """Go on to the list below."""
        self.post_message(self.Left())
