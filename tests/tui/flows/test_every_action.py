"""Every action, on the screen that it belongs to: it can be reached, it stands in the help, the palette finds it."""

from itertools import combinations
from pathlib import Path

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.pilot import Pilot

from crm_tui.core.fields import FieldType
from crm_tui.core.talk import Direction
from crm_tui.services import blocking, conversations, customers, deleting, fields, managers, roles, segments, tagging
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui import keys
from crm_tui.tui.commands import Command, commands_here
from crm_tui.tui.key_names import TWINS
from tests.tui.pilots import press, settle, type_text
from tests.tui.places import ANN, MINSU, WIDE, add_leads, app_of, change, database, imported, opened, write_file
from tests.tui.wizard import choose_file, write_csv

IDS = {action.id for action in keys.ACTIONS}


def is_letter(key: str) -> bool:
    return len(key) == 1 and key.isalpha()


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_way_without_letters(action: keys.Action) -> None:
    assert [key for key in action.keys if not is_letter(key)]


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_every_action_is_reached_with_an_english_and_with_a_korean_layout(action: keys.Action) -> None:
    english = [key for key in action.keys if not "ㄱ" <= key <= "ㅣ"]
    korean = [key for key in action.all_keys if not is_letter(key) or "ㄱ" <= key <= "ㅣ"]
    assert english
    assert korean
    assert {TWINS[key] for key in action.keys if key in TWINS} <= set(action.all_keys)


LAYERS = {
    ("export", "samples"): "the sample customers are there while nobody else is",
    ("to_table", "down"): "out of the line above the list; in the list it is the list's own",
    ("to_table", "next_candidate"): "the list of candidates is walked while it is open",
    ("next_candidate", "next_condition"): "the list of candidates is walked while it is open",
    ("candidate_before", "condition_before"): "the list of candidates is walked while it is open",
    ("leave", "close_list"): "the list of candidates is closed first",
    ("back", "close_list"): "the list of candidates is closed first",
    ("edit", "rename_segment"): "in the side list it is about the segment",
    ("delete", "delete_segment"): "in the side list it is about the segment",
    ("delete", "remove_condition"): "in the line of chips it is about the chip",
    ("next_field", "to_list"): "out of the line either way",
    ("next_field", "down"): "in a list it is the list's own; Tab leaves it",
    ("previous_field", "up"): "in a list it is the list's own; Tab leaves it",
    ("edit_value", "open_linked"): "in the line of another customer there is nothing to edit",
    ("open_linked", "save_value"): "in the line that is open over the list it is the line's",
    ("edit_value", "save_value"): "in the line that is open over the list it is the line's",
    ("import", "next"): "an import is not begun while one is set up",
}
"""What shares a key on purpose, as it is never asked for at the same time, or the focus decides."""


def test_no_key_means_two_things_in_one_place() -> None:
    shared = set()
    for place in keys.PLACES:
        actions = [action for group in (keys.APP, *place) for action in group]
        for one, other in combinations(actions, 2):
            if one.id != other.id and set(one.all_keys) & set(other.all_keys):
                shared.add((one.id, other.id))
    assert shared == set(LAYERS)


def test_an_action_means_one_thing_in_one_place() -> None:
    for place in keys.PLACES:
        meant: dict[str, str] = {}
        for action in (action for group in (keys.APP, *place) for action in group):
            method = action.action.removeprefix("screen.")
            assert meant.setdefault(action.id, method) == method, (action.id, meant[action.id])


# -- on the real screens ------------------------------------------------------------------------------------------


