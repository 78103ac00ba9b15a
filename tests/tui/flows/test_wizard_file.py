"""The file step: a path typed or picked, and how the file is read (R21)."""

import os
import unicodedata
from pathlib import Path

import pytest

from crm_tui.core.vocabulary import Target
from crm_tui.services.importing.options import SourceOptions
from crm_tui.tui.screens.import_wizard import draft as drafts
from crm_tui.tui.widgets.file_picker import FileList
from crm_tui.tui.widgets.folder import completed, matching, read_folder, resolve, shown, split
from crm_tui.tui.widgets.path_input import PathInput
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.wizard import (
    LARGE,
    choose_file,
    draft_of,
    open_wizard,
    running,
    to_columns,
    to_file,
    to_result,
    write_csv,
)

SUFFIXES = {".csv", ".xlsx"}


def folder_with(tmp_path: Path, *names: str) -> Path:
    for name in names:
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.write_text("이메일\na@example.com\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "typed", "grown"),
    [
        (("여름행사.csv", "여름세일.csv"), "여", "여름"),
        (("여름행사.csv",), "여", "여름행사.csv"),
        (("자료/",), "자", f"자료{os.sep}"),
        (("Sales.csv", "sample.csv"), "SA", "SA"),
        (("a1.csv", "a2.csv"), "b", "b"),
        ((unicodedata.normalize("NFD", "가나다.csv"),), "가나", "가나다.csv"),
        ((".hidden.csv",), ".h", ".hidden.csv"),
        ((".hidden.csv",), "", ""),
    ],
)
def test_completion_grows_a_name_to_what_all_files_share(
    tmp_path: Path, names: tuple[str, ...], typed: str, grown: str
) -> None:
    entries = read_folder(folder_with(tmp_path, *names), SUFFIXES)
    assert completed(entries, typed) == grown


def test_a_list_shows_importable_files_and_hidden_ones_only_when_asked_for(tmp_path: Path) -> None:
    entries = read_folder(folder_with(tmp_path, "b.csv", "a.xlsx", "x.pdf", ".secret.csv", "하위/"), SUFFIXES)
    assert [entry.name for entry in matching(entries, "")] == ["하위", "a.xlsx", "b.csv"]
    assert [entry.name for entry in matching(entries, ".")] == [".secret.csv"]
    assert [entry.name for entry in matching(entries, "CSV")] == ["b.csv"]


def test_a_typed_path_finds_a_file_whose_hangul_is_in_pieces_or_whose_name_holds_an_escape(tmp_path: Path) -> None:
    in_pieces = folder_with(tmp_path, unicodedata.normalize("NFD", "여름") + "/") / unicodedata.normalize("NFD", "여름")
    file = folder_with(in_pieces, "\x1b[2J.csv") / "\x1b[2J.csv"
    assert resolve(shown(file)) == file
    assert "\x1b" not in shown(file)


def test_home_quotes_and_unknown_users_in_a_typed_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = folder_with(tmp_path, "a b.csv") / "a b.csv"
    assert resolve("~/a b.csv") == file
    assert resolve(f" '{file}' ") == file
    assert resolve("~nobody-here/x").name == "x"
    assert resolve("\0x").name == "\0x"
    assert resolve(f"/tmp/{file}") == file  # pasted behind the folder that stood there
    assert resolve(f"/tmp/'{file}'") == file
    assert resolve("/tmp/~/a b.csv") == file
    assert split("/tmp//home/x") == ("/home/", "x")
    assert split("~") == (f"~{os.sep}", "")


async def test_tab_completes_and_enter_opens(tmp_path: Path) -> None:
    folder_with(tmp_path, "여름행사.csv", "여름세일.csv", "겨울.csv")
    async with running(tmp_path, "ko") as pilot:
        await to_file(pilot)
        line = pilot.app.screen.query_one(PathInput)
        line.show(f"{tmp_path}{os.sep}여")
        await press(pilot, "tab")
        assert line.value.endswith(f"{os.sep}여름")
        await type_text(pilot, "행")
        await press(pilot, "tab", "enter")
        assert draft_of(pilot).path == tmp_path / "여름행사.csv"
        assert "UTF-8 (자동)" in drawn(pilot)
        assert "행 1개" in drawn(pilot)


