"""The indexes of the search: what they hold, when they are made and by whom, and that nobody notices."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import SESSIONS_COUNT, SYSTEM_FIELDS, UPDATED_AT, Field, FieldType
from crm_tui.services import contact_list, customers, fields, indexing
from crm_tui.services.blocking import block
from crm_tui.services.deleting import delete
from crm_tui.services.indexing import Indexed, examine
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace, open_workspace
from storage import search_parts, value_indexes
from storage.columns import LISTED
from storage.dialects import text_index
from storage.grams import indexed_text, word_phrase
from storage.search.indexes import read_indexes, read_off
from storage.sql import driver_connection
from storage.values import value_sql
from tests.services.kit import content, one, sql, terms
from tests.services.people import add, edit
from tests.storage.processes import run_as_a_user, run_at_once

PART = 1 << search_parts.PART_BITS


def held(database: Path) -> list[tuple[int, int]]:
    return sql(database, "SELECT part, last_id FROM search_part ORDER BY part")


def stale(database: Path) -> list[int]:
    return [row[0] for row in sql(database, "SELECT customer_id FROM search_stale ORDER BY 1")]


def asked(workspace: Workspace, part: int, text: str) -> list[int]:
    """Return whom a part of the text index finds."""
    with workspace.reading(None) as connection:
        found = driver_connection(connection).execute(
            f"SELECT rowid FROM search_text_{part} WHERE search_text_{part} MATCH ? ORDER BY 1", (word_phrase(text),)
        )
        return [row[0] for row in found]


BUILT_IN = ["ix_customer_value_sessionsCount", "ix_customer_value_updatedAt"]
SYSTEM = {field.key: field for field in SYSTEM_FIELDS}


def put(database: Path, *ids: int, name: str = "김민준") -> None:
    """Put customers with these ids into the database."""
    for number in ids:
        sql(
            database,
            "INSERT INTO customer (id, member_id, name, email_verified, mobile_number_verified, custom, "
            "unsubscribe_email, unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text) "
            """VALUES (?1, ?1, ?2, 0, 0, '{"city":"서울"}', 0, 0, 1, 1, 0, ?2)""",
            number,
            name,
        )


def test_everybody_is_held_blocked_and_hidden_customers_too(workspace: Workspace, database: Path) -> None:
    for number in range(4):
        add(workspace, name=f"김민{'준서'[number % 2]}", email=f"kim{number}@example.com")
    block(workspace, Selection(ids=frozenset({1})))
    sql(database, "UPDATE customer SET is_hidden = 1 WHERE id = 2")
    indexing.run(workspace)
    assert (held(database), stale(database)) == ([(0, 4)], [])
    assert asked(workspace, 0, "민준") == [1, 3]
    assert asked(workspace, 0, "kim2@") == [3]
    assert examine(workspace) == Indexed(True, 4, 4, 0, 0)


def test_parts_hold_ranges_of_ids_and_gaps_cost_nothing(workspace: Workspace, database: Path) -> None:
    put(database, 7, PART - 1, PART, 10**12)
    indexing.run(workspace)
    last = 10**12 >> search_parts.PART_BITS
    assert held(database) == [(0, PART - 1), (1, 2 * PART - 1), (last, 10**12)]
    assert [asked(workspace, part, "민준") for part in (0, 1, last)] == [[7, PART - 1], [PART], [10**12]]


def test_new_customers_come_to_the_part_that_is_there(workspace: Workspace, database: Path) -> None:
    put(database, 1, 2)
    indexing.run(workspace)
    root = one(database, "SELECT rootpage FROM sqlite_master WHERE name = 'search_text_0_data'")
    put(database, 3)
    assert examine(workspace).held == 2
    indexing.run(workspace)
    assert (held(database), asked(workspace, 0, "민준")) == ([(0, 3)], [1, 2, 3])
    assert one(database, "SELECT rootpage FROM sqlite_master WHERE name = 'search_text_0_data'") == root


def test_a_step_takes_no_more_than_it_is_told_and_goes_on_behind_the_one_before(
    workspace: Workspace, database: Path
) -> None:
    put(database, *range(1, 6), PART)
    taken = []
    for _ in range(5):
        with workspace.transaction(None) as connection:
            taken.append((search_parts.fill(driver_connection(connection), 3), held(database)))
    assert [number for number, _ in taken] == [3, 2, 1, 0, 0]
    assert taken[1][1] == [(0, 3)]  # nothing is seen of a step before it is kept
    assert held(database) == [(0, PART - 1), (1, PART)]


def test_the_ranges_that_no_part_holds_are_what_is_left() -> None:
    most = 2**63 - 1
    assert search_parts.ranges_without([]) == [(0, most)]
    assert search_parts.ranges_without([(0, 9)]) == [(10, most)]
    assert search_parts.ranges_without([(0, PART - 1), (1, PART + 4), (3, 4 * PART - 1)]) == [
        (PART + 5, 3 * PART - 1),
        (4 * PART, most),
    ]


def test_whoever_changes_is_noted_and_nobody_else(workspace: Workspace, database: Path) -> None:
    for number in range(1, 7):
        add(workspace, name=f"김민준{number}", email=f"kim{number}@example.com")
    indexing.run(workspace)
    add(workspace, name="새 고객", email="new@example.com")
    edit(workspace, 1, name="박서준")
    edit(workspace, 2, email="park@example.com")
    edit(workspace, 3, description="이름이 아님")
    edit(workspace, 7, name="또 다른 이름")
    block(workspace, Selection(ids=frozenset({4})))
    sql(database, "UPDATE customer SET name = name, search_text = search_text")
    sql(database, "DELETE FROM customer WHERE id = 5")
    assert stale(database) == [1, 2, 5]
    assert examine(workspace) == Indexed(True, 6, 2, 0, 0)


def test_a_part_with_many_who_changed_is_made_anew(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_parts, "MOST_STALE", 2)
    put(database, 1, 2, 3, 4, PART)
    indexing.run(workspace)
    edit(workspace, PART, name="박서준")
    for number in (1, 2):
        edit(workspace, number, name="박서준")
    indexing.run(workspace)
    assert stale(database) == [1, 2, PART]
    edit(workspace, 3, name="박서준")
    indexing.run(workspace)
    assert (held(database), stale(database)) == ([(0, PART - 1), (1, PART)], [PART])
    assert (asked(workspace, 0, "서준"), asked(workspace, 0, "민준")) == ([1, 2, 3], [4])
    assert asked(workspace, 1, "민준") == [PART]


def test_a_part_that_holds_very_many_as_they_were_is_not_asked_until_it_is_made_anew(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_parts, "MOST_STALE", 2)
    put(database, 1, 2, 3, PART, PART + 1)
    indexing.run(workspace)
    for number in (1, 2, PART):
        edit(workspace, number, name="박서준")
    with workspace.reading(None) as connection:
        assert (read_indexes(connection).parts, read_indexes(connection).stale) == ((0, 1), (0, 1))
    edit(workspace, 3, name="박서준")
    with workspace.reading(None) as connection:
        assert (read_indexes(connection).parts, read_indexes(connection).stale) == ((1,), (1,))
    # Nobody twice, who is in the range that is read from end to end and has changed as well.
    numbers = [contact_list.count(workspace, name).total for name in ("서준", "민준", "ㅅㅈ", "name:서준")]
    assert numbers == [4, 1, 4, 4]


def test_parts_that_another_release_filled_in_another_form_are_as_good_as_none(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, 1, PART)
    indexing.run(workspace)
    for form in (2, 1):
        monkeypatch.setattr(search_parts, "FORM", form)
        with workspace.reading(None) as connection:
            assert read_indexes(connection).parts == ()
        assert (contact_list.count(workspace, "민준").total, examine(workspace).held) == (2, 0)
        monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 1)
        assert indexing._is_much_missing(workspace)
        indexing.run(workspace)
        assert (examine(workspace).held, asked(workspace, 0, "민준")) == (2, [1])
        assert {len(some) for some in terms(database).values()} == {2}


def test_the_form_of_what_is_indexed_is_the_one_that_has_this_number() -> None:
    written = indexed_text("김 Kim é", "김 kim é\nkim@example.com\n+821012345678")
    assert (search_parts.FORM, hashlib.sha256(written.encode()).hexdigest()[:8]) == (1, "2dd366f1")


def test_a_manager_sees_nothing_of_it(workspace: Workspace, database: Path) -> None:
    add(workspace, name="김민준", email="kim@example.com")
    before, revision = content(database), customers.revision(workspace)
    lines = sql(database, "SELECT * FROM activity")
    indexing.run(workspace)
    assert (content(database), customers.revision(workspace)) == (before, revision)
    assert sql(database, "SELECT * FROM activity") == lines
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]


# -- the indexes of the managers' own fields ------------------------------------------------------------------------


def make_fields(workspace: Workspace) -> None:
    for key, type in (("city", FieldType.STRING), ("points", FieldType.NUMBER), ("likes", FieldType.LIST)):
        assert isinstance(fields.add_field(workspace, key, type, key), Field)


def value_names(workspace: Workspace) -> list[str]:
    with workspace.reading(None) as connection:
        return value_indexes.present(driver_connection(connection))


def test_each_field_that_is_no_list_has_an_index_that_a_search_can_use(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_fields(workspace)
    put(database, 1, 2)
    indexing.run(workspace)
    assert value_names(workspace) == []  # two customers need none
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 2)
    assert examine(workspace).fields_missing == 4
    indexing.run(workspace)
    assert value_names(workspace) == ["ix_customer_value_city", "ix_customer_value_points", *BUILT_IN]
    assert examine(workspace) == Indexed(True, 2, 2, 4, 0)
    condition = (
        f"{value_sql(Field('profile.city', FieldType.STRING))} = '서울' AND blocked_at IS NULL AND NOT is_hidden"
    )
    plan = sql(database, f"EXPLAIN QUERY PLAN SELECT id FROM customer WHERE {condition}")
    assert "ix_customer_value_city" in plan[0][3]
    fields.archive_field(workspace, "city")
    indexing.run(workspace)
    assert value_names(workspace) == ["ix_customer_value_points", *BUILT_IN]


def test_more_fields_than_a_write_can_bear_get_none(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 1)
    monkeypatch.setattr(value_indexes, "MOST", 1)
    make_fields(workspace)
    put(database, 1)
    indexing.run(workspace)
    assert value_names(workspace) == ["ix_customer_value_city", *BUILT_IN]


def test_spoilt_values_get_no_index_and_nobody_tries_again_until_many_are_written(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 1)
    make_fields(workspace)
    put(database, 1, 2)
    sql(database, "UPDATE customer SET custom = 'no JSON' WHERE id = 1")
    indexing.run(workspace)
    assert value_names(workspace) == BUILT_IN
    assert indexing.start(workspace) is None
    sql(database, "UPDATE customer SET custom = '{}' WHERE id = 1")
    monkeypatch.setattr(value_indexes, "_WRITTEN_ROWS", 0)
    with workspace.transaction(None) as connection:
        value_indexes.drop_for(driver_connection(connection), 2)
    indexing.run(workspace)
    assert value_names(workspace) == ["ix_customer_value_city", "ix_customer_value_points", *BUILT_IN]


@pytest.mark.parametrize("field", [SESSIONS_COUNT, UPDATED_AT])
def test_built_in_fields_without_an_index_of_their_own_get_one_that_a_search_uses(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 1)
    put(database, 1, 2)
    indexing.run(workspace)
    with workspace.reading(None) as connection:
        home = read_indexes(connection).of_field(SYSTEM[field])
        assert home is not None
        read = f"SELECT id FROM {read_off(home)} WHERE {value_sql(SYSTEM[field])} > 0 AND {LISTED}"
    (step, *_) = sql(database, f"EXPLAIN QUERY PLAN {read}")
    assert f"INDEX ix_customer_value_{field} (" in step[3]


@pytest.mark.parametrize(("rows", "dropped"), [(4, False), (5, False), (6, False), (60, True)])
def test_an_import_drops_them_where_it_writes_much_of_the_table(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch, rows: int, dropped: bool
) -> None:
    monkeypatch.setattr(value_indexes, "FEWEST_CUSTOMERS", 1)
    monkeypatch.setattr(value_indexes, "_WRITTEN_ROWS", 5)
    fields.add_field(workspace, "city", FieldType.STRING, "도시")
    put(database, *range(1, 101))
    indexing.run(workspace)
    with workspace.transaction(None) as connection:
        assert value_indexes.drop_for(driver_connection(connection), rows) == 3 * dropped
    assert len(value_names(workspace)) == 3 - 3 * dropped


# -- the process that makes them -------------------------------------------------------------------------------------


def test_a_process_of_its_own_makes_what_is_missing_when_it_is_much(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, 1, 2, 3)
    assert indexing.start(workspace) is None
    monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 3)
    process = indexing.start(workspace)
    assert process is not None
    assert process.wait(60) == 0
    assert (held(database), asked(workspace, 0, "민준")) == ([(0, 3)], [1, 2, 3])
    assert indexing.start(workspace) is None
    lock = database.with_name("crm.db.index-lock")
    assert (lock.stat().st_mode & 0o777, lock.stat().st_size) == (0o600, 0)


def test_nobody_begins_where_another_is_at_it(
    workspace: Workspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 1)
    put(database, 1)
    with indexing._alone(database) as is_alone:
        assert is_alone
        assert indexing.start(workspace) is None
        indexing.run(workspace)
    assert held(database) == []


def test_a_database_that_can_only_be_read_is_left_alone(workspace: Workspace, database: Path) -> None:
    put(database, *range(1, 4))
    script = """
