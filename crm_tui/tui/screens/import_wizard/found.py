"""Who is found and who is not, before anybody is deleted (R48); the only place to delete them from."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Key
from textual.message import Message
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.deleting import Deleted
from crm_tui.services.errors import CrmError
from crm_tui.services.withdrawing import Withdrawal, apply, found_customers, prepare
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.screens.import_wizard.draft import ImportDraft, Opened, Stamp
from crm_tui.tui.screens.import_wizard.reading import open_file
from crm_tui.tui.screens.import_wizard.save_unfound import ask_where
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.screens.import_wizard.withdrawn_draft import Looked
from crm_tui.tui.screens.import_wizard.withdrawn_text import found_lines, number_lines, summary, unfound_lines
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.wrapped_lines import WrappedLines
from crm_tui.tui.work import Steps

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

_STATES = ("looking", "found", "stopped", "deleting")


class FoundStep(Step, can_focus=True):
    """Looks whom the file means, shows them, asks, and deletes them."""

    actions = keys.WIZARD_FOUND

    class Ready(Message):
        """From the thread: the file, and whom it means or why nobody knows."""

        bubble = False

        def __init__(self, opened: Opened, answer: Looked | CrmError | None) -> None:
            super().__init__()
            self.opened = opened
            self.answer = answer
            """None: the file has other columns now."""

    _stop: threading.Event | None = None
    """Ends what the thread looks for."""

    def compose(self) -> ComposeResult:
        """Lay out who is found, who is not, and the button."""
        yield Static(safe(summary(self.draft)), id="summary", classes="dim")
        yield Static("", id="phase", classes="title")
        yield Static("", id="numbers")
        yield Static("", id="no-titles", classes="warning")
        yield WrappedLines(id="people")
        yield Static(safe(t("withdrawn.no_undo")), id="no-undo", classes="warning")
        yield buttons(
            LineButton(t("wizard.check_again"), id="again"),
            LineButton(t("withdrawn.save_unfound"), id="save"),
            ArmedButton(t("withdrawn.delete"), id="delete"),
            forward=False,
        )

    def placed(self) -> None:
        """Show who is found, or look."""
        self.focus()
        about, source = self.draft.withdrawal, self.draft.source
        about.watcher = self
        if about.is_deleting:
            self._show_state("deleting", t("withdrawn.deleting"))
        elif source is not None and about.has_looked(source):
            self._show()
        else:
            self._begin()

    def on_unmount(self) -> None:
        """Whoever leaves does not wait for it; what is being deleted is deleted all the same."""
        if self._stop is not None:
            self._stop.set()
        if self.draft.withdrawal.watcher is self:
            self.draft.withdrawal.watcher = None

    def on_key(self, event: Key) -> None:
        """A key that is typed now was not meant for the button."""
        self.query_one(ArmedButton).typed()

    # -- looking ----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        opened, about = self.draft.opened, self.draft.withdrawal
        self._show_state("looking", t("withdrawn.looking"))
        about.looked = None
        if opened is None or about.column is None or about.by is None:
            self._stopped(t("wizard.file_missing" if opened is None else "withdrawn.choose"))
            return
        if self._stop is not None:
            self._stop.set()
        self._stop = threading.Event()
        look = partial(_look, self.workspace, self.draft, opened, about.column, about.by, self._stop)
        self.run_worker(partial(self._answer, look), thread=True, group="look", exclusive=True)

    def _answer(self, look: Callable[[], tuple[Opened, Looked | CrmError | None]]) -> None:
        opened, answer = look()
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ready(opened, answer))

    def on_found_step_ready(self, event: Ready) -> None:
        """Show them; where the file's columns are others now, the manager looks at them first."""
        if event.opened is not self.draft.opened:
            self.draft.opened = event.opened
            self.tell(t("wizard.file_changed"))
        about = self.draft.withdrawal
        match event.answer:
            case None:
                self.post_message(self.Go("who"))
                self.tell(t("wizard.headers_changed"))
            case CrmError() as error:
                self._stopped(describe_error(error))
            case Looked() as looked:
                about.looked, about.looked_in = looked, about.asked(event.opened.source)
                self._show()

    @on(Button.Pressed, "#again")
    def action_check_again(self) -> None:
        """Look anew."""
        if self.has_class("-found") or self.has_class("-stopped"):
            self._begin()

    # -- showing ----------------------------------------------------------------------------------------------------

    def _show_state(self, state: str, phase: str) -> None:
        for name in _STATES:
            self.set_class(name == state, f"-{name}")
        self.query_one(ArmedButton).disarm()
        self.query_one("#phase", Static).update(safe(phase))

    def _stopped(self, sentence: str) -> None:
        self._show_state("stopped", sentence)
        self.query_one("#again", Button).focus()

    @property
    def _withdrawal(self) -> Withdrawal | None:
        looked = self.draft.withdrawal.looked
        return looked.withdrawal if looked else None

    def _show(self) -> None:
        looked = self.draft.withdrawal.looked
        if looked is None:
            return
        withdrawal = looked.withdrawal
        self._show_state("found", t("withdrawn.found" if withdrawal.customers else "withdrawn.found_none"))
        self.query_one("#numbers", Static).update(safe(number_lines(withdrawal)))
        warning = self.query_one("#no-titles", Static)
        warning.display = withdrawal.is_header_somebody
        warning.update(safe(t("withdrawn.no_titles", header=withdrawal.header)))
        lines = [*found_lines(looked), *unfound_lines(withdrawal)]
        people = self.query_one(WrappedLines)
        people.show_texts(lines)
        self.query_one("#save").display = bool(withdrawal.unfound)
        self.query_one("#no-undo").display = bool(withdrawal.customers)
        self.query_one("#delete").display = bool(withdrawal.customers)
        if withdrawal.customers:
            self.query_one(ArmedButton).arm()
        elif lines:
            people.focus()

    @on(Button.Pressed, "#save")
    def action_save_unfound(self) -> None:
        """Ask where to save the rows that nobody was found for."""
        ask_where(self, self._withdrawal)

    # -- deleting ---------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#delete")
    def _ask(self, event: Button.Pressed) -> None:
        """Ask for their number; nothing else deletes them."""
        event.stop()
        withdrawal = self._withdrawal
        if withdrawal is None or not self.has_class("-found"):
            return
        subject = t("desk.customers", count=f"{withdrawal.customers:,}")
        self.app.push_screen(DeleteDialog(subject, withdrawal.customers), partial(self._answered, withdrawal))

    def _answered(self, withdrawal: Withdrawal, is_wanted: bool | None) -> None:
        work = self.crm.desk.work
        if not is_wanted:
            return
        if work.is_running:
            self.tell(t("desk.still_working"))
        elif self.job.is_running:
            self.tell(t("desk.import_running"))
        else:
            self.draft.withdrawal.is_deleting = True
            self._show_state("deleting", t("withdrawn.deleting"))
            self.focus()
            do = partial(_delete, self.workspace, withdrawal)
            work.run(t("desk.work_delete"), do, partial(_ended, self.crm, self.draft), can_stop=True)

    def deletion_ended(self, error: CrmError | None) -> None:
        """Show what went; where the file means others by now, show them."""
        if error is None:
            self.post_message(self.Go("gone"))
            return
        if error.code in ("count_changed", "others_found"):
            self.tell(t("withdrawn.others_now"))
            self._begin()
        else:
            self._show()
            self.tell(describe_error(error))


