"""A customer's life as the site reports it, and what managers do: `visit`, `collect`, `verify`, `unifications`."""

from enum import StrEnum
from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit, WrongUsage
from crm_tui.cli.groups import Json, group, on_database
from crm_tui.cli.help import Command
from crm_tui.core.vocabulary import LeadKey
from crm_tui.i18n import t


class Answer(StrEnum):
    """A yes or a no as it is typed."""

    YES = "yes"
    NO = "no"


Unify = Annotated[Answer | None, typer.Option("--unify", metavar="yes|no", case_sensitive=False)]
_Text = Annotated[str | None, typer.Option(metavar="X")]
_Id = Annotated[int | None, typer.Option("--id", metavar="ID", min=1)]

life_app = group()
"""Commands of the program itself."""


@life_app.command("visit", cls=Command)
def visit(
    context: typer.Context,
    member_id: _Text = None,
    customer_id: _Id = None,
    login: Annotated[str | None, typer.Option(metavar="MEMBER_ID")] = None,
    at: Annotated[str | None, typer.Option(metavar="ISO")] = None,
    as_json: Json = False,
) -> Exit:
    """Note a visit."""
    from crm_tui.cli.living import note_visit

    if (member_id is None) == (customer_id is None):
        raise WrongUsage(t("life.visit_whom"))
    if login is not None and member_id is not None:
        raise WrongUsage(t("life.visit_login"))
    who = member_id if login is None else login
    return on_database(context, lambda workspace: note_visit(workspace, customer_id, who, at, as_json))


@life_app.command("collect", cls=Command)
def collect(
    context: typer.Context,
    customer_id: _Id = None,
    member_id: _Text = None,
    email: _Text = None,
    mobile: _Text = None,
    name: _Text = None,
    values: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
    as_json: Json = False,
) -> Exit:
    """Take what a customer typed into a form."""
    from crm_tui.cli.living import take_answers
    from crm_tui.cli.writing import cells_by_field

    if member_id is not None and customer_id is not None:
        raise WrongUsage(t("life.collect_whom"))
    given = (("email", email), ("mobileNumber", mobile), ("name", name))
    cells = cells_by_field([*(f"{key}={value}" for key, value in given if value is not None), *(values or ())])
    if not cells:
        raise WrongUsage(t("life.collect_what"))
    return on_database(context, lambda workspace: take_answers(workspace, cells, customer_id, member_id, as_json))


@life_app.command("verify", cls=Command)
def verify(
    context: typer.Context,
    customer_id: Annotated[int, typer.Argument(metavar="ID", min=1)],
    contact: Annotated[LeadKey, typer.Argument(metavar="email|mobileNumber", case_sensitive=False)],
    unify: Unify = None,
    as_json: Json = False,
) -> Exit:
    """Make a contact verified."""
    from crm_tui.cli.living import verify_contact

    return on_database(
        context, lambda workspace: verify_contact(workspace, customer_id, contact, wanted(unify), as_json)
    )


@life_app.command("unifications", cls=Command)
def unifications(
    context: typer.Context,
    limit: Annotated[int, typer.Option(metavar="N", min=1)] = 1000,
    as_json: Json = False,
) -> Exit:
    """List unifications that wait for a login."""
    from crm_tui.cli.linking import show_pending

    return on_database(context, lambda workspace: show_pending(workspace, limit, as_json))


def wanted(answer: Answer | None) -> bool | None:
    """Return what `--unify` says; None: ask."""
    return None if answer is None else answer is Answer.YES
