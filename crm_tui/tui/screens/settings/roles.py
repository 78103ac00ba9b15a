"""The tab of the roles: what their managers may do (R50, R51)."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from crm_tui.core.permissions import MAX_ROLES, OF_ROLES, Permission, RoleCode
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import roles
from crm_tui.services.roles import Role
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.permissions import PermissionsDialog
from crm_tui.tui.screens.settings.pane import LEAVE, Pane
from crm_tui.tui.widgets.safe_text import line
from crm_tui.tui.widgets.team_tables import RoleTable, permission_names, role_name

_DELETE = "delete"


class RolesPane(Pane):
    """The roles that exist from the start, and those that owners made."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.ROLES
    NEEDS: ClassVar[Permission | None] = Permission.SETTINGS

    def __init__(self) -> None:
        super().__init__(id="roles-pane")
        self._roles: tuple[Role, ...] = ()
        self._follow = ""
        """The role that the cursor goes to when all are read again: the one that was made."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield RoleTable(id="roles-table")

    @property
    def _table(self) -> RoleTable:
        return self.query_one(RoleTable)

    @property
    def position(self) -> str:
        """Return how many roles there are, and what the one under the cursor allows."""
        numbers = t("team.status_roles", count=len(self._roles), limit=MAX_ROLES)
        current = self._table.current
        if current is None:
            return numbers
        return f"{numbers}   {line(role_name(current.name, current.code))}: {permission_names(current.permissions)}"

    def look(self) -> None:
        """Read again: roles are few."""
        if self.workspace is not None:
            self.read(partial(roles.list_roles, self.workspace), self._show)

    def _show(self, found: tuple[Role, ...]) -> None:
        self._roles = found
        self._table.show(found)
        if self._follow:
            self._table.follow(self._follow)
            self._follow = ""

    def find(self, wanted: str) -> None:
        """Show only roles with a text in their name."""
        self._table.find(wanted)
        self._table.say_instead(t("settings.nothing_found") if self._table.is_filtered else "")

    # -- acting -------------------------------------------------------------------------------------------------

    @property
    def _own(self) -> Role | None:
        """The role under the cursor, if it can be changed."""
        current = self._table.current if self.display else None
        return current if current is not None and current.code is None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the role under the cursor takes."""
        if not self.is_mounted:
            return True
        if action == "add":
            return self.display and self.workspace is not None
        if action in ("open", "rename", "delete"):
            return self._own is not None
        return True

    def action_add(self) -> None:
        """Ask for a name, then for what it allows."""
        self._ask_new("", frozenset(OF_ROLES[RoleCode.BASIC]), "")

    def _ask_new(self, value: str, permissions: frozenset[Permission], problem: str) -> None:
        title = AskLine(t("team.role_title_add"), t("team.role_rule"), value, problem)
        self.app.push_screen(title, partial(self._named, permissions))

    def _named(self, permissions: frozenset[Permission], name: str | None) -> None:
        if name is not None:
            self.app.push_screen(PermissionsDialog(line(name), permissions), partial(self._allowed, name))

    def _allowed(self, name: str, permissions: frozenset[Permission] | None) -> None:
        if permissions is not None and self.workspace is not None:
            change = partial(roles.add_role, self.workspace, name, permissions)
            self.write(change, partial(self._added, name, permissions))

    def _added(self, typed: str, permissions: frozenset[Permission], answer: Role | Problem) -> None:
        if isinstance(answer, Problem):
            self._ask_new(typed, permissions, describe(answer))
        else:
            self._done("role_added", answer.name)

    def action_open(self) -> None:
        """Ask what the role is to allow."""
        role = self._own
        if role is not None:
            self.app.push_screen(PermissionsDialog(line(role.name), role.permissions), partial(self._change, role))

    def _change(self, role: Role, permissions: frozenset[Permission] | None) -> None:
        if permissions is not None and permissions != role.permissions and self.workspace is not None:
            change = partial(roles.change_role, self.workspace, role.name, permissions)
            self.write(change, lambda changed: self._done("role_changed", changed.name))

    def action_rename(self) -> None:
        """Ask for another name."""
        if self._own is not None:
            self._ask_name(self._own, self._own.name, "")

    def _ask_name(self, role: Role, value: str, problem: str) -> None:
        title = t("team.role_title_rename", name=line(role.name))
        self.app.push_screen(AskLine(title, t("team.rename_rule"), value, problem), partial(self._rename, role))

    def _rename(self, role: Role, new: str | None) -> None:
        if new is not None and new.strip() != role.name and self.workspace is not None:
            change = partial(roles.rename_role, self.workspace, role.name, new)
            self.write(change, partial(self._renamed, role, new))

    def _renamed(self, role: Role, typed: str, answer: Role | Problem) -> None:
        if isinstance(answer, Problem):
            self._ask_name(role, typed, describe(answer))
        else:
            self._done("role_renamed", answer.name)

    def action_delete(self) -> None:
        """Ask, and remove the role."""
        role = self._own
        if role is not None:
            answers = [(LEAVE, t("settings.leave")), (_DELETE, t("team.role_delete"))]
            self.ask(t("team.role_delete_question", name=line(role.name)), answers, lambda _: self._delete(role))

    def _delete(self, role: Role) -> None:
        if self.workspace is not None:
            change = partial(roles.delete_role, self.workspace, role.name)
            self.write(change, lambda _: self._done("role_deleted", role.name))

    def _done(self, sentence: str, name: str) -> None:
        self.crm.tell(t(f"team.{sentence}", name=line(name)))
        self._follow = name
        self.look()
