"""The wizard's own target for customers who withdrew (R2, R48, R49, R51): whom the file means is deleted."""

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER
from crm_tui.i18n import Language, t
from crm_tui.services import contact_list, customers, withdrawing
from crm_tui.services.customers import Added, Edited
from crm_tui.services.errors import Cancelled
from crm_tui.services.workspace import Workspace, open_workspace
from crm_tui.tui.dialogs.delete import DeleteDialog
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.widgets.safe_input import SafeInput
from tests.tui.pilots import press, settle, words
from tests.tui.wizard import SMALL, app_of, choose_file, database, draft_of, open_wizard, running, workspace_of

pytestmark = pytest.mark.usefixtures("quiet")

HEADER = "메모,e-mail"
FILE = ("a,p1@example.com", "b,[/b]@example.com", "c,P2@example.com", "d,nobody@example.com", "e,p3@example.com")


@pytest.fixture
def people(tmp_path: Path) -> None:
    """Make three leads, the last of whom typed the e-mail themselves."""
    workspace = open_workspace(database(tmp_path))
    for number in range(1, 4):
        cells = {"email": f"p{number}@example.com", "name": f"[b]고객{number}"}
        assert isinstance(customers.add_lead(workspace, cells), Added)
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE customer SET email_verified = 0 WHERE id = 3")
    workspace.close()


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("".join(f"{line}\n" for line in (header, *rows)), "utf-8")
    return path


def left(workspace: Workspace) -> list[int]:
    return sorted(one.id for one in contact_list.every(workspace, "", sort="createdAt", descending=False))


async def to_who(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to the column."""
    await open_wizard(pilot)
    await press(pilot, "end", "enter")
    await choose_file(pilot, path)
    await press(pilot, "enter")
    assert draft_of(pilot).step == "who"


async def to_found(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to those who are found."""
    await to_who(pilot, path)
    await press(pilot, "ctrl+n")
    assert draft_of(pilot).step == "found"


async def type_number(pilot: Pilot[None], number: str) -> None:
    """Press the button and type a number into the dialog."""
    await press(pilot, "enter")
    assert isinstance(pilot.app.screen, DeleteDialog)
    pilot.app.screen.query_one(SafeInput).value = number
    await press(pilot, "enter")


@pytest.mark.usefixtures("people")
async def test_r48_whom_the_file_names_is_shown_and_deleted_at_their_number(tmp_path: Path) -> None:
    async with running(tmp_path, "ko", SMALL) as pilot:
        await to_found(pilot, write(tmp_path / "탈퇴.csv", *FILE))
        shown = words(pilot)
        assert "✓대상 → ✓파일 → ✓열 → [확인] → 결과" in shown
        assert "5 파일의 행 2 삭제할 고객" in shown
        assert "찾지 못한 행 1개: 이 값을 가진 고객이 없습니다 5행 nobody@example.com" in shown
        assert "검증되지 않은 행 1개: 고객이 직접 입력한 값이라 삭제하지 않습니다 6행 p3@example.com" in shown
        assert "3행 [/b]@example.com" in shown
        await press(pilot, "shift+tab", "shift+tab", "shift+tab", "shift+tab")
        pilot.app.screen.query_one("#people").focus()
        await press(pilot, "end")
        assert "2행 p1@example.com → [b]고객1" in words(pilot)
        pilot.app.screen.query_one("#delete").focus()
        await type_number(pilot, "3")
        assert isinstance(pilot.app.screen, DeleteDialog)
        assert left(workspace_of(pilot)) == [1, 2, 3]
        pilot.app.screen.query_one(SafeInput).value = "2"
        await press(pilot, "enter")
        assert draft_of(pilot).step == "gone"
        assert "2 삭제한 고객" in words(pilot)
        assert "nobody@example.com" in words(pilot)
        assert left(workspace_of(pilot)) == [3]
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ImportWizard)
        assert app_of(pilot).draft is None


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.usefixtures("people")
async def test_r49_of_a_file_whose_columns_say_nothing_nothing_is_chosen_beforehand(
    tmp_path: Path, language: Language
) -> None:
    path = write(tmp_path / "w.csv", "x,p1@example.com", header="a,b")
    async with running(tmp_path, language, SMALL) as pilot:
        await to_who(pilot, path)
        about = draft_of(pilot).withdrawal
        assert (about.by, about.column) == (None, None)
        await press(pilot, "ctrl+n")
        assert draft_of(pilot).step == "who"
        assert t("withdrawn.choose") in words(pilot)
        await press(pilot, "down", "down", "ctrl+n")
        assert (draft_of(pilot).step, about.by, about.column) == ("who", EMAIL, None)
        await press(pilot, "tab", "down", "down", "ctrl+n")
        assert (draft_of(pilot).step, about.by, about.column) == ("found", EMAIL, 1)


