"""The tabs of managers and roles, walked through with the real program on a real database (R50, R51)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.core.permissions import EVERYTHING, Permission
from crm_tui.services import managers, roles
from crm_tui.services.managers import Manager
from crm_tui.services.roles import Role
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.permissions import PermissionsDialog
from crm_tui.tui.screens.settings import SettingsScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.team_tables import ManagerTable, RoleTable
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import SMALL, WIDE, database, lines, opened, status
from tests.tui.team import BOSS, ME, rights

SEE, EDIT, DELETE, DOWNLOAD, SETTINGS, ACTIVITY = Permission


def team(path: str) -> dict[str, str]:
    workspace = open_workspace(path)
    found = {one.name: one.role for one in managers.list_managers(workspace)}
    workspace.close()
    return found


def allowed(path: str) -> dict[str, frozenset[Permission]]:
    workspace = open_workspace(path)
    found = {one.name: one.permissions for one in roles.list_roles(workspace)}
    workspace.close()
    return found


def furnished(folder: Path) -> str:
    """Return a database with a second manager and a role that owners made."""
    path = database(folder)
    workspace = open_workspace(path)
    assert isinstance(roles.add_role(workspace, "상담원", {SEE}), Role)
    assert isinstance(managers.add_manager(workspace, "minsu", "basic"), Manager)
    workspace.close()
    return path


def table(pilot: Pilot[None], kind: type[ManagerTable] | type[RoleTable]) -> ManagerTable | RoleTable:
    return pilot.app.screen.query_one(kind)


def shown(pilot: Pilot[None], kind: type[ManagerTable] | type[RoleTable]) -> list[str]:
    return [" ".join(line.removeprefix(">").split()) for line in lines(table(pilot, kind)) if line.strip()]


def offered(pilot: Pilot[None]) -> set[str]:
    return {name for _, name in pilot.app.screen.query_one(KeyBar).offered()}


async def choose(pilot: Pilot[None], answer: str) -> None:
    """Choose an answer of the question that is asked."""
    dialog = pilot.app.screen
    assert isinstance(dialog, Ask)
    names = [name for name, _ in dialog._answers]
    await press(pilot, "home", *["down"] * names.index(answer), "enter")


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_r50_managers_are_listed_with_their_roles_and_who_added_them(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(furnished(tmp_path), size) as pilot:
        await press(pilot, "f9", "3")
        header, *rows = shown(pilot, ManagerTable)
        assert header == "Name Role Since Added by"
        assert rows[0].startswith(f"{ME} owner 2")
        assert rows[0].endswith("opened it first")
        assert rows[1].startswith("minsu basic 2")
        assert rows[1].endswith(ME)
        assert status(pilot) == f"2 managers   {ME} (you)"
        assert table(pilot, ManagerTable).has_focus


@pytest.mark.parametrize("key", ["n", "ㅜ", "insert"])
async def test_r50_a_manager_is_added_with_a_role(tmp_path: Path, key: str) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "3", key)
        await type_text(pilot, "lee")
        await press(pilot, "enter")
        assert "lee: which role?" in words(pilot)
        await choose(pilot, "상담원")
        assert status(pilot) == "Manager added: lee (상담원)"
        assert table(pilot, ManagerTable).text_to_copy() == "lee"
    assert team(path) == {ME: "owner", "minsu": "basic", "lee": "상담원"}


async def test_r50_a_name_that_cannot_be_added_is_asked_for_again(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "3", "n")
        await type_text(pilot, "minsu")
        await press(pilot, "enter")
        await choose(pilot, "basic")
        assert isinstance(pilot.app.screen, AskLine)
        assert "minsu is a manager already" in words(pilot)
        assert pilot.app.screen.query_one(Input).value == "minsu"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, SettingsScreen)
    assert len(team(path)) == 2


@pytest.mark.parametrize("key", ["e", "ㄷ", "ctrl+e", "enter"])
async def test_r50_a_manager_gets_another_role(tmp_path: Path, key: str) -> None:
    path = furnished(tmp_path)
    async with opened(path, language="ko") as pilot:
        await press(pilot, "f9", "3", "end", key)
        await choose(pilot, "owner")
        assert status(pilot) == "minsu 님의 역할을 바꾸었습니다: 소유자"
    assert team(path)["minsu"] == "owner"


async def test_r50_removing_a_manager_asks_and_leaves_first(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "3", "end", "delete")
        assert "What they did stays in the" in words(pilot)
        await press(pilot, "enter")
        assert "minsu" in team(path)
        await press(pilot, "delete")
        await choose(pilot, "remove")
        assert status(pilot) == "Manager removed: minsu"
    assert team(path) == {ME: "owner"}


async def test_r50_ones_own_role_is_not_offered_for_change(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "3")
        assert not {"Change the role", "Remove the manager"} & offered(pilot)
        for key in ("e", "delete", "enter"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, SettingsScreen)
        assert status(pilot) == "Nobody changes their own role. Another manager must do that."
    assert team(path)[ME] == "owner"


async def test_r51_roles_are_listed_with_what_they_allow(tmp_path: Path) -> None:
    async with opened(furnished(tmp_path), WIDE) as pilot:
        await press(pilot, "f9", "4")
        assert shown(pilot, RoleTable) == [
            "Name Managers May",
            "owner 1 everything",
            "basic 1 see contacts, edit customers",
            "상담원 0 see contacts",
        ]
        assert status(pilot) == "3 roles (at most 20)   owner: everything"


@pytest.mark.parametrize("key", ["n", "insert"])
async def test_r51_a_role_is_made_with_its_permissions(tmp_path: Path, key: str) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "4", key)
        await type_text(pilot, "Support")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, PermissionsDialog)
        assert drawn(pilot).count("[x]") == 2
        await press(pilot, "down", "space", "end", "space", "enter")
        assert status(pilot) == "Role added: Support"
        assert table(pilot, RoleTable).text_to_copy() == "Support"
    assert allowed(path)["Support"] == {SEE, ACTIVITY}


async def test_r50_a_role_whose_name_is_taken_is_asked_for_again_and_keeps_what_was_chosen(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path, language="ko") as pilot:
        await press(pilot, "f9", "4", "n")
        pilot.app.screen.query_one(Input).value = "상담원"
        await press(pilot, "enter", "end", "space", "enter")
        assert "이미 있는 역할입니다" in words(pilot)
        pilot.app.screen.query_one(Input).value = "팀장"
        await press(pilot, "enter", "enter")
    assert allowed(path)["팀장"] == {SEE, EDIT, ACTIVITY}


async def test_r51_what_a_role_allows_is_changed(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path, (60, 15)) as pilot:
        await press(pilot, "f9", "4", "end", "enter")
        assert "What may be done: 상담원" in drawn(pilot)
        await press(pilot, "escape")
        assert allowed(path)["상담원"] == {SEE}
        await press(pilot, "enter", "end", "space", "enter")
        assert "상담원" in status(pilot)
    assert allowed(path)["상담원"] == {SEE, ACTIVITY}


async def test_r50_a_role_is_renamed_and_deleted(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "4", "end", "e")
        pilot.app.screen.query_one(Input).value = "BASIC"
        await press(pilot, "enter")
        assert 'There is a role "basic" already' in words(pilot)
        pilot.app.screen.query_one(Input).value = "Desk"
        await press(pilot, "enter")
        assert status(pilot) == "Role renamed: Desk"
        await press(pilot, "delete")
        await choose(pilot, "delete")
        assert status(pilot) == "Role deleted: Desk"
    assert set(allowed(path)) == {"owner", "basic"}


async def test_r50_roles_that_exist_from_the_start_are_not_offered_for_change(tmp_path: Path) -> None:
    async with opened(furnished(tmp_path)) as pilot:
        await press(pilot, "f9", "4")
        for _ in range(2):
            assert not {"Change permissions", "Rename the role", "Delete the role"} & offered(pilot)
            for key in ("enter", "e", "delete"):
                await press(pilot, key)
                assert isinstance(pilot.app.screen, SettingsScreen)
            await press(pilot, "down")
        assert "Change permissions" in offered(pilot)


async def test_r50_a_role_that_somebody_has_is_not_deleted_and_the_sentence_names_them(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    workspace = open_workspace(path)
    managers.change_manager(workspace, "minsu", "상담원")
    workspace.close()
    async with opened(path) as pilot:
        await press(pilot, "f9", "4", "end", "delete")
        await choose(pilot, "delete")
        assert 'Managers have the role "상담원": minsu.' in words(pilot)
        await press(pilot, "escape")
        assert "Managers have" not in words(pilot)


async def test_r50_who_is_no_owner_is_offered_only_roles_within_their_own(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    rights(path, {SETTINGS, SEE})
    async with opened(path) as pilot:
        await press(pilot, "f9", "3", "n")
        await type_text(pilot, "lee")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, Ask)
        assert {name for name, _ in pilot.app.screen._answers} == {"상담원", "mine", "leave"}
        await press(pilot, "escape", "home")
        assert table(pilot, ManagerTable).text_to_copy() == BOSS
        await press(pilot, "delete")
        await choose(pilot, "remove")
        assert "Only an owner may do that" in words(pilot)
    assert team(path)[BOSS] == "owner"


async def test_managers_and_roles_are_found_by_a_text(tmp_path: Path) -> None:
    async with opened(furnished(tmp_path)) as pilot:
        await press(pilot, "f9", "3", "slash")
        await type_text(pilot, "MIN")
        assert [line.split()[0] for line in shown(pilot, ManagerTable)] == ["Name", "minsu"]
        await type_text(pilot, "x")
        assert "Nothing matches." in drawn(pilot)
        await press(pilot, "escape", "escape")
        assert len(shown(pilot, ManagerTable)) == 3


async def test_what_another_program_changes_is_seen_without_asking(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "3", "end")
        workspace = open_workspace(path)
        managers.add_manager(workspace, "lee", "owner")
        roles.add_role(workspace, "all", EVERYTHING)
        workspace.close()
        screen = pilot.app.screen
        assert isinstance(screen, SettingsScreen)
        screen.look()
        await settle(pilot)
        assert [line.split()[0] for line in shown(pilot, ManagerTable)] == ["Name", ME, "minsu", "lee"]
        assert table(pilot, ManagerTable).text_to_copy() == "minsu"
