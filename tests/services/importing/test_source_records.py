"""R21: the reader of delimited text agrees with a slow and readable one, on everything."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.core.text import trim
from crm_tui.services.errors import SourceError
from crm_tui.services.importing.delimited import Records
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import RowReader, open_source

DELIMITERS = st.sampled_from([",", ";", "\t", "|"])


@dataclass
class SlowReader:
    """One character at a time: what a quote, a delimiter and a line end mean depends on where in a cell it stands."""

    delimiter: str
    rows: list[list[str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    cell: str = ""
    place: str = "start"
    is_begun: bool = False

    def read(self, text: str) -> None:
        for character in text.replace("\r\n", "\n").replace("\r", "\n"):
            self.take(character)
        if self.is_begun and self.place != "quoted":
            self.take("\n")

    def take(self, character: str) -> None:
        self.is_begun = True
        if self.place == "quoted":
            if character == '"':
                self.place = "behind"
            else:
                self.cell += character
        elif character == '"' and self.place in ("start", "behind"):
            self.cell += '"' if self.place == "behind" else ""
            self.place = "quoted"
        elif character in (self.delimiter, "\n"):
            is_empty_line = character == "\n" and self.place == "start" and not self.cells
            self.cells += [] if is_empty_line else [self.cell]
            self.cell, self.place = "", "start"
            if character == "\n":
                self.rows.append(self.cells)
                self.cells, self.is_begun = [], False
        else:
            self.cell += character
            self.place = "plain"

    @property
    def before_header(self) -> int:
        return next((index for index, row in enumerate(self.rows) if any(map(trim, row))), len(self.rows))

    def numbered(self) -> list[tuple[int, list[str]]]:
        return [(number, row) for number, row in enumerate(self.rows[self.before_header :], 1) if row]

    @property
    def open_row(self) -> int | None:
        """The row whose quote is left open; none where it is all there is and blank, for then there is no header."""
        is_blank = not any(map(trim, [*self.cells, self.cell, self.delimiter]))
        is_header = self.before_header == len(self.rows)
        if self.place != "quoted" or (is_header and is_blank):
            return None
        return len(self.rows) - self.before_header + 1


@given(st.text(alphabet='a",;\t|\n\r b가', max_size=60), DELIMITERS)
@example('a\n"', ",")
@example('a\n"",', ",")
@example('a\n","', ",")
@example('a\n,"', ",")
@example('a\n"a""', ",")
@example('a\n"a"""', ",")
@example('a\n\n\n"x\n\n', ",")
@example('"\n\n', "\t")
def test_r21_cells_rows_and_open_quotes_are_those_of_the_slow_reader(text: str, delimiter: str) -> None:
    slow = SlowReader(delimiter)
    slow.read(text)
    found: list[tuple[int, list[str]]] = []
    refusal: tuple[str, object] | None = None
    try:
        for chunk in Records(file=io.BytesIO(text.encode()), encoding="utf-8", delimiter=delimiter):
            found.extend(zip(chunk.numbers, chunk.rows, strict=True))
    except SourceError as error:
        refusal = (error.code, error.params["row"])
    assert found == slow.numbered()
    assert refusal == (("source_unclosed_quote", slow.open_row) if slow.open_row else None)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20) | st.text(
    '",;|\t\n\r =', max_size=6
)
KOREAN_CELLS = st.text("가힣똠홍길동 abc019+@.-\"',;|\t\n\r\\", max_size=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written")


def normalised(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def written(rows: list[list[str]], delimiter: str, quoting: int, line_end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(rows)
    return text.getvalue()


@given(
    rows=st.lists(st.lists(CELLS, max_size=5), max_size=8),
    delimiter=DELIMITERS,
    form=st.sampled_from(
        [(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n")]
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_r21_what_a_program_writes_comes_back_with_its_numbers(
    folder: Path, rows: list[list[str]], delimiter: str, form: tuple[int, str], encoding: str
) -> None:
    check_round_trip(folder, rows, delimiter, form, encoding)


@given(
    rows=st.lists(st.lists(KOREAN_CELLS, max_size=5), max_size=8),
    delimiter=DELIMITERS,
    form=st.sampled_from([(csv.QUOTE_ALL, "\n"), (csv.QUOTE_MINIMAL, "\r\n")]),
)
def test_r21_what_a_korean_program_writes_comes_back_with_its_numbers(
    folder: Path, rows: list[list[str]], delimiter: str, form: tuple[int, str]
) -> None:
    check_round_trip(folder, rows, delimiter, form, "cp949")


def check_round_trip(folder: Path, rows: list[list[str]], delimiter: str, form: tuple[int, str], encoding: str) -> None:
    path = folder / "written.csv"
    text = written([["머리글", "b"], *rows], delimiter, *form)
    path.write_bytes(text.encode(encoding))
    source = open_source(path, SourceOptions(encoding.removesuffix("-sig"), delimiter))
    assert source.headers == ("머리글", "b")
    expected = [(number, list(map(normalised, row))) for number, row in enumerate(rows, 2) if row]
    assert list(RowReader(source)) == expected
    assert source.rows_total == len(expected)


@given(
    rows=st.lists(st.lists(KOREAN_CELLS, min_size=3, max_size=3), min_size=2, max_size=8),
    delimiter=DELIMITERS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_r21_encoding_and_delimiter_of_a_quoted_file_are_found_out(
    folder: Path, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    path = folder / "found_out.csv"
    names = ["회원번호", "이름", "연락처"]
    path.write_bytes(written([names, *rows], delimiter, csv.QUOTE_ALL, "\r\n").encode(encoding))
    source = open_source(path)
    assert (source.headers, source.delimiter) == (tuple(names), delimiter)
    assert list(RowReader(source)) == [(number, list(map(normalised, row))) for number, row in enumerate(rows, 2)]


@given(st.binary(max_size=200))
@example(b'"\xff')
@example(b"PK\x03\x04")
@example(b"\xd0\xcf\x11\xe0")
@example(b"sep=\xff\n")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
def test_r21_no_bytes_whatever_end_in_anything_but_rows_or_a_refusal(folder: Path, contents: bytes) -> None:
    path = folder / "bytes.csv"
    path.write_bytes(contents)
    for encoding in (None, "utf-8", "utf-16", "cp949", "shift_jis"):
        try:
            source = open_source(path, SourceOptions(encoding=encoding))
        except SourceError:
            continue
        assert len(list(RowReader(source))) == source.rows_total
