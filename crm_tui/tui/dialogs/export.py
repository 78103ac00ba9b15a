"""Exporting asks where to, which columns, and for a password."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError
from crm_tui.services.exporting import PASSWORD_LENGTHS, SUFFIXES
from crm_tui.tui.dialogs.dialog import Dialog, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.folder import Entry, abbreviated, read_folder, resolve, split
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.path_input import PathInput
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Where to, and what."""

    path: Path
    all_columns: bool
    password: str | None


class PasswordInput(SafeInput):
    """Shows a sign for each character."""

    @property
    def _shown(self) -> str:
        return "*" * len(self.value)


class ExportDialog(Dialog[ExportOrder]):
    """Returns where to and what; None when nothing is exported."""

    def __init__(
        self,
        subject: str,
        path: Path,
        columns: int,
        check: Callable[[Path, str | None], None],
        *,
        all_columns: bool = False,
        told: str = "",
    ) -> None:
        super().__init__(subject, told)
        self._path = path
        self._columns = columns
        """How many are shown."""
        self._check = check
        """Raises what is wrong with a path and a password; called in a thread."""
        self._all_columns = all_columns
        self._may_replace: Path | None = None
        """The file that the manager was told of: Enter again replaces it."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        answers = [t("desk.export_shown", count=self._columns), t("desk.export_all")]
        with Vertical(classes="dialog"):
            yield from self.heading(t("desk.export_title"))
            yield Label(t("desk.export_path"), markup=False)
            yield PathInput(abbreviated(self._path), self._entries, id="path")
            yield Label(t("desk.export_columns"), markup=False)
            yield Choices(answers, int(self._all_columns), id="columns")
            yield Label(t("desk.export_password", count=PASSWORD_LENGTHS.start), markup=False)
            yield PasswordInput(id="password")
            yield PasswordInput(id="password-again")
            yield self.told_line()
            yield Static(t("desk.export_hint"), classes="dim", id="hint", markup=False)
            yield buttons(LineButton(t("desk.export"), id="act"))

    def on_mount(self) -> None:
        """Start behind the proposed name."""
        line = self.query_one(PathInput)
        line.focus()
        line.cursor_position = len(line.value)
        self._password_changed()

    def _entries(self) -> Sequence[Entry]:
        try:
            return read_folder(resolve(split(self.query_one(PathInput).value)[0]), set(SUFFIXES))
        except (OSError, ValueError):
            return ()

    @on(PathInput.Left)
    def _to_columns(self) -> None:
        self.query_one("#columns").focus()

    @on(Input.Changed, "#path")
    def _path_changed(self) -> None:
        self._may_replace = None

    @on(Input.Changed, "#password")
    def _password_changed(self) -> None:
        again = self.query_one("#password-again", SafeInput)
        again.placeholder = t("desk.export_password_again")
        again.disabled = not self.query_one("#password", SafeInput).value

    @on(Input.Submitted)
    @on(RowList.Opened)
    @on(Button.Pressed, "#act")
    def _submit(self, event: Message) -> None:
        event.stop()
        typed = self.query_one(PathInput).value.strip()
        if not typed:
            return self._refuse("#path", t("desk.export_no_path"))
        path = resolve(typed)
        if path.is_dir():
            path /= self._path.name
        if not path.suffix:
            path = path.with_name(f"{path.name}.xlsx")
        password, again = (self.query_one(f"#{name}", SafeInput).value for name in ("password", "password-again"))
        order = ExportOrder(path, bool(self.query_one(Choices).cursor), password or None)
        is_repeated = password == again or not password
        check = partial(self._check, path, order.password)
        self.check_in_thread(check, partial(self._checked, order, is_repeated))

    def _checked(self, order: ExportOrder, is_repeated: bool, wrong: CrmError | None) -> None:
        if wrong is not None:
            self._refuse("#password" if "password" in wrong.code else "#path", describe_error(wrong))
        elif not is_repeated:
            self._refuse("#password-again", t("desk.export_password_differs"))
        elif order.path.exists() and order.path != self._may_replace:
            self._may_replace = order.path
            self.tell(t("desk.export_exists", path=abbreviated(order.path)))
        else:
            self.dismiss(order)

    def _refuse(self, where: str, sentence: str) -> None:
        self.tell(sentence)
        self.query_one(where).focus()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_back()
