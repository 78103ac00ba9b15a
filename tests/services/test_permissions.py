"""R51: what a manager may not do is refused below the screens, by every function of the services."""

import contextlib
import importlib
import inspect
import json
import pkgutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import crm_tui.services
from crm_tui.core.fields import FieldType
from crm_tui.core.permissions import EVERYTHING, OF_ROLES, ON_CUSTOMERS, Permission, RoleCode
from crm_tui.core.talk import Direction
from crm_tui.core.vocabulary import Channel, ImportState, Target
from crm_tui.services import (
    activity,
    activity_log,
    audience,
    blocking,
    collecting,
    contact_list,
    conversations,
    customers,
    deleting,
    exporting,
    fields,
    health,
    imports,
    inbox,
    indexing,
    managed,
    managers,
    preferences,
    retention,
    roles,
    samples,
    segments,
    selection,
    stats,
    tagging,
    tags,
    unifying,
    verifying,
    visits,
    withdrawing,
)
from crm_tui.services.errors import Forbidden
from crm_tui.services.importing import engine, explaining, lock, prepared, requests, scratch
from crm_tui.services.importing.events import ImportRequest, Prepared, Refused
from crm_tui.services.importing.source import open_source
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.kit import OPT_OUTS, file_of, members, one, prepare, sql
from tests.services.people import add

SEE, EDIT, DELETE, DOWNLOAD, SETTINGS, ACTIVITY = Permission
NOBODY = "probe"
"""The manager whose rights are tried."""


@dataclass(frozen=True)
class Shop:
    """A database with a bit of everything, and what its owner had at hand."""

    database: Path
    folder: Path
    request: ImportRequest
    prepared: Prepared
    withdrawal: withdrawing.Withdrawal
    due: retention.Due

    @property
    def csv(self) -> Path:
        return self.folder / "file.csv"

    @property
    def out(self) -> Path:
        return self.folder / "out.csv"


LEAD, GONE = 1, 2
MESSAGE = 1000
ONE = Selection(ids=frozenset({LEAD}))
Call = Callable[[Workspace, Shop], Any]


def described(_: object) -> str:
    return ""


def entered(given: AbstractContextManager[object]) -> None:
    """Go into something and out of it."""
    with given:
        pass


