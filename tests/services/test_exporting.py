"""Export: a file that a spreadsheet shows unharmed, and that comes back through the import as it went (R46, R52)."""

import csv
import gc
import io
import json
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msoffcrypto
import olefile
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui import config
from crm_tui.core.fields import BUILT_IN_FIELDS, MAX_STRING_LENGTH, SYSTEM_KEYS, Field, FieldType
from crm_tui.core.spreadsheet_text import GUARD
from crm_tui.core.validation import parse_cell, print_value
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.services import blocking, contact_list, exporting, fields
from crm_tui.services.activity import ActivityKind, history
from crm_tui.services.errors import Cancelled, DatabaseError, OutputError, SourceError, UsageError
from crm_tui.services.exporting import Exported, ExportProgress, export, export_columns
from crm_tui.services.importing import workbook
from crm_tui.services.importing.source import RowReader, open_source
from crm_tui.services.importing.workbook import MAX_SHEET_ROWS
from crm_tui.services.imports import propose_columns
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services import kit
from tests.services.kit import sql

EVERYBODY = Selection(query="")
KINDS = (".csv", ".xlsx")
OWN_FIELDS = {
    "text": FieldType.STRING,
    "amount": FieldType.NUMBER,
    "isVip": FieldType.BOOLEAN,
    "birthday": FieldType.DATE,
    "joinedAt": FieldType.DATETIME,
    "sizes": FieldType.LIST,
    "scores": FieldType.LIST_OF_NUMBER,
}
MEMBER = {
    "memberId": "00123",
    "profile.name": "=1+1",
    "profile.email": "Kim@example.com",
    "profile.mobileNumber": "+821020203030",
    "profile.landlineNumber": "+8221234567",
    "profile.description": '+1 두 줄\n"따옴표", 쉼표\t탭',
    "profile.lastCheckoutCompletedAt": "2026-05-04T03:02:01.123Z",
    "tags": '["단골","등급/골드"]',
    "unsubscribeEmail": "true",
    "unsubscribeTexting": "false",
    "profile.text": "-2+3",
    "profile.amount": "-12.5",
    "profile.isVip": "false",
    "profile.birthday": "1990-05-04",
    "profile.joinedAt": "1969-12-31T23:59:59.999Z",
    "profile.sizes": '["=\\"a\\"","b,c","[d]"]',
    "profile.scores": "[1,-2.5,0]",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where to: a folder of its own, so that anything left behind is seen."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "export.csv"


def make_fields(workspace: Workspace) -> None:
    for name, field_type in OWN_FIELDS.items():
        assert isinstance(fields.add_field(workspace, name, field_type, ""), Field)


def add_members(workspace: Workspace, folder: Path, *rows: dict[str, str]) -> None:
    """Import members, each with the columns that the first one has."""
    columns = tuple(rows[0])
    kit.members(workspace, folder, columns, *([row[column] for column in columns] for row in rows))


def rows_of(path: Path) -> list[list[str]]:
    """Return the cells of a file as its import sees them, the header first."""
    source = open_source(path)
    return [list(source.headers), *(cells for _, cells in RowReader(source))]


def imported(
    workspace: Workspace, path: Path, target: Target = Target.MEMBER, key: LeadKey | None = None
) -> tuple[int, ...]:
    """Import a file by what its headers say by themselves; return created, updated, unchanged, failed."""
    proposals = propose_columns(workspace, open_source(path), target)
    columns = [one.field if one.is_certain else None for one in proposals]
    numbers = kit.run(workspace, kit.ask(path, columns, target, key)).numbers
    return numbers.created, numbers.updated, numbers.unchanged, numbers.failed


def ids_by_member(workspace: Workspace) -> dict[str, int]:
    return dict(sql(workspace.path, "SELECT member_id, id FROM customer"))


def values_of(database: Path) -> list[tuple[Any, ...]]:
    return sql(
        database,
        "SELECT member_id, name, email, mobile_number, landline_number, description, last_checkout_completed_at, custom, "
        "unsubscribe_email, unsubscribe_texting, (SELECT group_concat(t.name) FROM customer_tag l JOIN tag t "
        "ON t.id = l.tag_id WHERE l.customer_id = customer.id) FROM customer ORDER BY member_id, email",
    )


@pytest.fixture
def another(tmp_path: Path, empty_database: Path, clock: object) -> Any:
    """Another, empty database with the same fields."""
    path = tmp_path / "another.db"
    path.write_bytes(empty_database.read_bytes())
    workspace = open_workspace(str(path), manager="lee")
    make_fields(workspace)
    yield workspace
    workspace.close()


@pytest.mark.parametrize("kind", KINDS)
def test_members_come_back_as_they_went(
    workspace: Workspace, another: Workspace, tmp_path: Path, path: Path, kind: str
) -> None:
    make_fields(workspace)
    lacking = dict.fromkeys(MEMBER, "") | {"memberId": "m2", "unsubscribeEmail": "false", "unsubscribeTexting": "true"}
    add_members(workspace, tmp_path, MEMBER, lacking)
    path = path.with_suffix(kind)
    columns = export_columns(fields.list_fields(workspace))
    assert export(workspace, path, EVERYBODY, columns) == Exported(path, 2)
    assert imported(workspace, path) == (0, 2, 2, 0)
    assert imported(another, path) == (2, 0, 0, 0)
    assert values_of(another.path) == values_of(workspace.path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", LeadKey)
def test_leads_come_back_as_they_went(
    workspace: Workspace, another: Workspace, tmp_path: Path, path: Path, kind: str, key: LeadKey
) -> None:
    make_fields(workspace)
    lead = {column: cell for column, cell in MEMBER.items() if column != "memberId"}
    kit.leads(workspace, tmp_path, key, tuple(lead), list(lead.values()))
    path = path.with_suffix(kind)
    export(workspace, path, EVERYBODY, export_columns(fields.list_fields(workspace)))
    assert imported(workspace, path, Target.LEAD, key) == (0, 1, 1, 0)
    assert imported(another, path, Target.LEAD, key) == (1, 0, 0, 0)
    assert values_of(another.path) == values_of(workspace.path)


TEXTS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "00123",
    "0",
    "12345678901234567890",
    "123456789012",
    "1.50",
    "1e5",
    "3-4",
    "1/2",
    "10:30",
    "5%",
    "(5)",
    "TRUE",
    "MAR 3",
    "오전 10시",
    "'quoted",
    '"',
    '""',
    ",",
    ";",
    "sep=;",
    "a\n\n b",
    "a\tb",
    "a  b",
    "<r>x</r>",
    "<r></r>",
    "<&>",
    "_x000D_",
    "_x005F_x0041_",
    "_x005f_",
    "<r>_x0041_x0042_</r>",
    "😀",
    "e\u0301",
    "\u202egnp.exe",
    "\ufeffx",
    "x" * MAX_STRING_LENGTH,
    "😀" * MAX_STRING_LENGTH,
    "\n".join("=1+1" for _ in range(100)),
]


@pytest.mark.parametrize("kind", KINDS)
def test_r8_hostile_texts_come_back_as_they_went(workspace: Workspace, tmp_path: Path, path: Path, kind: str) -> None:
    make_fields(workspace)
    add_members(workspace, tmp_path, *({"memberId": f"m{n}", "profile.text": text} for n, text in enumerate(TEXTS)))
    path = path.with_suffix(kind)
    export(workspace, path, EVERYBODY, ("memberId", "profile.text"), sort="id", descending=False)
    field = Field("profile.text", FieldType.STRING)
    stored = [parse_cell(text, field) for text in TEXTS]
    assert [parse_cell(cells[1], field) for cells in rows_of(path)[1:]] == stored
    assert imported(workspace, path) == (0, len(TEXTS), len(TEXTS), 0)


VALUES = {
    FieldType.STRING: st.text(max_size=MAX_STRING_LENGTH),
    FieldType.NUMBER: st.one_of(st.integers(-(10**15) + 1, 10**15 - 1), st.decimals(-(10**6), 10**6, places=6)),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATE: st.dates(),
    FieldType.DATETIME: st.integers(-62_135_596_800_000, 253_402_300_799_999),
    FieldType.LIST: st.lists(st.text(max_size=20), max_size=5),
    FieldType.LIST_OF_NUMBER: st.lists(st.integers(-(10**6), 10**6), max_size=5),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_r6_any_value_that_the_import_takes_comes_back_the_same(
    workspace: Workspace, path: Path, data: st.DataObject
) -> None:
    if not fields.usage(workspace).keys() & {"profile.text"}:
        make_fields(workspace)
    values = {}
    for name, field_type in OWN_FIELDS.items():
        field = Field(f"profile.{name}", field_type)
        drawn = data.draw(VALUES[field_type])
        text = print_value(tuple(drawn) if isinstance(drawn, list) else drawn, field_type)
        value = parse_cell(text, field)
        if isinstance(value, str | int | float | tuple):
            values[name] = value
    sql(workspace.path, "DELETE FROM customer")
    sql(
        workspace.path,
        "INSERT INTO customer (custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, "
        "created_at, last_seen_at, sessions_count, search_text) VALUES (?, 0, 0, 0, 0, 1, 1, 0, '')",
        json.dumps(values, ensure_ascii=False),
    )
    unstorable = any(one in json.dumps(values, ensure_ascii=False) for one in "\ufffe\uffff")
    for kind in KINDS:
        target = path.with_suffix(kind)
        if kind == ".xlsx" and unstorable:
            with pytest.raises(OutputError):
                export(workspace, target, EVERYBODY, ("id", *OWN_FIELDS))
            continue
        export(workspace, target, EVERYBODY, ("id", *OWN_FIELDS))
        header, cells = rows_of(target)
        found = {
            key.removeprefix("profile."): parse_cell(cell, Field(key, OWN_FIELDS[key.removeprefix("profile.")]))
            for key, cell in zip(header[1:], cells[1:], strict=True)
        }
        assert {name: value for name, value in found.items() if value is not None} == values


def test_a_cell_that_a_spreadsheet_would_run_or_change_is_guarded_and_quoted(
    workspace: Workspace, tmp_path: Path, path: Path
) -> None:
    make_fields(workspace)
    add_members(workspace, tmp_path, MEMBER)
    export(workspace, path, EVERYBODY, tuple(MEMBER))
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    header, cells = csv.reader(io.StringIO(text, newline=""))
    assert all(f'"{cell.replace(chr(34), chr(34) * 2)}"' in text for cell in cells)
    written = dict(zip(header, cells, strict=True))
    guarded = {key for key, cell in written.items() if cell.startswith(GUARD)}
    assert guarded == {
        "memberId",
        "profile.name",
        "profile.mobileNumber",
        "profile.landlineNumber",
        "profile.description",
        "profile.text",
    }
    assert written["profile.mobileNumber"] == "\t+821020203030"
    assert written["profile.amount"] == "-12.5"


def test_in_an_xlsx_everything_is_text_and_nothing_a_formula(workspace: Workspace, tmp_path: Path, path: Path) -> None:
    make_fields(workspace)
    add_members(workspace, tmp_path, MEMBER)
    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("createdAt", *MEMBER))
    (sheet,) = openpyxl.load_workbook(path).worksheets
    assert sheet.dimensions == "A1:R2"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width > 15
    for row in sheet.iter_rows():
        for cell in row:
            assert (cell.data_type, cell.number_format, cell.hyperlink) == ("s", "@", None) or (
                cell.data_type == "inlineStr"
            )
    header, cells = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert dict(zip(header, cells, strict=True)) == MEMBER | {"createdAt": "2025-06-15T15:06:40.000Z"}


def test_r6_columns_come_in_the_order_asked_each_once_under_its_one_name(
    workspace: Workspace, tmp_path: Path, path: Path
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1", "profile.name": "김"})
    export(workspace, path, EVERYBODY, ("NAME", "createdAt", "memberid", "profile.name", "type", "userimporttag", "id"))
    assert rows_of(path) == [
        ["profile.name", "createdAt", "memberId", "type", "userImportTag", "id"],
        ["김", "2025-06-15T15:06:40.000Z", "m1", "member", "", str(ids_by_member(workspace)["m1"])],
    ]


def test_r22_what_the_program_keeps_is_left_alone_when_the_file_is_imported(
    workspace: Workspace, tmp_path: Path, path: Path
) -> None:
    for number, key in enumerate(SYSTEM_KEYS):  # labels that could be taken for them
        assert isinstance(fields.add_field(workspace, f"own{number}", FieldType.STRING, key), Field)
    add_members(workspace, tmp_path, {"memberId": "m1"})
    columns = (*SYSTEM_KEYS, *(field.key for field in fields.list_fields(workspace)))
    export(workspace, path, EVERYBODY, columns)
    found = {one.header: one.field for one in propose_columns(workspace, open_source(path), Target.MEMBER)}
    assert found == {key: None if key in SYSTEM_KEYS else key for key in columns}


@pytest.mark.parametrize("kind", KINDS)
def test_r46_blocked_customers_are_never_exported(
    workspace: Workspace, database: Path, tmp_path: Path, path: Path, kind: str
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"m{n}"} for n in range(4)))
    sql(database, "UPDATE customer SET blocked_at = 1, blocked_by = 'kim' WHERE member_id = 'm1'")
    path = path.with_suffix(kind)
    marked = Selection(ids=frozenset(ids_by_member(workspace).values()))
    for selection in (EVERYBODY, marked):
        assert export(workspace, path, selection, ("memberId",), sort="memberId", descending=False).customers == 3
        assert rows_of(path)[1:] == [["m0"], ["m2"], ["m3"]]
    with pytest.raises(UsageError) as refused:
        export(workspace, path, Selection(query="", blocked=True), ("memberId",))
    assert refused.value.code == "export_blocked"


