"""The widget that a value is edited in, by the field's type."""

from dataclasses import dataclass

from textual.widget import Widget

from crm_tui.core.fields import OPT_OUTS, TAGS, Field, FieldType, Value
from crm_tui.core.lists import print_list
from crm_tui.core.problems import Problem
from crm_tui.i18n import t
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.tag_input import TagInput, parse_tag_line
from crm_tui.tui.widgets.value_input import ValueInput, edit_text

_TRUTHS = ("true", "false", "")


@dataclass(slots=True)
class Editing:
    """A value that is being edited."""

    field: Field
    seen: Value | None
    """What was there when the manager last saw it."""
    widget: Widget
    started_with: str
    """The text that it began with: with that, there is nothing to lose."""

    @property
    def text(self) -> str:
        """What is typed or chosen."""
        if isinstance(self.widget, Choices):
            return _TRUTHS[self.widget.cursor]
        assert isinstance(self.widget, SafeInput)
        return self.widget.value

    @property
    def is_changed(self) -> bool:
        """Whether something would be lost."""
        return self.text != self.started_with

    def cell(self) -> str | Problem:
        """Return what is typed as the cell that is saved, or what is wrong with it already."""
        if self.field.key != TAGS:
            return self.text
        tags = parse_tag_line(self.text)
        if isinstance(tags, Problem):
            return tags
        return print_list(tags) if tags else ""

    def put(self, text: str) -> None:
        """Put another text into it."""
        if isinstance(self.widget, Choices):
            self.widget.move_to(_TRUTHS.index(text))
        elif isinstance(self.widget, SafeInput):
            self.widget.show(text)


def begin_editing(field: Field, value: Value | None) -> Editing:
    """Return a field's value, ready to be edited."""
    text = edit_text(value, field)
    widget: Widget
    if field.type is FieldType.BOOLEAN:
        answers = [t("contacts.yes"), t("contacts.no")]
        # An opt-out is one or the other; anything else may be left open.
        answers += [] if field.key in OPT_OUTS else [t("desk.no_value")]
        widget = Choices(answers, _TRUTHS.index(text), id="value", letters=("y", "n"))
    elif field.key == TAGS:
        widget = TagInput(f"{text} " if text else "", id="value")
        text = widget.value
    else:
        widget = ValueInput(text, id="value", has_lines=field.type is FieldType.STRING)
    return Editing(field, value, widget, text)


def hint(field: Field) -> str:
    """Return what a right value looks like."""
    if field.key in OPT_OUTS:
        return t("desk.hint_opt_out")
    special = {"profile.landlineNumber": "landline", "memberId": "member_id"}
    return t(f"desk.hint_{special.get(field.key, field.type.value)}")
