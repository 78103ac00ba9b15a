"""The import log, the failed rows that can be fetched for 30 days, the inbox, and the mapping proposed again."""

import threading
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from crm_tui.core.fields import OPT_OUTS, FieldType
from crm_tui.core.problems import Code
from crm_tui.core.vocabulary import EmptyPolicy, ImportState, LeadKey, Target
from crm_tui.i18n import describe
from crm_tui.services import fields, imports, inbox
from crm_tui.services.errors import DatabaseError, NotFound, OutputError
from crm_tui.services.importing.engine import prepare_import
from crm_tui.services.importing.events import Cancelled, ImportNumbers
from crm_tui.services.importing.prepared import drop_import
from crm_tui.services.importing.source import open_source
from crm_tui.services.imports import ImportRecord
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from tests.services.conftest import Clock
from tests.services.kit import apply, ask, content, end_of, file_of, leads, members, one, prepare, sql

COLUMNS = ("memberId", "profile.email")
GOOD, BAD = ("M1", "kim@example.com"), ("M2", "kim")


@pytest.fixture
def failed(workspace: Workspace, tmp_path: Path) -> int:
    """An applied import with one customer and two failed rows, the second and third of its file."""
    return members(workspace, tmp_path, COLUMNS, GOOD, BAD, ("", "lee@example.com"), tag="May").import_id


# The log (R37)


def test_r37_an_applied_import_stands_in_the_log_with_all_that_was_asked(
    workspace: Workspace, clock: Clock, failed: int, tmp_path: Path
) -> None:
    record = imports.get_import(workspace, failed)
    assert record == ImportRecord(
        id=failed,
        file_name="file.csv",
        path=tmp_path / "file.csv",
        target=Target.MEMBER,
        key=None,
        policy=EmptyPolicy.KEEP,
        tag="May",
        state=ImportState.APPLIED,
        manager="kim",
        started_at=clock.now,
        running_since=None,
        seconds=0.0,
        numbers=ImportNumbers(rows=3, customers=1, created=1, failed=2),
        mapping=tuple((key, key) for key in (*COLUMNS, *OPT_OUTS)),
        failures_expire_at=clock.now + 30 * 24 * 60 * 60 * 1000,
    )
    assert imports.list_imports(workspace) == (record,)


def test_r37_the_log_has_every_import_however_it_ended_newest_first(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    leads(workspace, tmp_path, LeadKey.EMAIL, ("profile.email",), ("kim@example.com",), policy=EmptyPolicy.CLEAR)
    clock.move(seconds=5)
    file = file_of(tmp_path, ("memberId", *OPT_OUTS), ("M1", "false", "false"))
    prepare(workspace, ask(file, ("memberId", *OPT_OUTS)))
    dropped = prepare(workspace, ask(file, ("memberId", *OPT_OUTS)))
    drop_import(workspace, dropped)
    cancel = threading.Event()
    cancel.set()
    assert isinstance(end_of(prepare_import(workspace, ask(file, ("memberId", *OPT_OUTS)), cancel)), Cancelled)
    records = imports.list_imports(workspace)
    assert [record.state.value for record in records] == ["cancelled", "cancelled", "planned", "applied"]
    assert [record.id for record in records] == [4, 3, 2, 1]
    assert (records[3].target, records[3].key, records[3].policy) == (Target.LEAD, LeadKey.EMAIL, EmptyPolicy.CLEAR)
    assert (records[3].tag, records[0].numbers) == (None, None)
    assert records[2].started_at == records[3].started_at + 5000
    assert imports.list_imports(workspace, limit=2) == records[:2]
    assert [imports.get_import(workspace, record.id) for record in records] == list(records)


def test_r21_the_name_of_a_file_from_a_mac_is_shown_composed(workspace: Workspace, tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "5월 고객.csv")
    file = file_of(tmp_path, ("memberId", *OPT_OUTS), ("M1", "false", "false"), name=name)
    apply(workspace, prepare(workspace, ask(file, ("memberId", *OPT_OUTS))))
    assert imports.list_imports(workspace)[0].file_name == "5월 고객.csv"
    assert inbox.inbox(workspace)[0].file_name == "5월 고객.csv"
    assert imports.list_imports(workspace)[0].path == file


@pytest.mark.parametrize("import_id", [0, -1, 2, 2**63, 10**40])
def test_an_import_that_never_was_is_told(workspace: Workspace, failed: int, tmp_path: Path, import_id: int) -> None:
    for use in (
        imports.get_import,
        imports.failures,
        lambda *given: imports.save_failed_rows(*given, tmp_path / "failed.xlsx", describe),
    ):
        with pytest.raises(NotFound) as refused:
            use(workspace, import_id)
        assert (refused.value.code, refused.value.params) == ("import_not_found", {"id": import_id})


# Failed rows (R38)


def test_r38_failed_rows_come_back_in_file_order_with_their_cells_and_problems(
    workspace: Workspace, failed: int
) -> None:
    first, second = imports.failures(workspace, failed)
    assert (first.row_number, first.cells) == (3, ("M2", "kim", "false", "false"))
    assert [(problem.field, problem.code) for problem in first.problems] == [("profile.email", Code.EMAIL_INVALID)]
    assert (second.row_number, [problem.code for problem in second.problems]) == (4, [Code.KEY_BLANK])
    assert imports.failures(workspace, failed, limit=1) == (first,)
    assert imports.failures(workspace, failed, limit=-1) == (first, second)


def test_r38_thirty_failed_rows_are_shown_unless_more_are_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    failed = members(workspace, tmp_path, COLUMNS, *(("", "x") for _ in range(40))).import_id
    assert [row.row_number for row in imports.failures(workspace, failed)] == list(range(2, 32))
    assert len(imports.failures(workspace, failed, limit=-1)) == 40


def test_r38_failed_rows_are_saved_by_the_keys_of_their_columns(
    workspace: Workspace, failed: int, tmp_path: Path
) -> None:
    path = tmp_path / "failed.xlsx"
    imports.save_failed_rows(workspace, failed, path, lambda problem: problem.code.value)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]
    assert rows[0] == ["rowNumber", "errorColumns", "errorReasons", *COLUMNS, *OPT_OUTS]
    assert rows[1][:5] == ["3", "profile.email", "email_invalid", "M2", "kim"]
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    with pytest.raises(OutputError):
        imports.save_failed_rows(workspace, failed, tmp_path / "nowhere" / "failed.xlsx", describe)