def test_a_search_marks_and_all_but_some_are_exported(workspace: Workspace, tmp_path: Path, path: Path) -> None:
    names = ("가람", "나래", "다솜", "가온")
    add_members(workspace, tmp_path, *({"memberId": f"m{n}", "profile.name": name} for n, name in enumerate(names)))
    ids = ids_by_member(workspace)
    for selection, found in (
        (Selection(query="가"), ["가람", "가온"]),
        (Selection(query="가", without=frozenset((ids["m0"],))), ["가온"]),
        (Selection(ids=frozenset((ids["m1"], ids["m2"], 99))), ["나래", "다솜"]),
        (Selection(query="없음"), []),
        (Selection(), []),
    ):
        export(workspace, path, selection, ("profile.name",), sort="profile.name", descending=False)
        assert rows_of(path) == [["profile.name"], *([name] for name in found)]


@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        ("memberId", False, "abc"),
        ("memberId", True, "cba"),
        ("profile.amount", False, "bca"),
        ("profile.amount", True, "cba"),
        ("profile.text", False, "cab"),
        ("id", True, "cba"),
    ],
)
def test_the_order_is_that_of_the_list_and_missing_values_come_last(
    workspace: Workspace, tmp_path: Path, path: Path, sort: str, descending: bool, order: str
) -> None:
    make_fields(workspace)
    amounts, texts = {"a": "", "b": "9", "c": "10"}, {"a": "2", "b": "", "c": "1"}
    people = ({"memberId": one, "profile.amount": amounts[one], "profile.text": texts[one]} for one in "abc")
    add_members(workspace, tmp_path, *people)
    export(workspace, path, EVERYBODY, ("memberId",), sort=sort, descending=descending)
    assert "".join(cell for (cell,) in rows_of(path)[1:]) == order


