"""The search line: completion, mistakes, conditions as chips, pasted lists; walked through with the real program."""

from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.widgets.chips import Chips
from crm_tui.tui.widgets.completion_list import MAX_ROWS, CompletionList
from crm_tui.tui.widgets.pasted_values import pasted_term
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.places import (
    ANN,
    MINSU,
    SMALL,
    app_of,
    change,
    database,
    fill,
    imported,
    opened,
    search,
    table,
    write_file,
)

LOW = (60, 15)


def tagged(folder: Path) -> str:
    leads = [
        MINSU | {"tags": '["vip","등급/골드"]'},
        ANN | {"tags": '["vip","여름행사"]'},
        {"email": "zoe@example.com"},
    ]
    path = database(folder, leads)
    imported(path, write_file(folder, ["zoe@example.com,,n,n,"]), "5월 고객")
    return path


def offered(pilot: Pilot[None]) -> list[str]:
    shown = pilot.app.screen.query_one(CompletionList)
    return list(shown.candidates) if shown.display else []


def chips(pilot: Pilot[None]) -> Chips:
    return pilot.app.screen.query_one(Chips)


def mistake(pilot: Pilot[None]) -> str:
    """Return the line under the search line, where something is wrong."""
    return drawn(pilot).splitlines()[2] if pilot.app.screen.query_one("#mistake").display else ""


# -- completion ---------------------------------------------------------------------------------------------------


async def test_behind_a_prefix_what_is_known_is_offered_and_enter_takes_the_chosen(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "tag:")
        assert set(offered(pilot)) == {"vip", "등급/골드", "여름행사"}
        assert not mistake(pilot)
        await type_text(pilot, "여")
        assert offered(pilot) == ["여름행사"]
        await press(pilot, "down", "enter")
        assert (search(pilot).value, table(pilot).total) == ("tag:여름행사", 1)
        assert offered(pilot) == []
        assert search(pilot).has_focus


async def test_tab_takes_the_only_one_and_walks_through_several(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "tag:v")
        await press(pilot, "tab")
        assert search(pilot).value == "tag:vip"
        search(pilot).show("tag:")
        await settle(pilot)
        shown = pilot.app.screen.query_one(CompletionList)
        seen = []
        for _ in range(3):
            await press(pilot, "tab")
            seen.append(shown.chosen)
        assert len(set(seen)) == 3
        await press(pilot, "up", "up", "up")
        assert shown.chosen is None


async def test_completion_works_in_the_middle_of_the_line(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        search(pilot).show("tag: member:no")
        search(pilot).cursor_position = 4
        await type_text(pilot, "vi")
        assert offered(pilot) == ["vip"]
        await press(pilot, "tab")
        assert search(pilot).value == "tag:vip member:no"
        assert search(pilot).cursor_position == len("tag:vip")
        assert table(pilot).total == 2


async def test_escape_closes_the_list_for_this_word_only(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "tag:")
        await press(pilot, "escape")
        assert (offered(pilot), search(pilot).value) == ([], "tag:")
        await type_text(pilot, "v")
        assert offered(pilot) == []
        await type_text(pilot, "ip import:")
        assert search(pilot).value == "tag:vip import:"
        await type_text(pilot, " tag:")
        assert offered(pilot)


@pytest.mark.parametrize("word", ["kim", "ann", "김민", "010-1111", "minsu@ex", "서울"])
async def test_plain_words_open_no_list(tmp_path: Path, word: str) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        for letter in word:
            await type_text(pilot, letter)
            assert offered(pilot) == []


async def test_fields_are_offered_when_enough_of_a_name_is_typed(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path), language="ko") as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "la")
        assert offered(pilot) == []
        await type_text(pilot, "s")
        assert {"lastSeenAt:", "lastCheckoutCompletedAt:"} <= set(offered(pilot))
        assert "최근 접속" in drawn(pilot)


async def test_with_nothing_offered_the_keys_are_those_of_the_line_and_the_screen(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        for key, focused in (("down", table(pilot)), ("enter", table(pilot))):
            await press(pilot, "slash")
            await type_text(pilot, "kim")
            await press(pilot, key)
            assert pilot.app.focused is focused
            search(pilot).show("")
            await settle(pilot)
        await press(pilot, "slash", "tab")
        assert pilot.app.focused is table(pilot)


async def test_the_list_is_a_few_lines_high_and_does_not_jump_while_typing(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    for number in range(30):
        change(path, "INSERT INTO tag (key, name) VALUES (?, ?)", f"tag{number}", f"tag{number}")
    async with opened(path, LOW) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "tag:")
        shown = pilot.app.screen.query_one(CompletionList)
        assert shown.size.height == MAX_ROWS
        await type_text(pilot, "tag29")
        assert shown.display is False
        await press(pilot, "backspace")
        assert len(offered(pilot)) == 11
        assert shown.size.height == MAX_ROWS
        assert max(map(len, drawn(pilot).splitlines())) <= 60


async def test_korean_letters_are_text_while_a_list_is_open(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path), language="ko") as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "tag:")
        await press(pilot, "ㅓ", "ㅏ")
        assert search(pilot).value == "tag:ㅓㅏ"
        search(pilot).show("tag:ㄷ")
        await settle(pilot)
        assert offered(pilot) == ["등급/골드"]  # by its first sound


