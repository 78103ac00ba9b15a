"""The commands, each a thin call of a service."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from crm_tui.cli.diagnostics import Exit, log_bug, refuse
from crm_tui.cli.importing import run_import
from crm_tui.cli.showing import (
    show_contacts,
    show_customer,
    show_doctor,
    show_fields,
    show_imports,
    show_inbox,
    show_tags,
)
from crm_tui.cli.writing import run_add, run_edit
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.i18n import set_language, t
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
_database: str | None = None
_Json = Annotated[bool, typer.Option("--json", help="JSON")]


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    try:
        code = app(arguments, prog_name="crm-tui", standalone_mode=False)
        return int(code or 0)
    except CrmError as error:
        return refuse(error)
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone: nobody is left to tell
        return Exit.DONE
    except Exception as error:
        # Typer's own: a wrong option, a missing argument.
        if show := getattr(error, "show", None):
            show()
            return Exit.USAGE
        return log_bug()


@app.callback()
def options(
    db: Annotated[str | None, typer.Option(help="CRM_TUI_DB", metavar="PATH")] = None,
    lang: Annotated[str | None, typer.Option(help="ko | en (CRM_TUI_LANG)")] = None,
) -> None:
    """Customers in the terminal · 터미널에서 하는 고객 관리."""
    global _database
    _database = db
    if lang is not None:
        if lang not in ("ko", "en"):
            raise typer.BadParameter("ko | en", param_hint="--lang")
        set_language("ko" if lang == "ko" else "en")


def _with_workspace(do: Callable[[Workspace], Exit]) -> None:
    from crm_tui.services.imports import expire_failures
    from crm_tui.services.workspace import open_workspace

    workspace = open_workspace(_database)
    try:
        expire_failures(workspace)
        code = do(workspace)
    finally:
        workspace.close()
    if code is not Exit.DONE:
        raise typer.Exit(code)


@app.command("import")
def import_file(
    file: Path,
    target: Annotated[Target, typer.Option()],
    key: Annotated[LeadKey | None, typer.Option()] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD")] = None,
    skip: Annotated[list[str] | None, typer.Option("--skip", metavar="COLUMN")] = None,
    empty: Annotated[EmptyPolicy, typer.Option()] = EmptyPolicy.KEEP,
    tag: Annotated[str | None, typer.Option()] = None,
    no_tag: Annotated[bool, typer.Option("--no-tag")] = False,
    encoding: Annotated[str | None, typer.Option()] = None,
    delimiter: Annotated[str | None, typer.Option()] = None,
    sheet: Annotated[str | None, typer.Option()] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    failed: Annotated[Path | None, typer.Option(metavar="FILE.xlsx")] = None,
    as_json: _Json = False,
) -> None:
    """Import customers from a file · 파일에서 고객 불러오기."""
    if (target is Target.LEAD) != (key is not None):
        raise typer.BadParameter(t("cli.key_for_leads"), param_hint="--key")
    if not (yes or dry_run or sys.stdin.isatty()):
        raise typer.BadParameter(t("cli.yes_needed"), param_hint="--yes")
    _with_workspace(
        lambda workspace: run_import(
            workspace,
            file,
            target=target,
            key=key,
            mapping=mapping or [],
            skip=skip or [],
            policy=empty,
            tag=tag,
            no_tag=no_tag,
            encoding=encoding,
            delimiter={"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter),
            sheet=sheet,
            dry_run=dry_run,
            yes=yes,
            failed=failed,
            as_json=as_json,
        )
    )


@app.command()
def contacts(
    query: Annotated[str, typer.Argument()] = "",
    columns: Annotated[str | None, typer.Option(metavar="a,b")] = None,
    sort: Annotated[str, typer.Option()] = "lastSeenAt",
    limit: Annotated[int, typer.Option(min=0)] = 50,
    count: Annotated[bool, typer.Option("--count")] = False,
    as_json: _Json = False,
    as_csv: Annotated[bool, typer.Option("--csv")] = False,
) -> None:
    """List customers · 고객 목록."""
    _with_workspace(lambda workspace: show_contacts(workspace, query, columns, sort, limit, count, as_json, as_csv))


@app.command()
def show(
    customer_id: Annotated[int | None, typer.Argument(metavar="ID")] = None,
    member_id: Annotated[str | None, typer.Option()] = None,
    email: Annotated[str | None, typer.Option()] = None,
    mobile: Annotated[str | None, typer.Option()] = None,
    as_json: _Json = False,
) -> None:
    """Show one customer · 고객 한 명."""
    if (customer_id is None) == (member_id is None and email is None and mobile is None):
        raise typer.BadParameter("ID | --member-id | --email | --mobile")
    _with_workspace(lambda workspace: show_customer(workspace, customer_id, member_id, email, mobile, as_json))


@app.command()
def add(
    email: Annotated[str | None, typer.Option()] = None,
    mobile: Annotated[str | None, typer.Option()] = None,
    name: Annotated[str | None, typer.Option()] = None,
    values: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
    as_json: _Json = False,
) -> None:
    """Add one lead · 리드 한 명 추가."""
    given = {"email": email, "mobileNumber": mobile, "name": name}
    cells = {key: value for key, value in given.items() if value is not None} | _pairs(values or [])
    _with_workspace(lambda workspace: run_add(workspace, cells, as_json))


@app.command()
def edit(
    customer_id: Annotated[int, typer.Argument(metavar="ID")],
    values: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
    clear: Annotated[list[str] | None, typer.Option("--clear", metavar="FIELD")] = None,
    as_json: _Json = False,
) -> None:
    """Change fields of one customer · 고객 정보 수정."""
    _with_workspace(lambda workspace: run_edit(workspace, customer_id, _pairs(values or []), clear or [], as_json))


@app.command()
def fields(words: Annotated[list[str] | None, typer.Argument()] = None, as_json: _Json = False) -> None:
    """[list | add KEY TYPE LABEL | archive KEY | restore KEY] · 고객 프로필 필드."""
    _with_workspace(lambda workspace: show_fields(workspace, words or ["list"], as_json))


@app.command()
def imports(
    words: Annotated[list[str] | None, typer.Argument()] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE.xlsx")] = None,
    as_json: _Json = False,
) -> None:
    """[list | show N | failed N -o FILE.xlsx] · 고객 불러오기 로그."""
    _with_workspace(lambda workspace: show_imports(workspace, words or ["list"], output, as_json))


@app.command()
def inbox(as_json: _Json = False) -> None:
    """Messages about ended imports · 받은 메시지."""
    _with_workspace(lambda workspace: show_inbox(workspace, as_json))


@app.command()
def tags(as_json: _Json = False) -> None:
    """Import tags and customer tags with counts · 태그."""
    _with_workspace(lambda workspace: show_tags(workspace, as_json))


@app.command()
def mu() -> None:
    """The number of managed users (R5) · 관리 고객 수."""
    from crm_tui.services.customers import managed_users

    def show_number(workspace: Workspace) -> Exit:
        print(managed_users(workspace).total)
        return Exit.DONE

    _with_workspace(show_number)


@app.command()
def doctor() -> None:
    """What is wrong and what to do · 점검."""
    _with_workspace(show_doctor)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise typer.BadParameter(text, param_hint="FIELD=VALUE")
        pairs[name] = value
    return pairs
