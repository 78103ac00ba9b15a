"""The commands that only show."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.fields import SYSTEM_KEYS, FieldType, find_field
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, t
from crm_tui.services import customers, imports, tags
from crm_tui.services import fields as field_service
from crm_tui.services.customers import Customer
from crm_tui.services.errors import UsageError
from crm_tui.services.health import examine
from crm_tui.services.workspace import Workspace


def _types(workspace: Workspace) -> dict[str, FieldType]:
    return {field.key: field.type for field in field_service.list_fields(workspace, archived=True)}


def print_customer(workspace: Workspace, customer: Customer, as_json: bool) -> None:
    """Write all about one customer."""
    if as_json:
        output.document(output.customer_json(customer, _types(workspace)))
        return
    fields = field_service.list_fields(workspace)
    columns = ["id", "type", *(field.key for field in fields), *SYSTEM_KEYS[2:]]
    cells = output.customer_cells(customer, columns, fields)
    output.table(("", ""), [(name, cell) for name, cell in zip(columns, cells, strict=True) if cell])


def show_contacts(
    workspace: Workspace,
    query: str,
    columns: str | None,
    sort: str,
    limit: int,
    count: bool,
    as_json: bool,
    as_csv: bool,
) -> Exit:
    """List what a search line finds."""
    if count:
        print(customers.count(workspace, query).total)
        return Exit.DONE
    fields = field_service.list_fields(workspace)
    wanted = list(output.CUSTOMER_COLUMNS)
    if columns is not None:
        wanted = []
        for name in columns.split(","):
            field = find_field(name, fields)
            if field is None and name.strip() not in SYSTEM_KEYS:
                raise UsageError("field_not_found", name=name)
            wanted.append(field.key if field else name.strip())
    sort_field = find_field(sort, fields)
    descending = sort in ("lastSeenAt", "createdAt")
    found = customers.page(
        workspace, query, sort=sort_field.key if sort_field else sort, descending=descending, limit=limit
    )
    if as_json:
        types = _types(workspace)
        output.document([output.customer_json(customer, types) for customer in found])
        return Exit.DONE
    rows = [output.customer_cells(customer, wanted, fields) for customer in found]
    if as_csv:
        output.comma_separated([wanted, *rows])
        return Exit.DONE
    if rows:
        output.table(wanted, rows)
        return Exit.DONE
    hidden = customers.count(workspace, query).blocked
    say(t("cli.none_found_blocked", count=hidden) if hidden else t("cli.none_found"))
    return Exit.DONE


def show_customer(
    workspace: Workspace,
    customer_id: int | None,
    member_id: str | None,
    email: str | None,
    mobile: str | None,
    as_json: bool,
) -> Exit:
    """Show one customer, or all who share a contact."""
    if customer_id is not None:
        found: tuple[Customer, ...] = (customers.get(workspace, customer_id),)
    else:
        found = customers.find(workspace, member_id=member_id, email=email, mobile=mobile)
    if not found:
        say(t("cli.none_found"))
        return Exit.REFUSED
    for customer in found:
        print_customer(workspace, customer, as_json)
    return Exit.DONE


def show_fields(workspace: Workspace, words: Sequence[str], as_json: bool) -> Exit:
    """List fields, or add, archive or restore one."""
    match list(words):
        case ["list"]:
            listed = field_service.list_fields(workspace, archived=True)
            rows = [(field.key, field.type.value, field.label, "archived" * field.is_archived) for field in listed]
            if as_json:
                output.document([dict(zip(("key", "type", "label", "state"), row, strict=True)) for row in rows])
            else:
                output.table(("key", "type", "label", "state"), rows)
        case ["add", key, kind, label]:
            types = {one.value.lower(): one for one in FieldType}
            added = field_service.add_field(workspace, key, types.get(kind.lower(), FieldType.TAG), label)
            if isinstance(added, Problem):
                say(describe(added))
                return Exit.REFUSED
            say(t("cli.field_added", key=added.key))
        case ["archive", key]:
            field_service.archive_field(workspace, key)
        case ["restore", key]:
            field_service.restore_field(workspace, key)
        case _:
            say("crm-tui fields [list | add KEY TYPE LABEL | archive KEY | restore KEY]")
            return Exit.USAGE
    return Exit.DONE


def _record_json(record: imports.ImportRecord) -> dict[str, Any]:
    numbers = record.numbers
    return {
        "import_id": record.id,
        "file": record.file_name,
        "target": record.target.value,
        "key": record.key.value if record.key else None,
        "empty": record.policy.value,
        "tag": record.tag,
        "state": record.state.value,
        "manager": record.manager,
        "startedAt": output.moment(record.started_at),
        "seconds": record.seconds,
        "numbers": {name: getattr(numbers, name) for name in numbers.__slots__} if numbers else None,
        "mapping": [{"column": header, "field": key} for header, key in record.mapping],
    }


def show_imports(workspace: Workspace, words: Sequence[str], path: Path | None, as_json: bool) -> Exit:
    """List imports, show one, or save its failed rows."""
    match list(words):
        case ["list"]:
            records = imports.list_imports(workspace)
            if as_json:
                output.document([_record_json(record) for record in records])
            else:
                headers = ("id", "file", "target", "state", "created", "updated", "failed", "manager", "started")
                output.table(headers, [_record_cells(record) for record in records])
        case ["show", number] if number.isdecimal():
            record = imports.get_import(workspace, int(number))
            if as_json:
                output.document(_record_json(record))
                return Exit.DONE
            output.table(("", ""), [(name, str(value)) for name, value in _record_json(record).items() if value])
            for row in imports.failures(workspace, record.id):
                reasons = " / ".join(f"{problem.field}: {describe(problem)}" for problem in row.problems)
                output.line(f"{row.row_number}: {reasons}")
        case ["failed", number] if number.isdecimal() and path is not None:
            imports.save_failed_rows(workspace, int(number), path, describe)
            say(t("cli.failed_saved", path=path))
        case _:
            say("crm-tui imports [list | show N | failed N -o FILE.xlsx]")
            return Exit.USAGE
    return Exit.DONE


def _record_cells(record: imports.ImportRecord) -> tuple[str, ...]:
    numbers = record.numbers
    counts = (numbers.created, numbers.updated, numbers.failed) if numbers else ("", "", "")
    return (
        str(record.id),
        record.file_name,
        record.key.value if record.key else record.target.value,
        record.state.value,
        *map(str, counts),
        record.manager,
        output.local(record.started_at),
    )


def show_inbox(workspace: Workspace, as_json: bool) -> Exit:
    """List the manager's messages (R37)."""
    entries = imports.inbox(workspace)
    if as_json:
        output.document(
            [
                {
                    "import_id": entry.import_id,
                    "file": entry.file_name,
                    "at": output.moment(entry.created_at),
                    "created": entry.numbers.created,
                    "updated": entry.numbers.updated,
                    "failed": entry.numbers.failed,
                }
                for entry in entries
            ]
        )
        return Exit.DONE
    for entry in entries:
        numbers = entry.numbers
        sentence = t(
            "cli.inbox_entry",
            file=entry.file_name,
            created=numbers.created,
            updated=numbers.updated,
            failed=numbers.failed,
        )
        output.line(f"{output.local(entry.created_at)}  {sentence}")
    return Exit.DONE


