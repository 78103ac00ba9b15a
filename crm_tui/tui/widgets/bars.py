"""The three lines around every place: where one is, how it stands, which keys there are."""

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_text import fit, line

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

MAX_KEYS = 6
_PLACES = (("contacts", "F2"), ("imports", "F4"))


class PlaceBar(Widget):
    """The places with what is in them, the one that is open in brackets; at the right the running import."""

    def on_mount(self) -> None:
        """Follow the numbers and the import."""
        for name in ("counts", "progress"):
            self.watch(self.app, name, self._redraw, init=False)

    def _redraw(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Draw."""
        app = cast("CrmApp", self.app)
        parts = [Content(" ")]
        for place, key in _PLACES:
            count = app.counts.get(place)
            text = t(f"contacts.place_{place}") + (f" {count:,}" if count is not None else "")
            is_open = app.current_mode == place
            parts += [
                Content(f"{key} ").stylize("dim"),
                Content(f"[{text}]").stylize("bold $accent") if is_open else Content(f" {text} "),
                Content(" "),
            ]
        left = Content("").join(parts)
        right = f"{line(app.progress)} "
        space = self.size.width - left.cell_length - cell_len(right)
        return left if space < 1 else Content("").join([left, Content(" " * space), Content(right).stylize("bold")])


class StatusLine(Widget):
    """How the place stands, or, for a while, what has just happened."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left = ""
        self._right = ""

    def on_mount(self) -> None:
        """Follow what the program has to tell."""
        self.watch(self.app, "notice", self._redraw, init=False)

    def _redraw(self) -> None:
        self.refresh()

    @property
    def text(self) -> str:
        """What stands there now."""
        return cast("CrmApp", self.app).notice or self._left

    def say(self, left: str, right: str = "") -> None:
        """Show how the place stands."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> RenderResult:
        """Draw."""
        width = max(0, self.size.width - 2)
        if notice := cast("CrmApp", self.app).notice:
            return Content(f" {fit(notice, width)}").stylize("bold")
        right = f" {line(self._right)}" if cell_len(self._left) + cell_len(self._right) < width else ""
        return Content(f" {fit(self._left, width - cell_len(right))}{right}").stylize("dim")


class KeyBar(Widget):
    """At most six keys that do something now, in one line that never wraps."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, str]] = []

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._redraw)

    def _redraw(self, _screen: Screen[object]) -> None:
        if self.offered() != self._shown:
            self.refresh()

    def offered(self) -> list[tuple[str, str]]:
        """Return the keys and what they do; letters are left out while they are typed."""
        focused = self.screen.focused
        offered: dict[str, tuple[str, str]] = {}
        for key, (_, binding, enabled, _) in self.screen.active_bindings.items():
            is_typed = focused is not None and focused.check_consume_key(key, keys.typed(key))
            if binding.show and enabled and not is_typed:
                offered.setdefault(binding.action, (keys.display(key), binding.description))
        return list(offered.values())[:MAX_KEYS]

    def render(self) -> RenderResult:
        """Draw as many keys as there is room for."""
        parts = [Content(" ")]
        room = self.size.width - 1
        self._shown = self.offered()
        for key, name in self._shown:
            room -= cell_len(key) + cell_len(name) + 3
            if room < -2:
                break
            parts += [Content(key).stylize("bold $accent"), Content(f" {name}  ")]
        return Content("").join(parts)