def test_r52_an_export_is_noted_with_its_number_and_nobodys_values(
    workspace: Workspace, database: Path, tmp_path: Path, path: Path
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"}, {"memberId": "m2"})
    export(workspace, path, EVERYBODY, ("memberId",))
    lines = sql(database, "SELECT manager, kind, details FROM activity WHERE kind = 'exported'")
    assert lines == [("kim", "exported", '{"count":2}')]


def test_r52_an_export_is_in_the_history_of_those_who_are_in_the_file(
    workspace: Workspace, tmp_path: Path, path: Path
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"m{number}"} for number in range(4)))
    ids = ids_by_member(workspace)
    blocking.block(workspace, Selection(ids=frozenset({ids["m3"]})))
    export(workspace, path, Selection(query="memberId:(m0, m1, m3)"), ("memberId",))
    export(workspace, path, Selection(ids=frozenset({ids["m1"], ids["m3"]})), ("memberId",))
    exports = {
        name: [line.details for line in history(workspace, one) if line.kind is ActivityKind.EXPORTED]
        for name, one in ids.items()
    }
    assert exports == {"m0": [{"count": 2}], "m1": [{"count": 1}, {"count": 2}], "m2": [], "m3": []}


def test_the_file_is_its_owners_and_replaces_the_one_that_was_there(
    workspace: Workspace, tmp_path: Path, path: Path
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"})
    path.write_text("what was there before")
    export(workspace, path, EVERYBODY, ("memberId",))
    assert rows_of(path) == [["memberId"], ["m1"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("kind", KINDS)
def test_progress_is_told_from_nothing_to_all(workspace: Workspace, tmp_path: Path, path: Path, kind: str) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"m{n}"} for n in range(250)))
    told: list[ExportProgress] = []
    export(workspace, path.with_suffix(kind), EVERYBODY, ("memberId",), told=told.append)
    assert told[0] == ExportProgress(0, 250)
    assert told[-1] == ExportProgress(250, 250)


