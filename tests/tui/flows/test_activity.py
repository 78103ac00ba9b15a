"""The activity log, walked through with the real program on a real database (R52)."""

import csv
from pathlib import Path

import pytest

from crm_tui.services import activity
from crm_tui.services.activity import ActivityKind
from crm_tui.services.activity_log import ActivityFilter
from crm_tui.services.workspace import Workspace, open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.log_filter import LogFilterDialog
from crm_tui.tui.screens.activity import ActivityScreen
from crm_tui.tui.screens.activity_line import ActivityLineScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.import_detail import ImportDetailScreen
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.activity_list import ActivityList
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import (
    ANN,
    FORBIDDEN,
    HOSTILE,
    MINSU,
    SMALL,
    WIDE,
    add_leads,
    app_of,
    change,
    database,
    imported,
    lines,
    opened,
    search,
    status,
    write_file,
)


def write(path: str, manager: str, kind: ActivityKind, customers: tuple[int, ...] = (), **details: object) -> None:
    """Leave a line as another manager would."""
    workspace = open_workspace(path)
    other = Workspace(workspace._engine, workspace.path, manager)
    with other.transaction(None) as connection:
        activity.record(connection, other, kind, customers, **details)
    workspace.close()


def shown(pilot: object) -> list[str]:
    """Return the lines as they are drawn."""
    rows = lines(log(pilot))
    return [row for row in rows[1:] if row.strip()]


def log(pilot: object) -> ActivityList:
    """Return the list."""
    return app_of(pilot).screen.query_one(ActivityList)  # type: ignore[arg-type]


def screen_of(pilot: object) -> ActivityScreen:
    """Return the place."""
    screen = app_of(pilot).screen  # type: ignore[arg-type]
    assert isinstance(screen, ActivityScreen)
    return screen


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_r52_the_log_says_when_who_what_and_on_whom(tmp_path: Path, size: tuple[int, int]) -> None:
    path = database(tmp_path, [MINSU, ANN])
    write(path, "lee", ActivityKind.CUSTOMER_EDITED, (1,), fields=["profile.name", "tags"])
    write(path, "이매니저", ActivityKind.BLOCKED, (1, 2), count=2)
    async with opened(path, size, language="ko") as pilot:
        await press(pilot, "f5")
        newest, before, *_, oldest = shown(pilot)
        assert newest.split()[3:] == ["이매니저", "차단", "2"]
        assert before.split()[2:] == ["lee", "수정:", "이름,", "고객", "태그", "#1"]
        assert "매니저 추가" in oldest
        assert status(pilot) == "1 / 5   차단"
        assert "민수" not in drawn(pilot)


async def test_what_is_done_elsewhere_is_seen_without_asking_and_the_cursor_stays(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    async with opened(path) as pilot:
        await press(pilot, "f5", "down")
        before = log(pilot).current
        write(path, "lee", ActivityKind.EXPORTED, (1,), count=1)
        screen_of(pilot).look()
        await settle(pilot)
        assert log(pilot).current == before
        assert "exported" in shown(pilot)[0]
        await press(pilot, "home")
        write(path, "lee", ActivityKind.DELETED, (1,), count=1)
        screen_of(pilot).look()
        await settle(pilot)
        assert log(pilot).cursor == 0
        assert "deleted" in shown(pilot)[0]


async def test_r52_the_log_is_filtered_by_manager_kind_time_and_customer(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    write(path, "lee", ActivityKind.BLOCKED, (1,), count=1)
    async with opened(path) as pilot:
        await press(pilot, "f5")
        everything = len(shown(pilot))
        await press(pilot, "slash")
        assert isinstance(pilot.app.screen, LogFilterDialog)
        await press(pilot, "right", "enter")
        assert screen_of(pilot).asked == ActivityFilter(manager="lee")
        assert len(shown(pilot)) == 1
        assert "Only: lee" in drawn(pilot)
        await press(pilot, "escape")
        assert (screen_of(pilot).asked, len(shown(pilot))) == (ActivityFilter(), everything)
        await press(pilot, "slash", "down", "right", "down")
        await type_text(pilot, "2020-05-04")
        await press(pilot, "down")
        await type_text(pilot, "9000-01-01")
        await press(pilot, "down")
        await type_text(pilot, "#2")
        await press(pilot, "enter")
        asked = screen_of(pilot).asked
        assert (asked.kind, asked.customer) == (ActivityKind.CUSTOMER_ADDED, 2)
        assert "Only: Customer added · since 2020-05-04 · until 9000-01-01 · customer 2" in words(pilot)
        assert [row.split()[-1] for row in shown(pilot)] == ["#2"]
        await press(pilot, "slash", "escape")
        assert screen_of(pilot).asked == asked
        await press(pilot, "slash", "right", "enter")
        assert "No line is like that" in words(pilot)


@pytest.mark.parametrize(
    ("since", "until", "customer", "told"),
    [
        ("26.11.23", "", "", "Write a day like 2026-05-04."),
        ("20260504", "", "", "Write a day like 2026-05-04."),
        ("", "2026-02-30", "", "Write a day like 2026-05-04."),
        ("2026-05-04", "2026-05-03", "", "The first day is after the last."),
        ("", "", "0", "A customer's number is 1 or more."),
        ("", "", "x", "A customer's number is 1 or more."),
        ("", "9999-12-31", "", "Write a day like 2026-05-04."),
    ],
)
async def test_what_cannot_be_asked_for_is_said_in_the_dialog(
    tmp_path: Path, since: str, until: str, customer: str, told: str
) -> None:
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "f5", "slash", "down", "down")
        for text in (since, until, customer):
            await type_text(pilot, text)
            await press(pilot, "down")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, LogFilterDialog)
        assert told in words(pilot)


