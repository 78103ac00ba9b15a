"""The screen around the steps."""

import asyncio
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.events import Applied, Cancelled, Changed, ImportEvent, Planned, Prepared, Refused
from crm_tui.services.importing.prepared import drop_import
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.jobs import ImportJob, JobEnded, JobEvent
from crm_tui.tui.screens.import_wizard.check import CheckStep
from crm_tui.tui.screens.import_wizard.columns import ColumnsStep
from crm_tui.tui.screens.import_wizard.draft import LAST_STEPS, ImportDraft, Opened
from crm_tui.tui.screens.import_wizard.file import FileStep
from crm_tui.tui.screens.import_wizard.found import FoundStep
from crm_tui.tui.screens.import_wizard.gone import GoneStep
from crm_tui.tui.screens.import_wizard.progress import ProgressStep
from crm_tui.tui.screens.import_wizard.result import ResultStep
from crm_tui.tui.screens.import_wizard.resume import DROP, LATER, Found, Reopened, ask_resume, look, reopen
from crm_tui.tui.screens.import_wizard.settings import SettingsStep
from crm_tui.tui.screens.import_wizard.step import Step
from crm_tui.tui.screens.import_wizard.target import TargetStep
from crm_tui.tui.screens.import_wizard.who import WhoStep
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.signs import sign

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

STEP_WIDGETS: dict[str, type[Step]] = {
    "target": TargetStep,
    "file": FileStep,
    "columns": ColumnsStep,
    "settings": SettingsStep,
    "check": CheckStep,
    "import": ProgressStep,
    "result": ResultStep,
    "who": WhoStep,
    "found": FoundStep,
    "gone": GoneStep,
}


