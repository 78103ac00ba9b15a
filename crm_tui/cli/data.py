"""The commands that give data out: `export` and `stats`."""

from pathlib import Path
from typing import Annotated

import typer

from crm_tui.cli.asking import can_ask
from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, group, on_database
from crm_tui.cli.help import Command
from crm_tui.i18n import t

data_app = group()
"""Commands of the program itself."""


@data_app.command(cls=Command)
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY")] = None,
    columns: Annotated[str | None, typer.Option(metavar="a,b")] = None,
    all_columns: Annotated[bool, typer.Option("--all")] = False,
    sort: Annotated[str, typer.Option(metavar="FIELD")] = "lastSeenAt",
    password: Annotated[bool, typer.Option("--password")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin")] = False,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    as_json: Json = False,
) -> Exit:
    """Write customers to a file."""
    from crm_tui.cli.exporting import ExportOrder, Password, run_export

    if columns is not None and all_columns:
        raise WrongUsage(t("cli.columns_twice"))
    if password and password_stdin:
        raise WrongUsage(t("cli.password_twice"))
    if password and not can_ask():
        raise WrongUsage(t("cli.password_terminal"))
    if path.exists() and not yes:
        raise WrongUsage(t("cli.export_exists", path=path))
    source = Password.ASKED if password else Password.STDIN if password_stdin else None
    order = ExportOrder(path, " ".join(query or ()), columns, all_columns, sort, source, as_json)
    return on_database(context, lambda workspace: run_export(workspace, order))


@data_app.command(cls=Command)
def stats(
    context: typer.Context,
    months: Annotated[int, typer.Option(metavar="N", min=1, max=600)] = 12,
    as_json: Json = False,
) -> Exit:
    """Print the numbers of all customers."""
    from crm_tui.cli.stats import show_stats

    return on_database(context, lambda workspace: show_stats(workspace, months, as_json))
