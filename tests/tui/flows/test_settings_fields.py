"""The tab of the fields, walked through with the real program on a real database (R6, R7)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.core.fields import Field, FieldType
from crm_tui.i18n import Language
from crm_tui.services import customers, fields
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.new_field import NewField
from crm_tui.tui.screens.settings import SettingsScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.field_table import FieldTable
from tests.tui.desk_data import with_fields
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import FORBIDDEN, HOSTILE, WIDE, add_leads, app_of, change, database, lines, opened, status


def table(pilot: Pilot[None]) -> FieldTable:
    return pilot.app.screen.query_one(FieldTable)


def shown(pilot: Pilot[None]) -> list[str]:
    return [" ".join(line.removeprefix(">").split()) for line in lines(table(pilot))]


def own(path: str) -> list[Field]:
    workspace = open_workspace(path)
    found = fields.list_fields(workspace, archived=True)[10:]
    workspace.close()
    return list(found)


async def stand_on(pilot: Pilot[None], key: str) -> None:
    await press(pilot, "home")
    while table(pilot).text_to_copy() != key:
        await press(pilot, "down")


async def look(pilot: Pilot[None]) -> None:
    """What the screen does by itself every few seconds."""
    screen = app_of(pilot).screen
    assert isinstance(screen, SettingsScreen)
    screen.look()
    await settle(pilot)


def offered(pilot: Pilot[None]) -> set[str]:
    return {name for _, name in pilot.app.screen.query_one(KeyBar).offered()}


@pytest.mark.parametrize("keys", [("tab",), ("2",), ("slash", "tab"), ("2", "1", "2"), ("3", "shift+tab")])
async def test_the_tabs_are_opened_with_tab_and_with_their_numbers(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with opened(database(tmp_path), language="ko") as pilot:
        await press(pilot, "f9")
        assert "[태그]" in drawn(pilot)
        await press(pilot, *keys)
        assert "[필드]" in drawn(pilot)
        assert table(pilot).has_focus
        await press(pilot, "shift+tab")
        assert "[태그]" in drawn(pilot)


async def test_r6_fields_are_listed_with_type_use_and_state_archived_ones_apart(tmp_path: Path) -> None:
    async with opened(with_fields(tmp_path), WIDE) as pilot:
        await press(pilot, "f9", "2")
        seen = shown(pilot)
        assert seen[0] == "Label Key Type In use State"
        assert "E-mail profile.email e-mail 2 built-in" in seen
        assert "회원 등급 profile.grade text 1 added" in seen
        assert seen[11:15] == [
            "회원 등급 profile.grade text 1 added",
            "포인트 profile.points number 0 added",
            "",
            "옛날 profile.old date 0 archived",
        ]
        assert status(pilot) == "13 fields (3 added, 1 archived)   Member ID"


async def test_while_the_use_is_counted_there_is_an_ellipsis(tmp_path: Path) -> None:
    async with opened(with_fields(tmp_path), WIDE) as pilot:
        await press(pilot, "f9", "2")
        table(pilot).show_usage(None)
        assert table(pilot).draw(0, 108)[0].split()[-2:] == ["…", "built-in"]


@pytest.mark.parametrize("key", ["n", "ㅜ", "insert"])
async def test_r6_a_field_is_added_with_key_type_and_label(tmp_path: Path, key: str) -> None:
    path = with_fields(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "2", key)
        assert isinstance(pilot.app.screen, NewField)
        await type_text(pilot, "birthday")
        await press(pilot, "tab")
        pilot.app.screen.query_one("#field-label", Input).value = "생일"
        await press(pilot, "tab", "down", "down", "down", "enter")
        assert "Field added: 생일" in status(pilot)
        assert table(pilot).text_to_copy() == "profile.birthday"
    assert own(path)[-1] == Field("profile.birthday", FieldType.DATE, "생일")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (110, 30)])
@pytest.mark.parametrize(("language", "hint"), [("en", "Esc leaves"), ("ko", "Esc 그만두기")])
async def test_the_arrows_go_through_a_new_field_and_its_buttons_and_hint_are_always_in_sight(
    tmp_path: Path, size: tuple[int, int], language: Language, hint: str
) -> None:
    async with opened(with_fields(tmp_path), size, language) as pilot:
        await press(pilot, "f9", "2", "n")
        for place in ("field-key", "field-label", "field-type"):
            assert pilot.app.screen.focused is pilot.app.screen.query_one(f"#{place}")
            assert hint in drawn(pilot)
            assert "[ Create ]" in drawn(pilot) or "[ 만들기 ]" in drawn(pilot)
            await press(pilot, "down")
        await press(pilot, "tab")
        assert "> Create <" in drawn(pilot) or "> 만들기 <" in drawn(pilot)
        await press(pilot, "up", "shift+tab")
        await type_text(pilot, "x")
        assert pilot.app.screen.query_one("#field-label", Input).value == "x"


@pytest.mark.parametrize(("language", "wanted"), [("en", "already"), ("ko", "이미 있습니다")])
async def test_r6_what_is_wrong_with_a_new_field_stands_in_the_dialog(
    tmp_path: Path, language: Language, wanted: str
) -> None:
    path = with_fields(tmp_path)
    async with opened(path, (60, 15), language) as pilot:
        await press(pilot, "f9", "2", "n")
        await type_text(pilot, "grade")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, NewField)
        assert wanted in words(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, SettingsScreen)
    assert len(own(path)) == 3


@pytest.mark.parametrize("key", ["e", "ㄷ", "ctrl+e"])
async def test_r6_the_label_of_an_own_field_is_changed(tmp_path: Path, key: str) -> None:
    path = with_fields(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "2")
        await stand_on(pilot, "profile.grade")
        await press(pilot, key)
        line = pilot.app.screen.query_one(Input)
        assert line.value == "회원 등급"
        line.value = "x" * 513
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AskLine)
        assert "512" in words(pilot)
        pilot.app.screen.query_one(Input).value = "등급"
        await press(pilot, "enter")
        assert table(pilot).text_to_copy() == "profile.grade"
        assert "등급" in drawn(pilot)
    assert own(path)[0].label == "등급"


@pytest.mark.parametrize(
    ("down", "up"), [("J", "K"), ("ctrl+down", "ctrl+up"), ("greater_than_sign", "less_than_sign")]
)
async def test_r6_an_own_field_is_moved_and_the_cursor_goes_with_it(tmp_path: Path, down: str, up: str) -> None:
    path = with_fields(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "2")
        await stand_on(pilot, "profile.grade")
        await press(pilot, down, down)
        assert [field.key for field in own(path) if not field.is_archived] == ["profile.points", "profile.grade"]
        assert table(pilot).text_to_copy() == "profile.grade"
        await press(pilot, up, up)
        assert [field.key for field in own(path) if not field.is_archived] == ["profile.grade", "profile.points"]
        assert table(pilot).text_to_copy() == "profile.grade"


@pytest.mark.parametrize(("archive", "restore"), [("x", "u"), ("ㅌ", "ㅕ"), ("delete", "ctrl+n")])
async def test_r6_archiving_asks_and_says_what_it_means_and_restoring_brings_all_back(
    tmp_path: Path, archive: str, restore: str
) -> None:
    path = with_fields(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "2")
        await stand_on(pilot, "profile.grade")
        assert {"Archive", "Rename"} <= offered(pilot)
        await press(pilot, archive)
        assert "Its values stay stored." in words(pilot)
        await press(pilot, "end", "enter")
        assert not own(path)[0].is_archived
        await press(pilot, archive, "enter")
        assert own(path)[0].is_archived
        assert table(pilot).text_to_copy() == "profile.grade"
        assert "Restore" in offered(pilot)
        assert "Archive" not in offered(pilot)
        await press(pilot, archive, up := "less_than_sign", "escape")
        assert up
        await press(pilot, restore)
        assert not own(path)[0].is_archived
    workspace = open_workspace(path)
    assert customers.get(workspace, 1).get("profile.grade") == "골드"
    workspace.close()


async def test_built_in_fields_are_neither_renamed_nor_moved_nor_archived(tmp_path: Path) -> None:
    path = with_fields(tmp_path)
    before = own(path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "2")
        assert not {"Rename", "Archive", "Restore"} & offered(pilot)
        for key in ("e", "x", "delete", "u", "J", "ctrl+down"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, SettingsScreen)
    assert own(path) == before


async def test_fields_are_found_by_label_and_by_key(tmp_path: Path) -> None:
    async with opened(with_fields(tmp_path)) as pilot:
        await press(pilot, "f9", "2", "slash")
        await type_text(pilot, "포인")
        assert [one for one in shown(pilot)[1:] if one] == ["포인트 profile.points number 0 added"]
        await press(pilot, "enter", "greater_than_sign", "escape", "slash")
        await type_text(pilot, "OLD")
        assert table(pilot).text_to_copy() == "profile.old"
        await type_text(pilot, "zz")
        assert "Nothing matches" in drawn(pilot)
        await press(pilot, "tab", "shift+tab")
        assert len([one for one in shown(pilot) if one]) == 14


async def test_a_copied_field_is_its_key(tmp_path: Path) -> None:
    async with opened(with_fields(tmp_path)) as pilot:
        await press(pilot, "f9", "2", "ctrl+c")
        assert "memberId" in status(pilot)


async def test_what_another_program_does_appears_and_the_cursor_stays_on_its_field(tmp_path: Path) -> None:
    path = with_fields(tmp_path)
    async with opened(path, WIDE) as pilot:
        await press(pilot, "f9", "2")
        await stand_on(pilot, "profile.points")
        other = open_workspace(path)
        fields.archive_field(other, "grade")
        other.close()
        add_leads(path, [{"email": "new@example.com"}])
        await look(pilot)
        assert table(pilot).text_to_copy() == "profile.points"
        assert "회원 등급 profile.grade text 1 archived" in shown(pilot)
        await press(pilot, "r")
        assert "E-mail profile.email e-mail 3 built-in" in shown(pilot)


async def test_a_database_that_fails_is_a_sentence_and_the_fields_stay(tmp_path: Path) -> None:
    path = Path(with_fields(tmp_path))
    async with opened(str(path)) as pilot:
        await press(pilot, "f9", "2")
        await stand_on(pilot, "profile.grade")
        kept = path.read_bytes()
        path.unlink()
        await press(pilot, "x", "enter")
        assert "has gone" in words(pilot)
        assert "profile.grade" in drawn(pilot)
        path.write_bytes(kept)
        await press(pilot, "escape", "r")
        assert "has gone" not in words(pilot)


async def test_hostile_labels_reach_neither_markup_nor_terminal(tmp_path: Path) -> None:
    path = with_fields(tmp_path)
    for number, label in enumerate(HOSTILE):
        change(
            path,
            "INSERT INTO field (key, type, label, position) VALUES (?, 'string', ?, ?)",
            *(f"profile.k{number}", label, 10 + number),
        )
    async with opened(path, WIDE) as pilot:
        await press(pilot, "f9", "2")
        seen = drawn(pilot)
        for number in range(len(HOSTILE)):
            await stand_on(pilot, f"profile.k{number}")
            seen += status(pilot)
            for key in ("e", "x"):
                await press(pilot, key)
                seen += drawn(pilot)
                await press(pilot, "escape")
        assert not FORBIDDEN & set(seen)
        assert "[VIP] [red]x" in seen
        assert {strip.cell_length for strip in map(table(pilot).render_line, range(25))} == {WIDE[0]}
