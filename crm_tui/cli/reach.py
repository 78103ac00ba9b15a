"""The commands about whom one may reach, and how many one may keep: `mu`, `audience`, `retention`."""

from pathlib import Path
from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, check_suffix, group, on_database
from crm_tui.cli.help import Command
from crm_tui.core.vocabulary import Channel
from crm_tui.i18n import t

reach_app = group()
"""Commands of the program itself."""


@reach_app.command(cls=Command)
def mu(
    context: typer.Context,
    limit: Annotated[str | None, typer.Option(metavar="N|none")] = None,
    as_json: Json = False,
) -> Exit:
    """Print the number of managed users, or set its limit."""
    from crm_tui.cli.reaching import set_limit, show_managed_users

    if limit is None:
        return on_database(context, lambda workspace: show_managed_users(workspace, as_json))
    return on_database(context, lambda workspace: set_limit(workspace, limit, as_json))


@reach_app.command(cls=Command)
def audience(
    context: typer.Context,
    channel: Annotated[Channel, typer.Option(metavar="email|texting")],
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY")] = None,
    path: Annotated[Path | None, typer.Option("--csv", metavar="FILE.csv")] = None,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    as_json: Json = False,
) -> Exit:
    """Say how many customers a message may go to, and write them to a file."""
    from crm_tui.cli.reaching import run_audience

    check_suffix(path, ".csv")
    if path is not None and path.exists() and not yes:
        raise WrongUsage(t("cli.export_exists", path=path))
    line = " ".join(query or ())
    return on_database(context, lambda workspace: run_audience(workspace, line, channel, path, as_json))


@reach_app.command(cls=Command)
def retention(
    context: typer.Context,
    unseen_for: Annotated[str | None, typer.Option(metavar="2y|90d")] = None,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    expect: Annotated[int | None, typer.Option("--expect", metavar="N", min=0)] = None,
    as_json: Json = False,
) -> Exit:
    """Say what has been kept long enough, and remove it."""
    from crm_tui.cli.reaching import run_retention

    if yes and unseen_for is not None and expect is None:
        raise WrongUsage(t("reach.expect_needed"))
    if expect is not None and not (yes and unseen_for is not None):
        raise WrongUsage(t("reach.expect_alone"))
    return on_database(context, lambda workspace: run_retention(workspace, unseen_for, yes, expect, as_json))
