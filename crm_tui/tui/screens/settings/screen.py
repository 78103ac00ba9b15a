"""The place of the settings: a strip of tabs, a line to find by, and the open tab."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from crm_tui.core.permissions import Permission
from crm_tui.i18n import t
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.place import Place
from crm_tui.tui.screens.settings.fields import FieldsPane
from crm_tui.tui.screens.settings.managed import ManagedPane
from crm_tui.tui.screens.settings.managers import ManagersPane
from crm_tui.tui.screens.settings.pane import Pane
from crm_tui.tui.screens.settings.roles import RolesPane
from crm_tui.tui.screens.settings.tags import TagsPane
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.tab_strip import TabStrip
from crm_tui.tui.widgets.times import zone_name

_TABS = ("tags", "fields", "managers", "roles", "managed")


class SettingsScreen(Place):
    """F9: the tags, the fields, the managers, the roles, the managed users."""

    CSS_PATH = "../../styles/settings.tcss"
    NEEDS: ClassVar[Permission | None] = None

    def __init__(self) -> None:
        super().__init__()
        keys.add_bindings(self, keys.SETTINGS)
        self._tab = _TABS[0]
        self._mistakes: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        yield TabStrip([(str(place), t(f"settings.tab_{tab}")) for place, tab in enumerate(_TABS, 1)], id="tabs")
        yield SafeInput(id="filter")
        yield Static("", id="settings-mistake", markup=False)
        yield TagsPane()
        yield FieldsPane()
        yield ManagersPane()
        yield RolesPane()
        yield ManagedPane()
        yield StatusLine()
        yield KeyBar()

    @property
    def _pane(self) -> Pane:
        """The open tab."""
        return self.query_one(f"#{self._tab}-pane", Pane)

    @property
    def _filter(self) -> SafeInput:
        return self.query_one("#filter", SafeInput)

    def on_mount(self) -> None:
        """Begin with the tags."""
        self.action_show_tab(self._tab)

    def open(self, workspace: Workspace) -> None:
        """Read for the first time."""
        self.watch(self.app, "access", self.look, init=False)
        self.look()

    def look(self) -> None:
        """Read again if something changed."""
        if self.is_current and self._pane.show_or_refuse():
            self._pane.look()

    def action_refresh(self) -> None:
        """Read again."""
        if self._pane.show_or_refuse():
            self._pane.reload()
        elif self._pane.NEEDS is not None:
            self.crm.record_refusal(self._pane.NEEDS)

    def action_show_tab(self, tab: str) -> None:
        """Open a tab."""
        self._tab = tab
        for pane in self.query(Pane):
            pane.display = pane is self._pane
            pane.find("")
        self.query_one(TabStrip).open(_TABS.index(tab))
        self._filter.placeholder = t(f"settings.find_{tab}")
        self._filter.show("")
        self._forget_mistakes()
        self.set_focus(self._pane.rows)
        self._say_position()
        self.look()
        # Not where the program looks by itself: what is logged is what the manager wanted.
        if self.workspace is not None and self._is_refused and self._pane.NEEDS is not None:
            self.crm.record_refusal(self._pane.NEEDS)

    @property
    def _is_refused(self) -> bool:
        return not self.crm.may(self._pane.NEEDS)

    def action_other_tab(self, by: int) -> None:
        """Open the next tab, or the one before."""
        self.action_show_tab(_TABS[(_TABS.index(self._tab) + by) % len(_TABS)])

    # -- telling ------------------------------------------------------------------------------------------------

    @on(Pane.Said)
    def _said(self, event: Pane.Said) -> None:
        self._mistakes[event.group] = event.sentence
        self._show_mistakes()

    def _show_mistakes(self) -> None:
        sentence = "\n".join(filter(None, self._mistakes.values()))
        mistake = self.query_one("#settings-mistake", Static)
        if mistake.content != safe(sentence):
            mistake.update(safe(sentence))
            mistake.display = bool(sentence)

    def _forget_mistakes(self) -> None:
        self._mistakes.clear()
        self._show_mistakes()

    @on(RowList.Moved)
    def _say_position(self) -> None:
        # Of what is not shown there is no number: zero would be a false one.
        self.status.say(
            "" if self._is_refused else self._pane.position, zone_name() if self._tab in ("tags", "managers") else ""
        )
        self.refresh_bindings()

    # -- finding ------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#filter")
    def _find(self, event: Input.Changed) -> None:
        self._pane.find(event.value.strip())

    @on(Input.Submitted, "#filter")
    def action_to_list(self) -> None:
        """Leave the line for what it found."""
        self.set_focus(self._pane.rows)

    def action_filter(self) -> None:
        """Go to the line."""
        self.set_focus(self._filter)

    def action_leave(self) -> None:
        """Put away what went wrong; else clear the line, and when it is clear, leave it."""
        if any(self._mistakes.values()):
            self._forget_mistakes()
        elif self._filter.value:
            self._filter.show("")
        else:
            self.set_focus(self._pane.rows)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if not self.is_mounted:
            return True
        if action == "leave":
            return any(self._mistakes.values()) or bool(self._filter.value) or self.focused is self._filter
        if action in ("filter", "to_list"):
            return (self.focused is self._filter) is (action == "to_list")
        if action == "other_tab":
            return self.is_current
        return True
