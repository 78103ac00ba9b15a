"""Deleting (R48, R49): nothing of a person stays in any file, and nothing of anybody else goes."""

import json
import random
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_tui import config
from crm_tui.core.fields import EMAIL, FieldType
from crm_tui.core.talk import Direction
from crm_tui.core.vocabulary import ImportState, LeadKey, Target
from crm_tui.services import (
    contact_list,
    conversations,
    customers,
    fields,
    indexing,
    managed,
    retention,
    visits,
    withdrawing,
)
from crm_tui.services.activity import ActivityKind
from crm_tui.services.blocking import block
from crm_tui.services.crash import log_crash
from crm_tui.services.deleting import MAX_NAMED, Deleted, delete
from crm_tui.services.errors import Cancelled, NotFound, UsageError
from crm_tui.services.importing.engine import apply_import
from crm_tui.services.importing.events import Changed, Refused
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.importing.source import open_source
from crm_tui.services.imports import failures, tidy
from crm_tui.services.selection import Selection
from crm_tui.services.visits import Boot, Visited
from crm_tui.services.workspace import Workspace, open_workspace
from storage import value_indexes
from tests.services.conftest import Clock
from tests.services.kit import ask, content, end_of, file_of, log_of, members, one, prepare, sql, terms
from tests.services.people import add, edit

ALL = Selection(query="")
PERSON = {
    "email": "Secret.Person@example.com",
    "mobileNumber": "+82 010-9182-7364",
    "name": "남궁비밀",
    "description": "사적인 메모",
}
TRACES = ("secret.person", "9182-7364", "91827364", "남궁비밀", "사적인 메모")
"""By which the person would be found again, whatever the spelling."""
MARK = "\ue000"
"""Around every syllable in the text index, which keeps three characters at a time."""
INDEXED = {*(MARK + one + MARK for one in "남궁비밀"), "sec", "ret", "918", "364"}
"""Of what it holds of the person; nobody else in these tests has any of it."""


SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구"


def ids(*some: int) -> Selection:
    return Selection(ids=frozenset(some))


def traces(database: Path) -> list[tuple[str, str]]:
    """Return the traces in all files of the database's and the program's folders, as UTF-8 and as JSON escapes."""
    found = []
    for folder in (database.parent, config.state_folder()):
        for path in filter(Path.is_file, folder.rglob("*")):
            text = path.read_bytes().lower()
            for trace in TRACES:
                escaped = json.dumps(trace)[1:-1]
                if any(form.lower().encode() in text for form in (trace, escaped)):
                    found.append((path.name, trace))
            found += [(path.name, one) for one in "남궁비밀" if (MARK + one).encode() in text]
    return found


def test_r49_nothing_of_a_deleted_person_stays_in_any_file(workspace: Workspace, database: Path) -> None:
    for number in range(50):
        add(workspace, email=f"other{number}@example.com", name=f"이웃{number}")
    customer = add(workspace, **PERSON)
    edit(workspace, customer.id, memberId="M-비밀", tags='["vip"]')
    block(workspace, ids(customer.id), "사적인 메모")
    assert {trace for _, trace in traces(database)} == set(TRACES) - {"9182-7364"}
    assert delete(workspace, ids(customer.id)) == Deleted(1, 0, 0, 0)
    assert traces(database) == []
    assert contact_list.count(workspace).total == 50
    with pytest.raises(NotFound):
        customers.get(workspace, customer.id)


def test_r49_copies_that_sqlite_leaves_where_rows_moved_are_overwritten(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    chance = random.Random(49)
    marks = [f"q{chance.getrandbits(64):016x}z" for _ in range(12_000)]
    rows = [(mark, f"{chance.choice(SURNAMES)}N{mark}", f"{mark}@example.com") for mark in marks]
    members(workspace, tmp_path, ("memberId", "name", "email"), *rows)
    indexing.run(workspace)
    assert MARK.encode() in database.read_bytes()
    found = dict(sql(database, "SELECT member_id, id FROM customer"))
    delete(workspace, Selection(ids=frozenset(found[mark] for mark in marks[::2])))
    left = {mark.decode() for mark in re.findall(rb"q[0-9a-f]{16}z", database.read_bytes())}
    assert left == set(marks[1::2])
    assert MARK.encode() not in database.read_bytes()  # no page of the text index, in use or not
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]


