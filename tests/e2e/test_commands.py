"""Commands in a real terminal: what reaches it, what is asked, and ctrl+c."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from crm_tui.cli.cells import width
from crm_tui.i18n import t

HOSTILE = "evil\x1b]0;owned\x07\x1b[2J\x9b31m\u202e[/b]\u200b"
GOOD = "회원번호,이름,메일수신거부,문자수신거부\n1,김민준,no,no\n2,이서연,no,no\n"


@pytest.fixture
def hostile_customer(database):
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(
            "INSERT INTO customer (name, description, email_verified, mobile_number_verified, unsubscribe_email, "
            "unsubscribe_texting, custom, search_text, created_at, last_seen_at, sessions_count) "
            "VALUES (?, ?, 0, 0, 0, 0, '{}', '', 1, 1, 0)",
            (HOSTILE, "가나다라마바사" * 60),
        )
        connection.execute("INSERT INTO tag (key, name) VALUES (?, ?)", (HOSTILE, HOSTILE))
        connection.execute("INSERT INTO customer_tag (customer_id, tag_id, position) VALUES (1, 1, 0)")
    connection.close()


@pytest.mark.parametrize(
    "command",
    [
        ("contacts",),
        ("contacts", "--columns", "name,tags,description"),
        ("contacts", "--csv"),
        ("contacts", "--json"),
        ("show", "1"),
        ("show", "1", "--json"),
        ("tags",),
        ("tags", "--json"),
    ],
    ids=" ".join,
)
def test_no_escape_of_a_customer_reaches_the_terminal(terminal, hostile_customer, command):
    shown = terminal(*command)
    assert shown.end() == 0
    written = shown.raw.decode()
    assert "evil" in written
    assert not set(written) & set("\x1b\x07\x9b\u202e\u200b")


def test_a_table_is_never_wider_than_the_terminal(terminal, hostile_customer):
    for columns in (80, 40):
        shown = terminal("contacts", "--columns", "id,name,description,tags,createdAt", columns=columns)
        assert shown.end() == 0
        lines = shown.raw.decode().splitlines()
        assert len(lines) == 2
        assert max(map(width, lines)) <= columns
        assert "…" in lines[1]


def test_no_escape_of_a_file_reaches_the_terminal(terminal, database, tmp_path):
    path = tmp_path / "bad\x1b]0;owned\x07\u202e.csv"
    path.write_text(f"memberId,unsubscribeEmail,unsubscribeTexting,{HOSTILE}\n1,no,no,x\n2,{HOSTILE},no,y\n")
    shown = terminal("import", path, "--target", "member", "--yes", "--json")
    assert shown.end() == 3
    written = shown.raw.replace(b"\r\x1b[K", b"").decode()  # the program's own line of progress
    assert "evil" in written
    assert not set(written) & set("\x1b\x07\x9b\u202e\u200b")
    missing = terminal("import", "no\x1b[2J.csv", "--target", "member", "--yes")
    assert missing.end() == 1
    assert b"\x1b" not in missing.raw


@pytest.mark.parametrize(
    ("answer", "code", "customers"),
    [("y", 0, 2), ("ㅛ", 0, 2), ("n", 130, 0), ("", 130, 0), ("\x04", 130, 0), ("\x03", 130, 0)],
)
def test_r34_the_plan_is_shown_and_a_yes_is_waited_for(terminal, database, tmp_path, answer, code, customers):
    path = tmp_path / "고객.csv"
    path.write_text(GOOD)
    asked = terminal("import", path, "--target", "member")
    asked.wait_for(t("cli.no_undo"), t("cli.confirm"))
    asked.send(answer if answer in ("\x03", "\x04") else f"{answer}\r")
    assert asked.end() == code
    applied = t("cli.applied", id=1, created=2, updated=0, failed=0)
    assert (applied if customers else t("cli.cancelled")) in asked.text
    counted = sqlite3.connect(database)
    assert counted.execute("SELECT count(*) FROM customer").fetchone() == (customers,)
    counted.close()


def test_an_answer_that_is_neither_yes_nor_no_is_asked_for_again(terminal, database, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    asked = terminal("--lang", "en", "import", path, "--target", "member")
    asked.wait_for("Import? [y/N]")
    asked.send("perhaps\r")
    asked.wait_for("Please answer y (yes) or n (no).")
    asked.send("yes\r")
    assert asked.end() == 0


def test_r35_r36_a_running_import_shuts_others_out_shows_its_progress_and_can_be_cancelled(
    terminal, database, tmp_path
):
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("회원번호,이름,메일수신거부,문자수신거부\n")
        file.writelines(f"{number},이름 {number},no,no\n" for number in range(240_000))
    running = terminal("import", path, "--target", "member", "--yes")
    running.wait_for("읽는 중", "초당")
    # It stands still, in the middle of reading and with the right to import, for as long as the second one needs.
    os.kill(running.child.pid, signal.SIGSTOP)
    second = subprocess.run(
        [sys.executable, "-m", "crm_tui", "import", str(path), "--target", "member", "--yes"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    os.kill(running.child.pid, signal.SIGCONT)
    assert second.returncode == 5
    connection = sqlite3.connect(database)
    (who,) = connection.execute("SELECT manager FROM import").fetchone()
    connection.close()
    said = second.stderr.splitlines()[-1]
    assert said.startswith(f"{who} 님이 20")
    running.send("\x03")
    assert running.end() == 130
    assert t("cli.cancelled") in running.text


def test_the_doctor_measures_how_wide_the_terminal_draws(terminal, database):
    seen = terminal("doctor")
    assert seen.end() == 0
    assert t("cli.doctor_measured", hangul=4, drawn=3) in seen.text
    assert seen.text.rstrip().endswith(t("cli.doctor_well"))


def test_the_doctor_finds_a_terminal_that_draws_hangul_narrow(terminal, database):
    seen = terminal("doctor")
    seen.screen.write_process_input = lambda answer: seen.send("\x1b[1;3R")
    assert seen.end() == 1
    assert t("cli.doctor_hangul", cells=2, right=4)[:20] in seen.text


def test_the_doctor_waits_for_no_terminal_that_does_not_answer(terminal, database):
    seen = terminal("doctor")
    seen.screen.write_process_input = lambda answer: None
    assert seen.end() == 0
    assert t("cli.doctor_unmeasured") in seen.text
