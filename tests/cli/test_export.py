"""`export`: customers as a file."""

import io
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import msoffcrypto
import openpyxl
import pexpect
import pytest

from crm_tui import config
from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import Cancelled


@pytest.fixture
def people(cli, sql):
    """Three leads, seen one after the other."""
    cli("add", "--email", "minjun@example.com", "--name", "김민준", "--set", 'tags=["단골"]')
    cli("add", "--mobile", "+82 10-2020-3030", "--name", "이서연")
    cli("add", "--email", "alex@example.com", "--name", "=1+1", "--set", 'tags=["단골","VIP"]')
    for number in (1, 2, 3):
        sql("UPDATE customer SET last_seen_at = ? WHERE id = ?", 1_700_000_000_000 + number, number)


def lines_of(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8-sig").splitlines()


def test_all_customers_go_to_a_file_with_the_columns_of_the_list(cli, people, tmp_path):
    path = tmp_path / "고객.csv"
    ended = cli("export", "-o", path)
    assert (ended.code, ended.out, ended.err) == (0, f"{path}\n", t("cli.exported", count=3, path=path) + "\n")
    assert lines_of(path) == [
        '"id","type","memberId","profile.name","profile.email","profile.mobileNumber","lastSeenAt"',
        '"3","lead","","\t=1+1","alex@example.com","","2023-11-14T22:13:20.003Z"',
        '"2","lead","","이서연","","\t+821020203030","2023-11-14T22:13:20.002Z"',
        '"1","lead","","김민준","minjun@example.com","","2023-11-14T22:13:20.001Z"',
    ]


def test_a_search_columns_and_an_order_are_as_for_contacts(cli, people, tmp_path):
    path = tmp_path / "x.csv"
    assert cli("export", "tag:단골", "-o", path, "--columns", "NAME,tags", "--sort", "name").code == 0
    assert lines_of(path) == ['"profile.name","tags"', '"\t=1+1","[""단골"",""VIP""]"', '"김민준","[""단골""]"']


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", "=1+1 김민준 이서연"),
        ("-profile.NAME", "이서연 김민준 =1+1"),
        ("LASTSEENAT", "=1+1 이서연 김민준"),
        ("-lastSeenAt", "김민준 이서연 =1+1"),
    ],
)
def test_a_minus_turns_the_order_round_as_for_contacts(cli, people, tmp_path, sort, names):
    path = tmp_path / "x.csv"
    assert cli("export", "-o", path, "--columns", "name", "--sort", sort).code == 0
    assert " ".join(line.strip('"\t') for line in lines_of(path)[1:]) == names


def test_r6_all_columns_are_all_fields_but_archived_ones(cli, people, tmp_path):
    cli("fields", "add", "size", "string", "크기")
    cli("fields", "add", "old", "string", "옛날")
    cli("fields", "archive", "old")
    path = tmp_path / "x.xlsx"
    ended = cli("export", "-o", path, "--all", "--json")
    assert ended.code == 0
    assert ended.json | {"seconds": 0} == {"file": str(path), "customers": 3, "locked": False, "seconds": 0}
    header = [cell.value for cell in next(openpyxl.load_workbook(path).active.iter_rows())]
    assert header[:3] == ["id", "type", "memberId"]
    assert header[-6:] == ["profile.size", "userImportTag", "createdAt", "updatedAt", "lastSeenAt", "sessionsCount"]
    assert "profile.old" not in header


def test_r46_blocked_customers_stay_out(cli, people, sql, tmp_path):
    sql("UPDATE customer SET blocked_at = 1 WHERE id < 3")
    assert cli("export", "-o", tmp_path / "x.csv", "--json").json["customers"] == 1


def test_what_was_exported_is_imported_again_as_it_is(cli, people, tmp_path):
    path = tmp_path / "x.csv"
    cli("export", "-o", path, "--all", "member:no")
    ended = cli("import", path, "--target", "lead", "--key", "email", "--no-tag", "--yes", "--json")
    assert ended.code == 3  # one of them has no e-mail
    numbers = {name: ended.json[name] for name in ("created", "updated", "unchanged", "failed")}
    assert numbers == {"created": 0, "updated": 2, "unchanged": 2, "failed": 1}