CALLS: dict[str, tuple[set[Permission], Call]] = {
    "activity.reading_log": ({ACTIVITY}, lambda w, _: entered(activity.reading_log(w))),
    "activity.history": ({ACTIVITY}, lambda w, _: activity.history(w, LEAD)),
    "activity_log.list_activity": ({ACTIVITY}, lambda w, _: activity_log.list_activity(w)),
    "activity_log.each_line": ({ACTIVITY}, lambda w, _: next(activity_log.each_line(w))),
    "activity_log.count_activity": ({ACTIVITY}, lambda w, _: activity_log.count_activity(w)),
    "activity_log.newest_line": ({ACTIVITY}, lambda w, _: activity_log.newest_line(w)),
    "activity_log.activity_words": ({ACTIVITY}, lambda w, _: activity_log.activity_words(w)),
    "activity_log.verify": ({ACTIVITY}, lambda w, _: activity_log.verify(w)),
    "activity_log.take_out": ({ACTIVITY, DOWNLOAD}, lambda w, _: activity_log.take_out(w)),
    "activity_log.write_csv": ({ACTIVITY, DOWNLOAD}, lambda w, s: activity_log.write_csv(w, s.out, described)),
    "audience.audience": ({SEE}, lambda w, _: audience.audience(w, "", Channel.EMAIL)),
    "audience.check_audience": ({DOWNLOAD}, lambda w, s: audience.check_audience(w, s.out, "", Channel.EMAIL)),
    "audience.export_audience": ({SEE, DOWNLOAD}, lambda w, s: audience.export_audience(w, "", Channel.EMAIL, s.out)),
    "blocking.block": ({EDIT}, lambda w, _: blocking.block(w, ONE)),
    "blocking.unblock": ({EDIT}, lambda w, _: blocking.unblock(w, ONE)),
    "collecting.collect": ({EDIT}, lambda w, _: collecting.collect(w, {"email": "x@example.com"})),
    "contact_list.vocabulary": ({SEE}, lambda w, _: contact_list.vocabulary(w)),
    "contact_list.parse": ({SEE}, lambda w, _: contact_list.parse(w, "kim")),
    "contact_list.count": ({SEE}, lambda w, _: contact_list.count(w)),
    "contact_list.first_page": ({SEE}, lambda w, _: contact_list.first_page(w)),
    "contact_list.page": ({SEE}, lambda w, _: contact_list.page(w)),
    "contact_list.position": ({SEE}, lambda w, _: contact_list.position(w, customer_id=LEAD)),
    "contact_list.every": ({SEE}, lambda w, _: contact_list.every(w)),
    "conversations.write_message": ({EDIT}, lambda w, _: conversations.write_message(w, LEAD, Direction.IN, "x")),
    "conversations.write_call": ({EDIT}, lambda w, _: conversations.write_call(w, LEAD, Direction.IN, "x")),
    "conversations.timeline": ({SEE}, lambda w, _: conversations.timeline(w, LEAD)),
    "conversations.ownerless": ({SEE}, lambda w, _: conversations.ownerless(w)),
    "conversations.ownerless_messages": ({SEE}, lambda w, _: conversations.ownerless_messages(w, GONE)),
    "customers.by_ids": ({SEE}, lambda w, _: customers.by_ids(w, [LEAD])),
    "customers.get": ({SEE}, lambda w, _: customers.get(w, LEAD)),
    "customers.find": ({SEE}, lambda w, _: customers.find(w, member_id="M1")),
    "customers.revision": (set(), lambda w, _: customers.revision(w)),
    "customers.add_lead": ({EDIT}, lambda w, _: customers.add_lead(w, {"email": "x@example.com"})),
    "customers.edit": ({EDIT}, lambda w, _: customers.edit(w, LEAD, {"name": "x"})),
    "deleting.delete": ({DELETE}, lambda w, _: deleting.delete(w, ONE)),
    "deleting.finish": (set(), lambda w, _: deleting.finish(w)),
    "exporting.export": ({DOWNLOAD}, lambda w, s: exporting.export(w, s.out, ONE, ["profile.name"])),
    "exporting.note_listing": ({DOWNLOAD}, lambda w, _: exporting.note_listing(w, "", [LEAD])),
    "exporting.check_export": ({DOWNLOAD}, lambda w, s: exporting.check_export(w, s.out, ONE, None)),
    "fields.list_fields": (set(), lambda w, _: fields.list_fields(w)),
    "fields.add_field": ({SETTINGS}, lambda w, _: fields.add_field(w, "new", FieldType.STRING, "")),
    "fields.label_field": ({SETTINGS}, lambda w, _: fields.label_field(w, "grade", "x")),
    "fields.move_field": ({SETTINGS}, lambda w, _: fields.move_field(w, "grade", 1)),
    "fields.archive_field": ({SETTINGS}, lambda w, _: fields.archive_field(w, "grade")),
    "fields.restore_field": ({SETTINGS}, lambda w, _: fields.restore_field(w, "grade")),
    "fields.usage": ({SEE}, lambda w, _: fields.usage(w)),
    "health.examine": (set(), lambda w, _: health.examine(w)),
    "indexing.examine": (set(), lambda w, _: indexing.examine(w)),
    "indexing.run": (set(), lambda w, _: indexing.run(w)),
    "indexing.start": (set(), lambda w, _: indexing.start(w)),
    "importing.engine.prepare_import": (
        {EDIT},
        lambda w, s: engine.prepare_import(w, s.request, threading.Event()),
    ),
    "importing.engine.apply_import": ({EDIT}, lambda w, s: engine.apply_import(w, s.prepared, threading.Event())),
    "importing.explaining.explain_row": ({EDIT}, lambda w, s: explaining.explain_row(w, s.prepared, 2)),
    "importing.lock.import_lock": (set(), lambda w, _: lock.import_lock(w)),
    "importing.lock.settle": (set(), lambda w, _: lock.settle(w)),
    "importing.prepared.resumable": (set(), lambda w, _: prepared.resumable(w)),
    "importing.prepared.drop_import": ({EDIT}, lambda w, s: prepared.drop_import(w, s.prepared)),
    "importing.prepared.give_up": (
        set(),
        lambda w, s: prepared.give_up(w, None, s.prepared.import_id, ImportState.CANCELLED),
    ),
    "importing.prepared.failed_rows_of": ({EDIT}, lambda w, s: prepared.failed_rows_of(w, s.prepared)),
    "importing.requests.fields_asked_for": (set(), lambda w, s: requests.fields_asked_for(w, s.request)),
    "importing.scratch.new_scratch": (set(), lambda w, _: scratch.new_scratch(w)),
    "importing.scratch.found": (set(), lambda w, _: scratch.found(w)),
    "importing.scratch.remove_orphans": (set(), lambda w, _: scratch.remove_orphans(w)),
    "imports.list_imports": ({SEE}, lambda w, _: imports.list_imports(w)),
    "imports.get_import": ({SEE}, lambda w, _: imports.get_import(w, 1)),
    "imports.failures": ({SEE, EDIT}, lambda w, _: imports.failures(w, 1)),
    "imports.save_failed_rows": (
        {SEE, EDIT},
        lambda w, s: imports.save_failed_rows(w, 1, s.folder / "out.xlsx", described),
    ),
    "imports.tidy": (set(), lambda w, _: imports.tidy(w)),
    "imports.propose_columns": ({EDIT}, lambda w, s: imports.propose_columns(w, open_source(s.csv), Target.MEMBER)),
    "inbox.inbox": ({SEE}, lambda w, _: inbox.inbox(w)),
    "inbox.unread": ({SEE}, lambda w, _: inbox.unread(w)),
    "inbox.mark_read": ({SEE}, lambda w, _: inbox.mark_read(w, MESSAGE)),
    "inbox.mark_all_read": ({SEE}, lambda w, _: inbox.mark_all_read(w)),
    "managed.managed": ({SEE}, lambda w, _: managed.managed(w)),
    "managed.set_limit": ({SETTINGS}, lambda w, _: managed.set_limit(w, 10)),
    "managed.count_hidden": ({SEE}, lambda w, _: managed.count_hidden(w)),
    "managed.hidden": ({SEE}, lambda w, _: managed.hidden(w)),
    "managers.whoami": (set(), lambda w, _: managers.whoami(w)),
    "managers.require": ({DOWNLOAD}, lambda w, _: managers.require(w, DOWNLOAD)),
    "managers.list_managers": ({SETTINGS}, lambda w, _: managers.list_managers(w)),
    "managers.add_manager": ({SETTINGS}, lambda w, _: managers.add_manager(w, "new", "nothing")),
    "managers.change_manager": ({SETTINGS}, lambda w, _: managers.change_manager(w, "idler", "nothing")),
    "managers.remove_manager": ({SETTINGS}, lambda w, _: managers.remove_manager(w, "idler")),
    "preferences.read_preference": (set(), lambda w, _: preferences.read_preference(w, "x")),
    "preferences.write_preference": (set(), lambda w, _: preferences.write_preference(w, "x", 1)),
    "retention.look": ({SEE}, lambda w, _: retention.look(w, 730)),
    "retention.apply": ({DELETE}, lambda w, s: retention.apply(w, s.due)),
    "roles.list_roles": ({SETTINGS}, lambda w, _: roles.list_roles(w)),
    "roles.add_role": ({SETTINGS}, lambda w, _: roles.add_role(w, "new", [])),
    "roles.change_role": ({SETTINGS}, lambda w, _: roles.change_role(w, "nothing", [])),
    "roles.rename_role": ({SETTINGS}, lambda w, _: roles.rename_role(w, "nothing", "new")),
    "roles.delete_role": ({SETTINGS}, lambda w, _: roles.delete_role(w, "unused")),
    "samples.load_samples": ({EDIT}, lambda w, _: samples.load_samples(w)),
    "segments.list_segments": ({SEE}, lambda w, _: segments.list_segments(w)),
    "segments.save_segment": ({SEE, EDIT}, lambda w, _: segments.save_segment(w, "new", "kim")),
    "segments.rename_segment": ({SEE, EDIT}, lambda w, _: segments.rename_segment(w, "Kims", "Lees")),
    "segments.delete_segment": ({EDIT}, lambda w, _: segments.delete_segment(w, "Kims")),
    "selection.left_out": ({SEE}, lambda w, _: selection.left_out(w, Selection(query="x"))),
    "selection.look_at": ({SEE}, lambda w, _: selection.look_at(w, ONE)),
    "selection.missing_ids": ({SEE}, lambda w, _: selection.missing_ids(w, ONE)),
    "selection.parse_selection": ({SEE}, lambda w, _: selection.parse_selection(w, Selection(query="kim"))),
    "selection.choosing": ({DELETE}, lambda w, _: selection.choosing(w, DELETE, ONE, None, threading.Event())),
    "stats.read_stats": ({SEE}, lambda w, _: stats.read_stats(w)),
    "tagging.carriers": ({SEE}, lambda w, _: tagging.carriers(w, "VIP")),
    "tagging.import_tag_carriers": ({SEE}, lambda w, _: tagging.import_tag_carriers(w, "May")),
    "tagging.change_tags": ({EDIT}, lambda w, _: tagging.change_tags(w, ONE, add=["new"])),
    "tagging.set_consent": ({EDIT}, lambda w, _: tagging.set_consent(w, ONE, email=True)),
    "tagging.rename_tag": ({EDIT}, lambda w, _: tagging.rename_tag(w, "VIP", "new", with_customers=True)),
    "tagging.merge_tags": ({EDIT}, lambda w, _: tagging.merge_tags(w, "VIP", "other", with_customers=True)),
    "tagging.delete_tag": ({EDIT}, lambda w, _: tagging.delete_tag(w, "VIP", with_customers=True)),
    "tagging.delete_import_tag": ({EDIT}, lambda w, _: tagging.delete_import_tag(w, "May")),
    "tags.import_tags": ({SEE}, lambda w, _: tags.import_tags(w)),
    "tags.customer_tags": ({SEE}, lambda w, _: tags.customer_tags(w)),
    "tags.tag_tree": ({SEE}, lambda w, _: tags.tag_tree(w)),
    "unifying.why": ({SEE}, lambda w, _: unifying.why(w, LEAD)),
    "unifying.list_pending": ({SEE}, lambda w, _: unifying.list_pending(w)),
    "verifying.verify": ({EDIT}, lambda w, _: verifying.verify(w, LEAD, "profile.email")),
    "visits.visit": ({EDIT}, lambda w, _: visits.visit(w, visits.Boot(customer_id=LEAD))),
    "withdrawing.prepare": ({DELETE}, lambda w, s: withdrawing.prepare(w, open_source(s.csv), 0, "memberId")),
    "withdrawing.found_customers": ({SEE}, lambda w, s: withdrawing.found_customers(w, s.withdrawal)),
    "withdrawing.apply": ({DELETE}, lambda w, s: withdrawing.apply(w, s.withdrawal)),
}
"""By function: what a manager must be allowed to do for it, and how it is called."""


