"""The activity log and the history of one customer (R52)."""

import json
from pathlib import Path

import pytest

from crm_tui.core.permissions import Permission
from crm_tui.services.activity import ActivityKind, history, record
from crm_tui.services.errors import NotFound
from crm_tui.services.selection import Selection, choosing
from crm_tui.services.tagging import change_tags, delete_tag, rename_tag
from crm_tui.services.workspace import Workspace
from storage.selection import Chosen
from tests.services.conftest import Clock
from tests.services.kit import as_manager, members, one, sql
from tests.services.people import add, edit


def kinds(workspace: Workspace, customer_id: int) -> list[ActivityKind]:
    return [line.kind for line in history(workspace, customer_id)]


def test_r52_adding_and_editing_are_logged_with_field_keys_and_no_values(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    customer = add(workspace, email="kim@example.com", name="김민준")
    clock.move(days=1)
    edit(as_manager(workspace, "lee"), customer.id, "name", email="lee@example.com", tags='["vip"]')
    edited, added = history(workspace, customer.id)
    assert (edited.at, edited.manager, edited.kind) == (clock.now, "lee", ActivityKind.CUSTOMER_EDITED)
    assert edited.details == {"fields": ["profile.email", "profile.name", "tags"]}
    assert (added.manager, added.kind, added.details) == ("kim", ActivityKind.CUSTOMER_ADDED, {})
    logged = json.dumps(sql(database, "SELECT * FROM activity"), ensure_ascii=False)
    assert all(value not in logged for value in ("example.com", "김민준", "vip"))


def test_an_edit_that_changes_nothing_is_no_edit(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, email="kim@example.com", name="김", tags='["VIP"]')
    clock.move(days=1)
    assert edit(workspace, customer.id, "description", name=" 김 ", tags='["vip"]') == customer
    assert kinds(workspace, customer.id) == [ActivityKind.CUSTOMER_ADDED]


def test_r2_a_contact_that_becomes_verified_is_an_edit(workspace: Workspace, database: Path) -> None:
    customer = add(workspace, email="kim@example.com")
    sql(database, "UPDATE customer SET email_verified = 0")
    assert edit(workspace, customer.id, email="kim@example.com").email_verified
    assert history(workspace, customer.id)[0].details == {"fields": ["profile.email"]}


def test_the_history_of_an_imported_customer_begins_with_their_creation_and_holds_their_import_tags(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    created = clock.now
    members(workspace, tmp_path, ("memberId",), ("M1",), tag="5월")
    clock.move(days=1)
    members(workspace, tmp_path, ("memberId",), ("M1",), tag="6월")
    clock.move(days=1)
    change_tags(workspace, Selection(query=""), add=["vip"])
    lines = [(line.at - created, line.manager, line.kind) for line in history(workspace, 2)]
    day = 86_400_000
    assert lines == [
        (2 * day, "kim", ActivityKind.TAGS_ADDED),
        (day, "kim", ActivityKind.IMPORT_APPLIED),
        (day, None, ActivityKind.IMPORTED),
        (0, "kim", ActivityKind.IMPORT_APPLIED),
        (0, None, ActivityKind.IMPORTED),
        (0, None, ActivityKind.CREATED),
    ]
    tags = [line.details.get("import_tag") for line in history(workspace, 2)]
    assert tags == [None, None, "6월", None, "5월", None]


def test_tags_stand_by_id_in_the_log_and_by_the_name_they_have_now_in_the_history(
    workspace: Workspace, database: Path
) -> None:
    add(workspace, email="kim@example.com")
    change_tags(workspace, Selection(query=""), add=["vip", "gold"])
    rename_tag(workspace, "vip", "단골", with_customers=True)
    delete_tag(workspace, "gold", with_customers=True)
    assert history(workspace, 1)[-2].details == {"tags": [1, 2], "names": ("단골", "gold"), "count": 1, "left_out": 0}
    assert one(database, "SELECT group_concat(details) FROM activity").count("vip") == 0


def test_the_newest_lines_are_given_up_to_a_limit(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, email="kim@example.com")
    for number in range(5):
        clock.move(seconds=1)
        edit(workspace, customer.id, name=str(number))
    assert len(history(workspace, customer.id, limit=3)) == 3
    assert history(workspace, customer.id, limit=3) == history(workspace, customer.id)[:3]
    assert history(workspace, customer.id)[-1].kind is ActivityKind.CUSTOMER_ADDED


@pytest.mark.parametrize("unknown", [2, 0, -1, 2**70])
def test_a_customer_who_is_not_there_has_no_history(workspace: Workspace, unknown: int) -> None:
    add(workspace, email="kim@example.com")
    with pytest.raises(NotFound):
        history(workspace, unknown)


def test_a_line_is_kept_only_with_what_it_tells_of(workspace: Workspace, database: Path) -> None:
    def fail() -> None:
        with choosing(workspace, Permission.DOWNLOAD, Selection(query="")) as (connection, _):
            record(connection, workspace, ActivityKind.EXPORTED, Chosen.ALL, count=1)
            raise RuntimeError

    add(workspace, email="kim@example.com")
    with pytest.raises(RuntimeError):
        fail()
    assert one(database, "SELECT count(*) FROM activity WHERE kind = 'exported'") == 0
    assert one(database, "SELECT count(*) FROM activity_customer") == 1


def test_a_line_may_name_nobody_or_some_by_id_once_each(workspace: Workspace, database: Path) -> None:
    with workspace.transaction(None) as connection:
        record(connection, workspace, ActivityKind.FIELD_ADDED, field="profile.points")
        record(connection, workspace, ActivityKind.EXPORTED, [7, 5, 7], count=2)
    assert sql(database, "SELECT kind, details FROM activity") == [
        ("field_added", '{"field":"profile.points"}'),
        ("exported", '{"count":2}'),
    ]
    assert sql(database, "SELECT customer_id, activity_id FROM activity_customer") == [(5, 2), (7, 2)]
