"""The import log, walked through with the real program on a real database."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crm_tui.core.vocabulary import ImportState
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.import_detail import ImportDetailScreen
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.screens.imports import ImportsScreen
from crm_tui.tui.widgets.chips import Chips
from tests.tui.pilots import drawn, press, settle
from tests.tui.places import (
    FORBIDDEN,
    HOSTILE,
    MINSU,
    WIDE,
    WIDEST,
    add_leads,
    app_of,
    change,
    database,
    imported,
    lines,
    log,
    logged,
    opened,
    planned,
    search,
    status,
    table,
    write_file,
)

GOOD = "kim@example.com,Kim,n,n,x"
BAD = ("broken,[/b] 이,n,n,x", "lee@example.com,Lee,maybe,n,x")
NUMBERS = json.dumps({"rows": 3, "customers": 2, "created": 2, "failed": 1})


def look(pilot: object) -> None:
    """What the screen does by itself every few seconds."""
    screen = app_of(pilot).screen  # type: ignore[arg-type]
    assert isinstance(screen, ImportsScreen)
    screen.look()


async def test_an_empty_log_says_what_to_do(tmp_path: Path) -> None:
    async with opened(database(tmp_path), language="ko") as pilot:
        await press(pilot, "f4")
        assert "i 를 눌러 CSV 나 엑셀 파일을 불러오세요" in drawn(pilot)
        await press(pilot, "enter", "s", "f", "ctrl+c")
        assert isinstance(pilot.app.screen, ImportsScreen)


@pytest.mark.parametrize("size", [WIDE, WIDEST])
async def test_r37_the_log_lists_imports_newest_first(tmp_path: Path, size: tuple[int, int]) -> None:
    path = database(tmp_path)
    logged(path, file_path="/data/첫째.csv", numbers=NUMBERS)
    logged(path, file_path="/data/second.csv", target="member", key=None, state="refused", tag=None, manager="soo")
    async with opened(path, size) as pilot:
        await press(pilot, "f4")
        newest, oldest = ("  ".join(line.split()) for line in lines(log(pilot))[1:3])
        assert newest.startswith(">  refused  second.csv  Members  -  -  -  2026-05-")
        assert newest.endswith("soo")
        assert oldest.startswith("done  첫째.csv  Leads,  e-mail  May  2  1  2026-05-")
        assert status(pilot).startswith("1 / 2")


async def test_at_80_columns_tag_and_manager_stand_in_the_line_below(tmp_path: Path) -> None:
    path = database(tmp_path)
    logged(path, numbers=NUMBERS, tag="여름 행사")
    async with opened(path) as pilot:
        await press(pilot, "f4")
        assert "여름 행사" not in "".join(lines(log(pilot)))
        assert status(pilot) == "1 / 1   #여름 행사   jin"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", list(ImportState))
async def test_states_are_words(tmp_path: Path, state: ImportState, language: str) -> None:
    path = database(tmp_path)
    numbers = NUMBERS if state in (ImportState.APPLIED, ImportState.PLANNED) else None
    async with opened(path, language="ko" if language == "ko" else "en") as pilot:
        # After the start, which takes one that runs without holding the lock for dead.
        logged(path, state=state.value, numbers=numbers, running_since=1_780_000_060_000)
        await press(pilot, "f4")
        words = lines(log(pilot))[1].split("leads.csv")[0].removeprefix("> ").strip()
        assert words
        assert words != state.value or language == "en"
        await press(pilot, "enter")
        said = drawn(pilot)
        sentence = said.splitlines()[3]
        assert sentence.strip()
        if state is ImportState.PLANNED:
            assert "i 를 누르면" in sentence or "pressing i goes on" in sentence
        if state is ImportState.RUNNING:
            assert "jin" in sentence
            assert "2026-05-2" in sentence


async def test_enter_shows_numbers_options_mapping_and_failed_rows(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    imported(path, write_file(tmp_path, [GOOD, *BAD]), "여름 행사")
    async with opened(path, (100, 50)) as pilot:
        await press(pilot, "f4", "enter")
        assert isinstance(pilot.app.screen, ImportDetailScreen)
        shown = drawn(pilot)
        for part in (
            "leads.csv",
            "Leads, e-mail",
            "여름 행사",
            "keep the stored value",
            str(tmp_path),
            "3  rows in the file",
            "1  created",
            "2  failed rows",
            "email                          → E-mail",
            "note                           → (not imported)",
            "row 3",
            "E-mail: ",
            "row 4",
        ):
            assert part in shown
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ImportsScreen)


async def test_r38_no_more_than_30_failed_rows_are_shown(tmp_path: Path) -> None:
    path = database(tmp_path)
    imported(path, write_file(tmp_path, [GOOD, *(f"bad{n},x,n,n,x" for n in range(40))]))
    async with opened(path, (100, 80)) as pilot:
        await press(pilot, "f4", "enter")
        shown = drawn(pilot)
        assert "40 in all; the first 30 are shown" in shown
        assert [f"row {number} " in shown for number in (3, 32, 33)] == [True, True, False]


@pytest.mark.parametrize("keys", [("s",), ("ㄴ",), ("ctrl+s",), ("enter", "s")])
async def test_r38_s_saves_the_failed_rows_beside_the_file(tmp_path: Path, keys: Sequence[str]) -> None:
    path = database(tmp_path)
    number = imported(path, write_file(tmp_path, [GOOD, *BAD]))
    async with opened(path) as pilot:
        await press(pilot, "f4", *keys)
        assert isinstance(pilot.app.screen, SaveFile)
        await press(pilot, "enter")
        saved = tmp_path / f"leads-failed-{number}.xlsx"
        assert str(saved) in status(pilot)
    rows = list(load_workbook(saved).active.values)
    assert rows[0][:3] == ("rowNumber", "errorColumns", "errorReasons")
    assert [row[0] for row in rows[1:]] == ["3", "4"]


async def test_r38_where_the_folder_of_the_file_is_gone_the_home_is_proposed(
    tmp_path: Path, private_home: Path
) -> None:
    path = database(tmp_path)
    folder = tmp_path / "usb"
    folder.mkdir()
    file = write_file(folder, [GOOD, *BAD])
    imported(path, file)
    file.unlink()
    folder.rmdir()
    async with opened(path) as pilot:
        await press(pilot, "f4", "s", "enter")
        assert [one.name for one in private_home.glob("*.xlsx")] == ["leads-failed-1.xlsx"]


async def test_r38_none_and_expired_are_sentences(tmp_path: Path) -> None:
    path = database(tmp_path)
    imported(path, write_file(tmp_path, [GOOD]))
    async with opened(path) as pilot:
        await press(pilot, "f4", "s")
        assert "No row of import 1 failed" in status(pilot)
        await press(pilot, "enter", "s")
        assert "No row of import 1 failed" in status(pilot)
    imported(path, write_file(tmp_path, ["lee@example.com,Lee,n,n,x", *BAD]))
    change(path, "UPDATE import SET failures_expire_at = 1 WHERE id = 2")
    async with opened(path) as pilot:
        await press(pilot, "f4", "s")
        assert "removed after 30 days" in status(pilot)
        await press(pilot, "enter")
        assert "2 failed rows were removed after 30 days" in drawn(pilot) or "removed after" in drawn(pilot)
        await press(pilot, "end")
        assert "removed after 30 days" in drawn(pilot)


@pytest.mark.parametrize("keys", [("f",), ("ㄹ",), ("ctrl+f",), ("enter", "f")])
async def test_f_shows_the_customers_of_an_import(tmp_path: Path, keys: Sequence[str]) -> None:
    path = database(tmp_path, [MINSU])
    imported(path, write_file(tmp_path, [GOOD]), 'May "24"')
    async with opened(path) as pilot:
        await press(pilot, "f4", *keys)
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert search(pilot).value == 'import:"May ""24"""'
        assert table(pilot).total == 1
        # Textual waits a moment with the layout of a place that is shown again: this is what will be drawn.
        assert pilot.app.screen.query_one(Chips).text.strip() == '[import:"May ""24"""]'


