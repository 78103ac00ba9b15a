"""Conversations without an owner: of a deleted customer only the texts of messages stay (R49)."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.conversations import Entry, OwnerlessConversation, ownerless, ownerless_messages
from crm_tui.services.errors import CrmError, NotFound
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.reading_place import ReadingPlace
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.ownerless_list import OwnerlessList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.timeline_list import TimelineList
from crm_tui.tui.widgets.timeline_text import timeline_lines
from crm_tui.tui.widgets.times import zone_name

MAX_SHOWN = 1000


class OwnerlessScreen(ReadingPlace[tuple[OwnerlessConversation, ...]]):
    """The conversations on the left, the messages of the one under the cursor on the right."""

    CSS_PATH: ClassVar = "../styles/ownerless.tcss"

    class ReadMessages(Message):
        """From the thread: the messages of a conversation, or why they cannot be read."""

        def __init__(self, thread: int, answer: tuple[Entry, ...] | CrmError) -> None:
            super().__init__()
            self.thread = thread
            self.answer = answer

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.BACK, *keys.OWNERLESS))
        self._read_thread: int | None = None
        """The conversation whose messages are in sight, or on their way."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static(safe(t("talk.ownerless_title")), id="ownerless-title")
        with Horizontal(id="ownerless-panes"):
            yield OwnerlessList(id="conversations")
            yield TimelineList(id="messages")
        yield StatusLine()
        yield KeyBar()

    @property
    def _list(self) -> OwnerlessList:
        return self.query_one(OwnerlessList)

    @property
    def _messages(self) -> TimelineList:
        return self.query_one(TimelineList)

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the list."""
        self._messages.heading = " "
        self.set_focus(self._list)

    def reader(self) -> Callable[[Workspace], tuple[OwnerlessConversation, ...]]:
        """Return what reads the conversations."""
        return partial(ownerless, limit=MAX_SHOWN)

    def show_found(self, found: tuple[OwnerlessConversation, ...]) -> None:
        """Show the conversations, and read the one under the cursor again."""
        self._list.show(found)
        self._list.say_instead(t("talk.ownerless_empty"))
        self._messages.display = bool(found)
        self._read_thread = None
        self._moved()

    @on(RowList.Moved, "#conversations")
    def _moved(self) -> None:
        current, workspace = self._list.current, self.workspace
        if current is None:
            self._messages.show(())
            self.status.say("", zone_name())
        elif workspace is not None and current.thread != self._read_thread:
            self._read_thread = current.thread
            read = partial(self._read_messages, workspace, current.thread)
            self.run_worker(read, thread=True, group="messages")
            count = f"{self._list.cursor + 1:,} / {self._list.total:,}"
            is_cut = self._list.total == MAX_SHOWN
            limit = f"   {t('talk.ownerless_limit', count=f'{MAX_SHOWN:,}')}" if is_cut else ""
            self.status.say(f"{count}{limit}", zone_name())
        self.refresh_bindings()

    def _read_messages(self, workspace: Workspace, thread: int) -> None:
        answer: tuple[Entry, ...] | CrmError
        try:
            answer = ownerless_messages(workspace, thread, MAX_SHOWN)
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.ReadMessages(thread, answer))

    @on(ReadMessages)
    def _show_messages(self, message: ReadMessages) -> None:
        if message.thread != self._read_thread:  # the cursor has moved on
            return
        if isinstance(message.answer, NotFound):
            self.action_refresh()
        elif isinstance(message.answer, CrmError):
            self.crm.tell(describe_error(message.answer))
        else:
            heading = t("talk.ownerless_messages", thread=message.thread)
            if heading != self._messages.heading:
                self._messages.heading = heading
                self._messages.move_to(0)
            self._messages.show(timeline_lines(message.answer))
            self.refresh_bindings()

    # -- doing --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if action == "copy_value" and self.is_mounted:
            return bool(self._messages.total)
        return True

    @on(RowList.Opened, "#conversations")
    def _go_to_messages(self, event: RowList.Opened) -> None:
        event.stop()
        self.set_focus(self._messages)

    def action_copy_value(self) -> None:
        """Copy the message under the cursor."""
        if copied := self._messages.text_to_copy():
            self.crm.copy_text(copied)

    def action_back(self) -> None:
        """Go back to the list, or leave."""
        if self.focused is self._messages:
            self.set_focus(self._list)
        else:
            self.dismiss(None)
