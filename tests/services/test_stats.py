"""The numbers of the dashboard (R5, R46)."""

import time
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_tui.core.vocabulary import LeadKey
from crm_tui.services import imports, managed
from crm_tui.services.stats import MonthGrowth, Stats, read_stats
from crm_tui.services.workspace import Workspace
from tests.services import kit
from tests.services.conftest import Clock
from tests.services.kit import sql

HEADER = ("memberId", "profile.email", "profile.mobileNumber", "unsubscribeEmail", "unsubscribeTexting")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live in Seoul, nine hours ahead of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


def milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def created(workspace: Workspace, at: str, *, member: str | None = None, blocked: bool = False) -> None:
    sql(
        workspace.path,
        "INSERT INTO customer (member_id, custom, email_verified, mobile_number_verified, unsubscribe_email, "
        "unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text, blocked_at) "
        "VALUES (?, '{}', 0, 0, 0, 0, ?, 1, 0, '', ?)",
        member,
        milliseconds(at),
        1 if blocked else None,
    )


def test_an_empty_database_has_no_customers_in_any_month(workspace: Workspace) -> None:
    stats = read_stats(workspace)
    assert (*astuple(stats)[:8], stats.imports) == (0, 0, 0, 0, 0, 0, 0, 0, ())
    assert len(stats.growth) == 12
    assert all((month.members, month.leads) == (0, 0) for month in stats.growth)


def test_r5_blocked_customers_are_counted_apart_and_nowhere_else(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    rows = [
        ("m1", "a@example.com", "+821020203031", "false", "true"),
        ("m2", "b@example.com", "", "true", "false"),
        ("m3", "", "+821020203033", "false", "false"),
        ("m4", "", "", "false", "false"),
        ("m5", "e@example.com", "+821020203035", "false", "false"),
    ]
    kit.members(workspace, tmp_path, HEADER, *rows)
    kit.leads(workspace, tmp_path, LeadKey.EMAIL, HEADER[1:], ("f@example.com", "+821020203036", "false", "false"))
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE member_id = 'm5'")
    sql(database, "UPDATE customer SET email_verified = 0 WHERE member_id = 'm2'")
    sql(database, "UPDATE customer SET mobile_number_verified = 0 WHERE member_id = 'm3'")
    stats = read_stats(workspace, 1)
    assert stats == Stats(
        managed_users=5,
        members=4,
        leads=1,
        blocked=1,
        verified_email=2,
        verified_mobile=2,
        accepts_email=2,
        accepts_texting=2,
        growth=(MonthGrowth("2025-06", 4, 1),),
        imports=imports.list_imports(workspace),
    )
    managed.set_limit(workspace, 2)
    limited = read_stats(workspace, 1)
    assert (limited.managed_users, limited.hidden, limited.limit, limited.blocked) == (2, 3, 2, 1)
    assert sum(one.members + one.leads for one in limited.growth) == 2
    assert max(limited.verified_email, limited.accepts_email, limited.accepts_texting) <= 2


def test_growth_is_by_months_of_the_managers_zone_up_to_this_one(
    workspace: Workspace, clock: Clock, zone: None
) -> None:
    clock.now = milliseconds("2026-02-28T14:59:59")
    created(workspace, "2025-12-31T14:59:59.999", member="m1")  # the last moment of 2025 in Seoul
    created(workspace, "2025-12-31T15:00:00", member="m2")
    created(workspace, "2026-01-31T14:59:59.999")
    created(workspace, "2026-01-31T15:00:00")
    created(workspace, "2026-02-01T00:00:00", member="m3")
    created(workspace, "2026-02-01T00:00:00", member="m4", blocked=True)
    created(workspace, "2026-02-01T00:00:00", blocked=True)
    assert read_stats(workspace, 3).growth == (
        MonthGrowth("2025-12", 1, 0),
        MonthGrowth("2026-01", 1, 1),
        MonthGrowth("2026-02", 1, 1),
    )
    clock.move(seconds=1)  # midnight
    assert read_stats(workspace, 2).growth == (MonthGrowth("2026-02", 1, 1), MonthGrowth("2026-03", 0, 0))


def test_years_pass_in_the_growth(workspace: Workspace, clock: Clock, zone: None) -> None:
    clock.now = milliseconds("2026-01-15T00:00:00")
    months = [one.month for one in read_stats(workspace, 14).growth]
    assert months == ["2024-12", *(f"2025-{number:02}" for number in range(1, 13)), "2026-01"]


def test_the_last_five_imports_are_told_newest_first(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(6):
        kit.members(workspace, tmp_path, ("memberId",), [f"m{number}"])
    stats = read_stats(workspace)
    assert stats.imports == imports.list_imports(workspace)[:5]
    assert [one.id for one in stats.imports] == [6, 5, 4, 3, 2]
