"""The tab of the fields: adding, labelling, ordering, archiving and restoring (R6)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from crm_tui.core.fields import Field
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, field_label, t
from crm_tui.services import customers, fields
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.new_field import NewField
from crm_tui.tui.screens.settings.pane import LEAVE, Pane, rest_until
from crm_tui.tui.widgets.field_table import FieldTable
from crm_tui.tui.widgets.safe_text import line

_UNREAD = -1
"""No revision of the database: whatever it says is news."""
_ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class _Usage:
    """How many customers had a value in each field, at one revision."""

    counts: Mapping[str, int]
    revision: int
    seconds: float


def _count(workspace: Workspace, known: int) -> _Usage | None:
    revision = customers.revision(workspace)
    if revision == known:
        return None
    begun = time.monotonic()
    return _Usage(fields.usage(workspace), revision, time.monotonic() - begun)


class FieldsPane(Pane):
    """The built-in fields and the managers' own."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.FIELDS

    def __init__(self) -> None:
        super().__init__(id="fields-pane")
        self._fields: tuple[Field, ...] = ()
        self._follow = ""
        """The field that the cursor goes to when the fields are read again: the one that was made."""
        self._usage_revision = _UNREAD
        self._is_counting = False
        self._rests_until = 0.0

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield FieldTable(id="fields-table")

    @property
    def _table(self) -> FieldTable:
        return self.query_one(FieldTable)

    @property
    def position(self) -> str:
        """Return how many fields there are, and the one under the cursor."""
        archived = sum(field.is_archived for field in self._fields)
        custom = sum(field.is_custom for field in self._fields)
        numbers = t("settings.status_fields", fields=len(self._fields), custom=custom, archived=archived)
        current = self._table.current
        return f"{numbers}   {line(field_label(current))}" if current is not None else numbers

    # -- reading ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read again: the fields are few; how many customers have values is counted when customers changed."""
        if self.workspace is not None:
            self.read(partial(fields.list_fields, self.workspace, archived=True), self._show)
            self._count_usage(self.workspace)

    def forget(self) -> None:
        """Take whatever the next look finds for news."""
        self._usage_revision = _UNREAD
        self._is_counting = False
        self._rests_until = 0.0

    def _show(self, found: tuple[Field, ...]) -> None:
        self._fields = found
        self._table.show(found)
        self._say_empty()
        if self._follow:
            self._table.follow(self._follow)
            self._follow = ""

    def _say_empty(self) -> None:
        self._table.say_instead(t("settings.nothing_found") if self._table.is_filtered else "")

    def _count_usage(self, workspace: Workspace) -> None:
        if self.crm.may(Permission.SEE) and not self._is_counting and time.monotonic() >= self._rests_until:
            self._is_counting = True
            self.in_thread("count", partial(_count, workspace, self._usage_revision), self._counted)

    def _counted(self, usage: _Usage | None) -> None:
        self._is_counting = False
        if usage is not None:
            self._usage_revision = usage.revision
            self._rests_until = rest_until(usage.seconds)
            self._table.show_usage(usage.counts)

    def find(self, wanted: str) -> None:
        """Show only fields that have a text in their label or key."""
        self._table.find(wanted)
        self._say_empty()

    # -- acting -------------------------------------------------------------------------------------------------

    @property
    def _own(self) -> Field | None:
        """The field under the cursor, if a manager made it."""
        current = self._table.current
        return current if current is not None and current.is_custom else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the field under the cursor takes."""
        if not self.is_mounted:
            return True
        if action == "add":
            return self.display and self.workspace is not None
        if action in ("label", "archive", "restore", "shift"):
            own = self._own if self.display else None
            if own is None or action == "label":
                return own is not None
            # Among those that a text finds nobody sees where a field goes.
            return own.is_archived is (action == "restore") and not (action == "shift" and self._table.is_filtered)
        return True

    def action_add(self) -> None:
        """Ask for a new field."""
        if self.workspace is not None:
            self.app.push_screen(NewField(self.workspace), self._added)

    def _added(self, field: Field | None) -> None:
        if field is not None:
            self._done("field_added", field)

    def action_label(self) -> None:
        """Ask for another label."""
        if self._own is not None:
            self._ask_label(self._own, self._own.label, "")

    def _ask_label(self, field: Field, value: str, problem: str) -> None:
        title = t("settings.label_title", key=line(field.key))
        self.app.push_screen(AskLine(title, t("settings.label_rule"), value, problem), partial(self._labelled, field))

    def _labelled(self, field: Field, answer: str | None) -> None:
        if answer is not None and answer.strip() != field.label and self.workspace is not None:
            change = partial(fields.label_field, self.workspace, field.key, answer)
            self.write(change, partial(self._label_written, field, answer))

    def _label_written(self, field: Field, typed: str, answer: Field | Problem) -> None:
        if isinstance(answer, Problem):
            self._ask_label(field, typed, describe(answer))
        else:
            self._done("field_labelled", answer)

    def action_shift(self, by: int) -> None:
        """Move the field among the managers' own."""
        field = self._own
        if field is not None and self.workspace is not None:
            self.write(partial(fields.move_field, self.workspace, field.key, by), lambda _: self.look())

    def action_archive(self) -> None:
        """Ask, and take the field out of sight."""
        field = self._own
        if field is not None:
            question = t("settings.archive_question", label=line(field_label(field)))
            answers = [(_ARCHIVE, t("settings.archive")), (LEAVE, t("settings.leave"))]
            self.ask(question, answers, lambda _: self._archive(field))

    def _archive(self, field: Field) -> None:
        if self.workspace is not None:
            self.write(
                partial(fields.archive_field, self.workspace, field.key), lambda _: self._done("field_archived", field)
            )

    def action_restore(self) -> None:
        """Bring an archived field back."""
        field = self._own
        if field is not None and self.workspace is not None:
            self.write(
                partial(fields.restore_field, self.workspace, field.key), lambda _: self._done("field_restored", field)
            )

    def _done(self, name: str, field: Field) -> None:
        self.crm.tell(t(f"settings.{name}", label=line(field_label(field))))
        self._follow = field.key
        self.look()
