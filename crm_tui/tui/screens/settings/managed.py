"""The tab of the managed users: how many there are and may be, and who is hidden above that (R5)."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from crm_tui.core.permissions import Permission
from crm_tui.i18n import describe_error, t
from crm_tui.services import customers, managed
from crm_tui.services.errors import UsageError
from crm_tui.services.managed import Hidden, ManagedUsers
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.desk import Chosen
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.screens.settings.pane import LEAVE, Pane
from crm_tui.tui.widgets.hidden_list import HiddenList
from crm_tui.tui.widgets.managed_text import managed_text
from crm_tui.tui.widgets.row_list import RowList

_UNREAD = -1
"""No revision of the database: whatever it says is news."""
_SET = "set"
_Read = tuple[int, ManagedUsers, Hidden]


def _read(workspace: Workspace, known: int, wanted: str) -> _Read | None:
    # The revision comes first: what changes while the rest is read is seen by the next look.
    revision = customers.revision(workspace)
    if revision == known:
        return None
    return revision, managed.managed(workspace), managed.hidden(workspace, wanted)


class ManagedPane(Pane):
    """MU, its limit, and the hidden customers; Enter opens one."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.MANAGED
    NEEDS: ClassVar[Permission | None] = Permission.SEE

    def __init__(self) -> None:
        super().__init__(id="managed-pane")
        self._numbers: ManagedUsers | None = None
        self._hidden = Hidden(0, ())
        self._revision = _UNREAD
        self._wanted = ""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static("", id="managed-numbers", markup=False)
        yield HiddenList(id="hidden-list")

    @property
    def _list(self) -> HiddenList:
        return self.query_one(HiddenList)

    @property
    def position(self) -> str:
        """Return which of the hidden customers the cursor is on."""
        shown = self._list.cursor + 1 if self._list.total else 0
        return t("reach.status", shown=f"{shown:,}", count=f"{self._hidden.count:,}")

    # -- reading ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read again if customers changed."""
        if self.workspace is not None:
            self.read(partial(_read, self.workspace, self._revision, self._wanted), self._show)

    def forget(self) -> None:
        """Take whatever the next look finds for news."""
        self._revision = _UNREAD

    def find(self, wanted: str) -> None:
        """Show only hidden customers who have a text in name, e-mail or mobile number."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.reload()

    def _show(self, found: _Read | None) -> None:
        if found is None:
            return
        self._revision, self._numbers, self._hidden = found
        self.query_one("#managed-numbers", Static).update(managed_text(self._numbers))
        self._list.show(self._hidden.customers)
        self._list.say_instead(t("reach.nobody_found" if self._numbers.hidden else "reach.nobody_hidden"))

    @on(RowList.Opened, "#hidden-list")
    def _open(self) -> None:
        if self._list.current is not None:
            self.crm.open_profile(self._list.current.id)

    # -- acting -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer deleting only where somebody is hidden."""
        if not self.is_mounted:
            return True
        if action == "set_limit":
            return self.display and self._numbers is not None
        if action == "delete_hidden":
            return self.display and self._numbers is not None and self._numbers.hidden > 0
        return True

    def action_set_limit(self) -> None:
        """Ask for the limit."""
        if self._numbers is not None:
            limit = self._numbers.limit
            self._ask_limit("" if limit is None else f"{limit:,}", "")

    def _ask_limit(self, value: str, problem: str) -> None:
        dialog = AskLine(t("reach.limit_title"), t("reach.limit_rule"), value, problem)
        self.app.push_screen(dialog, self._limit_typed)

    def _limit_typed(self, typed: str | None) -> None:
        if typed is None or self._numbers is None:
            return
        try:
            limit = managed.parse_limit(typed.strip() or managed.NO_LIMIT)
        except UsageError as error:
            self._ask_limit(typed, describe_error(error))
            return
        more = managed.hidden_by(self._numbers, limit) - self._numbers.hidden
        if more <= 0:
            self._set_limit(limit)
            return
        question = t("reach.limit_question", limit=f"{limit:,}", count=f"{more:,}")
        answers = [(_SET, t("reach.limit_yes")), (LEAVE, t("settings.leave"))]
        self.ask(question, answers, lambda _: self._set_limit(limit))

    def _set_limit(self, limit: int | None) -> None:
        if self.workspace is not None:
            self.write(partial(managed.set_limit, self.workspace, limit), self._limit_set)

    def _limit_set(self, now: ManagedUsers) -> None:
        if now.limit is None:
            self.crm.tell(t("reach.limit_none"))
        else:
            self.crm.tell(t("reach.limit_set", limit=f"{now.limit:,}", hidden=f"{now.hidden:,}"))
        self.crm.headcount.look(at_once=True)
        self.look()

    def action_delete_hidden(self) -> None:
        """Ask whether to delete all who are hidden."""
        if self._numbers is not None:
            self.crm.desk.delete_hidden(Chosen(managed.HIDDEN, self._numbers.hidden))
