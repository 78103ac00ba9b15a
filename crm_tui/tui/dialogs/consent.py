"""Marketing consent: the two opt-outs, for one customer or many."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Label, Static

from crm_tui.i18n import t
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe

_VALUES = (None, True, False)
"""In the order of the answers."""


@dataclass(frozen=True, slots=True)
class ConsentOrder:
    """What becomes of the opt-outs; None: as it is."""

    email: bool | None
    texting: bool | None


class ConsentDialog(Dialog[ConsentOrder]):
    """Returns what is to be changed; None when nothing is."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        answers = [t(f"desk.consent_{name}") for name in ("as_is", "opt_out", "opt_in")]
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.consent_title"))
            yield Label(t("desk.consent_email"), markup=False)
            yield Choices(answers, id="email")
            yield Label(t("desk.consent_texting"), markup=False)
            yield Choices(answers, id="texting")
            yield Static(safe(t("desk.consent_wish")), id="wish", classes="warning")
            yield self.told_line()
            yield buttons(LineButton(t("desk.change"), id="act"))

    def on_mount(self) -> None:
        """Begin at the first answer."""
        self._warn()
        self.query_one("#email").focus()

    def _chosen(self) -> ConsentOrder:
        email, texting = (_VALUES[self.query_one(f"#{name}", Choices).cursor] for name in ("email", "texting"))
        return ConsentOrder(email, texting)

    @on(Choices.Changed)
    def _warn(self) -> None:
        order = self._chosen()
        self.query_one("#wish").visible = False in (order.email, order.texting)

    @on(RowList.Opened)
    @on(Button.Pressed, "#act")
    def _submit(self, event: Message) -> None:
        event.stop()
        order = self._chosen()
        if order == ConsentOrder(None, None):
            self.tell(t("desk.consent_nothing"))
        else:
            self.dismiss(order)

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
