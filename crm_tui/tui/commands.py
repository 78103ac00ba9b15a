"""What can be done where the manager is: for the command palette and the help."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen

from crm_tui.tui import keys
from crm_tui.tui.key_names import display

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp


@dataclass(frozen=True, slots=True)
class Command:
    """An action and whose it is."""

    action: keys.Action
    node: DOMNode

    @property
    def is_possible(self) -> bool:
        """Whether it does something now."""
        name, _, rest = self.action.action.partition("(")
        return bool(self.node.check_action(name, (rest,) if rest else ()))

    @property
    def is_permitted(self) -> bool:
        """Whether the manager may do it (R51)."""
        return cast("CrmApp", self.node.app).may(self.action.permission)

    def matches(self, wanted: str) -> bool:
        """Say whether each word stands in its name, in either language, or is one of its keys."""
        names = f"{self.action.name_in('ko')} {self.action.name_in('en')}".casefold()
        shown = {display(key).casefold() for key in self.action.keys}
        return all(word in names or word in shown for word in wanted.casefold().split())


def commands_here(screen: Screen[Any]) -> list[Command]:
    """Return the actions of the screen and of what has the focus; moving about comes last, as everybody knows it.

    Of several on one key only those are listed that do something now.
    """
    focused = screen.focused
    chain = focused.ancestors_with_self if focused is not None else [screen]
    commands = list(_first_of_each(node for node in chain if not isinstance(node, App)))
    working = {key for command in commands if command.is_possible for key in command.action.keys}
    shown = (one for one in commands if one.is_possible or not working.intersection(one.action.keys))
    return sorted(shown, key=lambda command: command.node is not screen)


def all_commands(screen: Screen[Any]) -> list[Command]:
    """Return every action that does something now: of the focus first, then of the whole screen, then the program's."""
    focused = screen.focused
    chain = list(focused.ancestors_with_self) if focused is not None else []
    nodes = [*(node for node in chain if not isinstance(node, App)), screen, *screen.walk_children(), screen.app]
    return [command for command in _first_of_each(nodes) if command.is_possible]


def app_commands(app: App[Any]) -> list[Command]:
    """Return the program's own actions."""
    return list(_first_of_each([app]))


def _first_of_each(nodes: Iterable[DOMNode]) -> Iterator[Command]:
    seen = set()
    for node in nodes:
        for action in keys.given(node):
            if action.id not in seen:
                seen.add(action.id)
                yield Command(action, node)
