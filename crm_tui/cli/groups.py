"""The groups `fields` and `imports`, and what all commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.help import Command, Group
from crm_tui.i18n import t

if TYPE_CHECKING:
    from crm_tui.cli.keymap import KeyReport
    from crm_tui.services.workspace import Workspace

Json = Annotated[bool, typer.Option("--json")]
_Number = Annotated[int, typer.Argument(metavar="N", min=1)]


class TemplateKind(StrEnum):
    """What a template may be for, as it is typed."""

    MEMBER = "member"
    LEAD_EMAIL = "lead-email"
    LEAD_MOBILE = "lead-mobile"


@dataclass(frozen=True, slots=True)
class Call:
    """What every command knows."""

    db: str | None
    read_keys: "Callable[[], KeyReport]"


def group() -> typer.Typer:
    """Return an empty group of commands that does something by itself as well."""
    return typer.Typer(cls=Group, invoke_without_command=True, add_completion=False, rich_markup_mode=None)


def on_database(context: typer.Context, do: "Callable[[Workspace], Exit]") -> Exit:
    """Open the database for one command."""
    from crm_tui.cli.opening import opened

    with opened(context.obj.db) as workspace:
        return do(workspace)


def check_xlsx(path: Path | None) -> None:
    """Refuse to write a spreadsheet under a name that says otherwise."""
    check_suffix(path, ".xlsx")


def check_suffix(path: Path | None, suffix: str) -> None:
    """Refuse to write a file under a name that says that it is of another kind."""
    if path is not None and path.suffix.lower() != suffix:
        raise WrongUsage(t("cli.suffix_needed", path=path, suffix=suffix))


def delimiter_of(typed: str | None) -> str | None:
    """Return the character that is meant by a delimiter as it can be typed in a shell."""
    return {"tab": "\t", "\\t": "\t"}.get(typed or "", typed)


fields_app = group()
imports_app = group()


def is_alone(context: typer.Context, as_json: bool) -> bool:
    """Say whether a group is called without one of its commands; those have a --json of their own."""
    if context.invoked_subcommand is not None and as_json:
        raise WrongUsage(t("cli.json_behind", command=f"{context.command_path} {context.invoked_subcommand}"))
    return context.invoked_subcommand is None


@fields_app.callback()
def fields(context: typer.Context, as_json: Json = False) -> Exit:
    """List fields when nothing else is asked for."""
    return fields_list(context, as_json=as_json) if is_alone(context, as_json) else Exit.DONE


@fields_app.command("list", cls=Command)
def fields_list(
    context: typer.Context,
    usage: Annotated[bool, typer.Option("--usage")] = False,
    as_json: Json = False,
) -> Exit:
    """List fields."""
    from crm_tui.cli.fields import list_fields

    return on_database(context, lambda workspace: list_fields(workspace, usage, as_json))


@fields_app.command("add", cls=Command)
def fields_add(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY")],
    kind: Annotated[str, typer.Argument(metavar="TYPE")],
    label: Annotated[str, typer.Argument(metavar="LABEL")],
    as_json: Json = False,
) -> Exit:
    """Make a field."""
    from crm_tui.cli.fields import add_field

    return on_database(context, lambda workspace: add_field(workspace, key, kind, label, as_json))


@fields_app.command("label", cls=Command)
def fields_label(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY")],
    label: Annotated[str, typer.Argument(metavar="LABEL")],
    as_json: Json = False,
) -> Exit:
    """Give a field another label."""
    from crm_tui.cli.fields import label_field

    return on_database(context, lambda workspace: label_field(workspace, key, label, as_json))


@fields_app.command("move", cls=Command)
def fields_move(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY")],
    place: Annotated[str, typer.Argument(metavar="up|down|N")],
) -> Exit:
    """Move a field."""
    from crm_tui.cli.fields import move_field

    return on_database(context, lambda workspace: move_field(workspace, key, place))


@fields_app.command("archive", cls=Command)
def fields_archive(context: typer.Context, key: Annotated[str, typer.Argument(metavar="KEY")]) -> Exit:
    """Archive a field."""
    from crm_tui.cli.fields import archive_field

    return on_database(context, lambda workspace: archive_field(workspace, key))


@fields_app.command("restore", cls=Command)
def fields_restore(context: typer.Context, key: Annotated[str, typer.Argument(metavar="KEY")]) -> Exit:
    """Restore a field."""
    from crm_tui.cli.fields import restore_field

    return on_database(context, lambda workspace: restore_field(workspace, key))


@imports_app.callback()
def imports(context: typer.Context, as_json: Json = False) -> Exit:
    """List imports when nothing else is asked for."""
    return imports_list(context, as_json) if is_alone(context, as_json) else Exit.DONE


@imports_app.command("list", cls=Command)
def imports_list(context: typer.Context, as_json: Json = False) -> Exit:
    """List imports."""
    from crm_tui.cli.log import list_imports

    return on_database(context, lambda workspace: list_imports(workspace, as_json))


@imports_app.command("show", cls=Command)
def imports_show(context: typer.Context, number: _Number, as_json: Json = False) -> Exit:
    """Show one import."""
    from crm_tui.cli.log import show_import

    return on_database(context, lambda workspace: show_import(workspace, number, as_json))


@imports_app.command("failed", cls=Command)
def imports_failed(
    context: typer.Context,
    number: _Number,
    path: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.xlsx")],
) -> Exit:
    """Save the failed rows of an import."""
    from crm_tui.cli.log import save_failed

    check_xlsx(path)
    return on_database(context, lambda workspace: save_failed(workspace, number, path))
