"""Values in files, and days in the zone of the computer."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_tui.core.query import ListProblem, Query, parse_query
from crm_tui.core.query.days import day_of, moment_of
from crm_tui.services.local_zone import LocalZone
from crm_tui.services.value_list import MAX_BYTES, read_list


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("a@x.kr\nb@x.kr\n", ("a@x.kr", "b@x.kr")),
        ("a@x.kr\r\n\r\n  b@x.kr  \r\n", ("a@x.kr", "b@x.kr")),
        ("a, b;c,,;\nd", ("a", "b", "c", "d")),
        ('New York\n"a, ""b"""\n', ("New York", 'a, "b"')),
        ("a\na\n", ("a",)),
        ("", ()),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_gives_one_value_a_line_or_between_commas_and_semicolons(
    tmp_path: Path, content: str, values: tuple[str, ...], encoding: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content.encode(encoding))
    assert read_list(str(path)) == values


def test_a_korean_file_of_an_old_program_is_read(tmp_path: Path) -> None:
    path = tmp_path / "목록.txt"
    path.write_bytes("홍길동\n김철수".encode("cp949"))
    assert read_list(str(path)) == ("홍길동", "김철수")


def test_what_gives_no_list_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xff\xff")
    (tmp_path / "nul.txt").write_bytes(b"a\0b")
    (tmp_path / "large.txt").write_bytes(b"a" * (MAX_BYTES + 1))
    os.mkfifo(tmp_path / "pipe")
    found = {name: read_list(str(tmp_path / name)) for name in ("bad.txt", "nul.txt", "large.txt", "pipe", "", "gone")}
    assert found == {
        "bad.txt": ListProblem.UNDECODABLE,
        "nul.txt": ListProblem.UNDECODABLE,
        "large.txt": ListProblem.TOO_LARGE,
        "pipe": ListProblem.MISSING,
        "": ListProblem.MISSING,
        "gone": ListProblem.MISSING,
    }
    assert [read_list(name) for name in ("a\0b", "x" * 5000, "~nobody-of-that-name/x")] == [ListProblem.MISSING] * 3
    (tmp_path / "home.txt").write_text("a")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_list("~/home.txt") == ("a",)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalZone]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield LocalZone()
    monkeypatch.undo()
    time.tzset()


def test_days_begin_by_the_clocks_of_their_season(zone: LocalZone) -> None:
    for month, hour in ((1, 5), (7, 4)):
        begins = moment_of(datetime(2026, month, 1).date(), zone)
        assert datetime.fromtimestamp(begins / 1000, UTC) == datetime(2026, month, 1, hour, tzinfo=UTC)
        assert day_of(begins, zone) == datetime(2026, month, 1).date()
        assert day_of(begins - 1, zone) < datetime(2026, month, 1).date()


def test_the_first_and_the_last_years_do_no_harm(zone: LocalZone) -> None:
    from crm_tui.core.query import Vocabulary

    for line in ("createdAt:0001", "createdAt<9998-12-31", "createdAt>99999y", "createdAt:0001-01-01T00:00"):
        assert isinstance(parse_query(line, Vocabulary(now_ms=1_750_000_000_000, zone=zone)), Query), line
