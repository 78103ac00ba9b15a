"""Opening a database: private from its first byte, one schema however many make it, refused where it is not ours."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_tui.config import login_name
from crm_tui.services import customers
from crm_tui.services.workspace import Workspace, open_workspace
from storage.engine import HEAD, OpenProblem, OpenRefused, open_engine
from tests.services.kit import one, sql
from tests.storage.processes import WITHOUT_BETTER_DRIVERS, run_as_a_user, run_at_once


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_new_database_and_all_beside_it_are_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deeper" / "crm.db"
    engine = open_engine(path)
    with engine.execution_options(crm_write=True).begin() as connection:
        connection.exec_driver_sql("INSERT INTO revision (id, number) VALUES (1, 1)")
        assert len(list(path.parent.iterdir())) > 1
        assert {rights(file) for file in path.parent.iterdir()} == {0o600}
    assert rights(path.parent) == 0o700
    assert rights(path) == 0o600


@pytest.mark.usefixtures("umask")
def test_an_empty_file_becomes_a_private_database(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    path.touch(0o644)
    open_engine(path)
    assert rights(path) == 0o600
    assert one(path, "SELECT count(*) FROM customer") == 0


def test_the_rights_of_a_folder_that_was_there_and_of_a_filled_database_stay_as_they_are(database: Path) -> None:
    database.parent.chmod(0o750)
    database.chmod(0o640)
    open_engine(database)
    assert (rights(database.parent), rights(database)) == (0o750, 0o640)


@pytest.mark.parametrize("name", ["a?b#c%41.db", "고객 목록.db", "file:crm.db", "x" * 240, "\udcff.db"], ids=ascii)
def test_a_file_of_any_name_is_that_very_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    open_engine(path)
    assert path.is_file()
    open_engine(path)
    assert list(tmp_path.iterdir()) == [path]


def test_an_opened_database_is_left_as_it_was(database: Path) -> None:
    before = database.read_bytes()
    for _ in range(2):
        with open_engine(database).connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one() == 0
    assert database.read_bytes() == before
    assert os.listdir(database.parent) == ["crm.db"]


def foreign(*statements: str) -> Callable[[Path], None]:
    """Return what makes a database of another program."""

    def make(path: Path) -> None:
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return make


def ours(*statements: str) -> Callable[[Path], None]:
    """Return what changes a database of ours."""

    def make(path: Path) -> None:
        open_engine(path)
        for statement in statements:
            sql(path, statement)

    return make


ALEMBIC = "CREATE TABLE alembic_version (version_num)"


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (ours("UPDATE alembic_version SET version_num = '9999'"), OpenProblem.NEWER),
        (ours("DELETE FROM alembic_version"), OpenProblem.UNREADABLE),
        (ours("INSERT INTO alembic_version VALUES ('9999')"), OpenProblem.UNREADABLE),
        (foreign("CREATE TABLE notes (text)"), OpenProblem.UNREADABLE),
        (foreign("CREATE TABLE notes (text)", "DROP TABLE notes", "CREATE VIEW v AS SELECT 1"), OpenProblem.UNREADABLE),
        (foreign("PRAGMA journal_mode=WAL", "CREATE TABLE customer (name)"), OpenProblem.UNREADABLE),
        (
            foreign("CREATE TABLE customer (name)", ALEMBIC, "INSERT INTO alembic_version VALUES ('0001')"),
            OpenProblem.UNREADABLE,
        ),
        (lambda path: path.write_bytes(b"memberId,name\n1,Kim\n"), OpenProblem.UNREADABLE),
        (lambda path: path.write_bytes(bytes(range(256)) * 64), OpenProblem.UNREADABLE),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"?" * 8176), OpenProblem.UNREADABLE),
    ],
    ids=[
        "newer",
        "no revision",
        "two revisions",
        "foreign",
        "foreign view",
        "foreign in WAL",
        "foreign with alembic and customers",
        "text",
        "garbage",
        "garbage after the magic",
    ],
)
def test_what_is_not_for_this_program_is_refused_and_left_as_it_was(
    tmp_path: Path, make: Callable[[Path], None], problem: OpenProblem
) -> None:
    path = tmp_path / "crm.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(OpenRefused) as refused:
        open_engine(path)
    assert (refused.value.problem, refused.value.path) == (problem, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["crm.db"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("folder", OpenProblem.UNREADABLE),
        ("file/crm.db", OpenProblem.READ_ONLY),
        ("loop", OpenProblem.READ_ONLY),
        ("x" * 300, OpenProblem.READ_ONLY),
    ],
    ids=["folder", "in a file", "endless link", "long name"],
)
def test_a_place_for_no_database_is_refused(tmp_path: Path, name: str, problem: OpenProblem) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OpenRefused) as refused:
        open_engine(tmp_path / name)
    assert refused.value.problem is problem


def test_a_link_to_a_new_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "crm.db")
    open_engine(tmp_path / "link.db")
    assert rights(tmp_path / "crm.db") == 0o600
    assert one(tmp_path / "crm.db", "SELECT count(*) FROM customer") == 0


def test_a_database_whose_rights_are_missing_is_refused_or_only_read(tmp_path: Path) -> None:
    """Nobody is told of a fault of the program."""
    cases = {
        "file": (0o400, 0o700),
        "folder": (0o600, 0o500),
        "both": (0o400, 0o500),
        "unreadable": (0o000, 0o700),
        "closed folder": (0o600, 0o000),
    }
    for name in cases:
        (tmp_path / name).mkdir()
        open_workspace(str(tmp_path / name / "crm.db")).close()
    (tmp_path / "new").mkdir()
    for name, (file, folder) in cases.items():
        (tmp_path / name / "crm.db").chmod(file)
        (tmp_path / name).chmod(folder)
    (tmp_path / "new").chmod(0o500)
    script = """
