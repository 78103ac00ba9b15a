"""R21: text files, whatever program wrote them."""

import codecs
import csv
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from crm_tui.core.fields import BUILT_IN, MEMBER_ID, NAME, Field
from crm_tui.core.problems import Code
from crm_tui.core.validation import row_parser
from crm_tui.i18n import describe_error, set_language
from crm_tui.services.errors import SourceError
from crm_tui.services.importing.delimited import MAX_CELL, find_delimiter
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import (
    FAILURE_COLUMNS,
    RowReader,
    Source,
    display_name,
    open_source,
    proposed_tag,
)

Write = Callable[..., Path]
Refuse = Callable[..., SourceError]
BOM = "\ufeff"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(contents: str | bytes, encoding: str = "utf-8", name: str = "customers.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode(encoding))
        return path

    return write_file


@pytest.fixture
def refuse() -> Iterator[Refuse]:
    """Return the error that opening a file ends with; it has a sentence in both languages."""

    def refused(path: Path, **options: str) -> SourceError:
        with pytest.raises(SourceError) as caught:
            open_source(path, SourceOptions(**options))
        sentences = []
        for language in ("ko", "en"):
            set_language(language)
            sentences.append(describe_error(caught.value))
        assert sentences[0] != sentences[1]
        assert all("{" not in sentence and len(sentence) > 20 for sentence in sentences)
        return caught.value

    yield refused
    set_language(None)


def rows_of(source: Source) -> list[tuple[int, list[str]]]:
    return list(RowReader(source))


# -- encodings ------------------------------------------------------------------------------------------------------

KOREAN = "회원번호,이름\nm1,홍길동\nm2,김똠방\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "found", "label"),
    [
        ("utf-8", b"", "utf-8-sig", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8 * 3, "utf-8-sig", "UTF-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE * 2, "utf-16", "UTF-16"),
        ("utf-16-le", b"", "utf-16-le", "UTF-16"),
        ("utf-16-be", b"", "utf-16-be", "UTF-16"),
        ("cp949", b"", "cp949", "CP949"),
    ],
)
def test_r21_the_encoding_is_found_out_and_shown(
    write: Write, encoding: str, mark: bytes, found: str, label: str
) -> None:
    source = open_source(write(mark + KOREAN.encode(encoding)))
    assert (source.encoding, source.encoding_label) == (found, label)
    assert source.headers == ("회원번호", "이름")
    assert rows_of(source) == [(2, ["m1", "홍길동"]), (3, ["m2", "김똠방"])]


def test_r21_euc_kr_is_read_as_its_superset(write: Write) -> None:
    source = open_source(write("이름\n홍길동\n", "euc_kr"))
    assert rows_of(source) == [(2, ["홍길동"])]


def test_r21_shift_jis_is_read_when_it_is_chosen_and_only_then(write: Write) -> None:
    path = write("名前,メール\n山田太郎,y@example.com\n", "shift_jis")
    source = open_source(path, SourceOptions(encoding="shift_jis"))
    assert source.headers == ("名前", "メール")
    assert rows_of(source) == [(2, ["山田太郎", "y@example.com"])]
    try:
        guessed = open_source(path).encoding
    except SourceError:
        guessed = ""
    assert guessed != "shift_jis"


def test_r21_shift_jis_as_windows_writes_it_is_read_too(write: Write) -> None:
    source = open_source(write("名前\n髙橋①\n", "cp932"), SourceOptions(encoding="shift_jis"))
    assert (source.encoding_label, rows_of(source)) == ("Shift_JIS", [(2, ["髙橋①"])])


def test_r21_what_was_found_out_reads_the_file_again(write: Write) -> None:
    for encoding in ("utf-8", "utf-16", "utf-16-be", "cp949"):
        first = open_source(write(KOREAN.replace(",", ";"), encoding))
        again = open_source(first.path, SourceOptions(first.encoding, first.delimiter))
        assert again == first


# -- bytes that cannot be decoded -----------------------------------------------------------------------------------


def many_rows(count: int) -> str:
    return "이름,메모\n" + "".join(f'홍길동{number},"줄\n바꿈"\n' for number in range(2, count + 2))


@pytest.mark.parametrize(
    ("encoding", "bad", "label"),
    [("utf-8", b"\xff", "UTF-8"), ("utf-8", b"\xed\xa0\x80", "UTF-8"), ("utf-8", b"\xec\x9d", "UTF-8")],
)
def test_r21_one_bad_byte_late_in_the_file_is_named_by_its_row(
    write: Write, refuse: Refuse, encoding: str, bad: bytes, label: str
) -> None:
    # Quoted line breaks must not shift the number: line and row differ by far here.
    path = write(many_rows(20_000).encode(encoding) + b"x," + bad + b"\n" + "뒤,\n".encode(encoding))
    error = refuse(path)
    assert (error.code, error.params) == ("source_not_decodable", {"row": 20_002, "encoding": label})


@pytest.mark.parametrize(
    ("chosen", "encoding", "bad"),
    [
        ("cp949", "cp949", b"\xff"),
        ("cp949", "cp949", b"\xc7"),  # the first half of a character, and the line ends
        ("utf-16", "utf-16-le", b"\x00\xdc"),
        ("utf-16-be", "utf-16-be", b"\xdc\x00"),
        ("shift_jis", "ascii", b"\x81"),
    ],
)
def test_r21_a_bad_byte_is_named_by_its_row_in_every_encoding(
    write: Write, refuse: Refuse, chosen: str, encoding: str, bad: bytes
) -> None:
    before = 'a,b\n1,"x\ny"\n\n3,'.encode(encoding)
    error = refuse(write(before + bad + "\n4,z\n".encode(encoding)), encoding=chosen)
    assert error.code == "source_not_decodable"
    assert error.params["row"] == 4


def test_r21_half_a_character_at_the_end_is_found(write: Write, refuse: Refuse) -> None:
    path = write("a,b\n1,2\n3,가".encode()[:-1])
    assert refuse(path, encoding="utf-8").params == {"row": 3, "encoding": "UTF-8"}
    assert refuse(write("a,b\n1,2".encode("utf-16-le")[:-1]), encoding="utf-16").params["row"] == 2


def test_r21_korean_of_another_encoding_at_the_end_of_a_long_file_is_not_taken_for_it(
    write: Write, refuse: Refuse
) -> None:
    path = write(("이름\n" + "홍길동\n" * 30_000).encode() + "김영희\n".encode("cp949"))
    assert refuse(path).params == {"row": 30_002, "encoding": "UTF-8"}


def test_r21_lines_before_the_header_do_not_count_for_a_bad_byte(write: Write, refuse: Refuse) -> None:
    assert refuse(write(b"\n\n,,\na,b\n1,2\n3,\xff\n"), encoding="utf-8").params["row"] == 3
    assert refuse(write(b"sep=;\na;b\n1;\xff\n"), encoding="utf-8").params["row"] == 2
    assert refuse(write(b"a\xff,b\n1,2\n"), encoding="utf-8").params["row"] == 1


def test_r21_a_sentence_about_a_bad_byte_names_no_option_of_the_command_line(write: Write, refuse: Refuse) -> None:
    error = refuse(write(b"a,b\n1,\xff\n"), encoding="utf-8")
    for language in ("ko", "en"):
        set_language(language)
        sentence = describe_error(error)
        assert "--" not in sentence
        assert "UTF-8" in sentence
        assert "2" in sentence


# -- delimiters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("memberId\nm1\nm2\n", ","),
        ("이름;가격\n홍;1,5\n김;2,5\n", ";"),
        ('태그\t이름\n["a","b"]\t홍\n["c","d"]\t김\n', "\t"),
        ("이름\t전화(집,회사)\n홍\t1,2\n김\t3\n", "\t"),
        ('"a;b","c"\n"1;2","3"\n', ","),
        ('이름,메모\n홍,"a;b;c\nd;e;f"\n', ","),
        ("이름|메모,설명|끝\n홍|가,나|1\n김|다|2\n", "|"),
        ("a,b,c\n1,2\n3,4,5\n6,7,8\n", ","),
        ("a;b\n" + "".join(f"{number};x, y, z\n" for number in range(500)), ";"),
        ("a\n1,2\n3,4\n", ","),
        ("", ","),
    ],
)
def test_r21_the_delimiter_is_the_one_that_cuts_rows_like_the_header(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":"])
def test_r21_a_sep_line_names_the_delimiter_and_is_no_row(write: Write, delimiter: str) -> None:
    for line_end in ("\n", "\r\n", "\r"):
        for bom in ("", BOM, BOM * 2):
            text = line_end.join((f"{bom}sep={delimiter}", f"a{delimiter}b", f"1,;|{delimiter}2", ""))
            source = open_source(write(text))
            assert (source.delimiter, source.headers) == (delimiter, ("a", "b"))
            expected = f"1,;|{delimiter}2".split(delimiter) if delimiter in ":\t" else None
            assert expected is None or rows_of(source) == [(2, expected)]


