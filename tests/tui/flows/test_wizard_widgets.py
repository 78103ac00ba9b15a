"""The wizard's own widgets, where a flow would not reach every edge."""

import pytest
from textual.app import App, ComposeResult

from crm_tui.i18n import set_language
from crm_tui.tui.widgets.file_picker import date_text, size_text
from crm_tui.tui.widgets.gauge import Gauge
from crm_tui.tui.widgets.grid import Cell, Grid
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.wrapped_lines import WrappedLines


class Numbers(LineList):
    def line(self, row: int, width: int) -> tuple[str, str]:
        return f"가나다라 {row}", "row"


class Letters:
    titles = tuple(f"열 {number}" for number in range(40))
    row_names = tuple(str(number) for number in range(30))

    def cell(self, row: int, column: int) -> Cell:
        return Cell(f"{row}/{column} 가나다", "bad" if column == 1 else "cell")

    def is_bad(self, row: int) -> bool:
        return row == 3


class Stage(App[None]):
    def compose(self) -> ComposeResult:
        yield Numbers(id="numbers")
        yield Grid(id="letters")
        yield WrappedLines(id="wrapped")
        yield Gauge(id="gauge")


async def test_a_list_keeps_its_cursor_in_sight_and_fills_its_width() -> None:
    set_language("en")
    async with Stage().run_test(size=(40, 30)) as pilot:
        lines = pilot.app.query_one(Numbers)
        lines.set_rows(1000, 0)
        lines.focus()
        for key, cursor in (("down", 1), ("end", 999), ("up", 998), ("pagedown", 999), ("g", 0), ("ㅓ", 1), ("k", 0)):
            await pilot.press(key)
            assert lines.cursor == cursor
            assert lines.top <= cursor < lines.top + lines.size.height
        assert {lines.render_line(y).cell_length for y in range(lines.size.height)} == {lines.size.width}
        assert lines.render_line(0).text.startswith("> ")
        lines.set_rows(0, 0)
        await pilot.press("down", "enter", "end")
        assert lines.text_to_copy() == ""
        assert lines.render_line(0).text.strip() == ""


async def test_a_list_follows_the_mouse() -> None:
    set_language("en")
    async with Stage().run_test(size=(40, 30)) as pilot:
        lines = pilot.app.query_one(Numbers)
        lines.set_rows(1000, 0)
        await pilot.click(Numbers, offset=(4, 2))
        assert lines.cursor == 2
        assert lines.text_to_copy() == "가나다라 2"
        await pilot.pause()
        lines.action_move(3)
        assert lines.cursor == 5


async def test_a_grid_scrolls_by_columns_and_marks_its_cursor_and_what_is_bad() -> None:
    set_language("en")
    async with Stage().run_test(size=(40, 30)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.show(Letters())
        grid.focus()
        for key, place in (("right", (0, 1)), ("down", (1, 1)), ("end", (1, 39)), ("left", (1, 38)), ("home", (1, 0))):
            await pilot.press(key)
            assert (grid.row, grid.column) == place
            assert f"[열 {place[1]}]" in grid.render_line(0).text
        await pilot.press("right", "pagedown", "pagedown", "pageup", "j", "ㅏ")
        text = "\n".join(grid.render_line(y).text for y in range(grid.size.height))
        assert "✗ " in text
        assert {grid.render_line(y).cell_length for y in range(grid.size.height)} == {grid.size.width}
        assert grid.text_to_copy() == f"{grid.row}/1 가나다"
        await pilot.click(Grid, offset=(8, 2))
        assert grid.row < 30


async def test_wrapped_lines_wrap_anew_when_the_window_changes() -> None:
    set_language("en")
    async with Stage().run_test(size=(40, 30)) as pilot:
        lines = pilot.app.query_one(WrappedLines)
        lines.show_texts(["word " * 30])
        before = lines.total
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert 0 < lines.total < before


@pytest.mark.parametrize(("share", "text"), [(0.0, "  0%"), (0.5, " 50%"), (1.7, "100%"), (None, "░")])
async def test_a_gauge_shows_a_share_or_that_nobody_knows(share: float | None, text: str) -> None:
    async with Stage().run_test(size=(60, 30)) as pilot:
        gauge = pilot.app.query_one(Gauge)
        gauge.show(share)
        assert text in str(gauge.render())
        assert ("%" in str(gauge.render())) is (share is not None)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (179_000_000, "179 MB"), (5_300_000_000, "5.3 GB")],
)
def test_a_size_is_readable(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_date_beyond_all_calendars_is_a_dash() -> None:
    assert date_text(1e18) == "-"