async def test_r52_a_line_is_read_whole_and_its_customers_and_import_are_opened(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    imported(path, write_file(tmp_path, ["kim@example.com,Kim,n,n,x"]))
    write(path, "lee", ActivityKind.BLOCKED, (1, 2), count=2)
    write(path, "lee", ActivityKind.CUSTOMER_EDITED, (2,), fields=["profile.name"])
    write(path, "lee", ActivityKind.EXPORTED, tuple(range(1, 251)), count=250)
    async with opened(path) as pilot:
        await press(pilot, "f5", "enter")
        assert isinstance(pilot.app.screen, ActivityLineScreen)
        assert "and 150 more" in words(pilot)
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert search(pilot).value.count("OR") == 29
        assert "250 customers are too many" in words(pilot)
        await press(pilot, "f5", "down", "f")
        assert isinstance(pilot.app.screen, ProfileScreen)
        await press(pilot, "escape", "down", "f")
        assert search(pilot).value == "id=1 OR id=2"
        await press(pilot, "f5", "down", "enter", "enter")
        assert isinstance(pilot.app.screen, ImportDetailScreen)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, ActivityScreen)


async def test_r52_the_log_is_checked_and_damage_stays_on_the_screen(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with opened(path) as pilot:
        await press(pilot, "f5", "v")
        assert status(pilot) == "Checked 3 lines of the activity log: none was changed, removed or inserted."
        change(path, "UPDATE activity SET manager = 'lee' WHERE id = 2")
        await press(pilot, "v")
        assert isinstance(pilot.app.screen, Ask)
        assert "line 2 was changed outside the program" in words(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ActivityScreen)


async def test_r52_the_lines_that_are_shown_are_saved_as_csv(tmp_path: Path, private_home: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    write(path, "lee", ActivityKind.BLOCKED, (1,), count=1)
    async with opened(path) as pilot:
        await press(pilot, "f5", "slash", "right", "enter", "s")
        assert isinstance(pilot.app.screen, SaveFile)
        await press(pilot, "enter")
        (saved,) = private_home.glob("activity-*.csv")
        assert f"Saved 1 lines of the activity log: {saved}"[:70] in status(pilot)
        with saved.open(encoding="utf-8-sig", newline="") as file:
            _, row = csv.reader(file)
        assert row[2:5] == ["lee", "blocked", "blocked"]
        await press(pilot, "escape")
        assert "activity log exported: 1 lines" in shown(pilot)[0]


async def test_r51_who_may_not_see_the_log_reads_a_sentence_instead(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    async with opened(path) as pilot:
        await press(pilot, "f5")
        assert len(shown(pilot)) == 2
        change(path, "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic')")
        app_of(pilot).headcount.look(at_once=True)
        await settle(pilot)
        assert "see the activity log" in words(pilot)
        assert "manager added" not in drawn(pilot)


async def test_a_long_log_is_read_on_when_the_cursor_comes_near_its_end(tmp_path: Path) -> None:
    path = database(tmp_path)
    workspace = open_workspace(path)
    with workspace.transaction(None) as connection:
        for _ in range(620):
            activity.record(connection, workspace, ActivityKind.SEGMENT_SAVED)
    workspace.close()
    async with opened(path) as pilot:
        await press(pilot, "f5")
        assert (log(pilot).total, status(pilot)) == (500, "1 / 621   segment saved")
        await press(pilot, "end")
        assert log(pilot).total == 621
        await press(pilot, "end")
        assert status(pilot).startswith("621 / 621   manager added")


async def test_hostile_managers_and_fields_reach_no_terminal(tmp_path: Path) -> None:
    path = database(tmp_path)
    for text in HOSTILE:
        write(path, text, ActivityKind.ROLE_ADDED, role=text, permissions=[text])
        write(path, "lee", ActivityKind.CUSTOMER_EDITED, fields=[text])
    async with opened(path) as pilot:
        await press(pilot, "f5")
        assert len(shown(pilot)) == 2 * len(HOSTILE) + 1
        assert not FORBIDDEN & set(drawn(pilot))
        for _ in range(4):
            await press(pilot, "enter")
            assert not FORBIDDEN & set(drawn(pilot))
            await press(pilot, "escape", "down")
        await press(pilot, "slash")
        for _ in range(len(HOSTILE)):
            await press(pilot, "right")
            assert not FORBIDDEN & set(drawn(pilot))


async def test_before_the_database_is_open_nothing_is_asked(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_leads(path, [MINSU])
    async with opened(path) as pilot:
        app_of(pilot).workspace = None
        await press(pilot, "f5", "slash", "s", "v", "f", "r")
        assert isinstance(pilot.app.screen, ActivityScreen)
