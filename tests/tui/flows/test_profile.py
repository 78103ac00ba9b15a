"""One customer, walked through with the real program on a real database."""

from pathlib import Path

import pytest
from textual import events

from crm_tui.core.fields import BUILT_IN, FieldType, Value
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell
from crm_tui.i18n import Language, describe
from crm_tui.services import fields
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.stale import StaleDialog
from crm_tui.tui.screens.blocked import BlockedScreen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.history_list import HistoryList
from crm_tui.tui.widgets.value_input import ValueInput
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import FORBIDDEN, HOSTILE, MINSU, SMALL, add_leads, app_of, change, database, lines
from tests.tui.profiles import (
    add_fields,
    edit_elsewhere,
    held,
    look,
    profile,
    profile_list,
    screen_of,
    stand_on,
    stored,
    told,
    value_line,
)

KINDS = {
    "grade": FieldType.STRING,
    "visits": FieldType.NUMBER,
    "vip": FieldType.BOOLEAN,
    "birthday": FieldType.DATE,
    "joined": FieldType.DATETIME,
    "hobbies": FieldType.LIST,
    "sizes": FieldType.LIST_OF_NUMBER,
}


def made(folder: Path, **values: str) -> str:
    """A database with fields of every type and one customer, number 1."""
    path = database(folder)
    add_fields(path, KINDS)
    add_leads(path, [MINSU | values])
    return path


# -- showing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_field_stands_in_its_group_with_what_is_known(tmp_path: Path, language: Language) -> None:
    path = made(tmp_path, vip="true", birthday="2000-05-04", tags='["VIP","의류/상의"]')
    async with profile(path, size=(80, 50), language=language) as pilot:
        shown = [line.strip() for line in lines(profile_list(pilot))]
        groups = ("연락처", "프로필", "수신 거부", "태그") if language == "ko" else ("Contact", "Profile", "Opt-outs")
        places = [shown.index(group) for group in groups]
        assert places == sorted(places)
        assert any(line.endswith("+821011112222") for line in shown)
        assert any(line.startswith("vip") and line.endswith("예" if language == "ko" else "yes") for line in shown)
        assert any(line.endswith("VIP, 의류/상의") for line in shown)


async def test_r2_an_unverified_contact_is_marked_and_the_mark_is_not_copied(tmp_path: Path) -> None:
    path = made(tmp_path)
    change(path, "UPDATE customer SET email_verified = 0")
    async with profile(path) as pilot:
        stand_on(pilot, "profile.email")
        assert "minsu@example.com (unverified)" in drawn(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == "minsu@example.com"


async def test_r46_a_block_is_shown_with_who_when_and_why(tmp_path: Path, frozen: int) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        await press(pilot, "x")
        await type_text(pilot, "spam")
        await press(pilot, "enter", "enter")
        assert stored(path).blocked
        for part in ("Lead · blocked", "2026-05-29 05:26", "spam", "By"):
            assert part in drawn(pilot)
        assert "is blocked" in told(pilot)
        await press(pilot, "u")
        assert not stored(path).blocked
        assert "spam" not in drawn(pilot)


async def test_history_stands_below_the_fields_and_beside_them_in_a_wide_window(tmp_path: Path) -> None:
    path = made(tmp_path)
    edit_elsewhere(path, {"name": "Kim", "vip": "true"})
    async with profile(path) as pilot:
        await press(pilot, "end")
        assert "edited: Name, vip" in words(pilot)
        assert not pilot.app.screen.query_one("#beside").display
        await pilot.resize_terminal(140, 40)
        await settle(pilot)
        beside = pilot.app.screen.query_one("#history", HistoryList)
        assert beside.display
        assert any("edited: Name, vip" in line for line in lines(beside))
        assert not any("edited" in line for line in lines(profile_list(pilot)))


async def test_customers_text_reaches_neither_markup_nor_terminal(tmp_path: Path) -> None:
    for name in HOSTILE:
        folder = tmp_path / str(HOSTILE.index(name))
        folder.mkdir()
        path = made(folder)
        change(path, "UPDATE customer SET name = ?, description = ?, block_reason = ?", name, f"{name}\nx", name)
        change(path, "UPDATE customer SET blocked_at = 1, blocked_by = ?", name)
        async with profile(path, size=(140, 40)) as pilot:
            seen = [drawn(pilot)]
            stand_on(pilot, "profile.description")
            await press(pilot, "enter", "x")
            seen.append(drawn(pilot))
            await press(pilot, "escape")
            seen.append(drawn(pilot))
            await press(pilot, "down", "enter", "D")
            seen.append(drawn(pilot))
            assert not FORBIDDEN & set("\n".join(seen))
        assert stored(path).profile["profile.description"] == f"{name}\nx"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (99, 20), (140, 40), (61, 30)])
