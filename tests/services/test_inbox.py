"""The inbox: a message for every owner and for who asked, once each, when an import was applied (R37)."""

from pathlib import Path

import pytest

from crm_tui.core.permissions import Permission
from crm_tui.services.errors import Forbidden, NotFound
from crm_tui.services.importing.events import ImportNumbers
from crm_tui.services.importing.prepared import drop_import
from crm_tui.services.inbox import InboxEntry, inbox, mark_all_read, mark_read, unread
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import as_manager, ask, file_of, members, one, prepare, sql

COLUMNS = ("memberId", "profile.email")
OWNERS = "SELECT m.name FROM manager m JOIN role r ON r.id = m.role_id WHERE r.code = 'owner'"
GOOD, BAD = ("M1", "kim@example.com"), ("M2", "kim")


def basic(workspace: Workspace, database: Path, name: str = "park") -> Workspace:
    """Return the database as a manager without the owner's rights has it open."""
    sql(database, "INSERT INTO manager (name, role_id, added_at) SELECT ?, id, 0 FROM role WHERE code = 'basic'", name)
    return as_manager(workspace, name)


def test_r37_every_owner_and_who_asked_find_one_message_with_the_numbers_each(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    park, choi = basic(workspace, database), basic(workspace, database, "choi")
    first = members(park, tmp_path, COLUMNS, GOOD, BAD).import_id
    (entry,) = inbox(park)
    assert entry == InboxEntry(
        id=entry.id,
        import_id=first,
        file_name="file.csv",
        manager="park",
        created_at=clock.now,
        numbers=ImportNumbers(rows=2, customers=1, created=1, failed=1),
        is_read=False,
    )
    owners = [name for (name,) in sql(database, OWNERS)]
    assert len(owners) > 1
    for name in owners:
        assert [(one.import_id, one.manager) for one in inbox(as_manager(workspace, name))] == [(first, "park")]
    assert inbox(choi) == ()


def test_r37_an_owner_who_asked_is_told_once_and_the_newest_message_comes_first(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    first = members(workspace, tmp_path, COLUMNS, GOOD).import_id
    clock.move(days=1)
    second = members(workspace, tmp_path, COLUMNS, GOOD).import_id
    entries = inbox(workspace)
    assert [(entry.import_id, entry.numbers.updated) for entry in entries] == [(second, 1), (first, 0)]
    assert inbox(workspace, 1) == entries[:1]
    assert inbox(workspace, -1) == entries


def test_r37_an_import_that_only_waits_or_was_dropped_tells_nobody(workspace: Workspace, tmp_path: Path) -> None:
    prepared = prepare(workspace, ask(file_of(tmp_path, COLUMNS, GOOD), COLUMNS))
    assert inbox(workspace) == ()
    drop_import(workspace, prepared)
    assert (inbox(workspace), unread(workspace)) == ((), 0)


def test_r37_a_message_is_read_once_and_by_one_manager_only(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    lee = as_manager(workspace, "lee")
    for _ in range(3):
        members(workspace, tmp_path, COLUMNS, GOOD)
    newest = inbox(workspace)[0].id
    clock.move(days=1)
    assert (unread(workspace), mark_read(workspace, newest), unread(workspace)) == (3, True, 2)
    assert [entry.is_read for entry in inbox(workspace)] == [True, False, False]
    assert not mark_read(workspace, newest)
    assert (mark_all_read(workspace), mark_all_read(workspace), unread(workspace)) == (2, 0, 0)
    assert unread(lee) == 3
    assert one(database, "SELECT count(*) FROM inbox_message WHERE read_at = ?", clock.now) == 3


def test_somebody_elses_message_is_none_of_ones_own(workspace: Workspace, tmp_path: Path) -> None:
    members(workspace, tmp_path, COLUMNS, GOOD)
    theirs = inbox(as_manager(workspace, "lee"))[0].id
    for unknown in (theirs, 0, -1, 2**70):
        with pytest.raises(NotFound, match="message_not_found"):
            mark_read(workspace, unknown)
    assert unread(as_manager(workspace, "lee")) == 1


def test_r51_who_may_not_see_contacts_reads_no_message(workspace: Workspace, database: Path) -> None:
    nobody = basic(workspace, database)
    sql(database, "INSERT INTO role (key, name, permissions) VALUES ('none', 'none', '[]')")
    sql(database, "UPDATE manager SET role_id = (SELECT id FROM role WHERE key = 'none') WHERE name = 'park'")
    for do in (inbox, unread, mark_all_read, lambda workspace: mark_read(workspace, 1)):
        with pytest.raises(Forbidden) as refused:
            do(nobody)
        assert refused.value.params["permission"] == Permission.SEE.value
