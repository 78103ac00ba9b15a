"""The commands that change many customers at once: `tag`, `tags`, `block`, `unblock`, `blocked`, `delete`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crm_tui.cli.asking import can_ask
from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, check_suffix, delimiter_of, group, is_alone, on_database
from crm_tui.cli.help import Command, Group
from crm_tui.i18n import t

_Ids = Annotated[list[int] | None, typer.Argument(metavar="ID", min=1)]
_Query = Annotated[str | None, typer.Option("--query", metavar="QUERY")]
_Expect = Annotated[int | None, typer.Option("--expect", metavar="N", min=0)]
_Yes = Annotated[bool, typer.Option("--yes")]
_Name = Annotated[str, typer.Argument(metavar="NAME")]
_Customers = Annotated[bool | None, typer.Option("--customers/--no-customers")]


class WithdrawnBy(StrEnum):
    """What a file of withdrawn customers may name them by, as it is typed."""

    MEMBER_ID = "memberId"
    EMAIL = "email"
    MOBILE_NUMBER = "mobileNumber"


people_app = group()
"""Commands of the program itself."""
tag_app = typer.Typer(cls=Group, add_completion=False, rich_markup_mode=None)
tags_app = group()
people_app.add_typer(tag_app, name="tag")
people_app.add_typer(tags_app, name="tags")


def _check_whom(ids: list[int] | None, query: str | None) -> None:
    """Refuse a command that does not say whom, or says it twice.

    A blank search line finds everybody; it is rather a variable of a script that is empty.
    """
    if bool(ids) == (query is not None):
        raise WrongUsage(t("cli.whom"))
    if query is not None and not query.strip():
        raise WrongUsage(t("cli.query_blank"))


def _check_answer(yes: bool) -> None:
    if not (yes or can_ask()):
        raise WrongUsage(t("cli.yes_needed_here"))


@tag_app.command("add", cls=Command)
def tag_add(
    context: typer.Context,
    name: _Name,
    ids: _Ids = None,
    query: _Query = None,
    expect: _Expect = None,
    as_json: Json = False,
) -> Exit:
    """Give customers a tag."""
    from crm_tui.cli.changing import Whom, add_tag

    _check_whom(ids, query)
    return on_database(context, lambda workspace: add_tag(workspace, name, Whom(ids, query, expect), as_json))


@tag_app.command("remove", cls=Command)
def tag_remove(
    context: typer.Context,
    name: _Name,
    ids: _Ids = None,
    query: _Query = None,
    expect: _Expect = None,
    as_json: Json = False,
) -> Exit:
    """Take a tag from customers."""
    from crm_tui.cli.changing import Whom, remove_tag

    _check_whom(ids, query)
    return on_database(context, lambda workspace: remove_tag(workspace, name, Whom(ids, query, expect), as_json))


@tags_app.callback()
def tags(context: typer.Context, as_json: Json = False) -> Exit:
    """List tags when nothing else is asked for."""
    from crm_tui.cli.retagging import show_tags

    if not is_alone(context, as_json):
        return Exit.DONE
    return on_database(context, lambda workspace: show_tags(workspace, as_json))


@tags_app.command("rename", cls=Command)
def tags_rename(
    context: typer.Context,
    name: _Name,
    new: Annotated[str, typer.Argument(metavar="NEW")],
    customers: _Customers = None,
    as_json: Json = False,
) -> Exit:
    """Give a tag another name."""
    from crm_tui.cli.retagging import rename_tag

    with_customers = _with_customers(customers)
    return on_database(context, lambda workspace: rename_tag(workspace, name, new, with_customers, as_json))


@tags_app.command("merge", cls=Command)
def tags_merge(
    context: typer.Context,
    name: _Name,
    into: Annotated[str, typer.Argument(metavar="INTO")],
    customers: _Customers = None,
    as_json: Json = False,
) -> Exit:
    """Make one tag of two."""
    from crm_tui.cli.retagging import merge_tags

    with_customers = _with_customers(customers)
    return on_database(context, lambda workspace: merge_tags(workspace, name, into, with_customers, as_json))


@tags_app.command("delete", cls=Command)
def tags_delete(
    context: typer.Context,
    name: _Name,
    customers: _Customers = None,
    is_import: Annotated[bool, typer.Option("--import")] = False,
    as_json: Json = False,
) -> Exit:
    """Delete a tag."""
    from crm_tui.cli.retagging import delete_import_tag, delete_tag

    if is_import:
        if customers is False:
            raise WrongUsage(t("cli.import_tag_customers"))
        return on_database(context, lambda workspace: delete_import_tag(workspace, name, as_json))
    with_customers = _with_customers(customers)
    return on_database(context, lambda workspace: delete_tag(workspace, name, with_customers, as_json))


def _with_customers(customers: bool | None) -> bool:
    """Return whether customers change too (R16): there is no right answer for everybody."""
    if customers is None:
        raise WrongUsage(t("cli.customers_or_not"))
    return customers


@people_app.command("block", cls=Command)
def block(
    context: typer.Context,
    ids: _Ids = None,
    query: _Query = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    yes: _Yes = False,
    expect: _Expect = None,
    as_json: Json = False,
) -> Exit:
    """Block customers."""
    from crm_tui.cli.changing import Whom, block_customers

    _check_whom(ids, query)
    if query is not None:
        _check_answer(yes)
    whom = Whom(ids, query, expect)
    return on_database(context, lambda workspace: block_customers(workspace, whom, reason, yes, as_json))


@people_app.command("unblock", cls=Command)
def unblock(
    context: typer.Context,
    ids: _Ids = None,
    query: _Query = None,
    expect: _Expect = None,
    as_json: Json = False,
) -> Exit:
    """Take the block from customers."""
    from crm_tui.cli.changing import Whom, unblock_customers

    _check_whom(ids, query)
    return on_database(context, lambda workspace: unblock_customers(workspace, Whom(ids, query, expect), as_json))


@people_app.command("blocked", cls=Command)
def blocked(
    context: typer.Context,
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=0)] = None,
    as_json: Json = False,
) -> Exit:
    """List blocked customers."""
    from crm_tui.cli.blocked import show_blocked

    return on_database(context, lambda workspace: show_blocked(workspace, " ".join(query or ()), limit, as_json))


@people_app.command("delete", cls=Command)
def delete(
    context: typer.Context,
    ids: _Ids = None,
    query: _Query = None,
    hidden: Annotated[bool, typer.Option("--hidden")] = False,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE")] = None,
    by: Annotated[WithdrawnBy | None, typer.Option(metavar="memberId|email|mobileNumber", case_sensitive=False)] = None,
    column: Annotated[str | None, typer.Option(metavar="COLUMN")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    delimiter: Annotated[str | None, typer.Option(metavar="CHARACTER")] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    missing: Annotated[Path | None, typer.Option(metavar="FILE.csv")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    yes: _Yes = False,
    expect: _Expect = None,
    as_json: Json = False,
) -> Exit:
    """Delete customers for good."""
    from crm_tui.cli.changing import Whom, count_deleted, delete_customers
    from crm_tui.cli.withdrawing import WithdrawalOrder, run_withdrawal
    from crm_tui.services.importing.options import SourceOptions

    if file is not None:
        if ids or query is not None or hidden:
            raise WrongUsage(t("withdrawn.whom"))
        _check_answer(yes or dry_run)
        check_suffix(missing, ".csv")
        source = SourceOptions(encoding, delimiter_of(delimiter), sheet)
        order = WithdrawalOrder(file, by, column, source, missing, expect, dry_run, yes, as_json)
        return on_database(context, lambda workspace: run_withdrawal(workspace, order))
    if any((by, column, encoding, delimiter, sheet, missing)):
        raise WrongUsage(t("withdrawn.only_with_file"))
    if bool(ids) == (query is not None or hidden):
        raise WrongUsage(t("withdrawn.say_whom"))
    if query is not None:
        _check_whom(ids, query)
    _check_answer(yes or dry_run)
    whom = Whom(ids, query, expect, hidden)
    if dry_run:
        return on_database(context, lambda workspace: count_deleted(workspace, whom, as_json))
    return on_database(context, lambda workspace: delete_customers(workspace, whom, yes, as_json))