def _look(
    workspace: Workspace, draft: ImportDraft, opened: Opened, column: int, by: str, stop: threading.Event
) -> tuple[Opened, Looked | CrmError | None]:
    """Return whom the file means, as it is now."""
    try:
        if Stamp.of(opened.source.path) != opened.stamp:
            again = open_file(Path(opened.source.path), draft.options)
            if isinstance(again, CrmError):
                return opened, again
            if again.source.headers != opened.source.headers:
                return again, None
            opened = again
        withdrawal = prepare(workspace, opened.source, column, by, stop=stop)
        return opened, Looked(withdrawal, found_customers(workspace, withdrawal))
    except CrmError as error:
        return opened, error


def _delete(workspace: Workspace, withdrawal: Withdrawal, steps: Steps) -> Deleted:
    return apply(workspace, withdrawal, stop=steps.stop)


def _ended(crm: "CrmApp", draft: ImportDraft, answer: Deleted | CrmError) -> None:
    """Keep how it went, and tell it where the manager is by now."""
    about = draft.withdrawal
    about.is_deleting = False
    error = answer if isinstance(answer, CrmError) else None
    if not isinstance(answer, CrmError):
        about.deleted = answer
    if about.watcher is not None:
        about.watcher.deletion_ended(error)
        return
    if error is None and crm.draft is draft:
        crm.draft = None
    if isinstance(answer, CrmError):
        crm.tell(describe_error(answer))
    else:
        crm.tell(t("desk.deleted", count=f"{answer.customers:,}"))
