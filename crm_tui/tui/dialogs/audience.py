"""The marketing audience of a search: how many may get a message, why others may not, and where to write them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static
from textual.worker import get_current_worker

from crm_tui.core.vocabulary import Channel
from crm_tui.i18n import describe_error, t
from crm_tui.services.audience import Audience, audience
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.folder import Entry, abbreviated, read_folder, resolve, split
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.path_input import PathInput
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, safe

_CHANNELS = tuple(Channel)
_SUFFIX = ".csv"
_NUMBER_WIDTH = 11


@dataclass(frozen=True, slots=True)
class AudienceOrder:
    """By what the message goes out, and where its audience is written."""

    channel: Channel
    path: Path


class AudienceDialog(Dialog[AudienceOrder]):
    """Returns what is to be written; None when nothing is."""

    class Read(Message):
        """From the thread: the numbers of every channel, or why there are none."""

        def __init__(self, found: Mapping[Channel, Audience] | CrmError) -> None:
            self.found = found
            super().__init__()

    def __init__(
        self,
        workspace: Workspace,
        query: str,
        before: AudienceOrder,
        check: Callable[[AudienceOrder], None],
        told: str = "",
    ) -> None:
        super().__init__(query or t("contacts.form_everybody"), told)
        self._workspace = workspace
        self._query = query
        self._before = before
        self._check = check
        """Raises what is wrong with an order; called in a thread."""
        self._found: Mapping[Channel, Audience] = {}
        self._may_replace: Path | None = None
        """The file that the manager was told of: Enter again replaces it."""
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        """Lay out."""
        answers = [t(f"reach.channel_{channel}") for channel in _CHANNELS]
        with Vertical(classes="dialog"):
            yield from self.heading(t("reach.audience_title"))
            yield Choices(answers, _CHANNELS.index(self._before.channel), id="channel")
            yield Static(safe(t("reach.audience_counting")), id="numbers")
            yield Label(t("reach.audience_path"), markup=False)
            yield PathInput(abbreviated(self._before.path), self._entries, id="path")
            yield self.told_line()
            yield Static(t("reach.audience_hint"), classes="dim", id="hint", markup=False)
            yield buttons(LineButton(t("reach.audience_save"), id="act"))

    def on_mount(self) -> None:
        """Begin with the channel, and count."""
        self.query_one(Choices).focus()
        line = self.query_one(PathInput)
        line.cursor_position = len(line.value)
        self.run_worker(partial(self._count, self._workspace.until(self._stop)), thread=True, group="count")

    def on_unmount(self) -> None:
        """Let go of the thread."""
        self._stop.set()

    # -- counting -----------------------------------------------------------------------------------------------

    def _count(self, workspace: Workspace) -> None:
        try:
            answer: dict[Channel, Audience] | CrmError = {
                channel: audience(workspace, self._query, channel) for channel in _CHANNELS
            }
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(answer))

    @on(Read)
    def _counted(self, message: Read) -> None:
        if isinstance(message.found, CrmError):
            self.query_one("#numbers").display = False
            self.tell(describe_error(message.found))
        else:
            self._found = message.found
            self._show_numbers()

    @property
    def _channel(self) -> Channel:
        return _CHANNELS[self.query_one(Choices).cursor]

    @on(Choices.Changed)
    def _show_numbers(self) -> None:
        found = self._found.get(self._channel)
        if found is not None:
            self.query_one("#numbers", Static).update(safe(numbers_text(found)))

    # -- writing ------------------------------------------------------------------------------------------------

    def _entries(self) -> Sequence[Entry]:
        try:
            return read_folder(resolve(split(self.query_one(PathInput).value)[0]), {_SUFFIX})
        except (OSError, ValueError):
            return ()

    @on(Input.Changed, "#path")
    def _path_changed(self) -> None:
        self._may_replace = None

    @on(RowList.Opened)
    def _to_path(self) -> None:
        self.query_one(PathInput).focus()

    @on(PathInput.Left)
    def _to_button(self) -> None:
        self.query_one("#act").focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self, event: Message) -> None:
        event.stop()
        typed = self.query_one(PathInput).value.strip()
        if not typed:
            return self._refuse(t("desk.export_no_path"))
        path = resolve(typed)
        if path.is_dir():
            path /= self._before.path.name
        if not path.suffix:
            path = path.with_name(f"{path.name}{_SUFFIX}")
        order = AudienceOrder(self._channel, path)
        self.check_in_thread(partial(self._check, order), partial(self._checked, order))

    def _checked(self, order: AudienceOrder, wrong: CrmError | None) -> None:
        if wrong is not None:
            self._refuse(describe_error(wrong))
        elif order.path.exists() and order.path != self._may_replace:
            self._may_replace = order.path
            self.tell(t("desk.export_exists", path=abbreviated(order.path)))
        else:
            self.dismiss(order)

    def _refuse(self, sentence: str) -> None:
        self.tell(sentence)
        self.query_one(PathInput).focus()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()


def numbers_text(found: Audience) -> str:
    """Return how many may get a message, and the others by the reason, one a line."""
    rows = [(t("reach.audience_count"), found.count)]
    rows += [(t(f"reach.left_out_{reason}"), number) for reason, number in found.left_out.items() if number]
    if len(rows) > 1:
        rows.insert(1, (t("reach.audience_left_out"), sum(found.left_out.values())))
    indents = ("", "", *("  " for _ in rows[2:]))
    labels = [f"{indent}{label}" for indent, (label, _) in zip(indents, rows, strict=False)]
    room = max(map(cell_len, labels))
    return "\n".join(
        f"{fit(label, room)} {number:>{_NUMBER_WIDTH},}" for label, (_, number) in zip(labels, rows, strict=True)
    )
