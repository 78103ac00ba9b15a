"""The exact numbers before anything is written (R34), the warning of R39, and the only place to start from."""

from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.events import Key
from textual.message import Message
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, describe_remark, t
from crm_tui.i18n.reasons import describe_reason
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.events import (
    Cancelled,
    Changed,
    ImportEvent,
    Planned,
    Prepared,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.explaining import explain_row
from crm_tui.services.importing.prepared import drop_import
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.row_reason import RowReasonDialog
from crm_tui.tui.screens.import_wizard.draft import Opened, Stamp
from crm_tui.tui.screens.import_wizard.numbers import (
    failed_title,
    failure_lines,
    number_lines,
    opt_ins_line,
    progress_text,
    share,
    summary,
)
from crm_tui.tui.screens.import_wizard.reading import open_file
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.gauge import Gauge
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.managed_forecast import ManagedForecast
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.wrapped_lines import WrappedLines

FIRST_ROW = 2
"""Of a file: the header is row 1."""
_DIGITS = 15
"""That a row's number may have."""


class CheckStep(Step, can_focus=True):
    """Plans, shows the plan, starts the import."""

    actions = keys.WIZARD_CHECK
    _is_waiting = False
    """For the end of a job that makes the plan of other settings."""

    class Ready(Message):
        """From the thread: the old plan is gone and the file was looked at again."""

        bubble = False

        def __init__(self, opened: Opened | CrmError | None) -> None:
            super().__init__()
            self.opened = opened
            """None: the file is as it was."""

    class Explained(Message):
        """From the thread: why a row does what it does, in sentences."""

        bubble = False

        def __init__(self, sentences: tuple[str, ...]) -> None:
            super().__init__()
            self.sentences = sentences

    def compose(self) -> ComposeResult:
        """Lay out progress, numbers and the start button."""
        yield Static(safe(summary(self.draft)), id="summary", classes="dim")
        yield Static("", id="phase", classes="title")
        yield Gauge(id="gauge")
        yield Static(safe(t("wizard.moved")), id="moved", classes="warning")
        yield Static("", id="numbers")
        yield ManagedForecast(id="forecast")
        yield Static("", id="opt-ins", classes="warning")
        yield Static("", id="failures-title")
        yield WrappedLines(id="failures")
        yield Static(safe(t("wizard.no_undo")), id="no-undo", classes="warning")
        yield buttons(
            LineButton(t("wizard.cancel"), id="cancel"),
            LineButton(t("wizard.check_again"), id="again"),
            ArmedButton(t("wizard.start"), id="start"),
            forward=False,
        )

    def placed(self) -> None:
        """Show the plan, or make one."""
        self.focus()
        draft = self.draft
        if draft.has_plan():
            self._show_plan()
            if draft.path and draft.planned_from not in (None, Stamp.of(draft.path)):
                self.tell(t("wizard.file_changed_since"))
        else:
            self._begin()

    def on_key(self, event: Key) -> None:
        """A key that is typed now was not meant for the start button."""
        self.query_one(ArmedButton).typed()

    # -- making a plan ----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Make a plan of what is set up now, unless just that is being made already."""
        self._show_state("checking")
        request = self.draft.request()
        if request is None:
            self._stop(t("wizard.file_missing"))
        elif not self.job.is_running:
            self.run_worker(partial(self._get_ready, self.draft.forget_plan()), thread=True, group="ready")
        elif self.job.is_cancelled or self.job.request != request:
            # What runs is the plan of other settings: this one is made as soon as that has stopped.
            self._is_waiting = True
            self.job.cancel()
        elif isinstance(self.job.last, Progressed):
            self.take(self.job.last)

    def job_ended(self) -> None:
        """Go on with what had to wait."""
        if self._is_waiting:
            self._is_waiting = False
            self._begin()

    def _get_ready(self, old: Prepared | None) -> None:
        answer: Opened | CrmError | None = None
        try:
            if old is not None:
                drop_import(self.workspace, old)
            opened = self.draft.opened
            if opened is not None and Stamp.of(opened.source.path) != opened.stamp:
                answer = open_file(Path(opened.source.path), self.draft.options)
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ready(answer))

    def on_check_step_ready(self, event: Ready) -> None:
        """Make the plan; where the file's columns are others now, the manager looks at them first."""
        opened, before = event.opened, self.draft.source
        if isinstance(opened, CrmError):
            self._refuse(opened)
            return
        if opened is not None and before is not None:
            self.draft.opened = opened
            if opened.source.headers != before.headers:
                self.post_message(self.Go("columns"))
                self.tell(t("wizard.headers_changed"))
                return
            self.tell(t("wizard.file_changed"))
        request = self.draft.request()
        if request is not None:
            self.job.prepare(self.workspace, request)

    def take(self, event: ImportEvent) -> None:
        """Take what the job says; what it says of other settings is nothing to show."""
        if self._is_waiting:
            return
        match event:
            case Started():
                self.query_one(Gauge).show(0.0)
            case Progressed():
                self.query_one("#phase", Static).update(safe(progress_text(event)))
                self.query_one(Gauge).show(share(event))
            case Planned() | Changed():
                self._show_plan()
            case Cancelled():
                self._stop(t("wizard.cancelled"))
            case Refused(error):
                self._refuse(error)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Stop checking."""
        if self.job.is_running:
            self.job.cancel()

    @on(Button.Pressed, "#again")
    def action_check_again(self) -> None:
        """Make the plan anew."""
        if not self.has_class("-checking"):
            if self.draft.request() is None:
                self.tell(t("wizard.file_missing"))
            else:
                self._begin()

    # -- showing ----------------------------------------------------------------------------------------------------

    def _show_state(self, state: str) -> None:
        """Show what belongs to a state: "checking", "planned" or "stopped"."""
        for name in ("checking", "planned", "stopped"):
            self.set_class(name == state, f"-{name}")
        self.query_one(ArmedButton).disarm()
        self.query_one(ManagedForecast).display = False
        if state == "checking":
            self.query_one("#phase", Static).update(safe(t("wizard.checking")))
            self.query_one(Gauge).show(0.0)
            self.focus()

    def _refuse(self, error: CrmError) -> None:
        self._stop(describe_error(error))

    def _stop(self, sentence: str) -> None:
        self._show_state("stopped")
        self.query_one("#phase", Static).update(safe(sentence))
        self.query_one("#again", Button).focus()

    def _show_plan(self) -> None:
        draft, prepared = self.draft, self.draft.prepared
        if prepared is None:
            return
        numbers = prepared.numbers
        self._show_state("planned")
        self.query_one("#phase", Static).update(
            safe(t("wizard.checked" if numbers.customers else "wizard.checked_none"))
        )
        self.query_one("#moved").display = draft.before is not None
        self.query_one("#numbers", Static).update(safe(number_lines(numbers, draft.before)))
        self.query_one(ManagedForecast).show(self.workspace, numbers.managed_users_change)
        opt_ins = self.query_one("#opt-ins", Static)
        opt_ins.display = bool(numbers.opt_ins)
        opt_ins.update(safe(opt_ins_line(numbers)))
        remarks = [f"! {describe_remark(remark)}" for remark in prepared.remarks]
        lines = failure_lines(prepared.failures, prepared.failure_fields, draft.labels)
        title = self.query_one("#failures-title", Static)
        title.display = bool(lines)
        title.update(safe(failed_title("failures", len(prepared.failures), numbers.failed)))
        self.query_one(WrappedLines).show_texts([*lines, *remarks])
        self.query_one("#no-undo").display = bool(numbers.customers)
        if numbers.customers:
            self.query_one(ArmedButton).arm()
        elif lines:
            self.query_one(WrappedLines).focus()

    # -- why a row does what it does ---------------------------------------------------------------------------------

    def action_why_row(self) -> None:
        """Ask for a row, and say whom it meets and why."""
        if self.draft.prepared is not None and self.has_class("-planned"):
            self._ask_row()

    def _ask_row(self, typed: str = "", problem: str = "") -> None:
        dialog = AskLine(t("unify.why_title"), t("unify.why_about"), typed, problem)
        self.app.push_screen(dialog, self._row_asked)

    def _row_asked(self, typed: str | None) -> None:
        prepared = self.draft.prepared
        if typed is None or prepared is None:
            return
        number = typed.strip().replace(",", "")
        if not number.isascii() or not number.isdecimal() or len(number) > _DIGITS or int(number) < FIRST_ROW:
            self._ask_row(typed, t("unify.why_number"))
            return
        self.run_worker(partial(self._explain, prepared, int(number)), thread=True, group="why", exclusive=True)

    def _explain(self, prepared: Prepared, row_number: int) -> None:
        try:
            sentences = describe_reason(explain_row(self.workspace, prepared, row_number))
        except CrmError as error:
            sentences = (describe_error(error),)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Explained(sentences))

    def on_check_step_explained(self, event: Explained) -> None:
        """Show it."""
        self.app.push_screen(RowReasonDialog(event.sentences))

    # -- starting ---------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#start")
    def _start(self, event: Button.Pressed) -> None:
        """Start the import; nothing else does."""
        event.stop()
        prepared = self.draft.prepared
        if prepared is not None and not self.job.is_running and self.draft.has_plan():
            self.job.apply(self.workspace, prepared)
            self.post_message(self.Go("import"))
