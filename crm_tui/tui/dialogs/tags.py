"""Adding and removing tags at once (R16), with what is known already to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import MAX_TAGS
from crm_tui.core.problems import Problem
from crm_tui.core.text import fold
from crm_tui.i18n import describe, t
from crm_tui.services import customers
from crm_tui.services.errors import CrmError
from crm_tui.services.tags import customer_tags
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.tag_input import TagInput, parse_tag_line


@dataclass(frozen=True, slots=True)
class TagOrder:
    """Which tags are added and which are removed."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


class TagDialog(Dialog[TagOrder]):
    """Returns the tags; None when nothing is to be changed."""

    class Known(Message):
        """From the thread: the tags that there are, and those of the one customer."""

        def __init__(self, names: Sequence[str], own: Sequence[str] | None) -> None:
            super().__init__()
            self.names = names
            self.own = own

    def __init__(
        self,
        workspace: Workspace,
        subject: str,
        customer_id: int | None = None,
        order: TagOrder | None = None,
        told: str = "",
    ) -> None:
        super().__init__(subject, told)
        self._workspace = workspace
        self._customer_id = customer_id
        """The one customer; None for several."""
        self._order = order or TagOrder((), ())

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.tags_title"))
            if self._customer_id is not None:
                yield Static("", id="tags-now", classes="dim")
            yield Label(t("desk.tags_add"), markup=False)
            yield TagInput(" ".join(self._order.add), id="add")
            yield Label(t("desk.tags_remove"), markup=False)
            yield TagInput(" ".join(self._order.remove), id="remove")
            yield Static("", id="known", classes="dim")
            yield self.told_line()
            yield Static(safe(t("desk.tags_hint", limit=MAX_TAGS)), classes="dim", id="hint")
            yield buttons(LineButton(t("desk.change"), id="act"))

    def on_mount(self) -> None:
        """Begin in the first line, and find out which tags there are."""
        self.query_one("#add").focus()
        self.run_worker(partial(self._read, self._workspace), thread=True, group="tags")

    def _read(self, workspace: Workspace) -> None:
        try:
            names = [tag.name for tag in sorted(customer_tags(workspace), key=lambda tag: -tag.count)]
            own = None if self._customer_id is None else customers.get(workspace, self._customer_id).tags
        except CrmError:
            return  # the tags can be typed without being proposed
        if not get_current_worker().is_cancelled:
            self.post_message(self.Known(names, own))

    def on_tag_dialog_known(self, message: Known) -> None:
        """Propose them."""
        self.query_one("#add", TagInput).known = message.names
        self.query_one("#remove", TagInput).known = message.names if message.own is None else message.own
        if message.own is not None:
            self.query_one("#tags-now", Static).update(safe("  ".join(message.own) or t("desk.tags_none")))
        self._show_known()

    @on(TagInput.Proposed)
    def _show_known(self) -> None:
        focused = self.focused
        shown = focused.proposal if isinstance(focused, TagInput) else ""
        self.query_one("#known", Static).update(safe(shown))

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self) -> None:
        lines = [parse_tag_line(self.query_one(f"#{name}", TagInput).value) for name in ("add", "remove")]
        add, remove = (line if isinstance(line, tuple) else () for line in lines)
        if wrong := next((line for line in lines if isinstance(line, Problem)), None):
            self.tell(describe(wrong))
        elif both := {fold(tag) for tag in add} & {fold(tag) for tag in remove}:
            self.tell(t("desk.tags_both", tag=min(both)))
        elif not add and not remove:
            self.tell(t("desk.tags_nothing"))
        else:
            self.dismiss(TagOrder(add, remove))

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
