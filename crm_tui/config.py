"""Where the program keeps things, what the config file says, and who is asking."""

import getpass
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

_APP = "crm-tui"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the config file that cannot be used."""

    code: str
    """Its sentence stands in `config.toml` under this name."""
    where: str
    """The file, with the line where one is known."""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """What the config file says."""

    path: Path
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys as they are written there, by the action's id."""
    faults: tuple[Fault, ...] = ()
    text: str = ""

    def where(self, name: str) -> str:
        """Return the file and the line that sets `name`."""
        setting = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
        found = (number for number, line in enumerate(self.text.splitlines(), 1) if setting.match(line))
        number = next(found, None)
        return str(self.path) if number is None else f"{self.path}:{number}"


def is_own_place(given: str | None) -> bool:
    """Return whether the database is to lie in the user's data folder, as nobody has named another place."""
    return not (given or os.environ.get("CRM_TUI_DB"))


def database_path(given: str | None = None) -> Path:
    """Return the database's file: `given`, else CRM_TUI_DB, else `crm.db` in the user's data folder."""
    chosen = given or os.environ.get("CRM_TUI_DB")
    if not chosen:
        return Path(platformdirs.user_data_dir(_APP)) / "crm.db"
    return Path(chosen.removeprefix("sqlite:///")).expanduser().absolute()


def state_folder() -> Path:
    """Return the private folder of the log and of what is being worked on, made 0700 if it is not there."""
    folder = Path(platformdirs.user_state_dir(_APP))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def scratch_folder() -> Path:
    """Return the private folder of prepared imports, made 0700 if it is not there."""
    folder = state_folder() / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def login_name() -> str:
    """Return the operating system's name for the user; from the user id, which nobody can set for themselves."""
    try:
        import pwd
    except ImportError:  # Windows has no user ids of this kind
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def config_path() -> Path:
    """Return the config file, which need not be there: CRM_TUI_CONFIG, else in the user's config folder."""
    chosen = os.environ.get("CRM_TUI_CONFIG")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_config_dir(_APP)) / "config.toml"


def read_config() -> Config:
    """Read the config file; nothing in it is worth more than a fault that says what is wrong and where."""
    path = config_path()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Config(path)
    except UnicodeDecodeError:
        return Config(path, faults=(Fault("not_utf8", str(path)),))
    except OSError as error:
        return Config(path, faults=(Fault("unreadable", str(path), {"reason": error.strerror or str(error)}),))
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else len(text.splitlines())
        return Config(path, faults=(Fault("not_toml", f"{path}:{number}"),))
    except RecursionError:
        return Config(path, faults=(Fault("not_toml", str(path)),))
    config = Config(path, text=text)
    return Config(path, dict(_keys(found.get("keys"))), tuple(_faults(config, found)), text)


def _faults(config: Config, found: dict[str, Any]) -> Iterator[Fault]:
    for name in found:
        if name != "keys":
            yield Fault("setting_unknown", config.where(name), {"name": name})
    table = found.get("keys", {})
    if not isinstance(table, dict):
        yield Fault("keys_no_table", config.where("keys"))
        return
    usable = dict(_keys(table))
    for name in table:
        if name not in usable:
            yield Fault("keys_no_list", config.where(name), {"name": name})


def _keys(table: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what has the right form: one key, or a list of keys with at least one in it."""
    if isinstance(table, dict):
        for name, value in table.items():
            keys = [value] if isinstance(value, str) else value
            if isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys):
                yield name, tuple(keys)
