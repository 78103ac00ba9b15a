"""Which field a column is: searched for, left out, or made on the spot (R22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_tui.core.fields import Field, custom_key
from crm_tui.core.mapping import bare
from crm_tui.core.synonyms import SYNONYMS
from crm_tui.i18n import catalogue, t
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.new_field import NewField
from crm_tui.tui.screens.import_wizard.new_field import proposed_key, proposed_type
from crm_tui.tui.widgets.column_mapper import named
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import fit, safe

_TYPE_WIDTH = 13


@dataclass(frozen=True, slots=True)
class Picked:
    """What a column is; `field` None: it is not imported."""

    field: Field | None


def names_of(field: Field) -> list[str]:
    """Return all that a field may be searched by: key, label and usual names, in both languages."""
    labels = [catalogue(language, "fields").get(field.key, "") for language in ("ko", "en")]
    return [bare(name) for name in (field.key, field.label, *labels, *SYNONYMS.get(field.key, ())) if name]


class FieldList(LineList):
    """The fields that were found, then the two ways out; the cursor is seen while the search line has the focus."""

    HAS_PLACE: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(id="fields")
        self._lines: Sequence[str] = ()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show other lines."""
        self._lines = lines
        self.set_rows(len(lines), 0)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a field or a way out."""
        return self._lines[row], "row"


class FieldPicker(ModalScreen[Picked | None]):
    """Returns what the column is; None when it is left as it was."""

    CSS_PATH = "../../styles/wizard.tcss"

    def __init__(
        self,
        header: str,
        samples: Sequence[str],
        fields: Sequence[Field],
        taken: Mapping[str, str],
        workspace: Workspace,
        current: str | None,
    ) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.DIALOG, *keys.WIZARD_PICK))
        self._header = header
        self._samples = samples
        self._fields = fields
        self._taken = taken
        """By field key, the header of the column that has it now."""
        self._workspace = workspace
        self._current = current
        """The field that the column has or that is suggested: the cursor begins there."""
        self._found: list[Field] = []

    def compose(self) -> ComposeResult:
        """Lay out the search line over the list."""
        with Vertical(classes="dialog"):
            yield Static(safe(t("wizard.pick_title", header=self._header[:200])))
            yield Static(safe(fit(" · ".join(dict.fromkeys(self._samples)), 66)), classes="dim")
            yield SafeInput(placeholder=t("wizard.pick_search"), id="pick-search")
            yield FieldList()
            yield Static(safe(t("wizard.pick_hint")), classes="dim")

    def on_mount(self) -> None:
        """Show everything at first."""
        self._search("")
        keys_found = [field.key for field in self._found]
        if self._current in keys_found:
            self.query_one(FieldList).move_to(keys_found.index(self._current))
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, typed: str) -> None:
        wanted = bare(typed)
        self._found = [field for field in self._fields if any(wanted in name for name in names_of(field))]
        lines = [self._line(field) for field in self._found]
        lines.append(f"- {t('wizard.not_imported')}")
        lines.append(f"+ {t('wizard.new_field_named', name=typed.strip()) if typed.strip() else t('wizard.new_field')}")
        self.query_one(FieldList).show_lines(lines)
        if typed.strip() and not self._found:
            # Nothing has that name: making it is what is meant.
            self.query_one(FieldList).move_to(len(lines) - 1)

    def _line(self, field: Field) -> str:
        text = f"{fit(named(field.key, {field.key: field}), 34)} {fit(t(f'wizard.type_{field.type}'), _TYPE_WIDTH)}"
        holder = self._taken.get(field.key)
        return f"{text} {t('wizard.taken_by', header=holder[:40])}" if holder is not None else text

    def action_move(self, rows: int) -> None:
        """Move in the list while the search line has the focus."""
        self.query_one(FieldList).action_move(rows)

    def action_move_page(self, pages: int) -> None:
        """Move in the list while the search line has the focus."""
        self.query_one(FieldList).action_move_page(pages)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(FieldList).action_open()

    @on(RowList.Opened)
    def _chosen(self, event: RowList.Opened) -> None:
        event.stop()
        if event.row_list.cursor < len(self._found):
            self.dismiss(Picked(self._found[event.row_list.cursor]))
        elif event.row_list.cursor == len(self._found):
            self.dismiss(Picked(None))
        else:
            typed = self.query_one(Input).value.strip()
            is_key = custom_key(typed) is not None
            self.app.push_screen(
                NewField(
                    self._workspace,
                    typed if is_key else proposed_key(self._header),
                    self._header if is_key or not typed else typed,
                    proposed_type(self._samples),
                ),
                self._made,
            )

    def _made(self, field: Field | None) -> None:
        if field is not None:
            self.dismiss(Picked(field))

    def action_back(self) -> None:
        """Leave the column as it was."""
        self.dismiss(None)
