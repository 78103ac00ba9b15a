"""The life of an import around its rows: dry run, log, inbox, failed rows, the mapping of last time (R22, R34-R38)."""

import threading
from pathlib import Path

import pytest

from crm_tui.core.problems import Problem
from crm_tui.core.vocabulary import ImportState, LeadKey, Target
from crm_tui.services import imports
from crm_tui.services.errors import NotFound
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    ImportNumbers,
    Planned,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.importing.prepared import drop_import, failed_rows_of, resumable
from crm_tui.services.importing.source import open_source
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import (
    apply,
    as_manager,
    ask,
    content,
    customer,
    end_of,
    file_of,
    log_of,
    members,
    one,
    prepare,
    run,
    sql,
)

COLUMNS = ("memberId", "profile.email", "unsubscribeEmail", "unsubscribeTexting")
GOOD, BAD = ("m1", "a@x.kr", "true", "true"), ("m2", "bad", "true", "true")


def in_words(problem: Problem) -> str:
    return f"{problem.field}: {problem.code.value}"


# -- R34: the plan, and nothing written before the yes


def test_r34_a_plan_writes_nothing_and_the_dry_run_stands_in_the_log_as_cancelled_with_its_numbers(
    workspace: Workspace, tmp_path: Path
) -> None:
    before = content(workspace.path)
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD, BAD), COLUMNS, tag="t"))
    assert prepared.numbers == ImportNumbers(rows=2, customers=1, created=1, failed=1)
    assert [row.row_number for row in failed_rows_of(workspace, prepared)] == [3]
    assert imports.get_import(workspace, prepared.import_id).state is ImportState.PLANNED
    drop_import(workspace, prepared)
    assert content(workspace.path) == before
    ((state, numbers),) = log_of(workspace.path)
    assert (state, numbers["created"], numbers["failed"]) == ("cancelled", 1, 1)
    assert not list(prepared.scratch.parent.iterdir())


def test_r34_the_events_of_an_import_in_their_order(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, COLUMNS, GOOD)
    started, *progress, planned = prepare_import(workspace, ask(path, COLUMNS), threading.Event())
    assert isinstance(started, Started)
    assert started.bytes_total == path.stat().st_size
    assert all(isinstance(event, Progressed) for event in progress)
    assert isinstance(planned, Planned)
    first, last = apply_import(workspace, planned.prepared, threading.Event())
    assert isinstance(first, Progressed)
    assert first.phase == "applying"
    assert isinstance(last, Applied)
    assert last.import_id == started.import_id == planned.prepared.import_id