async def test_f_of_an_import_without_tag_or_without_customers_is_a_sentence(tmp_path: Path) -> None:
    path = database(tmp_path)
    workspace = open_workspace(path)
    planned(workspace, write_file(tmp_path, [GOOD]), "May")
    workspace.close()
    imported(path, write_file(tmp_path, [GOOD]), None)
    async with opened(path) as pilot:
        await press(pilot, "f4", "f")
        assert "gave no tag" in status(pilot)
        await press(pilot, "end", "f")
        assert "has not been imported" in status(pilot)


async def test_a_new_import_appears_and_the_cursor_stays_on_its_line(tmp_path: Path) -> None:
    path = database(tmp_path)
    logged(path)
    async with opened(path) as pilot:
        await press(pilot, "f4")
        logged(path, file_path="/data/new.csv", state="running", running_since=1)
        look(pilot)
        await settle(pilot)
        assert status(pilot).startswith("2 / 2")
        assert "Imports 2" in drawn(pilot)
        change(path, "UPDATE import SET state = 'interrupted' WHERE id = 2")
        look(pilot)
        await settle(pilot)
        assert "interrupted" in drawn(pilot)


async def test_an_open_import_is_followed_to_its_end(tmp_path: Path) -> None:
    path = database(tmp_path)
    async with opened(path) as pilot:
        logged(path, state="running", running_since=1)
        await press(pilot, "f4", "enter")
        assert "Running" in drawn(pilot)
        change(path, "UPDATE import SET state = 'applied', numbers = ?", NUMBERS)
        await press(pilot, "r")
        assert "Done in 1.5 s" in drawn(pilot)


async def test_hostile_names_reach_neither_markup_nor_terminal(tmp_path: Path) -> None:
    path = database(tmp_path)
    for name in HOSTILE:
        mapping = json.dumps([[name, "profile.email"], [name, None]])
        logged(path, file_path=f"/data/{name.replace('/', ':')}.csv", tag=name, manager=name, mapping=mapping)
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "f4")
        seen = drawn(pilot)
        for _ in HOSTILE:
            seen += status(pilot)
            await press(pilot, "enter")
            seen += drawn(pilot)
            await press(pilot, "escape", "down")
        assert not FORBIDDEN & set(seen)
        assert "[VIP] [red]x" in seen
        assert {strip.cell_length for strip in map(log(pilot).render_line, range(5))} == {WIDEST[0]}


async def test_a_database_that_fails_is_a_sentence_and_the_log_stays(tmp_path: Path) -> None:
    path = Path(database(tmp_path))
    logged(str(path))
    async with opened(str(path)) as pilot:
        await press(pilot, "f4")
        kept = path.read_bytes()
        path.unlink()
        await press(pilot, "r")
        assert "has gone" in drawn(pilot)
        assert "leads.csv" in drawn(pilot)
        await press(pilot, "enter")
        assert "has gone" in drawn(pilot)
        path.write_bytes(kept)
        await press(pilot, "r")
        assert "Done in" in drawn(pilot)


async def test_contacts_shows_at_once_what_was_imported_while_the_log_was_in_sight(tmp_path: Path) -> None:
    path = database(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f4")
        add_leads(path, [MINSU])
        await press(pilot, "f2")
        assert table(pilot).total == 1
