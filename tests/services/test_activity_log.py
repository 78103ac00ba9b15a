"""The activity log as it is read (R52): which lines, whether they are as they were written, and as a file."""

import csv
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.core.permissions import Permission
from crm_tui.i18n.activity import describe_activity
from crm_tui.services import activity_log as log
from crm_tui.services import blocking, deleting, fields
from crm_tui.services.activity import RECORDED, ActivityKind, history, record
from crm_tui.services.activity_log import ActivityFilter, Broken, Fault, Verified
from crm_tui.services.errors import Cancelled, DatabaseError, Forbidden, OutputError
from crm_tui.services.selection import Selection
from crm_tui.services.tagging import change_tags, delete_tag
from crm_tui.services.workspace import Workspace, open_workspace
from storage.dialects.sqlite import load_driver
from tests.services.conftest import Clock
from tests.services.kit import as_manager, members, one, sql
from tests.services.people import add, edit

DAY = 86_400_000


def fill(workspace: Workspace, clock: Clock) -> int:
    """Do seven things as three managers, a day apart; return the moment of the first."""
    begun = clock.now
    lee, other = as_manager(workspace, "lee"), as_manager(workspace, "somebody else")
    todo: tuple[Callable[[], object], ...] = (
        lambda: add(workspace, email="kim@example.com", name="김민준"),
        lambda: add(lee, email="lee@example.com"),
        lambda: edit(lee, 1, name="Lee"),
        lambda: change_tags(workspace, Selection(query=""), add=["vip", "gold"]),
        lambda: blocking.block(other, Selection(ids=frozenset({2})), reason="rude"),
        lambda: deleting.delete(other, Selection(ids=frozenset({1})), expect=1),
        lambda: fields.add_field(workspace, "points", fields.FieldType.NUMBER, "점수"),
    )
    for do in todo:
        do()
        clock.move(days=1)
    return begun


# -- which lines --------------------------------------------------------------------------------------------------


def test_r52_the_log_says_when_who_what_and_on_whom_the_newest_first(workspace: Workspace, clock: Clock) -> None:
    begun = fill(workspace, clock)
    lines = log.list_activity(workspace)
    assert [(line.id, (line.at - begun) // DAY, line.manager, line.kind, line.customer_ids) for line in lines] == [
        (7, 6, "kim", ActivityKind.FIELD_ADDED, ()),
        (6, 5, "somebody else", ActivityKind.DELETED, (1,)),
        (5, 4, "somebody else", ActivityKind.BLOCKED, (2,)),
        (4, 3, "kim", ActivityKind.TAGS_ADDED, (1, 2)),
        (3, 2, "lee", ActivityKind.CUSTOMER_EDITED, (1,)),
        (2, 1, "lee", ActivityKind.CUSTOMER_ADDED, (2,)),
        (1, 0, "kim", ActivityKind.CUSTOMER_ADDED, (1,)),
    ]
    assert [line.customers for line in lines] == [0, 1, 1, 2, 1, 1, 1]
    assert lines[3].details == {"tags": [1, 2], "names": ("vip", "gold"), "count": 2, "left_out": 0}
    assert tuple(log.each_line(workspace)) == lines
    assert log.newest_line(workspace) == 7
    assert log.activity_words(workspace) == (
        ("kim", "lee", "somebody else"),
        tuple(kind for kind in ActivityKind if kind in {line.kind for line in lines}),
    )


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"manager": "lee"}, [3, 2]),
        ({"manager": "nobody"}, []),
        ({"manager": "' OR 1=1"}, []),
        ({"kind": ActivityKind.CUSTOMER_ADDED}, [2, 1]),
        ({"kind": ActivityKind.CUSTOMER_ADDED, "manager": "kim"}, [1]),
        ({"since": 2 * DAY, "until": 4 * DAY}, [4, 3]),
        ({"since": 10**30}, []),
        ({"until": -(10**30)}, []),
        ({"customer": 1}, [6, 4, 3, 1]),
        ({"customer": 1, "manager": "kim"}, [4, 1]),
        ({"customer": 2**70}, []),
    ],
)
def test_r52_the_log_is_filtered_by_manager_kind_time_and_customer(
    workspace: Workspace, clock: Clock, asked: dict[str, Any], ids: list[int]
) -> None:
    begun = fill(workspace, clock)
    wanted = ActivityFilter(**asked)
    wanted = replace(
        wanted,
        since=None if wanted.since is None else wanted.since + begun,
        until=None if wanted.until is None else wanted.until + begun,
    )
    assert [line.id for line in log.list_activity(workspace, wanted)] == ids
    assert log.count_activity(workspace, wanted) == len(ids)


