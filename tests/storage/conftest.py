"""Databases in files of their own; an engine on each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import open_engine
from tests.services.conftest import clock, database, workspace

__all__ = ["clock", "database", "workspace"]


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """An engine on the test's own database."""
    engine = open_engine(database)
    yield engine
    engine.dispose()
