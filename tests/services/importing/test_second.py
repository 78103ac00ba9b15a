"""The second process judges as this one does, and its death, or ours, does no harm."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import BUILT_IN, Field, FieldType
from crm_tui.services.importing import second
from crm_tui.services.importing.source import RowReader, open_source
from crm_tui.services.importing.stage import Judged, Row
from crm_tui.services.importing.survey import Tally
from tests.services.kit import write_csv

KEYS = ("memberId", "profile.name", "profile.email", "tags", "unsubscribeEmail", "unsubscribeTexting")
FIELDS = (*(BUILT_IN[key] for key in KEYS), Field("profile.points", FieldType.NUMBER, "points"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = []
    for number in range(900):
        email = f"m{number}@example.com" if number % 9 else "no address"
        rows.append(
            [f"M{number}", "홍길동", email, f'["조{number % 7}","단골"]', "n", "" if number % 5 else "y", f"{number}"]
        )
        if number % 100 == 0:
            rows.append(["ragged"])
    return write_csv(tmp_path / "file.csv", [["a", "b", "c", "d", "e", "f", "g"], *rows])


def chunks(file: Path) -> list[list[Row]]:
    rows = list(RowReader(open_source(file)))
    return [rows[start : start + 50] for start in range(0, len(rows), 50)]


def judge(file: Path, seen: Any = lambda _: None) -> tuple[dict[int, dict[str, Any]], dict[int, Any], Tally]:
    """Return the staged rows by number, with their tags in place of a list's id, the failed ones, and what was counted."""
    source = open_source(file)
    tally = Tally(source, FIELDS, "memberId")
    staged: dict[int, dict[str, Any]] = {}
    failed: dict[int, Any] = {}
    lists: dict[int, list[Any]] = {}
    pieces: list[Judged] = []
    for piece in second.judged(chunks(file), source, FIELDS, "memberId", tally):
        pieces.append(piece)
        seen(piece)
    for piece in pieces:
        for number, *tag in piece.tag_lists:
            lists.setdefault(number, []).append(tag)
        failed |= {row[0]: row for row in piece.failed}
    for piece in pieces:
        for row in piece.staged:
            values = dict(zip(piece.columns, row, strict=True))
            staged[values["row_number"]] = values | {"tags": lists[values["tags"]]}
    return staged, failed, tally


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "MIN_ROWS", 0)
    monkeypatch.setattr(second, "_cores", lambda: 2)


def summary(tally: Tally) -> tuple[Any, ...]:
    return tally.rows, tally.failed, tally.failed_by_field, tally.remarks()


def test_two_processes_judge_as_one_does(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "_cores", lambda: 2)
    alone = judge(file)
    monkeypatch.setattr(second, "MIN_ROWS", 0)
    together = judge(file)
    assert together[:2] == alone[:2]
    assert summary(together[2]) == summary(alone[2])
    assert len(alone[1]) == 109
    assert len(alone[0]) == 800


def test_the_second_process_does_take_part(file: Path, two_cores: None) -> None:
    lists = set()
    judge(file, lambda piece: lists.update(number for number, *_ in piece.tag_lists))
    assert {number > second._FIRST_TAG_LIST for number in lists} == {True, False}


@pytest.mark.parametrize("after", [0, 1, 5])
def test_rows_go_on_here_when_the_second_process_dies(
    file: Path, two_cores: None, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    started: list[Any] = []
    start = second._start

    def remembered(*arguments: Any) -> Any:
        started.append(start(*arguments))
        return started[0]

    monkeypatch.setattr(second, "_start", remembered)
    pieces = 0

    def kill(_: Judged) -> None:
        nonlocal pieces
        if pieces == after:
            started[0]._process.kill()
            started[0]._process.wait()
        pieces += 1

    broken = judge(file, kill)
    monkeypatch.setattr(second, "_start", lambda *_: None)
    alone = judge(file)
    assert broken[:2] == alone[:2]
    assert started[0].is_broken


def test_nothing_is_lost_where_no_second_process_can_be_started(
    file: Path, two_cores: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = judge(file)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert judge(file)[:2] == alone[:2]


def test_it_is_ended_when_nobody_takes_the_rest(file: Path, two_cores: None, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    start = second._start
    monkeypatch.setattr(second, "_start", lambda *arguments: started.append(start(*arguments)) or started[0])
    source = open_source(file)
    rows = second.judged(chunks(file), source, FIELDS, "memberId", Tally(source, FIELDS, "memberId"))
    next(rows)
    rows.close()
    assert started[0]._process.returncode is not None


def test_it_loads_no_database_and_ends_with_the_program() -> None:
    script = (
        "import subprocess, sys; from crm_tui.services.importing import second\n"
        "subprocess.Popen([sys.executable, '-P', '-m', second.__name__], stdin=subprocess.PIPE)\n"
        "print(*(name for name in ('sqlalchemy', 'sqlmodel', 'textual') if name in sys.modules), flush=True)\n"
        "sys.stdin.read()"
    )
    program = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "\n"
    program.kill()
    # Both hold the pipe: it ends when the second one has ended too.
    assert program.communicate(timeout=20) == ("", None)
