"""The desk: what is done with chosen customers, asked first, on a real database."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import Language, t
from crm_tui.services import contact_list
from crm_tui.services.errors import CrmError
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.desk import Chosen
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.block import BlockDialog, BlockOrder
from crm_tui.tui.dialogs.consent import ConsentDialog
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.dialogs.export import ExportDialog
from crm_tui.tui.dialogs.tags import TagDialog
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets import armed_button
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.work import Steps
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import FORBIDDEN, HOSTILE, app_of, change, database, fill, opened
from tests.tui.profiles import chosen, stored, told

LEADS = [
    {"name": "김민수", "email": "a@example.com", "tags": '["VIP","의류/상의"]'},
    {"name": "Ann", "email": "b@example.com", "tags": '["VIP"]'},
    {"name": "Bob", "email": "c@example.com"},
]
EVERYBODY = Chosen(Selection(query=""), 3)
COLUMNS = ("profile.name", "profile.email")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return database(tmp_path, LEADS)


def names(path: str) -> list[str]:
    workspace = open_workspace(path)
    found = [str(one.get("profile.name")) for one in contact_list.page(workspace, "", sort="createdAt")]
    workspace.close()
    return sorted(found)


def line(pilot: Pilot[None], name: str) -> SafeInput:
    return pilot.app.screen.query_one(f"#{name}", SafeInput)


def warning(pilot: Pilot[None]) -> str:
    """What the dialog says is wrong."""
    found = pilot.app.screen.query_one("#told", Static)
    return str(found.content) if found.display else ""


# -- tags ---------------------------------------------------------------------------------------------------------


async def test_tags_are_added_and_removed_at_once(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.tag(EVERYBODY)
        await settle(pilot)
        assert "3 customers" in drawn(pilot)
        await type_text(pilot, "새 봄")
        await press(pilot, "down")
        await type_text(pilot, "v")
        assert "[VIP]" in drawn(pilot)
        await press(pilot, "tab", "enter")
        assert [stored(path, one).tags for one in (1, 2, 3)] == [("의류/상의", "새", "봄"), ("새", "봄"), ("새", "봄")]
        assert told(pilot) == "Tags changed: 3 of 3 customers."


async def test_of_one_customer_the_tags_they_have_are_shown_and_proposed_for_removal(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.tag(chosen(2, who="Ann"))
        await settle(pilot)
        assert "Ann" in drawn(pilot)
        assert "VIP" in drawn(pilot)
        await press(pilot, "down")
        await type_text(pilot, "의")
        assert "[" not in str(pilot.app.screen.query_one("#known", Static).content)
        line(pilot, "remove").show("vip")
        await press(pilot, "enter")
        assert stored(path, 2).tags == ()
        assert stored(path, 1).tags == ("VIP", "의류/상의")


async def test_r16_those_above_twenty_are_left_out_and_said(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.tag(EVERYBODY)
        await settle(pilot)
        line(pilot, "add").show(" ".join(f"t{n}" for n in range(19)))
        await press(pilot, "enter")
        assert [len(stored(path, one).tags) for one in (1, 2, 3)] == [20, 20, 19]
        assert "1 tags were left out" in told(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("add", "remove", "wrong"),
    [
        ("", "", "다. 더하거나|No tag is given"),
        ("a/b/c", "", "a/b/c"),
        ("", "x.y", "x.y"),
        ("VIP", "vip", "vip"),
    ],
)
async def test_what_is_wrong_with_tags_is_said_before_anything_is_done(
    path: str, language: Language, add: str, remove: str, wrong: str
) -> None:
    async with opened(path, language=language) as pilot:
        app_of(pilot).desk.tag(EVERYBODY)
        await settle(pilot)
        line(pilot, "add").show(add)
        line(pilot, "remove").show(remove)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TagDialog)
        assert any(part in warning(pilot) for part in wrong.split("|"))
        assert stored(path, 3).tags == ()


# -- consent ------------------------------------------------------------------------------------------------------


async def test_opt_outs_are_set_and_taken_back_with_a_warning(path: str) -> None:
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.consent(EVERYBODY)
        await settle(pilot)
        assert not pilot.app.screen.query_one("#wish").visible
        await press(pilot, "down", "enter")
        assert [stored(path, one).unsubscribe_email for one in (1, 2, 3)] == [True] * 3
        assert not stored(path).unsubscribe_texting
        assert told(pilot) == "Marketing consent changed: 3 customers."
        desk.consent(chosen(2, who="Ann"))
        await settle(pilot)
        await press(pilot, "down", "down")
        assert pilot.app.screen.query_one("#wish").visible
        assert "an opt-out is their word" in words(pilot)
        await press(pilot, "enter")
        assert [stored(path, one).unsubscribe_email for one in (1, 2, 3)] == [True, False, True]
        assert told(pilot) == "Ann: marketing consent changed."


async def test_leaving_both_as_they_are_changes_nothing_and_says_so(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.consent(EVERYBODY)
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ConsentDialog)
        assert "Nothing is changed" in warning(pilot)
        await press(pilot, "escape")
        assert stored(path).updated_at is None


# -- blocking -----------------------------------------------------------------------------------------------------


async def test_r46_blocking_asks_takes_a_reason_and_says_what_it_does(path: str) -> None:
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.block(chosen(1, 2))
        await settle(pilot)
        assert "2 customers" in drawn(pilot)
        assert "in no list, search or export" in words(pilot)
        await type_text(pilot, "스팸 [x]")
        await press(pilot, "enter", "enter")
        assert names(path) == ["Bob"]
        blocking = stored(path).blocking
        assert blocking is not None
        assert blocking.reason == "스팸 [x]"
        assert told(pilot) == "Blocked: 2 customers. F3 shows them."


async def test_r46_enter_typed_twice_blocks_nobody(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed_button, "QUIET_S", 30.0)
    async with opened(path) as pilot:
        app_of(pilot).desk.block(chosen(1, 2))
        await pilot.pause()
        await pilot.press("enter", "enter", "space", "enter")
        assert len(names(path)) == 3
        button = pilot.app.screen.query_one(ArmedButton)
        assert button.disabled
        monkeypatch.setattr(armed_button, "QUIET_S", 0.0)
        button.arm()
        await settle(pilot)
        assert "> Block <" in drawn(pilot)
        await press(pilot, "up", "enter")
        assert len(names(path)) == 3
        await press(pilot, "enter")
        assert names(path) == ["Bob"]


async def test_r46_more_than_ten_are_blocked_only_by_their_number(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 11)
    async with opened(path) as pilot:
        await press(pilot, "a", "x", "enter", "enter")
        assert isinstance(pilot.app.screen, BlockDialog)
        assert "Type 11 to block them all" in words(pilot)
        assert "another number" in warning(pilot)
        pilot.app.screen.query_one("#act").focus()
        await press(pilot, "enter")
        assert len(names(path)) == 11
        await type_text(pilot, "11")
        line(pilot, "reason").show("가" * 513)
        await press(pilot, "enter")
        assert "512" in warning(pilot)
        line(pilot, "reason").show("spam")
        await press(pilot, "enter", "enter")
        assert names(path) == []


async def test_r9_a_reason_that_is_too_long_is_refused(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.block(chosen(1))
        await settle(pilot)
        line(pilot, "reason").show("가" * 513)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, BlockDialog)
        assert "512" in warning(pilot)
        assert not stored(path).blocked


async def test_r46_one_is_unblocked_at_once_and_several_after_a_question(path: str) -> None:
    change(path, "UPDATE customer SET blocked_at = 1, blocked_by = 'jin'")
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.unblock(chosen(1, who="김민수"))
        await settle(pilot)
        assert names(path) == ["김민수"]
        assert told(pilot) == "김민수 is unblocked."
        desk.unblock(Chosen(Selection(query="", blocked=True), 2))
        await settle(pilot)
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, "enter")
        assert len(names(path)) == 3
        assert told(pilot) == "Unblocked: 2 customers."


# -- deleting -----------------------------------------------------------------------------------------------------


async def test_r48_enter_typed_ahead_deletes_nobody(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.delete(chosen(1, who="김민수"))
        await settle(pilot)
        assert isinstance(pilot.app.screen, DeleteDialog)
        assert "> Leave <" in drawn(pilot)
        assert "cannot be undone" in words(pilot)
        await press(pilot, "space", "enter", "enter")
        assert not isinstance(pilot.app.screen, DeleteDialog)
        assert len(names(path)) == 3


@pytest.mark.parametrize("key", ["left", "up", "shift+tab"])
async def test_r48_one_customer_is_deleted_by_going_to_the_button(path: str, key: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.delete(chosen(1, who="김민수"))
        await settle(pilot)
        await press(pilot, key)
        assert "> Delete <" in drawn(pilot)
        await press(pilot, "enter")
        assert names(path) == ["Ann", "Bob"]
        assert told(pilot) == "김민수 is deleted."


@pytest.mark.parametrize("typed", ["", "2", "3 ", "yes", "3"])
async def test_r48_several_are_deleted_only_by_their_number(path: str, typed: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.delete(EVERYBODY)
        await settle(pilot)
        assert "Type 3 to delete them all" in words(pilot)
        await type_text(pilot, typed)
        await press(pilot, "enter")
        if typed.strip() == "3":
            assert names(path) == []
            assert told(pilot) == "Deleted: 3 customers."
        else:
            assert len(names(path)) == 3
            assert "another number" in warning(pilot)


async def test_r48_a_number_may_be_typed_with_its_commas(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 1200)
    async with opened(path) as pilot:
        app_of(pilot).desk.delete(Chosen(Selection(query=""), 1200))
        await settle(pilot)
        await type_text(pilot, "1,200")
        await press(pilot, "enter")
        assert names(path) == []


# -- the number of those chosen -----------------------------------------------------------------------------------


async def answer(pilot: Pilot[None], deed: str, count: int) -> None:
    """Say yes in the dialog of a deed."""
    if deed == "block":  # its button waits for a quiet keyboard
        assert isinstance(pilot.app.screen, BlockDialog)
        pilot.app.screen.dismiss(BlockOrder(None))
        await settle(pilot)
    else:
        await press(pilot, *{"tag": ("새",), "consent": ("down",), "delete": (str(count),)}[deed], "enter")


@pytest.mark.parametrize("deed", ["tag", "consent", "block", "delete"])
async def test_when_there_are_others_by_then_nothing_is_done_and_it_is_asked_again(path: str, deed: str) -> None:
    async with opened(path) as pilot:
        getattr(app_of(pilot).desk, deed)(EVERYBODY)
        await settle(pilot)
        dialog = type(pilot.app.screen)
        change(path, "DELETE FROM customer WHERE id = 3")
        await answer(pilot, deed, 3)
        assert type(pilot.app.screen) is dialog
        assert "You were shown 3 customers; by now there are 2" in warning(pilot)
        assert "2 customers" in drawn(pilot)
        assert stored(path).updated_at is None
        assert names(path) == ["Ann", "김민수"]
        await answer(pilot, deed, 2)
        assert dialog is not type(pilot.app.screen)
        assert "2" in told(pilot)


@pytest.mark.parametrize("deed", ["tag", "consent", "block", "delete"])
async def test_others_than_were_asked_about_are_left_alone_though_they_are_as_many(path: str, deed: str) -> None:
    async with opened(path) as pilot:
        getattr(app_of(pilot).desk, deed)(Chosen(Selection(query="name:Ann OR name:Bob"), 2))
        await settle(pilot)
        dialog = type(pilot.app.screen)
        change(path, "UPDATE customer SET name = CASE id WHEN 1 THEN 'Ann' WHEN 2 THEN '김민수' ELSE name END")
        before = stored(path, 1)
        await answer(pilot, deed, 2)
        assert type(pilot.app.screen) is dialog
        assert "other customers than you were shown, though still 2" in warning(pilot)
        assert names(path) == ["Ann", "Bob", "김민수"]
        assert stored(path, 1) == before
        await answer(pilot, deed, 2)
        assert dialog is not type(pilot.app.screen)
        assert "2" in told(pilot)


async def test_others_than_the_list_showed_are_told_before_anything_is_done(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.block(Chosen(Selection(query=""), 5))
        await settle(pilot)
        await answer(pilot, "block", 5)
        assert "You were shown 5 customers; by now there are 3" in warning(pilot)
        assert names(path) == ["Ann", "Bob", "김민수"]


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r49_what_is_left_of_the_deleted_is_said(path: str, language: Language) -> None:
    change(path, "INSERT INTO segment (key, name, line) VALUES ('s', '단골', 'email:b@example.com')")
    other = open_workspace(path)
    async with opened(path, language=language) as pilot:
        with other.reading(None) as connection:
            connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
            app_of(pilot).desk.delete(EVERYBODY)
            await settle(pilot)
            await press(pilot, "3", "enter")
            await settle(pilot)
        assert told(pilot).endswith(f"{t('desk.segments_left', names='단골')} {t('desk.overwritten_later')}")
    other.close()


async def test_when_nobody_is_left_it_says_so(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.block(chosen(1, who="김민수"))
        await settle(pilot)
        change(path, "DELETE FROM customer WHERE id = 1")
        await answer(pilot, "block", 1)
        assert "They are gone" in told(pilot)


async def test_nobody_chosen_opens_no_dialog(path: str) -> None:
    async with opened(path) as pilot:
        before = pilot.app.screen
        app_of(pilot).desk.delete(Chosen(Selection(query="nobody"), 0))
        await settle(pilot)
        assert pilot.app.screen is before
        assert told(pilot) == "Nobody is chosen."


# -- exporting ----------------------------------------------------------------------------------------------------


async def export(pilot: Pilot[None], path: Path) -> None:
    app_of(pilot).desk.export(EVERYBODY, COLUMNS, "profile.name", False)
    await settle(pilot)
    line(pilot, "path").show(str(path))
    await settle(pilot)


async def test_the_columns_as_shown_are_exported_in_the_order_of_the_list(path: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    async with opened(path) as pilot:
        await export(pilot, target)
        await press(pilot, "enter")
        rows = target.read_text(encoding="utf-8-sig").splitlines()
        assert [row.split(",")[0].strip('"') for row in rows[1:]] == ["Ann", "Bob", "김민수"]
        assert rows[0].count(",") == 1
        assert f"Exported 3 customers: {target}" in told(pilot)


async def test_all_columns_are_exported_when_chosen(path: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    async with opened(path) as pilot:
        await export(pilot, target)
        await press(pilot, "down", "down", "enter")
        header = target.read_text(encoding="utf-8-sig").splitlines()[0]
        assert "memberId" in header
        assert "tags" in header


async def test_a_file_that_is_there_is_replaced_only_after_a_second_enter(path: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    async with opened(path) as pilot:
        await export(pilot, target)
        await press(pilot, "enter")
        assert "Enter again replaces it" in warning(pilot)
        assert target.read_text() == "old"
        await press(pilot, "enter")
        assert target.read_text(encoding="utf-8-sig") != "old"


async def test_a_name_without_suffix_becomes_xlsx_and_a_folder_takes_the_proposed_name(
    path: str, tmp_path: Path, frozen: int
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    async with opened(path) as pilot:
        await export(pilot, folder)
        await press(pilot, "enter")
        assert [one.name for one in folder.iterdir()] == ["customers-2026-05-29.xlsx"]
        await export(pilot, folder / "x")
        await press(pilot, "enter")
        assert (folder / "x.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("name", "password", "again", "wrong"),
    [
        ("out.txt", "", "", ".csv"),
        ("out.csv", "secret!", "secret!", "CSV"),
        ("out.xlsx", "short", "short", "6"),
        ("out.xlsx", "secret!", "secret?", "다릅니다|not the same"),
    ],
)
async def test_what_is_wrong_with_an_export_is_said_before_it_begins(
    path: str, tmp_path: Path, language: Language, name: str, password: str, again: str, wrong: str
) -> None:
    async with opened(path, language=language) as pilot:
        await export(pilot, tmp_path / name)
        line(pilot, "password").show(password)
        line(pilot, "password-again").show(again)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ExportDialog)
        assert any(part in warning(pilot) for part in wrong.split("|"))
        assert not (tmp_path / name).exists()
        assert "secret" not in drawn(pilot)


async def test_a_password_locks_the_file(path: str, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    async with opened(path) as pilot:
        await export(pilot, target)
        line(pilot, "password").show("secret!")
        line(pilot, "password-again").show("secret!")
        await press(pilot, "enter")
        assert target.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"  # not a plain zip


async def test_a_place_that_cannot_be_written_is_said_and_another_asked_for(path: str, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "out.csv"
    async with opened(path) as pilot:
        await export(pilot, target)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ExportDialog)
        assert str(target.parent) in warning(pilot).replace("\n", "")
        assert line(pilot, "path").value.endswith("nowhere/out.csv")


# -- long work ----------------------------------------------------------------------------------------------------


class Held:
    """Work that goes on until it is let go, or is told to stop."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.answers: list[object] = []

    def do(self, steps: Steps) -> str:
        steps.told(250, 1000)
        while not self.go.wait(0.01):
            if steps.stop.is_set():
                raise CrmError("cancelled")
        return "done"


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.go.set()


