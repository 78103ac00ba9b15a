"""Two programs on one database: neither is told that it is locked, and nothing of either is lost (R35)."""

from pathlib import Path

from crm_tui import config
from crm_tui.services.workspace import Workspace
from tests.services.kit import members, one, sql
from tests.storage.processes import WITHOUT_BETTER_DRIVERS, run_at_once

PREPARE = """
import json, sys, threading
database, folder, what = sys.argv[1:]
from pathlib import Path
from crm_tui.services.blocking import block, unblock
from crm_tui.services.deleting import delete
from crm_tui.services.selection import Selection
from crm_tui.services.tagging import change_tags
from crm_tui.services.workspace import open_workspace
from crm_tui.services.importing.engine import apply_import
from crm_tui.services.importing.events import Applied, Changed, Refused
from tests.services.kit import ask, end_of, file_of, prepare
workspace = open_workspace(database, manager="lee" if what == "import" else "kim")
everybody = Selection(query="")
"""
SCRIPT = """
def import_all(number):
    columns = ("memberId", "name", "unsubscribeEmail", "unsubscribeTexting")
    rows = [(f"M{one}", f"name {one}", "false", "false") for one in range(400)]
    request = ask(file_of(Path(folder), columns, *rows, name=f"{number}.csv"), columns, tag=f"t{number}")
    prepared = None
    while True:
        prepared = prepared or prepare(workspace, request)
        match end_of(apply_import(workspace, prepared, threading.Event())):
            case Applied() as applied:
                return applied.numbers.customers
            case Changed(prepared=prepared):
                pass
            case Refused(error) if error.code == "prepared_gone":
                prepared = None
            case other:
                raise AssertionError(other)

done = 0
for number in range(6):
    if what == "import":
        done += import_all(number)
    else:
        done += block(workspace, Selection(query="", without=frozenset({1}))) - unblock(workspace, everybody)
        change_tags(workspace, everybody, add=["a", "b"])
        change_tags(workspace, everybody, remove=["a"])
        delete(workspace, Selection(query=f"M39{number}"))
workspace.close()
print(json.dumps(done))
"""


def test_blocking_tagging_and_deleting_go_on_while_another_program_imports(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId",), *((f"M{number}",) for number in range(400)))
    arguments = [[database, tmp_path, what] for what in ("import", "change")]
    imported, changed = run_at_once(PREPARE, SCRIPT, arguments)
    assert imported == 6 * 400
    assert changed == 0
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]
    assert one(database, "SELECT count(*) FROM activity WHERE kind = 'blocked'") == 6
    assert one(database, "SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL") == 0


DELETE = """
from tests.services.people import add
for number in range(60):
    add(workspace, email=f"other{number}@example.com")
customer = add(workspace, email="secret.person@example.com", name="비밀")
deleted = delete(workspace, Selection(ids=frozenset({customer.id}))).customers
with workspace.reading(None) as connection:
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
workspace.close()
print(json.dumps([deleted, journal]))
"""


def test_r49_nothing_stays_with_the_journal_of_an_old_sqlite_either(
    database: Path, private_home: Path, tmp_path: Path
) -> None:
    ended = run_at_once(WITHOUT_BETTER_DRIVERS + PREPARE, DELETE, [[database, tmp_path, "old"]])
    assert ended in ([[1, "delete"]], [[1, "wal"]])
    for folder in (database.parent, config.state_folder()):
        for path in filter(Path.is_file, folder.rglob("*")):
            assert b"secret.person" not in path.read_bytes().lower()