def test_r21_a_chosen_delimiter_overrides_what_is_found_and_what_a_sep_line_says(write: Write) -> None:
    assert open_source(write("a,b\n1,2\n"), SourceOptions(delimiter=";")).headers == ("a,b",)
    source = open_source(write("SEP=;\na;b,c\n1;2,3\n"), SourceOptions(delimiter=","))
    assert (source.delimiter, source.headers, rows_of(source)) == (",", ("a;b", "c"), [(2, ["1;2", "3"])])


def test_r21_a_header_that_only_looks_like_a_sep_line_is_a_header(write: Write) -> None:
    assert open_source(write("sep=memberId,b\n1,2\n")).headers == ("sep=memberId", "b")


@pytest.mark.parametrize("delimiter", ['"', "\n", "\r", ",,", "\x00", BOM, "\ud800"])
def test_r21_what_cannot_be_a_delimiter_is_refused(write: Write, refuse: Refuse, delimiter: str) -> None:
    assert refuse(write("a,b\n1,2\n"), delimiter=delimiter).code == "source_delimiter_unknown"


# -- rows and their numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "headers", "rows"),
    [
        ("a,b\n1,2\n3,4", ("a", "b"), [(2, ["1", "2"]), (3, ["3", "4"])]),
        ("a,b\r1,2\r3,4\r", ("a", "b"), [(2, ["1", "2"]), (3, ["3", "4"])]),
        ("a,b\r\n1,2\r\n", ("a", "b"), [(2, ["1", "2"])]),
        ("a,b\n1,2\r\n3,4\r5,6", ("a", "b"), [(2, ["1", "2"]), (3, ["3", "4"]), (4, ["5", "6"])]),
        ('a,b\n1,"x\r\ny\rz\nw"\n3,4\n', ("a", "b"), [(2, ["1", "x\ny\nz\nw"]), (3, ["3", "4"])]),
        ("\n\r\n\na,b\n1,2\n", ("a", "b"), [(2, ["1", "2"])]),
        (",,\n , \u3164,\na,b,\n1,2,3\n", ("a", "b", ""), [(2, ["1", "2", "3"])]),
        ("a,b\n\n1,2\n\n\n3,4\n\n", ("a", "b"), [(3, ["1", "2"]), (6, ["3", "4"])]),
        ("a,b\n1\n1,2,3\n,\n", ("a", "b"), [(2, ["1"]), (3, ["1", "2", "3"]), (4, ["", ""])]),
        ("a,,a, a \n1,2,3,4\n", ("a", "", "a", "a"), [(2, ["1", "2", "3", "4"])]),
        (f'{BOM}{BOM}"a","b"\n"1","2"\n', ("a", "b"), [(2, ["1", "2"])]),
        (f"a,{BOM}b\u200b\n1,2\n", ("a", "b"), [(2, ["1", "2"])]),
        ('a,b\n"1 ""x"" ",2"3\n', ("a", "b"), [(2, ['1 "x" ', '2"3'])]),
        ('a,b\n"1"x,"2" \n', ("a", "b"), [(2, ["1x", "2 "])]),
        ('a,b\n1," 2\n3,"\n', ("a", "b"), [(2, ["1", " 2\n3,"])]),
        ('"a\nb",c\n1,2\n', ("a\nb", "c"), [(2, ["1", "2"])]),
        ("a\u2028b,c\x0bd\n1\x85,2\x0c\n", ("a\u2028b", "c\x0bd"), [(2, ["1\x85", "2\x0c"])]),
        ("a,b", ("a", "b"), []),
        ('a\n""\n', ("a",), [(2, [""])]),
    ],
)
def test_r21_rows_are_numbered_by_record_with_the_header_as_row_1(
    write: Write, text: str, headers: tuple[str, ...], rows: list[tuple[int, list[str]]]
) -> None:
    source = open_source(write(text), SourceOptions(delimiter=","))
    assert (source.headers, rows_of(source), source.rows_total) == (headers, rows, len(rows))