def functions() -> Iterator[str]:
    """All that the services offer on a workspace.

    What takes an open connection besides is a part of something that has asked already, by opening it.
    """
    for module in pkgutil.walk_packages(crm_tui.services.__path__, "crm_tui.services."):
        for name, found in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or not inspect.isfunction(found) or found.__module__ != module.name:
                continue
            parameters = inspect.signature(found).parameters
            if "workspace" in parameters and "connection" not in parameters:
                yield f"{module.name.removeprefix('crm_tui.services.')}.{name}"


def test_r51_every_function_of_the_services_stands_in_the_table() -> None:
    assert set(functions()) - CALLS.keys() == set()
    assert CALLS.keys() - set(functions()) == set()


# -- walked ---------------------------------------------------------------------------------------------------------


def give(database: Path, permissions: Iterable[Permission], manager: str = NOBODY) -> None:
    """Give a manager a role of their own that allows this."""
    words = json.dumps(sorted(permissions))
    sql(database, "INSERT OR REPLACE INTO role (id, key, name, permissions) VALUES (99, 'own', 'own', ?)", words)
    sql(database, "INSERT OR REPLACE INTO manager (name, role_id, added_at) VALUES (?, 99, 0)", manager)


@pytest.fixture
def shop(workspace: Workspace, database: Path, tmp_path: Path) -> Shop:
    """Return what its owner made."""
    lead = add(workspace, email="kim@example.com", name="Kim", tags='["VIP","other"]')
    gone = add(workspace, email="gone@example.com")
    assert (lead.id, gone.id) == (LEAD, GONE)
    conversations.write_message(workspace, GONE, Direction.OUT, "hello")
    deleting.delete(workspace, Selection(ids=frozenset({GONE})))
    columns = ("memberId", "name", *OPT_OUTS)
    members(workspace, tmp_path, columns, ("M1", "Ann", "false", "false"), ("", "bad", "false", "false"), tag="May")
    path = file_of(
        tmp_path, columns, ("M1", "Anna", "false", "false"), ("M2", "Bob", "false", "false"), name="file.csv"
    )
    request = ImportRequest(path, Target.MEMBER, None, columns)
    sql(database, "INSERT INTO inbox_message (id, manager, import_id, created_at) VALUES (?, ?, 1, 0)", MESSAGE, NOBODY)
    fields.add_field(workspace, "grade", FieldType.STRING, "")
    segments.save_segment(workspace, "Kims", "kim")
    roles.add_role(workspace, "nothing", [])
    roles.add_role(workspace, "unused", [])
    managers.add_manager(workspace, "idler", "nothing")
    withdrawal = withdrawing.prepare(workspace, open_source(path), 0, "memberId")
    due = retention.look(workspace, 730)
    return Shop(database, tmp_path, request, prepare(workspace, request), withdrawal, due)


