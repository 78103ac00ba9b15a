"""What every test gets: a home of its own, and no language left over from the one before."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from crm_tui.i18n import set_language
from crm_tui.services.workspace import open_workspace
from storage.dialects.sqlite import load_driver

# A busy machine is no mistake: what is slow there is not wrong.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

OWNERS = ("kim", "lee", "이매니저", "somebody else")


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the program away from the real home; return the folder it works in."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in (
        "CRM_TUI_DB",
        "CRM_TUI_CONFIG",
        "CRM_TUI_LANG",
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "SSH_CONNECTION",
    ):
        monkeypatch.delenv(name, raising=False)
    set_language(None)
    yield home
    set_language(None)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that was made once, with owners of several names and nothing in its log; tests work on copies."""
    path = tmp_path_factory.mktemp("empty") / "crm.db"
    open_workspace(str(path)).close()
    with contextlib.closing(load_driver().connect(str(path), isolation_level=None)) as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO manager (name, role_id, added_at) SELECT ?, id, 0 FROM role WHERE code = 'owner'",
            [(name,) for name in OWNERS],
        )
        connection.execute("DELETE FROM activity")
        connection.execute("UPDATE activity_head SET last_id = 0, hash = ''")
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'activity'")
    return path