def test_r36_progress_tells_rows_share_rate_and_time_left(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_tui.services.importing.engine._PROGRESS_EVERY_S", 0)
    rows = [(f"m{number % 5000}", "", "true", "true") for number in range(9000)]
    path = file_of(tmp_path, COLUMNS, ("m", "bad", "true", "true"), *rows)
    events = [
        event
        for event in prepare_import(workspace, ask(path, COLUMNS), threading.Event())
        if isinstance(event, Progressed)
    ]
    reading = [event for event in events if event.phase == "reading"]
    assert [event.rows for event in reading] == [1998, 3998, 5998, 7998, 9001]
    assert {(event.rows_total, event.bytes_total, event.failed) for event in reading} == {
        (9001, path.stat().st_size, 1)
    }
    assert reading[-1].bytes_read == path.stat().st_size
    assert reading[-1].seconds_left == 0
    assert reading[0].rows_per_second > 0
    planning = [event for event in events if event.phase == "planning"]
    assert planning
    assert {event.rows_total for event in planning} == {8000}  # the rows that meet another row


def test_r34_what_moved_since_the_plan_is_planned_again_and_applied_where_the_numbers_stay(
    workspace: Workspace, tmp_path: Path
) -> None:
    members(workspace, tmp_path, COLUMNS, GOOD)
    path = file_of(tmp_path, ["memberId", "profile.name"], ["m1", "Ann"], name="names.csv")
    prepared = prepare(workspace, ask(path, ("memberId", "profile.name")))
    members(workspace, tmp_path, COLUMNS, ("m1", "b@x.kr", "true", "false"))
    apply(workspace, prepared)
    found = customer(workspace.path)
    assert (found["name"], found["email"], found["unsubscribe_texting"]) == ("Ann", "b@x.kr", 0)


def test_r34_other_numbers_since_the_plan_are_shown_before_anything_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    members(workspace, tmp_path, COLUMNS, GOOD)
    before = content(workspace.path)
    changed = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(changed, Changed)
    assert changed.before == prepared.numbers == ImportNumbers(rows=1, customers=1, created=1)
    assert changed.prepared.numbers == ImportNumbers(rows=1, customers=1, updated=1, unchanged=1)
    assert changed.prepared.request == prepared.request
    assert content(workspace.path) == before
    assert log_of(workspace.path)[0] == ("planned", {**log_of(workspace.path)[0][1], "updated": 1, "created": 0})
    # Another window that still shows the old numbers is told as well.
    assert isinstance(end_of(apply_import(workspace, prepared, threading.Event())), Changed)
    assert apply(workspace, changed.prepared).numbers.updated == 1


def test_r34_a_prepared_import_is_found_again_and_applied_though_its_file_has_gone(
    workspace: Workspace, tmp_path: Path
) -> None:
    request = ask(file_of(tmp_path, COLUMNS, GOOD, BAD), COLUMNS, tag="t")
    prepared = prepare(workspace, request)
    request.path.unlink()
    assert resumable(as_manager(workspace, "lee")) == ()
    (found,) = resumable(workspace)
    assert found == prepared
    assert apply(workspace, found).numbers.created == 1
    assert resumable(workspace) == ()


def test_r34_a_prepared_import_is_gone_after_a_day(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    newest = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    assert [one.import_id for one in resumable(workspace)] == [newest.import_id, prepared.import_id]
    touched = prepared.scratch.stat().st_mtime
    monkeypatch.setattr("crm_tui.services.importing.scratch.time.time", lambda: touched + 86_401)
    imports.tidy(workspace)
    assert resumable(workspace) == ()
    refused = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(refused, Refused)
    assert refused.error.code == "prepared_gone"
    with pytest.raises(NotFound, match="prepared_gone"):
        list(failed_rows_of(workspace, prepared))
    assert not prepared.scratch.exists()


def test_r34_an_import_applied_in_another_window_is_not_applied_again(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    (in_other_window,) = resumable(workspace)
    apply(workspace, prepared)
    before = content(workspace.path)
    for again in (in_other_window, prepared):
        refused = end_of(apply_import(workspace, again, threading.Event()))
        assert isinstance(refused, Refused)
        assert refused.error.code == "prepared_gone"
    drop_import(workspace, prepared)
    assert content(workspace.path) == before
    assert [state for state, _ in log_of(workspace.path)] == ["applied"]


def test_whoever_stops_listening_cancels_but_does_not_lose_what_is_planned(
    workspace: Workspace, tmp_path: Path
) -> None:
    request = ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS)
    events = prepare_import(workspace, request, threading.Event())
    next(events)
    events.close()
    assert [state for state, _ in log_of(workspace.path)] == ["cancelled"]
    assert resumable(workspace) == ()
    events = prepare_import(workspace, request, threading.Event())
    while not isinstance(next(events), Planned):
        pass
    events.close()
    (prepared,) = resumable(workspace)
    applying = apply_import(workspace, prepared, threading.Event())
    next(applying)
    applying.close()
    assert [state for state, _ in log_of(workspace.path)] == ["cancelled", "planned"]
    assert apply(workspace, prepared).numbers.created == 1


def test_scratch_databases_are_private(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    assert prepared.scratch.stat().st_mode & 0o777 == 0o600
    assert prepared.scratch.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_sorted_for_an_import_lies_in_the_private_folder(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    with workspace.bulk(prepared.scratch) as connection:
        assert connection.execute("PRAGMA temp_store").fetchone() == (1,)  # files
        assert connection.execute("PRAGMA temp_store_directory").fetchone() == (str(prepared.scratch.parent),)


def test_r34_what_another_release_prepared_is_neither_found_nor_applied(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    sql(prepared.scratch, "UPDATE about SET value = '1' WHERE name = 'form'")
    assert resumable(workspace) == ()
    refused = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(refused, Refused)
    assert refused.error.code == "prepared_gone"
    assert not prepared.scratch.exists()


def test_prepared_imports_of_another_database_are_left_alone(
    workspace: Workspace, tmp_path: Path, empty_database: Path
) -> None:
    from crm_tui.services.workspace import open_workspace

    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    other = open_workspace(str(tmp_path / "other.db"), manager="kim")
    assert resumable(other) == ()
    run(other, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    other.close()
    assert resumable(workspace) == (prepared,)


# -- R37: log and inbox


def test_r37_the_log_holds_what_was_asked_and_what_became_of_it(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    began = clock.now
    path = file_of(tmp_path, ["mail", "x"], ["a@x.kr", "1"], name="고객.csv")
    prepared = prepare(workspace, ask(path, ("profile.email", None), Target.LEAD, LeadKey.EMAIL, tag=" May "))
    clock.move(days=0.5)
    applied = apply(workspace, prepared)
    record = imports.get_import(workspace, applied.import_id)
    assert (record.file_name, record.path, record.target, record.key) == ("고객.csv", path, Target.LEAD, LeadKey.EMAIL)
    assert (record.tag, record.state, record.manager, record.started_at) == ("May", ImportState.APPLIED, "kim", began)
    assert record.mapping == (("mail", "profile.email"), ("x", None))
    assert record.numbers == applied.numbers == prepared.numbers
    assert (record.seconds, record.running_since) == (0, None)  # waiting for the yes is not counted
    assert imports.list_imports(workspace) == (record,)
    with pytest.raises(NotFound, match="import_not_found"):
        imports.get_import(workspace, 99)


def test_r21_a_file_that_cannot_be_used_leaves_no_trace(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    before = content(workspace.path)
    refused = end_of(prepare_import(workspace, ask(path, COLUMNS), threading.Event()))
    assert isinstance(refused, Refused)
    assert refused.error.code == "source_empty"
    assert (content(workspace.path), log_of(workspace.path)) == (before, [])
    assert resumable(workspace) == ()


def test_a_file_name_that_is_no_text_is_logged_with_stand_ins(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "\udcc7\udcd1.csv"
    path.write_text("memberId,unsubscribeEmail,unsubscribeTexting\nm1,true,true\n")
    prepared = prepare(workspace, ask(path, ("memberId", "unsubscribeEmail", "unsubscribeTexting")))
    assert resumable(workspace) == (prepared,)
    apply(workspace, prepared)
    assert imports.get_import(workspace, prepared.import_id).file_name == "??.csv"


# -- R38: failed rows


def test_r38_failed_rows_are_kept_for_thirty_days_and_then_gone_for_good(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    applied = members(workspace, tmp_path, COLUMNS, GOOD, ("m2", "verybad", "true", "true"))
    report = tmp_path / "failed.xlsx"
    clock.move(days=30, seconds=-1)
    imports.tidy(workspace)
    (row,) = imports.failures(workspace, applied.import_id)
    assert (row.row_number, row.cells) == (3, ("m2", "verybad", "true", "true"))
    imports.save_failed_rows(workspace, applied.import_id, report, in_words)
    report.unlink()
    clock.move(seconds=1)
    assert imports.failures(workspace, applied.import_id) == ()
    with pytest.raises(NotFound, match="failed_rows_expired"):
        imports.save_failed_rows(workspace, applied.import_id, report, in_words)
    assert not report.exists()
    imports.tidy(workspace)
    assert one(workspace.path, "SELECT count(*) FROM import_failure") == 0
    workspace.close()
    assert not workspace.path.with_name("crm.db-wal").exists()
    assert b"verybad" not in workspace.path.read_bytes()  # secure_delete
    assert imports.get_import(workspace, applied.import_id).numbers == applied.numbers


def test_r38_failed_rows_are_mended_and_imported_again_as_they_are(workspace: Workspace, tmp_path: Path) -> None:
    import openpyxl

    columns = ("profile.email", "memberId", *COLUMNS[2:])
    path = file_of(tmp_path, columns, ("bad", "m1", "true", "false"), ("b@x.kr", "m2", "maybe", "true"))
    applied = run(workspace, ask(path, columns))
    report = tmp_path / "failed.xlsx"
    imports.save_failed_rows(workspace, applied.import_id, report, in_words)
    book = openpyxl.load_workbook(report)
    (sheet,) = book
    assert [[cell.value for cell in line] for line in sheet] == [
        ["rowNumber", "errorColumns", "errorReasons", *columns],
        ["2", "profile.email", "profile.email: email_invalid", "bad", "m1", "true", "false"],
        ["3", "unsubscribeEmail", "unsubscribeEmail: boolean_invalid", "b@x.kr", "m2", "maybe", "true"],
    ]
    sheet["D2"], sheet["F3"] = "a@x.kr", "false"
    book.save(report)
    proposals = imports.propose_columns(workspace, open_source(report), Target.MEMBER)
    assert [proposal.field for proposal in proposals] == [None, None, None, *columns]
    again = run(workspace, ask(report, [proposal.field for proposal in proposals]))
    assert again.numbers == ImportNumbers(rows=2, customers=2, created=2)
    with pytest.raises(NotFound, match="failed_rows_none"):
        imports.save_failed_rows(workspace, again.import_id, report, in_words)


def test_r38_there_is_no_report_of_an_import_that_was_not_applied(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, BAD), COLUMNS))
    drop_import(workspace, prepared)
    with pytest.raises(NotFound, match="failed_rows_none"):
        imports.save_failed_rows(workspace, prepared.import_id, tmp_path / "failed.xlsx", in_words)


def test_failed_rows_hold_text_that_no_database_takes(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes('memberId,tags,unsubscribeEmail,unsubscribeTexting\nm1,["\U0001f600."],maybe,\x07\n'.encode())
    applied = run(workspace, ask(path, ("memberId", "tags", "unsubscribeEmail", "unsubscribeTexting")))
    (row,) = imports.failures(workspace, applied.import_id)
    assert row.cells[2:] == ("maybe", "\x07")


# -- R22: the mapping of last time


def test_r22_the_mapping_of_the_last_applied_import_of_the_same_headers_is_proposed_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = file_of(tmp_path, ["id", "note", "이름", "a", "b"], ["m1", "x", "y", "true", "true"])
    mapping = ("memberId", "profile.name", None, *COLUMNS[2:])
    drop_import(workspace, prepare(workspace, ask(path, ("memberId", None, "profile.name", *COLUMNS[2:]))))
    assert [one.field for one in imports.propose_columns(workspace, open_source(path), Target.MEMBER)] != [*mapping]
    run(workspace, ask(path, mapping))
    shuffled = file_of(tmp_path, ["b", "이름", "id", "note", "a"], ["true", "y", "m1", "x", "true"], name="other.csv")
    proposed = imports.propose_columns(workspace, open_source(shuffled), Target.MEMBER)
    assert [one.field for one in proposed] == [
        "unsubscribeTexting",
        None,
        "memberId",
        "profile.name",
        "unsubscribeEmail",
    ]
    as_lead = imports.propose_columns(workspace, open_source(shuffled), Target.LEAD)
    assert "memberId" not in [one.field for one in as_lead]


# -- dropping


def test_a_prepared_import_that_is_being_applied_cannot_be_dropped(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    applying = apply_import(workspace, prepared, threading.Event())
    next(applying)
    from crm_tui.services.errors import ImportRunning

    with pytest.raises(ImportRunning):
        drop_import(workspace, prepared)
    assert isinstance(end_of(applying), Applied)


def test_cancelled_while_it_waits_is_cancelled_for_good(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    cancel = threading.Event()
    cancel.set()
    assert end_of(apply_import(workspace, prepared, cancel)) == Cancelled(prepared.import_id)
    assert [state for state, _ in log_of(workspace.path)] == ["cancelled"]
    assert sql(workspace.path, "SELECT * FROM customer") == []
    assert not prepared.scratch.exists()