async def test_lines_are_as_wide_as_the_widget_and_the_whole_line_under_the_cursor_is_seen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = made(tmp_path, description="가나 다" * 100, name="홍" * 60)
    async with profile(path, size=size) as pilot:
        shown = profile_list(pilot)
        for _ in range(40):
            drawn_lines = [shown.render_line(y) for y in range(shown.size.height)]
            assert {strip.cell_length for strip in drawn_lines} == {shown.size.width}
            assert 0 <= shown.cursor - shown.top < shown.size.height
            await pilot.press("down")
        await press(pilot, "end")
        assert shown.cursor - shown.top < shown.size.height
        await press(pilot, "home")
        assert shown.top == 0


# -- editing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("memberId", "00123", "00123"),
        ("profile.name", "Kim 민수", "Kim 민수"),
        ("profile.email", "Kim@EXAMPLE.com", "Kim@example.com"),
        ("profile.mobileNumber", "+82 010-5555-6666", "+821055556666"),
        ("profile.landlineNumber", "+82 02-555-6666", "+8225556666"),
        ("profile.lastCheckoutCompletedAt", "2025-05-04T09:00:00+09:00", 1746316800000),
        ("profile.grade", "[VIP]", "[VIP]"),
        ("profile.visits", "1.5", 1.5),
        ("profile.birthday", "2000-05-04", "2000-05-04"),
        ("profile.hobbies", '["a","b, c"]', ("a", "b, c")),
        ("profile.sizes", "[1,2.5]", (1, 2.5)),
    ],
)
async def test_a_value_is_edited_where_it_stands_and_saved_at_once(
    tmp_path: Path, key: str, typed: str, value: Value
) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, key)
        await press(pilot, "enter")
        value_line(pilot).show("")
        await type_text(pilot, typed)
        await press(pilot, "enter")
        assert stored(path).get(key) == value
        assert told(pilot).startswith("Saved: ")
        assert pilot.app.focused is profile_list(pilot)
        # What is edited next begins with a text that means the same value.
        await press(pilot, "enter", "enter")
        assert not pilot.app.screen.query("#value")
        assert stored(path).get(key) == value


async def test_an_edit_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, joined="2025-05-04T09:00:00.123Z", hobbies='["a"]')
    async with profile(path) as pilot:
        for key in ("profile.name", "profile.joined", "profile.hobbies", "unsubscribeEmail", "profile.grade"):
            stand_on(pilot, key)
            await press(pilot, "enter", "enter")
            assert not pilot.app.screen.query("#value"), key
        assert stored(path).updated_at is None


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("profile.email", "kim@"),
        ("profile.mobileNumber", "010-1234-5678"),
        ("profile.landlineNumber", "+82 010-1234-5678"),
        ("profile.lastCheckoutCompletedAt", "2025.05.04"),
        ("tags", "a/b/c"),
    ],
)
async def test_r18_a_wrong_value_is_said_under_its_line_in_the_words_of_the_import(
    tmp_path: Path, language: Language, key: str, typed: str
) -> None:
    path = made(tmp_path)
    before = stored(path)
    async with profile(path, language=language) as pilot:
        stand_on(pilot, key)
        await press(pilot, "enter")
        value_line(pilot).show(typed)
        await press(pilot, "enter")
        problem = parse_cell(f'["{typed}"]' if key == "tags" else typed, BUILT_IN[key])
        assert isinstance(problem, Problem)
        assert describe(problem).replace(" ", "") in words(pilot).replace(" ", "")
        rows = drawn(pilot).splitlines()
        at = next(number for number, row in enumerate(rows) if typed in row)
        assert describe(problem)[:8] in rows[at + 1]
        assert value_line(pilot).value == typed
        await press(pilot, "escape", "down", "enter")
        assert stored(path) == before


