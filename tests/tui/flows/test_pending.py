"""The list of unifications that wait for a login: seen, opened and explained (R42)."""

from pathlib import Path

import pytest

from crm_tui.i18n import Language, set_language, t
from crm_tui.services import customers, visits
from crm_tui.services.customers import Edited
from crm_tui.services.visits import Boot
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.why import WhyDialog
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.pending import PendingScreen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.pending_list import PendingList
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.places import FORBIDDEN, HOSTILE, SMALL, WIDEST, app_of, change, database, opened, status

MEMBER, OTHER, LEAD = 1, 2, 3


def login(path: str, member_id: str) -> None:
    """Let a member log in, as another program would tell."""
    workspace = open_workspace(path)
    visits.visit(workspace, Boot(member_id=member_id))
    workspace.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A lead who has visited, and two members with their e-mail: they wait for the first one."""
    path = database(
        tmp_path,
        (
            {"email": "kim@example.com", "name": "김민수"},
            {"email": "lee@example.com", "name": "Second"},
            {"mobileNumber": "+82 10-2020-3030", "name": "Lead"},
        ),
    )
    change(path, "UPDATE customer SET member_id = 'M' || id WHERE id < 3")
    change(path, "UPDATE customer SET email = 'kim@example.com', email_key = 'kim@example.com' WHERE id = 2")
    change(path, "UPDATE customer SET sessions_count = 1, name = ? WHERE id = 3", " ".join(HOSTILE))
    change(path, "UPDATE customer SET updated_at = created_at + 60000 WHERE id = 1")
    workspace = open_workspace(path)
    edited = customers.edit(workspace, LEAD, {"email": "kim@example.com"}, unify=True)
    workspace.close()
    assert isinstance(edited, Edited)
    assert edited.pending == 1
    return path


@pytest.mark.parametrize("size", [(60, 15), SMALL, WIDEST])
async def test_r42_who_waits_is_listed_with_whom_by_what_and_since_when(path: str, size: tuple[int, int]) -> None:
    async with opened(path, size) as pilot:
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, PendingScreen)
        assert "김민수" in drawn(pilot)
        assert "[/b] 홍길" in drawn(pilot)
        assert not FORBIDDEN & set(drawn(pilot))
        assert status(pilot).startswith("1 / 1   same E-mail")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_r42_enter_opens_the_lead(path: str) -> None:
    async with opened(path) as pilot:
        await press(pilot, "p", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ProfileScreen)
        assert screen.customer_id == LEAD
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, PendingScreen)


async def test_r41_r42_why_names_the_contact_and_the_other_candidates(path: str) -> None:
    async with opened(path) as pilot:
        await press(pilot, "p", "w")
        assert isinstance(pilot.app.screen, WhyDialog)
        said = words(pilot)
        for told in ("김민수 (#1)", "Second (#2)", "E-mail"):
            assert told in said
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, PendingScreen)


async def test_r41_a_candidate_who_was_deleted_since_is_told_by_the_number(path: str) -> None:
    change(path, "DELETE FROM customer WHERE id = ?", OTHER)
    async with opened(path) as pilot:
        await press(pilot, "p", "w")
        assert t("profile.why_gone", id=OTHER) in words(pilot)


async def test_r42_at_the_login_of_the_member_the_list_is_empty_by_itself(path: str) -> None:
    async with opened(path) as pilot:
        await press(pilot, "p")
        login(path, "M1")
        screen = pilot.app.screen
        assert isinstance(screen, PendingScreen)
        screen.look()
        await settle(pilot)
        assert screen.query_one(PendingList).total == 0
        assert status(pilot).startswith("0 / 0")
        await press(pilot, "w", "enter")
        assert pilot.app.screen is screen


async def test_r47_a_blocked_one_waits_on_and_is_marked(path: str) -> None:
    change(path, "UPDATE customer SET blocked_at = 1, blocked_by = 'kim' WHERE id = ?", MEMBER)
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "p")
        assert "김민수 (blocked)" in drawn(pilot)


async def test_the_lead_under_the_cursor_is_copied_and_what_is_told_is_read_again(path: str) -> None:
    async with opened(path) as pilot:
        await press(pilot, "p")
        change(path, "UPDATE customer SET name = '이서연' WHERE id = ?", LEAD)
        await press(pilot, "r", "ctrl+c")
        assert app_of(pilot).clipboard == "이서연"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("size", [(60, 15), SMALL])
async def test_where_nobody_waits_it_says_what_would_be_here(
    tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    set_language(language)
    async with opened(database(tmp_path), size, language) as pilot:
        app_of(pilot).open_pending()
        await settle(pilot)
        said = "".join(words(pilot).split())
        for name in ("pending_title", "pending_empty"):
            assert "".join(t(f"life.{name}").split()) in said
