"""The table of blocked customers: who, since when, by whom and why (R46)."""

from dataclasses import replace
from typing import ClassVar

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, Field, FieldType, Value
from crm_tui.i18n import t
from crm_tui.services.profiles import Customer
from crm_tui.services.selection import Selection
from crm_tui.tui import keys
from crm_tui.tui.widgets.columns import ShownColumn
from crm_tui.tui.widgets.customer_pages import View
from crm_tui.tui.widgets.customer_table import CustomerTable

SORT = "blockedAt"
_WHO, _AT, _BY, _REASON = "who", SORT, "blockedBy", "blockReason"
_WIDE = 98
_WIDEST = 130


class BlockedTable(CustomerTable):
    """Shows blocked customers page by page, the last one blocked first."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = (*keys.TABLE, *keys.CUSTOMER_TABLE)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = View(sort=SORT, blocked=True)

    @property
    def columns(self) -> tuple[ShownColumn, ...]:
        """The columns that there is room for."""
        return tuple(
            ShownColumn(Field(key, kind, t(f"blocked.column_{name}") if name else ""), cells)
            for key, kind, name, cells in _columns(self.size.width - 2)
        )

    def value(self, customer: Customer, field: Field) -> Value | None:
        """Return what stands in a cell."""
        blocking = customer.blocking
        if field.key == _WHO:
            return contact(customer)
        if blocking is not None and field.key in (_AT, _BY, _REASON):
            return {_AT: blocking.at, _BY: blocking.by or None, _REASON: blocking.reason}[field.key]
        return customer.get(field.key)

    @property
    def chosen_customers(self) -> tuple[Selection, int]:
        """The marked customers, or the one under the cursor, and how many they are."""
        if self.marked_count:
            return replace(self.marks.selection, blocked=True), self.marked_count
        current = self.current
        return Selection(frozenset() if current is None else frozenset((current.id,)), blocked=True), int(
            current is not None
        )


def contact(customer: Customer) -> str | None:
    """Return whom a row is about: the name, or the contact of somebody who has none."""
    known = (customer.get(key) for key in (NAME, EMAIL, MOBILE_NUMBER, MEMBER_ID))
    return next((str(value) for value in known if value), None)


def _columns(width: int) -> tuple[tuple[str, FieldType, str, int], ...]:
    """Return key, type, name and width of each column; built-in fields have their own names."""
    text, moment = FieldType.STRING, FieldType.DATETIME
    if width >= _WIDE:
        fixed = [(EMAIL, FieldType.EMAIL, "", 26), (_AT, moment, "at", 16), (_BY, text, "by", 14)]
        if width >= _WIDEST:
            fixed.insert(1, (MOBILE_NUMBER, FieldType.PHONE, "", 15))
    elif width >= 70:
        fixed = [(EMAIL, FieldType.EMAIL, "", 20), (_AT, moment, "at", 12), (_BY, text, "by", 10)]
    else:
        fixed = [(_AT, moment, "at", 12), (_BY, text, "by", 8)]
    room = max(16, width - sum(cells + 1 for *_, cells in fixed) - 1)
    who = min(24, room * 2 // 5)
    return ((_WHO, text, "who", who), *fixed, (_REASON, text, "reason", room - who))