async def test_arrows_walk_the_list_left_goes_up_and_letters_go_to_the_path(tmp_path: Path) -> None:
    inner = folder_with(tmp_path, "안/") / "안"
    folder_with(inner, "가.csv", "나.csv")
    async with running(tmp_path, "ko") as pilot:
        await to_file(pilot)
        line, files = pilot.app.screen.query_one(PathInput), pilot.app.screen.query_one(FileList)
        line.show(f"{tmp_path}{os.sep}")
        await press(pilot, "down")
        assert pilot.app.focused is files
        await press(pilot, "enter")
        assert line.value == f"{inner}{os.sep}"
        await press(pilot, "left")
        assert line.value == f"{tmp_path}{os.sep}"
        await press(pilot, "right", "j")
        assert line.value == f"{inner}{os.sep}j"
        assert pilot.app.focused is line
        await press(pilot, "backspace", "down", "down", "enter")
        assert draft_of(pilot).path == inner / "나.csv"


async def test_a_long_folder_with_long_names_fits_and_scrolls(tmp_path: Path) -> None:
    names = [f"{number:04} {'아주 긴 이름 ' * 12}.csv" for number in range(500)]
    folder_with(tmp_path, *names)
    async with running(tmp_path, "en") as pilot:
        await to_file(pilot)
        pilot.app.screen.query_one(PathInput).show(f"{tmp_path}{os.sep}")
        await press(pilot, "down", "end", "up")
        files = pilot.app.screen.query_one(FileList)
        assert files.total == 501
        assert "> 0499" in drawn(pilot)
        assert all(strip.cell_length == 78 for strip in map(files.render_line, range(files.size.height)))


