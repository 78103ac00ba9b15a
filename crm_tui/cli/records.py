"""The commands `activity` and `inbox`: what was done, and what managers were told (R37, R52)."""

from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, group, is_alone, on_database
from crm_tui.cli.help import Command
from crm_tui.i18n import t

records_app = group()
"""Commands of the program itself."""
inbox_app = group()


@records_app.command(cls=Command)
def activity(
    context: typer.Context,
    manager: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND")] = None,
    since: Annotated[str | None, typer.Option(metavar="ISO")] = None,
    until: Annotated[str | None, typer.Option(metavar="ISO")] = None,
    customer: Annotated[int | None, typer.Option(metavar="ID", min=1)] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1)] = None,
    as_csv: Annotated[bool, typer.Option("--csv")] = False,
    as_json: Json = False,
    verify: Annotated[bool, typer.Option("--verify")] = False,
) -> Exit:
    """List the activity log, or check it."""
    from crm_tui.cli.activity import LogOrder, check_log, show_log

    if as_csv and as_json:
        raise WrongUsage(t("cli.csv_or_json"))
    order = LogOrder(manager, kind, since, until, customer, limit)
    if verify:
        if as_csv or order != LogOrder():
            raise WrongUsage(t("cli.verify_alone"))
        return on_database(context, lambda workspace: check_log(workspace, as_json))
    asked = order.read()
    return on_database(context, lambda workspace: show_log(workspace, asked, limit, as_csv=as_csv, as_json=as_json))


@inbox_app.callback()
def inbox(context: typer.Context, as_json: Json = False) -> Exit:
    """List messages when nothing else is asked for."""
    return inbox_list(context, as_json) if is_alone(context, as_json) else Exit.DONE


@inbox_app.command("list", cls=Command)
def inbox_list(context: typer.Context, as_json: Json = False) -> Exit:
    """List messages about ended imports."""
    from crm_tui.cli.inbox import show_inbox

    return on_database(context, lambda workspace: show_inbox(workspace, as_json))


@inbox_app.command("read", cls=Command)
def inbox_read(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="N", min=1)] = None,
    every: Annotated[bool, typer.Option("--all")] = False,
    as_json: Json = False,
) -> Exit:
    """Note that messages are read."""
    from crm_tui.cli.inbox import mark

    if (number is None) is not every:
        raise WrongUsage(t("cli.read_which"))
    return on_database(context, lambda workspace: mark(workspace, number, as_json))
