"""The tab of the managers: who may use the database, and in which role (R50)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import managers, roles
from crm_tui.services.managers import Manager
from crm_tui.services.roles import Role
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.screens.settings.pane import LEAVE, Pane
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line
from crm_tui.tui.widgets.team_tables import ManagerTable, role_name

_REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class _Team:
    """Managers, and the roles that they can have."""

    managers: tuple[Manager, ...]
    roles: tuple[Role, ...]


def _read(workspace: Workspace) -> _Team:
    return _Team(managers.list_managers(workspace), roles.list_roles(workspace))


class ManagersPane(Pane):
    """Who may use the database."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.MANAGERS
    NEEDS: ClassVar[Permission | None] = Permission.SETTINGS

    def __init__(self) -> None:
        super().__init__(id="managers-pane")
        self._team = _Team((), ())
        self._follow = ""
        """The manager whom the cursor goes to when all are read again: the one who was added."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield ManagerTable(id="managers-table")

    @property
    def _table(self) -> ManagerTable:
        return self.query_one(ManagerTable)

    @property
    def position(self) -> str:
        """Return how many managers there are, and the one under the cursor."""
        numbers = t("team.status_managers", count=f"{len(self._team.managers):,}")
        current = self._table.current
        if current is None:
            return numbers
        you = f" ({t('team.you')})" if self._is_me(current) else ""
        return f"{numbers}   {line(current.name)}{you}"

    def look(self) -> None:
        """Read again: managers are few."""
        if self.workspace is not None:
            self.read(partial(_read, self.workspace), self._show)

    def _show(self, team: _Team) -> None:
        self._team = team
        self._table.show(team.managers)
        if self._follow:
            self._table.follow(self._follow)
            self._follow = ""

    def find(self, wanted: str) -> None:
        """Show only managers with a text in their name or role."""
        self._table.find(wanted)
        self._table.say_instead(t("settings.nothing_found") if self._table.is_filtered else "")

    # -- acting -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the manager under the cursor takes: nobody changes their own rights (R50)."""
        if not self.is_mounted:
            return True
        if action == "add":
            return self.display and self.workspace is not None
        if action in ("change_role", "remove"):
            current = self._table.current if self.display else None
            return current is not None and not self._is_me(current)
        return True

    def _is_me(self, manager: Manager) -> bool:
        return self.workspace is not None and manager.name == self.workspace.manager

    def action_add(self) -> None:
        """Ask for a login name, then for the role."""
        self._ask_name("", "")

    def _ask_name(self, value: str, problem: str) -> None:
        title, rule = t("team.managers_title_add"), t("team.managers_rule")
        self.app.push_screen(AskLine(title, rule, value, problem), self._named)

    def _named(self, name: str | None) -> None:
        if name is not None:
            self._ask_role(name, partial(self._add, name))

    def _ask_role(self, name: str, act: Callable[[str], None]) -> None:
        """Ask for one of the roles that the manager who asks may give."""
        access = self.crm.access
        given = [one for one in self._team.roles if access is not None and access.may_give(one)]
        answers = [(one.name, line(role_name(one.name, one.code))) for one in reversed(given)]
        self.ask(t("team.which_role", name=line(name)), [*answers, (LEAVE, t("settings.leave"))], act)

    def _add(self, name: str, role: str) -> None:
        if self.workspace is not None:
            self.write(partial(managers.add_manager, self.workspace, name, role), partial(self._added, name))

    def _added(self, typed: str, answer: Manager | Problem) -> None:
        if isinstance(answer, Problem):
            self._ask_name(typed, describe(answer))
        else:
            self._done("manager_added", answer)

    @on(RowList.Opened)
    def action_change_role(self) -> None:
        """Ask for another role."""
        current = self._table.current
        if current is not None and self.crm.may(self.NEEDS):
            if self._is_me(current):
                self.crm.tell(t("team.own_rights"))
            else:
                self._ask_role(current.name, partial(self._change, current.name))

    def _change(self, name: str, role: str) -> None:
        if self.workspace is not None:
            change = partial(managers.change_manager, self.workspace, name, role)
            self.write(change, partial(self._done, "manager_changed"))

    def action_remove(self) -> None:
        """Ask, and let the manager go."""
        current = self._table.current
        if current is not None:
            answers = [(LEAVE, t("settings.leave")), (_REMOVE, t("team.remove"))]
            self.ask(t("team.remove_question", name=line(current.name)), answers, lambda _: self._remove(current))

    def _remove(self, manager: Manager) -> None:
        if self.workspace is not None:
            change = partial(managers.remove_manager, self.workspace, manager.name)
            self.write(change, lambda _: self._done("manager_removed", manager))

    def _done(self, name: str, manager: Manager) -> None:
        role = line(role_name(manager.role, manager.code))
        self.crm.tell(t(f"team.{name}", name=line(manager.name), role=role))
        self._follow = manager.name
        self.look()