class ImportWizard(Screen[None]):
    """Seven steps, or five for withdrawn customers; the draft and the job are the App's."""

    CSS_PATH = "../../styles/wizard.tcss"
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen when this changes; the two widgets that it is about paint themselves."""

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.WIZARD)
        self._draft: ImportDraft | None = None
        self._step: Step | None = None
        """The step that is shown; None while it changes."""
        self._changing = asyncio.Lock()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]

    @property
    def _crm(self) -> "CrmApp":
        return cast("CrmApp", self.app)

    @property
    def _job(self) -> ImportJob:
        return self._crm.job

    @property
    def _workspace(self) -> Workspace:
        workspace = self._crm.workspace
        assert workspace is not None  # the App opens no wizard before the database is open
        return workspace

    @property
    def draft(self) -> ImportDraft:
        """The App's draft; this screen holds on to the one it was opened with."""
        if self._draft is None:
            self._draft = self._crm.draft = self._crm.draft or ImportDraft()
        return self._draft

    def compose(self) -> ComposeResult:
        """Lay out the steps' names, the step and the line for what is wrong."""
        yield Static("", id="steps")
        yield Container(id="step")
        yield Static("", id="told")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Go on where the manager left."""
        self._job.watcher = self
        self.watch(self.app, "notice", self._tell_notice, init=False)
        draft, last = self.draft, self._job.last
        is_fresh = draft.step == "target" and draft.path is None
        if last is not None and last is not draft.seen and draft.step in ("check", "import"):
            self._note(last)
        await self._show(draft.step)
        if is_fresh and not self._job.is_running:
            look(self, self._workspace)

    def on_unmount(self) -> None:
        """The job goes on without the wizard."""
        if self._job.watcher is self:
            self._job.watcher = None

    # -- an import that was prepared before -------------------------------------------------------------------------

    @on(Found)
    def _found(self, event: Found) -> None:
        """Offer to go on with what was prepared in an earlier session; never silently."""
        draft = self.draft
        draft.labels = event.labels
        if not event.waiting or draft.prepared is not None or draft.step != "target":
            return

        def answered(answer: str | None) -> None:
            if answer == DROP:
                for prepared in event.waiting:
                    self._drop(prepared)
            elif answer not in (None, LATER):
                self._resume(event.waiting[int(answer)])

        self.app.push_screen(ask_resume(event.waiting), answered)

    def _resume(self, prepared: Prepared) -> None:
        self.draft.resume(prepared)
        reopen(self, prepared)

    @on(Reopened)
    async def _reopened(self, event: Reopened) -> None:
        """Go on at the check step, with the file where it is still there."""
        if self.draft.prepared is not event.prepared:
            return
        if isinstance(event.opened, Opened):
            self.draft.resume_file(event.opened)
        await self._show("check")
        if isinstance(event.opened, CrmError):
            self._tell(t("wizard.resumed_without_file", reason=describe_error(event.opened)))

    def _drop(self, prepared: Prepared) -> None:
        def drop() -> None:
            try:
                drop_import(self._workspace, prepared)
            except CrmError as error:
                self.app.call_from_thread(self._tell, describe_error(error))

        self.run_worker(drop, thread=True, group="drop")

    # -- steps ------------------------------------------------------------------------------------------------------

    async def _show(self, step: str, told: str = "") -> None:
        self.draft.step = step
        # Keys are answered by the App, what the job says by this screen: both may want another step at once.
        async with self._changing:
            self._step = None
            self._show_steps()
            self._tell(told)
            place = self.query_one("#step", Container)
            await place.remove_children()
            widget = STEP_WIDGETS[self.draft.step](self.draft, self._workspace, self._job)
            await place.mount(widget)
            self._step = widget
            widget.placed()
        self.refresh_bindings()

    def _show_steps(self) -> None:
        steps = self.draft.steps
        current = steps.index(self.draft.step)
        names = []
        for index, step in enumerate(steps):
            name = t(f"wizard.step_{step}")
            if index == current:
                names.append(safe(f"[{name}]").stylize("bold $text"))
            else:
                names.append(safe(f"{sign(self, 'done')}{name}" if index < current else name))
        self.query_one("#steps", Static).update(Content(f" {sign(self, 'to')} ").join(names))

    def _tell(self, text: str) -> None:
        line = self.query_one("#told", Static)
        line.display = bool(text)
        line.update(safe(text))

    def _tell_notice(self, notice: str) -> None:
        """Show what the program has to tell: no other line of this screen does."""
        if notice:
            self._tell(notice)

    @on(Step.OtherSteps)
    def _other_steps(self) -> None:
        self._show_steps()

    @on(Step.Told)
    def _told(self, event: Step.Told) -> None:
        self._tell(event.text)

    @on(Step.Go)
    async def _go(self, event: Step.Go) -> None:
        await self._show(event.step)

    @on(Step.Back)
    async def action_back(self) -> None:
        """Go one step back, or leave; nothing is lost."""
        step, steps = self.draft.step, self.draft.steps
        if step in LAST_STEPS:
            self._forget()
        if step in ("target", "import", *LAST_STEPS) or self.draft.withdrawal.is_deleting:
            self.dismiss(None)
        else:
            await self._show(steps[steps.index(step) - 1])

    def action_next(self) -> None:
        """Go to the next step; the import itself starts from its button only."""
        if self._step is not None:
            self._step.go_on()

    async def action_start_over(self) -> None:
        """Ask whether to drop the draft and begin again."""
        if self._job.is_running or not self._can_start_over:
            return

        async def answered(answer: str | None) -> None:
            if answer == "drop":
                self._forget()
                self._draft = None
                await self._show("target")

        answers = [("keep", t("wizard.over_keep")), ("drop", t("wizard.over_drop"))]
        await self.app.push_screen(Ask(t("wizard.over"), answers), answered)

    @property
    def _can_start_over(self) -> bool:
        return self.draft.step not in ("import", *LAST_STEPS) and not self.draft.withdrawal.is_deleting

    def _forget(self) -> None:
        """Drop the draft, and with it a plan that waits."""
        prepared = self.draft.forget_plan() if self.draft.applied is None else None
        if prepared is not None:
            self._drop(prepared)
        self._crm.draft = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the step can do."""
        if action == "next":
            return self.draft.is_going_on
        if action == "start_over":
            return self._can_start_over
        return True

    # -- the job ----------------------------------------------------------------------------------------------------

    async def on_job_event(self, message: JobEvent) -> None:
        """Take what the job says."""
        before = self.draft.step
        self._note(message.event)
        if self.draft.step != before:
            await self._show(self.draft.step, self._after(message.event))
        elif self._step is not None:
            self._step.take(message.event)
            if self.draft.step != "check" and isinstance(message.event, Cancelled | Refused):
                self._tell(self._after(message.event))

    def on_job_ended(self, message: JobEnded) -> None:
        """Another may start."""
        if self._step is not None:
            self._step.job_ended()

    def _after(self, event: ImportEvent) -> str:
        """Return what the manager is told when an event leads to another step."""
        match event:
            case Cancelled():
                return t("wizard.cancelled")
            case Refused(error):
                return describe_error(error)
        return ""

    def _note(self, event: ImportEvent) -> None:
        """Keep what an event means for the draft, with or without a step to show it."""
        draft = self.draft
        draft.seen = event
        match event:
            case Planned(prepared):
                if draft.request() == prepared.request:
                    draft.take_plan(prepared)
                    draft.before = None
                else:
                    self._drop(prepared)
            case Changed(prepared, before):
                draft.prepared, draft.before = prepared, before
                draft.step = "check"
            case Applied():
                draft.applied = event
                draft.step = "result"
            case Cancelled() if draft.step == "import":
                draft.forget_plan()
                draft.step = "settings"
            case Refused() if draft.step == "import":
                draft.step = "check"
