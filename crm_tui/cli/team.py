"""The groups `managers` and `roles`, and `whoami`: who may use the database, and for what (R50, R51)."""

from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit
from crm_tui.cli.groups import Json, group, is_alone, on_database
from crm_tui.cli.help import Command

_Manager = Annotated[str, typer.Argument(metavar="NAME")]
_Role = Annotated[str, typer.Argument(metavar="ROLE")]
_Permissions = Annotated[str, typer.Argument(metavar="a,b")]

managers_app = group()
roles_app = group()
whoami_app = group()
"""A command of the program itself."""


@whoami_app.command(cls=Command)
def whoami(context: typer.Context, as_json: Json = False) -> Exit:
    """Say who asks, and what they may do."""
    from crm_tui.cli.managing import show_whoami

    return on_database(context, lambda workspace: show_whoami(workspace, as_json))


@managers_app.callback()
def managers(context: typer.Context, as_json: Json = False) -> Exit:
    """List managers when nothing else is asked for."""
    return managers_list(context, as_json) if is_alone(context, as_json) else Exit.DONE


@managers_app.command("list", cls=Command)
def managers_list(context: typer.Context, as_json: Json = False) -> Exit:
    """List managers."""
    from crm_tui.cli.managing import list_managers

    return on_database(context, lambda workspace: list_managers(workspace, as_json))


@managers_app.command("add", cls=Command)
def managers_add(
    context: typer.Context,
    name: _Manager,
    role: Annotated[str, typer.Option("--role", metavar="ROLE")],
    as_json: Json = False,
) -> Exit:
    """Let somebody use the database."""
    from crm_tui.cli.managing import add_manager

    return on_database(context, lambda workspace: add_manager(workspace, name, role, as_json))


@managers_app.command("role", cls=Command)
def managers_role(context: typer.Context, name: _Manager, role: _Role, as_json: Json = False) -> Exit:
    """Give somebody another role."""
    from crm_tui.cli.managing import change_manager

    return on_database(context, lambda workspace: change_manager(workspace, name, role, as_json))


@managers_app.command("remove", cls=Command)
def managers_remove(context: typer.Context, name: _Manager) -> Exit:
    """Let somebody use the database no longer."""
    from crm_tui.cli.managing import remove_manager

    return on_database(context, lambda workspace: remove_manager(workspace, name))


@roles_app.callback()
def roles(context: typer.Context, as_json: Json = False) -> Exit:
    """List roles when nothing else is asked for."""
    return roles_list(context, as_json) if is_alone(context, as_json) else Exit.DONE


@roles_app.command("list", cls=Command)
def roles_list(context: typer.Context, as_json: Json = False) -> Exit:
    """List roles."""
    from crm_tui.cli.managing import list_roles

    return on_database(context, lambda workspace: list_roles(workspace, as_json))


@roles_app.command("add", cls=Command)
def roles_add(
    context: typer.Context,
    name: _Role,
    can: Annotated[str, typer.Option("--can", metavar="a,b")],
    as_json: Json = False,
) -> Exit:
    """Make a role."""
    from crm_tui.cli.managing import add_role

    return on_database(context, lambda workspace: add_role(workspace, name, can, as_json))


@roles_app.command("can", cls=Command)
def roles_can(context: typer.Context, name: _Role, can: _Permissions, as_json: Json = False) -> Exit:
    """Say what a role allows."""
    from crm_tui.cli.managing import change_role

    return on_database(context, lambda workspace: change_role(workspace, name, can, as_json))


@roles_app.command("rename", cls=Command)
def roles_rename(
    context: typer.Context,
    name: _Role,
    new: Annotated[str, typer.Argument(metavar="NEW")],
    as_json: Json = False,
) -> Exit:
    """Give a role another name."""
    from crm_tui.cli.managing import rename_role

    return on_database(context, lambda workspace: rename_role(workspace, name, new, as_json))


@roles_app.command("delete", cls=Command)
def roles_delete(context: typer.Context, name: _Role) -> Exit:
    """Remove a role that nobody has."""
    from crm_tui.cli.managing import delete_role

    return on_database(context, lambda workspace: delete_role(workspace, name))
