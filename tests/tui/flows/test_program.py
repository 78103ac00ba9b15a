"""The program around its places: opening, the running import, profiles of terminals, and its end."""

import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import Language, set_language, t
from crm_tui.services import customers
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    ImportEvent,
    ImportNumbers,
    ImportRequest,
    Planned,
    Progressed,
    Refused,
    Started,
)
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from crm_tui.tui.job_words import end_sentence, progress_words
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.widgets.bars import KeyBar, place_line
from tests.tui.pilots import drawn, press, settle
from tests.tui.places import (
    MINSU,
    WIDEST,
    app_of,
    change,
    database,
    imported,
    opened,
    planned,
    search,
    status,
    table,
    write_file,
)

REQUEST = ImportRequest(Path("/data/leads.csv"), Target.LEAD, LeadKey.EMAIL, ())
SECRET = "김비밀 secret@example.com"
PATIENCE_S = 60.0


# -- opening ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_database_that_cannot_be_opened_ends_the_program_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    path = tmp_path / "[b]crm.db"
    path.write_bytes(b"not a database" * 1000)
    app = CrmApp(str(path), language="ko" if language == "ko" else "en")
    async with app.run_test() as pilot:
        while not app._exit:
            await pilot.pause()
    assert app.return_code == 1
    printed = "".join(capsys.readouterr().err.split("\n"))
    assert str(path) in printed
    assert "Traceback" not in printed


async def test_r38_failed_rows_are_gone_30_days_later_at_the_next_start(tmp_path: Path) -> None:
    path = database(tmp_path)
    imported(path, write_file(tmp_path, ["kim@example.com,Kim,n,n,", "bad,x,n,n,"]))
    workspace = open_workspace(path)
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE import SET failures_expire_at = 1")
    workspace.close()
    async with opened(path) as pilot:
        opened_workspace = app_of(pilot).workspace
        assert opened_workspace is not None
        with opened_workspace.reading(None) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM import_failure").scalar_one() == 0


# -- the running import -------------------------------------------------------------------------------------------


class StandIn:
    """Events of an import that waits for the test between them."""

    def __init__(self, *events: ImportEvent) -> None:
        self.events = events
        self.go_on = threading.Event()

    def __call__(self, cancel: threading.Event) -> Iterator[ImportEvent]:
        for event in self.events:
            yield event
            while not (cancel.is_set() or self.go_on.wait(0.002)):
                pass
            if cancel.is_set():
                yield Cancelled(1)
                return
            self.go_on.clear()


def progressed(phase: str, done: int) -> Progressed:
    return Progressed(phase, done, done, 200, 0, 10.0, None)


