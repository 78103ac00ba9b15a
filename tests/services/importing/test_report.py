"""R38: failed rows as an .xlsx to mend and import again."""

import csv
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl
import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS
from crm_tui.core.mapping import propose
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import trim
from crm_tui.i18n import describe, set_language
from crm_tui.services.errors import OutputError
from crm_tui.services.importing.events import FailedRow
from crm_tui.services.importing.report import write_failed_rows
from crm_tui.services.importing.source import FAILURE_COLUMNS, RowReader, open_source
from crm_tui.services.importing.workbook import MAX_CELL_UNITS, MAX_SHEET_ROWS, new_workbook, storable

FIELDS = ("memberId", "profile.name", "profile.email")
BAD_EMAIL = Problem(Code.EMAIL_INVALID, "profile.email")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "failed.xlsx"


def write(path: Path, rows: Iterable[FailedRow], fields: tuple[str, ...] = FIELDS, **options: int) -> None:
    write_failed_rows(path, fields, rows, describe, **options)


def cells_of(path: Path, sheet: int = 0) -> list[tuple[object, ...]]:
    """Return a sheet's cells after a look at each: text, and nothing that is run."""
    found = []
    for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows():
        for cell in row:
            assert cell.value is None or cell.data_type in ("s", "inlineStr")
            assert cell.number_format == "@"
            assert cell.hyperlink is None
        found.append(tuple(cell.value or "" for cell in row))
    return found


def test_r38_a_row_says_its_number_its_bad_cells_and_why_before_the_cells_as_they_stood(path: Path) -> None:
    set_language("en")
    too_long = Problem(Code.STRING_TOO_LONG, "profile.name", {"length": 600, "limit": 512})
    ragged = Problem(Code.ROW_RAGGED, "", {"cells": 2, "expected": 3})
    write(
        path,
        [
            FailedRow(5, ("00123", "홍길동", " no mail "), (BAD_EMAIL, too_long, BAD_EMAIL)),
            FailedRow(1_000_001, ("m2", "", ""), (ragged,)),
        ],
    )
    email, name = describe(BAD_EMAIL), describe(too_long)
    assert cells_of(path) == [
        (*FAILURE_COLUMNS, *FIELDS),
        ("5", "profile.email, profile.name", f"{email} / {name} / {email}", "00123", "홍길동", " no mail "),
        ("1000001", "", describe(ragged), "m2", "", ""),
    ]


HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "=cmd|'/C calc'!A0",
    "\t=1+1",
    "{=1+1}",
    "http://example.com",
    "mailto:a@b.c",
    "internal:Sheet1!A1",
    "00123",
    "8.21E+11",
    "TRUE",
    "2025-05-04",
    "'quoted",
    '"[VIP]"',
    "<r>markup</r>",
    "<r><bad></r>",
    "<&>\"'",
    "_x0041_",
    "a\nb",
    "a\r\nb",
    " outer ",
    "\u3164",
    "\u202egnp.exe",
    "😀",
    "",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_r38_a_hostile_cell_is_text_and_comes_back_as_it_stood(path: Path, cell: str) -> None:
    write(path, [FailedRow(2, ("m1", cell, "x"), (BAD_EMAIL,))])
    (found,) = cells_of(path)[1:]
    assert found[:4:3] == ("2", "m1")
    ((_, cells),) = RowReader(open_source(path))
    assert cells[0] == "2"
    assert trim(cells[4]) == trim(cell)
    assert cells[3::2] == ["m1", "x"]


@pytest.mark.parametrize(
    "code", [0x00, 0x01, 0x07, 0x08, 0x0B, 0x0C, 0x0E, 0x1B, 0x1F, 0xFFFE, 0xFFFF, 0xD800, 0xDCFF, 0xDFFF]
)
def test_r38_what_an_xlsx_cannot_hold_has_a_stand_in(path: Path, code: int) -> None:
    write(path, [FailedRow(2, ("m1", f"a{chr(code)}b", chr(code)), (BAD_EMAIL,))])
    assert cells_of(path)[1][3:] == ("m1", "a\ufffdb", "\ufffd")
    ((_, cells),) = RowReader(open_source(path))
    assert cells[3:] == ["m1", "a\ufffdb", "\ufffd"]


@pytest.mark.parametrize("cell", ["x" * 40_000, "가" * 40_000, "😀" * 20_000, "x" + "😀" * 20_000, "\n" * 40_000])
def test_r38_a_cell_that_is_too_long_is_cut_with_a_mark(path: Path, cell: str) -> None:
    kept = storable(cell)
    assert kept.endswith("…[cut]")
    assert cell.startswith(kept.removesuffix("…[cut]"))
    assert MAX_CELL_UNITS - 1 <= len(kept.encode("utf-16-le")) // 2 <= MAX_CELL_UNITS
    write(path, [FailedRow(2, ("m1", cell, "x"), (BAD_EMAIL,))])
    ((_, cells),) = RowReader(open_source(path))
    assert cells[3:] == ["m1", kept, "x"]


