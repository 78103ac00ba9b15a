"""How customers and imports stand in JSON and in tables; times are UTC and follow no locale."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.core.dates import print_datetime
from crm_tui.core.fields import Field, FieldType, Value
from crm_tui.core.validation import print_value
from crm_tui.i18n import describe
from crm_tui.services.importing.events import FailedRow, ImportNumbers
from crm_tui.services.profiles import Customer

if TYPE_CHECKING:
    from crm_tui.services.importing.explaining import RowPerson, RowReason
    from crm_tui.services.imports import ImportRecord

CUSTOMER_COLUMNS = ("id", "type", "memberId", "profile.name", "profile.email", "profile.mobileNumber", "lastSeenAt")
"""What a list shows when nothing else is asked for."""
NEWEST_FIRST = ("lastSeenAt", "createdAt")
"""Fields that a list begins with the greatest of."""


def moment(value: int | None) -> str | None:
    """Return an instant (UTC epoch milliseconds) as ISO 8601."""
    return None if value is None else print_datetime(value)


def _json_value(value: Value, field_type: FieldType) -> Any:
    if field_type is FieldType.DATETIME and isinstance(value, int):
        return moment(value)
    return list(value) if isinstance(value, tuple) else value


def customer_json(customer: Customer, fields: Sequence[Field]) -> dict[str, Any]:
    """Return a customer as `show --json` and `contacts --json` give it; `fields` are those that are not archived."""
    profile = ((field, customer.profile.get(field.key)) for field in fields)
    return {
        "id": customer.id,
        "type": customer.type.value,
        "memberId": customer.member_id,
        "profile": {
            field.key.removeprefix("profile."): _json_value(value, field.type)
            for field, value in profile
            if value is not None
        },
        "tags": list(customer.tags),
        "userImportTag": list(customer.import_tags),
        "unsubscribeEmail": customer.unsubscribe_email,
        "unsubscribeTexting": customer.unsubscribe_texting,
        "emailVerified": customer.email_verified,
        "mobileNumberVerified": customer.mobile_number_verified,
        "createdAt": moment(customer.created_at),
        "updatedAt": moment(customer.updated_at),
        "lastSeenAt": moment(customer.last_seen_at),
        "sessionsCount": customer.sessions_count,
        "pendingUnification": [
            {
                "lead": one.lead_id,
                "member": one.member_id,
                "contact": one.contact,
                "since": moment(one.since),
                "manager": one.manager,
                "candidates": list(one.candidates),
            }
            for one in customer.pending
        ],
        "blocked": customer.blocked,
        "hidden": customer.hidden,
    }


def customer_cells(customer: Customer, columns: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """Return a customer's cells for the columns asked for."""
    types = {field.key: field.type for field in fields}
    kept = {
        "id": str(customer.id),
        "type": customer.type.value,
        "userImportTag": print_value(customer.import_tags, FieldType.LIST) if customer.import_tags else "",
        "createdAt": moment(customer.created_at) or "",
        "updatedAt": moment(customer.updated_at) or "",
        "lastSeenAt": moment(customer.last_seen_at) or "",
        "sessionsCount": str(customer.sessions_count),
        "blocked": "true" if customer.blocked else "false",
    }
    cells = []
    for column in columns:
        value = None if column in kept else customer.get(column)
        cells.append(kept.get(column, "") if value is None else print_value(value, types[column]))
    return cells


def numbers_json(numbers: ImportNumbers | None) -> dict[str, int]:
    """Return the numbers of an import by name, all of them 0 where nothing was planned."""
    numbers = numbers or ImportNumbers()
    return {name: getattr(numbers, name) for name in numbers.__slots__}


def failures_json(rows: Iterable[FailedRow]) -> list[dict[str, Any]]:
    """Return failed rows with every reason, in the language in use."""
    return [
        {
            "row": row.row_number,
            "columns": list(dict.fromkeys(problem.field for problem in row.problems if problem.field)),
            "reasons": [
                {"column": problem.field, "code": problem.code.value, "message": describe(problem)}
                for problem in row.problems
            ],
        }
        for row in rows
    ]


def reason_json(reason: "RowReason") -> dict[str, Any]:
    """Return why a row does what it does; customers whom a row creates stand as the number of that row."""
    from crm_tui.i18n.reasons import describe_reason

    person = reason.customer
    return {
        "row": reason.row_number,
        "does": reason.fate.value,
        "customer": None if person is None else _person_json(person),
        "key": reason.key,
        "chosen_by": reason.chosen_by.value,
        "others": list(reason.others),
        "blocked": reason.is_blocked,
        "unifications": [
            {
                "lead": _person_json(link.lead),
                "member": _person_json(link.member),
                "contact": link.contact,
                "candidates": [_person_json(one) for one in link.candidates],
                "pending": link.is_pending,
            }
            for link in reason.links
        ],
        "message": " ".join(describe_reason(reason)),
    }


def _person_json(person: "RowPerson") -> dict[str, int | None]:
    return {"id": person.id, "row": person.row_number}


def failure_line(row: FailedRow) -> str:
    """Return a failed row and its reasons as one line."""
    reasons = (
        f"{problem.field}: {describe(problem)}" if problem.field else describe(problem) for problem in row.problems
    )
    return f"  {row.row_number}: {' / '.join(reasons)}"


def record_json(record: "ImportRecord") -> dict[str, Any]:
    """Return a line of the import log; its numbers have the names that `import --json` gives them."""
    return {
        "import_id": record.id,
        "state": record.state.value,
        "file": record.file_name,
        "target": record.target.value,
        "key": key_name(record),
        "empty": record.policy.value,
        "tag": record.tag,
        "manager": record.manager,
        "startedAt": moment(record.started_at),
        "seconds": record.seconds,
        **numbers_json(record.numbers),
        "mapping": [{"column": header, "field": key} for header, key in record.mapping],
        "failedRowsUntil": moment(record.failures_expire_at),
    }


def key_name(record: "ImportRecord") -> str:
    """Return what the rows of an import were matched by."""
    return record.key.value if record.key else "memberId"
