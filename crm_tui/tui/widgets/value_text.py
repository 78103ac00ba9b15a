"""A value as a manager reads it."""

from crm_tui.core.fields import TYPE, Field, FieldType, Value
from crm_tui.core.validation import print_value
from crm_tui.i18n import t
from crm_tui.tui.widgets.times import local_time


def value_text(value: Value, field: Field) -> str:
    """Return a value in words, instants in the zone of this computer; not yet safe for a terminal."""
    if field.key == TYPE:
        return t(f"contacts.type_{value}")
    if field.type is FieldType.DATETIME and isinstance(value, int):
        return local_time(value)
    if field.type is FieldType.BOOLEAN:
        return t("contacts.yes") if value else t("contacts.no")
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return print_value(value, field.type)
