"""Where the program keeps things, and who is asking."""

import getpass
import os
from pathlib import Path

import platformdirs

_APP = "crm-tui"


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
