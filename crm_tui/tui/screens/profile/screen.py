"""One customer: every field by group, edited where it stands and saved one by one."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import NAME
from crm_tui.core.permissions import Permission
from crm_tui.i18n import describe_error, field_label, t
from crm_tui.services.errors import CrmError, Forbidden, NotFound
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.desk import Chosen
from crm_tui.tui.dialogs.why import WhyDialog
from crm_tui.tui.place import Place
from crm_tui.tui.screens.profile.editing import Edits
from crm_tui.tui.screens.profile.reading import Profile, Went, read_profile
from crm_tui.tui.screens.profile.verifying import Verifying
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.history_list import HistoryList
from crm_tui.tui.widgets.history_text import history_lines
from crm_tui.tui.widgets.profile_lines import ProfileGroup, ProfileLine, name_of, profile_groups, state_of
from crm_tui.tui.widgets.profile_list import ProfileList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, line
from crm_tui.tui.widgets.tag_input import TagInput
from crm_tui.tui.widgets.timeline_list import TimelineList
from crm_tui.tui.widgets.timeline_text import timeline_lines
from crm_tui.tui.widgets.times import zone_name
from crm_tui.tui.widgets.why_text import Why

_ON_THE_CUSTOMER = frozenset(
    (
        *("clear_value", "edit_tags", "consent", "block", "unblock", "delete_customer", "copy_value", "refresh"),
        *("why", "verify", "write_down"),
    )
)
"""Not while a value is edited."""


class ProfileScreen(Place):
    """All that is known of one customer; what others change meanwhile is seen."""

    CSS_PATH: ClassVar = ["../../styles/dialogs.tcss", "../../styles/profile.tcss"]

    class Read(Message):
        """From the thread: the customer, or why they cannot be shown; None: nothing has changed."""

        def __init__(self, answer: Profile | Went | CrmError | None) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, customer_id: int, *, editing: bool = False) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.BACK, *keys.PROFILE))
        self.customer_id = customer_id
        self._begins_editing = editing
        """The name is edited as soon as it is read."""
        self.profile: Profile | None = None
        """The customer as they were last read."""
        self._is_looking = False
        self._looks_again = False
        """What is being read may have begun before a change that was told since."""
        self.edits = Edits(self)
        self._verifying = Verifying(self)

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield Static("", id="who", markup=False)
        with Horizontal(id="profile-panes"):
            yield ProfileList(id="fields")
            with Vertical(id="beside"):
                yield TimelineList(id="timeline")
                yield HistoryList(id="history")
        yield StatusLine()
        yield KeyBar()

    @property
    def list(self) -> ProfileList:
        """The lines with the cursor."""
        return self.query_one(ProfileList)

    @property
    def is_unsaved(self) -> bool:
        """Whether something is typed that the end of the program would lose."""
        return self.edits.is_unsaved

    # -- reading ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin in the lines."""
        self.set_focus(self.list)

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self._read(workspace, None)

    def look(self) -> None:
        """Read again if something changed."""
        if self.workspace is not None and self.is_current and self.profile is not None:
            self._read(self.workspace, self.profile)

    def action_refresh(self) -> None:
        """Read again."""
        if self.workspace is not None:
            self._read(self.workspace, None)

    def _read(self, workspace: Workspace, known: Profile | None) -> None:
        self._looks_again = self._is_looking
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(partial(self._read_in_thread, workspace, known), thread=True, group="read")

    def _read_in_thread(self, workspace: Workspace, known: Profile | None) -> None:
        answer: Profile | Went | CrmError | None
        try:
            answer = read_profile(workspace, self.customer_id, known)
        except CrmError as error:
            answer = error
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(answer))

    @on(Read)
    async def _show_read(self, message: Read) -> None:
        self._is_looking = False
        answer = message.answer
        if isinstance(answer, NotFound):
            self.gone()
        elif isinstance(answer, Went):
            self.crm.tell(t("profile.went_into", who=line(answer.who)), is_kept=True)
            self.show_instead(answer.member_id)
        elif isinstance(answer, CrmError):
            self.crm.tell(describe_error(answer))
            if isinstance(answer, Forbidden):
                self.crm.headcount.look(at_once=True)  # what they may not see any more does not stay in sight
        elif answer is not None:
            before, self.profile = self.profile, answer
            self.show()
            if before is not None:
                self._say_changes(answer, before)
            elif self._begins_editing:
                self.list.stand_on(NAME)
                await self.edits.begin()
        if self._looks_again:
            self._looks_again = False
            self.look()
        elif not self.crm.desk.work.is_running:
            self.crm.desk.done_to.discard(self.customer_id)

    def _say_changes(self, now: Profile, before: Profile) -> None:
        """Say what somebody else has changed; what was saved here is known already."""
        changed = [field for field in now.changed_since(before) if field.key not in self.edits.saved]
        self.edits.saved.clear()
        if changed and self.customer_id not in self.crm.desk.done_to:
            self.crm.tell(t("desk.changed_elsewhere", fields=", ".join(line(field_label(one)) for one in changed)))

    def gone(self) -> None:
        """Go back: somebody has deleted them."""
        if self.customer_id not in self.crm.desk.done_to:
            self.crm.tell(t("desk.gone"))
        self._close()

    def show_instead(self, customer_id: int) -> None:
        """Show the member whom they went into."""
        is_current = self.is_current
        self._close()
        if is_current:
            self.crm.open_profile(customer_id)

    def _close(self) -> None:
        self.edits.drop()
        if self.is_current:
            self.dismiss(None)

    # -- showing ------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what was read."""
        profile = self.profile
        if profile is None:
            return
        customer = profile.customer
        state = state_of(customer)
        if Permission.EDIT not in profile.granted:
            state += f" · {t('profile.read_only')}"
        name = line(name_of(customer))
        width = max(8, self.size.width - 8 - Content(state).cell_length)
        shown = fit(name, min(width, Content(name).cell_length))
        self.query_one("#who", Static).update(
            Content("").join([Content(shown).stylize("bold"), Content("   "), Content(state).stylize("$accent")])
        )
        talk, history = self._talk_lines(profile), self._history_lines(profile)
        groups = profile_groups(customer, profile.fields, profile.names)
        if not self.has_class("-widest"):
            groups += [ProfileGroup(t("talk.timeline"), talk), ProfileGroup(t("desk.history"), history)]
        self.list.show(groups)
        self.query_one("#timeline", TimelineList).show(talk)
        self.query_one("#history", HistoryList).show(history)
        self._say_position()

    def _talk_lines(self, profile: Profile) -> tuple[ProfileLine, ...]:
        if profile.talk:
            return timeline_lines(profile.talk)
        may_write = Permission.EDIT in profile.granted
        return (ProfileLine("", t("profile.talk_none" if may_write else "profile.talk_empty")),)

    def _history_lines(self, profile: Profile) -> tuple[ProfileLine, ...]:
        if profile.history is None:
            return (ProfileLine("", t("profile.history_refused", permission=t("team.permission_see_activity"))),)
        return history_lines(profile.history, profile.fields_by_key)

    def on_resize(self) -> None:
        """The history and what was said have places of their own only in a wide window."""
        self.call_after_refresh(self.show)

    @on(RowList.Moved, "#fields")
    def _say_position(self) -> None:
        self.refresh_bindings()
        number, count = self.list.position
        self.status.say(f"{number:,} / {count:,}", zone_name())

    # -- doing --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now; nothing but the edit while there is one."""
        if not self.is_mounted or action == "back":
            return True
        profile = self.profile
        if action not in _ON_THE_CUSTOMER:
            return True
        if profile is None or self.edits.is_open:
            return False
        match action:
            case "block" | "unblock":
                return profile.customer.blocked is (action == "unblock")
            case "verify":
                return bool(self._verifying.possible)
            case "why":
                return bool(self._why(profile))
        return True

    @staticmethod
    def _why(profile: Profile) -> Why:
        return Why(profile.customer, profile.unifications, profile.fields_by_key, profile.names)

    @property
    def _chosen(self) -> Chosen:
        assert self.profile is not None, "check_action says no before that"
        return Chosen(Selection(ids=frozenset({self.customer_id})), 1, name_of(self.profile.customer))

    @on(RowList.Opened, "#fields")
    async def _edit(self) -> None:
        await self.edits.begin()

    @on(ProfileList.Linked)
    def _open_linked(self, event: ProfileList.Linked) -> None:
        self.crm.open_profile(event.customer_id)

    @on(Input.Submitted, "#value")
    @on(RowList.Opened, "#value")
    def _save(self, event: Message) -> None:
        event.stop()
        self.edits.save()

    @on(TagInput.Proposed)
    def _propose(self) -> None:
        self.edits.propose()

    async def action_clear_value(self) -> None:
        """Begin an edit with nothing in it: Enter empties the field, Esc leaves it."""
        await self.edits.begin(is_cleared=True)

    def action_edit_tags(self) -> None:
        """Add and remove tags."""
        self.crm.desk.tag(self._chosen)

    def action_consent(self) -> None:
        """Change the opt-outs."""
        self.crm.desk.consent(self._chosen)

    def action_block(self) -> None:
        """Block the customer."""
        self.crm.desk.block(self._chosen)

    def action_unblock(self) -> None:
        """Take the customer out of the block."""
        self.crm.desk.unblock(self._chosen)

    def action_delete_customer(self) -> None:
        """Delete the customer."""
        self.crm.desk.delete(self._chosen)

    def action_copy_value(self) -> None:
        """Copy what is under the cursor."""
        if copied := self.list.text_to_copy():
            self.crm.copy_text(copied)

    def action_why(self) -> None:
        """Say why they have the value under the cursor, and whom they are linked with."""
        assert self.profile is not None, "check_action says no before that"
        field = self.list.current.field if self.list.current is not None else None
        self.app.push_screen(WhyDialog(self._why(self.profile), field))

    def action_verify(self) -> None:
        """Make a contact that the customer typed a verified one."""
        self._verifying.ask()

    def action_write_down(self) -> None:
        """Write down a message or a call."""
        chosen, profile = self._chosen, self.profile
        self.crm.desk.write_down(chosen, is_blocked=profile is not None and profile.customer.blocked)

    async def action_back(self) -> None:
        """Leave the edit, or go back to the list."""
        if self.edits.is_open:
            await self.edits.leave()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Keep what was typed and not saved: a key to another place closes this one."""
        self.edits.keep()
