"""Roles: what those who have them may do (R50, R51)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.permissions import MAX_ROLES, Permission, RoleCode, permissions_of, working
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold, parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import CrmError, Forbidden, NotFound
from crm_tui.services.workspace import Workspace
from storage import managers as stored_managers
from storage import roles as stored
from storage.columns import load_words
from storage.sql import Connection, RowMapping

MAX_NAME_LENGTH = 100
_NAME = Field("", FieldType.STRING)
_FEW = 5
"""So many managers are named where a role cannot go because of them."""


@dataclass(frozen=True, slots=True)
class Role:
    """What its managers may do."""

    id: int
    name: str
    """As owners wrote it; of those that exist from the start, their code."""
    code: RoleCode | None
    """Of those that exist from the start and cannot be changed."""
    permissions: frozenset[Permission]
    """Those that were given; some work only together with another."""
    managers: int
    """How many have it."""

    @property
    def idle(self) -> frozenset[Permission]:
        """What was given and does not work, as who acts on customers must be allowed to see them (R51)."""
        return self.permissions - working(self.permissions)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the manager who asks may give and take (R50)."""

    manager: str
    role_id: int
    is_owner: bool
    permissions: frozenset[Permission]
    owners: str
    """The owners' names, for a refusal to say whom to ask."""

    def check(self, permissions: Iterable[Permission], code: RoleCode | None = None) -> None:
        """Refuse to give or take a role that reaches beyond their own: only an owner may.

        Raises:
            Forbidden: It does.
        """
        if self.is_owner:
            return
        if code is RoleCode.OWNER:
            raise Forbidden("owners_only", permission=Permission.SETTINGS.value, owners=self.owners)
        beyond = sorted(set(permissions) - self.permissions, key=list(Permission).index)
        if beyond:
            raise Forbidden("permission_beyond", permission=beyond[0].value, owners=self.owners)

    def check_own(self, role_id: int) -> None:
        """Refuse to change the role that the manager has.

        Raises:
            Forbidden: It is theirs.
        """
        if role_id == self.role_id:
            raise Forbidden("own_rights", permission=Permission.SETTINGS.value, owners=self.owners)


def read_rights(connection: Connection, workspace: Workspace) -> Rights:
    """Return what the manager who asks may give, on an open connection that has checked that they may at all."""
    row = stored_managers.find(connection, workspace.manager)
    owners = ", ".join(stored_managers.owners(connection))
    if row is None:
        raise Forbidden("manager_unknown", manager=workspace.manager, owners=owners)
    permissions = working(permissions_of(row["code"], load_words(row["permissions"])))
    return Rights(workspace.manager, row["role_id"], row["code"] == RoleCode.OWNER, permissions, owners)


def read_role(connection: Connection, name: str) -> Role:
    """Return a role by its name, on an open connection.

    Raises:
        NotFound: There is none.
    """
    row = stored.find(connection, " ".join(trim(name).split()))
    if row is None:
        raise NotFound("role_not_found", name=name)
    return _role(row)


def list_roles(workspace: Workspace) -> tuple[Role, ...]:
    """Return all roles, those that exist from the start first."""
    with workspace.reading(Permission.SETTINGS) as connection:
        return tuple(map(_role, stored.listed(connection)))


def add_role(workspace: Workspace, name: str, permissions: Iterable[Permission]) -> Role | Problem:
    """Make a role; return it, or why it cannot be made.

    Raises:
        Forbidden: It would allow what the manager may not do themselves.
    """
    tidy = _checked(name)
    if isinstance(tidy, Problem):
        return tidy
    granted = frozenset(permissions)
    with workspace.transaction(Permission.SETTINGS) as connection:
        read_rights(connection, workspace).check(granted)
        if taken := stored.find(connection, tidy):
            return _taken(taken["name"])
        if len(stored.listed(connection)) >= MAX_ROLES:
            return Problem(Code.ROLES_FULL, "", {"limit": MAX_ROLES})
        stored.insert(connection, tidy, _words(granted))
        record(connection, workspace, ActivityKind.ROLE_ADDED, role=tidy, permissions=_words(granted))
        return read_role(connection, tidy)


