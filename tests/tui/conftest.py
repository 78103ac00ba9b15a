"""Tests of the screens do not wait longer than they must."""

import time
from collections.abc import Iterator

import pytest
from textual import _wait, screen

from crm_tui.services.workspace import Workspace

NOW_MS = 1_780_000_000_000
"""2026-05-29 05:26:40 in Seoul."""

# Textual's pilot sleeps 20 ms at a time until the process is idle, twice for every key, because a screen paints 60 times
# a second. A screen that paints more often needs shorter looks.
screen.UPDATE_PERIOD = 1 / 500
_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = 1 / 400


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Stop the clock, in Seoul; give what it shows, as UTC epoch milliseconds."""
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    monkeypatch.setattr(Workspace, "now_ms", lambda self: NOW_MS)
    yield NOW_MS
    monkeypatch.undo()
    time.tzset()
