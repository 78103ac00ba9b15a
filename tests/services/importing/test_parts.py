"""R21, R34, R36: a file staged in parts comes to what it comes to in one piece."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crm_tui import config
from crm_tui.core.fields import BUILT_IN, EMAIL, MEMBER_ID, NAME, TAGS
from crm_tui.core.vocabulary import Target
from crm_tui.services.errors import CrmError
from crm_tui.services.importing import parts, reading, stage_part, survey, together
from crm_tui.services.importing.engine import prepare_import
from crm_tui.services.importing.events import Cancelled, ImportRequest, Planned, Prepared, Progressed, Refused
from crm_tui.services.importing.source import RowReader, Source, open_source
from crm_tui.services.importing.stage import Judge
from crm_tui.services.importing.survey import Tally
from crm_tui.services.workspace import Workspace
from storage import staging
from storage.dialects import sqlite
from tests.services.kit import log_of

FIELDS = (BUILT_IN[MEMBER_ID], BUILT_IN[NAME], None, BUILT_IN[TAGS])
HEADER = "id,name,other,tags\n"


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGE_BYTES", 1)
    monkeypatch.setattr("crm_tui.services.importing.source.LARGE_BYTES", 1)
    monkeypatch.setattr(reading, "available_cpus", lambda: 3)


# -- in this process ------------------------------------------------------------------------------------------------


def new_scratch(path: Path) -> Any:
    path.unlink(missing_ok=True)
    path.touch()
    connection = sqlite.open_staging(path)
    staging.create_tables(connection)
    return connection


def staged(connection: Any) -> list[Any]:
    rows = connection.execute(
        """SELECT row_number, match_key, member_id, name, search_text, must_fold,
                  (SELECT group_concat(name) FROM scratch.tag_list WHERE id = tags) FROM scratch.staged ORDER BY 1"""
    ).fetchall()
    failed = connection.execute("SELECT * FROM scratch.failed ORDER BY 1").fetchall()
    return [rows, failed, [staging.staged_cells(connection, row[0]) for row in rows]]


def in_one_piece(source: Source, folder: Path) -> tuple[Any, Any]:
    with contextlib.closing(new_scratch(folder / "one.db")) as connection:
        tally = Tally(source, FIELDS, MEMBER_ID)
        judge = Judge(FIELDS, MEMBER_ID, tally)
        try:
            for chunk in RowReader(source).chunks():
                judge.judge(chunk).write(connection)
        except CrmError as error:
            return (error.code, error.params), None
        return staged(connection), (tally.rows, tally.failed, tally.failed_by_field, tally.remarks())


def in_parts(source: Source, cut: tuple[parts.Part, ...], folder: Path) -> tuple[Any, Any]:
    path = folder / "parts.db"
    with contextlib.closing(new_scratch(path)) as connection:
        tally = Tally(source, FIELDS, MEMBER_ID)
        order = stage_part.order_of(source, FIELDS, MEMBER_ID, path)
        order["tracked"] = parts.first_keys(source, FIELDS, MEMBER_ID)
        if not order["tracked"]:
            raise together.NotInParts
        ends = [stage_part.stage(order | asdict(part)) for part in cut]
        try:
            for moved in together.put_together(source, cut, ends, tally):
                staging.shift_rows(connection, moved.first_row, moved.last_row, moved.by)
        except CrmError as error:
            return (error.code, error.params), None
        return staged(connection), (tally.rows, tally.failed, tally.failed_by_field, tally.remarks())


CELLS = st.sampled_from(
    ["", "m1", "m2", "3", "8.21E+11", '"a,b"', '"line\nbreak"', '"["" x""]"', '"[""vip""]"', "x\x01"]
)
LINES = st.lists(CELLS, min_size=4, max_size=4).map(",".join) | st.sampled_from(
    ["", "a,b", '5" pipe,x,y,', ",,,", 'a,"']
)
TEXTS = st.lists(LINES, min_size=4, max_size=14).map(lambda lines: HEADER + "\n".join(lines))


@given(TEXTS, st.integers(2, 4), st.sampled_from(["", "\n", "sep=,\n", "\ufeff"]))
@example(HEADER + 'm1,a,b,\nm2,"x\ny",b,\nm3,,,\nm4,,,\nm5,,,\n' * 3, 2, "")
@example(HEADER + "m1,a,b,\nm2,,,\nm3,,,\nm4,,,\nm5,,,\nm\x006,,,\n", 2, "\n")
@example(HEADER + ',,,\n,,,\n,,,\n,,,\n5" pipe,x,y,\n,,,"line\nbreak"\n5" pipe,x,y,\n,,,\n,,,\nm1,,,', 3, "\n")
@example(HEADER + 'm1,a,b,\nm2,,,\nm3,,,\nm4,,,\nm5,,,\nm6,,,"', 3, "")
@example(HEADER + "m1,a,b,\n\n\nm2,,,\n\n\nm3,8.21E+11,,\nm4,,,\nm5,,,\n", 2, "")
@example(HEADER + "m1,a,b,\n" * 9 + "m2,,,\nm3,8.21E+11,,\n", 2, "")
def test_r21_parts_give_the_same_rows_numbers_remarks_and_refusals(
    tmp_path_factory: pytest.TempPathFactory, text: str, wanted: int, before: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / "parts.csv"
    path.write_text(before + text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in ((parts, "LARGE_BYTES", 1), (parts, "TRACKED_KEYS", 2), (survey, "TRACKED_KEYS", 2)):
            patch.setattr(module, name, value)
        patch.setattr(survey, "_SEARCHED_ROWS", 6)
        patch.setattr("crm_tui.services.importing.source.LARGE_BYTES", 1)
        try:
            source = open_source(path, counted=False)
            cut = parts.find_parts(source, wanted)
            assume(cut)
            found = in_parts(source, cut, folder)
        except (CrmError, together.NotInParts, sqlite.driver_error()):
            assume(False)
        assert found == in_one_piece(source, folder)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (HEADER + "m1,a,b,c\n" * 6, [(0, 0), (37, 3)]),
        (HEADER + 'm1,"a\nb\nc",b,"c"\n' * 4, [(0, 0), (53, 3)]),  # no cut within a cell
        (HEADER + "m1,a,b,c\r" * 6, []),  # every line end of a Mac of old ends a row
        (HEADER + 'm1,a,b,"c\n' + "m1,a,b,c\n" * 6, []),
    ],
)
@pytest.mark.usefixtures("small_parts")
def test_a_file_is_cut_at_line_ends_outside_of_quotes(tmp_path: Path, text: str, starts: list[tuple[int, int]]) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(text, newline="")
    found = parts.find_parts(open_source(path, counted=False), 2)
    assert [(part.start, part.last_row) for part in found] == starts
    assert not found or found[-1].end == path.stat().st_size


@pytest.mark.usefixtures("small_parts")
def test_r21_a_header_below_many_empty_lines_is_no_row_of_a_later_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "TRACKED_KEYS", 2)
    path = tmp_path / "empty.csv"
    path.write_text("\n" * 400 + HEADER + "m1,a,b,\nm2,,,\n")
    source = open_source(path, counted=False)
    cut = parts.find_parts(source, 2)
    assert cut[0].end < 400
    with pytest.raises(together.NotInParts):
        in_parts(source, cut, tmp_path)


def test_a_small_file_one_in_utf_16_and_one_processor_mean_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.csv"
    path.write_text(HEADER + "m1,a,b,c\n" * 9)
    assert parts.find_parts(open_source(path), 2) == ()
    monkeypatch.setattr(parts, "LARGE_BYTES", 1)
    assert parts.find_parts(open_source(path), 1) == ()
    assert len(parts.find_parts(open_source(path), 9)) == parts.MAX_PARTS
    path.write_text(HEADER + "m1,a,b,c\n" * 9, encoding="utf-16")
    assert parts.find_parts(open_source(path), 2) == ()


# -- with processes -------------------------------------------------------------------------------------------------

COLUMNS = (MEMBER_ID, EMAIL, "unsubscribeEmail", "unsubscribeTexting")


def file_of(folder: Path, rows: int, *, last: str = "") -> Path:
    path = folder / "file.csv"
    lines = [f'm{number},a{number}@x.kr,true,"{"no" if number % 7 else "maybe"}"' for number in range(rows)]
    path.write_text(f"{','.join(COLUMNS)}\n" + "\n".join(lines) + f"\n{last}")
    return path


def ask(path: Path) -> ImportRequest:
    return ImportRequest(path, Target.MEMBER, None, COLUMNS)


def prepared_from(workspace: Workspace, path: Path) -> tuple[list[Any], Prepared]:
    *_, planned = prepare_import(workspace, ask(path), threading.Event())
    assert isinstance(planned, Planned), planned
    with workspace.bulk(planned.prepared.scratch) as connection:
        rows = connection.execute("SELECT row_number, member_id, email FROM scratch.staged ORDER BY 1").fetchall()
        return rows, planned.prepared


@pytest.mark.usefixtures("small_parts")
def test_r34_processes_stage_what_one_process_stages(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, 9000)
    staged_alone: list[object] = []
    monkeypatch.setattr(reading, "_stage_alone", lambda *_: staged_alone.append(1) or iter(()))
    rows, prepared = prepared_from(workspace, path)
    assert not staged_alone
    monkeypatch.undo()
    monkeypatch.setattr(reading, "available_cpus", lambda: 1)
    expected, alone = prepared_from(workspace, path)
    assert rows == expected
    assert (prepared.numbers, prepared.failures, prepared.remarks) == (alone.numbers, alone.failures, alone.remarks)
    assert prepared.numbers.rows == 9000


@pytest.mark.usefixtures("small_parts")
def test_r34_where_no_process_starts_or_one_dies_the_file_is_staged_in_one_piece(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, 5000)
    for program in (None, str(tmp_path / "no-python"), "/bin/false"):
        monkeypatch.setattr(together.sys, "executable", program)
        rows, prepared = prepared_from(workspace, path)
        assert (len(rows), prepared.numbers.rows) == (4285, 5000)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(("last", "code"), [('m,a@x.kr,true,"no', "source_unclosed_quote"), ("m\0,,,", "source_nul")])
def test_r21_what_a_process_finds_wrong_refuses_the_file_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, last: str, code: str
) -> None:
    path = file_of(tmp_path, 5000, last=last)
    *_, refused = prepare_import(workspace, ask(path), threading.Event())
    assert isinstance(refused, Refused)
    assert (refused.error.code, refused.error.params) == (code, {"row": 5002})
    assert log_of(workspace.path) == []
    assert not list(config.scratch_folder().iterdir())


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("is_closed", [False, True])
def test_r36_cancelling_ends_every_process_within_a_second(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_closed: bool
) -> None:
    started: list[Any] = []
    popen = together.subprocess.Popen
    monkeypatch.setattr(together.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    cancel = threading.Event()
    events = prepare_import(workspace, ask(file_of(tmp_path, 200_000)), cancel)
    for event in events:
        if isinstance(event, Progressed):
            break
    began = time.monotonic()
    if is_closed:
        events.close()  # type: ignore[attr-defined]
    else:
        cancel.set()
        assert isinstance(list(events)[-1], Cancelled)
    assert time.monotonic() - began < 1
    assert len(started) == 3
    assert all(process.poll() is not None for process in started)


def test_r35_a_process_ends_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    path = tmp_path / "scratch.db"
    new_scratch(path).close()
    source = open_source(file_of(tmp_path, 5))
    order = stage_part.order_of(source, FIELDS, MEMBER_ID, path) | {"tracked": (), "start": 0, "end": 9, "last_row": 0}
    order["source"]["path"] = str(fifo)  # it waits for a writer that never comes
    process = subprocess.Popen(
        (sys.executable, "-P", "-m", stage_part.__name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.stdin.close()
        assert process.wait(timeout=10) == 1