@pytest.mark.usefixtures("people")
async def test_r22_the_column_and_the_field_are_known_by_the_name_and_can_be_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "w.csv", "p1@example.com,M-1", "p2@example.com,M-2", header="이메일,회원번호")
    async with running(tmp_path) as pilot:
        await to_who(pilot, path)
        about = draft_of(pilot).withdrawal
        assert (about.by, about.column) == (MEMBER_ID, 1)
        await press(pilot, "down")
        assert (about.by, about.column) == (EMAIL, 0)
        assert "cannot be read" not in words(pilot)
        await press(pilot, "down")
        assert (about.by, about.column) == (MOBILE_NUMBER, None)
        await press(pilot, "tab", "down")
        assert about.column == 0
        assert "2 cannot be read as" in words(pilot)
        await press(pilot, "down")
        assert about.column == 1
        await press(pilot, "shift+tab", "up")
        assert (about.by, about.column) == (EMAIL, 1)
        assert "“M-1”" in words(pilot)
        await press(pilot, "escape", "escape", "enter", "enter")
        assert (draft_of(pilot).step, about.by, about.column) == ("who", EMAIL, 1)


@pytest.mark.usefixtures("people")
async def test_going_back_loses_nothing_and_what_was_found_is_not_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        looked = draft_of(pilot).withdrawal.looked
        await press(pilot, "escape", "escape", "enter", "enter")
        assert draft_of(pilot).step == "found"
        assert draft_of(pilot).withdrawal.looked is looked
        await press(pilot, "r")
        assert draft_of(pilot).withdrawal.looked is not looked
        await press(pilot, "escape", "escape", "escape", "up", "enter")
        assert draft_of(pilot).step == "file"
        await press(pilot, "enter")
        assert draft_of(pilot).step == "columns"


@pytest.mark.usefixtures("people")
async def test_who_is_not_found_is_saved(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, SaveFile)
        await press(pilot, "enter")
        saved = tmp_path / "w-not-found.csv"
        assert "nobody@example.com" in saved.read_text("utf-8-sig")
        assert saved.name in words(pilot).replace(" ", "")  # a long path is broken
        await press(pilot, "s")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "w.csv")
        await press(pilot, "enter", "enter")
        assert isinstance(pilot.app.screen, SaveFile)
        assert "cannot be written over" in words(pilot)


