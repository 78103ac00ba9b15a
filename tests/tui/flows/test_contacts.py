"""The contact list, walked through with the real program on a real database."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widgets import Static

from crm_tui.core.query import quoted
from crm_tui.i18n import field_label
from crm_tui.services.contact_list import Found
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.screens.add_lead import AddLeadScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.chips import Chips
from crm_tui.tui.widgets.customer_pages import PAGE_ROWS, Answer, Question, View
from crm_tui.tui.widgets.customer_table import MAX_PAGES, CustomerTable
from crm_tui.tui.widgets.safe_input import SafeInput
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import (
    ANN,
    FORBIDDEN,
    HOSTILE,
    MINSU,
    SMALL,
    WIDE,
    WIDEST,
    add_leads,
    app_of,
    change,
    database,
    fill,
    imported,
    lines,
    opened,
    search,
    side,
    status,
    table,
    write_file,
)

QUOTE_TAG = 'x" [b] "y'


def text_of(pilot: object, selector: str) -> str:
    return str(app_of(pilot).screen.query_one(selector, Static).content)  # type: ignore[arg-type]


def chips(pilot: object) -> Chips:
    return app_of(pilot).screen.query_one(Chips)  # type: ignore[arg-type]


def look(pilot: object) -> None:
    """What the screen does by itself every few seconds."""
    screen = app_of(pilot).screen  # type: ignore[arg-type]
    assert isinstance(screen, ContactsScreen)
    screen.look()


# -- first steps --------------------------------------------------------------------------------------------------


async def test_an_empty_database_greets_and_s_loads_samples(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        assert "Welcome" in drawn(pilot)
        assert pilot.app.focused is table(pilot)
        await press(pilot, "s")
        assert table(pilot).total == 12
        assert status(pilot).startswith("1 / 12")
        await press(pilot, "ctrl+l")
        assert table(pilot).total == 12


async def test_the_first_frame_does_not_wait_for_the_database(tmp_path: Path) -> None:
    from crm_tui.tui.app import CrmApp

    app = CrmApp(database(tmp_path), language="en")
    async with app.run_test(size=SMALL) as pilot:
        assert "Contacts" in drawn(pilot)
        await settle(pilot)
        assert app.workspace is not None


async def test_the_header_counts_contacts_and_imports(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    imported(path, write_file(tmp_path, ["kim@example.com,Kim,n,n,"]))
    async with opened(path) as pilot:
        assert "[Contacts 2]" in drawn(pilot)
        assert "Imports 1" in drawn(pilot)


# -- hostile text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, WIDEST])
async def test_customers_text_reaches_neither_markup_nor_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    path = database(tmp_path, [{"name": "x", "email": f"h{n}@example.com"} for n in range(len(HOSTILE))])
    for number, name in enumerate(HOSTILE, start=1):
        change(path, "UPDATE customer SET name = ?, description = ? WHERE id = ?", name, f"{name}\nx", number)
        change(path, "INSERT INTO tag (key, name) VALUES (?, ?)", name.casefold(), name)
        change(path, "INSERT INTO customer_tag VALUES (?, ?, 0)", number, number)
    async with opened(path, size) as pilot:
        seen = []
        for _ in HOSTILE:
            seen.append(drawn(pilot))
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(pilot.app.screen, ProfileScreen)
            seen.append(drawn(pilot))
            await pilot.press("escape", "down")
            await pilot.pause()
        await press(pilot, *(["b"] if size == SMALL else []))
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "end", "enter")
        seen.append(drawn(pilot))
        assert table(pilot).total == 1
        everything = "\n".join(seen)
        assert not FORBIDDEN & set(everything)
        for shown in ("[/b] 홍길동", "[VIP] [red]x", ":heart: [link=file", "␛]0;owned", "<202E>", "<200B>"):
            assert shown in everything


async def test_lines_are_as_wide_as_the_widget_whatever_stands_in_them(tmp_path: Path) -> None:
    path = database(tmp_path, [{"name": "x", "email": f"h{n}@example.com"} for n in range(len(HOSTILE) + 1)])
    for number, name in enumerate((*HOSTILE, "가" * 300), start=1):
        change(path, "UPDATE customer SET name = ?, member_id = ? WHERE id = ?", name, "아" * 40 + name, number)
    async with opened(path) as pilot:
        for width in (60, 61, 79, 80, 99, 100, 139, 140, 200):
            await pilot.resize_terminal(width, 24)
            await settle(pilot)
            shown = table(pilot)
            drawn_lines = [shown.render_line(y) for y in range(shown.size.height)]
            assert {strip.cell_length for strip in drawn_lines} == {shown.size.width}
            columns = {strip.text.rstrip()[-10:] for strip in drawn_lines[1:3]}
            assert columns  # the rows reach the last column, so nothing was cut by the screen


async def test_the_search_line_shows_a_pasted_escape_instead_of_sending_it(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "slash")
        search(pilot).show("\x1b[31m\u202e김")
        await settle(pilot)
        assert not FORBIDDEN & set(drawn(pilot))
        assert "␛[31m\ufffd김" in drawn(pilot)
        assert search(pilot).cursor_screen_offset.x == 1 + len("␛[31m\ufffd") + 2 + 1


# -- searching ----------------------------------------------------------------------------------------------------


async def test_the_search_is_live_and_esc_clears_then_leaves(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "slash")
        for letter, found in (("a", 2), ("n", 1), ("n", 1), ("x", 0)):
            await press(pilot, letter)
            assert table(pilot).total == found
        assert "No customer matches" in drawn(pilot)
        await press(pilot, "escape")
        assert (search(pilot).value, table(pilot).total) == ("", 2)
        assert search(pilot).has_focus
        await press(pilot, "escape")
        assert table(pilot).has_focus


@pytest.mark.parametrize(
    ("typed", "found"), [("민", 1), ("MINSU@", 1), ("01011112222", 1), ("2222", 1), ("ann 2222", 0)]
)
async def test_words_match_any_part_of_name_email_and_mobile(tmp_path: Path, typed: str, found: int) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, typed)
        assert table(pilot).total == found


async def test_a_mistake_stands_under_the_line_in_words(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN]), language="ko") as pilot:
        await press(pilot, "slash")
        search(pilot).show("member:maybe")
        await settle(pilot)
        typed, mistake = drawn(pilot).splitlines()[1:3]
        assert mistake == "        ^^^^^ 이렇게 쓸 수 있습니다: yes 또는 no"
        assert typed.index("maybe") == mistake.index("^")
        assert table(pilot).total == 2
        await press(pilot, "escape")
        assert "이렇게" not in drawn(pilot)


async def test_keys_typed_in_one_go_behind_the_slash_land_in_the_search(tmp_path: Path) -> None:
    from textual.events import Key

    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        for key, character in (("slash", "/"), ("n", "n"), ("i", "i"), ("slash", "/")):
            pilot.app.post_message(Key(key, character))
        await settle(pilot)
        assert search(pilot).value == "ni/"
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_down_and_enter_lead_from_the_search_to_the_table(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        for key in ("down", "enter"):
            await press(pilot, "slash", key)
            assert table(pilot).has_focus
        assert table(pilot).cursor == 0


async def test_r47_a_search_that_only_blocked_customers_match_says_how_many(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    change(path, "UPDATE customer SET blocked_at = 1 WHERE name = 'Ann'")
    async with opened(path) as pilot:
        assert table(pilot).total == 1
        await press(pilot, "slash")
        await type_text(pilot, "ann")
        assert "Blocked customers that match: 1" in drawn(pilot)


# -- the table ----------------------------------------------------------------------------------------------------


async def test_a_long_list_holds_a_few_pages_only(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 3000)
    async with opened(path, (80, 40)) as pilot:
        shown = table(pilot)
        assert status(pilot).startswith("1 / 3,000")
        await press(pilot, "end")
        assert (shown.cursor, shown.current and shown.current.get("profile.email")) == (2999, "c1@example.com")
        for _ in range(40):
            await pilot.press("pageup")
        await settle(pilot)
        assert shown.cursor == 2999 - 40 * (shown.rows_in_sight - 1)
        assert len(shown._pages) <= MAX_PAGES
        assert f"{shown.cursor + 1:,} / 3,000" in status(pilot)
        row = shown.cursor
        assert shown.current is not None
        assert shown.current.get("profile.email") == f"c{3000 - row}@example.com"
        await press(pilot, "home")
        assert shown.cursor == 0


async def test_the_next_page_has_come_before_it_is_wanted(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 3 * PAGE_ROWS)
    async with opened(path) as pilot:
        for _ in range(7):
            await press(pilot, "pagedown")
            assert "…" not in "".join(lines(table(pilot)))


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (("down", "j", "ㅓ"), 3),
        (("down", "down", "up"), 1),
        (("down", "down", "k", "ㅏ"), 0),
        (("pagedown",), 18),
        (("ctrl+d", "ctrl+u"), 0),
        (("pagedown", "pageup"), 0),
        (("end",), 39),
        (("G",), 39),
        (("end", "home"), 0),
        (("end", "g"), 0),
        (("end", "ㅎ"), 0),
    ],
)
async def test_the_cursor_moves_by_arrows_letters_and_jamo(tmp_path: Path, keys: tuple[str, ...], row: int) -> None:
    path = database(tmp_path)
    fill(path, 40)
    async with opened(path) as pilot:
        await press(pilot, *keys)
        assert table(pilot).cursor == row
        marked = [number for number, line in enumerate(lines(table(pilot))) if line.startswith("> ")]
        assert marked == [row - table(pilot).top + 1]


async def test_a_step_of_the_cursor_repaints_two_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path)
    fill(path, 40)
    async with opened(path) as pilot:
        shown = table(pilot)
        painted: list[Region] = []
        refresh = shown.refresh
        monkeypatch.setattr(
            shown, "refresh", lambda *regions, **how: (painted.extend(regions), refresh(*regions, **how))
        )
        await press(pilot, "down")
        assert painted == [Region(0, 1, 80, 1), Region(0, 2, 80, 1)]
        painted.clear()
        await press(pilot, "r")
        assert painted == []  # the same was read


async def test_answers_to_older_questions_are_dropped(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        shown = table(pilot)
        await press(pilot, "slash")
        await pilot.press(*"ann")  # each letter asks before the one before is answered
        await settle(pilot)
        assert [shown.total, shown.view.query] == [1, "ann"]
        late = Answer(Question(0, View(), 0, counts=True), 0, (), Found(77))
        shown.post_message(CustomerTable.Answered(late))
        await settle(pilot)
        assert shown.total == 1


async def test_o_sorts_by_the_column_and_again_turns_it_round(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN, {"email": "zoe@example.com"}])
    async with opened(path) as pilot:
        assert "Last seen ↓" in status(pilot)
        for keys, sort, first in (
            ("o", "profile.name", "Ann"),
            ("f7", "profile.name", "김민수"),
            ("right o", "profile.email", "ann@example.com"),
            ("ㅐ", "profile.email", "zoe@example.com"),
            ("l l ㅐ", "memberId", ""),
            ("right o", "lastSeenAt", "zoe"),
            ("h h h h h o", "profile.name", "Ann"),
        ):
            await press(pilot, *keys.split())
            assert table(pilot).view.sort == sort
            assert first in lines(table(pilot))[1]
            assert (
                f"{field_label(table(pilot).column_field)}{'↓' if table(pilot).view.is_descending else '↑'}]"
                in (lines(table(pilot))[0])
            )


async def test_a_click_puts_the_cursor_and_two_open(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await pilot.click(CustomerTable, offset=(5, 2))
        await settle(pilot)
        assert table(pilot).cursor == 1
        await pilot.click(CustomerTable, offset=(5, 2), times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProfileScreen)


# -- other programs -----------------------------------------------------------------------------------------------


async def test_changes_of_another_program_appear_and_the_cursor_stays_on_its_customer(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 300)
    async with opened(path) as pilot:
        await press(pilot, "pagedown", "down")
        before = table(pilot).current
        assert before is not None
        change(path, "UPDATE customer SET last_seen_at = 1800000000000 WHERE id IN (1, 2, 3)")
        look(pilot)
        await settle(pilot)
        after = table(pilot).current
        assert after is not None
        assert (after.id, table(pilot).cursor) == (before.id, 19 + 3)
        add_leads(path, [MINSU])
        look(pilot)
        await settle(pilot)
        assert status(pilot).startswith("24 / 301")


async def test_a_customer_that_is_gone_leaves_the_cursor_on_its_row(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 5)
    async with opened(path) as pilot:
        await press(pilot, "end")
        change(path, "UPDATE customer SET blocked_at = 1 WHERE id = 1")
        look(pilot)
        await settle(pilot)
        assert (table(pilot).cursor, table(pilot).total) == (3, 4)


async def test_nothing_is_read_while_nothing_changed(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        asked = table(pilot)._epoch
        look(pilot)
        await settle(pilot)
        assert table(pilot)._epoch == asked


@pytest.mark.parametrize("fault", ["no database", "gone"])
async def test_a_failing_database_is_one_sentence_and_the_program_goes_on(tmp_path: Path, fault: str) -> None:
    path = Path(database(tmp_path, [MINSU, ANN]))
    async with opened(str(path)) as pilot:
        kept = path.read_bytes()
        for beside in tmp_path.glob("crm.db-*"):
            beside.unlink()
        path.unlink()
        if fault == "no database":
            path.write_bytes(b"not a database at all" * 300)
        for key in ("r", "o"):
            await press(pilot, key)
            assert str(path) in text_of(pilot, "#mistake")
            assert pilot.app.screen.query_one("#mistake").display
        assert "김민수" in drawn(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ProfileScreen)
        await press(pilot, "escape")
        path.unlink(missing_ok=True)
        path.write_bytes(kept)
        look(pilot)
        await settle(pilot)
        assert not pilot.app.screen.query_one("#mistake").display
        assert table(pilot).total == 2


async def test_samples_that_cannot_be_written_can_be_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.dialects.sqlite.BUSY_TIMEOUT_S", 0.05)
    path = database(tmp_path)
    other = open_workspace(path)
    async with opened(path) as pilot:
        with other.transaction(None):
            await press(pilot, "s")
        assert "Another program is using the database" in words(pilot)
        assert "load sample customers" in words(pilot)
        await press(pilot, "s")
        assert table(pilot).total > 0
    other.close()


async def test_a_lead_that_cannot_be_written_is_kept_in_the_dialog_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.dialects import sqlite

    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    path = database(tmp_path, [MINSU])
    async with opened(path) as pilot:
        other = sqlite.load_driver().connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await press(pilot, "n")
        await type_text(pilot, "new@example.com")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AddLeadScreen)
        assert "Another program is using the database" in drawn(pilot)
        other.execute("ROLLBACK")
        other.close()
        await press(pilot, "enter")
        assert table(pilot).total == 2


# -- side list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "is_shown"), [(SMALL, False), (WIDE, True), (WIDEST, True)])
async def test_the_side_list_shows_from_100_columns_and_b_toggles_it(
    tmp_path: Path, size: tuple[int, int], is_shown: bool
) -> None:
    async with opened(database(tmp_path, [MINSU]), size) as pilot:
        assert side(pilot).display is is_shown
        await press(pilot, "b")
        assert side(pilot).display is not is_shown
        assert pilot.app.focused is (side(pilot) if size == SMALL else table(pilot))
        await press(pilot, "ㅠ")
        assert side(pilot).display is is_shown
        assert table(pilot).has_focus


def tagged(folder: Path) -> str:
    path = database(folder, [MINSU | {"tags": '["vip","등급/골드"]'}, ANN | {"tags": '["VIP"]'}])
    imported(path, write_file(folder, ["kim@example.com,Kim,n,n,", "minsu@example.com,,n,n,"]), "여름 행사")
    imported(path, write_file(folder, ["kim@example.com,Kim,n,n,"]), QUOTE_TAG)
    change(path, "UPDATE customer SET member_id = 'm1' WHERE name = 'Ann'")
    return path


async def test_the_side_list_counts_and_filters(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path), WIDE) as pilot:
        shown = [" ".join(line.split()) for line in lines(side(pilot)) if line.strip()]
        assert shown[:4] == [">*All 3", "Members 1", "Leads 2", "Import tags"]
        assert set(shown[4:6]) == {f"{QUOTE_TAG} 1", "여름 행사 2"}
        assert shown[6:] == ["Tags", "vip 2", "등급/골드 1"]
        pilot.app.screen.set_focus(side(pilot))
        for key, query, found, chip in (
            ("down", "member:yes", 1, "[member:yes]"),
            ("down", "member:no", 2, "[member:no]"),
            ("end", 'tag:"등급/골드"', 1, '[tag:"등급/골드"]'),
        ):
            pilot.app.screen.set_focus(side(pilot))
            await press(pilot, key, "enter")
            assert search(pilot).value == query
            assert table(pilot).total == found
            assert table(pilot).has_focus
            assert chips(pilot).text.strip() == chip
            assert any(line.startswith(">*") for line in lines(side(pilot)))
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "home", "enter")
        assert table(pilot).total == 3
        assert not pilot.app.screen.query_one("#chips").display


async def test_a_tag_with_quotes_in_it_can_be_filtered_by(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path), WIDE) as pilot:
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "home")
        while QUOTE_TAG not in lines(side(pilot))[side(pilot).cursor]:
            await press(pilot, "down")
        await press(pilot, "enter")
        assert search(pilot).value == f"import:{quoted(QUOTE_TAG)}"
        assert table(pilot).total == 1
        assert chips(pilot).text.strip() == f"[import:{quoted(QUOTE_TAG)}]"


async def test_at_80_columns_the_side_list_makes_room_again_when_it_was_used(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "b", "down", "enter")
        assert not side(pilot).display
        assert (table(pilot).total, table(pilot).has_focus) == (1, True)
        await press(pilot, "b", "escape")
        assert not side(pilot).display
        assert search(pilot).value == "member:yes"


async def test_words_are_added_behind_a_filter(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        app_of(pilot).show_contacts('import:"여름 행사"')
        await settle(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "kim")
        assert search(pilot).value == 'import:"여름 행사" kim'
        assert table(pilot).total == 1


async def test_tab_moves_between_the_panes(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU]), WIDEST) as pilot:
        order = []
        for _ in range(4):
            await press(pilot, "tab")
            order.append(pilot.app.focused and pilot.app.focused.id)
        assert order == ["pane", "side", "search", "table"]


# -- profile ------------------------------------------------------------------------------------------------------


async def test_the_profile_under_the_cursor_stands_beside_from_140_columns(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN]), (139, 30)) as pilot:
        assert not pilot.app.screen.query_one("#pane").display
        await pilot.resize_terminal(140, 30)
        await settle(pilot)
        assert "ann@example.com" in text_of(pilot, "#pane-text")
        await press(pilot, "down")
        assert "minsu@example.com" in text_of(pilot, "#pane-text")


async def test_enter_opens_the_profile_and_e_opens_it_to_edit(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        for key in ("enter", "e", "ㄷ", "ctrl+e"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, ProfileScreen)
            assert "minsu@example.com" in drawn(pilot)
            while isinstance(pilot.app.screen, ProfileScreen):
                await press(pilot, "escape")


# -- adding a lead ------------------------------------------------------------------------------------------------


async def test_r3_a_lead_needs_a_contact(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "n", "down", "down")
        await type_text(pilot, "Kim")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AddLeadScreen)
        assert "e-mail" in text_of(pilot, "#add-lead-problems")
        await press(pilot, "escape")
        assert table(pilot).total == 1


@pytest.mark.parametrize("away", [None, "blocked", "hidden"])
async def test_r3_who_exists_is_named_and_nothing_is_added(tmp_path: Path, away: str | None) -> None:
    path = database(tmp_path, [{"name": "[/b] [VIP] 김", "email": "hong@example.com"}])
    if away is not None:
        change(path, "INSERT INTO setting (name, value) VALUES ('managed_users_limit', '0')")
        change(path, f"UPDATE customer SET {'blocked_at' if away == 'blocked' else 'is_hidden'} = 1")
    async with opened(path) as pilot:
        await press(pilot, "insert")
        await type_text(pilot, "HONG@example.com")
        await press(pilot, "enter")
        said = " ".join(text_of(pilot, "#add-lead-problems").split())
        assert "already exists" in said
        assert [word for word in ("blocked", "hidden") if word in said] == ([away] if away else [])
        assert "[/b] [VIP] 김, hong@example.com" in said
        await press(pilot, "escape")
        assert table(pilot).total == (0 if away else 1)


@pytest.mark.parametrize("searched", ["", "김민수", "member:yes"])
async def test_r3_the_new_lead_is_then_under_the_cursor(tmp_path: Path, searched: str) -> None:
    path = database(tmp_path)
    fill(path, 250)
    async with opened(path) as pilot:
        search(pilot).show(searched)
        await settle(pilot)
        await press(pilot, "o", "o")  # by name: the new one is not simply the first
        await press(pilot, "ㅜ")
        await type_text(pilot, "new@example.com")
        await press(pilot, "down", "down")
        await type_text(pilot, "Zoe")
        await press(pilot, "enter")
        current = table(pilot).current
        assert current is not None
        assert current.get("profile.email") == "new@example.com"
        assert (table(pilot).total, search(pilot).value) == (251, "")
        assert "Lead added: Zoe, new@example.com" in status(pilot)
        assert "> Zoe" in drawn(pilot)


async def test_r3_a_hostile_mobile_number_is_refused_in_words(tmp_path: Path) -> None:
    lead: Mapping[str, str] = {"email": "", "mobileNumber": "010-1234-5678"}
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "n", "down")
        await type_text(pilot, lead["mobileNumber"])
        await press(pilot, "enter")
        assert "+82" in text_of(pilot, "#add-lead-problems")
        assert pilot.app.screen.query_one("#profile-mobileNumber", SafeInput).value == lead["mobileNumber"]