@pytest.mark.parametrize("kind", [*KINDS, "locked"])
@pytest.mark.parametrize("when", ["before", "between"])
def test_a_cancelled_export_leaves_nothing_behind(
    workspace: Workspace, database: Path, tmp_path: Path, path: Path, kind: str, when: str
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"m{n}"} for n in range(250)))
    path = path.with_suffix(".xlsx" if kind == "locked" else kind)
    path.write_text("what was there before")
    stop = threading.Event()
    if when == "before":
        stop.set()
    with pytest.raises(Cancelled):
        export(
            workspace,
            path,
            EVERYBODY,
            ("memberId",),
            password="secret" if kind == "locked" else None,
            stop=stop,
            told=lambda _: stop.set(),
        )
    assert path.read_text() == "what was there before"
    assert os.listdir(path.parent) == [path.name]
    assert sql(database, "SELECT * FROM activity WHERE kind = 'exported'") == []


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check that nothing complains as late as when it is collected."""
    heard: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: heard.append(one.exc_value))
    yield
    gc.collect()
    assert heard == []


def laid_aside() -> list[Path]:
    return list(config.state_folder().glob("workbook-*"))


class StopAt(threading.Event):
    """Is set as soon as it has been asked so many times."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self.left = asked

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("password", [None, "secret"])
def test_a_cancelled_xlsx_ends_at_once_wherever_it_is_also_while_it_is_packed(
    workspace: Workspace, tmp_path: Path, path: Path, password: str | None, silence: None
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"m{n}"} for n in range(250)))
    path = path.with_suffix(".xlsx")
    whole = StopAt(10**9)
    export(workspace, path, EVERYBODY, ("memberId",), password=password, stop=whole)
    path.unlink()
    asked = 10**9 - whole.left
    assert asked > 50  # two dozen writes at least while it is packed
    for some in range(asked):
        stop = StopAt(some)
        with pytest.raises(Cancelled):
            export(workspace, path, EVERYBODY, ("memberId",), password=password, stop=stop)
        assert stop.left >= -4
        assert os.listdir(path.parent) == []
        assert laid_aside() == []