def test_lines_come_in_pages_and_a_line_names_a_hundred_customers_at_most(workspace: Workspace, clock: Clock) -> None:
    fill(workspace, clock)
    with workspace.transaction(None) as connection:
        record(connection, workspace, ActivityKind.EXPORTED, range(1, 251), count=250)
    newest, *_ = lines = log.list_activity(workspace)
    assert (newest.customers, newest.customer_ids) == (250, tuple(range(1, 101)))
    assert log.list_activity(workspace, limit=3) == lines[:3]
    assert log.list_activity(workspace, limit=3, before=6) == lines[3:6]
    assert log.list_activity(workspace, limit=-1) == lines
    assert log.list_activity(workspace, limit=2**70) == lines
    assert tuple(log.each_line(workspace, limit=2**70)) == lines


def test_r44_what_was_done_to_a_lead_is_in_the_history_of_the_member_whom_it_went_into(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId",), ("M1",))
    clock.move(days=1)
    for lead in (7, 8):
        with workspace.transaction(None) as connection:
            record(connection, workspace, ActivityKind.CONSENT_SET, [lead], fields=["unsubscribeEmail"], count=1)
    sql(
        database,
        "INSERT INTO unification (lead_id, member_id, at, manager, occasion, contact, candidates, choices) "
        "VALUES (7, 2, 0, 'kim', 'edit', 'profile.email', '[]', '{}')",
    )
    with workspace.transaction(None) as connection:
        record(connection, workspace, ActivityKind.UNIFIED, [2, 7], occasion="edit", count=1)
    assert [line.kind for line in history(workspace, 2)][:2] == [ActivityKind.UNIFIED, ActivityKind.CONSENT_SET]
    assert [line.kind for line in history(workspace, 2)].count(ActivityKind.UNIFIED) == 1
    kinds = [line.kind for line in log.list_activity(workspace, ActivityFilter(customer=2))]
    assert kinds == [ActivityKind.UNIFIED, ActivityKind.CONSENT_SET, ActivityKind.IMPORT_APPLIED]


def test_r52_no_line_of_the_log_holds_a_value_of_a_customer(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    secrets = (
        "김민준",
        "kim@",
        "lee@",
        "+8210",
        "01011112222",
        "vip",
        "gold",
        "rude",
        "Lee",
        "M-77",
        "서울",
        "5월 비밀",
    )
    fill(workspace, clock)
    columns = ("memberId", "profile.email", "profile.mobileNumber", "profile.name", "tags")
    row = ("M-77", "kim@x.com", "+82 010-1111-2222", "김민준", '["vip"]')
    members(workspace, tmp_path, columns, row, ("M-78", "bad", "", "", ""), tag="5월 비밀")
    edit(
        workspace,
        one(database, "SELECT id FROM customer WHERE member_id = 'M-77'"),
        description="서울",
        mobileNumber="+82 010-1111-3333",
    )
    delete_tag(workspace, "gold", with_customers=True)
    with pytest.raises(Forbidden):
        as_manager(workspace, "nobody").transaction(Permission.EDIT).__enter__()
    logged = json.dumps(sql(database, "SELECT * FROM activity"), ensure_ascii=False)
    assert [value for value in secrets if value in logged] == []
    assert len(log.list_activity(workspace)) > 8
    known = {name for line in log.list_activity(workspace) for name in line.details}
    assert known <= {
        *("tags", "names", "count", "left_out", "fields", "field", "failed_rows", "prepared_imports", "copies"),
        *("import", "created", "updated", "failed", "unified", "unify_pending", "permission"),
    }


def test_r51_the_log_is_for_those_who_may_see_it_and_a_refusal_is_a_line_of_it(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    sql(database, "INSERT INTO manager (name, role_id, added_at) SELECT 'park', id, 0 FROM role WHERE code = 'basic'")
    park = as_manager(workspace, "park")
    todo: tuple[Callable[[Workspace], object], ...] = (
        log.list_activity,
        log.count_activity,
        log.newest_line,
        log.activity_words,
        log.verify,
        log.take_out,
        lambda workspace: next(log.each_line(workspace)),
        lambda workspace: log.write_csv(workspace, tmp_path / "log.csv", str),
    )
    for do in todo:
        with pytest.raises(Forbidden) as refused:
            do(park)
        assert refused.value.params["permission"] == "see_activity"
    (line,) = log.list_activity(workspace)
    assert (line.manager, line.kind, line.details) == ("park", ActivityKind.REFUSED, {"permission": "see_activity"})
    assert not (tmp_path / "log.csv").exists()


# -- checking -----------------------------------------------------------------------------------------------------


def test_r52_a_log_that_nobody_touched_is_verified(workspace: Workspace, clock: Clock) -> None:
    assert log.verify(workspace) == Verified(0)
    fill(workspace, clock)
    assert log.verify(workspace) == Verified(7)


CUT_OFF = (
    "DELETE FROM activity WHERE id = 7; "
    "UPDATE activity_head SET last_id = 6, hash = (SELECT hash FROM activity WHERE id = 6)"
)
CHANGED, REMOVED, INSERTED = Fault.CHANGED, Fault.REMOVED, Fault.INSERTED
ADD = "INSERT INTO activity (id, at, manager, kind, details, hash) SELECT {}, at, manager, kind, details, hash FROM activity WHERE id = 7"


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE activity SET manager = 'lee' WHERE id = 1", (1, CHANGED)),
        ("UPDATE activity SET at = at + 1 WHERE id = 3", (3, CHANGED)),
        ("UPDATE activity SET kind = 'exported' WHERE id = 7", (7, CHANGED)),
        ("UPDATE activity SET details = '{}' WHERE id = 6", (6, CHANGED)),
        ("UPDATE activity SET details = X'ff' WHERE id = 6", (6, CHANGED)),
        ("UPDATE activity SET details = CAST(X'ff' AS TEXT) WHERE id = 6", (6, CHANGED)),
        ("UPDATE activity SET hash = '' WHERE id = 4", (4, CHANGED)),
        ("DELETE FROM activity WHERE id = 1", (1, REMOVED)),
        ("DELETE FROM activity WHERE id IN (4, 5)", (4, REMOVED)),
        ("DELETE FROM activity WHERE id = 7", (7, REMOVED)),
        ("DELETE FROM activity", (1, REMOVED)),
        ("DELETE FROM activity WHERE id = 4; UPDATE activity SET id = id - 1 WHERE id > 4", (4, CHANGED)),
        (ADD.format(8), (8, INSERTED)),
        (ADD.format(99), (99, INSERTED)),
        (ADD.format(0), (0, INSERTED)),
        (ADD.format(-5), (-5, INSERTED)),
        ("UPDATE activity_customer SET customer_id = 9 WHERE activity_id = 4 AND customer_id = 1", (4, CHANGED)),
        ("DELETE FROM activity_customer WHERE activity_id = 2", (2, CHANGED)),
        ("INSERT INTO activity_customer VALUES (5, 7)", (7, CHANGED)),
        ("INSERT INTO activity_customer VALUES ('x', 5)", (5, CHANGED)),
        ("INSERT INTO activity_customer VALUES (5, 8)", (8, INSERTED)),
        ("INSERT INTO activity_customer VALUES (5, 0)", (1, CHANGED)),
        ("DELETE FROM activity_head", (1, CHANGED)),
        ("INSERT INTO activity_head VALUES (2, 7, '')", (1, CHANGED)),
        ("UPDATE activity_head SET hash = 'x'", (7, CHANGED)),
        ("UPDATE activity_head SET last_id = 6", (7, INSERTED)),
        ("UPDATE activity_head SET last_id = 8", (8, REMOVED)),
        ("UPDATE activity_head SET last_id = 'x'", (1, CHANGED)),
        ("UPDATE activity SET customers = 9 WHERE id = 4", (4, CHANGED)),
        (CUT_OFF, (7, REMOVED)),
    ],
)
def test_r52_a_line_that_was_changed_removed_or_inserted_is_found(
    workspace: Workspace, database: Path, clock: Clock, statement: str, broken: tuple[int, Fault]
) -> None:
    fill(workspace, clock)
    connection = sqlite3.connect(database)
    connection.executescript(statement)
    connection.close()
    assert log.verify(workspace) == Broken(*broken)
    # What is left can still be read.
    log.list_activity(workspace)
    log.activity_words(workspace)


ODD = (
    *('{"tags":[[1]]}', '{"tags":[{}]}', '{"tags":3}', '{"names":["a"]}', '{"names":3,"tags":[]}', '{"fields":[[1]]}'),
    *(
        '{"field":{}}',
        '{"limit":[]}',
        '{"tags":[99999999999999999999999]}',
        "[" * 100_000,
        '{"count":1e999}',
        "no JSON",
    ),
    *('{"by":"\\ud800"}', "[]", "1" * 5000),
)


@pytest.mark.parametrize("details", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("kind", ["customer_edited", "tags_added", "from_tomorrow"])
def test_r52_one_odd_line_keeps_nobody_from_reading_the_log(
    workspace: Workspace, database: Path, tmp_path: Path, kind: str, details: str
) -> None:
    customer = add(workspace, email="kim@example.com")
    sql(database, "UPDATE activity SET kind = ?, details = ?", kind, details)
    said = [describe_activity(line.kind, line.details, {}) for line in history(workspace, customer.id)]
    assert len(said) == 2
    assert [json.loads(log.csv_cells(line, "")[-1]) for line in log.list_activity(workspace)]
    written = log.write_csv(
        workspace, tmp_path / "log.csv", lambda line: describe_activity(line.kind, line.details, {})
    )
    assert written == 1


@pytest.mark.parametrize("damage", ["DELETE FROM activity_head", "UPDATE activity_head SET hash = 'x'", CUT_OFF[:35]])
def test_r52_nothing_more_is_written_behind_a_log_whose_end_was_changed(
    workspace: Workspace, database: Path, clock: Clock, damage: str
) -> None:
    fill(workspace, clock)
    sql(database, damage)
    with pytest.raises(DatabaseError, match="log_damaged"):
        edit(workspace, 2, name="Lee")
    assert one(database, "SELECT name FROM customer WHERE id = 2") is None


def test_r51_a_stranger_who_opens_the_database_is_a_line_of_the_log(workspace: Workspace, database: Path) -> None:
    with pytest.raises(Forbidden, match="manager_unknown"):
        open_workspace(str(database), manager="stranger")
    (line,) = log.list_activity(workspace)
    assert (line.manager, line.kind, line.details) == ("stranger", ActivityKind.REFUSED, {"permission": "enter"})


TABLES = ("activity", "activity_customer", "activity_head")
COLUMNS = {
    "activity": ("id", "at", "manager", "kind", "details", "hash"),
    "activity_customer": ("customer_id", "activity_id"),
    "activity_head": ("last_id", "hash"),
}
VALUES = st.one_of(
    st.integers(-3, 12),
    st.sampled_from(["kim", "lee", "", "{}", "[]", "deleted", '{"count":1}']),
    st.binary(max_size=3),
)
PLACES = st.sampled_from([(table, column) for table in TABLES for column in COLUMNS[table]])
TAMPERINGS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), PLACES, st.integers(0, 9), VALUES),
        st.tuples(st.just("delete"), PLACES, st.integers(0, 9), st.none()),
        st.tuples(st.just("copy"), PLACES, st.integers(0, 9), st.integers(-3, 12)),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def filled(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Any]]:
    """A database with a log of seven lines, as the program and as somebody else has it open."""
    path = tmp_path_factory.mktemp("filled") / "crm.db"
    shutil.copy2(empty_database, path)
    workspace = open_workspace(str(path), manager="kim")
    for number in range(3):
        add(workspace, email=f"a{number}@example.com")
    change_tags(workspace, Selection(query=""), add=["vip"])
    blocking.block(workspace, Selection(ids=frozenset({1, 2})), reason="")
    for number in (1, 2):
        edit(workspace, 3, name=str(number))
    raw = load_driver().connect(str(path), isolation_level=None)
    raw.execute("PRAGMA synchronous = OFF")
    yield workspace, raw
    raw.close()
    workspace.close()