import json, sys
from crm_tui.services import indexing
from crm_tui.services.workspace import open_workspace
indexing.ENOUGH_CUSTOMERS = 1
print(json.dumps(indexing.start(open_workspace(sys.argv[1])) is None))
"""
    workspace.close()
    database.chmod(0o400)
    database.parent.chmod(0o500)
    try:
        assert run_as_a_user(script, database) is True
    finally:
        database.parent.chmod(0o700)
        database.chmod(0o600)
    assert os.listdir(database.parent) == ["crm.db"]


def test_the_process_ends_quietly_where_the_database_has_gone(tmp_path: Path) -> None:
    (tmp_path / "not.db").write_text("no database at all" * 100)
    for name in ("moved/gone.db", "not.db"):
        command = [sys.executable, "-P", "-m", "crm_tui.services.indexing", str(tmp_path / name)]
        ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b""), name
    assert not (tmp_path / "moved").exists()


def test_processes_that_begin_at_once_index_nobody_twice(workspace: Workspace, database: Path) -> None:
    put(database, *range(1, 40))
    prepare = """
import json, sys
from crm_tui.services import indexing
from crm_tui.services.workspace import open_workspace
indexing._FIRST_ROWS = indexing._LEAST_ROWS = indexing._MOST_ROWS = 3
"""
    script = "print(json.dumps(indexing.run(open_workspace(sys.argv[1]))))"
    run_at_once(prepare, script, [[database]] * 3)
    assert (held(database), len(asked(workspace, 0, "민준"))) == ([(0, 39)], 39)
    assert {len(some) for some in terms(database).values()} == {39}


DYING = """
import os, signal, sys
from pathlib import Path
from crm_tui.services import indexing
from crm_tui.services.workspace import open_workspace
from storage import search_parts
indexing._FIRST_ROWS = indexing._LEAST_ROWS = indexing._MOST_ROWS = 2
fill = search_parts.fill
def die(connection, rows):
    done = fill(connection, rows)
    if Path(sys.argv[1] + ".second").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    Path(sys.argv[1] + ".second").touch()
    return done
