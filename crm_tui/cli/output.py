"""All of stdout. What a terminal sees is made harmless; files and pipes get the values as they are."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from wcwidth import wcswidth

from crm_tui.core.dates import print_datetime
from crm_tui.core.fields import Field, FieldType, Value
from crm_tui.core.safe_text import make_visible
from crm_tui.core.validation import print_value
from crm_tui.services.customers import Customer

CUSTOMER_COLUMNS = ("id", "type", "memberId", "profile.name", "profile.email", "profile.mobileNumber", "lastSeenAt")


def line(text: str) -> None:
    """Write a line."""
    print(make_visible(text) if sys.stdout.isatty() else text)


def document(value: object) -> None:
    """Write one JSON document."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # JSON escapes C0 itself; the rest could still reach a terminal.
    print("\n".join(map(make_visible, text.split("\n"))) if sys.stdout.isatty() else text)


def comma_separated(rows: Iterable[Sequence[str]]) -> None:
    """Write CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for row in rows:
        writer.writerow([make_visible(cell) for cell in row] if sys.stdout.isatty() else row)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write columns that line up in terminal cells, Hangul too."""
    shown = [[make_visible(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(_width, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return max(wcswidth(text), 0)


def moment(value: int | None) -> str | None:
    """Return an instant (UTC epoch milliseconds) as ISO 8601."""
    return None if value is None else print_datetime(value)


def local(value: int) -> str:
    """Return an instant in the manager's zone, to the minute."""
    return f"{datetime.fromtimestamp(value / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"


def json_value(value: Value, field_type: FieldType | None) -> Any:
    """Return a value as JSON holds it: instants as ISO 8601."""
    if field_type is FieldType.DATETIME and isinstance(value, int):
        return moment(value)
    return list(value) if isinstance(value, tuple) else value


def customer_json(customer: Customer, types: dict[str, FieldType]) -> dict[str, Any]:
    """Return a customer as `show --json` and `contacts --json` give it."""
    return {
        "id": customer.id,
        "type": customer.type.value,
        "memberId": customer.member_id,
        "profile": {
            key.removeprefix("profile."): json_value(value, types.get(key)) for key, value in customer.profile.items()
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
        "pendingUnification": [],
        "blocked": customer.blocked,
    }


def customer_cells(customer: Customer, columns: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """Return a customer's cells for the columns asked for."""
    types = {field.key: field.type for field in fields}
    kept = {
        "id": str(customer.id),
        "type": customer.type.value,
        "userImportTag": print_value(customer.import_tags, FieldType.LIST),
        "createdAt": moment(customer.created_at) or "",
        "updatedAt": moment(customer.updated_at) or "",
        "lastSeenAt": moment(customer.last_seen_at) or "",
        "sessionsCount": str(customer.sessions_count),
        "blocked": "true" if customer.blocked else "false",
    }
    cells = []
    for column in columns:
        value = None if column in kept else customer.get(column)
        cells.append(kept.get(column) or ("" if value is None else print_value(value, types[column])))
    return cells