import json, sys
from pathlib import Path
from crm_tui.services import contact_list, customers
from crm_tui.services.errors import DatabaseError
from crm_tui.services.workspace import open_workspace

def code_of(do):
    try:
        return do() and None
    except DatabaseError as error:
        return error.code

said = {}
for name in sys.argv[2:]:
    path = str(Path(sys.argv[1]) / name / "crm.db")
    said[name] = [
        code_of(lambda: contact_list.count(open_workspace(path))),
        code_of(lambda: customers.add_lead(open_workspace(path), {"email": "a@example.com"})),
    ]
print(json.dumps(said))
"""
    said = run_as_a_user(script, tmp_path, *cases, "new", "new/deeper")
    for folder in ("folder", "both", "closed folder", "new"):
        (tmp_path / folder).chmod(0o700)
    read_only = "database_readonly"
    assert said.pop("new/deeper") == ["database_no_folder"] * 2
    readable = ("file", "folder", "both")
    assert said == {name: [None if name in readable else read_only, read_only] for name in (*cases, "new")}


def test_a_database_in_a_closed_folder_is_not_read_without_the_journal_that_is_there(tmp_path: Path) -> None:
    """Or customers would be seen who were changed long ago."""
    open_workspace(str(tmp_path / "crm.db")).close()
    engine = open_engine(tmp_path / "crm.db")
    script = """
import json, sys
from pathlib import Path
from crm_tui.services import contact_list
from crm_tui.services.workspace import open_workspace

workspace = open_workspace(sys.argv[1])
print(json.dumps([contact_list.count(workspace).total, workspace.is_only_readable]))
"""
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT 1")
        customers.add_lead(Workspace(engine, tmp_path / "crm.db", login_name()), {"email": "a@example.com"})
        assert (tmp_path / "crm.db-wal").stat().st_size
        tmp_path.chmod(0o500)
        try:
            assert run_as_a_user(script, tmp_path / "crm.db") == [1, False]
        finally:
            tmp_path.chmod(0o700)
    tmp_path.chmod(0o500)
    try:
        assert run_as_a_user(script, tmp_path / "crm.db") == [1, True]
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("prepare", ["", WITHOUT_BETTER_DRIVERS], ids=["best driver", "the driver of Python"])
def test_processes_that_open_a_new_database_at_once_all_find_it_made(tmp_path: Path, prepare: str) -> None:
    path = tmp_path / "new" / "crm.db"
    prepare += (
        "import sys, json\nfrom pathlib import Path\nfrom storage.engine import open_engine\nimport alembic.command"
    )
    script = """
with open_engine(Path(sys.argv[1])).connect() as connection:
    print(json.dumps(connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()))
"""
    assert run_at_once(prepare, script, [[path]] * 3) == [0] * 3
    assert sql(path, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert sql(path, "PRAGMA integrity_check") == [("ok",)]
    assert [file.name for file in path.parent.iterdir()] == ["crm.db"]
