"""The application: modes, language, and the database opened behind the first frame; no queries."""

import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

# Since 8.2.7 textual asks for kitty's "report all keys", and iTerm2 and others then lose IME text.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")

from textual.actions import ActionParseResult
from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, InputEvent, Key, MouseMove
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import WorkerFailed, get_current_worker

from crm_tui.core.permissions import EVERYTHING, Permission
from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import describe_error, set_language, t
from crm_tui.services.errors import CrmError
from crm_tui.services.managers import Access, require, whoami
from crm_tui.services.workspace import Workspace, open_workspace
from crm_tui.tui import keys
from crm_tui.tui.activity_log import ActivityLog
from crm_tui.tui.ascii_filter import AsciiFilter
from crm_tui.tui.commands import Command, all_commands, app_commands, commands_here
from crm_tui.tui.headcount import Headcount
from crm_tui.tui.import_log import ImportLog
from crm_tui.tui.job_words import end_sentence, progress_words
from crm_tui.tui.jobs import ImportJob, JobEnded, JobEvent
from crm_tui.tui.key_names import strokes
from crm_tui.tui.keymap import read_keymap
from crm_tui.tui.messages import ExistingLead, NewLead
from crm_tui.tui.notices import Notices
from crm_tui.tui.place import Place
from crm_tui.tui.screens.add_lead import AddLeadScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.help import CommandScreen
from crm_tui.tui.screens.too_small import MIN_HEIGHT, MIN_WIDTH, TooSmallScreen
from crm_tui.tui.theme import CALM, PLAIN

if TYPE_CHECKING:
    from crm_tui.tui.desk import Desk
    from crm_tui.tui.screens.import_wizard import ImportDraft

_MAX_COPIED_BYTES = 100_000 // 4 * 3


def _imports() -> Screen[None]:
    from crm_tui.tui.screens.imports import ImportsScreen

    return ImportsScreen()


def _blocked() -> Screen[None]:
    from crm_tui.tui.screens.blocked import BlockedScreen

    return BlockedScreen()


def _activity() -> Screen[None]:
    from crm_tui.tui.screens.activity import ActivityScreen

    return ActivityScreen()


def _inbox() -> Screen[None]:
    from crm_tui.tui.screens.inbox import InboxScreen

    return InboxScreen()


def _settings() -> Screen[None]:
    from crm_tui.tui.screens.settings import SettingsScreen

    return SettingsScreen()


