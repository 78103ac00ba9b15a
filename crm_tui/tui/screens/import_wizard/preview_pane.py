"""The first rows beside the list of columns, what becomes of each cell, and what the whole file says."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from crm_tui.services.importing.survey import Survey
from crm_tui.tui.screens.import_wizard.preview import Preview
from crm_tui.tui.screens.import_wizard.remarks import counts_text, remarks_of
from crm_tui.tui.widgets.grid import Grid
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.wrapped_lines import WrappedLines


class Reason(WrappedLines, can_focus=False):
    """A sentence of a few lines; another one repaints only the lines that it changes."""

    def __init__(self) -> None:
        super().__init__(id="reason")


class PreviewPane(Vertical):
    """Counts, the rows, and a sentence about the cell under the cursor."""

    class Focused(Message):
        """The cursor is in the rows now."""

    def __init__(self) -> None:
        super().__init__(id="preview-pane")
        self._preview: Preview | None = None
        self._survey: Survey | None = None

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static("", id="counts")
        yield Static("", id="remarks")
        yield Grid(id="preview")
        yield Reason()

    @property
    def _grid(self) -> Grid:
        return self.query_one(Grid)

    def show_preview(self, preview: Preview, row: int) -> None:
        """Show the first rows; `row` is the line of the list that the cursor stands on."""
        self._preview = preview
        self._grid.show(preview, row)

    def show_survey(self, survey: Survey | None) -> None:
        """Show what is known about the whole file."""
        self._survey = survey
        self.query_one("#counts", Static).update(safe(counts_text(self, survey)))
        self.query_one("#remarks", Static).update(safe("\n".join(remarks_of(survey))))

    def move_to_line(self, row: int) -> None:
        """Follow the cursor of the list."""
        self._grid.move_to(self._grid.row, row)

    def say(self, *columns: int) -> None:
        """Say what becomes of the cell under the cursor.

        Args:
            columns: What the list stands on while it has the focus: where all remarks do not fit on the screen, those
                about it are said instead.
        """
        if not self.is_attached:
            return  # told by a thread while the step is left
        text = self._preview.sentence(self._grid.row, self._grid.column) if self._preview else ""
        if columns and not self.screen.has_class("-wide"):
            text = " ".join(remarks_of(self._survey, *columns)) or text
        self.query_one(Reason).show_texts([text] if text else [])

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        event.stop()
        self.post_message(self.Focused())