# -- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "at", "length"),
    [
        ("member:maybe", 7, 5),
        ("김 createdAt:x", 13, 1),  # two cells for one letter
        ("(ann", 0, 4),
        ("ann OR", 6, 1),
        ("createdAt>=99", 11, 2),
        ('"ann', 0, 4),
    ],
)
@pytest.mark.parametrize("size", [SMALL, LOW])
async def test_the_very_place_of_a_mistake_is_marked(
    tmp_path: Path, line: str, at: int, length: int, size: tuple[int, int]
) -> None:
    async with opened(tagged(tmp_path), size) as pilot:
        search(pilot).show(line)
        await settle(pilot)
        assert mistake(pilot)[: 1 + at + length] == " " * (1 + at) + "^" * length
        assert "It could be: " in drawn(pilot)
        assert table(pilot).total == 3  # what was shown stays


async def test_the_mark_follows_a_line_that_is_too_long_to_be_seen_whole(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        search(pilot).show("ann " * 40 + "member:maybe")
        await settle(pilot)
        typed, below = drawn(pilot).splitlines()[1:3]
        assert below.index("^^^^^") == typed.index("maybe")


# -- chips --------------------------------------------------------------------------------------------------------


async def test_conditions_are_chips_and_the_keyboard_takes_them_away(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        search(pilot).show('tag:vip ann has:email AND (member:no OR import:"5월 고객")')
        await settle(pilot)
        assert chips(pilot).text.split("  ")[1:] == ["[tag:vip]", "[has:email]", '[(member:no OR import:"5월 고객")]']
        await press(pilot, "slash", "tab")
        assert pilot.app.focused is chips(pilot)
        await press(pilot, "right", "delete")
        assert search(pilot).value == 'tag:vip ann (member:no OR import:"5월 고객")'
        assert "> [(member" in drawn(pilot)
        await press(pilot, "h", "backspace")
        assert search(pilot).value == 'ann (member:no OR import:"5월 고객")'
        await press(pilot, "delete")
        assert (search(pilot).value, table(pilot).total) == ("ann", 1)
        assert not chips(pilot).display
        assert search(pilot).has_focus


async def test_enter_leads_from_the_chips_back_to_the_line(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        search(pilot).show("tag:vip")
        await settle(pilot)
        pilot.app.screen.set_focus(chips(pilot))
        await press(pilot, "enter")
        assert search(pilot).has_focus


@pytest.mark.parametrize("line", ["ann", "ann zoe", "tag:vip OR ann", "tag:"])
async def test_words_and_alternatives_are_no_chips(tmp_path: Path, line: str) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        search(pilot).show(line)
        await settle(pilot)
        assert not chips(pilot).display


async def test_more_chips_than_there_is_room_for_are_walked_through(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path), LOW) as pilot:
        search(pilot).show(" ".join(f"tag:표{number}" for number in range(20)))
        await settle(pilot)
        pilot.app.screen.set_focus(chips(pilot))
        await press(pilot, *["l"] * 19)
        assert "> [tag:표19]" in drawn(pilot)


# -- pasting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "before", "term"),
    [
        ("kim\n", "", "kim"),
        ("kim lee", "", "kim lee"),
        ("a@x.kr\r\nb@y.kr\r\n", "", "email:(a@x.kr, b@y.kr)"),
        ("a@x.kr\nb@y.kr\na@x.kr\n\n", "kim", " email:(a@x.kr, b@y.kr)"),
        ("+82 010-1111-2222\n010 3333 4444", "", 'mobileNumber:("+82 010-1111-2222", "010 3333 4444")'),
        ("m1\nm2", "", "memberId:(m1, m2)"),
        ("OR\nm2", "", 'memberId:("OR", m2)'),
        ("이서연\n김민준", "", "name:(이서연, 김민준)"),
        ("Ann Lee\n김민준\nm3", "", 'name:("Ann Lee", 김민준, m3)'),
        ("ann@\nm2\n이서연", "", "memberId:(ann@, m2, 이서연)"),
        ('say "hi"\nx,y', "name:", '("say ""hi""", "x,y")'),
        ("a\nb", "name:(", "a, b)"),
        ("a@x.kr\t김\nb@y.kr\t이", "", "email:(a@x.kr, b@y.kr)"),
    ],
)
def test_a_pasted_column_is_a_list_of_values(pasted: str, before: str, term: str) -> None:
    assert pasted_term(pasted, before) == term


async def test_a_pasted_column_is_searched_for_at_once(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "slash")
        search(pilot).post_message(Paste("ann@example.com\nMINSU@example.com\nnobody@example.com\n"))
        await settle(pilot)
        assert search(pilot).value == "email:(ann@example.com, MINSU@example.com, nobody@example.com)"
        assert table(pilot).total == 2
        assert chips(pilot).text.startswith("  [email:(ann@")


async def test_ten_thousand_pasted_values_are_one_search(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 300)
    async with opened(path) as pilot:
        await press(pilot, "slash")
        search(pilot).post_message(Paste("\n".join(f"c{number}@example.com" for number in range(10_000))))
        await settle(pilot)
        assert table(pilot).total == 300
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert max(map(len, drawn(pilot).splitlines())) <= 80
        await type_text(pilot, " 민수1")
        assert table(pilot).total < 300
        await press(pilot, "escape")
        assert app_of(pilot).screen.query_one(Chips).display is False