class Walk:
    """What was found on a screen after the other."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.seen: set[str] = set()
        self.unreachable: list[tuple[str, str, str]] = []
        self.unlisted: list[tuple[str, str]] = []
        self.unforeseen: list[tuple[str, tuple[str, ...]]] = []

    async def __call__(self, *pressed: str, text: str = "") -> None:
        """Press keys, type a text, and look at what can be done then."""
        await press(self.pilot, *pressed)
        if text:
            await type_text(self.pilot, text)
        self.look()

    def look(self) -> None:
        screen = self.pilot.app.screen
        where = f"{type(screen).__name__}/{type(screen.focused).__name__}"
        chain: list[DOMNode] = list(screen.focused.ancestors_with_self) if screen.focused else [screen, screen.app]
        commands = [Command(action, node) for node in chain for action in keys.given(node)]
        taken: dict[str, str] = {}
        listed = {command.action.id for command in commands_here(screen)}
        for command in commands:
            action = command.action
            if isinstance(command.node, App) and screen.is_modal and not action.in_dialogs:
                continue
            if not command.is_possible:
                continue
            self.seen.add(action.id)
            free = [key for key in action.keys if taken.setdefault(key, action.id) == action.id]
            hider = taken[action.keys[0]]
            if (
                not [key for key in free if not is_letter(key)]
                and not {(action.id, hider), (hider, action.id)} & LAYERS.keys()
            ):
                self.unreachable.append((where, action.id, hider))
            if not isinstance(command.node, App) and action.id not in listed:
                self.unlisted.append((where, action.id))
            assert command.matches(action.name_in("ko"))
            assert command.matches(action.name_in("en"))
        own = [action for node in chain if not isinstance(node, App) for action in keys.given(node)]
        if not any(set(own) <= {one for group in place for one in group} for place in keys.PLACES):
            self.unforeseen.append((where, tuple(sorted({action.id for action in own}))))


def furnished(folder: Path) -> str:
    """Return a database with a bit of everything in it."""
    path = database(folder, [MINSU, ANN])
    blocked = add_leads(path, [{"email": "b@example.com"}])
    imported(path, write_file(folder, ["kim@example.com,Kim,n,n,", "bad,x,n,n,"]))
    workspace = open_workspace(path)
    (gone,) = add_leads(path, [{"email": "gone@example.com"}])
    conversations.write_message(workspace, gone, Direction.IN, "hello")
    deleting.delete(workspace, Selection(ids=frozenset({gone})))
    tagging.change_tags(workspace, Selection(query=""), add=["의류/상의", "VIP"])
    blocking.block(workspace, Selection(ids=frozenset(blocked)), "spam")
    segments.save_segment(workspace, "Kims", "kim")
    for name in ("first", "second"):
        fields.add_field(workspace, name, FieldType.STRING, name)
    fields.archive_field(workspace, "profile.second")
    roles.add_role(workspace, "Support", [])
    managers.add_manager(workspace, "minsu", "Support")
    workspace.close()
    wait(path)
    return path


def wait(path: str) -> None:
    """Let the second customer, whose mobile number is not verified, wait for the first, a member."""
    change(path, "UPDATE customer SET member_id = 'm1' WHERE id = 1")
    change(
        path,
        "UPDATE customer SET sessions_count = 1, mobile_number = '+821033332222', mobile_number_verified = 0 "
        "WHERE id = 2",
    )
    workspace = open_workspace(path)
    customers.edit(workspace, 2, {"email": MINSU["email"]}, unify=True)
    workspace.close()


async def walk_contacts(walk: Walk) -> None:
    await walk()
    await walk("tab", "end")
    await walk("slash", text="email:x tag:")
    await walk("escape", "escape", "slash", text="name:kim")
    await walk("enter", "shift+tab")
    await walk("f2", "slash", "escape", "escape", "w")
    await walk("escape", "f")
    await walk("shift+tab")
    await walk("escape", "s")
    await walk("escape", "x")
    await walk("escape", "t", text="VI")
    await walk("escape", "delete")
    await walk("escape", "c")
    await walk("escape", "n")
    await walk("escape", "v")
    await walk("escape", "apostrophe")
    await walk("enter")
    await walk("escape", "escape", "slash", "a", "plus")
    await walk("escape", "f1")
    await walk("escape", "ctrl+p")
    await walk("escape", "escape")


async def walk_a_profile(walk: Walk) -> None:
    await walk("f2", "enter")
    await walk("n")
    await walk("enter")
    await walk("escape", "enter")
    await walk("escape", "t")
    await walk("escape", "escape")
    app_of(walk.pilot).open_profile(2)
    await settle(walk.pilot)
    await walk("home")
    await walk("down")
    await walk("w")
    await walk("escape", "v")
    await walk("escape", "n")
    await walk("escape", "escape")


async def walk_the_other_places(walk: Walk) -> None:
    await walk("f3")
    await walk("slash")
    await walk("f4")
    await walk("enter")
    await walk("s")
    await walk("escape", "f5", "end")
    await walk("up", "enter")
    await walk("escape", "slash")
    await walk("right", "enter")
    await walk("escape", "s")
    await walk("escape", "f6")
    await walk("space", "f9")
    await walk("down")
    await walk("e")
    await walk("escape", "m")
    await walk("escape", "2", "end")
    await walk("up")
    await walk("n")
    await walk("escape", "slash")
    await walk("escape")


async def walk_the_team(walk: Walk) -> None:
    await walk("escape", "f9", "3", "end")
    await walk("n")
    await walk("escape", "4", "end")
    await walk("enter")
    await walk("escape")


async def walk_managed_users(walk: Walk) -> None:
    await walk("escape", "f9", "5", "e", text="1")
    await walk("enter", "enter")
    await walk("delete")
    await walk("escape", "e", "ctrl+u", "enter")
    await walk("f2", "m")
    await walk("escape")


async def walk_an_import(walk: Walk, file: Path) -> None:
    await walk("f2", "i")
    await walk("enter")
    await walk("down")
    await choose_file(walk.pilot, file)
    await walk()
    await walk("enter")
    await walk("enter")
    await walk("escape", "tab")
    await walk("ctrl+n")
    await walk("enter")
    await walk("ctrl+n")
    await walk("enter")


async def walk_a_withdrawal(walk: Walk, file: Path) -> None:
    await walk("escape", "f2", "i")
    await walk("end", "enter")
    await choose_file(walk.pilot, file)
    await walk("enter")
    await walk("ctrl+n")


async def test_on_every_screen_what_can_be_done_has_a_key_of_its_own_and_stands_in_the_help(tmp_path: Path) -> None:
    async with opened(furnished(tmp_path), WIDE) as pilot:
        walk = Walk(pilot)
        await walk_contacts(walk)
        await walk_a_profile(walk)
        await walk_the_other_places(walk)
        await walk_the_team(walk)
        await walk_managed_users(walk)
        await walk_an_import(walk, write_csv(tmp_path / "new.csv"))
        await walk_a_withdrawal(walk, write_csv(tmp_path / "gone.csv"))
    (tmp_path / "empty").mkdir()
    async with opened(database(tmp_path / "empty")) as pilot:
        walk.pilot = pilot
        await walk()
    assert walk.unreachable == []
    assert walk.unlisted == []
    assert walk.unforeseen == []
    assert IDS - walk.seen == set()
