"""Keys of the manager's own, from the config file: what is taken, what is refused and said, and what it changes."""

from pathlib import Path

import pytest

from crm_tui.config import config_path
from crm_tui.i18n import set_language
from crm_tui.tui import keymap, keys
from crm_tui.tui.key_names import display, known, spelled, typed
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.help import CommandList
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.screens.imports import ImportsScreen
from crm_tui.tui.widgets.bars import KeyBar
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.places import ANN, MINSU, database, opened, search, status, table


def write_config(text: str) -> Path:
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# -- the names of keys --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("y", "y"),
        ("Y", "Y"),
        ("ㅓ", "ㅓ"),
        ("?", "question_mark"),
        ("/", "slash"),
        ("+", "plus"),
        (" ", "space"),
        ("slash", "slash"),
        ("ctrl+y", "ctrl+y"),
        ("Ctrl+Y", "ctrl+y"),
        ("^y", "ctrl+y"),
        ("F6", "f6"),
        ("PgDn", "pagedown"),
        ("Del", "delete"),
        ("→", "right"),
        ("ctrl+shift+up", "ctrl+shift+up"),
        ("ctrl+i", None),  # arrives as Tab
        ("ctrl+m", None),  # arrives as Enter
        ("ctrl+h", None),  # arrives as Backspace
        ("f25", None),
        ("alt+", None),
        ("yy", None),
        ("", None),
        ("\x1b", None),
        ("<any>", None),
    ],
)
def test_a_key_is_known_by_its_name_by_what_it_types_and_as_the_help_shows_it(written: str, name: str | None) -> None:
    assert known(written) == name


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_every_key_of_the_program_can_be_written_into_the_config_file(action: keys.Action) -> None:
    assert [known(key) for key in action.keys] == list(action.keys)
    assert [known(display(key)) for key in action.keys] == list(action.keys)


def test_what_a_key_types_is_told_from_what_it_does() -> None:
    assert [typed(key) for key in ("j", "ㅓ", "slash", "plus", "space", "asterisk")] == ["j", "ㅓ", "/", "+", " ", "*"]
    assert [typed(key) for key in ("f6", "ctrl+y", "escape", "enter", "left", "delete", "shift+tab")] == [None] * 7
    assert [spelled(key) for key in ("ctrl+q", "i", "escape")] == ["Ctrl+Q", "i", "Esc"]


# -- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ('refrsh = ["f11"]', "action_near", ("refrsh", "refresh")),
        ('fly = ["f11"]', "action_unknown", ("fly", "crm-tui keys")),
        ('refresh = ["f11", "ctrl+m"]', "key_unknown", ("ctrl+m",)),
        ('back = ["b"]', "key_types_text", ("back", "f11")),
        ('complete = "t"', "key_types_text", ("complete",)),
        ('refresh = ["o"]', "clash", ("o", "sort", "refresh")),
        ('refresh = ["ㅐ"]', "clash", ("ㅐ", "sort", "refresh")),
        ('up = ["up", "j"]', "clash", ("j", "up", "down")),
        ('sort = ["i"]', "clash", ("i", "sort", "import")),
        ('help = ["n"]', "clash", ("n", "help", "add_lead")),
    ],
)
def test_a_mistake_in_one_line_leaves_the_keys_as_they_are_made(line: str, code: str, told: tuple[str, ...]) -> None:
    path = write_config(f"[keys]\nquit = ['f10']\n{line}\n")
    own = keymap.read_keymap()
    assert own.keys == {}
    assert [fault.code for fault in own.faults] == [code] * len(own.faults)
    for language in ("ko", "en"):
        set_language("ko" if language == "ko" else "en")
        sentence = keymap.sentence(own.faults[0])
        assert f"{path}:3" in sentence
        assert all(word in sentence for word in told)


def test_mistakes_are_said_in_the_order_of_their_lines_and_together_with_keys_that_clash() -> None:
    path = write_config("""[keys]
refresh = ["o"]
refrsh = ["f11"]
sort = 7
help = ["n"]
quit = ["ctrl+m"]
""")
    faults = keymap.read_keymap().faults
    found = dict.fromkeys((fault.code, int(fault.where.removeprefix(f"{path}:"))) for fault in faults)
    assert list(found) == [("clash", 2), ("action_near", 3), ("keys_no_list", 4), ("clash", 5), ("key_unknown", 6)]


def test_what_is_wrong_with_the_whole_file_is_said_before_its_lines() -> None:
    path = write_config("colours = 1\n[keys]\nsort = 7\n[more]\n")
    assert [fault.where for fault in keymap.read_keymap().faults] == [str(path), f"{path}:1", f"{path}:3"]


