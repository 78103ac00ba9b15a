"""The commands, each a thin call. What a command needs is imported by it: `--help` must not wait for a database."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from crm_tui import __version__
from crm_tui.cli import output
from crm_tui.cli.conversations import conversations_app
from crm_tui.cli.data import data_app
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.cli.groups import (
    Call,
    Json,
    TemplateKind,
    check_xlsx,
    delimiter_of,
    fields_app,
    group,
    imports_app,
    on_database,
)
from crm_tui.cli.help import Command, explain, is_wrong_usage
from crm_tui.cli.life import Unify, life_app, wanted
from crm_tui.cli.people import people_app
from crm_tui.cli.reach import reach_app
from crm_tui.cli.records import inbox_app, records_app
from crm_tui.cli.segments import segments_app
from crm_tui.cli.starting import Program, ScreenOptions, check_database, ended, program_of
from crm_tui.cli.team import managers_app, roles_app, whoami_app
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.i18n import Language, set_language, t
from crm_tui.services.errors import CrmError

if TYPE_CHECKING:
    from crm_tui.cli.keymap import KeyReport


@dataclass(frozen=True, slots=True)
class Screens:
    """What the command line knows of the other front."""

    open_program: Callable[[Program], int]
    read_keys: "Callable[[], KeyReport]"


_Set = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")]


app = group()
app.add_typer(fields_app, name="fields")
app.add_typer(imports_app, name="imports")
app.add_typer(people_app)
app.add_typer(life_app)
app.add_typer(data_app)
app.add_typer(reach_app)
app.add_typer(segments_app, name="segments")
app.add_typer(records_app)
app.add_typer(inbox_app, name="inbox")
app.add_typer(conversations_app, name="conversations")
app.add_typer(whoami_app)
app.add_typer(managers_app, name="managers")
app.add_typer(roles_app, name="roles")


def run(arguments: list[str], open_program: Callable[[Program], int], read_keys: "Callable[[], KeyReport]") -> int:
    """Run one command; return its exit code.

    Args:
        arguments: What stands behind `crm-tui`.
        open_program: Opens the screen and returns its exit code; handed in, because fronts do not know each other.
        read_keys: Tells the keys of the screens.
    """
    return ended(lambda: _run(arguments, Screens(open_program, read_keys)))


def _run(arguments: list[str], screens: "Screens") -> int:
    set_language(_language_asked(arguments))
    try:
        command = get_command(app)
        return int(command.main(arguments, prog_name="crm-tui", standalone_mode=False, obj=screens) or 0)
    except typer.Abort:
        return Exit.INTERRUPTED
    except Exception as error:
        if isinstance(error, CrmError) or not is_wrong_usage(error):
            raise
        for sentence in explain(error):
            say(sentence)
        return Exit.USAGE


def _language_asked(arguments: list[str]) -> Language | None:
    """Return what --lang says, before anything is parsed: a wrong option is told in that language too."""
    words = iter(arguments)
    for word in words:
        name, _, value = word.partition("=")
        if name == "--lang":
            chosen = value or next(words, "")
            return "ko" if chosen == "ko" else "en" if chosen == "en" else None
        if word == "--db":
            next(words, None)
        elif not word.startswith("-"):
            break
    return None


def _print_version(wanted: bool) -> None:
    if wanted:
        output.line(f"crm-tui {__version__}")
        raise typer.Exit


@app.callback()
def program(
    context: typer.Context,
    db: Annotated[str | None, typer.Option(metavar="PATH")] = None,
    lang: Annotated[str | None, typer.Option(metavar="ko|en")] = None,
    slow: Annotated[bool | None, typer.Option("--slow/--fast")] = None,
    ascii_only: Annotated[bool, typer.Option("--ascii")] = False,
    no_mouse: Annotated[bool, typer.Option("--no-mouse")] = False,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version)] = False,
) -> int:
    """Open the program when no command is given."""
    if lang not in (None, "ko", "en"):
        raise WrongUsage(t("cli.usage_invalid", name="--lang", expected="ko | en"))
    check_database(db)
    screens: Screens = context.obj
    context.obj = Call(db, screens.read_keys)
    if context.invoked_subcommand is not None:
        if slow is not None or ascii_only or no_mouse:
            raise WrongUsage(t("cli.screen_options"))
        return Exit.DONE
    return screens.open_program(program_of(ScreenOptions(db, None, slow, ascii_only, no_mouse)))


@app.command("import", cls=Command)
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    target: Annotated[Target, typer.Option(metavar="member|lead")],
    key: Annotated[LeadKey | None, typer.Option(metavar="email|mobileNumber", case_sensitive=False)] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD")] = None,
    skip: Annotated[list[str] | None, typer.Option("--skip", metavar="COLUMN")] = None,
    empty: Annotated[EmptyPolicy, typer.Option(metavar="keep|clear")] = EmptyPolicy.KEEP,
    tag: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    no_tag: Annotated[bool, typer.Option("--no-tag")] = False,
    encoding: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    delimiter: Annotated[str | None, typer.Option(metavar="CHARACTER")] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    why: Annotated[list[int] | None, typer.Option("--why", metavar="ROW", min=1)] = None,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    failed: Annotated[Path | None, typer.Option(metavar="FILE.xlsx")] = None,
    as_json: Json = False,
) -> Exit:
    """Import customers from a file."""
    from crm_tui.cli.importing import ImportOrder, run_import
    from crm_tui.services.importing.options import SourceOptions

    if (target is Target.LEAD) != (key is not None):
        raise WrongUsage(t("cli.key_for_leads"))
    if not (yes or dry_run or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise WrongUsage(t("cli.yes_needed"))
    if tag is not None and no_tag:
        raise WrongUsage(t("cli.tag_twice"))
    if why and not dry_run:
        raise WrongUsage(t("cli.why_dry_run"))
    check_xlsx(failed)
    order = ImportOrder(
        file=file,
        target=target,
        key=key,
        mapping=tuple(mapping or ()),
        skip=tuple(skip or ()),
        policy=empty,
        tag=tag,
        has_tag=not no_tag,
        source=SourceOptions(encoding, delimiter_of(delimiter), sheet),
        dry_run=dry_run,
        is_confirmed=yes,
        failed=failed,
        why=tuple(dict.fromkeys(why or ())),
        as_json=as_json,
    )
    return run_import(context.obj.db, order)


@app.command(cls=Command)
def template(
    context: typer.Context,
    kind: Annotated[TemplateKind, typer.Argument(metavar="KIND")],
    path: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.xlsx")] = None,
) -> Exit:
    """Save a template."""
    from crm_tui.cli.template import save_template

    check_xlsx(path)
    return on_database(context, lambda workspace: save_template(workspace, kind, path))


@app.command(cls=Command)
def contacts(
    context: typer.Context,
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY")] = None,
    columns: Annotated[str | None, typer.Option(metavar="a,b")] = None,
    sort: Annotated[str, typer.Option(metavar="FIELD")] = "lastSeenAt",
    limit: Annotated[int | None, typer.Option(metavar="N", min=0)] = None,
    count: Annotated[bool, typer.Option("--count")] = False,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv")] = False,
) -> Exit:
    """List customers."""
    from crm_tui.cli.showing import Listing, show_contacts

    if count + as_json + as_csv > 1:
        raise WrongUsage(t("cli.one_form"))
    listing = Listing(" ".join(query or ()), columns, sort, limit, count=count, as_json=as_json, as_csv=as_csv)
    return on_database(context, lambda workspace: show_contacts(workspace, listing))


@app.command(cls=Command)
def show(
    context: typer.Context,
    customer_id: Annotated[int | None, typer.Argument(metavar="ID", min=1)] = None,
    member_id: Annotated[str | None, typer.Option(metavar="X")] = None,
    email: Annotated[str | None, typer.Option(metavar="X")] = None,
    mobile: Annotated[str | None, typer.Option(metavar="X")] = None,
    why: Annotated[bool, typer.Option("--why")] = False,
    as_json: Json = False,
) -> Exit:
    """Show one customer."""
    from crm_tui.cli.showing import Whom, show_customer

    if sum(one is not None for one in (customer_id, member_id, email, mobile)) != 1:
        raise WrongUsage(t("cli.show_whom"))
    whom = Whom(customer_id, member_id, email, mobile)
    return on_database(context, lambda workspace: show_customer(workspace, whom, why, as_json))


@app.command(cls=Command)
def add(
    context: typer.Context,
    email: Annotated[str | None, typer.Option(metavar="X")] = None,
    mobile: Annotated[str | None, typer.Option(metavar="X")] = None,
    name: Annotated[str | None, typer.Option(metavar="X")] = None,
    values: _Set = None,
    as_json: Json = False,
) -> Exit:
    """Add one lead."""
    from crm_tui.cli.writing import cells_by_field, run_add

    given = (("email", email), ("mobileNumber", mobile), ("name", name))
    cells = cells_by_field([*(f"{key}={value}" for key, value in given if value is not None), *(values or ())])
    return on_database(context, lambda workspace: run_add(workspace, cells, as_json))


@app.command(cls=Command)
def edit(
    context: typer.Context,
    customer_id: Annotated[int, typer.Argument(metavar="ID", min=1)],
    values: _Set = None,
    clear: Annotated[list[str] | None, typer.Option("--clear", metavar="FIELD")] = None,
    unify: Unify = None,
    as_json: Json = False,
) -> Exit:
    """Change fields of one customer."""
    from crm_tui.cli.writing import cells_by_field, run_edit

    cells = cells_by_field([*(values or ()), *(f"{name}=" for name in clear or ())])
    if not cells:
        raise WrongUsage(t("cli.edit_what"))
    return on_database(context, lambda workspace: run_edit(workspace, customer_id, cells, wanted(unify), as_json))


@app.command(cls=Command)
def doctor(context: typer.Context, as_json: Json = False) -> Exit:
    """Say what is wrong and what to do."""
    from crm_tui.cli.doctor import run_doctor

    return run_doctor(context.obj.db, context.obj.read_keys(), as_json)


@app.command(cls=Command)
def keys(context: typer.Context, as_json: Json = False) -> Exit:
    """List the keys of the screens."""
    from crm_tui.cli.keymap import show_keys

    return show_keys(context.obj.read_keys(), as_json)