def call(shop: Shop, name: str, granted: Iterable[Permission]) -> None:
    """Call a function as a manager who may do this, through to its end."""
    give(shop.database, granted)
    workspace = open_workspace(str(shop.database), manager=NOBODY)
    try:
        answer = CALLS[name][1](workspace, shop)
        if isinstance(answer, contextlib.AbstractContextManager) and not isinstance(answer, Path):
            with answer:
                pass
        elif isinstance(answer, Iterator):
            for event in answer:
                if isinstance(event, Refused):
                    raise event.error
    finally:
        workspace.close()


@pytest.mark.parametrize("name", CALLS)
def test_r51_without_its_permission_a_function_is_refused_and_with_it_alone_it_is_not(shop: Shop, name: str) -> None:
    needed = CALLS[name][0]
    if needed & ON_CUSTOMERS:  # who acts on customers sees them
        needed = needed | {SEE}
    for permission in sorted(needed):
        with pytest.raises(Forbidden) as refused:
            call(shop, name, EVERYTHING - {permission})
        assert refused.value.code == "permission_refused"
        assert refused.value.params["permission"] == permission.value
        assert "kim" in str(refused.value.params["owners"])
        last = sql(shop.database, "SELECT manager, kind, details FROM activity ORDER BY id DESC LIMIT 1")
        assert last == [(NOBODY, "refused", json.dumps({"permission": permission.value}, separators=(",", ":")))]
    call(shop, name, needed)


