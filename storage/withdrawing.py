"""Who has the values that a file of withdrawn customers names."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER
from storage.bulk import MATCH_COLUMNS
from storage.sql import Connection, text

_AT_ONCE = 5000
_IS_VERIFIED: Mapping[str, str] = {EMAIL: "c.email_verified", MOBILE_NUMBER: "c.mobile_number_verified"}


class Holder(NamedTuple):
    """A customer, blocked and hidden ones too, who has one of the values."""

    place: int
    """Of the value, among those asked for."""
    customer_id: int
    is_verified: bool
    """The value is; a member id always is (R2)."""
    is_blocked: bool
    is_hidden: bool


def holders(connection: Connection, key: str, values: Sequence[str]) -> Iterator[Holder]:
    """Yield the customers who have one of the values, by the values' places and then by id.

    Args:
        connection: One of the workspace's.
        key: A field of `MATCH_COLUMNS`.
        values: As its column holds them.
    """
    # CROSS JOIN: the values are looked up in the index, whatever the database thinks of their number.
    statement = text(
        f"SELECT j.key, c.id, {_IS_VERIFIED.get(key, 'true')}, c.blocked_at IS NOT NULL, c.is_hidden "
        f"FROM json_each(:values) j CROSS JOIN customer c ON c.{MATCH_COLUMNS[key]} = j.value ORDER BY j.key, c.id"
    )
    for first in range(0, len(values), _AT_ONCE):
        asked = json.dumps(values[first : first + _AT_ONCE])
        for place, customer_id, verified, blocked, hidden in connection.execute(statement, {"values": asked}):
            yield Holder(first + place, customer_id, bool(verified), bool(blocked), bool(hidden))
