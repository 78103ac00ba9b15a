"""Writers and readers side by side, in processes of their own: nobody is turned away, nothing is lost or half seen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from crm_tui.services import contact_list, customers, imports
from crm_tui.services.customers import Added
from crm_tui.services.errors import DatabaseError
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from tests.services.conftest import Clock
from tests.services.kit import content, members, one, sql
from tests.storage.processes import WITHOUT_BETTER_DRIVERS, run_at_once

WRITES = 50


@contextmanager
def held(path: Path, statement: str) -> Iterator[Any]:
    """Give the connection of another program that has begun something; of our driver (see `test_migrations.other`)."""
    connection = sqlite.load_driver().connect(str(path), isolation_level=None)
    connection.execute(statement)
    try:
        yield connection
    finally:
        connection.close()


@pytest.mark.parametrize("prepare", ["", WITHOUT_BETTER_DRIVERS], ids=["best driver", "the driver of Python"])
def test_two_processes_that_write_at_once_lose_nothing_and_are_never_locked_out(database: Path, prepare: str) -> None:
    """A third one reads meanwhile and sees whole transactions: each adds one customer with one tag."""
    prepare += """
import json, sys, time
from crm_tui.services import customers
from crm_tui.services.workspace import open_workspace
"""
    script = f"""
workspace = open_workspace(sys.argv[1])
who = sys.argv[2]
if who == "reader":
    seen, until = [], time.monotonic() + 50
    while (not seen or seen[-1][0] < {2 * WRITES}) and time.monotonic() < until:
        with workspace.reading(None) as connection:
            seen.append([
                connection.exec_driver_sql(f"SELECT count(*) FROM {{table}}").scalar_one()
                for table in ("customer", "customer_tag")
            ])
    print(json.dumps(seen))
else:
    added = 0
    for number in range({WRITES}):
        cells = {{"email": f"{{who}}{{number}}@example.com", "tags": f'["{{who}}"]'}}
        added += isinstance(customers.add_lead(workspace, cells), customers.Added)
    print(json.dumps(added))
