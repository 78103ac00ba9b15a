"""How a real process ends: signals in every phase of an import, streams that are closed, full or cannot spell Hangul."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from crm_tui import config
from crm_tui.i18n import t

REPEATED = "회원번호,이름,메일수신거부,문자수신거부\n" + "".join(
    f"{number},{name}{number},no,no\n" for name in ("가", "나") for number in range(2100)
)
"""Enough customers with two rows each for the plan to tell of its progress."""

AT_PHASE = """
import os, signal, sys
import crm_tui.cli.importing as importing
import crm_tui.services.importing.plan as planning
from crm_tui.cli.main import run
from crm_tui.services.importing.events import Progressed, Started

phase, number = sys.argv[1], int(sys.argv[2])

def reached(event):
    if isinstance(event, Started):
        return "reading"
    return "applying" if isinstance(event, Progressed) and event.phase == "applying" else None

def signalled(generate):
    def events(*arguments):
        for event in generate(*arguments):
            if reached(event) == phase:
                os.kill(os.getpid(), number)
            yield event
    return events

def interrupting(function):
    def call(*arguments, **options):
        os.kill(os.getpid(), number)
        return function(*arguments, **options)
    return call

importing.prepare_import = signalled(importing.prepare_import)
importing.apply_import = signalled(importing.apply_import)
if phase == "planning":
    planning.make_plan = interrupting(planning.make_plan)
if phase in ("open_source", "choose_columns", "write_failed_rows"):
    setattr(importing, phase, interrupting(getattr(importing, phase)))
