"""What a role allows: a line for each permission (R51)."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui.core.permissions import Permission
from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, safe

_NAME_WIDTH = 24


class PermissionList(RowList):
    """Every permission with a box."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.CHECKS

    def __init__(self, permissions: frozenset[Permission]) -> None:
        super().__init__(id="permission-list")
        self._listed = tuple(Permission)
        self.chosen = permissions
        """Those whose box is full."""
        self.total = len(self._listed)
        self.styles.height = self.total

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a permission: whether it is given, its name, what it means."""
        one = self._listed[row]
        box = "[x]" if one in self.chosen else "[ ]"
        about = t(f"team.what_{one}")
        return fit(f"{box} {fit(t(f'team.permission_{one}'), _NAME_WIDTH)} {about}", width), "row-list--row"

    def action_turn_on_or_off(self) -> None:
        """Give the permission, or take it away."""
        self.chosen = self.chosen ^ {self._listed[self.cursor]}
        self.redraw()


class PermissionsDialog(ModalScreen[frozenset[Permission] | None]):
    """Returns what is to be allowed; None when it stays as it is."""

    CSS_PATH = "../styles/dialogs.tcss"

    def __init__(self, name: str, permissions: frozenset[Permission]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.DIALOG)
        self._name = name
        self._permissions = permissions

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(safe(t("team.permissions_title", name=self._name)), classes="dialog-title")
            yield PermissionList(self._permissions)
            yield Static(safe(t("team.permissions_hint")), classes="hint")

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one(PermissionList).focus()

    @on(RowList.Opened)
    def _apply(self) -> None:
        self.dismiss(self.query_one(PermissionList).chosen)

    def action_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)
