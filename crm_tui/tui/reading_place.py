"""A place that shows what one read of the database finds."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from textual import on
from textual.message import Message
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error
from crm_tui.services import customers
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from crm_tui.tui.place import Place

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _News(Generic[Found]):
    """What was read, and how the database stood before."""

    state: Hashable
    found: Found


class ReadingPlace(Place, Generic[Found]):
    """Reads in a thread, one read at a time, when the database has moved, and once more if it was asked meanwhile.

    A subclass says in `reader` what is read, and in `show_found` how it is shown.
    """

    class Answered(Message):
        """From the thread: what was read, or why it cannot be; None: nothing has changed."""

        def __init__(self, answer: object) -> None:
            super().__init__()
            self.answer = answer

    _known: Hashable = None
    """How the database stood when what is shown was read; None: whatever there is is news."""
    _is_reading = False
    _reads_again = False
    """It was asked while something was read, which may have begun before the change that this is about."""
    _is_outdated = False
    """What is being read is no answer any more to what is asked now."""

    def state(self, workspace: Workspace) -> Hashable:
        """Return, in the thread, what is another value whenever there is something new; None: always read."""
        return customers.revision(workspace)

    def reader(self) -> Callable[[Workspace], Found]:
        """Return what reads, to be called in the thread; what the screen knows is asked for here, before."""
        raise NotImplementedError

    def show_found(self, found: Found) -> None:
        """Show what was read."""
        raise NotImplementedError

    def show_error(self, error: CrmError) -> None:
        """Say what is wrong; what was read before stays in sight, and the next look tries again."""
        self.crm.tell(describe_error(error))

    def show_no_error(self) -> None:
        """Take back what `show_error` said."""

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self.action_refresh()

    def look(self) -> None:
        """Read again if something changed."""
        if self.workspace is None or not self.is_current:
            return
        self._reads_again = self._is_reading
        if not self._is_reading:
            self._is_reading = True
            read = partial(self._read, self.workspace, self.reader(), self._known)
            self.run_worker(read, thread=True, group="read")

    def action_refresh(self) -> None:
        """Read again, whatever was read before."""
        self._known = None
        self._is_outdated = self._is_reading
        self.look()

    def _read(self, workspace: Workspace, read: Callable[[Workspace], Found], known: Hashable) -> None:
        answer: _News[Found] | CrmError | None = None
        try:
            # Before the rest: what changes while that is read is seen by the next look.
            state = self.state(workspace)
            if state is None or state != known:
                answer = _News(state, read(workspace))
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(answer))

    @on(Answered)
    def _take(self, message: Answered) -> None:
        self._is_reading = False
        is_outdated, self._is_outdated = self._is_outdated, False
        if not is_outdated:
            match message.answer:
                case CrmError() as error:
                    self._known = None
                    self.show_error(error)
                case _News(state, found):
                    self._known = state
                    self.show_no_error()
                    self.show_found(found)
                case _:
                    self.show_no_error()
        if self._reads_again or is_outdated:
            self.look()
