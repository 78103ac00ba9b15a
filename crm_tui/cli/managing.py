"""What the groups `managers` and `roles` do, and `whoami`."""

from collections.abc import Iterable
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.answers import tell
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.cli.shapes import moment
from crm_tui.core.permissions import Permission, RoleCode
from crm_tui.core.problems import Problem
from crm_tui.core.text import fold, trim
from crm_tui.i18n import catalogue, t
from crm_tui.services import managers as managers_service
from crm_tui.services import roles as roles_service
from crm_tui.services.managers import Manager
from crm_tui.services.roles import Role
from crm_tui.services.workspace import Workspace

_NOTHING = "none"
"""Written for a role that allows nothing."""


def show_whoami(workspace: Workspace, as_json: bool) -> Exit:
    """Say who asks, in which role, and what they may do."""
    access = managers_service.whoami(workspace)
    found = access.manager
    role = None if found is None else found.role
    if as_json:
        permissions = _words(access.permissions)
        output.document({"name": access.name, "role": role, "can": permissions, "owners": list(access.owners)})
        return Exit.DONE
    shown = "" if found is None else _role_name(found.role, found.code)
    can = ", ".join(t(f"team.permission_{one}") for one in Permission if one in access.permissions)
    rows = ((t("team.column_name"), access.name), (t("team.column_role"), shown), (t("team.column_can"), can))
    output.pairs(rows)
    return Exit.DONE


def list_managers(workspace: Workspace, as_json: bool) -> Exit:
    """List managers in the order in which they came."""
    listed = managers_service.list_managers(workspace)
    if as_json:
        output.array(map(_manager_json, listed))
    else:
        rows = [(one.name, one.role, ",".join(_words(one.permissions)) or _NOTHING) for one in listed]
        output.table(("name", "role", "can"), rows)
    return Exit.DONE


def add_manager(workspace: Workspace, name: str, role: str, as_json: bool) -> Exit:
    """Let somebody use the database."""
    return _tell_manager(managers_service.add_manager(workspace, name, _code(role)), "manager_added", as_json)


def change_manager(workspace: Workspace, name: str, role: str, as_json: bool) -> Exit:
    """Give somebody another role."""
    return _tell_manager(managers_service.change_manager(workspace, name, _code(role)), "manager_changed", as_json)


def remove_manager(workspace: Workspace, name: str) -> Exit:
    """Let somebody use the database no longer."""
    managers_service.remove_manager(workspace, name)
    say(t("team.manager_removed", name=name))
    return Exit.DONE


def list_roles(workspace: Workspace, as_json: bool) -> Exit:
    """List roles, those that exist from the start first."""
    listed = roles_service.list_roles(workspace)
    if as_json:
        output.array(map(_role_json, listed))
    else:
        rows = [(one.name, str(one.managers), ",".join(_words(one.permissions)) or _NOTHING) for one in listed]
        output.table(("name", "managers", "can"), rows)
    for one in listed:
        _say_idle(one)
    return Exit.DONE


def add_role(workspace: Workspace, name: str, can: str, as_json: bool) -> Exit:
    """Make a role."""
    return _tell_role(roles_service.add_role(workspace, name, _permissions(can)), "role_added", as_json)


def change_role(workspace: Workspace, name: str, can: str, as_json: bool) -> Exit:
    """Say what a role allows."""
    return _tell_role(roles_service.change_role(workspace, _code(name), _permissions(can)), "role_changed", as_json)


def rename_role(workspace: Workspace, name: str, new: str, as_json: bool) -> Exit:
    """Give a role another name."""
    return _tell_role(roles_service.rename_role(workspace, _code(name), new), "role_renamed", as_json)


def delete_role(workspace: Workspace, name: str) -> Exit:
    """Remove a role that nobody has."""
    roles_service.delete_role(workspace, _code(name))
    say(t("team.role_deleted", name=name))
    return Exit.DONE


def _tell_manager(answer: Manager | Problem, sentence: str, as_json: bool) -> Exit:
    def said(manager: Manager) -> str:
        return t(f"team.{sentence}", name=manager.name, role=_role_name(manager.role, manager.code))

    return tell(answer, said, _manager_json, as_json)


def _tell_role(answer: Role | Problem, sentence: str, as_json: bool) -> Exit:
    code = tell(answer, lambda role: t(f"team.{sentence}", name=role.name), _role_json, as_json)
    if isinstance(answer, Role):
        _say_idle(answer)
    return code


def _say_idle(role: Role) -> None:
    """Say what a role gives in vain: who acts on customers must be allowed to see them."""
    if role.idle:
        named = ", ".join(t(f"team.permission_{one}") for one in Permission if one in role.idle)
        say(t("team.permissions_idle", permissions=named, role=_role_name(role.name, role.code)))


def _manager_json(manager: Manager) -> dict[str, Any]:
    return {
        "name": manager.name,
        "role": manager.role,
        "can": _words(manager.permissions),
        "addedAt": moment(manager.added_at),
        "addedBy": manager.added_by,
    }


def _role_json(role: Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "builtIn": role.code is not None,
        "can": _words(role.permissions),
        "managers": role.managers,
    }


def _words(permissions: Iterable[Permission]) -> list[str]:
    return [one.value for one in Permission if one in permissions]


def _role_name(name: str, code: RoleCode | None) -> str:
    return name if code is None else t(f"team.role_{code}")


def _code(name: str) -> str:
    """Return the one name of a role that exists from the start, in whichever language it is written."""
    for code in RoleCode:
        if fold(trim(name)) in {fold(catalogue(one, "team")[f"role_{code}"]) for one in ("ko", "en")}:
            return code.value
    return name


def _permissions(written: str) -> frozenset[Permission]:
    """Return the permissions that are written between commas."""
    names = [trim(one) for one in written.split(",") if trim(one)]
    if [fold(one) for one in names] == [_NOTHING]:
        return frozenset()
    known = {one.value: one for one in Permission}
    choices = ", ".join((*known, _NOTHING))
    for name in names:
        if fold(name) not in known:
            raise WrongUsage(t("team.permission_unknown", name=name, choices=choices))
    if not names:
        raise WrongUsage(t("team.permission_unknown", name=written, choices=choices))
    return frozenset(known[fold(name)] for name in names)