def test_a_cancelled_xlsx_ends_also_while_its_rows_are_copied(workspace: Workspace, tmp_path: Path, path: Path) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"})
    stop = threading.Event()

    def told(progress: ExportProgress) -> None:
        if progress.done:
            stop.set()

    with pytest.raises(Cancelled) as ended:
        export(workspace, path.with_suffix(".xlsx"), EVERYBODY, ("memberId",), stop=stop, told=told)
    assert "_write_optimized_sheet_data" in [entry.name for entry in ended.traceback]


def test_what_an_xlsx_lays_aside_is_its_owners_and_not_swept_while_it_is_written(
    workspace: Workspace, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"})
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    modes = []

    def told(_: ExportProgress) -> None:
        workbook.sweep()
        (folder,) = laid_aside()
        modes.extend(stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir()))
        assert os.listdir(elsewhere) == []

    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("memberId",), told=told)
    assert modes == [0o700, 0o600, 0o600] * 2
    assert rows_of(path) == [["memberId"], ["m1"]]
    assert laid_aside() == []


@pytest.mark.parametrize("password", [None, "secret"])
@pytest.mark.parametrize("customers", [1, 2000])
def test_a_full_disk_under_what_is_laid_aside_is_told_and_leaves_nothing(
    workspace: Workspace,
    tmp_path: Path,
    path: Path,
    password: str | None,
    customers: int,
    monkeypatch: pytest.MonkeyPatch,
    silence: None,
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"{n}" * 50} for n in range(customers)))
    made = tempfile.mkstemp

    def full(*arguments: Any, dir: Any = None, **options: Any) -> tuple[int, str]:
        handle, name = made(*arguments, dir=dir, **options)
        if Path(dir).parent == config.state_folder():
            os.unlink(name)
            os.symlink("/dev/full", name)
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", full)
    with pytest.raises(OutputError) as refused:
        export(workspace, path.with_suffix(".xlsx"), EVERYBODY, ("memberId",), password=password)
    assert (refused.value.code, refused.value.params) == ("disk_full", {"path": str(config.state_folder())})
    assert os.listdir(path.parent) == []
    assert laid_aside() == []