async def test_long_work_shows_how_far_it_is_and_one_thing_is_done_at_a_time(path: str, held: Held) -> None:
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.work.run("Export", held.do, held.answers.append, can_stop=True)
        before = pilot.app.screen
        desk.delete(EVERYBODY)
        await pilot.pause()
        assert pilot.app.screen is before
        assert "still running" in told(pilot)
        desk.work.show()
        await pilot.pause()
        assert "Export 25%" in drawn(pilot).splitlines()[0]
        held.go.set()
        await settle(pilot)
        assert held.answers == ["done"]
        assert app_of(pilot).progress == ""


async def test_in_a_wide_window_the_speed_is_shown_too(path: str, held: Held) -> None:
    async with opened(path, (140, 40)) as pilot:
        desk = app_of(pilot).desk
        desk.work.run("Export", held.do, held.answers.append, can_stop=True)
        await pilot.pause()
        desk.work.show()
        assert "/s" in app_of(pilot).progress
        held.go.set()
        await settle(pilot)


async def test_ctrl_c_cancels_long_work(path: str, held: Held) -> None:
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.work.run("Export", held.do, held.answers.append, can_stop=True)
        await pilot.press("ctrl+c")
        await settle(pilot)
        (answer,) = held.answers
        assert isinstance(answer, CrmError)
        assert answer.code == "cancelled"
        assert not desk.work.is_running