class CrmApp(App[None]):
    """crm-tui in the terminal."""

    TITLE = "crm-tui"
    CSS_PATH: ClassVar = ["styles/app.tcss", "styles/contacts.tcss", "styles/imports.tcss"]
    MODES: ClassVar = {
        "contacts": ContactsScreen,
        "blocked": _blocked,
        "imports": _imports,
        "activity": _activity,
        "inbox": _inbox,
        "settings": _settings,
    }
    DEFAULT_MODE = "contacts"
    ENABLE_COMMAND_PALETTE = False  # ours has Korean and English names, and lies in the layout, not over it
    workspace: reactive[Workspace | None] = reactive(None, init=False)
    """None until the database is open; screens watch it."""
    access: reactive[Access | None] = reactive(None, init=False)
    """What the manager may do; None until the database is open. An owner may change it at any moment (R51)."""
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
        self._own_keys = read_keymap()
        keys.change(self._own_keys.keys)
        keys.add_bindings(self, keys.APP)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-widest")]
        self._db = db
        self.job = ImportJob(self)
        self.import_log = ImportLog(self)
        self.activity_log = ActivityLog(self)
        self.draft: ImportDraft | None = None
        """The import being set up; the wizard keeps it here, so that leaving loses nothing."""
        self.notices = Notices(self)
        self.headcount = Headcount(self)
        self.set_class(slow, "-slow")
        self.set_class(ascii_only, "-ascii")
        if ascii_only:
            self._filters.append(AsciiFilter())
        self.register_theme(CALM)
        self.register_theme(PLAIN)
        self.theme = PLAIN.name if is_plain else CALM.name
        self.animation_level = "none"

    @cached_property
    def desk(self) -> "Desk":
        """What is done with chosen customers, asked first."""
        from crm_tui.tui.desk import Desk

        return Desk(self)

    # -- beginning and end --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Open the database behind the first frame."""
        self.run_worker(partial(self._open, self._db), thread=True, group="open")
        self._check_size()
        if self._own_keys.faults:
            self.tell(t("config.ignored", where=Path(self._own_keys.faults[0].where).name))

    def _open(self, db: str | None) -> None:
        from crm_tui.services.imports import tidy

        try:
            workspace = open_workspace(db)
            tidy(workspace)
            access = whoami(workspace)
        except CrmError as error:
            self.call_later(self._refuse, describe_error(error))
            return
        if get_current_worker().is_cancelled:
            workspace.close()
        else:
            self.call_later(setattr, self, "access", access)
            self.call_later(setattr, self, "workspace", workspace)
            if workspace.is_only_readable:
                self.call_later(self.tell, t("contacts.only_readable"), is_kept=True)

    def _refuse(self, sentence: str) -> None:
        self.exit(return_code=1, message=sentence)

    def on_unmount(self) -> None:
        """Stop the import, whose thread would keep the process, and let go of the database."""
        self.job.cancel()
        self.desk.work.stop()
        if self.workspace is not None:
            self.workspace.close()

    async def action_quit(self) -> None:
        """End; where work runs or something typed is not saved, only while the sentence that says so is in sight."""
        lost = self._lost_by_quitting()
        if lost and self.notice != lost:
            self.tell(lost)
            return
        self.job.cancel()
        self.desk.work.stop()
        self.exit()

    def _lost_by_quitting(self) -> str:
        """Say what would be lost by ending now."""
        if self.job.is_running:
            return t("contacts.quit_running")
        if self.desk.work.is_running:
            return t("desk.quit_working", what=self.desk.work.name)
        is_unsaved = bool(self.desk.unsaved) or any(getattr(one, "is_unsaved", False) for one in self.screen_stack)
        return t("desk.quit_unsaved") if is_unsaved else ""

    def _fatal_error(self) -> None:
        """Say that it failed, without textual's print of local variables, which hold customers."""
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            error = error.error
        if error is not None and not self._exit_renderables:
            self._exit_renderables.append(_crash_sentence(error))
        self._close_messages_no_wait()

    # -- permissions (R51) --------------------------------------------------------------------------------------

    @property
    def granted(self) -> frozenset[Permission]:
        """What the manager may do, as far as it is known."""
        return EVERYTHING if self.access is None else self.access.permissions

    def may(self, permission: Permission | None) -> bool:
        """Say whether the manager may do what needs a permission."""
        return permission is None or permission in self.granted

    def refusal(self, permission: Permission) -> str:
        """Say that something needs a permission, and whom to ask for it."""
        return "" if self.access is None else describe_error(self.access.refusal(permission))

    def refuse(self, permission: Permission) -> None:
        """Say that something needs a permission; the activity log has a line about it, as of the command line's."""
        self.tell(self.refusal(permission))
        self.record_refusal(permission)

    def record_refusal(self, permission: Permission) -> None:
        """Write down that the manager wanted what they may not do."""
        if self.workspace is not None:
            self.run_worker(partial(_ask_in_vain, self.workspace, permission), thread=True, group="refusal")

    def watch_access(self) -> None:
        """Show which keys do something now."""
        if self.screen_stack:  # else the program ends
            self.screen.refresh_bindings()

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key means, or say why the manager may not."""
        if isinstance(action, str) and default_namespace is not None:
            wanted = keys.meant(default_namespace, action)
            permission = None if wanted is None else wanted.permission
            if wanted is not None and wanted.id == "refresh" and isinstance(self.screen, Place):
                permission = self.screen.NEEDS
            if wanted is not None and permission is not None and not self.may(permission):
                if Command(wanted, default_namespace).is_possible:
                    self.refuse(permission)
                    return True
                return False
        return await super().run_action(action, default_namespace, namespaces)

    # -- places -------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Cover everything while the window is too small; paint all, as a window that shrank for a moment lost some."""
        self.call_later(self._check_size)
        self.call_later(self.refresh)

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

    def open_profile(self, customer_id: int, *, editing: bool = False) -> None:
        """Show one customer; `editing`: with the cursor in the fields."""
        from crm_tui.tui.screens.profile import ProfileScreen

        if self.workspace is not None:
            self.push_screen(ProfileScreen(customer_id, editing=editing))

    def open_dashboard(self) -> None:
        """Show the numbers over all customers."""
        from crm_tui.tui.screens.dashboard import DashboardScreen

        if self.workspace is not None:
            self.push_screen(DashboardScreen())

    def open_pending(self) -> None:
        """Show the unifications that wait for a login (R42)."""
        from crm_tui.tui.screens.pending import PendingScreen

        if self.workspace is not None:
            self.push_screen(PendingScreen())

    def open_ownerless(self) -> None:
        """Show the conversations whose customers were deleted (R49)."""
        from crm_tui.tui.screens.ownerless import OwnerlessScreen

        if self.workspace is not None:
            self.push_screen(OwnerlessScreen())

    def ask_lead(
        self,
        answer: Callable[[NewLead | None], None],
        values: Mapping[str, str] | None = None,
        messages: Sequence[str] = (),
        existing: ExistingLead | None = None,
    ) -> None:
        """Ask for a new lead; `answer` gets what was typed, or None; who exists already can be opened instead."""

        def answered(result: NewLead | ExistingLead | None) -> None:
            if isinstance(result, ExistingLead):
                self.open_profile(result.customer_id)
            else:
                answer(result)

        self.push_screen(AddLeadScreen(values, messages, existing), answered)

    async def on_key(self, event: Key) -> None:
        """Take a Korean syllable that nobody took for text as the keys it was typed with.

        They are done before the next key is looked at, and those behind one that opened something are left out: they
        would land in it as text.
        """
        here, focused = self.screen, self.focused
        for jamo in strokes(event.character or ""):
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

    def on_job_event(self, message: JobEvent) -> None:
        """Show how far the import is, while the wizard is left."""
        self.progress = "" if self._is_in_wizard else progress_words(message.event)

    def on_job_ended(self, message: JobEnded) -> None:
        """Say how the import ended, if the wizard was left, and show what it did."""
        self.progress = ""
        self.headcount.look(at_once=True)
        if isinstance(self.screen, Place):
            self.screen.look()
        if not self._is_in_wizard and (sentence := end_sentence(self.job.last)):
            self.tell(sentence, is_kept=True)

    # -- telling ------------------------------------------------------------------------------------------------

    def tell(self, sentence: str, *, is_kept: bool = False) -> None:
        """Show a sentence in the line at the bottom for a while; `is_kept`: whatever is done meanwhile."""
        self.notices.tell(sentence, is_kept=is_kept)

    async def on_event(self, event: Event) -> None:
        """Notice whatever is typed or clicked: what was told before is old then."""
        if isinstance(event, InputEvent) and not event.is_forwarded and not isinstance(event, MouseMove):
            self.notices.typed()
        await super().on_event(event)

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
        """Cancel what is running; where nothing is, copy what is under the cursor."""
        if self.job.is_running:
            self.job.cancel()
        elif self.desk.work.is_running:
            self.desk.work.cancel()
        elif copied := getattr(self.focused, "text_to_copy", str)():
            self.copy_text(copied)

    def copy_text(self, text: str, told: str = "", too_long: str = "") -> None:
        """Give a text to the terminal's clipboard (OSC 52), and say so.

        Args:
            text: What to copy.
            told: What to say then, in place of the text.
            too_long: What to say where it is more than a terminal takes, in place of the usual.
        """
        # Terminals take 100,000 bytes of base64 at most, and leave out what is longer without a word.
        if len(text.encode()) > _MAX_COPIED_BYTES:
            self.tell(too_long or t("contacts.copy_too_long"))
            return
        self.copy_to_clipboard(text)
        self.tell(told or t("contacts.copied", text=" ".join(text.split())))


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


def _ask_in_vain(workspace: Workspace, permission: Permission) -> None:
    with suppress(CrmError):
        require(workspace, permission)
