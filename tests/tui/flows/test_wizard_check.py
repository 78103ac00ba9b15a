"""Settings, check, import: nothing is written before the start, and nothing is lost when it does not go on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.core.vocabulary import EmptyPolicy, ImportState
from crm_tui.i18n import t
from crm_tui.services import contact_list, customers
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.events import ImportNumbers, Progressed, Refused
from crm_tui.services.imports import list_imports
from crm_tui.tui.dialogs.row_reason import RowReasonDialog
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.screens.import_wizard.numbers import clock, number_lines, progress_text
from crm_tui.tui.widgets import armed_button
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.managed_forecast import ManagedForecast
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.wizard import (
    app_of,
    database,
    draft_of,
    running,
    to_check,
    to_settings,
    workspace_of,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("quiet")

HOLDER = """
import sys
from crm_tui.services.importing.lock import import_lock
from crm_tui.services.workspace import open_workspace
with import_lock(open_workspace(sys.argv[1], manager="이매니저")):
    print("held", flush=True)
    sys.stdin.read()
"""
"""Another process that imports into the same database, until its stdin ends."""


@contextmanager
def cancelled_at_once(pilot: Pilot[None], name: str) -> Iterator[None]:
    """Have ctrl+c pressed the very moment a job starts, which no key of a test would hit."""
    job = app_of(pilot).job
    start = getattr(job, name)

    def start_and_cancel(*arguments: object) -> None:
        start(*arguments)
        job.cancel()

    setattr(job, name, start_and_cancel)
    yield
    setattr(job, name, start)


# -- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "meaning"), [("ko", "어느 쪽을 골라도"), ("en", "always keep the stored value")])
async def test_r26_keep_and_clear_are_explained_and_opt_outs_always_keep(
    tmp_path: Path, language: str, meaning: str
) -> None:
    async with running(tmp_path, "ko" if language == "ko" else "en") as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        assert meaning in words(pilot)
        await press(pilot, "down")
        assert draft_of(pilot).policy is EmptyPolicy.CLEAR
        await press(pilot, "ctrl+n", "escape")
        assert draft_of(pilot).policy is EmptyPolicy.CLEAR


async def test_r30_the_tag_is_proposed_from_the_file_name_and_can_be_changed_or_left_out(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "여름행사.csv"))
        line = pilot.app.screen.query_one("#tag-name", Input)
        assert line.value == "여름행사"
        line.focus()
        await press(pilot, *"s2f")
        assert draft_of(pilot).tag_name == "여름행사s2f"  # in a line letters type, whatever they do elsewhere
        await press(pilot, "shift+tab", "down")
        assert draft_of(pilot).tag_name is None
        assert not line.display
        await press(pilot, "up")
        assert draft_of(pilot).tag_name == "여름행사s2f"


async def test_r30_a_tag_that_cannot_be_given_is_said_before_the_check(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        for tag in ("", "   ", "가" * 129, "두\n줄"):
            draft_of(pilot).tag = tag
            await press(pilot, "ctrl+n")
            assert draft_of(pilot).step == "settings"
            assert "Type a tag of 1 to 128" in words(pilot)


async def test_r30_who_carries_the_tag_already_is_said(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "Summer.csv"))
        await press(pilot, "enter", "enter")
        await to_settings(pilot, write_csv(tmp_path / "SUMMER.csv"))
        assert "the 2 customers of “Summer”" in words(pilot)


# -- the plan ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "meaning"), [("ko", "되돌릴 수 없습니다"), ("en", "cannot be undone")])
async def test_r39_the_check_says_that_it_cannot_be_undone_and_shows_numbers_and_reasons(
    tmp_path: Path, language: str, meaning: str
) -> None:
    async with running(tmp_path, "ko" if language == "ko" else "en") as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        text = drawn(pilot)
        assert meaning in text
        assert "“broken”" in text
        assert isinstance(pilot.app.focused, ArmedButton)


async def test_an_enter_typed_ahead_or_held_down_does_not_start_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(armed_button, "QUIET_S", 30.0)
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        for _ in range(6):
            await pilot.press("enter")
        while draft_of(pilot).prepared is None:
            await pilot.pause()
        for _ in range(6):
            await pilot.press("enter")
        assert draft_of(pilot).step == "check"
        start = pilot.app.screen.query_one(ArmedButton)
        assert start.disabled
        monkeypatch.setattr(armed_button, "QUIET_S", 0.0)
        start.arm()
        await press(pilot, "enter")
        assert draft_of(pilot).step == "result"


async def test_r34_opt_outs_that_become_opt_ins_are_warned_of(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await settle(pilot)
        out = {"email": "kim@example.com", "unsubscribeEmail": "y", "unsubscribeTexting": "n"}
        customers.add_lead(workspace_of(pilot), out)
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        assert "1 customers who opted out would be opted in" in drawn(pilot)


async def test_a_file_of_failing_rows_has_nothing_to_start(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv", ["broken,김,,n,n"]))
        assert "No row can be imported" in drawn(pilot)
        await press(pilot, "enter", "tab", "tab", "tab", "enter")
        assert draft_of(pilot).step != "import"
        assert list_imports(workspace_of(pilot))[0].state is not ImportState.APPLIED


async def test_a_file_that_changed_before_the_check_is_read_again_and_other_columns_are_looked_at_first(
    tmp_path: Path,
) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_settings(pilot, path)
        write_csv(path, ["new@example.com,김,,n,n"] * 5)
        await press(pilot, "ctrl+n")
        assert "was read again" in drawn(pilot)
        prepared = draft_of(pilot).prepared
        assert prepared is not None
        assert prepared.numbers.rows == 5
        await press(pilot, "escape")
        write_csv(path, ["김,new@example.com,,n,n"], header="이름,이메일,휴대폰,이메일 수신거부,문자 수신거부")
        draft_of(pilot).policy = EmptyPolicy.CLEAR
        await press(pilot, "ctrl+n")
        assert draft_of(pilot).step == "columns"
        assert "Check them again" in drawn(pilot)
        assert draft_of(pilot).columns[:2] == ("profile.name", "profile.email")


async def test_a_file_that_changed_after_the_check_is_said_and_read_only_when_asked_for(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_check(pilot, path)
        await press(pilot, "escape")
        write_csv(path, ["new@example.com,김,,n,n"] * 5)
        await press(pilot, "ctrl+n")
        assert "has changed or gone since the check" in words(pilot)
        prepared = draft_of(pilot).prepared
        assert prepared is not None
        assert prepared.numbers.rows == 3
        await press(pilot, "r")
        again = draft_of(pilot).prepared
        assert again is not None
        assert again.numbers.rows == 5


async def test_a_file_that_vanished_before_the_check_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_settings(pilot, path)
        path.unlink()
        await press(pilot, "ctrl+n")
        assert "a.csv" in drawn(pilot)
        assert draft_of(pilot).columns
        write_csv(path)
        await press(pilot, "enter")
        assert draft_of(pilot).prepared is not None


async def test_r34_when_customers_changed_the_old_and_the_new_numbers_stand_side_by_side(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        customers.add_lead(workspace_of(pilot), {"email": "kim@example.com"})
        await press(pilot, "enter")
        assert draft_of(pilot).step == "check"
        assert "Customers changed since the check" in drawn(pilot)
        line = next(line for line in drawn(pilot).splitlines() if "created" in line)
        assert line.split()[:2] == ["2", "1"]
        assert "changed" in line
        assert contact_list.count(workspace_of(pilot)).total == 1
        await press(pilot, "enter")
        assert draft_of(pilot).step == "result"
        assert contact_list.count(workspace_of(pilot)).total == 2


async def test_r35_another_running_import_is_named_and_tried_again(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        with workspace_of(pilot).transaction(None) as connection:
            connection.exec_driver_sql(
                "INSERT INTO manager (name, role_id, added_at) SELECT '이매니저', id, 0 FROM role WHERE code = 'owner'"
            )
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, database(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        await press(pilot, "ctrl+n")
        assert draft_of(pilot).step == "check"
        assert draft_of(pilot).prepared is None
        assert "Check again" in drawn(pilot)
        holder.communicate("")
        await press(pilot, "enter")
        assert draft_of(pilot).prepared is not None


# -- cancelling and leaving ----------------------------------------------------------------------------------------


async def test_r36_cancelling_the_check_writes_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_settings(pilot, write_csv(tmp_path / "a.csv"))
        with cancelled_at_once(pilot, "prepare"):
            await press(pilot, "ctrl+n")
        assert "Nothing was written" in drawn(pilot)
        assert list_imports(workspace_of(pilot))[0].state is ImportState.CANCELLED
        await press(pilot, "enter")
        assert draft_of(pilot).prepared is not None


async def test_r36_cancelling_the_import_writes_nothing_and_the_settings_stay(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        with cancelled_at_once(pilot, "apply"):
            await press(pilot, "enter")
        assert draft_of(pilot).step == "settings"
        assert "Nothing was written" in drawn(pilot)
        assert contact_list.count(workspace_of(pilot)).total == 0
        await press(pilot, "ctrl+n", "enter")
        assert draft_of(pilot).step == "result"


async def test_a_refusal_while_it_is_applied_comes_back_to_the_plan_with_its_sentence(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        draft_of(pilot).step = "import"
        wizard = pilot.app.screen
        assert isinstance(wizard, ImportWizard)
        from crm_tui.tui.jobs import JobEvent

        wizard.post_message(JobEvent(Refused(CrmError("disk_full", path="/data/crm.db"))))
        await settle(pilot)
        assert draft_of(pilot).step == "check"
        assert "/data/crm.db" in drawn(pilot)
        assert "Start the import" in drawn(pilot)


# -- numbers as text -----------------------------------------------------------------------------------------------


def test_progress_says_what_is_known_and_nothing_else() -> None:
    full = progress_text(Progressed("reading", 12_000, 5, 10, 3, 4_000.0, 65.0))
    assert "12,000" in full
    assert "4,000" in full
    assert "1:05" in full
    assert progress_text(Progressed("applying", 0, 0, 0, 0, 0.0, None)).count("·") == 0
    assert clock(3_600) == "60:00"


def test_rare_numbers_are_left_out_where_they_are_nothing() -> None:
    assert "차단" not in number_lines(ImportNumbers(rows=1))
    assert "차단" in number_lines(ImportNumbers(rows=1, blocked_matched=2))
    changed = number_lines(ImportNumbers(), ImportNumbers(tags_left_out=3)).splitlines()[-1]
    assert changed.split()[:2] == ["3", "0"]


# -- why a row does what it does


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r41_a_key_tells_why_a_row_does_what_it_does(tmp_path: Path, language: str) -> None:
    async with running(tmp_path, "ko" if language == "ko" else "en") as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "w", *"zwei", "enter")
        assert t("unify.why_number") in words(pilot)
        await press(pilot, "backspace", "backspace", "backspace", "backspace", "2", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RowReasonDialog)
        assert ("Row 2 makes a new lead" if language == "en" else "2행은 새 리드를") in words(pilot)
        await press(pilot, "escape", "w", "9", "9", "enter")
        await settle(pilot)
        assert t("errors.import_row_none", row=99)[:12] in words(pilot)
        await press(pilot, "escape", "w", "escape")
        assert isinstance(pilot.app.screen, ImportWizard)


async def test_r5_the_check_forecasts_the_managed_users(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        await settle(pilot)
        assert pilot.app.screen.query_one(ManagedForecast).display
