"""`activity`: the log of what was done (R52)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals
from crm_tui.cli.diagnostics import Exit, WrongUsage, progress, say
from crm_tui.cli.shapes import moment
from crm_tui.core.dates import parse_datetime
from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Problem
from crm_tui.core.text import trim
from crm_tui.i18n import describe, t
from crm_tui.i18n.activity import describe_activity, describe_check
from crm_tui.services.activity import RECORDED, ActivityKind
from crm_tui.services.activity_log import (
    CSV_COLUMNS,
    ActivityFilter,
    Broken,
    LogLine,
    csv_cells,
    each_line,
    list_activity,
    take_out,
    verify,
)
from crm_tui.services.fields import list_fields
from crm_tui.services.workspace import Workspace

_SHOWN = 200
"""In a table, where nothing else is asked for; JSON and CSV have all lines."""
_ALL = -1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LogOrder:
    """What the command line asks for, as it was typed."""

    manager: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    customer: int | None = None
    limit: int | None = None

    def read(self) -> ActivityFilter:
        """Return the lines that are meant.

        Raises:
            WrongUsage: A moment or a kind is none.
        """
        since = None if self.since is None else _moment("--since", self.since)
        until = None if self.until is None else _moment("--until", self.until)
        if until is not None and _DAY.fullmatch(trim(self.until or "")):
            until += _DAY_MS  # a day is meant with all its hours
        return ActivityFilter(
            self.manager, None if self.kind is None else _kind(self.kind), since, until, self.customer
        )


def _moment(option: str, text: str) -> int:
    found = parse_datetime(trim(text), Field(option, FieldType.DATETIME))
    if isinstance(found, Problem):
        raise WrongUsage(f"{option}: {describe(found)}")
    return found


def _kind(text: str) -> ActivityKind:
    kind = next((one for one in RECORDED if one.value == trim(text).lower()), None)
    if kind is None:
        raise WrongUsage(f"{t('cli.kind_unknown', kind=text)} {t('cli.usage_help', command='crm-tui activity')}")
    return kind


def show_log(workspace: Workspace, asked: ActivityFilter, limit: int | None, *, as_csv: bool, as_json: bool) -> Exit:
    """List the log, newest first."""
    fields = {field.key: field for field in list_fields(workspace, archived=True)}
    if as_csv:
        lines = take_out(workspace, asked, _ALL if limit is None else limit)
        output.comma_separated([CSV_COLUMNS])
        output.comma_separated(csv_cells(line, _sentence(line, fields)) for line in lines)
    elif as_json:
        output.array(_json(line, fields) for line in each_line(workspace, asked, _ALL if limit is None else limit))
    elif shown := list_activity(workspace, asked, limit or _SHOWN):
        headers = ("id", "at", "manager", "what", "customers")
        output.table(headers, [_cells(line, fields) for line in shown])
    else:
        say(t("cli.no_activity"))
    return Exit.DONE


def _sentence(line: LogLine, fields: Mapping[str, Field]) -> str:
    return describe_activity(line.kind, line.details, fields)


def _cells(line: LogLine, fields: Mapping[str, Field]) -> tuple[str, ...]:
    whom = f"#{line.customer_ids[0]}" if line.customers == 1 else str(line.customers or "")
    return str(line.id), moment(line.at) or "", line.manager, _sentence(line, fields), whom


def _json(line: LogLine, fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": moment(line.at),
        "manager": line.manager,
        "kind": line.kind,
        "what": _sentence(line, fields),
        "details": {name: value for name, value in line.details.items() if name != "names"},
        "customers": line.customers,
        "customerIds": list(line.customer_ids),
    }


def check_log(workspace: Workspace, as_json: bool) -> Exit:
    """Say whether a line of the log was changed, removed or inserted."""
    with cancelled_by_signals() as stop:
        try:
            found = verify(workspace, stop, _tell)
        finally:
            progress("")
    is_broken = isinstance(found, Broken)
    if as_json:
        if isinstance(found, Broken):
            output.document({"verified": False, "line": found.line_id, "fault": found.fault.value})
        else:
            output.document({"verified": True, "lines": found.lines})
    if is_broken or not as_json:
        say(describe_check(found))
    return Exit.REFUSED if is_broken else Exit.DONE


def _tell(done: int, total: int) -> None:
    progress(t("cli.verifying", done=f"{done:,}", total=f"{total:,}", percent=100 * done // total))
