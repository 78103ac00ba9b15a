"""The edit of one value: begun, checked and saved at once, never lost without a word."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from crm_tui.core.fields import OPT_OUTS, TAGS, Value
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, field_label, t
from crm_tui.services.customers import Edited, Stale, Unify, WouldUnify
from crm_tui.services.errors import CrmError, NotFound
from crm_tui.services.tags import customer_tags
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.stale import MINE, THEIRS, StaleDialog
from crm_tui.tui.dialogs.unify import NO, YES, UnifyDialog
from crm_tui.tui.screens.profile.editor import Editing, begin_editing, hint
from crm_tui.tui.screens.profile.saving import Answer, Order, end_out_of_sight, save, saved_sentence
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.tag_input import TagInput
from crm_tui.tui.widgets.value_text import value_text

if TYPE_CHECKING:
    from crm_tui.tui.screens.profile.screen import ProfileScreen


class Edits:
    """What the profile does with the value under its cursor."""

    def __init__(self, screen: "ProfileScreen") -> None:
        self._screen = screen
        self._open: Editing | None = None
        self._saving: Order | None = None
        self.saved: set[str] = set()
        """Fields saved here since the customer was last read: that they have changed is no news."""

    @property
    def is_open(self) -> bool:
        """Whether a value is being edited."""
        return self._open is not None

    @property
    def is_unsaved(self) -> bool:
        """Whether something is typed that would be lost."""
        return self._open is not None and self._open.is_changed

    # -- beginning and ending -----------------------------------------------------------------------------------

    async def begin(self, *, is_cleared: bool = False) -> None:
        """Edit the value under the cursor.

        Args:
            is_cleared: Begin with nothing in the line.
        """
        screen, current = self._screen, self._screen.list.current
        if screen.profile is None or self._open is not None or current is None:
            return
        if current.field is None:
            screen.crm.tell(t("desk.not_editable", field=current.label))
            return
        if not screen.crm.may(Permission.EDIT):
            screen.crm.refuse(Permission.EDIT)
            return
        field = current.field
        if is_cleared and field.key in OPT_OUTS:
            screen.crm.tell(t("desk.never_empty", field=field_label(field)))
            return
        self._open = editing = begin_editing(field, screen.profile.customer.get(field.key))
        kept = screen.crm.desk.unsaved.pop((screen.customer_id, field.key), None)
        await screen.list.begin(editing.widget, self._below(t("desk.kept") if kept is not None else ""))
        if is_cleared:
            editing.put("")
            editing.started_with = ""
        elif kept is not None:
            editing.put(kept)
        editing.widget.focus()
        screen.refresh_bindings()
        if field.key == TAGS and screen.workspace is not None:
            screen.run_worker(partial(self._read_tags, screen.workspace), thread=True, group="tags")

    def _read_tags(self, workspace: Workspace) -> None:
        try:
            names = [tag.name for tag in sorted(customer_tags(workspace), key=lambda tag: -tag.count)]
        except CrmError:
            return  # they can be typed without being proposed
        if not get_current_worker().is_cancelled:
            self._screen.app.call_later(self._know_tags, names)

    def _know_tags(self, names: Sequence[str]) -> None:
        if self._open is not None and isinstance(self._open.widget, TagInput):
            self._open.widget.known = names

    async def leave(self) -> None:
        """End without saving; where something would be lost, ask."""
        if self._open is None:
            return
        if self._saving is not None:
            self._say_saving(self._saving)
            return
        if not self._open.is_changed:
            await self._end()
            return
        answers = [(name, t(f"desk.unsaved_{name}")) for name in ("save", "drop", "on")]
        question = t("desk.unsaved", field=field_label(self._open.field))
        self._screen.app.push_screen(Ask(question, answers), self._left)

    async def _left(self, answer: str | None) -> None:
        if answer == "save":
            self.save()
        elif answer == "drop":
            await self._end()

    async def _end(self) -> None:
        self._open = None
        await self._screen.list.end()
        self._screen.set_focus(self._screen.list)
        self._screen.refresh_bindings()

    def keep(self) -> None:
        """Keep what is not saved, for when the same value is edited again."""
        editing, saving = self._open, self._saving
        self._open = None
        if editing is None or not (editing.is_changed or saving):
            return
        self._screen.crm.desk.unsaved[self._screen.customer_id, editing.field.key] = editing.text
        if saving is not None and editing.text == saving.text:
            self._say_saving(saving)
        else:
            self._screen.crm.tell(t("desk.kept_for_later", field=field_label(editing.field)))

    def _say_saving(self, order: Order) -> None:
        self._screen.crm.tell(t("desk.saving", field=field_label(order.field)))

    def drop(self) -> None:
        """Forget what is typed: there is nobody left to save it for."""
        self._open = None

    # -- saving -------------------------------------------------------------------------------------------------

    def save(self, unify: Unify = None) -> None:
        """Save what is typed, if it is another value; `unify`: whether whom it links is unified (R45)."""
        screen, editing, workspace = self._screen, self._open, self._screen.workspace
        if editing is None or workspace is None or screen.profile is None or self._saving is not None:
            return
        cell = editing.cell()
        if isinstance(cell, Problem):
            self.say((cell,))
            return
        if not editing.is_changed and (editing.started_with or editing.seen is None):
            screen.call_later(self._end)
            return
        who = name_of(screen.profile.customer)
        self._saving = Order(screen.customer_id, who, editing.field, editing.text, cell, editing.seen, unify)
        save(screen.crm, workspace, self._saving, self._answered)

    async def _answered(self, order: Order, answer: Answer) -> None:
        screen, editing = self._screen, self._open
        if editing is None or screen not in screen.app.screen_stack:
            self.keep()
            self._saving = None
            end_out_of_sight(screen.crm, order, answer)
            return
        self._saving = None
        match answer:
            case Edited() if answer.customer.id != order.customer_id:
                self.drop()
                screen.crm.tell(saved_sentence(order, answer), is_kept=True)
                screen.show_instead(answer.customer.id)
            case WouldUnify():
                self._ask_to_unify(answer)
            case Edited():
                self.saved.add(order.field.key)
                if answer.unified:  # their values have come with it
                    screen.crm.desk.done_to.add(order.customer_id)
                screen.crm.tell(saved_sentence(order, answer))
                if editing.text == order.text:
                    await self._end()
                else:  # it was typed on: that is an edit of what is saved now
                    editing.seen, editing.started_with = answer.customer.get(order.field.key), order.text
                screen.look()
            case Stale():
                self._ask(editing, answer)
            case NotFound():
                screen.gone()
            case CrmError():
                screen.list.say_below([(describe_error(answer), "bad"), *self._below()])
            case problems:
                self.say(problems)

    def say(self, problems: Sequence[Problem]) -> None:
        """Say under the line what is wrong with it."""
        self._screen.list.say_below([*((describe(one), "bad") for one in problems), *self._below()])

    def _below(self, told: str = "") -> list[tuple[str, str]]:
        if self._open is None:
            return []
        lines = [told] if told else []
        if isinstance(self._open.widget, TagInput) and self._open.widget.proposal:
            lines.append(self._open.widget.proposal)
        return [(text, "dim") for text in (*lines, hint(self._open.field))]

    def propose(self) -> None:
        """Show other proposed tags."""
        self._screen.list.say_below(self._below())

    # -- somebody else was faster ------------------------------------------------------------------------------

    def _ask(self, editing: Editing, stale: Stale) -> None:
        field = editing.field
        now = stale.customer.get(field.key)
        seen = None if editing.seen is None else value_text(editing.seen, field)
        dialog = StaleDialog(
            field_label(field), seen, None if now is None else value_text(now, field), editing.text or None
        )
        self._screen.app.push_screen(dialog, partial(self._decided, editing, now))

    async def _decided(self, editing: Editing, now: Value | None, answer: str | None) -> None:
        # They have been shown: only another change after this one is news again.
        editing.seen = now
        if answer == MINE:
            self.save()
        elif answer == THEIRS:
            await self._end()
        self._screen.look()

    # -- who is one person with another (R45) ------------------------------------------------------------------

    def _ask_to_unify(self, found: WouldUnify) -> None:
        fields = self._screen.profile.fields_by_key if self._screen.profile is not None else {}
        self._screen.app.push_screen(
            UnifyDialog(found, fields, t("desk.unsaved_on")), partial(self._unify_decided, found)
        )

    def _unify_decided(self, found: WouldUnify, answer: str | None) -> None:
        # A yes is to those who were named: where others would be unified by now, it is asked again.
        if answer in (YES, NO):
            self.save(unify=found.links if answer == YES else False)
