"""`imports`: what was imported (R37, R38)."""

from pathlib import Path

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.shapes import failure_line, failures_json, key_name, moment, record_json
from crm_tui.core.permissions import Permission
from crm_tui.core.vocabulary import ImportState
from crm_tui.i18n import describe, t
from crm_tui.services import imports as service
from crm_tui.services.workspace import Workspace

_ALL = -1


def list_imports(workspace: Workspace, as_json: bool) -> Exit:
    """List all imports, newest first."""
    records = service.list_imports(workspace, _ALL)
    if as_json:
        output.array(record_json(record) for record in records)
        return Exit.DONE
    if not records:
        say(t("cli.no_imports"))
        return Exit.DONE
    headers = ("id", "file", "key", "state", "created", "updated", "failed", "manager", "startedAt")
    output.table(headers, [_cells(record) for record in records])
    return Exit.DONE


def _cells(record: service.ImportRecord) -> tuple[str, ...]:
    # What was planned and came to nothing is no number of customers.
    numbers = record.numbers if record.state is ImportState.APPLIED else None
    counts = (numbers.created, numbers.updated, numbers.failed) if numbers else ("", "", "")
    return (
        str(record.id),
        record.file_name,
        key_name(record),
        record.state.value,
        *map(str, counts),
        record.manager,
        moment(record.started_at) or "",
    )


def show_import(workspace: Workspace, import_id: int, as_json: bool) -> Exit:
    """Show one import: options, mapping, numbers and the first failed rows."""
    record = service.get_import(workspace, import_id)
    may_see_rows = Permission.EDIT in workspace.granted()
    failed = service.failures(workspace, import_id) if may_see_rows else ()
    shown = record_json(record)
    if not may_see_rows and record.numbers and record.numbers.failed:
        say(t("cli.rows_withheld", permission=t(f"team.permission_{Permission.EDIT}")))
    if as_json:
        output.document(shown | {"failures": failures_json(failed)})
        return Exit.DONE
    mapping = shown.pop("mapping")
    output.pairs((name, str(value)) for name, value in shown.items() if value is not None)
    for column in mapping:
        output.line(f"  {column['column'] or '-'} → {column['field'] or t('cli.not_imported')}")
    for row in failed:
        output.line(failure_line(row))
    return Exit.DONE


def save_failed(workspace: Workspace, import_id: int, path: Path) -> Exit:
    """Save the failed rows of an import."""
    service.save_failed_rows(workspace, import_id, path, describe)
    say(t("cli.failed_saved", path=path))
    return Exit.DONE
