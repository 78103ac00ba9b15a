"""`mu`, `audience` and `retention`, done."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals
from crm_tui.cli.changing import deleted_json, done, say_deleted
from crm_tui.cli.diagnostics import Exit, progress, say
from crm_tui.cli.searching import pointing_at
from crm_tui.cli.shapes import moment
from crm_tui.core.vocabulary import Channel
from crm_tui.i18n import t
from crm_tui.services import audience as service
from crm_tui.services import managed
from crm_tui.services import retention as keeping
from crm_tui.services.exporting import Exported, ExportProgress
from crm_tui.services.managed import ManagedUsers
from crm_tui.services.retention import Due
from crm_tui.services.workspace import Workspace


def show_managed_users(workspace: Workspace, as_json: bool) -> Exit:
    """Print MU (R5)."""
    _tell_managed(managed.managed(workspace), as_json, "reach.limit_is")
    return Exit.DONE


def set_limit(workspace: Workspace, typed: str, as_json: bool) -> Exit:
    """Set how many managed users there may be."""
    now = managed.set_limit(workspace, managed.parse_limit(typed))
    _tell_managed(now, as_json, "reach.limit_set")
    if now.limit is None:
        say(t("reach.limit_none"))
    return Exit.DONE


def _tell_managed(numbers: ManagedUsers, as_json: bool, sentence: str) -> None:
    if as_json:
        output.document(asdict(numbers))
    else:
        output.line(str(numbers.total))
    if numbers.limit is not None:
        say(t(sentence, limit=f"{numbers.limit:,}", hidden=f"{numbers.hidden:,}"))


def run_audience(workspace: Workspace, query: str, channel: Channel, path: Path | None, as_json: bool) -> Exit:
    """Say how many a message may go to and why others are left out; with a path, write those to a file."""
    with pointing_at(query):
        found = service.audience(workspace, query, channel)
    exported = None if path is None else _export(workspace, query, channel, path)
    count = found.count if exported is None else exported.customers
    for reason, number in found.left_out.items():
        if number:
            say(t("reach.left_out_line", reason=t(f"reach.left_out_{reason}"), count=f"{number:,}"))
    if as_json:
        left_out = {reason.value: number for reason, number in found.left_out.items()}
        answer: dict[str, Any] = {"channel": channel.value, "query": query, "count": count, "left_out": left_out}
        output.document(answer | {"file": None if path is None else str(path)})
    else:
        output.line(str(count if path is None else path))
    if exported is not None:
        say(t("cli.exported", count=f"{exported.customers:,}", path=exported.path))
    return Exit.DONE


def _export(workspace: Workspace, query: str, channel: Channel, path: Path) -> Exported:
    with cancelled_by_signals() as stop:
        try:
            return service.export_audience(workspace, query, channel, path, stop=stop, told=_tell_progress)
        finally:
            progress("")


def _tell_progress(told: ExportProgress) -> None:
    percent = 100 * told.done // told.total if told.total else 100
    progress(t("cli.exporting", done=f"{told.done:,}", total=f"{told.total:,}", percent=percent))


def run_retention(workspace: Workspace, period: str | None, remove: bool, expect: int | None, as_json: bool) -> Exit:
    """Say what has been kept long enough; `remove` it, if that is wanted and the customers are as many as expected."""
    days = None if period is None else keeping.parse_period(period)
    due = keeping.look(workspace, days)
    if not remove:
        if as_json:
            output.document(_due_json(due))
        _say_due(due, period)
        return Exit.DONE
    retained = done(lambda stop: keeping.apply(workspace, due, expect=expect, stop=stop))
    if retained is None:
        return Exit.REFUSED
    deleted = retained.deleted
    if as_json:
        customers = None if deleted is None else deleted_json(deleted)
        output.document({"failed_rows": retained.failed_rows, "customers": customers})
    say(t("reach.rows_removed", count=f"{retained.failed_rows:,}"))
    if deleted is not None:
        say_deleted(deleted)
    return Exit.DONE


def _due_json(due: Due) -> dict[str, Any]:
    is_asked = due.since is not None
    return {
        "failed_rows": due.failed_rows,
        "failed_rows_kept": due.failed_rows_kept,
        "failed_rows_next_at": moment(due.failed_rows_next_at),
        "since": moment(due.since),
        "customers": due.customers if is_asked else None,
        "blocked": due.blocked if is_asked else None,
    }


def _say_due(due: Due, period: str | None) -> None:
    """Say it: nothing is removed yet."""
    say(t("reach.rows_due", due=f"{due.failed_rows:,}", kept=f"{due.failed_rows_kept:,}"))
    if due.since is None or period is None:
        say(t("reach.retention_ask"))
        return
    say(t("reach.customers_due", count=f"{due.customers:,}", since=moment(due.since) or ""))
    if due.blocked:
        say(t("reach.blocked_stay", count=f"{due.blocked:,}"))
    if due.customers:
        say(t("reach.retention_how", period=period, count=due.customers))
