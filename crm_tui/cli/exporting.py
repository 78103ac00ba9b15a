"""`export`: customers as a file, with progress on stderr."""

import sys
import time
from dataclasses import dataclass
from enum import Enum, auto
from getpass import getpass
from pathlib import Path

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals
from crm_tui.cli.diagnostics import Exit, progress, say
from crm_tui.cli.shapes import CUSTOMER_COLUMNS
from crm_tui.cli.showing import sort_order
from crm_tui.i18n import t
from crm_tui.services.exporting import PASSWORD_LENGTHS, ExportProgress, check_export, export, export_columns
from crm_tui.services.fields import list_fields
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace

_ANY_PASSWORD = " " * PASSWORD_LENGTHS[0]


class Password(Enum):
    """Where the password comes from: never from the command line, which others can see and the shell keeps."""

    ASKED = auto()
    STDIN = auto()


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What the command line asks for."""

    path: Path
    query: str
    columns: str | None
    """Field names between commas."""
    has_all_columns: bool
    sort: str
    """A field; with "-" in front in the other direction."""
    password: Password | None
    as_json: bool


def run_export(workspace: Workspace, order: ExportOrder) -> Exit:
    """Write customers to a file; its path, or JSON about it, goes to stdout."""
    began = time.monotonic()
    selection = Selection(query=order.query)
    # What cannot be exported is said before anybody types a password.
    check_export(workspace, order.path, selection, None if order.password is None else _ANY_PASSWORD)
    password = _password(order.password)
    columns = _columns(workspace, order)
    sort, descending = sort_order(order.sort, list_fields(workspace))
    with cancelled_by_signals() as stop:
        try:
            exported = export(
                workspace,
                order.path,
                selection,
                columns,
                sort=sort,
                descending=descending,
                password=password,
                stop=stop,
                told=_tell,
            )
        finally:
            progress("")
    say(t("cli.exported", count=f"{exported.customers:,}", path=order.path))
    if order.as_json:
        output.document(
            {
                "file": str(order.path),
                "customers": exported.customers,
                "locked": password is not None,
                "seconds": round(time.monotonic() - began, 3),
            }
        )
    else:
        output.line(str(order.path))
    return Exit.DONE


def _columns(workspace: Workspace, order: ExportOrder) -> tuple[str, ...]:
    if order.has_all_columns:
        return export_columns(list_fields(workspace))
    return CUSTOMER_COLUMNS if order.columns is None else tuple(order.columns.split(","))


def _password(source: Password | None) -> str | None:
    match source:
        case None:
            return None
        case Password.STDIN:
            return sys.stdin.readline().removesuffix("\n")
        case Password.ASKED:
            while True:
                first = getpass(f"{t('cli.password')} ")
                if first == getpass(f"{t('cli.password_again')} "):
                    return first
                say(t("cli.password_differs"))


def _tell(told: ExportProgress) -> None:
    percent = 100 * told.done // told.total if told.total else 100
    progress(t("cli.exporting", done=f"{told.done:,}", total=f"{told.total:,}", percent=percent))