@settings(deadline=None, max_examples=100)
@given(tamperings=TAMPERINGS)
def test_r52_whatever_is_done_to_the_log_behind_the_programs_back_is_found(
    filled: tuple[Workspace, Any], tamperings: list[tuple[str, tuple[str, str], int, Any]]
) -> None:
    workspace, raw = filled
    before = logged(raw)
    try:
        raw.execute("BEGIN")
        for what, (table, column), number, value in tamperings:
            tamper(raw, what, table, column, number, value)
        raw.execute("COMMIT")
        assert isinstance(log.verify(workspace), Verified) is (logged(raw) == before)
        log.list_activity(workspace)
    finally:
        raw.execute("BEGIN")
        for table, rows in before.items():
            raw.execute(f"DELETE FROM {table}")
            raw.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        raw.execute("COMMIT")


def logged(raw: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the log is."""
    found = {table: raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
    return found | {"sqlite_sequence": raw.execute("SELECT * FROM sqlite_sequence ORDER BY 1").fetchall()}


def tamper(raw: Any, what: str, table: str, column: str, number: int, value: Any) -> None:
    """Change, remove or add a row; what a constraint refuses is left alone."""
    rows = raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
    if not rows:
        return
    names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    row = rows[number % len(rows)]
    where = " AND ".join(f"{name} IS ?" for name in names)
    try:
        if what == "set":
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *row))
        elif what == "delete":
            raw.execute(f"DELETE FROM {table} WHERE {where}", row)
        else:
            copied = dict(zip(names, row, strict=True)) | {"activity_id" if "activity_id" in names else "id": value}
            places = ", ".join("?" * len(copied))
            raw.execute(f"INSERT INTO {table} ({', '.join(copied)}) VALUES ({places})", tuple(copied.values()))
    except (load_driver().IntegrityError, load_driver().OperationalError):
        return


def test_checking_tells_how_far_it_is_and_can_be_cancelled(workspace: Workspace, database: Path) -> None:
    with workspace.transaction(None) as connection:
        for _ in range(2500):
            record(connection, workspace, ActivityKind.SEGMENT_SAVED)
    told: list[tuple[int, int]] = []
    assert log.verify(workspace, told=lambda done, total: told.append((done, total))) == Verified(2500)
    assert told == [(1000, 2500), (2000, 2500)]
    stop = threading.Event()
    with pytest.raises(Cancelled):
        log.verify(workspace, stop, lambda done, total: stop.set())


# -- as a file ----------------------------------------------------------------------------------------------------


def test_r52_the_log_as_csv_is_guarded_and_leaves_a_line_itself(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    fill(workspace, clock)
    evil = as_manager(workspace, "=cmd|'/c calc'!A0")
    with evil.transaction(None) as connection:
        record(connection, evil, ActivityKind.FIELD_ADDED, field="profile.points")
    path = tmp_path / "log.csv"
    assert log.write_csv(workspace, path, lambda line: f"did {line.kind}") == 8
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, newest, *others = list(csv.reader(file))
    assert tuple(header) == log.CSV_COLUMNS
    assert newest[2] == "\t=cmd|'/c calc'!A0"
    assert [row[0] for row in others] == ["7", "6", "5", "4", "3", "2", "1"]
    assert others[3][:7] == ["4", "2025-06-18T15:06:40.000Z", "kim", "tags_added", "did tags_added", "2", "\t1 2"]
    assert json.loads(others[3][7]) == {"tags": [1, 2], "count": 2, "left_out": 0}
    assert path.stat().st_mode & 0o777 == 0o600
    line = log.list_activity(workspace)[0]
    assert (line.kind, line.details, line.customers) == (ActivityKind.LOG_EXPORTED, {"lines": 8}, 0)
    assert log.write_csv(workspace, path, str, ActivityFilter(manager="lee")) == 2


def test_a_log_that_cannot_be_written_leaves_no_file_and_a_cancelled_one_neither(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    fill(workspace, clock)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        log.write_csv(workspace, tmp_path / "log.csv", str, stop=stop)
    with pytest.raises(OutputError):
        log.write_csv(workspace, tmp_path / "nowhere" / "log.csv", str)
    assert not list(tmp_path.glob("*.csv"))


def test_r51_who_may_see_the_log_but_not_download_gets_no_file(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    sql(
        database,
        "INSERT INTO role (key, name, permissions) VALUES ('auditor', 'auditor', '[\"see_activity\",\"see_contacts\"]')",
    )
    sql(database, "INSERT INTO manager (name, role_id, added_at) SELECT 'park', id, 0 FROM role WHERE key = 'auditor'")
    park = as_manager(workspace, "park")
    assert log.list_activity(park) == ()
    with pytest.raises(Forbidden) as refused:
        log.write_csv(park, tmp_path / "log.csv", str)
    assert refused.value.params["permission"] == "download_data"
    assert not (tmp_path / "log.csv").exists()
    assert one(database, "SELECT count(*) FROM activity WHERE kind = 'log_exported'") == 0


def test_a_kind_of_the_history_is_none_of_the_log() -> None:
    assert set(ActivityKind) - set(RECORDED) == {ActivityKind.CREATED, ActivityKind.IMPORTED}