async def test_a_file_that_cannot_be_used_is_refused_in_one_sentence_and_the_step_stays(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n\0\0"
    unclosed = b'email,name\na@example.com,"Kim\nb@example.com,Lee\n'
    async with running(tmp_path) as pilot:
        await to_file(pilot)
        for name, content in (("missing", None), ("empty", b""), ("picture", picture), ("unclosed", unclosed)):
            path = tmp_path / f"{name}.csv"
            if content is not None:
                path.write_bytes(content)
            await choose_file(pilot, path)
            assert draft_of(pilot).step == "file"
            assert draft_of(pilot).opened is None
            said = str(pilot.app.screen.query_one("#file-told").render())
            assert ("row 2" if name == "unclosed" else path.name) in said
            await press(pilot, "ctrl+n")
            assert draft_of(pilot).step == "file"
            await press(pilot, "ctrl+o")
        await choose_file(pilot, write_csv(tmp_path / "good.csv"))
        assert draft_of(pilot).opened is not None


async def test_r21_the_encoding_and_the_delimiter_can_be_overridden_with_a_look_at_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "sjis.csv"
    path.write_bytes("メール;名前\r\na@example.com;山田\r\n".encode("shift_jis"))
    async with running(tmp_path) as pilot:
        await to_file(pilot)
        await choose_file(pilot, path)
        while draft_of(pilot).options.encoding != "shift_jis":
            await press(pilot, "right")
        assert "山田" in drawn(pilot)
        await press(pilot, "down", "right")
        assert draft_of(pilot).options == SourceOptions(encoding="shift_jis", delimiter=",")
        assert "メール;名前" in drawn(pilot)
        await press(pilot, "left", "enter")
        assert draft_of(pilot).step == "columns"
        await press(pilot, "escape")
        assert draft_of(pilot).options.encoding == "shift_jis"
        assert "山田" in drawn(pilot)


async def test_r21_a_reading_that_does_not_work_says_so_blocks_the_way_and_is_changed_back(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_file(pilot)
        await choose_file(pilot, path)
        await press(pilot, "right")
        assert draft_of(pilot).options.encoding == "utf-8"
        assert draft_of(pilot).opened is None
        assert "UTF-8" in str(pilot.app.screen.query_one("#file-told").render())
        await press(pilot, "enter")
        assert draft_of(pilot).step == "file"
        await press(pilot, "left", "enter")
        assert draft_of(pilot).step == "columns"


async def test_r21_the_sheet_of_a_workbook_can_be_chosen(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "첫째"
    book.active.append(["email"])
    book.active.append(["a@example.com"])
    other = book.create_sheet("둘째")
    other.append(["이메일", "이름"])
    other.append(["b@example.com", "김"])
    book.save(tmp_path / "book.xlsx")
    async with running(tmp_path, "ko") as pilot:
        await to_file(pilot)
        await choose_file(pilot, tmp_path / "book.xlsx")
        assert "첫째" in drawn(pilot)
        await press(pilot, "right")
        assert "b@example.com" in drawn(pilot)
        await press(pilot, "enter")
        assert draft_of(pilot).columns == ("profile.email", "profile.name")


async def test_another_file_is_found_out_about_from_the_beginning_but_a_typed_tag_stays(tmp_path: Path) -> None:
    one, two, three = (write_csv(tmp_path / f"{name}.csv") for name in ("one", "two", "three"))
    async with running(tmp_path) as pilot:
        await to_file(pilot)
        await choose_file(pilot, one)
        assert draft_of(pilot).tag == "one"
        draft_of(pilot).options = SourceOptions(encoding="cp949")
        await press(pilot, "ctrl+o")
        await choose_file(pilot, two)
        assert (draft_of(pilot).tag, draft_of(pilot).options) == ("two", SourceOptions())
        draft_of(pilot).tag = "mine"
        await press(pilot, "ctrl+o")
        await choose_file(pilot, three)
        assert draft_of(pilot).tag == "mine"


async def test_folders_that_were_imported_from_are_offered(tmp_path: Path) -> None:
    used = tmp_path / "내려받은 파일"
    used.mkdir()
    async with running(tmp_path, "ko", LARGE) as pilot:
        await to_result(pilot, write_csv(used / "a.csv"))
        await press(pilot, "enter")
        await to_file(pilot)
        assert f"최근 폴더  {used}" in drawn(pilot)
        await press(pilot, "down", "enter")
        assert pilot.app.screen.query_one(PathInput).value == f"{used}{os.sep}"


async def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await to_file(pilot)
        pilot.app.screen.query_one(PathInput).show(f"{tmp_path}/nowhere/x")
        await settle(pilot)
        assert "cannot be read" in drawn(pilot)


async def test_back_from_the_columns_shows_the_file_and_a_changed_one_is_read_again(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv")
    async with running(tmp_path) as pilot:
        await to_columns(pilot, path)
        await press(pilot, "escape")
        assert "3 rows" in drawn(pilot)
        await press(pilot, "escape", "enter")
        assert "3 rows" in drawn(pilot)
        await press(pilot, "enter")
        write_csv(path, ["a@example.com,김,,n,n"] * 7)
        await press(pilot, "escape")
        assert "7 rows" in drawn(pilot)
        assert draft_of(pilot).target is Target.LEAD
        path.unlink()
        await press(pilot, "escape", "enter")
        assert "a.csv" in str(pilot.app.screen.query_one("#file-told").render())


def test_a_file_that_is_gone_has_no_stamp(tmp_path: Path) -> None:
    assert drafts.Stamp.of(tmp_path / "nothing") is None
    assert drafts.Stamp.of(Path("\0")) is None


async def test_the_wizard_opens_where_its_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with running(tmp_path) as pilot:
        await open_wizard(pilot)
        await press(pilot, "enter")
        assert draft_of(pilot).step == "file"
    monkeypatch.undo()
