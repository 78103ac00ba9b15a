"""Managers and roles as tables (R50, R51)."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from crm_tui.core.permissions import EVERYTHING, Permission, RoleCode
from crm_tui.core.text import fold
from crm_tui.i18n import t
from crm_tui.services.managers import Manager
from crm_tui.services.roles import Role
from crm_tui.tui import keys
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_TIME_WIDTH = 16
_COUNT_WIDTH = 9
_WIDEST_NAME = 30

Named = TypeVar("Named", Manager, Role)


def role_name(name: str, code: RoleCode | None) -> str:
    """Return a role's name as a manager knows it: those that exist from the start have one in each language."""
    return name if code is None else t(f"team.role_{code}")


def permission_names(permissions: frozenset[Permission]) -> str:
    """Return what a role allows, in words."""
    if permissions == EVERYTHING:
        return t("team.everything")
    return ", ".join(t(f"team.permission_{one}") for one in Permission if one in permissions) or t("team.nothing")


class NamedTable(RowList, Generic[Named]):
    """Shows what has a name; finds by it, and follows it."""

    HEADER_LINES: ClassVar[int] = 1
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._all: Sequence[Named] = ()
        self._found: Sequence[Named] = ()
        self._wanted = ""

    @property
    def current(self) -> Named | None:
        """What the cursor stands on."""
        return self._found[self.cursor] if self._found else None

    @property
    def is_filtered(self) -> bool:
        """Whether only those with a certain text are in sight."""
        return bool(self._wanted)

    def words(self, one: Named) -> str:
        """Return what a line is found by."""
        raise NotImplementedError

    def cells(self, one: Named) -> Sequence[str]:
        """Return the cells of a line."""
        raise NotImplementedError

    def widths(self, width: int) -> Sequence[int]:
        """Return the columns' widths."""
        raise NotImplementedError

    def show(self, listed: Sequence[Named]) -> None:
        """Take others; the cursor stays on its own."""
        if listed != self._all:
            self._all = listed
            self._fill()

    def find(self, wanted: str) -> None:
        """Show only those that a text finds."""
        if fold(wanted) != self._wanted:
            self._wanted = fold(wanted)
            self._fill()

    def follow(self, name: str) -> None:
        """Put the cursor on one, if it is there."""
        row = next((row for row, one in enumerate(self._found) if one.name == name), None)
        if row is not None:
            self.move_to(row)

    def _fill(self) -> None:
        before = self.current
        self._found = [one for one in self._all if self._wanted in fold(self.words(one))]
        places = (row for row, one in enumerate(self._found) if before is not None and one.name == before.name)
        self.set_rows(len(self._found), next(places, self.cursor))
        self.post_message(self.Moved(self))

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return self._row([t(f"team.column_{name}") for name in self.COLUMNS], width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return a line."""
        return self._row(self.cells(self._found[row]), width), "row-list--row"

    def _row(self, cells: Sequence[str], width: int) -> str:
        return " ".join(fit(cell, room) for cell, room in zip(cells, self.widths(width), strict=True))

    def text_to_copy(self) -> str:
        """Return the name under the cursor."""
        return "" if self.current is None else self.current.name


class ManagerTable(NamedTable[Manager]):
    """Who may use the database, with their roles."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("name", "role", "since", "by")

    def words(self, one: Manager) -> str:
        """Return name and role."""
        return f"{one.name}\n{role_name(one.role, one.code)}"

    def cells(self, one: Manager) -> Sequence[str]:
        """Return name, role, and who added them when."""
        by = t("team.added_first") if one.added_by is None else one.added_by
        return one.name, role_name(one.role, one.code), local_time(one.added_at), by

    def widths(self, width: int) -> Sequence[int]:
        """Let the names share what is left."""
        room = min(_WIDEST_NAME, (width - _TIME_WIDTH - 3) // 3)
        return room, room, _TIME_WIDTH, max(0, width - 2 * room - _TIME_WIDTH - 3)


class RoleTable(NamedTable[Role]):
    """The roles and what they allow; Enter is the tab's."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.TABLE[1:]
    COLUMNS: ClassVar[tuple[str, ...]] = ("name", "managers", "can")

    def words(self, one: Role) -> str:
        """Return its name."""
        return role_name(one.name, one.code)

    def cells(self, one: Role) -> Sequence[str]:
        """Return its name, how many have it, and what it allows."""
        return role_name(one.name, one.code), f"{one.managers:,}", permission_names(one.permissions)

    def widths(self, width: int) -> Sequence[int]:
        """Let what it allows have what is left."""
        room = min(_WIDEST_NAME, width // 4)
        return room, _COUNT_WIDTH, max(0, width - room - _COUNT_WIDTH - 2)