def test_r21_headers_of_a_mac_are_composed(write: Write) -> None:
    assert open_source(write(unicodedata.normalize("NFD", "이름,메모\n가,나\n"))).headers == ("이름", "메모")


def test_r21_a_thousand_columns_are_read(write: Write) -> None:
    names = [f"열{number}" for number in range(1000)]
    source = open_source(write(",".join(names) + "\n" + ",".join(map(str, range(1000))) + "\n"))
    assert source.headers == tuple(names)
    assert rows_of(source) == [(2, [str(number) for number in range(1000)])]


def test_r21_progress_is_known_by_rows_and_by_bytes(write: Write) -> None:
    source = open_source(write("a,b\n" + "1,2\n\n" * 5000))
    assert source.rows_total == 5000
    reader = RowReader(source)
    seen = [(reader.bytes_read) for _ in reader]
    assert seen == sorted(seen)
    assert 0 < seen[2500] <= source.bytes_total
    assert reader.bytes_read == source.bytes_total == source.path.stat().st_size


# -- quotes and size ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a,b\n1,"2\n3,4\n', 2),
        ('a,b\n1,2\n"3', 3),
        ('a,b\n1,2\n"', 3),
        ('a,b\n1,2\n3,"', 3),
        ('a,b\n"x\ny",2\n\n3,"4\n5\n6\n', 4),
        ('"a,b\n1,2\n', 1),
        ('\n\n"a,b\n1,2\n', 1),
        ('a,b\n1,"2""\n', 2),
        ('a,b\n1,2""\n3,"""\n', 3),
        ('sep=,\na,b\n1,"2\n', 2),
        (f'{BOM}a,b\n1,"{"x" * 5000}\n' + "2,3\n" * 2000, 2),
    ],
)
def test_r21_a_quote_that_is_never_closed_is_named_by_the_row_it_opens_in(
    write: Write, refuse: Refuse, text: str, row: int
) -> None:
    error = refuse(write(text), delimiter=",")
    assert (error.code, error.params) == ("source_unclosed_quote", {"row": row})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "x"])
