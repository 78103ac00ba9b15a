"""The group `segments`: search lines with names."""

from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit
from crm_tui.cli.groups import Json, group, is_alone, on_database
from crm_tui.cli.help import Command

_Name = Annotated[str, typer.Argument(metavar="NAME")]

segments_app = group()


@segments_app.callback()
def segments(context: typer.Context, as_json: Json = False) -> Exit:
    """List segments when nothing else is asked for."""
    return segments_list(context, as_json) if is_alone(context, as_json) else Exit.DONE


@segments_app.command("list", cls=Command)
def segments_list(context: typer.Context, as_json: Json = False) -> Exit:
    """List segments."""
    from crm_tui.cli.searching import list_segments

    return on_database(context, lambda workspace: list_segments(workspace, as_json))


@segments_app.command("save", cls=Command)
def segments_save(
    context: typer.Context,
    name: _Name,
    query: Annotated[list[str], typer.Argument(metavar="QUERY")],
    replace: Annotated[bool, typer.Option("--replace")] = False,
    as_json: Json = False,
) -> Exit:
    """Keep a search line under a name."""
    from crm_tui.cli.searching import save_segment

    line = " ".join(query)
    return on_database(context, lambda workspace: save_segment(workspace, name, line, replace=replace, as_json=as_json))


@segments_app.command("rename", cls=Command)
def segments_rename(
    context: typer.Context,
    name: _Name,
    new: Annotated[str, typer.Argument(metavar="NEW")],
    as_json: Json = False,
) -> Exit:
    """Give a segment another name."""
    from crm_tui.cli.searching import rename_segment

    return on_database(context, lambda workspace: rename_segment(workspace, name, new, as_json))


@segments_app.command("delete", cls=Command)
def segments_delete(context: typer.Context, name: _Name) -> Exit:
    """Forget a segment."""
    from crm_tui.cli.searching import delete_segment

    return on_database(context, lambda workspace: delete_segment(workspace, name))
