"""The group `conversations`: what was said with a customer, and the conversations without an owner."""

from typing import Annotated, Any

import typer

from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, on_database
from crm_tui.cli.help import Command, Group
from crm_tui.core.talk import Direction, EntryKind
from crm_tui.i18n import t

_Id = Annotated[int, typer.Argument(metavar="ID", min=1)]
_KINDS = {one.value: one for one in (EntryKind.MESSAGE, EntryKind.CALL)}


class _OfCustomers(Group):
    """`conversations 12` is short for `conversations show 12`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that is left out."""
        if args and args[0].isdigit():
            args = ["show", *args]
        return super().parse_args(ctx, args)


conversations_app = typer.Typer(cls=_OfCustomers, add_completion=False, rich_markup_mode=None)


@conversations_app.command("show", cls=Command)
def conversations_show(
    context: typer.Context,
    customer_id: _Id,
    limit: Annotated[int, typer.Option(metavar="N", min=1)] = 200,
    as_json: Json = False,
) -> Exit:
    """Show the timeline of a customer."""
    from crm_tui.cli.talking import show_timeline

    return on_database(context, lambda workspace: show_timeline(workspace, customer_id, limit, as_json))


@conversations_app.command("add", cls=Command)
def conversations_add(
    context: typer.Context,
    customer_id: _Id,
    kind: Annotated[str, typer.Argument(metavar="KIND")],
    direction: Annotated[Direction, typer.Argument(metavar="in|out|missed")],
    text: Annotated[list[str] | None, typer.Argument(metavar="TEXT")] = None,
    seconds: Annotated[int | None, typer.Option("--seconds", metavar="N", min=0)] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="ISO")] = None,
    as_json: Json = False,
) -> Exit:
    """Write down a message or a call."""
    if kind not in _KINDS:
        raise WrongUsage(t("talk.usage_kind", kind=kind))
    if seconds is not None and _KINDS[kind] is EntryKind.MESSAGE:
        raise WrongUsage(t("talk.usage_seconds"))
    from crm_tui.cli.talking import Said, write_down

    said = Said(_KINDS[kind], direction, " ".join(text or ()), seconds, at)
    return on_database(context, lambda workspace: write_down(workspace, customer_id, said, as_json))


@conversations_app.command("ownerless", cls=Command)
def conversations_ownerless(
    context: typer.Context,
    thread: Annotated[int | None, typer.Argument(metavar="N", min=1)] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1)] = 1000,
    as_json: Json = False,
) -> Exit:
    """List conversations whose customers were deleted, or show one."""
    from crm_tui.cli.talking import list_ownerless, show_ownerless

    if thread is None:
        return on_database(context, lambda workspace: list_ownerless(workspace, limit, as_json))
    return on_database(context, lambda workspace: show_ownerless(workspace, thread, limit, as_json))
