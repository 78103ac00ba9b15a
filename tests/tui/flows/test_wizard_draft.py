"""The draft: going back, leaving, coming back, and an import of an earlier session lose nothing."""

from pathlib import Path

import pytest

from crm_tui.core.vocabulary import EmptyPolicy, ImportState
from crm_tui.services import contact_list
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.imports import list_imports
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.import_wizard import ImportWizard
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.wizard import app_of, draft_of, open_wizard, running, to_check, to_settings, workspace_of, write_csv

pytestmark = pytest.mark.usefixtures("quiet")


async def test_a_plan_survives_back_and_forth_and_is_made_anew_when_something_changed(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        plan = draft_of(pilot).prepared
        await press(pilot, "escape", "escape", "escape", "escape", "escape")
        await open_wizard(pilot)
        await press(pilot, "enter", "enter", "ctrl+n", "enter", "ctrl+n")
        assert draft_of(pilot).step == "check"
        assert draft_of(pilot).prepared is plan
        await press(pilot, "escape", "down", "up", "ctrl+n")
        assert draft_of(pilot).prepared is plan
        await press(pilot, "escape", "down", "ctrl+n")
        again = draft_of(pilot).prepared
        assert again is not None
        assert again.request.policy is EmptyPolicy.CLEAR
        assert plan is not None
        assert not plan.scratch.exists()
        assert len(resumable(workspace_of(pilot))) == 1
        await press(pilot, "r")
        assert draft_of(pilot).prepared is not None


async def test_leaving_the_wizard_while_it_checks_and_coming_back_shows_the_plan(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        await pilot.press("ctrl+n", "f2")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, ImportWizard)
        await press(pilot, "i")
        assert draft_of(pilot).step == "check"
        assert "Start the import" in drawn(pilot)


async def test_leaving_the_wizard_while_it_imports_goes_on_and_coming_back_shows_it_and_its_result(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        with workspace_of(pilot).transaction(None):  # the import waits for whoever writes
            await pilot.press("enter")
            while draft_of(pilot).step != "import":
                await pilot.pause()
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, ContactsScreen)
            await pilot.press("i")
            assert isinstance(pilot.app.screen, ImportWizard)
            while "Leave (it goes on)" not in drawn(pilot):
                await pilot.pause()
            assert app_of(pilot).job.is_running
            await pilot.press("escape")
        await settle(pilot)
        assert contact_list.count(workspace_of(pilot)).total == 2
        await press(pilot, "i")
        assert draft_of(pilot).step == "result"
        assert "The import is done" in drawn(pilot)


async def test_a_check_that_is_left_goes_on_and_edited_settings_start_another(tmp_path: Path) -> None:
    rows = [f"c{number}@example.com,김,,n,n" for number in range(20_000)]
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv", rows))
        await pilot.press("ctrl+n", "escape", "down", "ctrl+n")
        await settle(pilot)
        prepared = draft_of(pilot).prepared
        assert prepared is not None
        assert prepared.request.policy is EmptyPolicy.CLEAR
        assert len(resumable(workspace_of(pilot))) == 1


async def test_a_prepared_import_of_an_earlier_session_is_offered_and_goes_on_at_the_check(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "여름행사.csv")
    async with running(tmp_path) as pilot:
        await to_check(pilot, path)
    async with running(tmp_path) as pilot:
        await settle(pilot)
        await press(pilot, "i")
        assert isinstance(pilot.app.screen, Ask)
        assert "여름행사.csv, 3 rows" in drawn(pilot)
        await press(pilot, "enter")
        assert draft_of(pilot).step == "check"
        assert draft_of(pilot).has_plan()
        await press(pilot, "escape", "escape", "escape")
        assert "CP949" in drawn(pilot)
        await press(pilot, "enter", "ctrl+n", "enter", "ctrl+n", "enter")
        assert draft_of(pilot).step == "result"


async def test_an_earlier_import_whose_file_is_gone_can_still_be_started(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_check(pilot, path)
    path.unlink()
    async with running(tmp_path) as pilot:
        await settle(pilot)
        await press(pilot, "i", "enter")
        assert "its file cannot be opened" in words(pilot)
        await press(pilot, "escape", "escape")
        assert "Choose a file first" in words(pilot)
        await press(pilot, "ctrl+n")
        assert draft_of(pilot).step == "columns"
        draft_of(pilot).step = "settings"  # past what has no file to show
        await press(pilot, "f2", "i", "down", "ctrl+n", "enter")
        assert draft_of(pilot).step == "check"  # other settings need another plan, and that needs the file
        assert "Choose a file first" in words(pilot)
        await press(pilot, "escape", "up", "ctrl+n", "enter")
        assert draft_of(pilot).step == "result"
        assert contact_list.count(workspace_of(pilot)).total == 2


async def test_an_earlier_import_is_dropped_only_when_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
    async with running(tmp_path) as pilot:
        await settle(pilot)
        await press(pilot, "i", "down", "down", "enter")
        assert draft_of(pilot).step == "target"
        assert len(resumable(workspace_of(pilot))) == 1
        await press(pilot, "escape", "i", "down", "enter")
        assert draft_of(pilot).step == "target"
        assert resumable(workspace_of(pilot)) == ()
        assert list_imports(workspace_of(pilot))[0].state is ImportState.CANCELLED


async def test_beginning_anew_asks_and_drops_the_plan(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "f7", "enter")
        assert draft_of(pilot).step == "check"
        await press(pilot, "f7", "down", "enter")
        assert (draft_of(pilot).step, draft_of(pilot).path) == ("target", None)
        assert resumable(workspace_of(pilot)) == ()
