"""Where to save a file; it is saved from here, so that a path that does not work can be mended."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from textual.worker import get_current_worker

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.tui import keys
from crm_tui.tui.jobs import as_crm_error
from crm_tui.tui.widgets.folder import Entry, abbreviated, read_folder, resolve, split
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.path_input import PathInput
from crm_tui.tui.widgets.safe_text import safe


class SaveFile(ModalScreen[Path | None]):
    """Returns where the file was saved; None when it was not."""

    CSS_PATH = "../../styles/dialogs.tcss"

    class Saved(Message):
        """From the thread: how it went."""

        def __init__(self, path: Path, error: CrmError | None) -> None:
            super().__init__()
            self.path = path
            self.error = error

    def __init__(self, title: str, path: Path, save: Callable[[Path], None]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._title = title
        self._proposed = path
        self._save = save
        self._is_saving = False
        self._may_replace: Path | None = None
        """The file that the manager was told of: Enter again replaces it."""

    def compose(self) -> ComposeResult:
        """Lay out the path and the buttons."""
        with Vertical(classes="dialog"):
            yield Static(safe(self._title))
            yield PathInput(abbreviated(self._proposed), self._entries, id="save-path")
            yield Static("", id="save-told", classes="warning")
            yield Static(safe(t("wizard.save_hint")), classes="dim")
            with Horizontal(classes="buttons"):
                yield LineButton(t("wizard.save"), id="save")
                yield LineButton(t("wizard.leave"), id="leave")

    def on_mount(self) -> None:
        """Start behind the proposed name."""
        self._tell("")
        line = self.query_one(PathInput)
        line.focus()
        line.cursor_position = len(line.value)

    def _entries(self) -> Sequence[Entry]:
        try:
            return read_folder(resolve(split(self.query_one(PathInput).value)[0]), {self._proposed.suffix})
        except (OSError, ValueError):
            return ()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._may_replace = None

    @on(PathInput.Left)
    def _to_buttons(self) -> None:
        self.query_one("#save", Button).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _submit(self) -> None:
        typed = self.query_one(PathInput).value.strip()
        if self._is_saving or not typed:
            return
        path = resolve(typed)
        if path.is_dir():
            path /= self._proposed.name
        if path.suffix.lower() != self._proposed.suffix:
            path = path.with_name(f"{path.name}{self._proposed.suffix}")
        if path.exists() and path != self._may_replace:
            self._may_replace = path
            self._tell(t("wizard.save_exists", path=abbreviated(path)))
            return
        self._is_saving = True
        self._tell(t("wizard.saving"))
        self.run_worker(partial(self._write, path), thread=True, group="save")

    def _write(self, path: Path) -> None:
        error: CrmError | None = None
        try:
            self._save(path)
        except CrmError as refused:
            error = refused
        except OSError as refused:
            error = as_crm_error(refused, path, "output_unwritable")
        if not get_current_worker().is_cancelled:
            self.post_message(self.Saved(path, error))

    def on_save_file_saved(self, event: Saved) -> None:
        """Close, or say what is in the way."""
        self._is_saving = False
        if event.error is None:
            self.dismiss(event.path)
        else:
            self._tell(describe_error(event.error))
            self.query_one(PathInput).focus()

    def _tell(self, text: str) -> None:
        line = self.query_one("#save-told", Static)
        line.display = bool(text)
        line.update(safe(text))

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """Save nothing."""
        self.dismiss(None)
