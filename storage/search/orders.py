"""Orders, and which of them an index holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_tui.core.fields import Field
from storage.values import order_sql

SORT_COLUMNS: Mapping[str, str] = {
    "lastSeenAt": "last_seen_at",
    "createdAt": "created_at",
    "profile.name": "name",
    "profile.email": "email_key",
    "profile.mobileNumber": "mobile_number",
    "memberId": "member_id",
}
"""Fields that a million customers need not be sorted by for a page: their order is read off an index."""


@dataclass(frozen=True, slots=True)
class Order:
    """By what, and in which direction; missing values come last, whatever the direction."""

    field: Field
    descending: bool

    @property
    def column(self) -> str | None:
        """The column whose index holds the order."""
        return SORT_COLUMNS.get(self.field.key)

    @property
    def value(self) -> str:
        """What customers are ordered by."""
        return self.column or order_sql(self.field)

    def sql(self, *, backwards: bool = False) -> str:
        """Return what stands behind ORDER BY; `backwards`, from the last customer to the first."""
        direction = "DESC" if self.descending is not backwards else "ASC"
        nulls = "FIRST" if backwards else "LAST"
        return f"{self.value} {direction} NULLS {nulls}, id {direction}"
