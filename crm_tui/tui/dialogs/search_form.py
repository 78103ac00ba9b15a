"""The form for the search line: conditions in words, and the line that they make."""

import threading
from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import BLOCKED, Field, FieldType
from crm_tui.core.query import QueryMistake, Vocabulary, complete, parse_query
from crm_tui.i18n import catalogue, expected_sentence, field_label, t
from crm_tui.services import contact_list
from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.conditions import HAS, NO, Condition, Form, matching_fields, operators_for, read_form, write_form
from crm_tui.tui.widgets.completion_list import CompletionList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe, wrap
from crm_tui.tui.widgets.turn import Turn

ROWS = 5
_LINE_ROWS = 2
_LOW = 20


class ConditionRow(Horizontal):
    """What is looked at, how, and the value."""

    def __init__(self, number: int, condition: Condition, vocabulary: Vocabulary) -> None:
        super().__init__(id=f"condition-{number}", classes="condition")
        self._vocabulary = vocabulary
        self._field = vocabulary.field(condition.key) if condition.key else None
        self._operator = condition.operator
        self._text = condition.text

    def compose(self) -> ComposeResult:
        """Lay out side by side."""
        is_free = self._field is None and not self._text
        name = "" if is_free else field_name(self._field)
        yield SafeInput(name, placeholder=t("contacts.form_field"), id="field")
        operators = operators_for(self._field)
        chosen = operators.index(self._operator) if self._operator in operators else 0
        yield Turn([_word(one, self._field) for one in operators], chosen, id="operator")
        yield SafeInput(self._text, placeholder=t("contacts.form_value"), id="value")

    @property
    def name_line(self) -> SafeInput:
        """Where the field is typed."""
        return self.query_one("#field", SafeInput)

    @property
    def value_line(self) -> SafeInput:
        """Where the value is typed."""
        return self.query_one("#value", SafeInput)

    @property
    def operator(self) -> str:
        """How it is compared."""
        return operators_for(self._field)[self.query_one(Turn).chosen]

    @property
    def condition(self) -> Condition | None:
        """What the row asks for; None where a field is named that does not exist."""
        if self.name_line.value.strip() and self.name_line.value.strip() != field_name(self._field):
            return None
        return Condition(self._field.key if self._field else "", self.operator, self.value_line.value)

    def take(self, field: Field | None) -> None:
        """Look at another field."""
        if field != self._field:
            operator = self.operator
            self._field = field
            operators = operators_for(field)
            chosen = operators.index(operator) if operator in operators else 0
            self.query_one(Turn).show([_word(one, field) for one in operators], chosen)
        self.show_value()

    def show_value(self) -> None:
        """Show the line for a value where there is one to say."""
        self.value_line.disabled = self.operator in (HAS, NO)

    def values(self, typed: str) -> Sequence[str]:
        """Return what a value could be."""
        if self._field is None:
            return ()
        start = f"{self._field.key}="
        found = complete(start + typed, len(start) + len(typed), self._vocabulary)
        candidates = found.candidates if found is not None and found.start == len(start) else ()
        return [one[1:-1].replace('""', '"') if one.startswith('"') else one for one in candidates]


