"""Which column says who withdrew, and by what: member ids, e-mails or mobile numbers."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from crm_tui.core.fields import BUILT_IN
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell
from crm_tui.i18n import field_label, t
from crm_tui.services.withdrawing import WITHDRAWN_BY
from crm_tui.tui.screens.import_wizard.preview import reason
from crm_tui.tui.screens.import_wizard.raw_rows import CLIPPED, title
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, safe

_NAME_WIDTH = 24
_EXAMPLES = 3
_FIELDS = tuple(BUILT_IN[key] for key in WITHDRAWN_BY)
_FIRST: tuple[str | None, ...] = (None, *WITHDRAWN_BY)
"""In the order of the answers; the first one chooses nothing."""


class WhoStep(Step):
    """A field and a column."""

    next_step = "found"

    def compose(self) -> ComposeResult:
        """Lay out the fields and the columns."""
        about, source = self.draft.withdrawal, self.draft.source
        headers: tuple[str, ...] = ()
        if source is not None:
            about.propose(source)
            headers = source.headers
        yield Static(safe(t("withdrawn.by_title")), classes="title")
        yield Choices([t("withdrawn.not_chosen"), *map(field_label, _FIELDS)], _FIRST.index(about.by), id="by")
        yield Static(safe(t("withdrawn.column_title")), classes="title")
        answers = [t("withdrawn.not_chosen"), *map(self._about, range(len(headers)))]
        columns = Choices(answers, _row(about.column), id="who-columns")
        columns.styles.height = "1fr"
        yield columns
        yield Static("", id="who-told", classes="warning")
        yield Static(safe(t("withdrawn.by_means")), classes="dim")
        yield buttons()

    def on_mount(self) -> None:
        """Begin with the field."""
        self._judge()
        self.query_one("#by").focus()

    def _about(self, column: int) -> str:
        """Return a column's name and its first values."""
        source = self.draft.source
        assert source is not None  # there are columns
        values = [value for value in self._cells(column) if value.strip()][:_EXAMPLES]
        return f"{fit(title(source.headers[column], column), _NAME_WIDTH)} {', '.join(values)}"

    def _cells(self, column: int) -> list[str]:
        rows = self.draft.opened.rows if self.draft.opened else ()
        return [cells[column][:CLIPPED] for _, cells in rows if column < len(cells)]

    def _judge(self) -> None:
        """Say how many of the first rows hold something else than the field."""
        about = self.draft.withdrawal
        told = self.query_one("#who-told", Static)
        told.display = False
        if about.by is None or about.column is None:
            return
        field = BUILT_IN[about.by]
        parsed = [(cell, parse_cell(cell, field)) for cell in self._cells(about.column)]
        wrong = [(cell, value) for cell, value in parsed if isinstance(value, Problem)]
        blank = sum(value is None for _, value in parsed)
        told.display = bool(wrong or blank)
        if not wrong:
            told.update(safe(t("withdrawn.doubt_blank", count=blank, rows=len(parsed))))
        else:
            cell, problem = wrong[0]
            words = {"count": len(wrong), "rows": len(parsed), "field": field_label(field), "value": cell}
            told.update(safe(t("withdrawn.doubt", **words, reason=reason(problem))))

    @on(Choices.Changed)
    def _changed(self, event: Choices.Changed) -> None:
        event.stop()
        about, source = self.draft.withdrawal, self.draft.source
        if event.choices.id == "who-columns":
            about.take_column(event.index - 1 if event.index else None)
        elif source is not None:
            about.take_by(source, _FIRST[event.index])
            columns = self.query_one("#who-columns", Choices)
            columns.set_rows(columns.total, _row(about.column))
        self._judge()

    @on(RowList.Opened)
    def _enter(self, event: RowList.Opened) -> None:
        event.stop()
        self.go_on()

    def obstacle(self) -> str | None:
        """Ask for a file that can be read, and for whatever is not chosen yet."""
        about = self.draft.withdrawal
        if self.draft.source is None:
            return t("wizard.file_missing")
        return None if about.by is not None and about.column is not None else t("withdrawn.choose")


def _row(column: int | None) -> int:
    """Return the answer that a column is; the first one chooses nothing."""
    return 0 if column is None else column + 1
