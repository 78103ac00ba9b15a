"""The config file: where it lies, what it may say, and what is said about mistakes in it."""

from pathlib import Path

import pytest

from crm_tui.config import config_path, read_config


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_it_lies_in_the_users_config_folder_or_where_the_environment_says(
    private_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config_path() == private_home / "xdg_config_home" / "crm-tui" / "config.toml"
    monkeypatch.setenv("CRM_TUI_CONFIG", "~/keys.toml")
    assert config_path() == private_home / "keys.toml"


def test_without_a_file_nothing_is_changed_and_nothing_is_wrong() -> None:
    config = read_config()
    assert (dict(config.keys), config.faults) == ({}, ())


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_keys_are_read_one_or_a_list(mark: str) -> None:
    write(config_path(), f'{mark}# mine\n[keys]\nrefresh = ["f5", "r"]\n"sort" = "f6"\n')
    config = read_config()
    assert dict(config.keys) == {"refresh": ("f5", "r"), "sort": ("f6",)}
    assert config.faults == ()
    assert config.where("refresh") == f"{config.path}:3"
    assert config.where("sort") == f"{config.path}:4"
    assert config.where("not there") == str(config.path)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("[keys]\nrefresh = f5\n", "not_toml", 2),
        ("[keys]\nsort = ['a'\n\nopen = 'b'\n", "not_toml", 4),
        ("[keys]\nsort = 'a'\nsort = 'b'\n", "not_toml", 3),
        ("x = " + "[" * 5000, "not_toml", None),
        ("[kyes]\nsort = 'a'\n", "setting_unknown", None),
        ("\ncolour = 'red'\n", "setting_unknown", 2),
        ("keys = 3\n", "keys_no_table", 1),
        ("[[keys]]\nsort = 'a'\n", "keys_no_table", None),
        ("[keys]\nsort = 3\n", "keys_no_list", 2),
        ("[keys]\nsort = []\n", "keys_no_list", 2),
        ("[keys]\nsort = ['a', 3]\n", "keys_no_list", 2),
        ("[keys.sort]\nkey = 'a'\n", "keys_no_list", None),
        (b"[keys]\nsort = '\xb0\xa1'\n", "not_utf8", None),
    ],
)
def test_a_mistake_is_a_fault_with_its_place(text: str | bytes, code: str, line: int | None) -> None:
    path = write(config_path(), text)
    (fault,) = read_config().faults
    assert fault.code == code
    assert fault.where == (str(path) if line is None else f"{path}:{line}")


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TUI_CONFIG", str(tmp_path))
    (fault,) = read_config().faults
    assert (fault.code, fault.params) == ("unreadable", {"reason": "Is a directory"})