def test_r51_what_an_owner_takes_away_is_gone_at_once(shop: Shop, workspace: Workspace) -> None:
    give(shop.database, {SEE, EDIT})
    other = open_workspace(str(shop.database), manager=NOBODY)
    assert customers.get(other, LEAD).id == LEAD
    assert other.granted() == {SEE, EDIT}
    roles.change_role(workspace, "own", {EDIT})
    with pytest.raises(Forbidden):
        customers.get(other, LEAD)
    managers.change_manager(workspace, NOBODY, "basic")
    assert customers.get(other, LEAD).id == LEAD
    managers.remove_manager(workspace, NOBODY)
    for use in (lambda: customers.get(other, LEAD), lambda: blocking.block(other, ONE)):
        with pytest.raises(Forbidden) as refused:
            use()
        assert refused.value.code == "manager_unknown"
    assert other.granted() == frozenset()
    other.close()


def test_r51_who_acts_on_customers_must_be_allowed_to_see_them(shop: Shop, workspace: Workspace) -> None:
    give(shop.database, {EDIT, DELETE, DOWNLOAD, SETTINGS})
    other = open_workspace(str(shop.database), manager=NOBODY)
    assert other.granted() == managers.whoami(other).permissions == {SETTINGS}
    for act in (lambda: blocking.block(other, ONE), lambda: deleting.delete(other, ONE)):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.params["permission"] == SEE.value
    assert managers.whoami(other).refusal(EDIT).params["permission"] == SEE.value
    role = next(one for one in roles.list_roles(workspace) if one.name == "own")
    assert (role.permissions, role.idle) == ({EDIT, DELETE, DOWNLOAD, SETTINGS}, {EDIT, DELETE, DOWNLOAD})
    other.close()


