"""The first rows as they would be stored, or what is wrong with them (R22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.core.fields import Field
from crm_tui.core.problems import Problem
from crm_tui.core.validation import ParsedRow, print_value, row_parser
from crm_tui.i18n import describe, field_label, t
from crm_tui.tui.screens.import_wizard.draft import Opened, Row
from crm_tui.tui.screens.import_wizard.raw_rows import CLIPPED, title
from crm_tui.tui.widgets.grid import Cell


def reason(problem: Problem) -> str:
    """Return what is wrong in a sentence of bearable length: a value of megabytes may stand in it."""
    params = {name: value[:CLIPPED] if isinstance(value, str) else value for name, value in problem.params.items()}
    return describe(Problem(problem.code, problem.field, params))


@dataclass(frozen=True, slots=True)
class Preview:
    """A table of the first rows, the columns in the order of the list beside it."""

    rows: Sequence[Row]
    parsed: Sequence[ParsedRow]
    order: Sequence[int]
    fields: Sequence[Field | None]
    """By the file's columns."""
    titles: Sequence[str]
    row_names: Sequence[str]

    def _field(self, column: int) -> Field | None:
        return self.fields[self.order[column]]

    def _raw(self, row: int, column: int) -> str:
        cells = self.rows[row][1]
        place = self.order[column]
        return cells[place][:CLIPPED] if place < len(cells) else ""

    def problem(self, row: int, column: int) -> Problem | None:
        """Return what is wrong with a cell, or else with its whole row."""
        field = self._field(column)
        problems = self.parsed[row].problems
        own = (problem for problem in problems if field is not None and problem.field == field.key)
        whole = (problem for problem in problems if not problem.field)
        return next(own, None) or next(whole, None)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell as it will be stored, or as it stands where it cannot be."""
        field = self._field(column)
        if field is None:
            return Cell(self._raw(row, column), "dim")
        if self.problem(row, column) is not None:
            return Cell(self._raw(row, column) or t("wizard.blank"), "bad")
        value = self.parsed[row].values.get(field.key)
        return Cell("" if value is None else print_value(value, field.type)[:CLIPPED])

    def is_bad(self, row: int) -> bool:
        """Say whether the row would fail."""
        return bool(self.parsed[row].problems)

    def sentence(self, row: int, column: int) -> str:
        """Say what becomes of a cell."""
        if not self.rows:
            return ""
        field = self._field(column)
        where = t("wizard.cell_where", row=self.row_names[row], column=self.titles[column])
        problem = self.problem(row, column)
        if problem is not None and (field is not None or not problem.field):
            return f"{where} {reason(problem)}"
        if field is None:
            return f"{where} {t('wizard.cell_not_imported')}"
        raw, stored = self._raw(row, column), self.cell(row, column).text
        if not stored:
            return f"{where} {t('wizard.cell_blank')}"
        if raw == stored:
            return f"{where} {stored}"
        return f"{where} {t('wizard.cell_becomes', raw=raw, stored=stored)}"


def make_preview(
    opened: Opened, order: Sequence[int], columns: Sequence[str | None], by_key: Mapping[str, Field], key: str
) -> Preview:
    """Check the first rows of a file under a mapping."""
    fields = [by_key.get(name) if name else None for name in columns]
    parse = row_parser(fields, key)
    titles = []
    for place in order:
        field = fields[place]
        header = title(opened.source.headers[place], place)
        titles.append(field_label(field) if field else f"({header})")
    return Preview(
        opened.rows,
        [parse(cells) for _, cells in opened.rows],
        order,
        fields,
        titles,
        [f"{number:,}" for number, _ in opened.rows],
    )
