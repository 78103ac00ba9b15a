"""R22: what the whole file says about a mapping, and what looks suspicious."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN, EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Field, FieldType
from crm_tui.core.validation import column_parser, row_parser
from crm_tui.i18n import catalogue, describe_remark, set_language
from crm_tui.services.errors import SourceError
from crm_tui.services.importing import survey as module
from crm_tui.services.importing.source import RowReader, Source, open_source
from crm_tui.services.importing.survey import Remark, RemarkCode, Survey, Tally, survey

ID, NAMED, MAIL, MOBILE = BUILT_IN[MEMBER_ID], BUILT_IN[NAME], BUILT_IN[EMAIL], BUILT_IN[MOBILE_NUMBER]
AMOUNT = Field("profile.amount", FieldType.NUMBER, "금액")
Open = Callable[[Sequence[Sequence[str]]], Source]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Return a function that opens a CSV file of rows."""

    def open_rows(rows: Sequence[Sequence[str]]) -> Source:
        path = tmp_path / "customers.csv"
        path.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows))
        return open_source(path)

    return open_rows


def surveyed(source: Source, fields: Sequence[Field | None], key: str = MEMBER_ID) -> Survey:
    """Return what the whole file tells; that no opt-outs are mapped, which holds for most files here, left out."""
    *_, last = survey(source, fields, key, threading.Event())
    assert last.is_complete
    unmapped = {remark.field for remark in last.remarks if remark.code is RemarkCode.OPT_OUT_UNMAPPED}
    assert unmapped == set(OPT_OUTS) - {field.key for field in fields if field}
    return replace(last, remarks=tuple(one for one in last.remarks if one.code is not RemarkCode.OPT_OUT_UNMAPPED))


def codes(found: Survey) -> list[tuple[RemarkCode, str]]:
    return [(remark.code, remark.field) for remark in found.remarks]


def test_r22_a_survey_counts_good_and_bad_rows_of_the_whole_file(opened: Open) -> None:
    rows = [["id", "name", "mail", "other"], ["m1", "a", "a@example.com", "x"], ["", "b", "no", ""], ["m3", "c", "no"]]
    rows += [["", "x" * 600, "", ""], ["m5", "e", "e@example.com", ""], [""]]
    found = surveyed(opened(rows), [ID, NAMED, MAIL, None])
    assert (found.rows, found.failed, found.rows_total) == (6, 4, 6)
    assert found.failed_by_field == {MEMBER_ID: 2, EMAIL: 1, NAME: 1, "": 2}


def test_r22_a_good_file_gives_nothing_to_remark(opened: Open) -> None:
    rows = [
        ["id", "name", "mail"],
        *([f"m{number}", "", f"a{number}@example.com"] for number in range(99)),
        ["x", "a", ""],
    ]
    found = surveyed(opened(rows), [ID, NAMED, MAIL])
    assert (found.failed, found.failed_by_field, found.remarks) == (0, {}, ())


def test_r22_a_file_without_rows_is_surveyed(opened: Open) -> None:
    found = surveyed(opened([["id", "name"]]), [ID, NAMED])
    assert (found.rows, found.rows_total, found.remarks) == (0, 0, ())


