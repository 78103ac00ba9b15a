"""R21: spreadsheets, read as the CSV file that they would be saved as."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from crm_tui.i18n import describe_error, set_language
from crm_tui.services.errors import SourceError
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.sheets import MAX_SHEET_CELLS, cell_text
from crm_tui.services.importing.source import FAILURE_COLUMNS, RowReader, Source, open_source

Sheets = Mapping[str, list[list[object]]]
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that writes a workbook of sheets of rows."""

    def make_file(sheets: Sheets, name: str = "customers.xlsx", *, hidden: tuple[str, ...] = ()) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
        ) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for line, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        if cell is not None:
                            sheet.write(line, column, cell)
                if title in hidden:
                    sheet.hide()
                else:
                    sheet.activate()
        return path

    return make_file


def rows_of(source: Source) -> list[tuple[int, list[str]]]:
    return list(RowReader(source))


def refused(path: Path, **options: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        open_source(path, SourceOptions(**options))
    for language in ("ko", "en"):
        set_language(language)
        assert "{" not in describe_error(caught.value)
    return caught.value


def rewrite(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Change one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, contents in parts.items():
            archive.writestr(name, contents)


SHEET = "xl/worksheets/sheet1.xml"


# -- rows -----------------------------------------------------------------------------------------------------------


def test_r21_a_sheet_gives_the_rows_that_a_csv_file_would(make: Make) -> None:
    source = open_source(make({"고객": [["memberId", "이름", "끝"], ["00123", "홍길동", "a\nb"], [None, "김", None]]}))
    assert (source.kind, source.encoding, source.delimiter, source.sheet) == ("xlsx", "", "", "고객")
    assert source.headers == ("memberId", "이름", "끝")
    assert rows_of(source) == [(2, ["00123", "홍길동", "a\nb"]), (3, ["", "김", ""])]
    assert source.rows_total == 2


def test_r21_the_header_is_the_first_row_with_anything_and_blank_rows_count(make: Make) -> None:
    rows: list[list[object]] = [[], [None, None, " "], [None, "a", "b"], [], [None, "1", "2"], [], [], [None, "3"]]
    source = open_source(make({"x": rows}))
    # Column A is empty everywhere: a sheet begins where its values do.
    assert source.headers == ("a", "b")
    assert rows_of(source) == [(3, ["1", "2"]), (6, ["3", ""])]
    assert source.rows_total == 2


def test_r21_a_sheet_of_a_thousand_columns_is_read(make: Make) -> None:
    source = open_source(make({"x": [[f"c{number}" for number in range(1000)], ["x"] * 1000]}))
    assert len(source.headers) == 1000
    assert rows_of(source) == [(2, ["x"] * 1000)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("글자", "글자"),
        ("=1+1", "=1+1"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-0.0, "0"),
        (123, "123"),
        (821020203030, "821020203030"),
        (999999999999999, "999999999999999"),
        (1234567890123456, "1.23456789012346E+15"),
        (1e22, "1E+22"),
        (-5, "-5"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (0.0000001, "0.0000001"),
        (-0.000012345, "-0.000012345"),
        (date(2025, 5, 4), "2025-05-04"),
        (datetime(2025, 5, 4), "2025-05-04T00:00:00"),
        (datetime(2025, 5, 4, 9, 30, 15), "2025-05-04T09:30:15"),
        (datetime(2025, 5, 4, 9, 30, 15, 123000), "2025-05-04T09:30:15.123"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=36, minutes=5), "36:05:00"),
        (timedelta(minutes=-90), "-1:30:00"),
        (None, "None"),
    ],
)
def test_r21_a_cell_is_written_as_a_csv_file_would_hold_it(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_r21_dates_times_and_formulas_come_from_a_sheet_as_values(tmp_path: Path) -> None:
    path = tmp_path / "typed.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["day", "moment", "time", "duration", "formula", "flag", "padded"])
        formats = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm", "[h]:mm:ss"]
        values: list[Any] = [date(2025, 5, 4), datetime(2025, 5, 4, 9, 30, 15), time(9, 30), timedelta(hours=30)]
        for column, (value, shape) in enumerate(zip(values, formats, strict=True)):
            sheet.write_datetime(1, column, value, book.add_format({"num_format": shape}))
        sheet.write_formula(1, 4, '="가"&"나"', None, "가나")
        sheet.write_boolean(1, 5, True)
        sheet.write_number(1, 6, 123, book.add_format({"num_format": "00000"}))
    source = open_source(path)
    expected = ["2025-05-04", "2025-05-04T09:30:15", "09:30:00", "30:00:00", "가나", "true", "123"]
    assert rows_of(source) == [(2, expected)]


def test_r21_cells_that_are_in_error_are_not_blank(make: Make) -> None:
    # A blank cell could clear what is stored (R26); the reader gives cells in error as blank ones.
    path = make({"x": [[], [None, "memberId", "b", "c"], [None, "m1", "x", "y"], [None, "m2", "z", "w"]]})

    def spoil(xml: str) -> str:
        for place, fault in (("C3", "#N/A"), ("D4", "#DIV/0!")):
            start = xml.index(f'<c r="{place}"')
            end = xml.index("</c>", start)
            xml = f'{xml[:start]}<c r="{place}" t="e"><f>VLOOKUP(1,A:B,2)</f><v>{fault}</v>{xml[end:]}'
        return xml

    rewrite(path, SHEET, spoil)
    source = open_source(path)
    assert rows_of(source) == [(2, ["m1", "#N/A", "y"]), (3, ["m2", "z", "#DIV/0!"])]


def test_r21_columns_with_numbers_are_noted_because_zeros_may_be_lost(make: Make) -> None:
    rows: list[list[object]] = [["id", 2025, "phone", "flag", "day", "text"]]
    rows += [["m1", "x", "+821020203030", True, date(2025, 5, 4), "1"], ["m2", "x", 1020203030, True, None, "2"]]
    source = open_source(make({"x": rows}))
    # Neither a header that is a number, nor a date, nor a boolean: only the phone.
    assert source.number_columns == (2,)


# -- sheets ---------------------------------------------------------------------------------------------------------


def test_r21_the_first_sheet_that_is_seen_and_not_empty_is_read_and_another_can_be_chosen(make: Make) -> None:
    sheets: Sheets = {"숨김": [["h"], ["1"]], "빈 시트": [], "고객": [["a"], ["1"]], "더": [["b"], ["2"]]}
    path = make(sheets, hidden=("숨김",))
    source = open_source(path)
    assert (source.sheet, source.sheets) == ("고객", ("빈 시트", "고객", "더"))
    for name, header in (("더", "b"), ("숨김", "h")):
        chosen = open_source(path, SourceOptions(sheet=name))
        assert (chosen.sheet, chosen.headers) == (name, (header,))
        assert open_source(path, SourceOptions(sheet=chosen.sheet)) == chosen


def test_r21_a_sheet_that_is_not_there_or_empty_is_refused_with_the_choices(make: Make) -> None:
    path = make({"숨김": [["h"]], "빈 시트": [], "고객": [["a"]]}, hidden=("숨김",))
    assert refused(path, sheet="없음").params == {"name": "없음", "choices": "빈 시트, 고객"}
    assert refused(path, sheet="없음").code == "source_sheet_unknown"
    assert refused(path, sheet="빈 시트").code == "source_sheet_empty"
    assert refused(make({"a": [], "b": [[" "]]})).code == "source_empty"


# -- files that are not what they seem ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["customers.csv", "customers.xls", "customers", "customers.ods", "고객.XLSX"])
def test_r21_a_workbook_is_known_by_what_it_holds(make: Make, name: str) -> None:
    source = open_source(make({"x": [["a"], ["1"]]}, name="customers.xlsx").rename(make({}, "y.xlsx").with_name(name)))
    assert (source.kind, rows_of(source)) == ("xlsx", [(2, ["1"])])


def test_r21_a_workbook_with_a_password_is_told_from_an_old_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(1000))
    assert refused(path).code == "source_locked"
    path.write_bytes(ole)
    assert refused(path).code == "source_binary"


@pytest.mark.parametrize("member", ["Index/Document.iwa", "content.xml", "customers.csv"])
def test_r21_another_archive_is_no_table(tmp_path: Path, member: str) -> None:
    path = tmp_path / "customers.numbers"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    error = refused(path)
    assert error.code == "source_binary"
    set_language("en")
    assert "CSV (UTF-8) or .xlsx" in describe_error(error)


def test_r21_a_damaged_workbook_is_refused(make: Make, tmp_path: Path) -> None:
    whole = make({"x": [["a", "b"], ["1", "2"]] * 50}).read_bytes()
    path = tmp_path / "damaged.xlsx"
    for length in (4, 10, 100, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:length])
        assert refused(path).code == "source_damaged"
    for part, change in (
        ("xl/workbook.xml", lambda xml: xml[:-20]),
        ("xl/workbook.xml", lambda xml: xml.replace("r:id", "id")),
        ("xl/_rels/workbook.xml.rels", lambda xml: xml.replace("sheet1.xml", "gone.xml")),
        ("xl/_rels/workbook.xml.rels", lambda xml: "nothing"),
        (SHEET, lambda xml: xml[: len(xml) // 2]),
        (SHEET, lambda xml: "<nothing/>"),
    ):
        path.write_bytes(whole)
        rewrite(path, part, change)
        assert refused(path).code in ("source_damaged", "source_empty")


def test_r21_bytes_changed_anywhere_in_a_workbook_end_in_rows_or_a_refusal(make: Make, tmp_path: Path) -> None:
    whole = make({"x": [["memberId", "b"], ["m1", 2], ["m3", True]]}).read_bytes()
    path = tmp_path / "changed.xlsx"
    outcomes = set()
    for place in range(0, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            rows_of(open_source(path))
            outcomes.add("read")
        except SourceError as error:
            outcomes.add(error.code)
    assert {"read", "source_damaged"} <= outcomes


# -- size -----------------------------------------------------------------------------------------------------------


def far_cell(make: Make, xml: str) -> Path:
    path = make({"x": [["memberId", "b"], ["m1", "2"]]})
    rewrite(path, SHEET, lambda whole: whole.replace("</sheetData>", f"{xml}</sheetData>"))
    return path


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        '<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>',
        '<c s="0" r="XFD1048576"><v>1</v></c>',
        "<c\nr = 'XFD1048576' ><v>1</v></c>",
        '<c r="XFD1048576" t="e"><v>#N/A</v></c>',
    ],
)
def test_r21_one_value_in_the_last_cell_of_a_sheet_does_not_take_all_memory(make: Make, cell: str) -> None:
    error = refused(far_cell(make, f'<row r="1048576">{cell}</row>'))
    assert error.code == "source_sheet_too_large"
    assert error.params == {"name": "x", "rows": 1_048_576, "columns": 16_384}
    assert 1_048_576 * 30 < MAX_SHEET_CELLS < 1_048_576 * 16_384


def test_r21_cells_that_have_a_format_and_no_value_do_not_count(make: Make) -> None:
    source = open_source(far_cell(make, '<row r="1048576"><c r="XFD1048576" s="0"/></row>'))
    assert (source.headers, rows_of(source)) == (("memberId", "b"), [(2, ["m1", "2"])])


def test_r21_cells_on_the_seam_of_two_blocks_are_seen(make: Make) -> None:
    filler = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(3, 60_000))
    fault = '<row r="60000"><c r="A60000" t="e"><v>#REF!</v></c></row>'
    path = far_cell(make, filler + fault)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(SHEET).file_size > 2 << 20
    *_, last = rows_of(open_source(path))
    assert last == (60_000, ["#REF!", ""])


