"""The schema: what the migrations make is what the tables say, and an upgrade loses nothing, whatever happens."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import autogenerate, command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlmodel import SQLModel

from crm_tui.services import contact_list, indexing
from crm_tui.services.workspace import open_workspace
from storage import engine as storage_engine
from storage import tables
from storage.dialects import sqlite
from storage.engine import OpenProblem, OpenRefused, open_engine
from tests.services.kit import content, one, sql
from tests.storage.processes import run_at_once

BEFORE = storage_engine.HEAD
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.Text(), nullable=True))
    op.execute("UPDATE customer SET nickname = 'Nick'")
    {more}
"""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(storage_engine.__file__).with_name("migrations")))
    return ScriptDirectory.from_config(config)


def test_the_program_knows_all_migrations_and_the_newest() -> None:
    assert scripts().get_heads() == [storage_engine.HEAD]
    assert {script.revision for script in scripts().walk_revisions()} == set(storage_engine._KNOWN)


def test_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert autogenerate.compare_metadata(context, SQLModel.metadata) == []


def test_the_migrations_make_the_very_indexes_and_constraints_of_the_models(database: Path, tmp_path: Path) -> None:
    """Alembic compares neither the conditions of indexes nor what lies in a table's definition (cascades, ids)."""
    made_at_once = tmp_path / "models.db"
    sqlite.secure_new_file(made_at_once)
    engine = sqlite.make_engine(made_at_once)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    assert _definitions(database) == _definitions(made_at_once)


def _definitions(path: Path) -> dict[str, list[str]]:
    rows = sql(path, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL")
    return {
        # Parts in any order: SQLite writes a column that came later behind the constraints.
        name: sorted(part for part in (part.strip(" ()\n\t") for part in re.split(r"[,\n]|(?<=\w) \(", text)) if part)
        for name, text in rows
    }


def test_every_table_stands_in_the_metadata_with_a_name_for_each_constraint() -> None:
    assert tables.CustomerRow.__tablename__ in SQLModel.metadata.tables
    for table in SQLModel.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints if list(constraint.columns)), table.name


