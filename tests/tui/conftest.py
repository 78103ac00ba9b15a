"""Tests of the screens wait for what the program does, and for nothing else: neither for a clock nor for luck."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual import app, pilot, screen
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from crm_tui.services.workspace import Workspace
from crm_tui.tui import headcount, notices, place, work
from crm_tui.tui.screens.settings import pane
from crm_tui.tui.widgets import armed_button

NOW_MS = 1_780_000_000_000
"""2026-05-29 05:26:40 in Seoul."""
PATIENCE_S = 30.0
"""How long the program may go on working before a test looks at it all the same."""
SOON_S = 0.03
"""A timer that ends within this is waited for: a paint or a new size, never a clock that goes on by itself."""
LOOK_S = 0.005
"""How long a look at what threads do takes."""
A_DAY_S = 86_400.0

# What the program does by itself after a while comes when a test asks for it, never in between on a slow machine:
# looking for changes, taking away what it has told, resting after a slow count.
place.POLL_S = notices.SHOWN_S = notices.KEPT_S = notices.READ_S = work.SHOWN_EVERY_S = pane._SLOW_S = A_DAY_S
headcount._RESTS = 0
# A screen paints 60 times a second; one that paints more often needs shorter looks.
screen.UPDATE_PERIOD = 1 / 2000


async def _until_idle(min_sleep: float = 0.0, max_sleep: float = PATIENCE_S) -> None:
    """Wait until nothing is left to do but to wait for threads and for slow timers.

    Textual's own compares processor time with the clock, twice for every key: that costs more than most keys do, and
    takes a program that a busy machine gives no time for an idle one.
    """
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + max_sleep
    while loop.time() < until:
        used = time.process_time()
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = loop._scheduled[0].when() - loop.time() if loop._scheduled else max_sleep
        if due < SOON_S:
            await asyncio.sleep(max(due, 0.0))
        elif not _has_threads():
            return
        else:
            await asyncio.sleep(LOOK_S)
            if not loop._ready and time.process_time() - used < LOOK_S / 2:
                return


def _has_threads() -> bool:
    return any(not worker.is_finished for worker in active_app.get().workers)


async def _wait_for_screen(pilot: Pilot[None], timeout: float = PATIENCE_S) -> bool:
    await _until_idle(max_sleep=timeout)
    return not pilot.app._exception_event.is_set()


def _parsed_once(parse: Callable[..., list[RuleSet]]) -> Callable[..., list[RuleSet]]:
    """Keep the styles that the program before this one has read: every test starts it anew."""
    known: dict[Any, list[RuleSet]] = {}

    def parse_rules(sheet: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        key = (frozenset(sheet._variables.items()), source, *more.items())
        if key not in known:
            known[key] = parse(sheet, *source, **more)
        return known[key]

    return parse_rules


Stylesheet._parse_rules = _parsed_once(Stylesheet._parse_rules)
pilot.wait_for_idle = app.wait_for_idle = _until_idle
pilot.Pilot._wait_for_screen = _wait_for_screen


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Stop the clock, in Seoul; give what it shows, as UTC epoch milliseconds."""
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    monkeypatch.setattr(Workspace, "now_ms", lambda self: NOW_MS)
    yield NOW_MS
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buttons that wait until the keyboard is quiet are there at once."""
    monkeypatch.setattr(armed_button, "QUIET_S", 0.0)
