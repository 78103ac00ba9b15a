"""The dashboard: its numbers, its bars, and that it follows what changes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from crm_tui.i18n import Language, set_language, t
from crm_tui.services.stats import MonthGrowth, Stats
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.dashboard import DashboardScreen, RecentImports
from crm_tui.tui.screens.import_detail import ImportDetailScreen
from crm_tui.tui.widgets.stats_text import BLOCKS, PLAIN, bar, share, stats_text
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.places import (
    FORBIDDEN,
    HOSTILE,
    MINSU,
    SMALL,
    WIDEST,
    app_of,
    change,
    database,
    fill,
    imported,
    logged,
    opened,
    status,
    write_file,
)

MILLION = 1_000_000
MONTHS = tuple(f"2026-{number:02}" for number in range(1, 13))


def stats(*counts: tuple[int, int], **values: int) -> Stats:
    numbers = {
        "managed_users": 0,
        "members": 0,
        "leads": 0,
        "blocked": 0,
        "verified_email": 0,
        "verified_mobile": 0,
        "accepts_email": 0,
        "accepts_texting": 0,
    }
    growth = tuple(MonthGrowth(month, *count) for month, count in zip(MONTHS, counts, strict=False))
    return Stats(**{**numbers, **values}, growth=growth, imports=())


# -- bars ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "top", "drawn_as"),
    [
        (0, 0, "    "),
        (0, 9, "    "),
        (1, MILLION, "▏   "),
        (MILLION // 2, MILLION, "██  "),
        (MILLION - 1, MILLION, "███▉"),
        (MILLION, MILLION, "████"),
        (1, 1, "████"),
    ],
)
def test_a_bar_shows_a_sliver_of_whatever_there_is_and_is_full_at_the_top_only(
    value: int, top: int, drawn_as: str
) -> None:
    assert bar(value, top, 4) == drawn_as


@given(
    value=st.integers(0, 10**9),
    other=st.integers(0, 10**9),
    width=st.integers(0, 60),
    steps=st.sampled_from((BLOCKS, PLAIN)),
)
def test_bars_of_one_scale_never_lie_about_which_is_longer(value: int, other: int, width: int, steps: str) -> None:
    top = max(value, other)
    low, high = (bar(one, top, width, steps) for one in sorted((value, other)))

    def length(drawn_bar: str) -> int:
        return sum(steps.index(cell) + 1 for cell in drawn_bar if cell != " ")

    assert len(low) == len(high) == cell_len(low) == width
    assert length(low) <= length(high) <= width * len(steps)
    assert bool(min(value, other) and width) == bool(low.strip())


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "-"), (0, 9, "0%"), (1, 1000, "<1%"), (1, 3, "33%"), (999, 1000, ">99%"), (9, 9, "100%")],
)
def test_a_share_is_neither_none_nor_all_of_what_is_neither(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("steps", [BLOCKS, PLAIN], ids=["blocks", "ascii"])
@pytest.mark.parametrize("width", [30, 58, 76, 78, 98, 138])
@pytest.mark.parametrize(
    "numbers",
    [
        stats(*[(0, 0)] * 12),
        stats((1, 0), *[(0, 0)] * 10, (0, 1), managed_users=2, members=1, leads=1),
        stats(*[(MILLION, 3)] * 12, managed_users=MILLION, members=MILLION, blocked=MILLION, verified_email=1),
    ],
    ids=["zero", "gaps", "million"],
)
def test_numbers_and_bars_line_up_and_hold_at_every_width(
    numbers: Stats, width: int, steps: str, language: Language
) -> None:
    set_language(language)
    rows = stats_text(numbers, width, steps).plain.split("\n")
    assert max(cell_len(row) for row in rows) <= width
    # The numbers of a column end in the same cell, whatever the labels are written in.
    ends = {cell_len(row[: row.index(month) + len(month)]) for month in MONTHS for row in rows if month in row}
    assert len(ends) == 1
    assert f"{numbers.managed_users:,}" in rows[0]
    for month, growth in zip(MONTHS, numbers.growth, strict=True):
        row = next(row for row in rows if month in row)
        assert [f"{growth.members:,}", f"{growth.leads:,}"] == [
            cell for cell in row[row.index(month) :].split()[1:] if cell[0].isdigit()
        ]


def test_both_panels_stand_beside_each_other_where_there_is_room() -> None:
    numbers = stats(*[(5, 2)] * 12, managed_users=84, members=60, leads=24)
    assert len(stats_text(numbers, 78).plain.split("\n")) == 13
    assert len(stats_text(numbers, 58).plain.split("\n")) > 20


def test_r5_hidden_customers_and_the_limit_are_told_only_where_there_is_a_limit() -> None:
    numbers = stats(*[(5, 2)] * 12, managed_users=84, members=60, leads=24)
    assert t("stats.hidden") not in stats_text(numbers, 58).plain
    limited = replace(numbers, hidden=1_234_567, limit=84)
    rows = [row.split() for row in stats_text(limited, 58).plain.split("\n")]
    assert [*t("stats.hidden").split(), "1,234,567"] in rows
    assert [*t("stats.limit").split(), "84"] in rows


# -- the screen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "아직 고객이 없습니다. i 를 눌러"), ("en", "No customers yet. Press i to import")]
)
async def test_an_empty_database_says_what_to_do(tmp_path: Path, language: Language, said: str) -> None:
    async with opened(database(tmp_path), language=language) as pilot:
        await press(pilot, "v")
        assert said in words(pilot)
        await press(pilot, "enter", "pagedown", "r")
        assert isinstance(pilot.app.screen, DashboardScreen)


@pytest.mark.parametrize("size", [SMALL, WIDEST], ids=["80x24", "160x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r5_all_the_numbers_are_in_sight(tmp_path: Path, language: Language, size: tuple[int, int]) -> None:
    path = database(tmp_path)
    fill(path, 3000)
    change(path, "UPDATE customer SET blocked_at = 1, unsubscribe_email = 0 WHERE id <= 1000")
    imported(path, write_file(tmp_path, ["kim@example.com,Kim,n,n,x"]))
    for number in range(6):
        logged(path, file_path=f"/data/file{number}.csv")
    async with opened(path, size, language) as pilot:
        await press(pilot, "v")
        text = drawn(pilot)
        assert "(MU)" in text
        assert "2,001" in text
        assert "1,000" in text
        assert "100%" in text
        assert text.count("\n20") + text.count(" 20") >= 12
        assert [f"file{number}.csv" in text for number in range(6)] == [False, *[True] * 5]
        assert "█" in text


@pytest.mark.parametrize("key", ["f12", "v", "ㅍ"])
async def test_a_key_opens_it_and_escape_goes_back(tmp_path: Path, key: str) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, key)
        assert isinstance(pilot.app.screen, DashboardScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_enter_opens_the_import_under_the_cursor(tmp_path: Path) -> None:
    path = database(tmp_path)
    for name in ("first", "second"):
        logged(path, file_path=f"/data/{name}.csv")
    async with opened(path) as pilot:
        await press(pilot, "v", "down", "enter")
        assert isinstance(pilot.app.screen, ImportDetailScreen)
        assert "first.csv" in drawn(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, DashboardScreen)
        assert pilot.app.screen.query_one(RecentImports).cursor == 1


async def test_it_follows_what_another_program_changes(tmp_path: Path) -> None:
    path = database(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "v")
        screen = pilot.app.screen
        assert isinstance(screen, DashboardScreen)
        fill(path, 40)
        screen.look()
        await settle(pilot)
        assert "Customers (MU) 40" in drawn(pilot)
        assert "Contacts 40" in drawn(pilot)
        logged(path, file_path="/data/later.csv")
        screen.look()
        await settle(pilot)
        assert "later.csv" in drawn(pilot)


async def test_nothing_is_counted_again_while_nothing_has_changed(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "v")
        screen = pilot.app.screen
        assert isinstance(screen, DashboardScreen)
        before = screen._stats
        screen.look()
        await settle(pilot)
        assert screen._stats is before
        await press(pilot, "r")
        assert screen._stats is not before
        assert screen._stats == before


async def test_what_cannot_be_read_is_said_and_the_numbers_stay(tmp_path: Path) -> None:
    path = Path(database(tmp_path, [MINSU]))
    async with opened(str(path)) as pilot:
        await press(pilot, "v")
        kept = path.read_bytes()
        path.unlink()
        await press(pilot, "r")
        assert "has gone" in words(pilot)
        assert "Customers (MU) 1" in drawn(pilot)
        path.write_bytes(kept)
        await press(pilot, "r")
        assert "has gone" not in words(pilot)


def _last_month(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, DashboardScreen)
    assert screen._stats is not None
    return screen._stats.growth[-1].month


@pytest.mark.parametrize(("language", "said"), [("ko", "나머지 숫자를 봅니다"), ("en", "show the other numbers")])
async def test_a_low_window_says_that_there_is_more_and_the_page_keys_show_it(
    tmp_path: Path, language: Language, said: str
) -> None:
    path = database(tmp_path)
    fill(path, 40)
    async with opened(path, (60, 15), language) as pilot:
        await press(pilot, "v")
        assert f"PgDn PgUp {said if language == 'en' else '로 ' + said}" in drawn(pilot).splitlines()[-2]
        first = drawn(pilot)
        await press(pilot, "pagedown")
        assert drawn(pilot).splitlines()[1:5] != first.splitlines()[1:5]
        await press(pilot, *["pagedown"] * 8)
        assert drawn(pilot).splitlines()[5].startswith(f" {_last_month(pilot)} ")
        await press(pilot, *["pageup"] * 9)
        assert drawn(pilot) == first
        await pilot.resize_terminal(*SMALL)
        for _ in range(100):  # it is laid out anew first, and says what it holds after that
            await settle(pilot)
            if said not in status(pilot):
                break
        assert said not in status(pilot)


async def test_ascii_draws_bars_without_block_characters(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 100)
    async with opened(path, ascii_only=True) as pilot:
        await press(pilot, "v")
        assert drawn(pilot).isascii()
        assert "###" in drawn(pilot)


async def test_a_small_window_pages_through_the_numbers(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 100)
    async with opened(path, (60, 15)) as pilot:
        await press(pilot, "v")
        assert "Accept marketing" not in drawn(pilot)
        await press(pilot, "pagedown", "pagedown")
        assert "Accept marketing" in drawn(pilot)
        await press(pilot, "pageup", "pageup")
        assert "Customers (MU)" in drawn(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "Accept marketing" in drawn(pilot)


async def test_hostile_file_names_are_harmless(tmp_path: Path) -> None:
    path = database(tmp_path)
    for name in HOSTILE[:5]:
        logged(path, file_path=f"/data/{name.replace('/', '')}.csv")
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "v")
        assert not set(drawn(pilot)) & FORBIDDEN
        assert "[VIP]" in drawn(pilot)
        assert status(pilot).startswith("As of ")
        assert app_of(pilot).job.is_running is False
