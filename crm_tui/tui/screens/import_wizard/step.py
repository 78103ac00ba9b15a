"""What all steps have in common."""

from typing import TYPE_CHECKING, cast

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from crm_tui.i18n import t
from crm_tui.services.importing.events import ImportEvent
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.jobs import ImportJob
from crm_tui.tui.screens.import_wizard.draft import ImportDraft
from crm_tui.tui.widgets.line_button import LineButton

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp


class Step(Vertical):
    """One step of the wizard: shows the draft, writes the manager's answers into it."""

    class Go(Message):
        """The manager wants the step named `step`."""

        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    class Back(Message):
        """The manager wants the step before, or out."""

    class OtherSteps(Message):
        """What is set up now may have other steps."""

    class Told(Message):
        """A sentence for the line at the bottom."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    actions: tuple[keys.Action, ...] = ()
    """What keys do in this step."""

    def __init__(self, draft: ImportDraft, workspace: Workspace, job: ImportJob) -> None:
        super().__init__()
        keys.add_bindings(self, self.actions)
        self.draft = draft
        self.workspace = workspace
        self.job = job

    @property
    def crm(self) -> "CrmApp":
        """The program."""
        return cast("CrmApp", self.app)

    @property
    def next_step(self) -> str | None:
        """The step that follows; None where another way leads on."""
        return None

    def obstacle(self) -> str | None:
        """Return why the manager cannot go on, or None."""
        return None

    def go_on(self) -> None:
        """Go to the next step, or say what is in the way."""
        obstacle = self.obstacle()
        if obstacle is not None:
            self.tell(obstacle)
        elif self.next_step is not None:
            self.post_message(self.Go(self.next_step))

    def tell(self, text: str) -> None:
        """Show a sentence at the bottom."""
        self.post_message(self.Told(text))

    def placed(self) -> None:
        """The step is in its place: from now on it is told what the job says."""

    def take(self, event: ImportEvent) -> None:
        """Take what the job says."""

    def job_ended(self) -> None:
        """The job's thread is done."""

    @on(Button.Pressed, "#go-back")
    def _back_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Back())

    @on(Button.Pressed, "#go-on")
    def _on_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.go_on()


def buttons(*middle: Button, back: bool = True, forward: bool = True) -> Horizontal:
    """Return the line of buttons at a step's end: for the mouse, and a way without letters."""
    line: list[Button] = []
    if back:
        line.append(LineButton(t("wizard.go_back"), id="go-back"))
    line.extend(middle)
    if forward:
        line.append(LineButton(t("wizard.go_on"), id="go-on"))
    return Horizontal(*line, classes="buttons")
