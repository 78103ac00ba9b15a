"""`doctor`: what it looks at, what it finds, and what it says to do."""

import os
import platform

import pytest

from crm_tui import __version__, config
from crm_tui.cli import probe
from crm_tui.i18n import t
from crm_tui.services.health import Health, Library
from crm_tui.services.indexing import Indexed


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


def test_how_much_of_a_search_is_read_off_indexes_is_told(cli, monkeypatch):
    answers = [Indexed(True, 1_000_000, 20_000, 1, 2), Indexed(False, 5, 0, 0, 0)]
    monkeypatch.setattr("crm_tui.services.indexing.examine", lambda workspace: answers.pop(0))
    told = [cli("--lang", "en", "doctor", "--json").json["indexes"] for _ in range(2)]
    assert told[0].startswith("20,000 of 1,000,000 customers and 1 of 3 fields")
    assert "FTS5" in told[1]


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


# -- the config file and the keys ---------------------------------------------------------------------------------


def write_config(text):
    path = config.config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_config_file_its_place_is_told(cli):
    found = cli("doctor", "--json").json
    assert found["config"] == str(config.config_path())
    assert found["problems"] == []


def test_every_mistake_in_the_config_file_is_found(cli):
    path = write_config('[keys]\nrefrsh = ["f5"]\nsort = 3\nopen = ["ctrl+m"]\n\n[key]\n')
    ended = cli("--lang", "en", "doctor", "--json")
    assert ended.code == 1
    told = ended.json["problems"]
    assert len(told) == 4
    assert [f"{path}:{line}:" in "".join(told) for line in (2, 3, 4)] == [True] * 3
    assert "refresh" in "".join(told)
    assert told == ended.err.splitlines()


def test_two_actions_on_one_key_are_found(cli):
    path = write_config('[keys]\nrefresh = ["f11", "o"]\n')
    ended = cli("--lang", "en", "doctor")
    assert ended.code == 1
    assert f"{path}:2: o would mean two things in one place: sort and refresh." in ended.err


def test_changed_keys_are_counted_and_nothing_is_wrong_with_them(cli):
    write_config('[keys]\nrefresh = ["f11", "ctrl+r"]\nquit = "f10"\n')
    ended = cli("--lang", "en", "doctor", "--json")
    assert (ended.code, ended.json["keys"].split()[0]) == (0, "2")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_keys_lists_every_action_as_the_config_file_takes_it(cli, language):
    write_config('[keys]\nrefresh = ["f11", "?"]\nhelp = "f1"\n')
    ended = cli("--lang", language, "keys", "--json")
    listed = {one["id"]: one for one in ended.json}
    assert ended.code == 0
    assert listed["refresh"]["keys"] == ["f11", "question_mark"]
    assert listed["import"]["keys"] == ["i", "f8"]
    assert listed["import"]["name"] == ("불러오기" if language == "ko" else "Import")
    shown = cli("--lang", language, "keys")
    assert len(shown.out.splitlines()) == len(listed) + 1
    assert str(config.config_path()) in shown.err


def test_what_keys_lists_can_be_written_back(cli):
    listed = cli("keys", "--json").json
    # Where a line is typed an action shows its other keys only: all of them together are what the file takes.
    write_config("[keys]\n" + "".join(f"{one['id']} = {one['keys']!r}\n" for one in listed))
    assert cli("--lang", "en", "doctor").err == "Nothing is wrong.\n"


def test_keys_says_what_is_wrong_and_lists_the_keys_in_force(cli):
    write_config('[keys]\nrefresh = ["o"]\n')
    ended = cli("--lang", "en", "keys", "--json")
    assert ended.code == 1
    assert "two things" in ended.err
    assert next(one for one in ended.json if one["id"] == "refresh")["keys"] == ["r", "ctrl+r"]
