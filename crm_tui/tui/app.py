"""The application: modes, language, and the database opened behind the first frame; no queries."""

import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

# Since 8.2.7 textual asks for kitty's "report all keys", and iTerm2 and others then lose IME text.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")

from textual.app import App
from textual.events import Key
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import WorkerFailed, get_current_worker

from crm_tui.core.fields import Field
from crm_tui.core.query import quoted
from crm_tui.core.safe_text import make_visible
from crm_tui.core.vocabulary import ImportState
from crm_tui.i18n import describe, describe_error, set_language, t
from crm_tui.services.errors import CrmError
from crm_tui.services.imports import ImportRecord, save_failed_rows, tidy
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace, open_workspace
from crm_tui.tui import keys
from crm_tui.tui.commands import Command, all_commands, app_commands, commands_here
from crm_tui.tui.job_words import end_sentence, progress_words
from crm_tui.tui.jobs import ImportJob, JobEnded, JobEvent
from crm_tui.tui.messages import NewLead
from crm_tui.tui.place import Place
from crm_tui.tui.screens.add_lead import AddLeadScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.help import CommandScreen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.screens.too_small import MIN_HEIGHT, MIN_WIDTH, TooSmallScreen
from crm_tui.tui.theme import CALM, PLAIN

if TYPE_CHECKING:
    from crm_tui.tui.screens.import_wizard import ImportDraft

_NOTICE_S = 10.0


def _imports() -> Screen[None]:
    from crm_tui.tui.screens.imports import ImportsScreen

    return ImportsScreen()