@pytest.mark.parametrize("cell", ["x" * MAX_CELL_UNITS, "😀" * (MAX_CELL_UNITS // 2)])
def test_r38_a_cell_that_just_fits_is_not_cut(cell: str) -> None:
    assert storable(cell) == cell
    assert storable(cell + "yy") != cell + "yy"


def test_r38_further_sheets_take_what_one_cannot_hold(path: Path) -> None:
    rows = [FailedRow(number, (f"m{number}", "", ""), (BAD_EMAIL,)) for number in range(2, 9)]
    write(path, rows, sheet_rows=4)
    assert len(openpyxl.load_workbook(path).sheetnames) == 3
    for sheet, numbers in enumerate([["2", "3", "4"], ["5", "6", "7"], ["8"]]):
        header, *found = cells_of(path, sheet)
        assert header == (*FAILURE_COLUMNS, *FIELDS)
        assert [row[0] for row in found] == numbers
    assert MAX_SHEET_ROWS == 1 << 20


def test_r38_exactly_a_sheet_full_needs_no_second_one(path: Path) -> None:
    write(path, [FailedRow(number, ("", "", ""), ()) for number in (2, 3)], sheet_rows=3)
    assert len(openpyxl.load_workbook(path).sheetnames) == 1


def test_r38_a_thousand_columns_are_written(path: Path) -> None:
    fields = tuple(f"profile.c{number}" for number in range(1000))
    cells = tuple(f"=cell{number}" for number in range(1000))
    write(path, [FailedRow(2, cells, (Problem(Code.NUMBER_INVALID, fields[7]),))], fields)
    header, row = cells_of(path)
    assert header[3:] == fields
    assert row[1] == "profile.c7"
    assert row[3:] == cells


def test_r38_a_report_without_rows_has_its_header(path: Path) -> None:
    write(path, [])
    assert cells_of(path) == [(*FAILURE_COLUMNS, *FIELDS)]


# -- imported again -------------------------------------------------------------------------------------------------


def mended(path: Path) -> list[tuple[str, ...]]:
    """Mend a report as a person would: in a spreadsheet, the cells only."""
    write(path, [FailedRow(7, ("00123", "=홍", "x"), (BAD_EMAIL,)), FailedRow(9, ("m2", "a\nb", "y"), (BAD_EMAIL,))])
    book = openpyxl.load_workbook(path)
    for line, email in ((2, "hong@example.com"), (3, "kim@example.com")):
        book.active.cell(line, 6).value = email
    book.save(path)
    return [tuple(str(cell or "") for cell in row) for row in book.active.iter_rows(values_only=True)]


MENDED = [(2, ["00123", "=홍", "hong@example.com"]), (3, ["m2", "a\nb", "kim@example.com"])]


def check_imports_again(path: Path) -> None:
    source = open_source(path)
    assert source.skipped_columns == (0, 1, 2)
    proposals = propose(source.headers, BUILT_IN_FIELDS, skipped=source.skipped_columns)
    assert [proposal.field for proposal in proposals] == [None, None, None, *FIELDS]
    assert all(proposal.is_certain for proposal in proposals)
    assert [(row, cells[3:]) for row, cells in RowReader(source)] == MENDED


def test_r38_a_mended_report_is_imported_again_as_it_is(path: Path) -> None:
    mended(path)
    check_imports_again(path)


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("cp949", ","), ("utf-16", "\t")]
)
def test_r38_a_mended_report_is_imported_again_as_csv(path: Path, encoding: str, delimiter: str) -> None:
    saved = path.with_suffix(".csv")
    with saved.open("w", encoding=encoding, newline="", errors="replace") as file:
        csv.writer(file, delimiter=delimiter).writerows(mended(path))
    check_imports_again(saved)


# -- the file itself ------------------------------------------------------------------------------------------------


def test_r38_the_file_is_its_owners_alone_and_nothing_is_left_beside_it(path: Path) -> None:
    path.write_text("old")
    path.chmod(0o644)
    write(path, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_r38_a_failure_half_way_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = path.parent / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    path.write_text("old")

    def rows() -> Iterator[FailedRow]:
        yield FailedRow(2, ("m1", "홍", "x"), (BAD_EMAIL,))
        raise LookupError

    with pytest.raises(LookupError):
        write(path, rows())
    assert path.read_text() == "old"
    assert sorted(path.parent.iterdir()) == [path, temporary]
    assert list(temporary.iterdir()) == []


def test_r38_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link.xlsx")
    link.symlink_to(path)
    write(link, [])
    assert link.is_symlink()
    assert cells_of(path) == [(*FAILURE_COLUMNS, *FIELDS)]


def test_r38_a_place_that_cannot_be_written_is_told(path: Path) -> None:
    for wrong in (path.parent / "gone" / "a.xlsx", path.parent / ("x" * 300)):
        with pytest.raises(OutputError) as error:
            write(wrong, [])
        assert (error.value.code, error.value.params) == ("output_unwritable", {"path": str(wrong)})
    assert list(path.parent.iterdir()) == []


def test_r38_a_folder_or_a_device_is_not_replaced(path: Path) -> None:
    fifo = path.with_name("pipe")
    os.mkfifo(fifo)
    for wrong in (path.parent, fifo, Path(os.devnull)):
        with pytest.raises(OutputError) as error:
            write(wrong, [])
        assert error.value.code == "output_not_file"
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_r38_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OutputError), new_workbook(path) as book:
        book.add_worksheet()
    assert list(path.parent.iterdir()) == []
