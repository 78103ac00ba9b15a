"""What the tabs of the settings have in common: a list, read and written in threads."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.containers import Vertical
from textual.message import Message
from textual.worker import get_current_worker

from crm_tui.core.permissions import Permission
from crm_tui.i18n import describe_error
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.widgets.refusal import cover
from crm_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

Answer = TypeVar("Answer")
_SLOW_S = 0.5
_RESTS = 10
"""What takes longer than that rests so many times as long."""
LEAVE = "leave"
"""The answer that changes nothing."""


def rest_until(seconds: float) -> float:
    """Return when something may be counted again that took so long: another program may write all the time."""
    return time.monotonic() + (_RESTS * seconds if seconds > _SLOW_S else 0.0)


class Pane(Vertical):
    """One tab. Its actions are offered while it is in sight."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = ()
    NEEDS: ClassVar[Permission | None] = None
    """Without it there is a sentence instead of what the tab shows, and nothing is read (R51)."""

    class Said(Message):
        """There is something wrong to be said, or nothing any more ("")."""

        def __init__(self, group: str, sentence: str) -> None:
            self.group = group
            """What went wrong: what has been read since says nothing about a "write"."""
            self.sentence = sentence
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        keys.add_bindings(self, self.ACTIONS)
        self._is_reading = False
        self._reads_again = False

    @property
    def crm(self) -> "CrmApp":
        """The application."""
        return cast("CrmApp", self.app)

    @property
    def workspace(self) -> Workspace | None:
        """The database, once it is open."""
        return self.crm.workspace

    @property
    def rows(self) -> RowList:
        """The list that has the focus while the tab is open."""
        return self.query_one(RowList)

    @property
    def position(self) -> str:
        """How the tab stands, for the line at the bottom."""
        raise NotImplementedError

    def show_or_refuse(self) -> bool:
        """Show the tab, or say why not; return whether it is shown."""
        is_shown = self.NEEDS is None or self.crm.may(self.NEEDS)
        cover(self, "" if is_shown or self.NEEDS is None else self.crm.refusal(self.NEEDS))
        return is_shown

    def find(self, wanted: str) -> None:
        """Show only what has a text in its name."""
        raise NotImplementedError

    def look(self) -> None:
        """Read again if something changed."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read again, whatever was read before."""
        self.forget()
        self.look()

    def read(self, ask: Callable[[], Answer], take: Callable[[Answer], None]) -> None:
        """Read in a thread, one thing at a time, and take the answer here."""
        # What is being read may have begun before the change that this is about.
        self._reads_again = self._is_reading
        if not self._is_reading:
            self._is_reading = True
            self.in_thread("read", ask, partial(self._take, take))

    def _take(self, take: Callable[[Answer], None], answer: Answer) -> None:
        self._is_reading = False
        self.say("read", "")
        take(answer)
        if self._reads_again:
            self.look()

    def write(self, change: Callable[[], Answer], take: Callable[[Answer], None]) -> None:
        """Write in a thread, and take the answer here."""
        self.say("write", "")
        self.in_thread("write", change, take)

    def in_thread(self, group: str, ask: Callable[[], Answer], take: Callable[[Answer], None]) -> None:
        """Do something in a thread, and take the answer here; what fails is said."""
        self.run_worker(partial(self._answer, group, ask, take), thread=True, group=group)

    def _answer(self, group: str, ask: Callable[[], Answer], take: Callable[[Answer], None]) -> None:
        try:
            answer = ask()
        except CrmError as error:
            self.app.call_later(self.fail, group, error)
            return
        if not get_current_worker().is_cancelled:
            self.app.call_later(take, answer)

    def fail(self, group: str, error: CrmError) -> None:
        """Say what is wrong; what was read before stays in sight, and the next look tries again."""
        if group != "write":
            self._is_reading = False
        self.say("write" if group == "write" else "read", describe_error(error))
        self.forget()

    def say(self, group: str, sentence: str) -> None:
        """Say what went wrong."""
        self.post_message(self.Said(group, sentence))

    def forget(self) -> None:
        """Take whatever the next look finds for news."""

    def ask(self, question: str, answers: list[tuple[str, str]], act: Callable[[str], None]) -> None:
        """Ask; `act` gets the name of the answer unless it was to leave things as they are."""

        def answered(answer: str | None) -> None:
            if answer not in (None, LEAVE):
                act(str(answer))

        self.app.push_screen(Ask(question, answers), answered)
