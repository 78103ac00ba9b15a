"""`doctor`: what it looks at, what it finds, and what it says to do."""

import os
import platform

import pytest

from crm_tui import __version__, config
from crm_tui.cli import probe
from crm_tui.i18n import t
from crm_tui.services.health import Health, Library


def test_a_healthy_program_is_told_so(cli):
    ended = cli("doctor", "--json")
    assert (ended.code, ended.err) == (0, t("cli.doctor_well") + "\n")
    found = ended.json
    assert found["problems"] == []
    assert found["crm-tui"] == __version__
    assert found["python"] == platform.python_version()
    assert found["database"] == str(config.database_path())
    assert found["integrity"] == "ok"
    assert {"sqlite", "textual", "sqlalchemy", "phonenumbers", "journal", "state", "encoding"} <= set(found)
    assert cli("doctor").out.splitlines()[0].split() == ["crm-tui", __version__]


def test_no_database_is_made_to_look_at(cli, database):
    database.unlink()
    ended = cli("doctor", "--json")
    assert (ended.code, ended.json["integrity"]) == (0, t("cli.doctor_no_database"))
    assert not database.exists()


def test_a_database_that_cannot_be_opened_is_found(cli, database):
    database.write_text("not a database " * 100)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    assert len(ended.json["problems"]) == 1
    assert str(database) in ended.json["problems"][0]
    assert ended.json["python"] == platform.python_version()


def test_a_damaged_database_is_found(cli, monkeypatch):
    monkeypatch.setattr("crm_tui.services.health.examine", lambda workspace: Health("wal", "row 3 missing from index"))
    ended = cli("doctor", "--json")
    assert (ended.code, ended.json["problems"]) == (1, [t("cli.doctor_damaged")])
    assert ended.json["integrity"] == "row 3 missing from index"


def test_a_sqlite_that_can_corrupt_the_database_is_found(cli, monkeypatch):
    monkeypatch.setattr("crm_tui.services.health.examine_library", lambda: Library("sqlite3", "3.40.1", True))
    ended = cli("doctor", "--json")
    assert (ended.code, ended.json["problems"]) == (1, [t("cli.doctor_old_sqlite")])
    assert ended.json["sqlite"] == "3.40.1 (sqlite3)"


@pytest.mark.parametrize(
    ("path", "rights", "mended"),
    [
        (config.database_path, 0o644, "600"),
        (config.scratch_folder, 0o755, "700"),
        (config.state_folder, 0o711, "700"),
        (lambda: config.state_folder() / "crash.log", 0o640, "600"),
    ],
    ids=["database", "scratch", "state", "log"],
)
def test_files_and_folders_that_others_can_read_are_found(cli, path, rights, mended):
    chosen = path()
    if not chosen.exists():
        chosen.touch(0o600)
    os.chmod(chosen, rights)
    ended = cli("doctor", "--json")
    assert (ended.code, ended.json["problems"]) == (1, [t("cli.doctor_rights", path=chosen, rights=mended)])
    os.chmod(chosen, int(mended, 8))
    assert cli("doctor").code == 0


@pytest.mark.parametrize(
    ("hangul", "drawn", "problems"),
    [
        (4, 3, []),
        (2, 3, [("cli.doctor_hangul", {"cells": 2, "right": 4})]),
        (4, 6, [("cli.doctor_drawn", {})]),
        (None, None, []),
    ],
)
def test_a_terminal_that_draws_other_widths_is_found(cli, monkeypatch, hangul, drawn, problems):
    monkeypatch.setattr("crm_tui.cli.doctor.measured_width", lambda text: hangul if text == "한글" else drawn)
    ended = cli("doctor", "--json")
    assert ended.json["problems"] == [t(name, **params) for name, params in problems]
    assert ended.code == bool(problems)


def test_an_encoding_without_hangul_is_found(process):
    ended = process("--lang", "en", "doctor", "--json", env={"PYTHONIOENCODING": "iso8859-1"})
    assert ended.code == 1
    assert ended.json["encoding"] == "iso8859-1"
    assert [problem.split("encoding ")[1].split(" ")[0] for problem in ended.json["problems"]] == ["iso8859-1"]


def test_a_missing_library_is_found(cli, monkeypatch):
    monkeypatch.setattr("crm_tui.cli.doctor._LIBRARIES", ("textual", "no-such-library"))
    assert cli("doctor", "--json").json["problems"] == [t("cli.doctor_missing", name="no-such-library")]


def test_without_a_terminal_nothing_is_measured():
    assert probe.measured_width("한글") is None
