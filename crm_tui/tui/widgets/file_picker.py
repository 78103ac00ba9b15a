"""A path typed with completion, or picked from the list below it; folders are read in a thread."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.folder import Entry, abbreviated, matching, read_folder, resolve, split
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.path_input import PathInput
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, safe
from crm_tui.tui.widgets.times import zone_name

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_SIZE_WIDTH = 9
_DATE_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list."""

    path: Path
    name: str
    is_folder: bool
    entry: Entry | None = None
    """None for recent folders and the one above."""


def size_text(size: int) -> str:
    """Return a number of bytes as a person reads it."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def date_text(seconds: float) -> str:
    """Return a moment in the zone of this computer."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):  # a file from the year 60000
        return "-"


class FileList(LineList):
    """Folders and files, a line each."""

    class Typed(Message):
        """A character was typed on the list: it belongs to the path."""

        def __init__(self, character: str) -> None:
            super().__init__()
            self.character = character

    class Up(Message):
        """The folder above is wanted, or the path line when the cursor is at the top."""

        def __init__(self, to_line: bool) -> None:
            super().__init__()
            self.to_line = to_line

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.FILES

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.lines = lines
        self.set_rows(len(lines), 0)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return name, size and date; the name is cut first."""
        line = self.lines[row]
        if line.entry is None:
            return fit(line.name, width), "dim"
        name_width = width - _SIZE_WIDTH - _DATE_WIDTH - 2
        size = "" if line.is_folder else size_text(line.entry.size)
        text = fit(line.name + (os.sep if line.is_folder else ""), name_width)
        return f"{text} {size:>{_SIZE_WIDTH}} {date_text(line.entry.modified_at)}", "row"

    def action_move(self, rows: int) -> None:
        """Move; up from the first line goes to the path."""
        if rows < 0 and self.cursor == 0:
            self.post_message(self.Up(to_line=True))
        else:
            super().action_move(rows)

    def action_folder_above(self) -> None:
        """Go to the folder above."""
        self.post_message(self.Up(to_line=False))

    def on_key(self, event: Key) -> None:
        """Hand what is typed to the path."""
        if event.is_printable and event.character is not None and event.character != " ":
            event.stop()
            event.prevent_default()
            self.post_message(self.Typed(event.character))


class FilePicker(Vertical):
    """The line holds the path; the list shows what it may become."""

    class Picked(Message):
        """A file was chosen."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Edited(Message):
        """The path is another now."""

        def __init__(self, typed: str) -> None:
            super().__init__()
            self.typed = typed

    class Read(Message):
        """From the thread: what lies in a folder."""

        bubble = False

        def __init__(self, folder: Path, entries: tuple[Entry, ...], is_readable: bool) -> None:
            super().__init__()
            self.folder = folder
            self.entries = entries
            self.is_readable = is_readable

    def __init__(self, typed: str) -> None:
        super().__init__()
        self._typed = typed
        self._looked_at: str | None = None
        """The folder as it was typed when it was looked for."""
        self._folder: Path | None = None
        self._entries: tuple[Entry, ...] = ()
        self._is_readable = True
        self._wanted: Path | None = None
        self._recent: Sequence[Path] = ()
        self._lines: list[Line] = []

    def compose(self) -> ComposeResult:
        """Lay out the line over the list."""
        yield PathInput(self._typed, self._entries_there, id="path")
        yield Static("", id="folder-told", markup=False)
        yield FileList(id="files")

    def on_mount(self) -> None:
        """Look at what is typed already."""
        line = self.query_one(PathInput)
        line.cursor_position = len(line.value)
        self._look()

    def focus_line(self) -> None:
        """Let the manager type."""
        self.query_one(PathInput).focus()

    def show_recent(self, folders: Sequence[Path]) -> None:
        """Offer the folders that were imported from last."""
        self._recent = folders
        self._show_lines()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(event.value))
        self._look()

    def _entries_there(self) -> Sequence[Entry] | None:
        self._look()
        return None if self._wanted is not None else self._entries

    def _look(self) -> None:
        """Show the folder that is being typed, reading it if it is another."""
        typed = split(self.query_one(PathInput).value)[0]
        folder = self._wanted or self._folder if typed == self._looked_at else resolve(typed)
        self._looked_at = typed
        if folder is None:
            return
        if folder == self._folder:
            self._wanted = None
            self._show_lines()
        elif folder != self._wanted:
            self._wanted = folder
            self._tell(t("wizard.folder_reading"))
            self.run_worker(partial(self._read, folder), thread=True, group="folder")

    def _read(self, folder: Path) -> None:
        try:
            answer = self.Read(folder, read_folder(folder, SUFFIXES), is_readable=True)
        except (OSError, ValueError):
            answer = self.Read(folder, (), is_readable=False)
        if not get_current_worker().is_cancelled:
            self.post_message(answer)

    def on_file_picker_read(self, event: Read) -> None:
        """Show a folder, if it is still the one that is being typed."""
        if event.folder != self._wanted:
            return
        self._wanted = None
        self._folder, self._entries, self._is_readable = event.folder, event.entries, event.is_readable
        self._show_lines()
        self.query_one(PathInput).folder_read()

    def _show_lines(self) -> None:
        folder = self._folder
        if folder is None:
            return
        name = split(self.query_one(PathInput).value)[1]
        found = matching(self._entries, name)
        lines = [Line(entry.path, entry.name, entry.is_folder, entry) for entry in found]
        if not name:
            lines[:0] = [
                Line(path, t("wizard.recent_folder", path=abbreviated(path)), True)
                for path in self._recent
                if path != folder
            ]
            if folder.parent != folder:
                lines.append(Line(folder.parent, t("wizard.folder_above", path=abbreviated(folder.parent)), True))
        self._lines = lines
        self.query_one(FileList).show_lines(lines)
        if not self._is_readable:
            self._tell(t("wizard.folder_unreadable"))
        elif not found:
            self._tell(t("wizard.folder_nothing" if name else "wizard.folder_empty"))
        else:
            folders = sum(entry.is_folder for entry in found)
            counts = {"folders": f"{folders:,}", "files": f"{len(found) - folders:,}", "zone": zone_name()}
            self._tell(t("wizard.folder_found", **counts))

    def _tell(self, text: str) -> None:
        self.query_one("#folder-told", Static).update(safe(text))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.submit()

    def submit(self) -> None:
        """Take the typed file or folder, else the only one that it can mean."""
        path = resolve(self.query_one(PathInput).value)
        found = [line for line in self._lines if line.entry is not None]
        if not os.path.lexists(path) and len(found) == 1 and self._wanted is None:
            path = found[0].path
        self._choose(path, path.is_dir())
        if not os.path.lexists(path):
            # It may have been there a moment ago, or be there now under another name: look again.
            self._looked_at = self._folder = None
            self._look()

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        event.stop()
        line = self._lines[event.row_list.cursor]
        self._choose(line.path, line.is_folder)

    def _choose(self, path: Path, is_folder: bool) -> None:
        line = self.query_one(PathInput)
        line.show(abbreviated(path))
        if not is_folder:
            self.post_message(self.Picked(path))

    @on(PathInput.Left)
    def _to_list(self, event: PathInput.Left) -> None:
        event.stop()
        self.query_one(FileList).focus()

    @on(FileList.Typed)
    def _type(self, event: FileList.Typed) -> None:
        event.stop()
        line = self.query_one(PathInput)
        line.focus()
        line.show(line.value + event.character)

    @on(FileList.Up)
    def _up(self, event: FileList.Up) -> None:
        event.stop()
        if event.to_line:
            self.focus_line()
        elif self._folder is not None:
            self._choose(self._folder.parent, is_folder=True)
