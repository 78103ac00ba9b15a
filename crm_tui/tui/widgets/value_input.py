"""A value as it is edited: a text that parses back to it, on a line that keeps line breaks."""

from datetime import UTC, datetime, timedelta

from textual import events

from crm_tui.core.fields import TAGS, Field, FieldType, Value
from crm_tui.core.text import unify_line_ends
from crm_tui.core.validation import parse_cell, print_value
from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_input import SafeInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def edit_text(value: Value | None, field: Field) -> str:
    """Return the text that a value is edited as: tags parted by spaces, instants in the zone they are shown in."""
    if value is None:
        return ""
    if field.key == TAGS and isinstance(value, tuple):
        return " ".join(str(tag) for tag in value)
    if field.type is FieldType.DATETIME and isinstance(value, int):
        moment = (_EPOCH + timedelta(milliseconds=value)).astimezone()
        text = moment.isoformat(timespec="milliseconds" if value % 1000 else "seconds")
        if parse_cell(text, field) == value:
            return text
    return print_value(value, field.type)


class ValueInput(SafeInput):
    """Shows a line break as a sign and keeps it."""

    def __init__(self, value: str, *, id: str | None = None, has_lines: bool = False) -> None:
        super().__init__(value, id=id)
        keys.add_bindings(self, keys.VALUE_LINE if has_lines else keys.VALUE_LINE[:1])
        self._has_lines = has_lines

    def action_break_line(self) -> None:
        """Put a line break where the cursor is."""
        self.insert_text_at_cursor("\n")

    def _on_paste(self, event: events.Paste) -> None:
        # Textual hands a paste to the line's own class after this, which takes its first line only.
        if self._has_lines:
            event.prevent_default()
            event.stop()
            self.replace(unify_line_ends(event.text), *self.selection)