def show_tags(workspace: Workspace, as_json: bool) -> Exit:
    """List import tags and customer tags with counts."""
    kinds = (("import", tags.import_tags(workspace)), ("tag", tags.customer_tags(workspace)))
    rows = [(kind, tag.name, tag.count) for kind, listed in kinds for tag in listed]
    if as_json:
        output.document([dict(zip(("kind", "name", "count"), row, strict=True)) for row in rows])
    else:
        output.table(("kind", "name", "count"), [(kind, name, str(count)) for kind, name, count in rows])
    return Exit.DONE


def show_doctor(workspace: Workspace) -> Exit:
    """Say what is wrong and what to do."""
    health = examine(workspace)
    rows = [("Python", platform.python_version()), ("SQLite", f"{health.sqlite_version} ({health.driver})")]
    rows += [("database", workspace.database), ("journal", health.journal), ("integrity", health.integrity)]
    output.table(("", ""), rows)
    wrong = [t("cli.doctor_old_sqlite")] * health.has_wal_bug + [t("cli.doctor_rights")] * health.is_readable_by_others
    wrong += [t("cli.doctor_damaged")] * (health.integrity != "ok")
    for sentence in wrong or [t("cli.doctor_well")]:
        say(sentence)
    return Exit.REFUSED if wrong else Exit.DONE
