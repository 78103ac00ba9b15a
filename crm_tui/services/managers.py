"""Managers: who may use the database, by the login names of the operating system (R50, R51)."""

from dataclasses import dataclass

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.permissions import Permission, RoleCode, lacking, permissions_of, working
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import Forbidden, NotFound
from crm_tui.services.roles import Role, read_rights, read_role
from crm_tui.services.workspace import Workspace
from storage import managers as stored
from storage.columns import load_words
from storage.sql import RowMapping

MAX_NAME_LENGTH = 256
"""The longest login name that an operating system gives."""
_NAME = Field("", FieldType.STRING)


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody who may use the database."""

    name: str
    """Their login name."""
    role: str
    code: RoleCode | None
    """That of a role that exists from the start."""
    permissions: frozenset[Permission]
    """What they may do: those of their role that work."""
    added_at: int
    """UTC epoch milliseconds."""
    added_by: str | None
    """None for the first, who opened the database."""


@dataclass(frozen=True, slots=True)
class Access:
    """What the manager who asks may do at this moment."""

    name: str
    manager: Manager | None
    """None: they are none of this database's any more."""
    owners: tuple[str, ...]
    """Who may give more."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do."""
        return frozenset() if self.manager is None else self.manager.permissions

    def may_give(self, role: Role) -> bool:
        """Say whether they may give a role to somebody, or take it (R50)."""
        if self.manager is not None and self.manager.code is RoleCode.OWNER:
            return True
        return role.code is not RoleCode.OWNER and role.permissions <= self.permissions

    def refusal(self, permission: Permission) -> Forbidden:
        """Return what doing something without its permission would be refused with."""
        owners = ", ".join(self.owners)
        if self.manager is None:
            return Forbidden("manager_unknown", manager=self.name, owners=owners)
        missing = lacking(permission, self.permissions) or permission
        return Forbidden("permission_refused", permission=missing.value, owners=owners)


def whoami(workspace: Workspace) -> Access:
    """Return who asks, and what they may do; an owner may change that at any moment."""
    with workspace.reading(None) as connection:
        row = stored.find(connection, workspace.manager)
        owners = tuple(stored.owners(connection))
    return Access(workspace.manager, None if row is None else _manager(row), owners)


def require(workspace: Workspace, permission: Permission) -> None:
    """Refuse what the manager may not do now, where nothing else that is done asks for it.

    Raises:
        Forbidden: They may not.
    """
    with workspace.reading(permission):
        pass


def list_managers(workspace: Workspace) -> tuple[Manager, ...]:
    """Return all managers in the order in which they came."""
    with workspace.reading(Permission.SETTINGS) as connection:
        return tuple(map(_manager, stored.listed(connection)))


def add_manager(workspace: Workspace, name: str, role: str) -> Manager | Problem:
    """Let somebody use the database; return them, or what is wrong with their name.

    Raises:
        NotFound: There is no such role.
        Forbidden: The role reaches beyond that of the manager who asks.
    """
    tidy = _checked(name)
    if isinstance(tidy, Problem):
        return tidy
    with workspace.transaction(Permission.SETTINGS) as connection:
        given = read_role(connection, role)
        read_rights(connection, workspace).check(given.permissions, given.code)
        if stored.find(connection, tidy) is not None:
            return Problem(Code.MANAGER_TAKEN, "", {"name": tidy})
        stored.add(connection, tidy, given.id, workspace.now_ms(), workspace.manager)
        record(connection, workspace, ActivityKind.MANAGER_ADDED, name=tidy, role=given.name)
        return _manager(_one(stored.find(connection, tidy), tidy))


def change_manager(workspace: Workspace, name: str, role: str) -> Manager:
    """Give somebody another role, from this moment on.

    Raises:
        NotFound: There is no such manager or role.
        Forbidden: It is the manager who asks themselves; or the old or the new role reaches beyond theirs.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        row = _one(stored.find(connection, trim(name)), name)
        given = read_role(connection, role)
        rights = read_rights(connection, workspace)
        _check_somebody_else(rights.manager, row, rights.owners)
        before = _manager(row)
        rights.check(before.permissions, before.code)
        rights.check(given.permissions, given.code)
        if row["role_id"] != given.id:
            stored.set_role(connection, before.name, given.id)
            record(connection, workspace, ActivityKind.MANAGER_CHANGED, name=before.name, role=given.name)
        return _manager(_one(stored.find(connection, before.name), name))


def remove_manager(workspace: Workspace, name: str) -> None:
    """Let somebody use the database no longer, from this moment on; what they did stays in the log.

    Raises:
        NotFound: There is no such manager.
        Forbidden: It is the manager who asks themselves; or the role reaches beyond theirs.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        row = _one(stored.find(connection, trim(name)), name)
        rights = read_rights(connection, workspace)
        _check_somebody_else(rights.manager, row, rights.owners)
        gone = _manager(row)
        rights.check(gone.permissions, gone.code)
        stored.remove(connection, gone.name)
        record(connection, workspace, ActivityKind.MANAGER_REMOVED, name=gone.name)


def _check_somebody_else(asking: str, row: RowMapping, owners: str) -> None:
    """Refuse to change one's own rights: so there is always an owner (R50)."""
    if row["name"] == asking:
        raise Forbidden("own_rights", permission=Permission.SETTINGS.value, owners=owners)


def _one(row: RowMapping | None, name: str) -> RowMapping:
    if row is None:
        raise NotFound("manager_not_found", name=name)
    return row


def _manager(row: RowMapping) -> Manager:
    code = None if row["code"] is None else RoleCode(row["code"])
    permissions = working(permissions_of(row["code"], load_words(row["permissions"])))
    return Manager(row["name"], row["role"], code, permissions, row["added_at"], row["added_by"])


def _checked(name: str) -> str | Problem:
    """Return a login name as it is kept, or what is wrong with it."""
    tidy = trim(name)
    if not tidy or len(tidy) > MAX_NAME_LENGTH or "\n" in tidy or "\t" in tidy:
        return Problem(Code.MANAGER_NAME_INVALID, "", {"limit": MAX_NAME_LENGTH})
    found = parse_string(tidy, _NAME)
    return Problem(found.code, "", found.params) if isinstance(found, Problem) else found