async def test_r1_a_member_id_that_another_has_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path)
    change(path, "UPDATE customer SET member_id = 'm1' WHERE id = 1")
    (other,) = add_leads(path, [{"email": "x@example.com"}])
    async with profile(path, other) as pilot:
        stand_on(pilot, "memberId")
        await press(pilot, "e")
        await type_text(pilot, "m1")
        await press(pilot, "enter")
        assert stored(path, other).member_id is None
        assert value_line(pilot).has_focus
        assert "another" in words(pilot)


async def test_r1_the_last_contact_of_a_lead_cannot_be_emptied(tmp_path: Path) -> None:
    path = database(tmp_path, [{"email": "x@example.com"}])
    async with profile(path) as pilot:
        stand_on(pilot, "profile.email")
        await press(pilot, "delete", "enter")
        assert stored(path).get("profile.email") == "x@example.com"
        assert value_line(pilot).has_focus


async def test_line_breaks_are_shown_kept_typed_and_pasted(tmp_path: Path) -> None:
    path = made(tmp_path, description="one\ntwo")
    async with profile(path) as pilot:
        stand_on(pilot, "profile.description")
        await press(pilot, "enter")
        assert "one␊two" in drawn(pilot)
        await press(pilot, "ctrl+j", "3")
        value_line(pilot).post_message(events.Paste("\r\nfour\r\nfive"))
        await settle(pilot)
        await press(pilot, "enter")
        assert stored(path).get("profile.description") == "one\ntwo\n3\nfour\nfive"


async def test_a_line_for_anything_but_text_takes_one_line(tmp_path: Path) -> None:
    async with profile(made(tmp_path)) as pilot:
        stand_on(pilot, "profile.visits")
        await press(pilot, "enter", "ctrl+j")
        value_line(pilot).post_message(events.Paste("12\n13"))
        await settle(pilot)
        assert value_line(pilot).value == "12"