def test_a_folder_of_ones_own_that_cannot_be_made_is_told(workspace: Workspace, path: Path) -> None:
    folder = config.state_folder()
    folder.rename(folder.with_name("away"))
    folder.write_text("")
    with pytest.raises(OutputError) as refused:
        export(workspace, path.with_suffix(".xlsx"), EVERYBODY, ("memberId",))
    assert (refused.value.code, refused.value.params) == ("state_unwritable", {"path": str(folder)})
    assert os.listdir(path.parent) == []


def test_a_database_that_others_write_to_is_waited_for(
    workspace: Workspace, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"})
    record, tries = exporting.record, []

    def busy_once(*arguments: Any, **details: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseError("database_busy", path="")
        record(*arguments, **details)

    monkeypatch.setattr(exporting, "record", busy_once)
    export(workspace, path, EVERYBODY, ("memberId",))
    assert rows_of(path) == [["memberId"], ["m1"]]


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, path: Path, kind: str
) -> None:
    add_members(workspace, tmp_path, {"memberId": "m1"})
    folder = path.parent / f"folder{kind}"
    folder.mkdir()
    for target, code in ((path.parent / "nowhere" / f"x{kind}", "output_unwritable"), (folder, "output_not_file")):
        with pytest.raises(OutputError) as refused:
            export(workspace, target, EVERYBODY, ("memberId",))
        assert refused.value.code == code
    assert os.listdir(path.parent) == [folder.name]


@pytest.mark.parametrize("kind", [*KINDS, "locked"])
def test_a_full_disk_is_told_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, path: Path, kind: str, limited: Any, silence: None
) -> None:
    add_members(workspace, tmp_path, *({"memberId": f"{n}" * 50} for n in range(2000)))
    path = path.with_suffix(".xlsx" if kind == "locked" else kind)
    with limited(10_000), pytest.raises(OutputError) as refused:
        export(workspace, path, EVERYBODY, ("memberId",), password="secret" if kind == "locked" else None)
    assert (refused.value.code, refused.value.params) == ("disk_full", {"path": str(path)})
    assert os.listdir(path.parent) == []
    assert laid_aside() == []


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the files of exports grow only so far."""
    import errno
    from contextlib import contextmanager

    class Small(io.FileIO):
        room = 0

        def write(self, data: Any, /) -> int:
            if self.tell() + len(data) > self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data) or 0

    whole = Path.open

    @contextmanager
    def within(room: int) -> Any:
        def open_small(path: Path, mode: str = "r", **options: Any) -> Any:
            if not path.name.startswith(".crm-tui-") or "w" not in mode:
                return whole(path, mode, **options)
            raw = Small(path, "w")
            raw.room = room
            buffered = io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", open_small)
            yield

    return within


PASSWORD = "비밀번호 12"


def unlocked(path: Path, password: str) -> io.BytesIO:
    plain = io.BytesIO()
    with path.open("rb") as file:
        locked = msoffcrypto.OfficeFile(file)
        locked.load_key(password=password, verify_password=True)
        locked.decrypt(plain, verify_integrity=True)
    return plain


@pytest.mark.parametrize("rows", [0, 3, 40_000])
def test_a_locked_xlsx_opens_with_its_password_only(
    workspace: Workspace, database: Path, path: Path, rows: int
) -> None:
    sql(
        database,
        "WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row LIMIT ?) INSERT INTO customer (member_id, "
        "custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, created_at, "
        "last_seen_at, sessions_count, search_text) "
        "SELECT hex(randomblob(250)), '{}', 0, 0, 0, 0, 1, 1, 0, '' FROM row LIMIT ?",
        max(rows, 1),
        rows,
    )
    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("memberId",), password=PASSWORD)
    assert b"worksheets" not in path.read_bytes()
    assert os.listdir(path.parent) == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The largest needs more sectors for its table of sectors than the header of the container has room for.
    assert rows < 1000 or path.stat().st_size > 109 * 128 * 512
    with olefile.OleFileIO(path, raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert ole.parsing_issues == []
    plain = unlocked(path, PASSWORD)
    assert len(plain.getvalue()) > 4096  # a shorter one would be spoilt (msoffcrypto-tool 6.1, issue 105)
    (sheet,) = openpyxl.load_workbook(plain, read_only=True).worksheets
    assert sum(1 for _ in sheet.iter_rows()) == rows + 1
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        unlocked(path, PASSWORD + " ")
    with pytest.raises(SourceError) as refused:
        open_source(path)
    assert refused.value.code == "source_locked"


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("x.txt", {}, "export_suffix"),
        ("x", {}, "export_suffix"),
        ("x.xls", {}, "export_suffix"),
        ("x.csv", {"password": "secret"}, "export_password_csv"),
        ("x.xlsx", {"password": "12345"}, "export_password_length"),
        ("x.xlsx", {"password": "비밀번호오"}, "export_password_length"),
        ("x.xlsx", {"password": ""}, "export_password_length"),
        ("x.xlsx", {"password": "x" * 256}, "export_password_length"),
        ("x.csv", {"sort": "nowhere"}, "sort_unknown"),
    ],
)
def test_what_cannot_be_exported_so_is_refused_before_anything_is_written(
    workspace: Workspace, path: Path, name: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        export(workspace, path.with_name(name), EVERYBODY, ("memberId",), **options)
    assert refused.value.code == code
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize(
    ("columns", "code"), [((), "export_no_columns"), (("nowhere",), "field_not_found"), (("old",), "field_not_found")]
)
def test_r6_a_column_that_is_not_there_or_archived_is_refused(
    workspace: Workspace, path: Path, columns: tuple[str, ...], code: str
) -> None:
    fields.add_field(workspace, "old", FieldType.STRING, "")
    fields.archive_field(workspace, "old")
    with pytest.raises(UsageError) as refused:
        export(workspace, path, EVERYBODY, columns)
    assert refused.value.code == code
    assert "profile.old" not in export_columns(fields.list_fields(workspace, archived=True))


def test_a_line_that_cannot_be_understood_is_refused(workspace: Workspace, path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        export(workspace, path, Selection(query='"'), ("memberId",))
    assert refused.value.code == "query_wrong"


def test_r52_nothing_is_exported_from_a_database_that_can_only_be_read(
    workspace: Workspace, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be noted in the log."""
    add_members(workspace, tmp_path, {"memberId": "m1"})
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    assert contact_list.count(workspace).total == 1
    with pytest.raises(DatabaseError) as refused:
        export(workspace, path, EVERYBODY, ("memberId",))
    assert (refused.value.code, refused.value.params) == ("export_unlogged", {"path": str(workspace.path)})
    assert os.listdir(path.parent) == []