# -- spreadsheets of other programs ---------------------------------------------------------------------------------


def test_r21_a_workbook_of_another_program_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["memberId", "tags"])
    book.active.append(["00123", '["단골"]'])
    path = tmp_path / "other.xlsx"
    book.save(path)
    assert rows_of(open_source(path)) == [(2, ["00123", '["단골"]'])]


def test_r21_parts_named_from_the_root_of_the_archive_are_found(make: Make) -> None:
    path = make({"x": [["a"], ["1"]]})
    rewrite(path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace('"worksheets/', '"/xl/worksheets/'))
    assert rows_of(open_source(path)) == [(2, ["1"])]


def test_r38_the_first_columns_of_a_saved_file_of_failed_rows_are_skipped(make: Make) -> None:
    source = open_source(make({"x": [[*FAILURE_COLUMNS, "memberId"], ["2", "", "", "m1"]]}))
    assert source.skipped_columns == (0, 1, 2)


def test_r21_a_workbook_that_changed_since_it_was_opened_is_told(make: Make) -> None:
    source = open_source(make({"x": [["a"], ["1"]]}))
    contents = io.BytesIO(source.path.read_bytes() + b" ")
    source.path.write_bytes(contents.getvalue())
    with pytest.raises(SourceError) as error:
        rows_of(source)
    assert error.value.code == "source_changed"
