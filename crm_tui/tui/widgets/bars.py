"""The three lines around every place: where one is, how it stands, which keys there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.i18n import t
from crm_tui.tui.key_names import display, typed
from crm_tui.tui.keys import NEEDED, key_of
from crm_tui.tui.widgets.safe_text import fit, line

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

MAX_KEYS = 6
_PLACES = ("contacts", "blocked", "imports", "activity", "inbox", "settings")


class PlaceBar(Widget):
    """The places with what is in them, the one that is open in brackets; at the right the running work."""

    def on_mount(self) -> None:
        """Follow the numbers and the work."""
        for name in ("counts", "progress"):
            self.watch(self.app, name, self._redraw, init=False)

    def _redraw(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Draw."""
        app = cast("CrmApp", self.app)
        return place_line(app.current_mode, app.counts, app.progress, self.size.width)


def place_line(open_place: str, counts: Mapping[str, int], progress: str, width: int) -> Content:
    """Return the line at the top in exactly so many cells.

    Where there is no room, the names move together. Then the other places lose their numbers, but for customers and
    unread messages, then the open one its own, then the messages theirs; then the others lose their names. The
    progress comes after them all.
    """
    right = f"{line(progress)} " if progress else ""
    left = Content("")
    for form in _forms(open_place):
        left = _places(open_place, {place: counts[place] for place in form.counted if place in counts}, form)
        if left.cell_length + cell_len(right) <= width:
            break
    right = fit(right, max(0, width - left.cell_length), right=True)
    return Content("").join([left, Content(right).stylize("bold")])


@dataclass(frozen=True, slots=True)
class _Form:
    """What of the places is shown: the less, the narrower."""

    counted: tuple[str, ...]
    named: tuple[str, ...]
    is_close: bool = True


def _forms(open_place: str) -> Iterator[_Form]:
    yield _Form(_PLACES, _PLACES, is_close=False)
    for counted in (_PLACES, ("contacts", "inbox", open_place), ("inbox", open_place), ("inbox",), (open_place,), ()):
        yield _Form(counted, _PLACES)
    yield _Form((), (open_place,))


def _places(open_place: str, counts: Mapping[str, int], form: _Form) -> Content:
    parts = [Content(" ")]
    beside = "" if form.is_close else " "
    for place in _PLACES:
        parts.append(Content(f"{key_of(f'mode_{place}')} ").stylize("dim"))
        if place in form.named:
            text = t(f"contacts.place_{place}") + (f" {counts[place]:,}" if place in counts else "")
            is_open = place == open_place
            shown = Content(f"[{text}]").stylize("bold $accent") if is_open else Content(f"{beside}{text}{beside}")
            parts += [shown, Content(" ")]
    return Content("").join(parts)


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
            cast("CrmApp", self.app).notices.moved_on()
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
            is_typed = focused is not None and focused.check_consume_key(key, typed(key))
            is_permitted = cast("CrmApp", self.app).may(NEEDED.get(binding.id or ""))
            if binding.show and enabled and is_permitted and not is_typed:
                offered.setdefault(binding.action, (display(key), binding.description))
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