def test_r50_whom_a_database_from_before_there_were_managers_names_goes_on_with_the_basic_role(
    shop: Shop, workspace: Workspace, database: Path
) -> None:
    workspace.close()
    sql(database, "DELETE FROM manager")
    sql(database, "INSERT INTO preference (manager, name, value) VALUES ('park', 'x', '1'), ('', 'x', '1')")
    open_workspace(str(database), manager="choi").close()
    found = sql(database, "SELECT m.name, r.code, m.added_by FROM manager m JOIN role r ON r.id = m.role_id ORDER BY 1")
    assert found == [("choi", "owner", None), ("kim", "basic", "choi"), ("park", "basic", "choi")]
    added = sql(database, "SELECT details FROM activity WHERE kind = 'manager_added' ORDER BY id DESC LIMIT 3")
    assert {json.loads(details)["name"] for (details,) in added} == {"choi", "kim", "park"}
    with pytest.raises(Forbidden, match="manager_unknown"):
        open_workspace(str(database), manager="stranger")


def test_r51_a_refusal_that_is_repeated_is_logged_once_a_minute(shop: Shop, clock: Any) -> None:
    give(shop.database, {EDIT})
    other = open_workspace(str(shop.database), manager=NOBODY)
    for moment, lines in ((0, 1), (30, 1), (31, 2)):
        clock.move(seconds=moment)
        for _ in range(3):
            with pytest.raises(Forbidden):
                customers.get(other, LEAD)
        assert one(shop.database, "SELECT count(*) FROM activity WHERE kind = 'refused'") == lines
    other.close()


# -- managers and roles (R50) ---------------------------------------------------------------------------------------


def test_r50_who_opens_a_new_database_is_its_owner_and_the_next_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "crm.db")
    open_workspace(path, manager="first").close()
    with pytest.raises(Forbidden) as refused:
        open_workspace(path, manager="second")
    assert (refused.value.code, refused.value.params) == ("manager_unknown", {"manager": "second", "owners": "first"})
    first = open_workspace(path, manager="first")
    assert managers.whoami(first).permissions == EVERYTHING
    managers.add_manager(first, "second", "basic")
    first.close()
    second = open_workspace(path, manager="second")
    assert managers.whoami(second).permissions == OF_ROLES[RoleCode.BASIC]
    second.close()