def test_an_action_with_a_mistake_keeps_no_key_that_others_could_clash_with() -> None:
    write_config('[keys]\nsort = ["ctrl+m"]\nrefresh = ["o"]\n')
    assert [fault.code for fault in keymap.read_keymap().faults] == ["key_unknown"]


def test_two_keys_may_be_exchanged() -> None:
    write_config('[keys]\nadd_lead = ["o", "insert"]\nsort = ["n", "f7"]\n')
    assert keymap.read_keymap().faults == ()


def test_the_keys_as_they_are_made_have_no_clash() -> None:
    assert keymap.clashes({}) == ()
    write_config("[keys]\n" + "".join(f"{one.id} = {list(one.keys)!r}\n" for one in keymap.key_lines({})[:8]))
    assert keymap.read_keymap().faults == ()


def test_every_action_is_listed_once_with_its_name() -> None:
    set_language("en")
    listed = keymap.key_lines({"refresh": ("f11",)})
    assert len({one.id for one in listed}) == len(listed) == len({action.id for action in keys.ACTIONS})
    assert [(one.keys, one.name) for one in listed if one.id == "refresh"] == [(("f11",), "Read again")]


# -- what is changed ----------------------------------------------------------------------------------------------

OWN = """
[keys]
import = ["Z", "f8"]
add_lead = ["z", "insert"]
help = ["f1", "="]
down = ["down", "Q"]
mode_imports = ["f10"]
leave = ["f11"]
"""


async def test_changed_keys_work_and_the_old_ones_do_not(tmp_path: Path) -> None:
    write_config(OWN)
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "Q")
        assert table(pilot).cursor == 1
        await press(pilot, "home", "j")
        assert table(pilot).cursor == 0
        await press(pilot, "i", "f4")
        assert isinstance(pilot.app.screen, ContactsScreen)
        await press(pilot, "f10")
        assert isinstance(pilot.app.screen, ImportsScreen)
        await press(pilot, "Z")
        assert isinstance(pilot.app.screen, ImportWizard)


async def test_changed_letters_have_their_twin_on_a_korean_keyboard(tmp_path: Path) -> None:
    write_config(OWN)
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "ㅃ")  # Q
        assert table(pilot).cursor == 1
        await press(pilot, "ㅋ")  # z
        assert pilot.app.screen is not pilot.app.screen_stack[0]


async def test_footer_help_palette_and_sentences_show_the_changed_keys(tmp_path: Path) -> None:
    write_config(OWN)
    async with opened(database(tmp_path)) as pilot:
        shown = drawn(pilot)
        assert ("Z", "Import") in pilot.app.screen.query_one(KeyBar).offered()
        assert "F10" in shown.splitlines()[0]
        assert "F4" not in shown.splitlines()[0]
        assert "Z   import" in shown
        assert "z   add one lead" in shown
        await press(pilot, "f10")
        assert "Press Z to import" in drawn(pilot)
        for opener in ("=", "ctrl+p"):
            await press(pilot, opener)
            await type_text(pilot, "add lead")
            command = pilot.app.screen.query_one(CommandList).current
            assert opener == "=" or command is not None
            await press(pilot, "escape", "f2")


async def test_a_changed_letter_is_text_where_text_is_typed(tmp_path: Path) -> None:
    write_config(OWN)
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "slash", "Q", "Z", "=", "z")
        assert search(pilot).value == "QZ=z"
        await press(pilot, "f11")
        assert search(pilot).value == ""
        await press(pilot, "ctrl+p", "Q")
        assert pilot.app.screen.query_one(CommandList).cursor == 0


@pytest.mark.parametrize("text", ["[keys]\nrefrsh = ['f11']\n", "[keys]\nrefresh = \n", "keys = 1\n"])
async def test_with_a_mistake_the_program_starts_with_its_own_keys_and_says_so(tmp_path: Path, text: str) -> None:
    write_config(text)
    async with opened(database(tmp_path, [MINSU])) as pilot:
        line = text.splitlines()[0] != "keys = 1"
        assert status(pilot).startswith(f"config.toml:{2 if line else 1}: a mistake")
        assert "crm-tui doctor" in drawn(pilot)
        await press(pilot, "f4")
        assert isinstance(pilot.app.screen, ImportsScreen)


async def test_the_next_start_without_the_file_has_the_programs_own_keys(tmp_path: Path) -> None:
    path = write_config(OWN)
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await settle(pilot)
    path.unlink()
    async with opened(str(tmp_path / "crm.db")) as pilot:
        assert ("i", "Import") in pilot.app.screen.query_one(KeyBar).offered()