def test_the_database_is_never_overwritten(workspace: Workspace, database: Path) -> None:
    link = database.with_name("x.csv")
    link.symlink_to(database)
    with pytest.raises(UsageError) as refused:
        export(workspace, link, EVERYBODY, ("memberId",))
    assert refused.value.code == "export_database"


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_a_character_that_an_xlsx_cannot_hold_is_told_with_its_place_and_csv_takes_it(
    workspace: Workspace, tmp_path: Path, path: Path, character: str
) -> None:
    text = f"a{character}b"
    add_members(workspace, tmp_path, {"memberId": "m1", "profile.name": ""}, {"memberId": "m2", "profile.name": text})
    with pytest.raises(OutputError) as refused:
        export(workspace, path.with_suffix(".xlsx"), EVERYBODY, ("memberId", "profile.name"))
    assert (refused.value.code, refused.value.params) == (
        "export_character",
        {"id": ids_by_member(workspace)["m2"], "field": "profile.name"},
    )
    assert os.listdir(path.parent) == []
    export(workspace, path, EVERYBODY, ("memberId", "profile.name"), sort="id")
    assert rows_of(path)[1] == ["m2", text]


@pytest.mark.parametrize("field", ["memberId", "profile.description", "profile.text", "profile.sizes", "tags"])
def test_a_character_that_an_xlsx_cannot_hold_is_told_before_a_row_is_written_wherever_it_stands(
    workspace: Workspace, tmp_path: Path, path: Path, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_fields(workspace)
    text = "a\uffffb"
    cell = json.dumps([text], ensure_ascii=False) if field in ("profile.sizes", "tags") else text
    people = [{"memberId": f"m{number}", "profile.name": "x"} | {field: cell} for number in range(3)]
    add_members(workspace, tmp_path, *people)
    ids = sorted(ids_by_member(workspace).values())
    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("profile.name", "isVip", "profile.amount"))
    monkeypatch.setattr(exporting, "xlsx_rows", None)
    with pytest.raises(OutputError) as refused:
        export(workspace, path, EVERYBODY, ("profile.name", field), sort="id", descending=False)
    assert (refused.value.code, refused.value.params) == ("export_character", {"id": ids[0], "field": field})