async def test_booleans_are_chosen_and_one_of_ones_own_may_have_no_value(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.vip")
        await press(pilot, "enter", "home", "enter")
        assert stored(path).get("profile.vip") is True
        await press(pilot, "enter", "down", "enter")
        assert stored(path).get("profile.vip") is False
        await press(pilot, "enter", "end", "enter")
        assert stored(path).get("profile.vip") is None


@pytest.mark.parametrize(
    ("language", "keys"),
    [
        ("en", {"y": True, "n": False, "ㅛ": True, "ㅜ": False}),
        ("ko", {"y": True, "n": False, "ㅛ": True, "ㅜ": False, "예": True, "아": False, "값": None}),
    ],
)
async def test_a_letter_chooses_yes_or_no(tmp_path: Path, language: Language, keys: dict[str, bool | None]) -> None:
    path = made(tmp_path)
    async with profile(path, language=language) as pilot:
        stand_on(pilot, "profile.vip")
        for key, value in keys.items():
            await press(pilot, "enter", key, "enter")
            assert stored(path).get("profile.vip") is value, key
            await press(pilot, "enter", key, "enter")  # again: it stays
            assert stored(path).get("profile.vip") is value, key


async def test_nothing_is_saved_where_no_value_stays_no_value(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.vip")
        await press(pilot, "enter", "enter")
        assert not pilot.app.screen.query("#value")
        assert "Saved" not in told(pilot)
        stand_on(pilot, "profile.grade")
        await press(pilot, "delete", "enter")
        assert "Saved" not in told(pilot)


@pytest.mark.parametrize(
    ("size", "shown"), [((140, 40), "메모 아주 긴 이름의 필드입"), (SMALL, "메모 아주 긴 이름의 필드 …")]
)
async def test_labels_have_up_to_a_third_of_the_width(tmp_path: Path, size: tuple[int, int], shown: str) -> None:
    path = made(tmp_path)
    workspace = open_workspace(path)
    fields.label_field(workspace, "profile.grade", "메모 아주 긴 이름의 필드입니다")
    workspace.close()
    async with profile(path, size=size) as pilot:
        assert shown in drawn(pilot)


async def test_r27_an_opt_out_is_yes_or_no_and_never_emptied(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "unsubscribeEmail")
        await press(pilot, "enter")
        assert pilot.app.screen.query_one("#value", Choices).total == 2
        assert "only where the customer asked" in words(pilot)
        await press(pilot, "up", "enter")
        assert stored(path).unsubscribe_email
        await press(pilot, "delete")
        assert not pilot.app.screen.query("#value")
        assert "never empty" in told(pilot)
        assert stored(path).unsubscribe_email


async def test_delete_empties_a_field_only_after_enter(tmp_path: Path) -> None:
    path = made(tmp_path, grade="A")
    async with profile(path) as pilot:
        stand_on(pilot, "profile.grade")
        await press(pilot, "delete", "escape")
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert stored(path).get("profile.grade") == "A"
        await press(pilot, "delete", "enter")
        assert stored(path).get("profile.grade") is None


async def test_r16_tags_are_completed_and_those_above_twenty_are_left_out_and_said(tmp_path: Path) -> None:
    path = made(tmp_path, tags='["VIP"]')
    add_leads(path, [{"email": "x@example.com", "tags": '["의류/상의","의류/하의"]'}])
    async with profile(path) as pilot:
        stand_on(pilot, "tags")
        await press(pilot, "enter")
        assert value_line(pilot).value == "VIP "
        await type_text(pilot, "의")
        assert "[의류/상의]  의류/하의" in drawn(pilot)
        await press(pilot, "tab", "enter")
        assert stored(path).tags == ("VIP", "의류/상의")
        await press(pilot, "enter")
        value_line(pilot).show(" ".join(f"t{n}" for n in range(23)))
        await press(pilot, "enter")
        assert len(stored(path).tags) == 20
        assert "3 tags were left out" in told(pilot)


async def test_what_the_program_keeps_cannot_be_edited_and_says_so(tmp_path: Path) -> None:
    async with profile(made(tmp_path), size=(140, 50)) as pilot:
        await press(pilot, "end", "enter")
        assert "kept by the program" in told(pilot)
        assert not pilot.app.screen.query("#value")


async def test_editing_from_the_list_begins_in_the_name(tmp_path: Path) -> None:
    async with profile(made(tmp_path), editing=True) as pilot:
        assert value_line(pilot).has_focus
        assert value_line(pilot).value == "김민수"


async def test_no_other_key_of_the_profile_does_anything_while_a_value_is_edited(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "ctrl+t", "ctrl+o", "shift+delete", "ctrl+r", "down", "pagedown", "D", "q", "x")
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert value_line(pilot).has_focus
        assert value_line(pilot).value == "김민수Dqx"


# -- nothing is lost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "name"), [((), "김민수2"), (("down",), "김민수"), (("end",), "김민수")])
async def test_esc_in_an_unsaved_edit_asks(tmp_path: Path, answer: tuple[str, ...], name: str) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2", "escape")
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, *answer, "enter")
        assert stored(path).get("profile.name") == name
        goes_on = answer == ("end",)
        assert bool(pilot.app.screen.query("#value")) is goes_on
        if goes_on:
            assert value_line(pilot).value == "김민수2"


async def test_esc_in_the_question_goes_on_with_the_edit(tmp_path: Path) -> None:
    async with profile(made(tmp_path)) as pilot:
        await press(pilot, "down", "enter", "2", "escape", "escape")
        assert value_line(pilot).value == "김민수2"
        assert value_line(pilot).has_focus


async def test_what_is_typed_when_a_key_leads_elsewhere_is_there_again(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2", "f4")
        assert "Not saved: Name" in told(pilot)
        app_of(pilot).open_profile(1)
        await settle(pilot)
        stand_on(pilot, "profile.name")
        await press(pilot, "enter")
        assert value_line(pilot).value == "김민수2"
        assert "had typed and not saved" in words(pilot)
        await press(pilot, "enter")
        assert stored(path).get("profile.name") == "김민수2"
        await press(pilot, "enter")
        assert "had typed" not in words(pilot)


# -- others -------------------------------------------------------------------------------------------------------


async def test_what_others_change_is_shown_and_said(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        edit_elsewhere(path, {"name": "Somebody", "visits": "3"})
        await look(pilot)
        assert "Somebody" in drawn(pilot)
        assert told(pilot) == "Changed by somebody else: Name, visits"


async def test_what_is_done_here_is_no_news(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2", "enter")
        await look(pilot)
        assert told(pilot) == "Saved: Name."
        await press(pilot, "c", "down", "enter")
        await look(pilot)
        assert told(pilot) == "김민수2: marketing consent changed."


async def test_others_changes_leave_the_edit_alone(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        edit_elsewhere(path, {"name": "Somebody", "visits": "3"})
        await look(pilot)
        assert value_line(pilot).value == "김민수2"
        assert value_line(pilot).has_focus
        assert "김민수2" in drawn(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("answer", "name"), [("home", "Otto"), ("up", "김민수2"), ("end", "Otto")])
async def test_a_stale_edit_shows_all_three_values_and_writes_only_when_told(
    tmp_path: Path, language: Language, answer: str, name: str
) -> None:
    path = made(tmp_path)
    async with profile(path, language=language) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        edit_elsewhere(path, {"name": "Otto"})
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, StaleDialog)
        values = [row.split()[-2] for row in drawn(pilot).splitlines() if "김민수" in row or "Otto" in row]
        assert values == ["김민수", "Otto", "김민수2"]
        assert stored(path).get("profile.name") == "Otto"
        await press(pilot, answer, "enter")
        assert stored(path).get("profile.name") == name
        assert bool(pilot.app.screen.query("#value")) is (answer == "end")


async def test_after_the_stale_value_was_seen_going_on_saves_over_it_but_not_over_the_next(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        edit_elsewhere(path, {"name": "Otto"})
        await press(pilot, "enter", "escape")
        edit_elsewhere(path, {"name": "Another"})
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, StaleDialog)
        assert "Another" in drawn(pilot)
        await press(pilot, "escape", "enter")
        assert stored(path).get("profile.name") == "김민수2"


async def test_a_change_of_another_field_is_not_in_the_way(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        edit_elsewhere(path, {"visits": "3"})
        await press(pilot, "enter")
        assert stored(path).get("profile.name") == "김민수2"
        assert stored(path).get("profile.visits") == 3
        assert "3" in drawn(pilot)


@pytest.mark.parametrize("while_editing", [False, True])
async def test_a_customer_deleted_elsewhere_is_said_and_left(tmp_path: Path, while_editing: bool) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        if while_editing:
            await press(pilot, "down", "enter", "2")
        change(path, "DELETE FROM customer")
        if while_editing:
            await press(pilot, "enter")
        else:
            await look(pilot)
        assert not isinstance(pilot.app.screen, ProfileScreen)
        assert "deleted by somebody else" in told(pilot)


async def test_a_customer_that_is_gone_already_is_not_opened(tmp_path: Path) -> None:
    async with profile(made(tmp_path), 99) as pilot:
        assert not isinstance(pilot.app.screen, ProfileScreen)
        assert "deleted" in told(pilot)


async def test_a_locked_database_is_said_under_the_line_and_the_text_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path)
    monkeypatch.setattr("storage.dialects.sqlite.BUSY_TIMEOUT_S", 0.01)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        other = open_workspace(path)
        with other.transaction(None):
            await press(pilot, "enter")
        other.close()
        assert "Another program is using the database" in words(pilot)
        assert value_line(pilot).value == "김민수2"
        await press(pilot, "enter")
        assert stored(path).get("profile.name") == "김민수2"


@pytest.mark.parametrize(
    ("language", "still", "in_vain"),
    [("en", "still being saved", "was not saved, but is kept"), ("ko", "아직 저장", "저장하지 못했습니다")],
)
async def test_a_profile_left_while_its_value_waits_to_be_saved_in_vain_says_so_and_keeps_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language, still: str, in_vain: str
) -> None:
    path = made(tmp_path)
    monkeypatch.setattr("storage.dialects.sqlite.BUSY_TIMEOUT_S", 1.0)
    async with profile(path, language=language) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        with held(path):
            await pilot.press("enter", "escape")
            assert still in told(pilot)
            await pilot.press("f3")
            assert isinstance(pilot.app.screen, BlockedScreen)
            await settle(pilot)
        assert told(pilot).startswith("김민수: ")
        assert in_vain in told(pilot)
        assert stored(path).get("profile.name") == "김민수"
        app_of(pilot).open_profile(1)
        await settle(pilot)
        stand_on(pilot, "profile.name")
        await press(pilot, "enter")
        assert value_line(pilot).value == "김민수2"
        await press(pilot, "enter")
        assert stored(path).get("profile.name") == "김민수2"


async def test_a_value_saved_after_its_profile_was_left_is_told_and_no_news_where_it_is_open_again(
    tmp_path: Path,
) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        with held(path):
            await pilot.press("enter", "f4")
            app_of(pilot).open_profile(1)
            await pilot.pause()
        await settle(pilot)
        assert told(pilot) == "Saved: Name."
        assert "김민수2" in drawn(pilot)
        assert not app_of(pilot).desk.unsaved


async def test_somebody_elses_value_saved_before_one_that_waits_leaves_that_unwritten_but_kept(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        with held(path, "UPDATE customer SET name = 'Otto'"):
            await pilot.press("enter", "f4")
        await settle(pilot)
        assert "was not saved, but is kept. Somebody else has saved meanwhile." in told(pilot)
        assert stored(path).get("profile.name") == "Otto"
        assert app_of(pilot).desk.unsaved == {(1, "profile.name"): "김민수2"}


async def test_a_customer_deleted_before_a_value_that_waits_is_said_after_leaving(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        with held(path, "DELETE FROM customer"):
            await pilot.press("enter", "f4")
        await settle(pilot)
        assert "deleted by somebody else" in told(pilot)
        assert not app_of(pilot).desk.unsaved


async def test_what_is_typed_on_while_a_value_is_saved_is_not_lost(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        with held(path):
            await pilot.press("enter", "3")
        await settle(pilot)
        assert told(pilot) == "Saved: Name."
        assert stored(path).get("profile.name") == "김민수2"
        assert value_line(pilot).value == "김민수23"
        with held(path):
            await pilot.press("enter", "4", "f4")
            assert "Not saved: Name" in told(pilot)
        await settle(pilot)
        assert stored(path).get("profile.name") == "김민수23"
        assert app_of(pilot).desk.unsaved == {(1, "profile.name"): "김민수234"}


# -- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["e", "ㄷ", "ctrl+e", "enter"])
async def test_edit_by_either_keyboard(tmp_path: Path, key: str) -> None:
    async with profile(made(tmp_path)) as pilot:
        await press(pilot, "down", key)
        assert isinstance(value_line(pilot), ValueInput)


@pytest.mark.parametrize(
    ("key", "dialog"),
    [
        ("t", "TagDialog"),
        ("ㅅ", "TagDialog"),
        ("ctrl+t", "TagDialog"),
        ("c", "ConsentDialog"),
        ("ㅊ", "ConsentDialog"),
        ("ctrl+o", "ConsentDialog"),
        ("x", "BlockDialog"),
        ("ㅌ", "BlockDialog"),
        ("ctrl+x", "BlockDialog"),
        ("D", "DeleteDialog"),
        ("shift+delete", "DeleteDialog"),
    ],
)
async def test_every_deed_is_reached_by_either_keyboard_and_esc_leaves_it(
    tmp_path: Path, key: str, dialog: str
) -> None:
    path = made(tmp_path)
    before = stored(path)
    async with profile(path) as pilot:
        await press(pilot, key)
        assert type(pilot.app.screen).__name__ == dialog
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert stored(path) == before


@pytest.mark.parametrize("key", ["escape", "q", "ㅂ"])
async def test_back_to_where_it_was_opened(tmp_path: Path, key: str) -> None:
    async with profile(made(tmp_path)) as pilot:
        await press(pilot, key)
        assert not isinstance(pilot.app.screen, ProfileScreen)


async def test_deleting_here_goes_back_and_says_who(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        await press(pilot, "D", "left", "enter")
        assert not isinstance(pilot.app.screen, ProfileScreen)
        assert told(pilot) == "김민수 is deleted."


async def test_an_arrow_repaints_the_two_lines_it_is_about(tmp_path: Path) -> None:
    async with profile(made(tmp_path), size=SMALL) as pilot:
        shown = profile_list(pilot)
        before = lines(shown)
        await press(pilot, "down")
        after = lines(shown)
        assert [y for y in range(len(before)) if before[y] != after[y]] == [1, 2]
        assert screen_of(pilot).status.text == f"2 / {shown.position[1]}"


async def test_what_was_done_here_before_hides_nothing_that_others_do_later(tmp_path: Path) -> None:
    path = made(tmp_path)
    async with profile(path) as pilot:
        await press(pilot, "c", "down", "enter")
        assert "consent changed" in told(pilot)
        edit_elsewhere(path, {"visits": "3"})
        await look(pilot)
        assert told(pilot) == "Changed by somebody else: visits"
        change(path, "DELETE FROM customer")
        await look(pilot)
        assert "deleted by somebody else" in told(pilot)