def change_role(workspace: Workspace, name: str, permissions: Iterable[Permission]) -> Role:
    """Let a role allow this, and nothing else, from this moment on.

    Raises:
        NotFound: There is no such role.
        Forbidden: It is the manager's own, or reaches beyond it.
        CrmError: It exists from the start.
    """
    granted = frozenset(permissions)
    with workspace.transaction(Permission.SETTINGS) as connection:
        role = _changeable(connection, workspace, name, granted)
        if role.permissions != granted:
            stored.set_permissions(connection, role.id, _words(granted))
            record(connection, workspace, ActivityKind.ROLE_CHANGED, role=role.name, permissions=_words(granted))
        return read_role(connection, role.name)


def rename_role(workspace: Workspace, name: str, new: str) -> Role | Problem:
    """Give a role another name; return it, or what is wrong with the name.

    Raises:
        NotFound: There is no such role.
        Forbidden: It is the manager's own, or reaches beyond it.
        CrmError: It exists from the start.
    """
    tidy = _checked(new)
    if isinstance(tidy, Problem):
        return tidy
    with workspace.transaction(Permission.SETTINGS) as connection:
        role = _changeable(connection, workspace, name)
        taken = stored.find(connection, tidy)
        if taken is not None and taken["id"] != role.id:
            return _taken(taken["name"])
        if tidy != role.name:
            stored.rename(connection, role.id, tidy)
            words = _words(role.permissions)
            record(connection, workspace, ActivityKind.ROLE_CHANGED, role=tidy, permissions=words)
        return read_role(connection, tidy)


def delete_role(workspace: Workspace, name: str) -> None:
    """Remove a role.

    Raises:
        NotFound: There is no such role.
        Forbidden: It is the manager's own, or reaches beyond it.
        CrmError: It exists from the start, or somebody has it.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        role = _changeable(connection, workspace, name)
        users = stored.managers_with(connection, role.id)
        if users:
            named = ", ".join(users[:_FEW]) + (", …" if len(users) > _FEW else "")
            raise CrmError("role_used", name=role.name, managers=named)
        stored.delete(connection, role.id)
        record(connection, workspace, ActivityKind.ROLE_REMOVED, role=role.name)


def _changeable(
    connection: Connection, workspace: Workspace, name: str, permissions: frozenset[Permission] = frozenset()
) -> Role:
    """Return a role that the manager may change, into one that allows this."""
    role = read_role(connection, name)
    if role.code is not None:
        raise CrmError("role_built_in", name=role.name)
    rights = read_rights(connection, workspace)
    rights.check_own(role.id)
    rights.check(role.permissions | permissions)
    return role


def _role(row: RowMapping) -> Role:
    code = None if row["code"] is None else RoleCode(row["code"])
    permissions = permissions_of(row["code"], load_words(row["permissions"]))
    return Role(row["id"], row["name"], code, permissions, row["managers"])


def _words(permissions: frozenset[Permission]) -> Sequence[str]:
    return [one.value for one in Permission if one in permissions]


def _taken(name: str) -> Problem:
    return Problem(Code.ROLE_TAKEN, "", {"name": name})


def _checked(name: str) -> str | Problem:
    """Return a name as it is kept, or what is wrong with it."""
    tidy = " ".join(trim(name).split())
    if not tidy:
        return Problem(Code.ROLE_NAME_MISSING, "")
    if len(tidy) > MAX_NAME_LENGTH or len(fold(tidy)) > MAX_NAME_LENGTH:
        return Problem(Code.ROLE_NAME_TOO_LONG, "", {"length": len(tidy), "limit": MAX_NAME_LENGTH})
    found = parse_string(tidy, _NAME)
    return Problem(found.code, "", found.params) if isinstance(found, Problem) else found