@pytest.fixture
def upgraded(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database with customers, as a program finds it that has one migration more."""
    sql(database, "INSERT INTO tag (id, key, name) VALUES (1, 'vip', 'VIP')")
    for number in (1, 2, 3):
        sql(
            database,
            "INSERT INTO customer (id, name, email_verified, mobile_number_verified, custom, unsubscribe_email, "
            "unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text) "
            "VALUES (?, 'Kim', 0, 0, '{}', 0, 0, 1, 1, 0, 'kim')",
            number,
        )
        sql(database, "INSERT INTO customer_tag VALUES (?, 1, 0)", number)
    add_migration(tmp_path, monkeypatch, "")
    return database


@pytest.fixture
def other(upgraded: Path) -> Iterator[Any]:
    """Another program's connection; of the same driver, since locks of another library do not count in one process."""
    connection = sqlite.load_driver().connect(str(upgraded), isolation_level=None)
    yield connection
    connection.close()


def add_migration(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    """Give the program one migration more, which rebuilds the table of customers and then does `more`."""
    migrations = folder / "100% new" / "migrations"
    shutil.copytree(Path(storage_engine.__file__).with_name("migrations"), migrations, dirs_exist_ok=True)
    (migrations / "versions" / "next.py").write_text(NEXT.format(before=BEFORE, more=more))
    monkeypatch.setattr(storage_engine, "_MIGRATIONS", migrations)
    monkeypatch.setattr(storage_engine, "HEAD", "next")
    monkeypatch.setattr(storage_engine, "_KNOWN", (BEFORE, "next"))


def copy_of(path: Path) -> Path:
    return path.with_name(f"crm.db.before-{BEFORE}")


def test_an_upgrade_leaves_a_whole_private_copy_of_what_was_before(upgraded: Path) -> None:
    before = content(upgraded)
    copy_of(upgraded).write_text("of an upgrade that failed long ago")
    open_engine(upgraded)
    assert one(copy_of(upgraded), "SELECT version_num FROM alembic_version") == BEFORE
    assert content(copy_of(upgraded)) == before
    assert sql(copy_of(upgraded), "PRAGMA integrity_check") == [("ok",)]
    assert copy_of(upgraded).stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(upgraded.parent)) == ["crm.db", f"crm.db.before-{BEFORE}"]


def test_an_upgrade_that_rebuilds_a_table_keeps_what_refers_to_it(upgraded: Path) -> None:
    links = sql(upgraded, "SELECT * FROM customer_tag")
    with open_engine(upgraded).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    assert sql(upgraded, "SELECT * FROM customer_tag") == links != []
    assert sql(upgraded, "SELECT DISTINCT nickname FROM customer") == [("Nick",)]
    assert sql(upgraded, "PRAGMA foreign_key_check") == []
    assert one(upgraded, "SELECT version_num FROM alembic_version") == "next"


def test_a_database_that_is_up_to_date_is_not_copied(upgraded: Path) -> None:
    open_engine(upgraded)
    copy_of(upgraded).unlink()
    open_engine(upgraded)
    assert os.listdir(upgraded.parent) == ["crm.db"]


def test_an_upgrade_that_fails_half_way_changes_nothing(
    upgraded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = "\n".join(_dump(upgraded))
    add_migration(tmp_path, monkeypatch, "op.execute('SELECT * FROM nowhere')")
    with pytest.raises(OpenRefused):
        open_engine(upgraded)
    assert "\n".join(_dump(upgraded)) == before
    add_migration(tmp_path, monkeypatch, "raise RuntimeError('a mistake of ours')")
    with pytest.raises(RuntimeError):
        open_engine(upgraded)
    assert "\n".join(_dump(upgraded)) == before
    add_migration(tmp_path, monkeypatch, "")
    open_engine(upgraded)
    assert one(upgraded, "SELECT version_num FROM alembic_version") == "next"


def _dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_nothing_is_upgraded_where_no_copy_can_be_made(upgraded: Path) -> None:
    before = "\n".join(_dump(upgraded))
    copy_of(upgraded).mkdir()
    with pytest.raises(OpenRefused) as refused:
        open_engine(upgraded)
    assert refused.value.problem is OpenProblem.READ_ONLY
    assert "\n".join(_dump(upgraded)) == before


def test_an_upgrade_waits_for_nobody_who_only_reads(upgraded: Path, other: Any) -> None:
    other.execute("BEGIN")
    assert other.execute("SELECT count(*) FROM customer_tag").fetchone() == (3,)
    open_engine(upgraded)
    assert other.execute("SELECT count(*) FROM customer").fetchone() == (3,)


def test_a_database_that_somebody_writes_is_refused_as_busy(
    upgraded: Path, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OpenRefused) as refused:
        open_engine(upgraded)
    assert refused.value.problem is OpenProblem.BUSY
    assert os.listdir(upgraded.parent).count(f"crm.db.before-{BEFORE}") == 0
    other.execute("ROLLBACK")
    open_engine(upgraded)
    assert one(upgraded, "SELECT version_num FROM alembic_version") == "next"


def test_an_upgrade_without_room_is_refused_and_changes_nothing(
    upgraded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = "\n".join(_dump(upgraded))
    make_engine = sqlite.make_engine

    def without_room(path: Path, **options: bool) -> Engine:
        engine = make_engine(path, **options)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
        return engine

    monkeypatch.setattr(sqlite, "make_engine", without_room)
    with pytest.raises(OpenRefused) as refused:
        open_engine(upgraded)
    assert refused.value.problem is OpenProblem.DISK_FULL
    assert "\n".join(_dump(upgraded)) == before


def test_processes_that_upgrade_at_once_keep_the_copy_of_what_was_before(upgraded: Path) -> None:
    """The slower one must not copy what the faster one has upgraded already."""
    prepare = f"""
import sys, json
from pathlib import Path
import alembic.command
from storage import engine
engine._MIGRATIONS, engine.HEAD, engine._KNOWN = Path({str(storage_engine._MIGRATIONS)!r}), "next", ({BEFORE!r}, "next")
"""
    script = """
with engine.open_engine(Path(sys.argv[1])).connect() as connection:
    print(json.dumps(connection.exec_driver_sql("SELECT count(nickname) FROM customer").scalar_one()))
"""
    assert run_at_once(prepare, script, [[upgraded]] * 3) == [3] * 3
    assert one(copy_of(upgraded), "SELECT version_num FROM alembic_version") == BEFORE
    assert one(upgraded, "SELECT count(*) FROM customer_tag") == 3


def made_by(revision: str, database: Path) -> None:
    """Make the database anew, as the program did that had only the migrations up to this one."""
    database.unlink()
    sqlite.secure_new_file(database)
    engine = sqlite.make_engine(database)
    with engine.execution_options(crm_write=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(storage_engine._MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


OLDER = [revision for revision in storage_engine._KNOWN if revision != storage_engine.HEAD]


@pytest.mark.parametrize("revision", OLDER)
def test_a_database_of_an_earlier_release_is_upgraded_and_keeps_everything(database: Path, revision: str) -> None:
    """Made by its migrations alone, filled, and opened by this program."""
    made_by(revision, database)
    sql(database, "INSERT INTO tag (id, key, name) VALUES (1, 'vip', 'VIP')")
    fill(database)
    before = content(database)
    open_engine(database)
    after = content(database)
    assert one(database, "SELECT version_num FROM alembic_version") == storage_engine.HEAD
    assert sql(database, "SELECT * FROM tag") == [(1, "vip", "VIP", 1)]
    grew = {"tag", "customer", "alembic_version"}
    assert {name: after[name] for name in before.keys() - grew} == {name: before[name] for name in before.keys() - grew}
    assert [row[: len(old)] for row, old in zip(after["customer"], before["customer"], strict=True)] == before[
        "customer"
    ]
    assert one(database.with_name(f"crm.db.before-{revision}"), "SELECT version_num FROM alembic_version") == revision
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]


def fill(database: Path) -> None:
    """Put customers into a database of any release."""
    for number in range(1, 4):
        sql(
            database,
            "INSERT INTO customer (id, name, email_verified, mobile_number_verified, custom, unsubscribe_email, "
            "unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text, blocked_at) "
            "VALUES (?1, '김민준', 0, 0, '{}', 0, 0, 1, 1, 0, '김민준', CASE ?1 WHEN 3 THEN 1 END)",
            number,
        )


def test_an_upgraded_database_is_searched_right_at_once_and_indexed_later(database: Path) -> None:
    made_by("0003", database)
    fill(database)
    workspace = open_workspace(str(database), manager="kim")
    assert one(database, "SELECT count(*) FROM search_part") == 0
    for _ in range(2):
        assert contact_list.count(workspace, "민준").total == 2
        assert contact_list.count(workspace, "ㄱㅁㅈ").total == 2
        indexing.run(workspace)
        assert indexing.examine(workspace).held == 3
    workspace.close()


DYING = """
import os, signal, sys
from pathlib import Path
from storage import engine
upgrade = engine._upgrade
def die(connection):
    upgrade(connection)
    os.kill(os.getpid(), signal.SIGKILL)
engine._upgrade = die
engine.open_engine(Path(sys.argv[1]))
"""
"""Dies when all of an upgrade is done, and not kept yet."""


def test_an_upgrade_that_is_killed_changes_nothing_and_is_done_by_the_next_start(database: Path) -> None:
    made_by("0003", database)
    fill(database)
    before = "\n".join(_dump(database))
    ended = subprocess.run([sys.executable, "-c", DYING, str(database)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert "\n".join(_dump(database)) == before
    workspace = open_workspace(str(database), manager="kim")
    assert contact_list.count(workspace, "민준").total == 2
    assert one(database, "SELECT version_num FROM alembic_version") == storage_engine.HEAD
    workspace.close()