search_parts.fill = die
indexing.run(open_workspace(sys.argv[1]))
"""
"""Dies in its second step, before that is kept."""


def test_a_filling_that_is_killed_leaves_what_it_kept_and_is_gone_on_with(workspace: Workspace, database: Path) -> None:
    put(database, *range(1, 6))
    ended = subprocess.run([sys.executable, "-c", DYING, str(database)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    later = open_workspace(str(database), manager="kim")
    assert (held(database), asked(later, 0, "민준")) == ([(0, 2)], [1, 2])
    assert contact_list.count(later, "민준").total == 5
    indexing.run(later)
    assert (held(database), asked(later, 0, "민준")) == ([(0, 5)], [1, 2, 3, 4, 5])
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]
    later.close()


# -- a library without a text index -----------------------------------------------------------------------------------


@pytest.fixture
def without_text_index(monkeypatch: pytest.MonkeyPatch) -> Any:
    def take_away(is_available: bool = False) -> None:
        monkeypatch.setattr(text_index, "is_available", lambda _: is_available)

    return take_away


def test_without_a_text_index_nothing_is_made_and_every_search_is_right(
    workspace: Workspace, database: Path, without_text_index: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 1)
    put(database, 1, 2)
    without_text_index()
    assert indexing.start(workspace) is None
    indexing.run(workspace)
    assert examine(workspace) == Indexed(False, 2, 0, 0, 0)
    assert contact_list.count(workspace, "민준").total == 2


def test_r49_without_a_text_index_what_another_library_indexed_is_emptied_all_the_same(
    workspace: Workspace, database: Path, without_text_index: Any
) -> None:
    put(database, 1, 2)
    indexing.run(workspace)
    without_text_index()
    delete(workspace, Selection(ids=frozenset({1})))
    assert held(database) == []
    assert sql(database, "SELECT id, hex(block) FROM search_text_0_data") == [(1, ""), (10, "00" * 7)]
    assert one(database, "SELECT count(*) FROM search_text_0_idx") == 0
    without_text_index(True)
    indexing.run(workspace)
    assert (held(database), asked(workspace, 0, "민준")) == ([(0, 2)], [2])
