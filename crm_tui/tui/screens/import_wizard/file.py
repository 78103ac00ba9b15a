"""Which file, and how it is read (R21)."""

from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import proposed_tag
from crm_tui.services.imports import list_imports
from crm_tui.tui import keys
from crm_tui.tui.screens.import_wizard.draft import Opened, Stamp
from crm_tui.tui.screens.import_wizard.raw_rows import RawRows
from crm_tui.tui.screens.import_wizard.reading import open_file
from crm_tui.tui.screens.import_wizard.reading_options import ReadingOptions
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.file_picker import FilePicker, date_text, size_text
from crm_tui.tui.widgets.folder import abbreviated, resolve, shown
from crm_tui.tui.widgets.grid import Grid
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe

_MAX_RECENT = 4
READ_OTHERWISE = frozenset(
    {
        "source_not_decodable",
        "source_unclosed_quote",
        "source_nul",
        "source_cell_too_large",
        "source_no_header",
        "source_delimiter_unknown",
    }
)
"""What is wrong with a file only if it is read in this way."""


class FileStep(Step):
    """A path typed or picked, then a look at how the file is read."""

    actions = keys.WIZARD_FILE

    class Answered(Message):
        """From the thread: the file, or why it cannot be used."""

        bubble = False

        def __init__(self, path: Path, options: SourceOptions, answer: Opened | CrmError) -> None:
            super().__init__()
            self.path = path
            self.options = options
            self.answer = answer

    class Recent(Message):
        """From the thread: folders that were imported from."""

        bubble = False

        def __init__(self, folders: tuple[Path, ...]) -> None:
            super().__init__()
            self.folders = folders

    _reading: tuple[Path, SourceOptions] | None = None
    """What the thread is opening, or opens next."""

    def compose(self) -> ComposeResult:
        """Lay out the picker, and the look into the file."""
        draft = self.draft
        yield Static(safe(t("wizard.file_title")), id="file-title", classes="title")
        yield FilePicker(draft.typed or abbreviated(resolve("")))
        yield Static("", id="file-told", classes="warning")
        with Vertical(id="found"):
            yield Static("", id="found-file")
            yield ReadingOptions(draft.options)
            yield Static(safe(t("wizard.reading_hint")), classes="dim")
            yield Grid(id="raw")
        yield buttons(LineButton(t("wizard.other_file"), id="other"))

    def on_mount(self) -> None:
        """Show the file that was chosen before, or let one be chosen."""
        self._say("")
        path, opened = self.draft.path, self.draft.opened
        wants_other, self.draft.wants_other_file = self.draft.wants_other_file, False
        if path is None or wants_other:
            self._browse()
        elif opened is not None and opened.source.path == path and opened.stamp == Stamp.of(path):
            self._look(opened)
        else:
            self._open(path)
        self.run_worker(self._find_recent, thread=True, group="recent")

    @property
    def next_step(self) -> str:
        """The step that follows: what the columns are, or which of them says who withdrew."""
        return "who" if self.draft.is_withdrawal else "columns"

    def obstacle(self) -> str | None:
        """Ask for a file that can be read."""
        if self._reading is not None:
            return t("wizard.file_reading")
        return None if self.draft.opened else t("wizard.file_missing")

    def go_on(self) -> None:
        """Take what is typed; once the file was looked at, go on."""
        if self.has_class("-found") or self._reading is not None:
            super().go_on()
        else:
            self.query_one(FilePicker).submit()

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _browse(self) -> None:
        self.set_class(False, "-found")
        self.query_one("#other").display = False
        self.query_one(FilePicker).focus_line()

    def _find_recent(self) -> None:
        try:
            folders = tuple(dict.fromkeys(record.path.parent for record in list_imports(self.workspace)))
        except CrmError:
            return  # a convenience; what is wrong with the database is said where it matters
        if not get_current_worker().is_cancelled:
            self.post_message(self.Recent(tuple(folder for folder in folders if folder.is_dir())[:_MAX_RECENT]))

    def on_file_step_recent(self, event: Recent) -> None:
        """Offer the folders."""
        self.query_one(FilePicker).show_recent(event.folders)

    @on(FilePicker.Edited)
    def _edited(self, event: FilePicker.Edited) -> None:
        event.stop()
        self.draft.typed = event.typed

    @on(FilePicker.Picked)
    def _picked(self, event: FilePicker.Picked) -> None:
        event.stop()
        draft = self.draft
        if event.path != draft.path:
            # Another file is found out about from the beginning; a tag that was typed stays.
            draft.options = SourceOptions()
            if draft.path is None or draft.tag == proposed_tag(draft.path):
                draft.tag = proposed_tag(event.path)
        draft.path = event.path
        self._open(event.path)

    @on(Button.Pressed, "#other")
    def action_other_file(self) -> None:
        """Choose another file."""
        self._browse()

    # -- opening ----------------------------------------------------------------------------------------------------

    def _open(self, path: Path) -> None:
        """Open the file in a thread; when one is being opened, this one is the next."""
        self._say(t("wizard.file_reading_path", path=shown(path.name)))
        wanted = (path, self.draft.options)
        is_idle, self._reading = self._reading is None, wanted
        if is_idle:
            self.run_worker(partial(self._read, *wanted), thread=True, group="open_source")

    def _read(self, path: Path, options: SourceOptions) -> None:
        answer = open_file(path, options)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(path, options, answer))

    def on_file_step_answered(self, event: Answered) -> None:
        """Show the file, unless another reading was asked for meanwhile."""
        wanted = self._reading
        self._reading = None
        if wanted is not None and wanted != (event.path, event.options):
            self._open(wanted[0])
            return
        if isinstance(event.answer, CrmError):
            self.draft.opened = None
            self._say(describe_error(event.answer))
            if event.options != SourceOptions() or event.answer.code in READ_OTHERWISE:
                # Another reading may do: it is chosen, or changed back, in the same place.
                self._look(None)
            else:
                self._browse()
            return
        self.draft.opened = event.answer
        self._say("")
        self._look(event.answer)

    def _say(self, text: str) -> None:
        line = self.query_one("#file-told", Static)
        line.display = bool(text)
        line.update(safe(text))

    def _look(self, opened: Opened | None) -> None:
        """Show how the file is read."""
        self.set_class(True, "-found")
        self.query_one("#other").display = True
        self.query_one(Grid).display = opened is not None
        options = self.query_one(ReadingOptions)
        options.show_source(opened.source if opened else None, self.draft.options)
        if opened is not None:
            self.query_one("#found-file", Static).update(safe(_about(opened)))
            self.query_one(Grid).show(RawRows(opened), 0)
        elif self.draft.path is not None:
            self.query_one("#found-file", Static).update(safe(shown(self.draft.path.name)))
        options.focus()

    @on(ReadingOptions.Changed)
    def _reading_changed(self, event: ReadingOptions.Changed) -> None:
        event.stop()
        self.draft.options = event.options
        if self.draft.path is not None:
            self._open(self.draft.path)

    @on(RowList.Opened)
    def _enter(self, event: RowList.Opened) -> None:
        event.stop()
        self.go_on()


def _about(opened: Opened) -> str:
    source = opened.source
    return " · ".join(
        (
            shown(source.path.name),
            size_text(source.bytes_total),
            date_text(source.changed_ns / 1e9),
            t("wizard.columns_count", count=f"{len(source.headers):,}"),
            t("wizard.rows_count", count=f"{source.rows_total:,}"),
        )
    )
