"""The tab of the tags, walked through with the real program on a real database (R16, R30)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services import customers, tagging
from crm_tui.services.tags import tag_tree
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.pick_tag import PickTag
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.settings import SettingsScreen
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.tag_list import TagList
from tests.tui.desk_data import tags_of, with_tags
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import (
    FORBIDDEN,
    SMALL,
    WIDEST,
    app_of,
    change,
    database,
    imported,
    lines,
    logged,
    opened,
    search,
    status,
    table,
    write_file,
)


def tags(pilot: Pilot[None]) -> TagList:
    return pilot.app.screen.query_one(TagList)


def shown(pilot: Pilot[None]) -> list[str]:
    return [" ".join(line.split()) for line in lines(tags(pilot)) if line.strip()]


async def stand_on(pilot: Pilot[None], name: str) -> None:
    await press(pilot, "home")
    while tags(pilot).text_to_copy() != name:
        await press(pilot, "down")


async def look(pilot: Pilot[None]) -> None:
    """What the screen does by itself every few seconds."""
    screen = app_of(pilot).screen
    assert isinstance(screen, SettingsScreen)
    screen.look()
    await settle(pilot)


@pytest.mark.parametrize(("language", "wanted"), [("ko", "아직 태그가 없습니다"), ("en", "There are no tags yet")])
async def test_without_tags_it_says_where_they_come_from(tmp_path: Path, language: Language, wanted: str) -> None:
    async with opened(database(tmp_path), language=language) as pilot:
        await press(pilot, "f9")
        assert wanted in drawn(pilot)
        await press(pilot, "enter", "e", "m", "delete", "right", "left", "ctrl+c")
        assert isinstance(pilot.app.screen, SettingsScreen)


async def test_r16_customer_tags_are_a_tree_with_numbers_and_import_tags_stand_below(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path)) as pilot:
        await press(pilot, "f9")
        assert shown(pilot)[:5] == [
            "Customer tag Customers With below State",
            "> VIP 1",
            "▾ 의류 1 3",
            "├ 상의 2",
            "└ 하의 1",
        ]
        assert shown(pilot)[5] == "Import tag Customers First given"
        assert shown(pilot)[6].startswith("5월 고객 1 20")
        assert status(pilot) == "Customer tags: 4, import tags: 1   VIP"


async def test_left_and_right_fold_and_unfold_and_h_and_l_do_so_with_both_keyboards(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path)) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류/하의")
        for fold, unfold in (("left", "right"), ("h", "l"), ("ㅗ", "ㅣ")):
            await press(pilot, fold)
            assert tags(pilot).text_to_copy() == "의류"
            await press(pilot, fold)
            assert "▸ 의류 1 3" in shown(pilot)[2]
            assert not any("상의" in one for one in shown(pilot))
            await press(pilot, fold, unfold)
            assert "▾ 의류 1 3" in shown(pilot)[2]
            await press(pilot, unfold, "down")
            assert tags(pilot).text_to_copy() == "의류/하의"


async def test_with_ascii_the_tree_is_drawn_without_box_characters(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path), ascii_only=True) as pilot:
        await press(pilot, "f9")
        assert shown(pilot)[2:5] == ["- 의류 1 3", "| 상의 2", "` 하의 1"]


async def test_what_is_typed_behind_the_slash_filters_and_esc_brings_all_back(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path)) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류")
        await press(pilot, "left", "slash")
        await type_text(pilot, "상")
        assert [one.removeprefix("> ") for one in shown(pilot)[1:]] == ["▾ 의류 1 3", "└ 상의 2"]
        await press(pilot, "down", "down", "e")
        assert isinstance(pilot.app.screen, AskLine)
        await press(pilot, "escape", "escape")
        assert len(shown(pilot)) == 5  # folded as it was
        await press(pilot, "slash", "z", "z")
        assert "Nothing matches" in drawn(pilot)
        await press(pilot, "escape", "escape")
        assert tags(pilot).has_focus


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("VIP", 'tag:"VIP"', 1),
        ("의류", 'tag:("의류", "의류/상의", "의류/하의")', 3),
        ("5월 고객", 'import:"5월 고객"', 1),
    ],
)
async def test_enter_shows_the_customers_of_a_tag_and_of_those_below(
    tmp_path: Path, name: str, query: str, found: int
) -> None:
    async with opened(with_tags(tmp_path)) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, name)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert search(pilot).value == query
        assert table(pilot).total == found


# -- renaming -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["e", "ㄷ", "ctrl+e"])
async def test_r16_renaming_with_customers_changes_theirs_and_takes_the_tags_below_along(
    tmp_path: Path, key: str
) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류")
        await press(pilot, key)
        pilot.app.screen.query_one(SafeInput).value = "옷"
        await press(pilot, "enter")
        assert "The tags below it change with it: 2." in words(pilot)
        assert "Customers who carry it: 3." in words(pilot)
        await press(pilot, "enter")
        assert "customers changed: 3" in status(pilot)
        assert tags(pilot).text_to_copy() == "옷"
    assert tags_of(path) == [("옷/상의", "옷/하의", "VIP"), ("옷/상의",), ("옷",), ()]


async def test_r16_renaming_without_customers_leaves_theirs_dim_and_says_not_offered(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "VIP")
        await press(pilot, "e")
        pilot.app.screen.query_one(SafeInput).value = "단골"
        await press(pilot, "enter", "down", "enter")
        assert shown(pilot)[2] == "VIP 1 not offered" or shown(pilot)[1].startswith("VIP 1 not offered")
        row = next(row for row in range(tags(pilot).total) if "VIP" in tags(pilot).draw(row, 78)[0])
        assert tags(pilot).draw(row, 78)[1] == "row-list--dim"
        assert tags(pilot).text_to_copy() == "단골"
    assert tags_of(path)[0] == ("의류/상의", "의류/하의", "VIP")


@pytest.mark.parametrize(("name", "wanted"), [("a b", "White space"), ("a/b/c", "level"), ("/", "/"), ("의류", "의류")])
async def test_r16_a_name_that_cannot_be_is_explained_and_what_was_typed_stays(
    tmp_path: Path, name: str, wanted: str
) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "VIP")
        await press(pilot, "e")
        pilot.app.screen.query_one(SafeInput).value = name
        await press(pilot, "enter")
        if isinstance(pilot.app.screen, Ask):
            await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AskLine)
        assert pilot.app.screen.query_one(SafeInput).value == name
        assert wanted in str(pilot.app.screen.query_one("#answer-problem").render())
        await press(pilot, "escape")
    assert tags_of(path)[0][-1] == "VIP"


async def test_renaming_that_is_left_or_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        before = customers.revision(app_of(pilot).workspace)  # type: ignore[arg-type]
        await press(
            pilot, "f9", "e", "escape", "e", "enter", "e", "x", "enter", "end", "enter", "e", "x", "enter", "escape"
        )
        assert isinstance(pilot.app.screen, SettingsScreen)
        assert customers.revision(app_of(pilot).workspace) == before  # type: ignore[arg-type]


# -- merging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["m", "ㅡ", "ctrl+g"])
async def test_r16_merging_picks_the_other_tag_by_typing(tmp_path: Path, key: str) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류/상의")
        await press(pilot, key)
        assert isinstance(pilot.app.screen, PickTag)
        assert "의류/하의" in drawn(pilot)
        await type_text(pilot, "vi")
        assert "의류/하의" not in drawn(pilot)
        await press(pilot, "enter")
        assert "의류/상의 (2) → VIP (1)" in words(pilot)
        assert "> Leave it" in drawn(pilot)  # they cannot be told apart again
        await press(pilot, "down", "enter")
        assert tags(pilot).text_to_copy() == "VIP"
    assert [set(one) for one in tags_of(path)] == [{"의류/하의", "VIP"}, {"VIP"}, {"의류"}, set()]


async def test_a_tag_is_not_offered_to_be_merged_with_itself_or_one_below_it(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path)) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류")
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, PickTag)
        assert "VIP" in drawn(pilot)
        assert "의류/상의" not in drawn(pilot)
        await press(pilot, "down", "pagedown", "up", "pageup", "z", "enter")
        assert "Nothing matches" in drawn(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, SettingsScreen)


async def test_a_single_tag_has_nothing_to_be_merged_with(tmp_path: Path) -> None:
    async with opened(with_tags(tmp_path, ['["VIP"]'])) as pilot:
        await press(pilot, "f9", "m")
        assert "no other tag" in status(pilot)


# -- deleting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["delete", "D"])
@pytest.mark.parametrize(
    ("answer", "left"), [((), ("의류/상의", "의류/하의", "VIP")), (("down",), ("VIP",)), (("end",), None)]
)
async def test_r16_deleting_asks_whether_customers_lose_it_too(
    tmp_path: Path, key: str, answer: tuple[str, ...], left: tuple[str, ...] | None
) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류")
        await press(pilot, key)
        await press(pilot, *answer, "enter")
        assert ("not offered" in drawn(pilot)) is (answer == ())
        assert any("의류" in one for one in shown(pilot)) is (answer != ("down",))
    assert tags_of(path)[0] == (left or ("의류/상의", "의류/하의", "VIP"))


async def test_a_tag_that_nobody_carries_is_deleted_with_one_question(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    change(path, "DELETE FROM customer_tag WHERE tag_id = (SELECT id FROM tag WHERE name = 'VIP')")
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "VIP")
        await press(pilot, "delete")
        assert "No customer carries it." in words(pilot)
        await press(pilot, "enter")
        assert "VIP" not in "".join(shown(pilot))


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("ko", "고객 3명(차단된 2명 포함)이 갖고 있습니다. 고객도 바꿀까요?"),
        ("en", "Customers who carry it: 3, blocked ones among them: 2. Are they to change too?"),
    ],
)
@pytest.mark.parametrize("change_tag", [("delete",), ("e", "x", "enter"), ("m", "V", "enter")], ids=str)
async def test_r46_the_question_counts_all_whom_it_changes_the_blocked_too(
    tmp_path: Path, change_tag: tuple[str, ...], language: Language, wanted: str
) -> None:
    path = with_tags(tmp_path)
    change(path, "UPDATE customer SET blocked_at = 1, blocked_by = 'jin' WHERE id > 1")
    async with opened(path, WIDEST, language) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류")
        await press(pilot, *change_tag)
        assert wanted in " ".join(words(pilot).replace("│", "").split())


async def test_r46_a_tag_that_only_the_blocked_carry_is_carried_by_somebody(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    change(path, "UPDATE customer SET blocked_at = 1, blocked_by = 'jin' WHERE id = 1")
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "VIP")
        await press(pilot, "delete")
        assert "Customers who carry it: 1, blocked ones among them: 1." in words(pilot)
        await press(pilot, "enter")
        assert status(pilot) == "Tag deleted: VIP (customers changed: 0)"


async def test_r46_an_import_tag_is_taken_from_the_blocked_too(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    imported(path, write_file(tmp_path, ["lee@example.com,Lee,n,n,x"]), "5월 고객")
    change(path, "UPDATE customer SET blocked_at = 1, blocked_by = 'jin' WHERE name = 'Lee'")
    async with opened(path) as pilot:
        await press(pilot, "f9", "end", "delete")
        assert "5월 고객 (2)" in words(pilot)
        assert "Blocked ones among them: 1." in words(pilot)
        await press(pilot, "down", "enter")
        assert "customers changed: 2" in status(pilot)


@pytest.mark.parametrize("key", ["delete", "D"])
async def test_r30_an_import_tag_is_taken_from_all_and_the_log_keeps_it(tmp_path: Path, key: str) -> None:
    path = with_tags(tmp_path)
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "f9", "end", key, "enter")
        assert "5월 고객" in drawn(pilot)
        await press(pilot, key, "down", "enter")
        assert "customers changed: 1" in status(pilot)
        assert not any("5월" in one for one in shown(pilot))
        await press(pilot, "f4")
        assert "5월 고객" in drawn(pilot)


# -- other programs, errors, hostile names ------------------------------------------------------------------------


async def test_what_another_program_does_appears_and_the_cursor_stays_on_its_tag(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        await stand_on(pilot, "의류/하의")
        other = open_workspace(path)
        customers.edit(other, 3, {"tags": '["AAA","가나다"]'})
        tagging.delete_tag(other, "VIP", with_customers=False)
        other.close()
        await look(pilot)
        assert "AAA 1" in shown(pilot)[1]
        assert "VIP 1 not offered" in shown(pilot)
        assert tags(pilot).text_to_copy() == "의류/하의"
        tagged = open_workspace(path)
        tagging.delete_tag(tagged, "의류", with_customers=True)
        tagged.close()
        await press(pilot, "r")
        assert not any("의류" in one for one in shown(pilot))


async def test_a_tag_that_is_gone_meanwhile_is_a_sentence_and_the_list_is_read_again(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "delete")
        other = open_workspace(path)
        tagging.delete_tag(other, "VIP", with_customers=True)
        other.close()
        await press(pilot, "down", "enter")
        assert "VIP" in words(pilot)
        await look(pilot)
        assert not any("VIP" in one for one in shown(pilot))
        assert isinstance(pilot.app.screen, SettingsScreen)


async def test_a_database_that_fails_is_a_sentence_and_the_tags_stay(tmp_path: Path) -> None:
    path = Path(with_tags(tmp_path))
    async with opened(str(path)) as pilot:
        await press(pilot, "f9")
        kept = path.read_bytes()
        path.unlink()
        await press(pilot, "r")
        assert "has gone" in words(pilot)
        assert "VIP" in drawn(pilot)
        path.write_bytes(kept)
        await look(pilot)
        assert "has gone" not in words(pilot)


async def test_hostile_names_reach_neither_markup_nor_terminal(tmp_path: Path) -> None:
    hostile = ("[/b]홍길동", "[VIP]", ":heart:", "a\u202egnp", "zero\u200bwidth\u2060x", "전각ＡＢＣ漢字", "👩‍👧/❤️")
    path = with_tags(tmp_path)
    for number, name in enumerate(hostile, 100):
        change(path, "INSERT INTO tag (id, key, name) VALUES (?, ?, ?)", number, name.casefold(), name)
        change(path, "INSERT INTO customer_tag (customer_id, tag_id, position) VALUES (1, ?, ?)", number, number)
    for name in ("\x1b]0;owned\x07", "\x9b31m[red]"):
        change(path, "INSERT INTO import_tag (key, name, given_at) VALUES (?, ?, 0)", name, name)
        change(path, "INSERT INTO customer_import_tag SELECT 1, id, 0 FROM import_tag WHERE key = ?", name)
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "f9")
        seen = drawn(pilot)
        for _ in range(tags(pilot).total):
            await press(pilot, "delete")
            seen += drawn(pilot)
            await press(pilot, "escape", "e")
            seen += drawn(pilot)
            await press(pilot, "escape", "m")
            seen += drawn(pilot)
            await press(pilot, "escape", "down")
            seen += status(pilot)
        assert isinstance(pilot.app.screen, SettingsScreen)
        assert not FORBIDDEN & set(seen)
        assert "[/b]홍길동" in seen
        assert {strip.cell_length for strip in map(tags(pilot).render_line, range(20))} == {WIDEST[0]}


async def test_many_tags_scroll_and_the_names_of_the_columns_stay_in_sight(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    change(
        path,
        """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO tag (key, name) SELECT 't' || i, 'T' || i FROM n""",
    )
    for number in range(9):
        imported(path, write_file(tmp_path, [f"n{number}@example.com,Kim,n,n,x"]), f"tag {number}")
    async with opened(path, (60, 15)) as pilot:
        await press(pilot, "f9", "pagedown", "pagedown")
        assert shown(pilot)[0].startswith("Customer tag")
        await press(pilot, "end")
        assert shown(pilot)[0].startswith("Import tag")
        assert shown(pilot)[-1].startswith("> 5월 고객")
        await press(pilot, "home")
        assert shown(pilot)[0].startswith("Customer tag")
        assert len(drawn(pilot).splitlines()) == 15


async def test_the_log_of_imports_and_the_tags_do_not_mind_each_other(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    logged(path, tag="never given")
    async with opened(path, SMALL) as pilot:
        await press(pilot, "f9")
        assert "never given" not in drawn(pilot)
        workspace = app_of(pilot).workspace
        assert workspace is not None
        assert len(tag_tree(workspace)) == 2


async def test_while_the_desk_works_a_second_change_waits(tmp_path: Path) -> None:
    path = with_tags(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        app_of(pilot).desk.work.is_running = True
        await press(pilot, "delete", "down", "enter")
        assert "still running" in status(pilot)
        app_of(pilot).desk.work.is_running = False
    assert tags_of(path)[0] == ("의류/상의", "의류/하의", "VIP")