def test_r38_an_import_whose_rows_were_all_imported_or_that_only_waits_has_none_to_save(
    workspace: Workspace, tmp_path: Path
) -> None:
    whole = members(workspace, tmp_path, COLUMNS, GOOD).import_id
    file = file_of(tmp_path, COLUMNS, BAD)
    waiting = prepare(workspace, ask(file, COLUMNS)).import_id
    assert imports.get_import(workspace, waiting).numbers == ImportNumbers(rows=1, failed=1)
    for import_id in (whole, waiting):
        assert imports.failures(workspace, import_id) == ()
        with pytest.raises(NotFound) as refused:
            imports.save_failed_rows(workspace, import_id, tmp_path / "failed.xlsx", describe)
        assert refused.value.code == "failed_rows_none"
    assert not (tmp_path / "failed.xlsx").exists()


def test_r38_failed_rows_can_be_fetched_for_thirty_days_and_not_a_moment_longer(
    workspace: Workspace, clock: Clock, failed: int, tmp_path: Path
) -> None:
    clock.move(days=30, seconds=-0.001)
    imports.tidy(workspace)
    assert len(imports.failures(workspace, failed)) == 2
    imports.save_failed_rows(workspace, failed, tmp_path / "failed.xlsx", describe)
    clock.move(seconds=0.001)
    assert imports.failures(workspace, failed) == ()
    with pytest.raises(NotFound) as refused:
        imports.save_failed_rows(workspace, failed, tmp_path / "late.xlsx", describe)
    assert refused.value.code == "failed_rows_expired"
    assert not (tmp_path / "late.xlsx").exists()


def test_r38_only_rows_whose_days_are_over_are_removed_and_the_log_keeps_its_numbers(
    workspace: Workspace, database: Path, clock: Clock, failed: int, tmp_path: Path
) -> None:
    clock.move(days=1)
    later = members(workspace, tmp_path, COLUMNS, BAD).import_id
    clock.move(days=29)
    imports.tidy(workspace)
    assert sql(database, "SELECT DISTINCT import_id FROM import_failure") == [(later,)]
    numbers = imports.get_import(workspace, failed).numbers
    assert numbers is not None
    assert numbers.failed == 2
    assert [entry.import_id for entry in inbox.inbox(workspace)] == [later, failed]