# -- remarks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "good", "blank", "is_told"), [(2, 8, 0, False), (3, 7, 0, True), (1, 3, 90, True), (0, 5, 5, False)]
)
def test_r22_a_column_in_which_more_than_a_fifth_fails_is_remarked(
    opened: Open, bad: int, good: int, blank: int, is_told: bool
) -> None:
    mails = ["no"] * bad + ["a@example.com"] * good + [""] * blank
    source = opened([["id", "메일"], *([f"m{number}", mail] for number, mail in enumerate(mails))])
    found = surveyed(source, [ID, MAIL])
    params = {"failed": bad, "cells": bad + good, "percent": 100 * bad // (bad + good)}
    expected = Remark(RemarkCode.MANY_FAIL, 1, "메일", EMAIL, params)
    assert found.remarks == ((expected,) if is_told else ())


def test_r22_a_key_that_is_blank_is_not_taken_for_a_bad_cell(opened: Open) -> None:
    found = surveyed(opened([["id", "name"], ["", "a"], ["", "b"], ["m3", "c"]]), [ID, NAMED])
    assert (found.failed_by_field, found.remarks) == ({MEMBER_ID: 2}, ())


def test_r22_a_mapped_column_that_is_blank_everywhere_is_remarked(opened: Open) -> None:
    rows = [["id", "name", "mail", "other"], ["m1", "", "", ""], ["m2", " ", "a@example.com", ""], ["m3"]]
    found = surveyed(opened(rows), [ID, NAMED, MAIL, None])
    assert found.remarks == (Remark(RemarkCode.COLUMN_BLANK, 1, "name", NAME, {}),)


def test_r22_where_every_row_is_ragged_no_column_is_blamed(opened: Open) -> None:
    found = surveyed(opened([["id", "name"], ["m1"], ["m2"]]), [ID, NAMED])
    assert (found.failed, found.remarks) == (2, ())


@pytest.mark.parametrize(
    ("cell", "is_told"),
    [
        ("8.21E+11", True),
        ("8,21E+11", True),
        ("1E+15", True),
        ("E+11", False),
        ("8.21E+11x", False),
        ("8.21e-5", False),
    ],
)
def test_r22_numbers_that_a_spreadsheet_has_shortened_are_remarked(opened: Open, cell: str, is_told: bool) -> None:
    found = surveyed(opened([["id", "name"], ["m1", "a"], [cell, cell]]), [ID, NAMED])
    expected = [(RemarkCode.NUMBERS_SHORTENED, MEMBER_ID), (RemarkCode.NUMBERS_SHORTENED, NAME)]
    assert codes(found) == (expected if is_told else [])
    assert all(remark.params == {"example": cell} for remark in found.remarks)


def test_r22_a_shortened_number_is_no_doubt_where_numbers_are_refused_by_themselves(opened: Open) -> None:
    found = surveyed(opened([["id", "amount"], *(["m", "1"] for _ in range(9)), ["m9", "8.21E+11"]]), [ID, AMOUNT])
    assert (found.failed_by_field, found.remarks) == ({"profile.amount": 1}, ())


def test_r22_a_shortened_id_is_found_however_late_it_stands(opened: Open) -> None:
    rows = [["id", "name"], *([f"m{number}", "a"] for number in range(5000)), ["8.21E+11", "a"]]
    assert codes(surveyed(opened(rows), [ID, NAMED])) == [(RemarkCode.NUMBERS_SHORTENED, MEMBER_ID)]


@pytest.mark.parametrize(
    ("keys", "params"),
    [
        (["0"] * 15 + [f"m{number}" for number in range(10)], {"count": 15, "rows": 25, "values": 1, "example": "0"}),
        (["a", "b", "c"] * 10, {"count": 30, "rows": 30, "values": 3, "example": "a"}),
        (["a", "b", "c", "d", "e", "f", "g"] * 10, None),
        ([f"m{number}" for number in range(50)] * 2, None),
        (["a"] * 10, None),
        (
            [f"m{number}" for number in range(2000)] + ["m1"] * 2500,
            {"count": 2501, "rows": 4500, "values": 1, "example": "m1"},
        ),
    ],
)
def test_r22_a_key_in_which_most_rows_share_a_few_values_is_remarked(
    opened: Open, keys: list[str], params: dict[str, str | int] | None
) -> None:
    found = surveyed(opened([["id", "name"], *([key, "a"] for key in keys)]), [ID, NAMED])
    expected = () if params is None else (Remark(RemarkCode.KEY_REPEATS, 0, "id", MEMBER_ID, params),)
    assert found.remarks == expected


def test_r22_the_same_value_in_another_column_is_no_doubt(opened: Open) -> None:
    rows = [["id", "mail"], *([f"m{number}", "a@example.com"] for number in range(50))]
    assert surveyed(opened(rows), [ID, MAIL]).remarks == ()
    assert codes(surveyed(opened(rows), [None, MAIL], EMAIL)) == [(RemarkCode.KEY_REPEATS, EMAIL)]


def test_r21_numbers_of_a_spreadsheet_are_remarked_in_columns_of_text_and_phones(tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "mobile", "amount", "name", "skipped"])
        sheet.write_row(1, 0, [123, 1020203030, 5, "a", 7])
    found = surveyed(open_source(path), [ID, MOBILE, AMOUNT, NAMED, None])
    assert [code for code in codes(found) if code[0] is RemarkCode.NUMBER_CELLS] == [
        (RemarkCode.NUMBER_CELLS, MEMBER_ID),
        (RemarkCode.NUMBER_CELLS, MOBILE_NUMBER),
    ]


@pytest.mark.parametrize("code", RemarkCode)
def test_r22_every_remark_has_a_sentence_in_both_languages(code: RemarkCode) -> None:
    params = {"failed": 3, "cells": 9, "percent": 33, "count": 7, "rows": 9, "values": 2, "example": "\x1b[31m8E+11"}
    sentences = set()
    for language in ("ko", "en"):
        set_language(language)
        for header in ("연락처\x1b[0m", ""):
            sentence = describe_remark(Remark(code, 4, header, "profile.c", params))
            assert "\x1b" not in sentence
            assert "{" not in sentence
            about = "profile.c" if code is RemarkCode.OPT_OUT_UNMAPPED else header.partition("\x1b")[0] or "5"
            assert about in sentence
            sentences.add(sentence)
    set_language(None)
    assert len(sentences) == (2 if code is RemarkCode.OPT_OUT_UNMAPPED else 4)
    assert catalogue("ko", "remarks").keys() == catalogue("en", "remarks").keys() == {*RemarkCode, "unnamed"}