class SearchForm(ModalScreen[str | None]):
    """Returns the line; None when the search stays as it is."""

    class Counted(Message):
        """From the thread."""

        def __init__(self, line: str, count: int | None) -> None:
            self.line = line
            self.count = count
            super().__init__()

    def __init__(self, workspace: Workspace, line: str, vocabulary: Vocabulary) -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._workspace = workspace
        self._vocabulary = vocabulary
        self._form = _cut(read_form(line, vocabulary))
        self._fields = [field for field in vocabulary.fields if not field.is_archived and field.key != BLOCKED]
        self._names = [_names_of(field) for field in self._fields]
        self._stop = threading.Event()
        self._counted: tuple[str, int | None] = ("", None)
        self._is_counting = False
        self._completed: Input | None = None
        """The line that the list belongs to."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog") as body:
            # Not on the screen, whose own Tab must stay behind that of the list.
            keys.add_bindings(body, keys.SEARCH_FORM)
            yield Static(t("contacts.form_title"), classes="dialog-title", markup=False)
            yield Turn([t("contacts.form_all"), t("contacts.form_any")], int(self._form.is_any), id="joined")
            for number in range(ROWS):
                given = self._form.conditions[number : number + 1]
                yield ConditionRow(number, given[0] if given else Condition(), self._vocabulary)
            yield CompletionList(id="form-list")
            yield Static("", id="form-line", markup=False)
            yield Static(t("contacts.form_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin in the first free condition, at its value."""
        rows = list(self.query(ConditionRow))
        for row in rows:
            row.show_value()
        rows[min(len(self._form.conditions), ROWS - 1)].name_line.focus()
        self._show_line()

    def on_resize(self) -> None:
        """Leave the gaps out where there is no room for them."""
        self.set_class(self.size.height < _LOW, "-low")

    def on_unmount(self) -> None:
        """Nobody waits for the count any more."""
        self._stop.set()

    # -- the line -----------------------------------------------------------------------------------------------

    @property
    def line(self) -> str | None:
        """The line that the form makes; None while a field is named that does not exist."""
        conditions = [row.condition for row in self.query(ConditionRow)]
        if any(one is None for one in conditions):
            return None
        known = tuple(one for one in conditions if one is not None)
        return write_form(Form(known, self.query_one("#joined", Turn).chosen == 1, self._form.rest))

    def _show_line(self) -> None:
        wrong = self._mark_wrong_rows()
        line = self.line
        if line is None:
            number, row = wrong[0]
            self._say(t("contacts.form_unknown_field", row=number, name=row.name_line.value.strip()))
            return
        mistake = parse_query(line, self._vocabulary)
        if isinstance(mistake, QueryMistake):
            self._say(f"{line}\n{expected_sentence(mistake.expected)}")
            return
        count = self._counted[1] if self._counted[0] == line else None
        counted = t("contacts.form_count", count=f"{count:,}") if count is not None else ""
        self._say(f"{line or t('contacts.form_everybody')}\n{counted}")
        if self._counted[0] != line or count is None:
            self._count(line)

    def _mark_wrong_rows(self) -> list[tuple[int, ConditionRow]]:
        """Mark the conditions that name a field that does not exist; return them with their numbers."""
        rows = list(enumerate(self.query(ConditionRow), 1))
        for _, row in rows:
            row.set_class(row.condition is None, "-wrong")
        return [(number, row) for number, row in rows if row.condition is None]

    def _say(self, text: str) -> None:
        line, _, below = text.partition("\n")
        width = max(20, self.query_one("#form-line").size.width)
        rows = wrap(line, width)[:_LINE_ROWS]
        self.query_one("#form-line", Static).update(safe("\n".join((*rows, below))))

    def _count(self, line: str) -> None:
        self._stop.set()
        if not self._is_counting:
            self._is_counting = True
            self._stop = threading.Event()
            self.run_worker(partial(self._read_count, line, self._stop), thread=True, group="count")

    def _read_count(self, line: str, stop: threading.Event) -> None:
        try:
            count = contact_list.count(self._workspace.until(stop), line).total
        except CrmError:
            count = None
        if not get_current_worker().is_cancelled:
            self.post_message(self.Counted(line, count))

    def on_search_form_counted(self, message: Counted) -> None:
        """Show the number, or count again if the line is another one by now."""
        self._is_counting = False
        if message.line == self.line:
            self._counted = (message.line, message.count)
            if message.count is not None:
                self._show_line()
        else:
            self._show_line()

    # -- typing -------------------------------------------------------------------------------------------------

    @property
    def _list(self) -> CompletionList:
        return self.query_one(CompletionList)

    def _row_of(self, line: Input) -> ConditionRow:
        row = line.parent
        assert isinstance(row, ConditionRow)
        return row

    @on(Input.Changed, "#field")
    def _field_typed(self, event: Input.Changed) -> None:
        event.stop()
        row, typed = self._row_of(event.input), event.value.strip()
        exact = next((field for field in self._fields if field_name(field) == typed), None)
        if not typed or exact is not None:
            row.take(exact)
        if event.input.has_focus:
            found = matching_fields(typed, self._fields, self._names) if typed and exact is None else []
            self._offer(event.input, [field_name(field) for field in found])
        self._show_line()

    @on(Input.Changed, "#value")
    def _value_typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.has_focus:
            found = self._row_of(event.input).values(event.value)
            self._offer(event.input, [] if list(found) == [event.value] else found)
        self._show_line()

    @on(Turn.Changed)
    def _turned(self, event: Turn.Changed) -> None:
        event.stop()
        if isinstance(event.turn.parent, ConditionRow):
            event.turn.parent.show_value()
        self._show_line()

    def _offer(self, line: Input | None, candidates: Sequence[str]) -> None:
        self._completed = line
        self._list.show(candidates)
        self.query_one("#form-line").display = not candidates

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self._offer(None, ())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._list.chosen is not None:
            self._take(self._list.chosen)
        else:
            self.action_apply()

    def _take(self, candidate: str) -> None:
        line = self._completed
        self._offer(None, ())
        if line is not None:
            line.value = candidate
            line.cursor_position = len(candidate)
            self.focus_next()

    # -- keys ---------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take a key for the list only while there is one."""
        if self.is_mounted and action in ("complete", "choose", "close_list"):
            return self._list.display
        return True

    def action_complete(self) -> None:
        """Take the only one there is; else choose the next."""
        if len(self._list.candidates) == 1:
            self._take(self._list.candidates[0])
        else:
            self._list.choose(1)

    def action_choose(self, by: int) -> None:
        """Go on in the list."""
        self._list.choose(by)

    def action_close_list(self) -> None:
        """Offer nothing more."""
        self._offer(None, ())

    def action_next_line(self, by: int) -> None:
        """Go to the condition above or below."""
        focused = self.focused
        rows = list(self.query(ConditionRow))
        if focused is None or not isinstance(focused.parent, ConditionRow):
            rows[0 if by > 0 else -1].name_line.focus()
            return
        there = rows.index(focused.parent) + by
        if there < 0:
            self.query_one("#joined").focus()
        elif there < len(rows):
            beside = rows[there].query_one(f"#{focused.id}")
            (rows[there].name_line if beside.disabled else beside).focus()

    def action_apply(self) -> None:
        """Search by the line, if it can be understood."""
        line = self.line
        if line is not None and not isinstance(parse_query(line, self._vocabulary), QueryMistake):
            self.dismiss(line)

    def action_back(self) -> None:
        """Leave the search as it is."""
        self.dismiss(None)


def field_name(field: Field | None) -> str:
    """Return a field as the form names it; nothing for words."""
    return field_label(field) if field is not None else ""


def _names_of(field: Field) -> list[str]:
    labels = [catalogue(language, "fields").get(field.key, "") for language in ("ko", "en")]
    return [name for name in (field_label(field), *labels, field.key.removeprefix("profile.")) if name]


def _word(operator: str, field: Field | None) -> str:
    names = {":": "contains", "=": "is", "!=": "is_not", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}
    kind = names.get(operator, operator)
    is_time = field is not None and field.type in (FieldType.DATE, FieldType.DATETIME)
    return t(f"contacts.form_{kind}_time" if is_time and kind in _IN_TIME else f"contacts.form_{kind}")


_IN_TIME = ("below", "at_most", "above", "at_least")


def _cut(form: Form) -> Form:
    """Return a form with as many conditions as there are lines; the others stay as they are."""
    more = form.conditions[ROWS:]
    if not more:
        return form
    if form.is_any:
        return Form(rest=f"({write_form(form)})")
    return Form(form.conditions[:ROWS], rest=write_form(Form(more, rest=form.rest)))