def test_a_file_that_is_there_is_only_overwritten_where_that_is_said(cli, people, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("before")
    ended = cli("export", "-o", path)
    assert (ended.code, ended.out, ended.err) == (2, "", t("cli.export_exists", path=path) + "\n")
    assert path.read_text() == "before"
    assert cli("export", "-o", path, "--yes").code == 0
    assert len(lines_of(path)) == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--columns", "name", "--all"), 2, "columns_twice"),
        (("--password", "--password-stdin"), 2, "password_twice"),
        (("--password",), 2, "password_terminal"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(cli, tmp_path, arguments, code, sentence):
    ended = cli("export", "-o", tmp_path / "x.xlsx", *arguments)
    assert (ended.code, ended.out, ended.err) == (code, "", t(f"cli.{sentence}") + "\n")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("x.txt", (), 2),
        ("x.csv", ("--columns", "nowhere"), 2),
        ("x.csv", ("--sort", "nowhere"), 2),
        ("x.csv", ('"',), 2),
        ("x.csv", ("--password-stdin",), 2),
        ("nowhere/x.csv", (), 1),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_no_file(cli, people, tmp_path, monkeypatch, name, arguments, code):
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret\n"))
    ended = cli("export", "-o", tmp_path / name, *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert len(ended.err.splitlines()) == 1
    assert os.listdir(tmp_path) == []


def test_without_a_file_it_is_wrong_usage(cli):
    assert cli("export").code == 2


def opens(path: Path, password: str) -> bool:
    with path.open("rb") as file:
        locked = msoffcrypto.OfficeFile(file)
        try:
            locked.load_key(password=password, verify_password=True)
        except msoffcrypto.exceptions.InvalidKeyError:
            return False
        return True


@pytest.mark.parametrize(
    ("typed", "password"), [("비밀 번호 \n", "비밀 번호 "), ("secret", "secret"), ("secret\nmore", "secret")]
)
def test_a_password_can_come_from_standard_input(cli, people, tmp_path, monkeypatch, typed, password):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    path = tmp_path / "x.xlsx"
    ended = cli("export", "-o", path, "--password-stdin", "--json")
    assert (ended.code, ended.json["locked"]) == (0, True)
    assert opens(path, password)
    ended = cli("import", path, "--target", "member", "--yes")
    assert (ended.code, ended.err) == (1, t("errors.source_locked", path="x.xlsx") + "\n")


def test_a_password_of_fewer_than_six_characters_is_refused(cli, people, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("다섯글자임\n"))
    ended = cli("export", "-o", tmp_path / "x.xlsx", "--password-stdin")
    assert (ended.code, ended.err) == (2, t("errors.export_password_length", least=6, most=255) + "\n")
    assert os.listdir(tmp_path) == []


def test_a_password_is_asked_for_twice_and_never_shown(database, people, tmp_path):
    path = tmp_path / "x.xlsx"
    child = pexpect.spawn(
        sys.executable, ["-m", "crm_tui", "--lang", "en", "export", "-o", str(path), "--password"], timeout=120
    )
    for first, second in (("secret1", "secret2"), ("secret3", "secret3")):
        for answer, question in ((first, "Password:"), (second, "Once more:")):
            child.expect(question)
            child.waitnoecho()
            child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert opens(path, "secret3")
    assert b"secret" not in (child.before or b"")


def test_ctrl_c_ends_it_and_leaves_nothing(database, sql, tmp_path):
    sql(
        "WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row LIMIT 300000) INSERT INTO customer (name, "
        "custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, created_at, "
        "last_seen_at, sessions_count, search_text) SELECT hex(n), '{}', 0, 0, 0, 0, 1, 1, 0, '' FROM row"
    )
    command = [sys.executable, "-m", "crm_tui", "export", "-o", str(tmp_path / "x.csv")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        deadline = time.monotonic() + 120
        while not os.listdir(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        out, err = process.communicate(timeout=120)
        took = time.monotonic() - sent
    assert (process.returncode, out) == (130, b"")
    assert err.decode() == describe_error(Cancelled("cancelled")) + "\n"
    assert took < 10
    assert os.listdir(tmp_path) == []


def test_what_a_killed_export_laid_aside_is_gone_after_the_next_start(cli, database, sql, tmp_path, monkeypatch):
    monkeypatch.setattr("crm_tui.services.indexing.start", lambda workspace: None)  # so many would be indexed
    sql(
        "WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row LIMIT 60000) INSERT INTO customer (name, "
        "custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, created_at, "
        "last_seen_at, sessions_count, search_text) SELECT hex(n), '{}', 0, 0, 0, 0, 1, 1, 0, '' FROM row"
    )
    command = [sys.executable, "-m", "crm_tui", "export", "-o", str(tmp_path / "x.xlsx")]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 120
        while not any(one.stat().st_size for one in laid_aside()) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    assert laid_aside()
    assert os.listdir(tmp_path)
    assert cli("fields").code == 0
    assert laid_aside() == []
    assert os.listdir(tmp_path) == []


def laid_aside() -> list[Path]:
    return list(config.state_folder().glob("workbook-*/*"))
