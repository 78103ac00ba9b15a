"""The import wizard from target to result, with the real program on a real database and files with faults."""

from pathlib import Path

import openpyxl
import pytest

from crm_tui.core.vocabulary import ImportState
from crm_tui.i18n import Language
from crm_tui.services.contact_list import count
from crm_tui.services.imports import list_imports
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.import_wizard import ImportWizard
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.wizard import (
    LARGE,
    SMALL,
    app_of,
    choose_file,
    draft_of,
    open_wizard,
    running,
    to_check,
    to_columns,
    to_file,
    to_result,
    workspace_of,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("quiet")

STEPS = {
    "ko": ("대상", "파일", "열", "설정", "확인", "불러오기", "결과"),
    "en": ("Target", "File", "Columns", "Settings", "Check", "Import", "Result"),
}


def step_line(language: Language, current: str) -> str:
    place = STEPS[language].index(current)
    marked = [f"✓{name}" for name in STEPS[language][:place]]
    return " → ".join([*marked, f"[{current}]", *STEPS[language][place + 1 :]])


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r34_a_cp949_file_with_faults_goes_from_target_to_its_customers(
    tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    path = write_csv(tmp_path / "여름행사.csv")
    names = STEPS[language]
    async with running(tmp_path, language, size) as pilot:
        await open_wizard(pilot)
        assert step_line(language, names[0]) in drawn(pilot)
        await press(pilot, "enter")
        assert step_line(language, names[1]) in drawn(pilot)
        await choose_file(pilot, path)
        assert "CP949" in drawn(pilot)
        await press(pilot, "enter")
        assert step_line(language, names[2]) in drawn(pilot)
        await press(pilot, "ctrl+n")
        assert not isinstance(pilot.app.screen, ImportWizard)  # a third of the rows fails: asked first (R22)
        await press(pilot, "enter")
        assert step_line(language, names[3]) in drawn(pilot)
        await press(pilot, "enter")
        assert step_line(language, names[4]) in drawn(pilot)
        assert count(workspace_of(pilot)).total == 0  # nothing is written before the manager starts it
        prepared = draft_of(pilot).prepared
        assert prepared is not None, drawn(pilot)
        assert (prepared.numbers.created, prepared.numbers.failed) == (2, 1)
        await press(pilot, "enter")
        assert step_line(language, names[6]) in drawn(pilot)
        assert count(workspace_of(pilot), 'import:"여름행사"').total == 2
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert "[VIP] 이영희" in drawn(pilot)
        assert "[/b] 홍길동" in drawn(pilot)
        assert app_of(pilot).draft is None


async def test_r38_failed_rows_are_saved_mended_and_imported_again(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "여름행사.csv")
    async with running(tmp_path) as pilot:
        await to_result(pilot, path)
        await press(pilot, "s", "enter")
        assert "import that file again" in drawn(pilot)
        saved = tmp_path / "여름행사-failed-1.xlsx"
        book = openpyxl.load_workbook(saved)
        sheet = book.worksheets[0]
        headers = [cell.value for cell in sheet[1]]
        assert headers[:4] == ["rowNumber", "errorColumns", "errorReasons", "profile.email"]
        sheet.cell(2, 4).value = "minsu@example.com"
        book.save(saved)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)

        await to_columns(pilot, saved)
        assert draft_of(pilot).columns[:4] == (None, None, None, "profile.email")
        await press(pilot, "ctrl+n", "enter", "ctrl+n", "enter")  # asked, as the mobile numbers are all blank now
        assert draft_of(pilot).step == "result"
        assert count(workspace_of(pilot), "minsu@example.com").total == 1
        assert [record.state for record in list_imports(workspace_of(pilot))] == [ImportState.APPLIED] * 2


async def test_result_enter_closes_and_the_next_import_begins_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_result(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        await open_wizard(pilot)
        assert (draft_of(pilot).step, draft_of(pilot).path, draft_of(pilot).applied) == ("target", None, None)


async def test_r38_a_folder_that_cannot_be_written_is_said_and_another_path_works(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_result(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "s")
        line = pilot.app.screen.query_one("#save-path")
        line.show(str(tmp_path / "nowhere" / "x.xlsx"))  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert "nowhere/x.xlsx" in drawn(pilot)
        assert not isinstance(pilot.app.screen, ImportWizard)
        line.show(str(tmp_path / "x"))  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert (tmp_path / "x.xlsx").exists()
        assert isinstance(pilot.app.screen, ImportWizard)


async def test_saving_over_a_file_asks_first(tmp_path: Path) -> None:
    there = tmp_path / "a-failed-1.xlsx"
    there.write_bytes(b"mine")
    async with running(tmp_path) as pilot:
        await to_result(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "s", "enter")
        assert there.read_bytes() == b"mine"
        assert "replaces it" in drawn(pilot)
        await press(pilot, "enter")
        assert there.read_bytes() != b"mine"


async def test_r30_an_import_without_a_tag_says_that_its_customers_cannot_be_found_by_it(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "ctrl+n", "enter", "tab", "down", "ctrl+n", "enter")
        assert draft_of(pilot).step == "result"
        assert "gave no tag" in drawn(pilot)
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, ImportWizard)


async def test_hostile_text_in_names_headers_and_cells_is_shown_and_does_nothing(tmp_path: Path) -> None:
    header = "[/b]\x1b[31m이메일,\u202eemail,[@click=app.quit]x[/],수신\u200b,이름" + "가" * 300
    rows = ["a@example.com,\x1b]0;x\x07,[b]x,\u202e1,😀👨‍👩‍👧 홍길동", "\x9b2J,[/],:heart:,,[VIP]"]
    path = write_csv(tmp_path / "[red] \x1b[2J 행사.csv", rows, header=header, encoding="utf-8")
    async with running(tmp_path, "ko", SMALL) as pilot:
        await to_file(pilot)
        await choose_file(pilot, path)
        seen = [drawn(pilot)]
        await press(pilot, "enter")
        seen.append(drawn(pilot))
        await press(pilot, "enter")
        seen.append(drawn(pilot))
        await type_text(pilot, "email")
        await press(pilot, "enter", "tab", "right", "right", "down")
        seen.append(drawn(pilot))
        text = "\n".join(seen)
        assert not {"\x1b", "\x9b", "\x07", "\u202e", "\u200b"} & set(text)
        assert "[/b]␛[31m" in text
        assert "[red] ␛[2J 행사" in text
        await press(pilot, "ctrl+n", "enter")
        assert draft_of(pilot).step == "settings"
        assert "[2J 행사" in drawn(pilot)
        assert "\x1b" not in drawn(pilot)


@pytest.mark.parametrize("options", [{"slow": True}, {"ascii_only": True}])
async def test_the_wizard_works_slow_and_in_ascii(tmp_path: Path, options: dict[str, bool]) -> None:
    async with running(tmp_path, "en", SMALL, **options) as pilot:
        await to_check(pilot, write_csv(tmp_path / "a.csv"))
        text = drawn(pilot)
        assert "Start the import" in text
        if "ascii_only" in options:
            assert "+Target > +File > +Columns > +Settings > [Check]" in text
            assert not {"✓", "→", "✗", "│", "█"} & set(text)
        await settle(pilot)