def test_r49_every_table_that_knows_customers_forgets_them(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId", "tags"), ("M1", '["a","b"]'), ("M2", '["a"]'), tag="5월")
    gone, stays = (row[0] for row in sql(database, "SELECT id FROM customer ORDER BY member_id"))
    for customer in (gone, stays):
        conversations.write_call(workspace, customer, Direction.IN)
    delete(workspace, ids(gone))
    tables = [
        name
        for (name,) in sql(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if "customer_id" in {column[1] for column in sql(database, f"PRAGMA table_info({name})")}
    ]
    assert {"customer_tag", "customer_import_tag", "activity_customer", "timeline_entry"} <= set(tables)
    assert one(database, "SELECT count(*) FROM search_stale") == 0
    for table in set(tables) - {"activity_customer", "search_stale"}:
        assert one(database, f"SELECT count(*) FROM {table} WHERE customer_id = ?", gone) == 0
        assert one(database, f"SELECT count(*) FROM {table}") > 0
    assert sql(database, "SELECT name FROM tag ORDER BY 1") == [("a",), ("b",)]


@pytest.mark.parametrize("side", ["lead", "member"])
def test_r49_no_link_to_a_deleted_customer_stays(workspace: Workspace, database: Path, side: str) -> None:
    gone, stays, earlier = (add(workspace, email=f"{number}@example.com").id for number in range(3))
    lead, member = (gone, stays) if side == "lead" else (stays, gone)
    sql(
        database,
        "INSERT INTO pending_unification (lead_id, member_id, contact, candidates, since, manager) "
        "VALUES (?, ?, 'profile.email', '[]', 0, 'kim')",
        lead,
        member,
    )
    sql(
        database,
        "INSERT INTO unification (lead_id, member_id, at, manager, occasion, contact, candidates, choices) "
        "VALUES (?, ?, 0, 'kim', 'edit', 'profile.email', '[]', '{}')",
        earlier + 1,
        gone,
    )
    delete(workspace, ids(gone))
    assert one(database, "SELECT count(*) FROM pending_unification") == 0
    assert one(database, "SELECT count(*) FROM unification") == 0
    assert customers.get(workspace, stays).pending == ()


def test_r52_the_log_keeps_ids_and_numbers(workspace: Workspace, database: Path) -> None:
    for number in range(3):
        add(workspace, email=f"{number}@example.com")
    before = customers.revision(workspace)
    delete(workspace, ids(1, 3))
    kind, details = sql(database, "SELECT kind, details FROM activity ORDER BY id DESC LIMIT 1")[0]
    assert kind == ActivityKind.DELETED
    assert json.loads(details) == {"count": 2, "failed_rows": 0, "prepared_imports": 0, "copies": 0}
    assert sql(database, "SELECT customer_id FROM activity_customer WHERE activity_id = 4") == [(1,), (3,)]
    assert customers.revision(workspace) > before


def test_an_id_is_never_used_again(workspace: Workspace) -> None:
    last = add(workspace, email="a@example.com").id
    delete(workspace, ids(last))
    assert add(workspace, email="a@example.com").id > last


def test_r48_all_that_a_search_or_an_import_tag_finds_goes_and_nobody_else(
    workspace: Workspace, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId",), *((f"M{number}",) for number in range(1, 6)), tag="잘못된 파일")
    members(workspace, tmp_path, ("memberId",), ("M9",), tag="6월")
    block(workspace, Selection(ids=frozenset({2})))
    wrong = Selection(query='import:"잘못된 파일"', without=frozenset({3}))
    assert delete(workspace, wrong).customers == 3
    assert delete(workspace, wrong) == Deleted(0, 0, 0, 0)
    assert [customer.member_id for customer in contact_list.every(workspace)] == ["M9", "M2"]
    assert delete(workspace, replace(wrong, blocked=True)).customers == 1


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_r48_with_another_number_than_the_manager_was_told_nothing_is_deleted(
    workspace: Workspace, database: Path, expected: int
) -> None:
    for number in range(2):
        add(workspace, email=f"{number}@example.com")
    before = content(database)
    with pytest.raises(UsageError, match="count_changed") as raised:
        delete(workspace, ALL, expect=expected)
    assert raised.value.params == {"expected": expected, "found": 2}
    assert content(database) == before
    assert delete(workspace, ALL, expect=2).customers == 2


def test_a_deletion_that_is_stopped_deletes_nothing(workspace: Workspace, database: Path) -> None:
    add(workspace, **PERSON)
    before = content(database)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled, match="cancelled"):
        delete(workspace, ALL, stop=stop)
    assert content(database) == before
    assert one(database, "SELECT count(*) FROM activity WHERE kind = 'deleted'") == 0
    assert delete(workspace, ALL, stop=threading.Event()).customers == 1


def test_a_long_statement_is_stopped_in_its_midst(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    members(workspace, tmp_path, ("memberId",), *((f"M{number}",) for number in range(3000)))

    class SoonSet(threading.Event):
        """Not set at first: the database is asked only while a statement runs."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 1

    stop = SoonSet()
    with pytest.raises(Cancelled):
        delete(workspace, ALL, stop=stop)
    assert stop.asked > 1
    assert contact_list.count(workspace).total == 3000


FAILED_ROWS = [
    ("M1", "kim@example.com", "+82 010-2020-3030", "?"),
    (" M1 ", "x", "", "false"),
    ("M9", "KIM@EXAMPLE.COM", "", "?"),
    ("M9", "", "010-2020-3030", "false"),
    ("M9", "", "+82 10.2020.3030", "?"),
    ("m1", "lee@example.com", "+82 010-2020-3031", "?"),
    ("", "", "", ""),
]


def test_r49_r38_failed_rows_that_hold_a_deleted_customer_go_with_them(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    columns = ("memberId", "email", "mobileNumber", "unsubscribeEmail", "unsubscribeTexting")
    person = ("M1", "kim@example.com", "+82 010-2020-3030", "false", "false")
    ended = members(workspace, tmp_path, columns, person, *((*row, "false") for row in FAILED_ROWS))
    assert ended.numbers.failed == 7
    deleted = delete(workspace, Selection(query="member:yes"))
    assert deleted == Deleted(1, 5, 0, 0)
    assert [row.row_number for row in failures(workspace, ended.import_id)] == [8, 9]
    assert log_of(database)[0][1]["failed"] == 7


def test_r49_failed_rows_of_others_are_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, email="kim@example.com")
    ended = members(workspace, tmp_path, ("memberId", "description", "unsubscribeEmail"), ("1", "kim@example.com", "?"))
    assert delete(workspace, ALL).failed_rows == 0
    assert len(failures(workspace, ended.import_id)) == 1


def by_hand(workspace: Workspace, _: Path, person: int) -> None:
    delete(workspace, ids(person))


def in_bulk(workspace: Workspace, _: Path, __: int) -> None:
    delete(workspace, Selection(query="남궁비밀"))


def by_a_file_of_withdrawals(workspace: Workspace, folder: Path, _: int) -> None:
    path = file_of(folder, ("email",), ("secret.person@example.com",), name="탈퇴.csv")
    withdrawing.apply(workspace, withdrawing.prepare(workspace, open_source(path), 0, EMAIL))


def by_retention(workspace: Workspace, _: Path, person: int) -> None:
    sql(workspace.path, "UPDATE customer SET last_seen_at = 0 WHERE id = ?", person)
    retention.apply(workspace, retention.look(workspace, 400))


def while_hidden(workspace: Workspace, _: Path, person: int) -> None:
    sql(workspace.path, "UPDATE customer SET last_seen_at = 0 WHERE id = ?", person)
    managed.set_limit(workspace, 4)
    assert managed.managed(workspace).hidden == 1
    delete(workspace, ids(person))


def while_blocked(workspace: Workspace, _: Path, person: int) -> None:
    block(workspace, ids(person))
    delete(workspace, replace(ALL, blocked=True))


def after_an_edit(workspace: Workspace, _: Path, person: int) -> None:
    edit(workspace, person, "mobileNumber", name="다른 이름", email="other@example.org")
    delete(workspace, ids(person))


def after_an_import_unified_them(workspace: Workspace, folder: Path, _: int) -> None:
    columns = ("memberId", "email", "name")
    members(workspace, folder, columns, ("M-1", "secret.person@example.com", "다른 이름"))
    delete(workspace, Selection(query="member:yes"))


def after_a_visit_unified_them(workspace: Workspace, folder: Path, person: int) -> None:
    visits.visit(workspace, Boot(customer_id=person))
    members(workspace, folder, ("memberId", "email", "name"), ("M-1", "secret.person@example.com", "다른 이름"))
    visited = visits.visit(workspace, Boot(member_id="M-1"))
    assert isinstance(visited, Visited)
    assert visited.unified == 1
    delete(workspace, ids(visited.customer.id))


@pytest.mark.parametrize(
    "leave",
    [
        by_hand,
        in_bulk,
        by_a_file_of_withdrawals,
        by_retention,
        while_hidden,
        while_blocked,
        after_an_edit,
        after_an_import_unified_them,
        after_a_visit_unified_them,
    ],
)
def test_r49_nothing_of_a_deleted_person_stays_in_an_index(
    workspace: Workspace, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: Any
) -> None:
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 1)
    fields.add_field(workspace, "city", FieldType.STRING, "도시")
    for number in range(4):
        add(workspace, email=f"other{number}@example.com", name=f"이웃{number}")
    person = add(workspace, **PERSON, city="사적인 메모").id
    indexing.run(workspace)
    assert terms(database).keys() >= INDEXED
    leave(workspace, tmp_path, person)
    assert terms(database).keys() & INDEXED == set()
    assert traces(database) == []
    indexing.run(workspace)
    assert terms(database).keys() & INDEXED == set()
    assert MARK + "웃" + MARK in terms(database)


@pytest.fixture
def waiting(workspace: Workspace, tmp_path: Path) -> tuple[Path, ...]:
    """Three prepared imports: the person is in the rows of the first and in a failed row of the second."""
    columns = ("email", "name", "unsubscribeEmail", "unsubscribeTexting")
    files = (
        [("SECRET.person@EXAMPLE.com", "x", "false", "false")],
        [("secret.person@example.com", "x", "?", "false"), ("lee@example.com", "x", "false", "false")],
        [("lee@example.com", "x", "false", "false")],
    )
    prepared = [
        prepare(
            workspace,
            ask(file_of(tmp_path, columns, *rows, name=f"{number}.csv"), columns, Target.LEAD, LeadKey.EMAIL),
        )
        for number, rows in enumerate(files)
    ]
    return tuple(one.scratch for one in prepared)


def test_r49_prepared_imports_that_hold_a_deleted_customer_are_dropped(
    workspace: Workspace, database: Path, waiting: tuple[Path, ...]
) -> None:
    add(workspace, email=PERSON["email"])
    assert "secret.person" in {trace for _, trace in traces(database)}
    assert delete(workspace, ALL) == Deleted(1, 0, 2, 0)
    assert [path.exists() for path in waiting] == [False, False, True]
    assert [state for state, _ in log_of(database)] == [ImportState.CANCELLED] * 2 + [ImportState.PLANNED]
    assert traces(database) == []
    (left,) = resumable(workspace)
    assert left.scratch == waiting[2]


def test_a_prepared_import_sees_that_customers_moved(workspace: Workspace, tmp_path: Path) -> None:
    members(workspace, tmp_path, ("memberId", "name"), ("M1", "a"), ("M2", "b"))
    columns = ("memberId", "name", "unsubscribeEmail", "unsubscribeTexting")
    path = file_of(tmp_path, columns, ("M1", "c", "false", "false"), name="again.csv")
    prepared = prepare(workspace, ask(path, columns))
    assert (prepared.numbers.created, prepared.numbers.updated) == (0, 1)
    block(workspace, Selection(query=""))
    changed = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(changed, Changed)
    assert changed.prepared.numbers.blocked_matched == 1
    delete(workspace, Selection(query="", blocked=True))
    gone = end_of(apply_import(workspace, changed.prepared, threading.Event()))
    assert isinstance(gone, Refused)
    assert gone.error.code == "prepared_gone"


def test_r49_copies_from_before_an_upgrade_go_with_the_first_deletion(workspace: Workspace, database: Path) -> None:
    add(workspace, **PERSON)
    for name in ("crm.db.before-0001", "crm.db.before-0002", "other.db.before-0001", "crm.db.mine"):
        (database.parent / name).write_bytes(b"x")
    assert delete(workspace, ids(1)).copies == 2
    assert {path.name for path in database.parent.iterdir()} >= {"other.db.before-0001", "crm.db.mine"}
    assert not list(database.parent.glob("crm.db.before-*"))


def test_a_copy_that_cannot_be_removed_is_told(workspace: Workspace, database: Path) -> None:
    add(workspace, **PERSON)
    folder = database.parent / "crm.db.before-0001"
    folder.mkdir()
    assert delete(workspace, ids(1)) == Deleted(1, 0, 0, 0, (folder,))


DYING = """
import os, signal, sys
from crm_tui.services import deleting
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace, open_workspace
keep = Workspace.transaction
def die(self, permission, **options):
    import contextlib
    @contextlib.contextmanager
    def kept():
        with keep(self, permission, **options) as connection:
            yield connection
        os.kill(os.getpid(), signal.SIGKILL)
    return kept()
Workspace.transaction = die
deleting.delete(open_workspace(sys.argv[1]), Selection(query=""))
"""
"""Dies the moment the deletion is kept."""


def test_r49_what_a_killed_deletion_had_still_to_remove_goes_at_the_next_start(
    workspace: Workspace, database: Path, waiting: tuple[Path, ...]
) -> None:
    add(workspace, **PERSON)
    copy = database.parent / "crm.db.before-0001"
    copy.write_text(PERSON["email"])
    tidy(workspace)
    assert copy.exists()
    ended = subprocess.run([sys.executable, "-c", DYING, str(database)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert contact_list.count(workspace).total == 0
    assert copy.exists()
    later = open_workspace(str(database))
    tidy(later)
    assert traces(database) == []
    assert [path.exists() for path in waiting] == [False, False, True]
    copy.write_text("another, of a later upgrade")
    tidy(later)
    assert copy.exists()
    later.close()


PEOPLE = {"email": "Kim@Example.com", "mobileNumber": "+82 010-2020-3030", "name": "Kim  Minsu"}


@pytest.mark.parametrize(
    ("line", "is_named"),
    [
        ("email:KIM@example.com", True),
        ('email:(lee@example.com, "kim@example.com")', True),
        ("email:akim@example.com", False),
        ("email:kim@example.com.kr", False),
        ("mobileNumber:010-2020-3030", True),
        ("(02)312-1234 OR 010 2020 3030", True),
        ("+821020203030", True),
        ("1020203031", False),
        ('"kim  minsu"', True),
        ("Kim", False),
        ("memberId:M-7", True),
        ("memberId:(M-7;M-8)", True),
        ("memberId:M-77", False),
        ("M-7", False),
        ("createdAt>2020-01-01", False),
    ],
)
def test_r49_segments_that_still_name_a_deleted_customer_are_told(
    workspace: Workspace, database: Path, line: str, is_named: bool
) -> None:
    edit(workspace, add(workspace, **PEOPLE).id, memberId="M-7")
    add(workspace, email="lee@example.com", name="Lee")
    sql(database, "INSERT INTO segment (key, name, line) VALUES ('s', 'S', ?), ('t', 'T', 'member:yes')", line)
    assert delete(workspace, ids(1)).segments == (("S",) if is_named else ())


def test_segments_are_not_looked_through_for_more_than_a_thousand(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId",), *((f"M{number}",) for number in range(MAX_NAMED + 2)))
    sql(database, "INSERT INTO segment (key, name, line) VALUES ('s', 'S', 'memberId:(M0, M1001)')")
    first = one(database, "SELECT id FROM customer WHERE member_id = 'M0'")
    assert delete(workspace, Selection(query="", without=frozenset({first}))).segments == ()
    assert delete(workspace, Selection(query="")).segments == ("S",)


def test_r49_a_reader_in_the_way_is_waited_for_until_the_database_is_closed(
    workspace: Workspace, database: Path
) -> None:
    add(workspace, **PERSON)
    other = open_workspace(str(database), manager="lee")
    with other.reading(None) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
        assert not delete(workspace, ids(1)).is_overwritten
        assert traces(database) != []
    workspace.close()
    assert traces(database) == []
    other.close()


def test_r49_what_could_not_be_overwritten_is_overwritten_at_the_next_start(
    workspace: Workspace, database: Path
) -> None:
    add(workspace, **PERSON)
    with workspace.reading(None) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
        delete(workspace, ids(1))
    assert one(database, "PRAGMA user_version") == 2
    later = open_workspace(str(database))
    tidy(later)
    assert one(database, "PRAGMA user_version") == 0
    assert traces(database) == []
    later.close()


def test_r38_failed_rows_whose_days_are_over_are_overwritten_too(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId", "name", "unsubscribeEmail"), ("M1", "남궁비밀", "?"))
    assert traces(database) == [("crm.db", "남궁비밀")]
    clock.move(days=31)
    tidy(workspace)
    assert traces(database) == []


def test_a_fault_of_the_database_quotes_no_customer_in_the_log_of_faults(workspace: Workspace, database: Path) -> None:
    add(workspace, **PERSON)

    def fail() -> None:
        with workspace.transaction(None) as connection:
            raw = "INSERT INTO customer (id, name, created_at, last_seen_at) VALUES (1, :name, 0, 0)"
            connection.exec_driver_sql(raw, {"name": PERSON["name"]})

    with pytest.raises(Exception, match="IntegrityError") as raised:
        fail()
    assert log_crash(raised.value) is not None
    delete(workspace, ids(1))
    assert traces(database) == []