@pytest.mark.parametrize("ending", ['""', '"a"', '"a\n"', 'a"', '"a""b"', '"a"b', '"\n\n"', "'"])
def test_r21_quotes_that_are_closed_at_the_very_end_are_fine(write: Write, delimiter: str, ending: str) -> None:
    source = open_source(write(f"h{delimiter}k\n1{delimiter}{ending}"), SourceOptions(delimiter=delimiter))
    expected = next(csv.reader([ending + "\n"] if "\n" not in ending else ending.splitlines(keepends=True)))
    assert rows_of(source) == [(2, ["1", *expected])]


def test_r21_an_open_quote_in_a_large_file_ends_at_the_limit_and_names_its_row(write: Write, refuse: Refuse) -> None:
    path = write('a,b\n1,2\n3,"open\n' + "4,5\n" * 1000)
    limit = csv.field_size_limit(1000)
    try:
        error = refuse(path, delimiter=",")
    finally:
        csv.field_size_limit(limit)
    assert limit == MAX_CELL
    assert (error.code, error.params) == ("source_cell_too_large", {"row": 3, "limit": MAX_CELL})


def test_r21_a_cell_of_64_mb_is_harmless_unmapped_and_too_long_mapped(write: Write) -> None:
    source = open_source(write(b"memberId,name\nm1,a\nm2," + b"x" * (64 << 20) + b"\nm3,b\n"))
    fields = (BUILT_IN[MEMBER_ID], None)
    parse: list[Callable[[list[str]], object]] = [row_parser(fields, MEMBER_ID)]
    mapped: tuple[Field, ...] = (BUILT_IN[MEMBER_ID], BUILT_IN[NAME])
    parse.append(row_parser(mapped, MEMBER_ID))
    found = [tuple(one(cells).problems for one in parse) for _, cells in RowReader(source)]  # type: ignore[attr-defined]
    assert [problems for problems, _ in found] == [(), (), ()]
    assert [[problem.code for problem in problems] for _, problems in found] == [[], [Code.STRING_TOO_LONG], []]