async def test_ctrl_c_says_so_where_work_cannot_be_cancelled(path: str, held: Held) -> None:
    async with opened(path) as pilot:
        desk = app_of(pilot).desk
        desk.work.run("Block", held.do, held.answers.append)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert "Block cannot be cancelled now" in told(pilot)
        held.go.set()
        await settle(pilot)
        assert held.answers == ["done"]


async def test_quitting_while_work_runs_asks_and_then_cancels_it(path: str, held: Held) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.work.run("Export", held.do, held.answers.append, can_stop=True)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert not pilot.app._exit
        assert "Export is running" in told(pilot)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit


async def test_many_wait_for_the_end_of_a_running_import_and_one_does_not(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(path) as pilot:
        monkeypatch.setattr(app_of(pilot).job, "is_running", True)
        before = pilot.app.screen
        app_of(pilot).desk.delete(EVERYBODY)
        await pilot.pause()
        assert pilot.app.screen is before
        assert "An import is running" in told(pilot)
        app_of(pilot).desk.block(chosen(1))
        await pilot.pause()
        assert isinstance(pilot.app.screen, BlockDialog)


async def test_one_that_meets_the_writing_of_an_import_says_that_it_is_one(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.dialects.sqlite.BUSY_TIMEOUT_S", 0.01)
    async with opened(path) as pilot:
        app_of(pilot).desk.block(chosen(1))
        await settle(pilot)
        other = open_workspace(path)
        with other.transaction(None):
            monkeypatch.setattr(app_of(pilot).job, "is_running", True)
            await press(pilot, "enter", "enter")
        other.close()
        assert "An import is running" in told(pilot)
        assert not stored(path).blocked


# -- hostile text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["tag", "consent", "block", "delete", "export"])
async def test_a_customers_name_reaches_neither_markup_nor_terminal(path: str, deed: str) -> None:
    async with opened(path) as pilot:
        for name in HOSTILE:
            arguments = (COLUMNS,) if deed == "export" else ()
            getattr(app_of(pilot).desk, deed)(chosen(1, who=name), *arguments)
            await settle(pilot)
            assert not FORBIDDEN & set(drawn(pilot))
            assert make_visible(name)[:5] in drawn(pilot)
            await press(pilot, "escape")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("deed", ["tag", "consent", "block", "delete", "export"])
async def test_in_a_small_window_every_part_of_a_dialog_can_be_reached(
    path: str, deed: str, language: Language
) -> None:
    async with opened(path, (60, 15), language) as pilot:
        arguments = (COLUMNS,) if deed == "export" else ()
        getattr(app_of(pilot).desk, deed)(EVERYBODY, *arguments)
        await settle(pilot)
        pilot.app.screen.query_one("#act").focus()
        await settle(pilot)
        assert re.search(r"> \w+ <", drawn(pilot))


# -- who exists already -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r3_a_lead_that_exists_already_can_be_opened_instead(path: str, language: Language) -> None:
    async with opened(path, language=language) as pilot:
        await press(pilot, "n")
        await type_text(pilot, "b@example.com")
        await press(pilot, "enter")
        assert "Ann" in drawn(pilot)
        pilot.app.screen.query_one("#open-existing").focus()
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert "Ann" in drawn(pilot)
        assert len(names(path)) == 3
