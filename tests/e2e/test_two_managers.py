"""Two programs open on one database by two managers: each sees what the other does, and nothing is lost (R35, R52)."""

import csv

import pytest

from crm_tui.core.fields import NAME
from crm_tui.core.permissions import RoleCode
from crm_tui.services.activity_log import Verified, verify
from crm_tui.services.contact_list import page
from crm_tui.services.managers import add_manager
from crm_tui.services.workspace import open_workspace
from tests.services.kit import sql

QUIT = "\x11"
MEMBERS = 3000


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "shop.db"
    workspace = open_workspace(str(path), manager="kim")
    add_manager(workspace, "lee", RoleCode.OWNER.value)
    workspace.close()
    return path


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "members.csv"
    with path.open("w", encoding="utf-8", newline="") as written:
        rows = csv.writer(written)
        rows.writerow(("memberId", "name", "unsubscribeEmail", "unsubscribeTexting"))
        rows.writerows((f"M{number}", f"회원 {number:04}", "false", "false") for number in range(MEMBERS))
    return path


def test_r35_r52_two_managers_edit_block_delete_and_import_at_the_same_time(terminal, database, file):
    kim, lee = (terminal("--db", database, "--lang", "en", manager=name) for name in ("kim", "lee"))
    for program in (kim, lee):
        program.wait_for("Welcome!")
    # Each sees the other's changes without asking.
    kim.send("n")
    kim.wait_for("An e-mail or a mobile number")
    kim.send("first@shop.kr\r")
    kim.wait_for("Contacts 1")
    lee.wait_for("first@shop.kr")
    lee.send("n")
    lee.wait_for("An e-mail or a mobile number")
    lee.send("second@shop.kr\r")
    kim.wait_for("second@shop.kr")
    # An import by one, while the other blocks, edits and deletes.
    importing = terminal("--db", database, "import", file, "--target", "member", "--yes", manager="kim")
    lee.send("/second@shop.kr")
    # Letters are keys again once the cursor is back in the table.
    lee.wait_until(lambda: "1 / 1" in lee.text and "n Add lead" not in lee.text, "the one who is looked for")
    lee.send("\x1b[B")
    lee.wait_for("n Add lead")
    lee.send("x")
    lee.wait_for("Why (may be left empty)")
    lee.send("spam\r")
    lee.wait_for("> Block <")

    def is_blocked() -> bool:
        if "> Block <" in lee.text:  # a button does not take a key that was typed ahead
            lee.send("\r")
            lee.read_on(0.2, 0.02)  # one more would go to what comes after the dialog
        return "is blocked" in lee.text

    lee.wait_until(is_blocked, "the block")
    edited = terminal("--db", database, "--lang", "en", "edit", "1", "--set", "name=Kim's first", manager="lee")
    assert edited.end() == 0
    gone = terminal("--db", database, "--lang", "en", "delete", "2", "--yes", "--expect", "1", manager="kim")
    assert importing.end() == 0
    assert gone.end() == 0
    kim.wait_for("3,001")
    for program in (kim, lee):
        program.send(QUIT)
        assert program.end() == 0
    for program in (kim, lee, importing, edited, gone):
        assert not [one for one in (b"is locked", b"using the database", b"Traceback") if one in program.raw]
    workspace = open_workspace(str(database), manager="lee")
    assert isinstance(verify(workspace), Verified)
    assert {one.profile.get(NAME) for one in page(workspace, "first@shop.kr")} == {"Kim's first"}
    workspace.close()
    assert sql(database, "SELECT count(*) FROM customer") == [(MEMBERS + 1,)]
    done = sql(database, "SELECT manager, kind FROM activity WHERE kind <> 'manager_added' ORDER BY kind")
    assert done == [
        ("lee", "blocked"),
        *(("kim", "customer_added"), ("lee", "customer_added")),
        ("lee", "customer_edited"),
        ("kim", "deleted"),
        ("kim", "import_applied"),
    ]
    assert sql(database, "PRAGMA integrity_check") == [("ok",)]