# -- files that cannot be used --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "contents", "code"),
    [
        ("empty.csv", b"", "source_empty"),
        ("blank.csv", b"\n\n  \n", "source_no_header"),
        ("marks.csv", codecs.BOM_UTF8 * 2, "source_no_header"),
        ("commas.csv", b",,,\n,,,\n", "source_no_header"),
        ("sep.csv", b"sep=;\n", "source_no_header"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "source_binary"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "source_binary"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "source_binary"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "source_binary"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "source_binary"),
        ("a.db", b"SQLite format 3\x00\x10\x00\x01\x01\x00\x40\xff\xfe" * 9, "source_binary"),
        ("a.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 30, "source_binary"),
        ("shop.xls", b"\xef\xbb\xbf\r\n<html><body><table><tr><td>1</td></tr></table>", "source_binary"),
        ("shop2.xls", b'<?xml version="1.0"?><Workbook></Workbook>', "source_binary"),
        ("zeros.csv", bytes(100), "source_nul"),
    ],
)
def test_r21_a_file_that_is_no_table_is_refused_with_a_sentence(
    write: Write, refuse: Refuse, name: str, contents: bytes, code: str
) -> None:
    assert refuse(write(contents, name=name)).code == code


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16", "utf-16-be"])
def test_r21_a_nul_anywhere_is_named_by_its_row(write: Write, refuse: Refuse, encoding: str) -> None:
    text = many_rows(3000) + "x,a\x00b\n뒤,\n"
    error = refuse(write(text, encoding))
    assert (error.code, error.params["row"]) == ("source_nul", 3002)


def test_r21_a_missing_file_is_named(tmp_path: Path, refuse: Refuse) -> None:
    for path in (tmp_path / "없음.csv", tmp_path / "a" / "b.csv", tmp_path / "a\0b.csv"):
        error = refuse(path)
        assert (error.code, error.params) == ("source_missing", {"path": str(path)})


def test_r21_a_folder_a_fifo_and_a_device_are_refused_without_waiting(tmp_path: Path, refuse: Refuse) -> None:
    fifo = tmp_path / "pipe.csv"
    os.mkfifo(fifo)
    link = tmp_path / "link.csv"
    link.symlink_to(fifo)
    for path in (tmp_path, fifo, link, Path(os.devnull)):
        assert refuse(path).code == "source_not_file"
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_r21_what_the_system_does_not_let_read_is_told(tmp_path: Path, refuse: Refuse) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    assert refuse(loop).code == "source_unreadable"
    assert refuse(tmp_path / ("x" * 300)).code == "source_unreadable"


def test_r21_a_file_is_taken_for_what_it_holds_not_for_its_name(write: Write) -> None:
    source = open_source(write(KOREAN, name="customers.xlsx"))
    assert (source.kind, source.headers) == ("csv", ("회원번호", "이름"))