"""
    one_added, other_added, seen = run_at_once(prepare, script, [[database, who] for who in ("a", "b", "reader")])
    assert one_added == other_added == WRITES
    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert seen == sorted(seen)
    assert seen[-1] == [2 * WRITES, 2 * WRITES]
    assert one(database, "SELECT count(DISTINCT email) FROM customer") == 2 * WRITES
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]


def test_a_reader_sees_one_state_while_others_write(workspace: Workspace) -> None:
    with workspace.reading(None) as connection:
        count = "SELECT count(*) FROM customer"
        assert connection.exec_driver_sql(count).scalar_one() == 0
        assert isinstance(customers.add_lead(workspace, {"email": "a@example.com"}), Added)
        assert connection.exec_driver_sql(count).scalar_one() == 0
    assert contact_list.count(workspace).total == 1


def test_all_customers_are_listed_as_they_stood_at_one_moment(workspace: Workspace) -> None:
    for number in range(3):
        customers.add_lead(workspace, {"email": f"{number}@example.com"})
    listed = contact_list.every(workspace, sort="createdAt", descending=False)
    first = next(listed)
    customers.edit(workspace, 3, {"name": "later"})
    customers.add_lead(workspace, {"email": "new@example.com"})
    assert [first.id, *((rest.id, rest.get("profile.name")) for rest in listed)] == [1, (2, None), (3, None)]


def test_who_waits_too_long_is_told_that_the_database_is_in_use(
    database: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    with held(database, "BEGIN IMMEDIATE"):
        with pytest.raises(DatabaseError) as refused:
            customers.add_lead(workspace, {"email": "a@example.com"})
        assert (refused.value.code, refused.value.params) == ("database_busy", {"path": str(database)})
        assert contact_list.count(workspace).total == 0
    assert isinstance(customers.add_lead(workspace, {"email": "a@example.com"}), Added)


def test_who_waits_long_enough_gets_to_write(database: Path, workspace: Workspace) -> None:
    arrived = threading.Event()
    event.listen(workspace._engine, "connect", lambda *_: arrived.set())
    with held(database, "BEGIN IMMEDIATE") as other:
        writer = threading.Thread(target=customers.add_lead, args=(workspace, {"email": "a@example.com"}))
        writer.start()
        assert arrived.wait(10)
        other.execute("INSERT INTO revision VALUES (1, 5)")
        other.execute("COMMIT")
        writer.join()
    assert one(database, "SELECT email FROM customer") == "a@example.com"
    assert customers.revision(workspace) > 5


def without_room(connection: Any, _: object = None) -> None:
    connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the number of pages that there are


def test_a_full_disk_is_told_and_nothing_is_written(database: Path, workspace: Workspace) -> None:
    event.listen(workspace._engine, "connect", without_room)
    added = 0

    def add_for_ever() -> None:
        nonlocal added
        while True:
            cells = {"email": f"{added}@example.com", "name": "가" * 500, "tags": '["vip"]'}
            assert isinstance(customers.add_lead(workspace, cells), Added)
            added += 1

    with pytest.raises(DatabaseError) as refused:
        add_for_ever()
    assert (refused.value.code, refused.value.params) == ("disk_full", {"path": str(database)})
    assert sql(database, "SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM customer_tag)") == [
        (added, added)
    ]
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]
    event.remove(workspace._engine, "connect", without_room)
    assert isinstance(customers.add_lead(workspace, {"email": "a@example.com"}), Added)


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        (
            ("PRAGMA max_page_count = 1", "INSERT INTO tag (id, key, name) VALUES (2, 'b', hex(zeroblob(1000000)))"),
            DatabaseError,
        ),
        (("INSERT INTO tag (id, key, name) VALUES (2, 'a', 'B')",), IntegrityError),
        (("INSERT INTO nowhere VALUES (1)",), OperationalError),
    ],
    ids=["no room", "a key that is taken", "a mistake of ours"],
)
def test_a_transaction_that_fails_leaves_nothing(
    database: Path, workspace: Workspace, statements: tuple[str, ...], error: type[Exception]
) -> None:
    before = content(database)

    def write() -> None:
        with workspace.transaction(None, changes_customers=True) as connection:
            connection.exec_driver_sql("INSERT INTO tag (id, key, name) VALUES (1, 'a', 'A')")
            for statement in statements:
                connection.exec_driver_sql(statement)

    with pytest.raises(error):
        write()
    assert content(database) == before
    assert customers.revision(workspace) == 0


SECRET = "secret-010-2020-3030"


def bytes_beside(database: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(database.parent.iterdir()))


@pytest.mark.parametrize("size", [1, 2000], ids=["small row", "row of many pages"])
def test_r38_nothing_of_an_expired_failed_row_is_left_in_any_byte(
    database: Path, workspace: Workspace, clock: Clock, tmp_path: Path, size: int
) -> None:
    rows = [("", f"{SECRET}{number}" * size) for number in range(20)]
    applied = members(workspace, tmp_path, ("memberId", "profile.name"), *rows)
    assert applied.numbers.failed == 20
    assert SECRET.encode() in bytes_beside(database)
    with held(database, "BEGIN") as reader:
        # Somebody else has it open, so that SQLite keeps its write-ahead file.
        reader.execute("SELECT count(*) FROM customer").fetchall()
        clock.move(days=30)
        imports.tidy(workspace)
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM import_failure").fetchone() == (0,)
        reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert SECRET.encode() not in bytes_beside(database)
    assert SECRET.encode() not in bytes_beside(database)


def test_nothing_of_a_value_that_was_cleared_or_replaced_is_left_in_any_byte(
    database: Path, workspace: Workspace
) -> None:
    for number in range(20):
        customers.add_lead(workspace, {"email": f"{number}@example.com", "name": SECRET, "description": SECRET})
    assert SECRET.encode() in bytes_beside(database)
    for customer in contact_list.page(workspace):
        customers.edit(workspace, customer.id, {"name": "새 이름"}, ["description"])
    assert SECRET.encode() not in bytes_beside(database)


def test_a_copy_is_whole_and_private_while_another_writes(database: Path, engine: Engine, workspace: Workspace) -> None:
    for number in range(30):
        customers.add_lead(workspace, {"email": f"{number}@example.com", "tags": '["vip"]'})
    before = content(database)
    copy = database.with_name("copy.db")
    copy.write_text("something older")
    copy.chmod(0o644)
    with held(database, "BEGIN IMMEDIATE") as other:
        other.execute("UPDATE customer SET name = 'half done'")
        sqlite.copy_whole(engine, copy)
        other.execute("COMMIT")
    assert content(copy) == before
    assert sql(copy, "PRAGMA integrity_check") == [("ok",)]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert one(database, "SELECT count(*) FROM customer WHERE name = 'half done'") == 30


def test_a_copy_that_cannot_be_made_leaves_no_part_of_it(database: Path, engine: Engine) -> None:
    sql(database, "PRAGMA user_version = 1")
    damaged = bytearray(database.read_bytes())
    for page in range(1, len(damaged) // 8192):
        damaged[page * 8192 : page * 8192 + 64] = b"\xff" * 64
    database.write_bytes(damaged)
    with pytest.raises(sqlite.driver_error()):
        sqlite.copy_whole(engine, database.with_name("copy.db"))
    assert not database.with_name("copy.db").exists()


def test_a_database_that_has_gone_is_told_and_not_made_anew(database: Path, workspace: Workspace) -> None:
    database.rename(database.with_name("elsewhere.db"))
    for use in (
        lambda: contact_list.count(workspace),
        lambda: customers.add_lead(workspace, {"email": "a@example.com"}),
    ):
        with pytest.raises(DatabaseError) as refused:
            use()
        assert refused.value.code == "database_gone"
    assert not database.exists()
    database.with_name("elsewhere.db").rename(database)
    assert contact_list.count(workspace).total == 0


def test_a_database_that_is_damaged_while_it_is_open_is_told(database: Path, workspace: Workspace) -> None:
    database.write_bytes(b"no database any more " * 1000)
    with pytest.raises(DatabaseError) as refused:
        contact_list.count(workspace)
    assert refused.value.code == "database_unreadable"