class CrmApp(App[None]):
    """crm-tui in the terminal."""

    TITLE = "crm-tui"
    CSS_PATH: ClassVar = ["styles/app.tcss", "styles/contacts.tcss", "styles/imports.tcss"]
    MODES: ClassVar = {"contacts": ContactsScreen, "imports": _imports}
    DEFAULT_MODE = "contacts"
    ENABLE_COMMAND_PALETTE = False  # ours has Korean and English names, and lies in the layout, not over it
    workspace: reactive[Workspace | None] = reactive(None, init=False)
    """None until the database is open; screens watch it."""
    counts: reactive[Mapping[str, int]] = reactive(dict, init=False)
    """How much there is in each place, for the line at the top."""
    progress: reactive[str] = reactive("", init=False)
    """The running import in a few characters, for the line at the top."""
    notice: reactive[str] = reactive("", init=False)
    """What has just happened, for the line at the bottom."""

    def __init__(
        self,
        db: str | None = None,
        *,
        language: Literal["ko", "en"] = "ko",
        slow: bool = False,
        ascii_only: bool = False,
    ) -> None:
        set_language(language)
        # Textual takes colours away by turning them to grey, but from the terminal's own it takes them whole.
        is_plain = slow or "NO_COLOR" in os.environ
        super().__init__(ansi_color=True if is_plain else None)
        keys.add_bindings(self, keys.APP)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-widest")]
        self._db = db
        self.job = ImportJob(self)
        self.draft: ImportDraft | None = None
        """The import being set up; the wizard keeps it here, so that leaving loses nothing."""
        self._is_asked_to_quit = False
        self._notice_timer: Timer | None = None
        self.set_class(slow, "-slow")
        self.set_class(ascii_only, "-ascii")
        self.register_theme(CALM)
        self.register_theme(PLAIN)
        self.theme = PLAIN.name if is_plain else CALM.name
        self.animation_level = "none"

    # -- beginning and end --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Open the database behind the first frame."""
        self.run_worker(partial(self._open, self._db), thread=True, group="open")
        self._check_size()

    def _open(self, db: str | None) -> None:
        try:
            workspace = open_workspace(db)
            tidy(workspace)
        except CrmError as error:
            self.call_later(self._refuse, describe_error(error))
            return
        if get_current_worker().is_cancelled:
            workspace.close()
        else:
            self.call_later(setattr, self, "workspace", workspace)

    def _refuse(self, sentence: str) -> None:
        self.exit(return_code=1, message=sentence)

    def on_unmount(self) -> None:
        """Stop the import, whose thread would keep the process, and let go of the database."""
        self.job.cancel()
        if self.workspace is not None:
            self.workspace.close()

    async def action_quit(self) -> None:
        """End; while an import runs, only at the second time, and the import is cancelled."""
        if self.job.is_running and not self._is_asked_to_quit:
            self._is_asked_to_quit = True
            self.tell(t("contacts.quit_running"))
            return
        self.job.cancel()
        self.exit()

    def _fatal_error(self) -> None:
        """Say that it failed, without textual's print of local variables, which hold customers."""
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            error = error.error
        if error is not None and not self._exit_renderables:
            self._exit_renderables.append(_crash_sentence(error))
        self._close_messages_no_wait()

    # -- places -------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Cover everything while the window is too small."""
        self.call_later(self._check_size)

    def _check_size(self) -> None:
        is_too_small = self.size.width < MIN_WIDTH or self.size.height < MIN_HEIGHT
        is_covered = isinstance(self.screen, TooSmallScreen)
        if is_too_small and not is_covered:
            self.push_screen(TooSmallScreen())
        elif is_covered and not is_too_small:
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something where the manager is."""
        if not self.screen_stack:
            return True
        if isinstance(self.screen, TooSmallScreen):
            return action in ("quit", "suspend_process")
        if action == "start_import":
            return self.workspace is not None and not self._is_in_wizard
        if action == "help":
            return not isinstance(self.screen, CommandScreen)
        return True

    @property
    def _is_in_wizard(self) -> bool:
        return self.job.watcher in self.screen_stack

    def action_start_import(self) -> None:
        """Open the import wizard, or come back to the one that was left."""
        from crm_tui.tui.screens.import_wizard import ImportWizard

        if self.workspace is not None and not any(isinstance(screen, ImportWizard) for screen in self.screen_stack):
            self.notice = self.progress = ""
            self.push_screen(ImportWizard())

    def action_go(self, place: str) -> None:
        """Go to a place, closing whatever lies open on top."""
        # Nothing is awaited: the screen that is closed may be the one that asked.
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode(place)

    def show_contacts(self, query: str) -> None:
        """Show the customers that a search line finds; a wizard on top is closed."""
        self.action_go("contacts")
        if isinstance(self.screen, ContactsScreen):
            self.screen.search_for(query)

    def open_profile(self, customer: Customer, fields: Sequence[Field]) -> None:
        """Show one customer."""
        self.push_screen(ProfileScreen(customer, fields))

    def ask_lead(
        self,
        answer: Callable[[NewLead | None], None],
        values: Mapping[str, str] | None = None,
        messages: Sequence[str] = (),
    ) -> None:
        """Ask for a new lead; `answer` gets what was typed, or None."""
        self.push_screen(AddLeadScreen(values, messages), answer)

    async def on_key(self, event: Key) -> None:
        """Take a Korean syllable that nobody took for text as the keys it was typed with.

        They are done before the next key is looked at, and those behind one that opened something are left out: they
        would land in it as text.
        """
        here, focused = self.screen, self.focused
        for jamo in keys.strokes(event.character or ""):
            if (self.screen, self.focused) != (here, focused):
                return
            await self._check_bindings(jamo)

    def action_suspend_process(self) -> None:
        """Give the shell its turn; where no shell could bring the program back, say so instead."""
        if hasattr(os, "getsid") and os.getpgrp() == os.getsid(0):
            self.tell(t("contacts.cannot_suspend"))
        else:
            super().action_suspend_process()

    # -- imports ------------------------------------------------------------------------------------------------

    def open_import(self, import_id: int) -> None:
        """Show one import of the log."""
        from crm_tui.tui.screens.import_detail import ImportDetailScreen

        if self.workspace is not None:
            self.push_screen(ImportDetailScreen(self.workspace, import_id, self))

    def show_imported(self, record: ImportRecord) -> None:
        """Show the customers that got an import's tag."""
        if record.state is not ImportState.APPLIED:
            self.tell(t("imports.not_applied"))
        elif record.tag is None:
            self.tell(t("imports.no_tag"))
        else:
            self.show_contacts(f"import:{quoted(record.tag)}")

    def save_failed_rows(self, record: ImportRecord) -> None:
        """Ask where to, and save an import's failed rows."""
        from crm_tui.tui.screens.import_wizard.save_file import SaveFile

        workspace = self.workspace
        if workspace is None:
            return
        if record.numbers is None or not record.numbers.failed or record.state is not ImportState.APPLIED:
            self.tell(t("errors.failed_rows_none", id=record.id))
        elif record.failures_expire_at is None or record.failures_expire_at <= workspace.now_ms():
            self.tell(t("errors.failed_rows_expired", id=record.id))
        else:
            save = partial(save_failed_rows, workspace, record.id, describe=describe)
            self.push_screen(SaveFile(t("imports.save_title"), _proposed(record), save), self._saved)

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.tell(t("imports.saved", path=str(path)))

    def on_job_event(self, message: JobEvent) -> None:
        """Show how far the import is, while the wizard is left."""
        self.progress = "" if self._is_in_wizard else progress_words(message.event)

    def on_job_ended(self, message: JobEnded) -> None:
        """Say how the import ended, if the wizard was left, and show what it did."""
        self._is_asked_to_quit = False
        self.progress = ""
        if isinstance(self.screen, Place):
            self.screen.look()
        if not self._is_in_wizard and (sentence := end_sentence(self.job.last)):
            self.tell(sentence)

    # -- telling ------------------------------------------------------------------------------------------------

    def tell(self, sentence: str) -> None:
        """Show a sentence in the line at the bottom for a while."""
        if self._notice_timer is not None:
            self._notice_timer.stop()
        self.notice = sentence
        self._notice_timer = self.set_timer(_NOTICE_S, self._forget_notice)

    def _forget_notice(self) -> None:
        self.notice = ""
        self._is_asked_to_quit = False

    def action_help(self) -> None:
        """Show the keys: of what has the focus and its screen first."""
        groups = ((t("keys.here"), commands_here(self.screen)), (t("keys.everywhere"), app_commands(self)))
        self.push_screen(CommandScreen(t("keys.help"), groups), self._run)

    def action_command_palette(self) -> None:
        """Find something to do by its name."""
        commands = [one for one in all_commands(self.screen) if one.action.id != "palette"]
        self.push_screen(CommandScreen(t("keys.palette"), (("", commands),)), self._run)

    def _run(self, command: Command | None) -> None:
        if command is not None:
            self.call_next(self.run_action, command.action.action, command.node)

    def action_copy_or_cancel(self) -> None:
        """Cancel the running import; where none runs, copy what is under the cursor."""
        if self.job.is_running:
            self.job.cancel()
            return
        copied = getattr(self.focused, "text_to_copy", str)()
        if copied:
            self.copy_to_clipboard(copied)
            self.tell(t("contacts.copied", text=" ".join(copied.split())))


def _proposed(record: ImportRecord) -> Path:
    """Return where failed rows could be saved: beside the file, or at home where that cannot be written."""
    folder = record.path.parent if os.access(record.path.parent, os.W_OK) else Path.home()
    return folder / f"{Path(record.file_name).stem}-failed-{record.id}.xlsx"


def _crash_sentence(error: BaseException) -> str:
    from crm_tui.services.crash import log_crash

    places = traceback.extract_tb(error.__traceback__)
    where = f"{os.path.basename(places[-1].filename)}:{places[-1].lineno}" if places else "?"
    path = log_crash(error)
    name = "contacts.crashed" if path is not None else "contacts.crashed_unlogged"
    return t(name, kind=type(error).__name__, where=where, path=make_visible(str(path)))


def run(
    db: str | None = None,
    language: Literal["ko", "en"] = "ko",
    slow: bool = False,
    ascii_only: bool = False,
    mouse: bool = True,
) -> int:
    """Run the program in this terminal; return its exit code."""
    app = CrmApp(db, language=language, slow=slow, ascii_only=ascii_only)
    app.run(mouse=mouse and not slow)
    return app.return_code or 0