# -- files that move ------------------------------------------------------------------------------------------------


def test_r21_a_file_that_vanished_since_it_was_opened_is_told(write: Write) -> None:
    source = open_source(write("a,b\n1,2\n"))
    source.path.unlink()
    with pytest.raises(SourceError) as error:
        rows_of(source)
    assert error.value.code == "source_missing"


@pytest.mark.parametrize("contents", [b"a,b\n1,2\n3,4\n", b"a,b\n\xff,\xff\n", b"", b'a,b\n1,"\n'])
def test_r21_a_file_that_changed_since_it_was_opened_is_told(write: Write, contents: bytes) -> None:
    source = open_source(write("a,b\n1,2\n"))
    source.path.write_bytes(contents)
    with pytest.raises(SourceError) as error:
        rows_of(source)
    assert error.value.code == "source_changed"


def test_r21_a_file_that_became_a_fifo_is_told_without_waiting(write: Write) -> None:
    source = open_source(write("a,b\n1,2\n"))
    source.path.unlink()
    os.mkfifo(source.path)
    with pytest.raises(SourceError) as error:
        rows_of(source)
    assert error.value.code == "source_changed"


@pytest.mark.parametrize("added", [b"1,2\n", b"\xff\n", b'"'])
def test_r21_a_file_that_grows_while_it_is_read_is_told_at_its_end(write: Write, added: bytes) -> None:
    source = open_source(write("a,b\n" + "1,2\n" * 10_000))
    reader = iter(RowReader(source))
    assert len(list(islice(reader, 10))) == 10
    with source.path.open("ab") as file:
        file.write(added)
    with pytest.raises(SourceError) as error:
        list(reader)
    assert error.value.code in ("source_changed", "source_unclosed_quote")


def test_r21_the_first_rows_can_be_read_alone(write: Write) -> None:
    source = open_source(write("a,b\n" + "1,2\n" * 1000))
    assert [row for row, _ in islice(RowReader(source), 3)] == [2, 3, 4]


# -- names ----------------------------------------------------------------------------------------------------------


def test_r30_a_name_is_composed_and_fit_to_be_a_tag(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "5월고객.csv")
    assert display_name(Path(decomposed)) == proposed_tag(Path(decomposed)) == "5월고객"
    assert display_name(Path("a.b.csv")) == "a.b"
    assert proposed_tag(Path("여름\x1b[31m\u202e행사.csv")) == "여름 [31m 행사"
    assert proposed_tag(Path("\u3164\u200b.csv")) == ""
    assert proposed_tag(Path("가" * 200 + ".csv")) == "가" * 128
    assert proposed_tag(Path("x" * 127 + " y.csv")) == "x" * 127


def test_r21_a_file_name_that_is_no_text_can_be_used(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb0\xa1.csv"))
    path.write_text("a,b\n1,2\n")
    source = open_source(path)
    assert rows_of(source) == [(2, ["1", "2"])]
    display_name(path).encode("utf-8")
    proposed_tag(path).encode("utf-8")


# -- files of failed rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bom", "delimiter"), [("", ","), (BOM, ","), (BOM, ";"), ("", "\t")])
def test_r38_the_first_columns_of_a_file_of_failed_rows_are_skipped(write: Write, bom: str, delimiter: str) -> None:
    names = [*FAILURE_COLUMNS, "memberId", "profile.name"]
    text = bom + delimiter.join(names) + "\r\n" + delimiter.join(["5", "profile.email", "why", "m1", "홍"]) + "\r\n"
    source = open_source(write(text))
    assert source.skipped_columns == (0, 1, 2)
    assert source.headers == tuple(names)


@pytest.mark.parametrize("names", ["rowNumber,memberId", "memberId,rowNumber,errorColumns,errorReasons", "a,b"])
def test_r38_nothing_is_skipped_in_other_files(write: Write, names: str) -> None:
    assert open_source(write(names + "\n1,2\n")).skipped_columns == ()