def test_r50_nobody_changes_their_own_rights_so_there_is_always_an_owner(workspace: Workspace, database: Path) -> None:
    for act in (
        lambda: managers.change_manager(workspace, "kim", "basic"),
        lambda: managers.remove_manager(workspace, "kim"),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "own_rights"
    give(database, {SETTINGS}, "park")
    park = open_workspace(str(database), manager="park")
    for act in (lambda: roles.change_role(park, "own", EVERYTHING), lambda: roles.rename_role(park, "own", "boss")):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "own_rights"
    park.close()


BEYOND = [
    (lambda w: managers.add_manager(w, "new", "owner"), "owners_only"),
    (lambda w: managers.change_manager(w, "lee", "nothing"), "owners_only"),
    (lambda w: managers.change_manager(w, "idler", "owner"), "owners_only"),
    (lambda w: managers.remove_manager(w, "lee"), "owners_only"),
    (lambda w: managers.add_manager(w, "new", "basic"), "permission_beyond"),
    (lambda w: managers.change_manager(w, "idler", "basic"), "permission_beyond"),
    (lambda w: managers.remove_manager(w, "clerk"), "permission_beyond"),
    (lambda w: roles.add_role(w, "new", {SEE, DOWNLOAD}), "permission_beyond"),
    (lambda w: roles.change_role(w, "nothing", {EDIT}), "permission_beyond"),
    (lambda w: roles.change_role(w, "loader", set()), "permission_beyond"),
    (lambda w: roles.delete_role(w, "loader"), "permission_beyond"),
]


@pytest.mark.parametrize(("act", "code"), BEYOND)
def test_r50_who_is_no_owner_gives_and_takes_only_what_they_may_do_themselves(
    shop: Shop, workspace: Workspace, act: Callable[[Workspace], object], code: str
) -> None:
    managers.add_manager(workspace, "clerk", "basic")
    roles.add_role(workspace, "loader", {DOWNLOAD})
    give(shop.database, {SETTINGS, SEE})
    before = sql(shop.database, "SELECT name, role_id FROM manager"), sql(shop.database, "SELECT * FROM role")
    other = open_workspace(str(shop.database), manager=NOBODY)
    with pytest.raises(Forbidden) as refused:
        act(other)
    assert refused.value.code == code
    assert (sql(shop.database, "SELECT name, role_id FROM manager"), sql(shop.database, "SELECT * FROM role")) == before
    assert one(shop.database, "SELECT kind FROM activity ORDER BY id DESC LIMIT 1") == "refused"
    other.close()


def test_r50_who_is_no_owner_gives_what_they_may_do_themselves(shop: Shop) -> None:
    give(shop.database, {SETTINGS, SEE})
    other = open_workspace(str(shop.database), manager=NOBODY)
    seer = roles.add_role(other, "  Seer ", {SEE})
    assert isinstance(seer, roles.Role)
    assert (seer.name, seer.permissions, seer.managers) == ("Seer", {SEE}, 0)
    added = managers.add_manager(other, " minsu ", "SEER")
    assert isinstance(added, managers.Manager)
    assert (added.name, added.role, added.added_by) == ("minsu", "Seer", NOBODY)
    assert managers.change_manager(other, "minsu", "nothing").permissions == frozenset()
    access = managers.whoami(other)
    assert {one.name for one in roles.list_roles(other) if access.may_give(one)} == {"Seer", "nothing", "unused", "own"}
    other.close()


def test_r52_managers_and_roles_are_logged_in_the_transaction_that_changes_them(workspace: Workspace) -> None:
    roles.add_role(workspace, "Support", {ACTIVITY, SEE})
    roles.change_role(workspace, "support", {SEE})
    roles.change_role(workspace, "support", {SEE})
    roles.rename_role(workspace, "support", "Desk")
    managers.add_manager(workspace, "minsu", "desk")
    managers.change_manager(workspace, "minsu", "basic")
    managers.change_manager(workspace, "minsu", "basic")
    managers.remove_manager(workspace, "minsu")
    roles.delete_role(workspace, "desk")
    lines = sql(workspace.path, "SELECT kind, details FROM activity ORDER BY id")
    assert [(kind, json.loads(details)) for kind, details in lines] == [
        ("role_added", {"role": "Support", "permissions": ["see_contacts", "see_activity"]}),
        ("role_changed", {"role": "Support", "permissions": ["see_contacts"]}),
        ("role_changed", {"role": "Desk", "permissions": ["see_contacts"]}),
        ("manager_added", {"name": "minsu", "role": "Desk"}),
        ("manager_changed", {"name": "minsu", "role": "basic"}),
        ("manager_removed", {"name": "minsu"}),
        ("role_removed", {"role": "Desk"}),
    ]


def test_r50_a_role_allows_nothing_that_this_program_does_not_know(workspace: Workspace, database: Path) -> None:
    sql(database, "INSERT INTO role (key, name, permissions) VALUES ('odd', 'odd', '[\"fly\", \"settings\"]')")
    assert {one.name: one.permissions for one in roles.list_roles(workspace)}["odd"] == {SETTINGS}


def test_r50_two_who_make_a_manager_at_once_make_one(workspace: Workspace, database: Path) -> None:
    other = open_workspace(str(database), manager="lee")
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda one=one: answers.append(managers.add_manager(one, "minsu", "basic")))
        for one in (workspace, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["Manager", "Problem"]
    other.close()