async def arrived(pilot: object, text: str) -> None:
    """Wait until the screen says it; the import's own thread goes on meanwhile."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        await pilot.pause()  # type: ignore[attr-defined]
        if text in drawn(pilot):  # type: ignore[arg-type]
            return
    raise AssertionError(f"{text!r} is not in\n{drawn(pilot)}")  # type: ignore[arg-type]


async def test_the_header_shows_how_far_the_import_is_and_the_line_below_its_end(tmp_path: Path) -> None:
    work = StandIn(Started(1, 200), progressed("reading", 86), progressed("applying", 200))
    async with opened(database(tmp_path)) as pilot:
        app = app_of(pilot)
        app.job._start(REQUEST, work)
        for text in ("Import 0%", "Import 43%", "Import: writing"):
            await arrived(pilot, text)
            assert text in drawn(pilot).splitlines()[0]
            work.go_on.set()
        await settle(pilot)
        assert "Import" not in drawn(pilot).splitlines()[0].replace("Imports 0", "")


async def test_ctrl_c_cancels_the_running_import_and_it_is_told(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        app = app_of(pilot)
        app.job._start(REQUEST, StandIn(Started(1, 200)))
        await arrived(pilot, "Import 0%")
        await pilot.press("f4", "ctrl+c")
        await settle(pilot)
        assert "cancelled. Nothing was changed" in status(pilot)
        assert not app.job.is_running
        assert app.clipboard == ""


async def test_ctrl_q_asks_only_while_an_import_runs(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        app = app_of(pilot)
        app.job._start(REQUEST, StandIn(Started(1, 200)))
        await arrived(pilot, "Import 0%")
        await pilot.press("ctrl+q")
        await arrived(pilot, "Press Ctrl+Q again")
        assert not app._exit
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app._exit
        assert app.job.is_cancelled


async def test_a_real_import_that_ends_outside_the_wizard_is_told_and_its_customers_appear(tmp_path: Path) -> None:
    path = database(tmp_path)
    file = write_file(tmp_path, ["kim@example.com,Kim,n,n,", "bad,x,n,n,"])
    async with opened(path) as pilot:
        app = app_of(pilot)
        assert app.workspace is not None
        app.job.apply(app.workspace, planned(app.workspace, file, "May"))
        await settle(pilot)
        assert "1 customers, 1 failed rows. Press i" in status(pilot)
        assert table(pilot).total == 1
        await press(pilot, "i")
        assert isinstance(app.screen, ImportWizard)


NUMBERS = ImportNumbers(customers=1234, failed=5)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "event",
    [
        Applied(1, NUMBERS, 1.0),
        Planned(None, 1.0),  # type: ignore[arg-type]
        Changed(None, NUMBERS),  # type: ignore[arg-type]
        Cancelled(1),
        Refused(CrmError("disk_full", path="/data")),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_end_of_an_import_is_a_sentence(event: ImportEvent, language: str) -> None:
    from crm_tui.i18n import set_language

    set_language("ko" if language == "ko" else "en")
    assert len(end_sentence(event)) > 15
    assert progress_words(event) == ""


async def test_the_wizard_is_not_opened_twice_and_f2_leaves_it(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        await pilot.press("i", "i", "i")
        await settle(pilot)
        assert [type(screen).__name__ for screen in pilot.app.screen_stack] == ["ContactsScreen", "ImportWizard"]
        await press(pilot, "f2")
        assert len(pilot.app.screen_stack) == 1
        draft = app_of(pilot).draft
        await press(pilot, "f8")
        assert isinstance(pilot.app.screen, ImportWizard)
        assert app_of(pilot).draft is draft


async def test_show_contacts_closes_the_wizard(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "f4", "i")
        app_of(pilot).show_contacts("minsu")
        await settle(pilot)
        assert search(pilot).value == "minsu"
        assert table(pilot).total == 1
        assert ("i", "Import") in pilot.app.screen.query_one(KeyBar).offered()
        await press(pilot, "f4")
        assert len(pilot.app.screen_stack) == 1


async def test_what_is_told_goes_away_again(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        app_of(pilot).tell("[b] \x1b told")
        assert "[b] ␛ told" in drawn(pilot) or await _paused(pilot, "[b] ␛ told")
        app_of(pilot).notices.forget()
        await settle(pilot)
        assert status(pilot).startswith("1 / 1")


async def _paused(pilot: object, text: str) -> bool:
    await settle(pilot)  # type: ignore[arg-type]
    return text in drawn(pilot)  # type: ignore[arg-type]


# -- terminals ----------------------------------------------------------------------------------------------------

BOXES = frozenset(map(chr, range(0x2500, 0x25A0)))


async def everywhere(pilot: object) -> list[str]:
    """Walk through every screen of these places; return what was drawn."""
    seen = []
    for keys in (
        (),
        ("b",),
        ("escape", "slash", "x"),
        ("escape", "escape", "enter"),
        ("escape", "n", "enter"),
        ("escape",),
    ):
        await press(pilot, *keys)  # type: ignore[arg-type]
        seen.append(drawn(pilot))  # type: ignore[arg-type]
    for keys in (("f1",), ("escape", "ctrl+p"), ("escape", "f4"), ("enter",), ("s",)):
        await press(pilot, *keys)  # type: ignore[arg-type]
        seen.append(drawn(pilot))  # type: ignore[arg-type]
    return seen


def with_an_import(folder: Path) -> str:
    path = database(folder, [MINSU])
    imported(path, write_file(folder, ["kim@example.com,Kim,n,n,", *(f"bad{n},x,n,n," for n in range(40))]))
    return path


@pytest.mark.parametrize("size", [(80, 24), WIDEST])
async def test_ascii_draws_without_box_characters(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(with_an_import(tmp_path), size, ascii_only=True) as pilot:
        seen = await everywhere(pilot)
        assert not BOXES & set("".join(seen))
        assert any("+--" in one for one in seen)


async def test_the_slow_profile_is_still_and_plain(tmp_path: Path) -> None:
    from textual.widgets import Input

    async with opened(with_an_import(tmp_path), slow=True) as pilot:
        app = app_of(pilot)
        assert app.native_ansi_color
        assert app.animation_level == "none"
        await press(pilot, "slash", "x", "escape", "escape", "n")
        assert all(not line.cursor_blink for line in app.screen.query(Input))
        await press(pilot, "escape", "f4", "enter")
        body = app.screen.query_one("#import-body")
        assert body.max_scroll_y > 0
        assert body.scrollbar_size_vertical == 0


async def test_without_colour_the_cursor_and_the_open_place_are_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(with_an_import(tmp_path)) as pilot:
        assert app_of(pilot).native_ansi_color  # colours are left out, not turned to grey
        assert "\n> " in drawn(pilot)
        assert "[Contacts 2]" in drawn(pilot)
        await press(pilot, "b")
        assert ">*All" in drawn(pilot)


DRAWN = "↑↓←→…·•×–—‘’“”‹›≤≥✓✗␛␀"


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_ascii_leaves_letters_as_they_are_and_draws_all_else_plainly(tmp_path: Path, language: Language) -> None:
    path = with_an_import(tmp_path)
    change(path, "UPDATE customer SET name = 'é 漢字 ' || char(27) || '[2J', description = 'a · b → c… ─'")
    async with opened(path, (140, 40), language=language, ascii_only=True) as pilot:
        seen = "".join(await everywhere(pilot))
        assert not set(DRAWN) & set(seen)
        assert "漢字" in seen
        assert {one for one in seen if ord(one) > 0x7E and not one.isalpha()} == set()


async def test_without_ascii_signs_are_drawn_as_they_are(tmp_path: Path) -> None:
    async with opened(with_an_import(tmp_path)) as pilot:
        assert "↓" in drawn(pilot)


async def test_the_window_is_resized_to_and_fro_without_loss(tmp_path: Path) -> None:
    async with opened(with_an_import(tmp_path)) as pilot:
        await press(pilot, "down", "slash", "k", "i", "m")
        for place in ("f2", "f3", "f4", "f9"):
            await press(pilot, place)
            for size in ((200, 60), (60, 15), (59, 15), (10, 3), (1, 1), (140, 40), (60, 14), (100, 24), (80, 24)):
                await pilot.resize_terminal(*size)
            await settle(pilot)
            lines = drawn(pilot).splitlines()
            assert len(lines) == 24
            assert all(cell_len(line) <= 80 for line in lines)
        await press(pilot, "f2")
        assert search(pilot).value == "kim"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("progress", ["", "Export 42% · 3:20", "내보내는 중 42% · 3:20 남음", "x" * 300])
@pytest.mark.parametrize("place", ["contacts", "blocked", "imports", "activity", "inbox", "settings"])
@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_line_of_places_fits_with_a_million_everywhere(
    language: Language, progress: str, place: str, width: int
) -> None:
    set_language(language)
    counts = {"contacts": 1_000_000, "blocked": 1_000_000, "imports": 1_000_000, "inbox": 12}
    drawn_line = place_line(place, counts, progress, width).plain
    assert cell_len(drawn_line) == width
    assert f"[{t(f'contacts.place_{place}')}" in drawn_line
    assert all(key in drawn_line for key in ("F2", "F3", "F4", "F5", "F6", "F9"))
    if len(progress) < 100:
        assert drawn_line.rstrip().endswith(progress)
    if not progress and width == 140:
        assert drawn_line.count("1,000,000") == 3


# -- copying and suspending ---------------------------------------------------------------------------------------


def copied_by(pilot: Pilot[None]) -> str:
    return pilot.app.clipboard


async def test_what_is_copied_is_said_in_short(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        app_of(pilot).copy_text("김민수\n[b]x" + "y" * 200)
        assert copied_by(pilot) == "김민수\n[b]x" + "y" * 200
        await settle(pilot)
        last = drawn(pilot).splitlines()[-2]
        assert last.startswith(" Copied: 김민수 [b]xyyy")
        assert last.rstrip().endswith("y…")
        app_of(pilot).copy_text("a\nb", "Copied: 2 customers")
        assert status(pilot) == "Copied: 2 customers"


async def test_what_is_too_long_for_the_terminals_clipboard_is_not_copied_but_said(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        app_of(pilot).copy_text("가" * 25_000)
        assert len(copied_by(pilot)) == 25_000
        app_of(pilot).copy_text("가" * 25_001)
        assert len(copied_by(pilot)) == 25_000
        assert "Too long to copy" in status(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_database_that_can_only_be_read_is_shown_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    path = database(tmp_path, [MINSU])
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    async with opened(path, language=language) as pilot:
        assert table(pilot).total == 1
        assert t("contacts.only_readable") in status(pilot)


async def test_ctrl_z_without_a_shell_behind_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getsid", lambda _: os.getpgrp())
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "ctrl+z")
        assert status(pilot).startswith("Cannot be suspended here")


# -- the end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["screen", "worker"])
async def test_a_fault_prints_no_customer_and_leaves_a_private_log(
    tmp_path: Path,
    private_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
) -> None:
    def fail(*_: object, **__: object) -> object:
        name = SECRET
        raise KeyError(name)

    app = CrmApp(database(tmp_path, [MINSU]), language="en")
    raised: BaseException | None = None
    try:
        async with app.run_test() as pilot:
            await settle(pilot)
            monkeypatch.setattr(*((customers, "revision") if where == "worker" else (app, "open_profile")), fail)
            await pilot.press("r" if where == "worker" else "enter")
            while not app._exception:
                await pilot.pause()
    except (KeyError, WorkerFailed) as error:
        raised = error
    assert raised is not None
    assert app.return_code == 1
    printed = " ".join(capsys.readouterr().err.split())
    assert printed.startswith("Ended by an unexpected error (KeyError, test_program.py:")
    assert "crash.log" in printed.replace(" ", "")  # a long path is broken at the end of the line
    assert not any(part in printed for part in (*SECRET.split(), "김민수", "minsu", "Traceback"))
    log = next(private_home.rglob("crash.log"))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "KeyError" in log.read_text(encoding="utf-8")