@pytest.mark.usefixtures("people")
async def test_nobody_found_leaves_nothing_to_press(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", "x,nobody@example.com"))
        assert "Nobody is found" in words(pilot)
        assert not pilot.app.screen.query_one("#delete").display
        await press(pilot, "enter", "ctrl+n")
        assert isinstance(pilot.app.screen, ImportWizard)
        assert draft_of(pilot).step == "found"


@pytest.mark.usefixtures("people")
async def test_r48_whom_somebody_changed_meanwhile_is_not_deleted_and_all_are_shown_again(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        other = open_workspace(database(tmp_path))
        assert isinstance(customers.edit(other, 2, {"email": "other@example.com"}), Edited)
        other.close()
        await type_number(pilot, "2")
        assert draft_of(pilot).step == "found"
        assert "nobody was deleted" in words(pilot)
        assert left(workspace_of(pilot)) == [1, 2, 3]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DeleteDialog)


@pytest.mark.usefixtures("people")
async def test_a_file_that_changed_is_read_again_and_one_with_other_columns_is_looked_at_first(tmp_path: Path) -> None:
    path = write(tmp_path / "w.csv", *FILE)
    async with running(tmp_path) as pilot:
        await to_who(pilot, path)
        write(path, "a,p1@example.com")
        await press(pilot, "ctrl+n")
        looked = draft_of(pilot).withdrawal.looked
        assert looked is not None
        assert looked.withdrawal.ids == {1}
        write(path, "p1@example.com,x", header="e-mail,memo")
        await press(pilot, "r")
        assert (draft_of(pilot).step, draft_of(pilot).withdrawal.column) == ("who", 0)
        path.unlink()
        await press(pilot, "ctrl+n")
        assert draft_of(pilot).step == "found"
        assert pilot.app.screen.query_one("#again").has_focus
        assert left(workspace_of(pilot)) == [1, 2, 3]


@pytest.mark.usefixtures("people")
async def test_a_file_without_titles_is_warned_of(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_who(pilot, write(tmp_path / "w.csv", "p2@example.com", header="p1@example.com"))
        await press(pilot, "down", "tab", "down", "ctrl+n")
        assert draft_of(pilot).step == "found"
        assert "looks like a customer, not a title" not in words(pilot)
        await press(pilot, "escape", "down", "ctrl+n")
        assert "looks like a customer, not a title" in words(pilot)


async def test_r51_who_may_not_delete_is_told_at_the_target(tmp_path: Path) -> None:
    workspace = open_workspace(database(tmp_path))
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic')")
    workspace.close()
    async with running(tmp_path, "ko") as pilot:
        await open_wizard(pilot)
        await press(pilot, "end", "enter")
        assert draft_of(pilot).step == "target"
        assert "권한이 없습니다" in words(pilot)
        await press(pilot, "up", "enter")
        assert draft_of(pilot).step == "file"


async def test_r20_withdrawn_customers_need_no_template(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await open_wizard(pilot)
        await press(pilot, "end", "s")
        assert isinstance(pilot.app.screen, ImportWizard)
        assert "template" not in words(pilot)
        assert "[Target] → File → Column → Check → Result" in words(pilot)
        await press(pilot, "up")
        assert "[Target] → File → Columns → Settings" in words(pilot)
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, SaveFile)


@pytest.mark.usefixtures("people")
async def test_a_deletion_goes_on_without_the_wizard_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, apply = threading.Event(), withdrawing.apply

    def slow(*arguments: object, **options: object) -> object:
        may_end.wait(10)
        return apply(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("crm_tui.tui.screens.import_wizard.found.apply", slow)
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        await pilot.press("enter")
        await pilot.pause()
        pilot.app.screen.query_one(SafeInput).value = "2"
        await pilot.press("enter")
        await pilot.pause()
        assert "Deleting…" in words(pilot)
        await pilot.press("f7")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ImportWizard)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ImportWizard)
        may_end.set()
        await settle(pilot)
        assert "Deleted: 2 customers" in words(pilot)
        assert app_of(pilot).draft is None
        assert left(workspace_of(pilot)) == [3]


@pytest.mark.usefixtures("people")
async def test_a_deletion_that_is_stopped_leaves_everybody_and_shows_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: object, **options: object) -> object:
        raise Cancelled("cancelled")

    monkeypatch.setattr("crm_tui.tui.screens.import_wizard.found.apply", stopped)
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        await type_number(pilot, "2")
        assert draft_of(pilot).step == "found"
        assert not draft_of(pilot).withdrawal.is_deleting
        assert left(workspace_of(pilot)) == [1, 2, 3]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DeleteDialog)


@pytest.mark.usefixtures("people")
async def test_starting_over_forgets_who_was_found(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_found(pilot, write(tmp_path / "w.csv", *FILE))
        await press(pilot, "f7", "down", "enter")
        assert (draft_of(pilot).step, draft_of(pilot).is_withdrawal) == ("target", False)
        assert draft_of(pilot).withdrawal.looked is None