sys.exit(run(sys.argv[3:], None, None))
"""
"""The real command line, which sends itself a signal the moment a phase begins."""


@pytest.fixture
def untouched(sql):
    """Say whether no customer and no tag is there, and no import is logged as applied or as running."""

    def check() -> bool:
        return sql(
            "SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM import_tag), "
            "(SELECT count(*) FROM import WHERE state NOT IN ('cancelled')), (SELECT count(*) FROM inbox_message)"
        ) == [(0, 0, 0, 0)]

    return check


@pytest.mark.parametrize(
    "phase", ["open_source", "choose_columns", "reading", "planning", "write_failed_rows", "applying"]
)
def test_r36_ctrl_c_in_any_phase_ends_with_130_and_nothing_is_written(process, csv_file, untouched, tmp_path, phase):
    failed = tmp_path / "failed.xlsx"
    path = csv_file(REPEATED + "x,y,maybe,no\n")
    ended = process(
        phase,
        int(signal.SIGINT),
        "import",
        path,
        "--target",
        "member",
        "--yes",
        "--json",
        "--failed",
        failed,
        script=AT_PHASE,
    )
    assert (ended.code, ended.err.splitlines()[-1]) == (130, t("cli.cancelled"))
    assert (ended.json["state"], ended.json["rows"], ended.json["created"], ended.json["error"]) == (
        "cancelled",
        0,
        0,
        None,
    )
    assert untouched()
    assert not failed.exists()
    assert [one.name for one in config.scratch_folder().iterdir()] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("phase", ["reading", "applying"])
def test_a_hang_up_and_a_request_to_end_leave_the_database_as_it_was(process, csv_file, untouched, phase, number):
    ended = process(
        phase, int(number), "import", csv_file(REPEATED), "--target", "member", "--yes", "--json", script=AT_PHASE
    )
    assert (ended.code, ended.json["state"]) == (130, "cancelled")
    assert untouched()
    assert [one.name for one in config.scratch_folder().iterdir()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_that_is_to_be_ignored_ends_no_import(process, csv_file, cli, number):
    def ignore() -> None:
        signal.signal(number, signal.SIG_IGN)

    arguments = ("applying", int(number), "import", csv_file(REPEATED), "--target", "member", "--yes")
    assert process(*arguments, script=AT_PHASE, preexec_fn=ignore).code == 0
    assert cli("mu").out == "2100\n"


def test_after_an_interrupted_import_the_next_one_starts(process, csv_file, cli):
    path = csv_file(REPEATED)
    assert (
        process("applying", int(signal.SIGINT), "import", path, "--target", "member", "--yes", script=AT_PHASE).code
        == 130
    )
    ended = cli("import", path, "--target", "member", "--yes", "--json")
    assert (ended.code, ended.json["created"], ended.json["state"]) == (0, 2100, "applied")


def test_an_import_gives_the_signals_back(cli, csv_file):
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    assert cli("import", csv_file(REPEATED), "--target", "member", "--dry-run").code == 0
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.fixture
def many(sql):
    """More customers than a pipe holds."""
    sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "INSERT INTO customer (name, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, custom, "
        "search_text, created_at, last_seen_at, sessions_count) SELECT '홍길동 😀' || i, 0, 0, 0, 0, '{}', '', i, i, 0 FROM n"
    )


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_a_reader_that_has_enough_is_not_told_off(database, many, form):
    program = subprocess.Popen(
        [sys.executable, "-m", "crm_tui", "contacts", form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout.readline()
    program.stdout.close()
    assert program.stderr.read() == b""
    assert program.wait(30) == 0
    program.stderr.close()


def test_an_import_ends_as_it_went_even_if_nobody_reads_its_result(database, csv_file, cli):
    reader, writer = os.pipe()
    os.close(reader)
    path = csv_file("memberId,unsubscribeEmail,unsubscribeTexting\n1,no,no\n,no,no\n")
    ended = subprocess.run(
        [sys.executable, "-m", "crm_tui", "import", str(path), "--target", "member", "--yes", "--json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    os.close(writer)
    assert ended.returncode == 3
    assert ended.stderr.decode().splitlines()[-1] == t("cli.mend", id=1)
    assert cli("mu").out == "1\n"


@pytest.mark.parametrize("command", [("mu",), ("contacts", "--csv"), ("--version",)])
def test_a_full_disk_is_one_sentence(process, many, command):
    with open("/dev/full", "w") as full:
        ended = process(*command, stdout=full)
    assert (ended.code, ended.err) == (1, t("errors.disk_full", path="stdout") + "\n")


def limited(many_bytes: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (many_bytes, many_bytes))


def test_a_limit_of_the_size_of_files_is_told_and_nothing_is_written(process, many, tmp_path, sql):
    # What processes share of the journal takes 32,768 bytes, the pages that are written more.
    ended = process("add", "--email", "xx@example.com", "--name", "xx", preexec_fn=limited(33_000))
    assert (ended.code, ended.err) == (1, t("errors.disk_error", path=config.database_path()) + "\n")
    assert sql("SELECT count(*) FROM customer WHERE name = 'xx'") == [(0,)]
    path = tmp_path / "customers.csv"
    ended = process("export", "-o", path, preexec_fn=limited(33_000))
    assert (ended.code, ended.err) == (1, t("errors.disk_full", path=path) + "\n")
    assert not path.exists()


@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_hurt_nobody(database, closing, cli):
    cli("add", "--email", "a@example.com")
    ended = subprocess.run(
        ["sh", "-c", f'"$0" -m crm_tui contacts {closing}', sys.executable], capture_output=True, check=False
    )
    assert ended.returncode == 0
    assert ended.stderr == b""
    assert cli("mu").out == "1\n"


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "cp949"},
    ],
)
def test_an_output_that_cannot_spell_a_name_still_gives_it(process, cli, env):
    cli("add", "--email", "a@example.com", "--name", "홍길동 😀")
    expected = cli("contacts", "--json").json
    ended = process("contacts", "--json", env=env)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == expected
    for command in (["contacts"], ["doctor"]):
        ended = subprocess.run(
            [sys.executable, "-m", "crm_tui", *command], env={**os.environ, **env}, capture_output=True, check=False
        )
        assert b"Traceback" not in ended.stderr
        assert b"\\U0001f600" in ended.stdout or command == ["doctor"]


def test_values_reach_a_pipe_as_they_are(process, cli, sql):
    nasty = "\x1b]0;evil\x07\x9b31m\u202eabc"
    cli("add", "--email", "a@example.com")
    sql("UPDATE customer SET name = ?", nasty)
    assert nasty in process("contacts", "--csv", "--columns", "name").out
    assert nasty in process("contacts", "--columns", "name").out
    assert process("show", "1", "--json").json["profile"]["name"] == nasty


def test_a_line_of_a_table_stays_a_line(process, cli):
    cli("add", "--email", "a@example.com", "--set", "description=one\n\ttwo")
    assert "one␊␉two" in cli("contacts", "--columns", "description").out
    assert len(cli("contacts", "--columns", "id,description").out.splitlines()) == 2
    assert "one\n\ttwo" in process("contacts", "--csv", "--columns", "description").out


def test_reading_goes_on_while_another_program_writes(process, cli, sql, database):
    """Nobody asked for the tidying at the start: it must not hold up who only wants to look."""
    cli("add", "--email", "a@example.com")
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    ended = process("mu")
    seconds = time.monotonic() - began
    writer.execute("ROLLBACK")
    writer.close()
    assert (ended.code, ended.out) == (0, "1\n")
    assert seconds < 20  # a writer is waited for a minute