def test_tidying_writes_only_where_there_is_something_to_remove(
    workspace: Workspace, database: Path, clock: Clock, failed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start does not wait for somebody who writes; what could not be removed now is removed at the next start."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    before = content(database)
    writer = sqlite.load_driver().connect(str(database), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    imports.tidy(workspace)
    clock.move(days=31)
    with pytest.raises(DatabaseError) as refused:
        imports.tidy(workspace)
    assert refused.value.code == "database_busy"
    writer.close()
    assert content(database) == before
    imports.tidy(workspace)
    assert one(database, "SELECT count(*) FROM import_failure") == 0


def test_r35_an_import_whose_process_died_is_logged_as_interrupted_at_the_next_start(
    workspace: Workspace, database: Path, clock: Clock, failed: int
) -> None:
    sql(database, "UPDATE import SET state = 'running', running_since = ?, duration_ms = 500", clock.now)
    clock.move(seconds=2)
    assert imports.get_import(workspace, failed).running_since is not None
    imports.tidy(workspace)
    record = imports.get_import(workspace, failed)
    assert (record.state, record.running_since, record.seconds) == (ImportState.INTERRUPTED, None, 2.5)


# The mapping (R22)


def proposed(workspace: Workspace, folder: Path, headers: tuple[str, ...], target: Target) -> list[str | None]:
    """Return what the columns of a file are mapped to without asking."""
    source = open_source(file_of(folder, headers, headers, name="proposed.csv"))
    proposals = imports.propose_columns(workspace, source, target)
    return [proposal.field if proposal.is_certain else None for proposal in proposals]


def test_r22_columns_are_proposed_by_their_names_and_own_fields_by_their_labels(
    workspace: Workspace, tmp_path: Path
) -> None:
    fields.add_field(workspace, "shoeSize", FieldType.NUMBER, "신발 크기")
    fields.add_field(workspace, "old", FieldType.NUMBER, "옛 필드")
    fields.archive_field(workspace, "old")
    headers = ("회원번호", "이름", "신발 크기", "옛 필드", "zzz")
    assert proposed(workspace, tmp_path, headers, Target.MEMBER) == [
        *("memberId", "profile.name", "profile.shoeSize", None, None),
    ]
    assert proposed(workspace, tmp_path, headers, Target.LEAD)[:2] == [None, "profile.name"]


def test_r22_a_member_number_in_a_file_of_leads_is_not_taken_for_a_telephone_number(
    workspace: Workspace, tmp_path: Path
) -> None:
    assert proposed(workspace, tmp_path, ("회원번호", "이메일"), Target.LEAD) == [None, "profile.email"]


def test_r22_the_last_applied_mapping_of_the_same_headers_is_proposed_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    headers = ("회원번호", "이름", "메모", *OPT_OUTS)
    row = ("M1", "김", "note", "false", "false")
    chosen = ("memberId", "profile.description", None, *OPT_OUTS)
    file = file_of(tmp_path, headers, row)
    prepare(workspace, ask(file, ("memberId", None, "profile.name", *OPT_OUTS)))
    by_name = proposed(workspace, tmp_path, headers, Target.MEMBER)
    assert by_name[1] == "profile.name"
    apply(workspace, prepare(workspace, ask(file, chosen)))
    assert proposed(workspace, tmp_path, headers, Target.MEMBER) == list(chosen)
    reordered = (headers[1], headers[0], *headers[2:])
    assert proposed(workspace, tmp_path, reordered, Target.MEMBER) == [chosen[1], chosen[0], *chosen[2:]]
    assert proposed(workspace, tmp_path, (*headers, "more"), Target.MEMBER)[1] == "profile.name"
    assert proposed(workspace, tmp_path, headers, Target.LEAD)[1] == "profile.name"


def test_r22_a_field_that_was_archived_since_is_not_proposed_again(workspace: Workspace, tmp_path: Path) -> None:
    fields.add_field(workspace, "size", FieldType.NUMBER, "크기")
    headers = ("memberId", "zzz", *OPT_OUTS)
    file = file_of(tmp_path, headers, ("M1", "95", "false", "false"))
    apply(workspace, prepare(workspace, ask(file, ("memberId", "profile.size", *OPT_OUTS))))
    assert proposed(workspace, tmp_path, headers, Target.MEMBER)[1] == "profile.size"
    fields.archive_field(workspace, "size")
    assert proposed(workspace, tmp_path, headers, Target.MEMBER)[1] is None
