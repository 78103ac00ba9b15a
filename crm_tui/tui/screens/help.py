"""The keys and what they do, and the palette: lists to search; Enter does it."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.commands import Command
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import fit

_KEYS_WIDTH = 24
_MAX_ROWS = 14
_OTHER_ROWS = 8
"""Border, title, line and hint, with the gaps between them."""
Group = tuple[str, Sequence[Command]]
"""A heading ("": none) and what stands under it."""


class CommandList(RowList, can_focus=False):
    """Headings and commands."""

    def __init__(self) -> None:
        super().__init__(id="commands")
        self._lines: list[str | Command] = []

    @property
    def current(self) -> Command | None:
        """The command under the cursor."""
        found = self._lines[self.cursor] if self._lines else None
        return found if isinstance(found, Command) else None

    def show(self, groups: Sequence[Group]) -> None:
        """Take other lines; the cursor goes to the first command."""
        self._lines = []
        for heading, commands in groups:
            if heading and commands:
                self._lines += [""] if self._lines else []
                self._lines.append(heading)
            self._lines += commands
        first = next((row for row in range(len(self._lines)) if self.can_stand(row)), 0)
        self.top, self.cursor = 0, first
        self.set_rows(len(self._lines), first)

    def can_stand(self, row: int) -> bool:
        """Pass over headings."""
        return isinstance(self._lines[row], Command)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a heading, or a command with its keys."""
        found = self._lines[row]
        if isinstance(found, str):
            return fit(found, width), "row-list--header"
        shown = fit(keys.keys_text(found.action), _KEYS_WIDTH)
        room = width - _KEYS_WIDTH - 1
        if found.is_permitted:
            return f"{fit(found.action.name, room)} {shown}", "row-list--row"
        return f"{fit(t('team.not_permitted_mark', action=found.action.name), room)} {shown}", "row-list--dim"


class CommandScreen(ModalScreen[Command | None]):
    """A list of commands; what is typed filters it, by the names in both languages and by the keys."""

    def __init__(self, title: str, groups: Sequence[Group]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.COMMAND_LIST)
        self._title = title
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield SafeInput(placeholder=t("keys.find"), id="command-filter")
            yield CommandList()
            yield Static(t("keys.nothing_found"), id="no-command", markup=False)
            yield Static(t("keys.list_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Show all."""
        self._fill("")

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def _fill(self, wanted: str) -> None:
        found = [
            (heading, [command for command in commands if command.matches(wanted)])
            for heading, commands in self._groups
        ]
        shown = self.query_one(CommandList)
        shown.show(found)
        self.query_one("#no-command").display = not shown.total
        self._fit()

    def on_resize(self) -> None:
        """Make the list as long as there is room for."""
        self._fit()

    def _fit(self) -> None:
        shown = self.query_one(CommandList)
        shown.styles.height = max(1, min(shown.total, _MAX_ROWS, self.size.height - _OTHER_ROWS))

    @on(Input.Submitted)
    @on(RowList.Opened)
    def _choose(self) -> None:
        self.dismiss(self.query_one(CommandList).current)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.query_one(CommandList).action_move(rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is in sight."""
        self.query_one(CommandList).action_move_page(pages)

    def action_back(self) -> None:
        """Close."""
        self.dismiss(None)