def test_more_customers_than_a_sheet_holds_are_refused(
    workspace: Workspace, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_SHEET_ROWS == 1_048_576
    monkeypatch.setattr(exporting, "MAX_SHEET_ROWS", 3)
    add_members(workspace, tmp_path, {"memberId": "m1"}, {"memberId": "m2"})
    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("memberId",))
    add_members(workspace, tmp_path, {"memberId": "m3"})
    with pytest.raises(UsageError) as refused:
        export(workspace, path, EVERYBODY, ("memberId",))
    assert (refused.value.code, refused.value.params) == ("export_too_many", {"count": 3, "most": 2})
    export(workspace, path.with_suffix(".csv"), EVERYBODY, ("memberId",))


def test_r17_no_value_is_longer_than_a_cell_of_a_sheet_holds(workspace: Workspace, tmp_path: Path, path: Path) -> None:
    make_fields(workspace)
    largest = json.dumps(["\n" * n + "x" for n in range(1, 170)], separators=(",", ":"))
    assert 14_000 < len(largest) * 1 < 32_768
    add_members(
        workspace,
        tmp_path,
        {
            "memberId": "m1",
            "profile.sizes": json.dumps([f"{n:03}" + "가" * 20 for n in range(200)], ensure_ascii=False),
        },
    )
    path = path.with_suffix(".xlsx")
    export(workspace, path, EVERYBODY, ("memberId", "sizes"))
    assert imported(workspace, path) == (0, 1, 1, 0)


def test_r6_all_columns_are_the_fields_and_what_the_program_keeps_but_whether_blocked() -> None:
    assert export_columns(BUILT_IN_FIELDS) == (
        "id",
        "type",
        *(field.key for field in BUILT_IN_FIELDS),
        "userImportTag",
        "createdAt",
        "updatedAt",
        "lastSeenAt",
        "sessionsCount",
    )
