"""A database made once and copied for every test, and a clock that stands still until it is moved."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.services.workspace import Workspace, open_workspace


class Clock:
    """The moment that `Workspace.now_ms` tells."""

    def __init__(self) -> None:
        self.now = 1_750_000_000_000

    def move(self, *, days: float = 0, seconds: float = 0) -> None:
        self.now += int((days * 86_400 + seconds) * 1000)


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Path:
    """The test's own database."""
    folder = tmp_path / "database"
    folder.mkdir(mode=0o700)
    return shutil.copy2(empty_database, folder / "crm.db")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(Workspace, "now_ms", lambda _: clock.now)
    return clock


@pytest.fixture
def workspace(database: Path, clock: Clock) -> Iterator[Workspace]:
    workspace = open_workspace(str(database), manager="kim")
    yield workspace
    workspace.close()
