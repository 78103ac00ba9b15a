"""A customer's life on the profile: who waits for whom, why, what was said, and what a manager may do about it."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.fields import EMAIL
from crm_tui.core.permissions import Permission
from crm_tui.core.talk import Direction
from crm_tui.i18n import Language
from crm_tui.services import conversations, customers, managed, unifying
from crm_tui.services.activity import ActivityKind, history
from crm_tui.services.customers import Edited
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.unify import UnifyDialog
from crm_tui.tui.dialogs.why import WhyDialog
from crm_tui.tui.dialogs.write_down import WriteDownDialog
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.history_list import HistoryList
from crm_tui.tui.widgets.timeline_list import TimelineList
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import FORBIDDEN, HOSTILE, app_of, change, database, lines
from tests.tui.profiles import held, look, profile, profile_list, screen_of, stand_on, stored, told, value_line

MEMBER, LEAD, OTHER = 1, 2, 3
SHARED = "hong@example.com"


def people(folder: Path, *, has_booted: bool = False) -> str:
    """A member, a lead with another e-mail, who may have visited, and a member with the same e-mail as the first."""
    path = database(
        folder,
        [
            {"name": "홍길동", "email": SHARED},
            {"name": "Lead [VIP]", "email": "lead@example.com", "mobileNumber": "+82 010-1111-2222"},
            {"name": "Other", "email": "other@example.com"},
        ],
    )
    change(path, "UPDATE customer SET member_id = 'm' || id, updated_at = 1 WHERE id <> ?", LEAD)
    change(path, "UPDATE customer SET email = ?, email_key = ?, updated_at = 0 WHERE id = ?", SHARED, SHARED, OTHER)
    if has_booted:
        change(path, "UPDATE customer SET sessions_count = 1 WHERE id = ?", LEAD)
    return path


def save_email(path: str, *, unify: bool | None, email: str = SHARED, customer_id: int = LEAD) -> None:
    """Give a customer an e-mail as another program would."""
    workspace = open_workspace(path)
    answer = customers.edit(workspace, customer_id, {"email": email}, unify=unify)
    workspace.close()
    assert isinstance(answer, Edited), answer


def allow(path: str, *permissions: Permission) -> None:
    """Leave this manager nothing but these."""
    workspace = open_workspace(path)
    listed = "[" + ",".join(f'"{one.value}"' for one in permissions) + "]"
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("INSERT INTO role (key, name, permissions) VALUES ('few', 'few', ?)", (listed,))
        connection.exec_driver_sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE key = 'few')")
    workspace.close()


def kinds(path: str, customer_id: int) -> Collection[ActivityKind]:
    workspace = open_workspace(path)
    found = [line.kind for line in history(workspace, customer_id)]
    workspace.close()
    return found


def is_there(path: str, customer_id: int) -> bool:
    try:
        stored(path, customer_id)
    except NotFound:
        return False
    return True


def offered(pilot: Pilot[None]) -> list[str]:
    return [name for _, name in pilot.app.screen.query_one(KeyBar).offered()]


async def type_email(pilot: Pilot[None], email: str = SHARED) -> None:
    """Save another e-mail on the profile."""
    stand_on(pilot, EMAIL)
    await press(pilot, "enter")
    value_line(pilot).show(email)
    await press(pilot, "enter")


# -- who waits for whom -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r42_a_pending_unification_is_shown_on_both_and_enter_opens_the_other(
    tmp_path: Path, language: Language
) -> None:
    path = people(tmp_path, has_booted=True)
    save_email(path, unify=True)
    async with profile(path, LEAD, language=language) as pilot:
        assert ("유니피케이션 대기 1" if language == "ko" else "1 to be unified") in drawn(pilot)
        assert re.search(
            "회원 +홍길동 · 이메일 같음" if language == "ko" else "Member +홍길동 · same E-mail", drawn(pilot)
        )
        await press(pilot, "home", "enter")
        assert screen_of(pilot).customer_id == MEMBER
        assert re.search(r"리드 +Lead \[VIP\]" if language == "ko" else r"Lead +Lead \[VIP\]", drawn(pilot))
        await press(pilot, "home", "enter")
        assert screen_of(pilot).customer_id == LEAD


async def test_the_keys_of_a_line_of_somebody_else_open_them_and_do_not_edit(tmp_path: Path) -> None:
    path = people(tmp_path, has_booted=True)
    save_email(path, unify=True)
    async with profile(path, LEAD) as pilot:
        await press(pilot, "home")
        assert "Open this customer" in offered(pilot)
        assert "Edit" not in offered(pilot)
        await press(pilot, "e")
        assert not pilot.app.screen.query("#value")
        await press(pilot, "y")
        assert pilot.app.clipboard == "홍길동"
        await press(pilot, "down")
        assert "Open this customer" not in offered(pilot)
        assert "Edit" in offered(pilot)


async def test_r5_who_is_over_the_limit_of_managed_users_is_shown_as_hidden(tmp_path: Path) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET last_seen_at = 1 WHERE id = ?", LEAD)
    workspace = open_workspace(path)
    managed.set_limit(workspace, 2)
    workspace.close()
    async with profile(path, LEAD) as pilot:
        assert "Lead · hidden" in drawn(pilot)
        assert "but not deleted" in words(pilot)


async def test_a_lead_who_goes_into_a_member_while_shown_leads_to_the_member(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        save_email(path, unify=True)
        await look(pilot)
        assert screen_of(pilot).customer_id == MEMBER
        assert told(pilot) == "Unified into 홍길동."
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ProfileScreen)


# -- R45: an edit that links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r45_an_edit_that_links_names_the_member_and_asks_and_yes_unifies(
    tmp_path: Path, language: Language
) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD, language=language) as pilot:
        await type_email(pilot)
        assert isinstance(pilot.app.screen, UnifyDialog)
        assert "홍길동 (#1)" in words(pilot)
        assert stored(path, LEAD).get(EMAIL) == "lead@example.com"
        await press(pilot, "home", "enter")
        assert not is_there(path, LEAD)
        assert screen_of(pilot).customer_id == MEMBER
        assert "홍길동" in told(pilot)
        assert stored(path).get("profile.mobileNumber") == "+821011112222"
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ProfileScreen)
        assert not app_of(pilot).desk.unsaved


async def test_r45_on_no_it_is_saved_and_nobody_is_unified(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        await type_email(pilot)
        await press(pilot, "up", "enter")
        assert stored(path, LEAD).get(EMAIL) == SHARED
        assert told(pilot) == "Saved: E-mail."
        assert not pilot.app.screen.query("#value")
        assert ActivityKind.UNIFY_DECLINED in kinds(path, LEAD)


@pytest.mark.parametrize("keys", [("escape",), ("enter",)], ids=" ".join)
async def test_r45_leaving_the_question_writes_nothing_and_goes_on_with_the_edit(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        await type_email(pilot)
        await press(pilot, *keys)
        assert stored(path, LEAD).get(EMAIL) == "lead@example.com"
        assert value_line(pilot).value == SHARED
        assert value_line(pilot).has_focus


async def test_r45_a_lead_who_has_booted_is_only_linked(tmp_path: Path) -> None:
    path = people(tmp_path, has_booted=True)
    async with profile(path, LEAD) as pilot:
        await type_email(pilot)
        assert "has visited" in words(pilot)
        await press(pilot, "home", "enter")
        assert screen_of(pilot).customer_id == LEAD
        assert [one.member_id for one in stored(path, LEAD).pending] == [MEMBER]
        assert told(pilot) == "Saved: E-mail. 1 to be unified at the next login."
        assert "Waiting to be unified" in drawn(pilot)


async def test_r45_a_members_contact_that_leads_have_asks_the_same(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, MEMBER) as pilot:
        await type_email(pilot, "lead@example.com")
        assert "Lead [VIP] (#2)" in words(pilot)
        await press(pilot, "home", "enter")
        assert not is_there(path, LEAD)
        assert screen_of(pilot).customer_id == MEMBER
        assert told(pilot) == "Saved: E-mail. Unified with 1 lead(s)."


async def test_r45_what_is_typed_is_kept_where_the_profile_is_left_before_it_is_asked(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        stand_on(pilot, EMAIL)
        await press(pilot, "enter")
        value_line(pilot).show(SHARED)
        with held(path):
            await pilot.press("enter", "f4")
        await settle(pilot)
        assert "was not saved, but is kept. Somebody has the same value" in told(pilot)
        assert stored(path, LEAD).get(EMAIL) == "lead@example.com"
        assert app_of(pilot).desk.unsaved == {(LEAD, EMAIL): SHARED}


async def test_the_names_in_the_question_reach_neither_markup_nor_terminal(tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = people(folder)
        change(path, "UPDATE customer SET name = ? WHERE id = ?", f"{name}\nx" * 20, MEMBER)
        async with profile(path, LEAD) as pilot:
            await type_email(pilot)
            assert isinstance(pilot.app.screen, UnifyDialog)
            assert not FORBIDDEN & set(drawn(pilot))


# -- verifying ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["v", "ㅍ", "f12"])
async def test_r2_a_contact_that_the_customer_typed_is_verified_after_a_question(tmp_path: Path, key: str) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET email_verified = 0 WHERE id = ?", LEAD)
    async with profile(path, LEAD) as pilot:
        assert "lead@example.com (unverified)" in drawn(pilot)
        await press(pilot, key)
        assert isinstance(pilot.app.screen, Ask)
        assert "E-mail: lead@example.com" in drawn(pilot)
        await press(pilot, "enter")
        assert not stored(path, LEAD).email_verified, "there is no way back: it begins on the answer that does nothing"
        await press(pilot, key, "home", "enter")
        assert stored(path, LEAD).email_verified
        assert told(pilot) == "Verified: E-mail."
        assert "(unverified)" not in drawn(pilot)
        assert ActivityKind.CONTACT_VERIFIED in kinds(path, LEAD)
        await press(pilot, key)
        assert isinstance(pilot.app.screen, ProfileScreen)


async def test_of_two_unverified_contacts_the_one_under_the_cursor_comes_first(tmp_path: Path) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET email_verified = 0, mobile_number_verified = 0 WHERE id = ?", LEAD)
    async with profile(path, LEAD) as pilot:
        stand_on(pilot, "profile.mobileNumber")
        await press(pilot, "v", "home", "enter")
        assert stored(path, LEAD).mobile_number_verified
        assert not stored(path, LEAD).email_verified
        await press(pilot, "v", "escape")
        assert not stored(path, LEAD).email_verified


@pytest.mark.parametrize(("answer", "is_verified"), [("home", None), ("up", True), ("enter", False), ("escape", False)])
async def test_r45_verifying_a_contact_of_a_member_asks_and_does_as_told(
    tmp_path: Path, answer: str, is_verified: bool | None
) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET email = ?, email_key = ?, email_verified = 0 WHERE id = ?", SHARED, SHARED, LEAD)
    async with profile(path, LEAD) as pilot:
        await press(pilot, "v", "home", "enter")
        assert isinstance(pilot.app.screen, UnifyDialog)
        assert not stored(path, LEAD).email_verified
        await press(pilot, answer, *(["enter"] if answer in ("home", "up") else []))
        if is_verified is None:
            assert not is_there(path, LEAD)
            assert screen_of(pilot).customer_id == MEMBER
            assert told(pilot) == "Verified: E-mail. Unified into 홍길동."
        else:
            assert stored(path, LEAD).email_verified is is_verified
            assert screen_of(pilot).customer_id == LEAD


async def test_verifying_a_contact_of_somebody_who_is_deleted_meanwhile_says_so(tmp_path: Path) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET email_verified = 0 WHERE id = ?", LEAD)
    async with profile(path, LEAD) as pilot:
        await press(pilot, "v")
        change(path, "DELETE FROM customer WHERE id = ?", LEAD)
        await press(pilot, "home", "enter")
        assert "deleted by somebody else" in told(pilot)
        assert not isinstance(pilot.app.screen, ProfileScreen)


# -- why ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ko", ("합친 리드 #2", "연락처 수정", "이메일 (둘 다", "Other (#3)", "가장 최근에 수정한", "회원에게는 값이")),
        (
            "en",
            ("Lead #2, unified", "an edit", "E-mail (verified", "Other (#3)", "updated last", "the member had none"),
        ),
    ],
)
async def test_r43_why_tells_the_contact_the_other_candidates_and_the_rule_of_each_value(
    tmp_path: Path, language: Language, parts: tuple[str, ...]
) -> None:
    path = people(tmp_path)
    save_email(path, unify=True)
    async with profile(path, MEMBER, language=language, size=(140, 50)) as pilot:
        await press(pilot, "end", "w")
        assert isinstance(pilot.app.screen, WhyDialog)
        assert [part for part in parts if part not in words(pilot)] == []
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ProfileScreen)


async def test_r43_why_begins_with_the_value_under_the_cursor(tmp_path: Path) -> None:
    path = people(tmp_path)
    save_email(path, unify=True)
    async with profile(path, MEMBER) as pilot:
        stand_on(pilot, "profile.mobileNumber")
        await press(pilot, "w")
        rows = drawn(pilot).splitlines()
        at = next(number for number, row in enumerate(rows) if "Mobile number: the value now" in row)
        assert "The lead's: the member had none." in rows[at + 1]
        await press(pilot, "escape")
        stand_on(pilot, "profile.description")
        await press(pilot, "f7")
        assert "No lead that was unified had a value here" in words(pilot)


async def test_r42_why_of_a_link_that_waits_is_told_on_both(tmp_path: Path) -> None:
    path = people(tmp_path, has_booted=True)
    save_email(path, unify=True)
    for customer_id, who in ((LEAD, "홍길동 (#1)"), (MEMBER, "Lead [VIP] (#2)")):
        async with profile(path, customer_id) as pilot:
            await press(pilot, "w")
            assert who in words(pilot)
            assert "Other (#3)" in words(pilot)
            assert "The lead has visited" in words(pilot)


async def test_why_is_offered_only_where_there_is_something_to_tell(tmp_path: Path) -> None:
    async with profile(people(tmp_path), MEMBER) as pilot:
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, ProfileScreen)


async def test_why_scrolls_in_a_small_window(tmp_path: Path) -> None:
    path = people(tmp_path)
    save_email(path, unify=True)
    async with profile(path, MEMBER, size=(60, 15)) as pilot:
        await press(pilot, "w", "end")
        assert "in the history." in words(pilot)
        body = pilot.app.screen.query_one("#why-body")
        assert body.scroll_offset.y > 0
        assert max(map(len, drawn(pilot).splitlines())) <= 60


async def test_a_candidate_who_is_deleted_later_is_told_by_the_id(tmp_path: Path) -> None:
    path = people(tmp_path)
    save_email(path, unify=True)
    change(path, "DELETE FROM customer WHERE id = ?", OTHER)
    async with profile(path, MEMBER) as pilot:
        await press(pilot, "w")
        assert "#3 (gone now)" in words(pilot)


# -- what was said ------------------------------------------------------------------------------------------------


def said(path: str, *texts: str, customer_id: int = LEAD) -> None:
    workspace = open_workspace(path)
    for text in texts:
        conversations.write_message(workspace, customer_id, Direction.IN, text)
    workspace.close()


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r44_what_was_said_stands_below_the_fields_newest_first_and_beside_them_in_a_wide_window(
    tmp_path: Path, language: Language
) -> None:
    path = people(tmp_path)
    said(path, "안녕하세요", "second [/b]")
    async with profile(path, LEAD, size=(80, 50), language=language) as pilot:
        shown = drawn(pilot)
        assert shown.index("second [/b]") < shown.index("안녕하세요")
        assert not pilot.app.screen.query_one("#beside").display
        await pilot.resize_terminal(140, 40)
        await settle(pilot)
        beside = "\n".join(lines(pilot.app.screen.query_one(TimelineList)))
        assert beside.index("second [/b]") < beside.index("안녕하세요")
        assert not any("안녕하세요" in line for line in lines(profile_list(pilot)))
        assert pilot.app.screen.query_one("#history", HistoryList).size.height > 8


async def test_where_nothing_was_said_it_says_how_to_begin(tmp_path: Path) -> None:
    async with profile(people(tmp_path), LEAD, size=(140, 40)) as pilot:
        assert "n writes down a message or a call" in words(pilot)


@pytest.mark.parametrize("key", ["n", "ㅜ", "insert"])
async def test_a_message_is_written_down_and_seen_at_once(tmp_path: Path, key: str) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD, size=(140, 40)) as pilot:
        await press(pilot, key)
        assert isinstance(pilot.app.screen, WriteDownDialog)
        pilot.app.screen.query_one("#text").focus()
        await type_text(pilot, "hello")
        await press(pilot, "enter")
        workspace = open_workspace(path)
        assert [one.text for one in conversations.timeline(workspace, LEAD)] == ["hello"]
        workspace.close()
        assert any("hello" in line for line in lines(pilot.app.screen.query_one(TimelineList)))


async def test_what_another_program_writes_down_is_seen(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD, size=(140, 40)) as pilot:
        said(path, "from elsewhere")
        await look(pilot)
        assert "from elsewhere" in drawn(pilot)


# -- what a manager may do ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 50), (140, 40)])
async def test_r51_without_the_activity_log_there_is_a_sentence_instead_of_the_history_and_nothing_is_refused(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = people(tmp_path)
    allow(path, Permission.SEE, Permission.EDIT)
    async with profile(path, LEAD, size=size) as pilot:
        assert "Not shown: it needs the permission" in words(pilot)
        assert "read only" not in drawn(pilot)
    workspace = open_workspace(path)
    with workspace.reading(None) as connection:
        refused = connection.exec_driver_sql("SELECT count(*) FROM activity WHERE kind = 'refused'").scalar_one()
    workspace.close()
    assert refused == 0


async def test_r51_who_may_only_look_is_told_so_and_offered_nothing_else(tmp_path: Path) -> None:
    path = people(tmp_path)
    change(path, "UPDATE customer SET email_verified = 0 WHERE id = ?", LEAD)
    allow(path, Permission.SEE)
    before = stored(path, LEAD)
    async with profile(path, LEAD) as pilot:
        assert "Lead · read only" in drawn(pilot)
        assert not {"Edit", "Block", "Tags"} & set(offered(pilot))
        for key in ("enter", "t", "c", "x", "v", "n", "delete", "D"):
            app_of(pilot).notice = ""
            await press(pilot, key)
            assert isinstance(pilot.app.screen, ProfileScreen), key
            assert not pilot.app.screen.query("#value"), key
            assert "Not permitted" in told(pilot), key
        stand_on(pilot, EMAIL)
        await press(pilot, "y")
        assert pilot.app.clipboard == "lead@example.com"
    assert stored(path, LEAD) == before


async def test_r51_who_may_only_look_still_opens_whom_they_are_linked_with(tmp_path: Path) -> None:
    path = people(tmp_path, has_booted=True)
    save_email(path, unify=True)
    allow(path, Permission.SEE)
    async with profile(path, LEAD) as pilot:
        await press(pilot, "home", "enter")
        assert screen_of(pilot).customer_id == MEMBER


async def test_r51_a_permission_that_is_taken_away_is_gone_at_the_next_look(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        assert "read only" not in drawn(pilot)
        allow(path, Permission.SEE)
        await look(pilot)
        assert "read only" in drawn(pilot)
        change(path, "UPDATE role SET permissions = '[]' WHERE key = 'few'")
        await look(pilot)
        assert "lead@example.com" not in drawn(pilot)


async def test_an_edit_that_is_refused_meanwhile_says_so_and_keeps_what_was_typed(tmp_path: Path) -> None:
    path = people(tmp_path)
    async with profile(path, LEAD) as pilot:
        stand_on(pilot, "profile.name")
        await press(pilot, "enter", "2")
        allow(path, Permission.SEE)
        await press(pilot, "enter")
        assert stored(path, LEAD).get("profile.name") == "Lead [VIP]"
        assert value_line(pilot).value == "Lead [VIP]2"
        assert "Not permitted" in words(pilot)


def test_the_unifications_behind_these_tests_are_there(tmp_path: Path) -> None:
    path = people(tmp_path)
    save_email(path, unify=True)
    workspace = open_workspace(path)
    (found,) = unifying.why(workspace, MEMBER)
    workspace.close()
    assert (found.lead_id, found.member_id, found.candidates) == (LEAD, MEMBER, (OTHER,))