def test_r10_r22_numbers_without_a_country_code_are_said_to_lack_it_and_not_to_be_another_column(opened: Open) -> None:
    rows = [["id", "phone"], *([f"m{number}", f"010-2020-{number:04}"] for number in range(9)), ["m9", "+82 10"]]
    found = surveyed(opened(rows), [ID, MOBILE])
    params = {"failed": 10, "cells": 10, "percent": 100}
    assert found.remarks == (Remark(RemarkCode.NO_COUNTRY_CODE, 1, "phone", MOBILE_NUMBER, params),)
    assert "+82" in describe_remark(found.remarks[0])


def test_r22_r27_it_is_said_that_new_customers_need_the_opt_outs_where_no_column_is_one(opened: Open) -> None:
    fields = [ID, BUILT_IN[OPT_OUTS[0]]]
    *_, last = survey(opened([["id", "e"], ["m1", "y"]]), fields, MEMBER_ID, threading.Event())
    assert last.remarks == (Remark(RemarkCode.OPT_OUT_UNMAPPED, -1, "", OPT_OUTS[1], {}),)


# -- as it goes -----------------------------------------------------------------------------------------------------


def test_r22_a_survey_tells_as_it_goes_and_once_at_the_end(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TELL_EVERY_S", 0.0)
    source = opened([["id"], *([f"m{number}"] for number in range(1000))])
    told = list(survey(source, [ID], MEMBER_ID, threading.Event()))
    assert [one.is_complete for one in told] == [False] * (len(told) - 1) + [True]
    assert [one.rows for one in told] == [*range(0, 1000, 64), 1000]
    assert {one.rows_total for one in told} == {1000}


def test_r22_a_small_file_is_told_once(opened: Open) -> None:
    assert len(list(survey(opened([["id"], ["m1"]]), [ID], MEMBER_ID, threading.Event()))) == 1


def test_r22_a_survey_stops_soon_after_it_is_cancelled(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TELL_EVERY_S", 0.0)
    cancel = threading.Event()
    told = []
    for one in survey(opened([["id"], *(["m"] for _ in range(10_000))]), [ID], MEMBER_ID, cancel):
        told.append(one)
        if len(told) == 3:
            cancel.set()
    assert len(told) == 3
    assert not told[-1].is_complete
    assert list(survey(opened([["id"], ["m1"]]), [ID], MEMBER_ID, cancel)) == []


def test_r21_a_survey_tells_of_a_file_that_changed(opened: Open) -> None:
    source = opened([["id"], ["m1"]])
    source.path.write_text("id\nm1\nm2\n")
    with pytest.raises(SourceError, match="source_changed"):
        surveyed(source, [ID])


CELLS = st.sampled_from(["", " ", "a", "0", "8.21E+11", "a@example.com", "no@", '[""]', "x" * 600])


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=60), st.integers(0, 3))
def test_r22_a_tally_counts_what_counting_cell_by_cell_counts_by_rows_and_by_columns(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], tracked: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "tally.csv"
    path.write_text("id,mail,tags\n")
    fields = [ID, MAIL, BUILT_IN[TAGS]]
    parse = row_parser(fields, MEMBER_ID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_TRACKED_BLANKS", tracked)
        tally = Tally(open_source(path), fields, MEMBER_ID)
        for cells in rows:
            tally.add(parse(cells))
    parsed = [parse(cells) for cells in rows]
    failed = [[problem.field for problem in one.problems] for one in parsed if one.problems]
    assert (tally.rows, tally.failed) == (len(rows), len(failed))
    for name in ("", MEMBER_ID, EMAIL, TAGS):
        assert tally.failed_by_field[name] == sum(name in fields for fields in failed)
    whole = [(one, cells) for one, cells in zip(parsed, rows, strict=True) if len(cells) == 3]
    blank = {field.key for field in fields if all(field.key in one.blanks for one, _ in whole)} if whole else set()
    assert {remark.field for remark in tally.remarks() if remark.code is RemarkCode.COLUMN_BLANK} == blank
    by_columns = Tally(open_source(path), fields, MEMBER_ID)
    for one, cells in zip(parsed, rows, strict=True):
        if len(cells) != len(fields):
            by_columns.add(one)
        elif one.problems:
            by_columns.add_problems(one.problems)
    columns = list(zip(*(cells for _, cells in whole), strict=True)) if whole else [(), (), ()]
    checked = {field.key: column_parser(field)(cells) for field, cells in zip(fields, columns, strict=True)}
    by_columns.add_columns(len(whole), checked)
    assert (by_columns.rows, by_columns.failed) == (tally.rows, tally.failed)
    assert by_columns.failed_by_field == tally.failed_by_field
    assert by_columns.remarks() == tally.remarks()
    assert list(RowReader(open_source(path))) == []
