"""R40-R44: what the services write to the tables is what the readable rule of `core.unification` says."""

import dataclasses
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core import unification as rule
from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Value
from crm_tui.core.merging import Profile
from crm_tui.core.text import fold
from crm_tui.core.unification import Choice, Link, Occasion, Person
from crm_tui.services import unifying
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored
from tests.services.unified_people import insert, people_in, waiting_in

NOW = 1_750_000_000_000
LIKES = "profile.likes"
BIG = tuple("가" * 500 + str(number) for number in range(9))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    """One database for all examples, emptied before each."""
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("unifying") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "now_ms", lambda _: NOW)
        yield workspace
    workspace.close()


@st.composite
def persons(draw: st.DrawFn, number: int) -> Person:
    """Draw a customer; contacts are few, so that they are shared, and values are large, so that some find no room."""
    values: dict[str, Value] = {}
    is_member = draw(st.booleans())
    if is_member:
        values[MEMBER_ID] = f"m{number}"
    for key, choices in (
        (EMAIL, ("a@x.kr", "A@x.kr", "b@x.kr", "c@x.kr")),
        (MOBILE_NUMBER, ("+821020000001", "+821020000002", "+821020000003")),
        (NAME, ("김민수", "Ann")),
        (LIKES, (("a", "b"), ("b", "c"), BIG, (*BIG[1:], "x"))),
        ("profile.text", ("x", "가" * 400)),
        (TAGS, (("vip",), ("gold", "vip"), tuple(f"t{one}" for one in range(19)))),
    ):
        if (value := draw(st.sampled_from((None, *choices)))) is not None:
            values[key] = value
    values |= {key: draw(st.booleans()) for key in OPT_OUTS}
    contacts = sorted({EMAIL, MOBILE_NUMBER} & values.keys())
    return Person(
        number,
        is_member,
        Profile(values, frozenset(one for one in contacts if draw(st.sampled_from((True, True, False))))),
        created_at=draw(st.sampled_from((1000, 2000))),
        updated_at=draw(st.sampled_from((None, 1500, 2500))),
        last_seen_at=draw(st.sampled_from((1000, 2000))),
        sessions_count=draw(st.sampled_from((0, 0, 0, 2))),
        is_blocked=draw(st.sampled_from((False,) * 5 + (True,))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[int, Person], set[int], dict[int, int]]:
    """Draw customers, those who were touched, and who waits for whom."""
    people = {number: draw(persons(number)) for number in range(1, draw(st.integers(2, 8)) + 1)}
    touched = draw(st.sets(st.sampled_from(sorted(people)), min_size=1))
    leads = [one.id for one in people.values() if not one.is_member]
    members = [one.id for one in people.values() if one.is_member]
    waiting = draw(st.dictionaries(st.sampled_from(leads), st.sampled_from(members))) if leads and members else {}
    return people, touched, waiting


def first_links(people: Mapping[int, Person], touched: set[int]) -> list[Link]:
    """Return the links of touched leads, and of leads that share a contact with a touched member."""
    drawn = set[tuple[str, str]]().union(
        *(people[one].contacts() for one in touched if people[one].is_member and not people[one].is_blocked)
    )
    found = (rule.link(one, people.values()) for one in people.values())
    return [
        link
        for link in found
        if link is not None and (link.lead_id in touched or people[link.lead_id].contacts() & drawn)
    ]


def still_wait(people: Mapping[int, Person], touched: set[int], waiting: Mapping[int, int]) -> dict[int, int]:
    """Return who goes on waiting: those untouched, and those who still share a contact."""
    return {
        lead: member
        for lead, member in waiting.items()
        if not {lead, member} & touched or people[lead].contacts() & people[member].contacts()
    }


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds())
def test_r40_to_r43_settling_equals_the_readable_rule(
    workspace: Workspace, drawn: tuple[dict[int, Person], set[int], dict[int, int]]
) -> None:
    people, touched, waiting = drawn
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, people.values(), waiting)
    kept = still_wait(people, touched, waiting)
    # Who no longer waits is looked at again.
    looked_at = touched | (waiting.keys() - kept.keys())
    expected = rule.settle(people.values(), looked_at, kept, NOW)
    with workspace.reading(None) as connection:
        links = unifying.links_of(connection, touched)
    with workspace.transaction(None, changes_customers=True) as connection:
        done = unifying.settle(connection, workspace, touched, Occasion.EDIT)
    with workspace.reading(None) as connection:
        found = people_in(connection)
        left = waiting_in(connection)
        rows = connection.exec_driver_sql(
            "SELECT lead_id, member_id, contact, candidates, choices, at, manager, occasion FROM unification"
        ).all()

    assert [link for link in links if not link.is_pending] == [
        link for link, _ in rule.settle(people.values(), touched, kept, NOW).unified
    ][: sum(not link.is_pending for link in links)]
    assert {link.lead_id for link in links if link.is_pending} == {
        link.lead_id for link in first_links(people, touched) if link.is_pending and link.lead_id not in kept
    }
    assert found == expected.people
    assert (done.unified, done.pending) == (len(expected.unified), len(expected.pending))
    assert set(done.member_ids) == {link.member_id for link, _ in expected.unified}
    gone = {link.lead_id for link, _ in expected.unified}
    assert left == {lead: member for lead, member in kept.items() if lead not in gone} | {
        link.lead_id: link.member_id for link in expected.pending
    }
    assert {row[0]: (*row[1:3], json.loads(row[3]), json.loads(row[4]), *row[5:]) for row in rows} == {
        link.lead_id: (link.member_id, link.contact, list(link.candidates), dict(choices), NOW, "kim", "edit")
        for link, choices in expected.unified
    }


# -- what else moves with a lead


def person(number: int, values: dict[str, Value], **other: Any) -> Person:
    """Return a customer; their contacts are verified unless it is said otherwise."""
    verified = other.pop("verified", frozenset({EMAIL, MOBILE_NUMBER} & values.keys()))
    whole = {**dict.fromkeys(OPT_OUTS, False), **values}
    known = {"created_at": 1000, "updated_at": None, "last_seen_at": 1000, "sessions_count": 0, "is_blocked": False}
    return Person(number, MEMBER_ID in values, Profile(whole, verified), **{**known, **other})


MEMBER = person(1, {MEMBER_ID: "m1", EMAIL: "a@x.kr"})
LEAD = person(2, {EMAIL: "A@x.kr", MOBILE_NUMBER: "+821020000001", NAME: "김민수"})


def settled(workspace: Workspace, people: list[Person], touched: list[int], **waiting: int) -> unifying.Settlement:
    """Put people into the database and settle those who were touched."""
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, people, {int(lead[1:]): member for lead, member in waiting.items()})
    with workspace.transaction(None, changes_customers=True) as connection:
        return unifying.settle(connection, workspace, touched, Occasion.EDIT)


def test_r43_import_tags_are_joined_and_the_thirty_given_last_stay(workspace: Workspace) -> None:
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, [MEMBER, LEAD], {})
        for number in range(40):
            connection.exec_driver_sql(
                "INSERT INTO import_tag (id, key, name, given_at) VALUES (?, ?, ?, 0)",
                (number, f"i{number}", f"i{number}"),
            )
            for owner in {1 + number % 2, 1 + (number == 39)}:
                connection.exec_driver_sql(
                    "INSERT INTO customer_import_tag VALUES (?, ?, ?)", (owner, number, number + owner)
                )
    with workspace.transaction(None, changes_customers=True) as connection:
        unifying.settle(connection, workspace, [1], Occasion.EDIT)
    with workspace.reading(None) as connection:
        given = connection.exec_driver_sql(
            "SELECT customer_id, import_tag_id FROM customer_import_tag ORDER BY given_at, import_tag_id"
        ).all()
    assert given == [(1, number) for number in range(10, 40)]


def test_r44_what_happened_with_the_lead_is_the_members_and_keeps_its_thread_and_names(workspace: Workspace) -> None:
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, [MEMBER, LEAD], {})
        connection.exec_driver_sql(
            "INSERT INTO timeline_entry (customer_id, thread, at, kind, author, text) "
            "VALUES (2, 2, 500, 'message', '그때 이름', '안녕하세요'), (1, 1, 400, 'message', 'Ann', 'hello')"
        )
    with workspace.transaction(None, changes_customers=True) as connection:
        unifying.settle(connection, workspace, [2], Occasion.EDIT)
    with workspace.reading(None) as connection:
        entries = connection.exec_driver_sql(
            "SELECT customer_id, thread, author, text FROM timeline_entry ORDER BY at"
        ).all()
    assert entries == [(1, 1, "Ann", "hello"), (1, 2, "그때 이름", "안녕하세요")]


def test_r44_and_r52_the_log_names_lead_and_member_and_no_value(workspace: Workspace) -> None:
    booted = person(3, {EMAIL: "a@x.kr"}, sessions_count=1)
    with workspace.transaction(None) as connection:
        before = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM activity").scalar_one()
    settled(workspace, [MEMBER, LEAD, booted], [1])
    with workspace.reading(None) as connection:
        lines = connection.exec_driver_sql("SELECT id, kind, details FROM activity WHERE id > ?", (before,)).all()
        whom = {
            line[0]: connection.exec_driver_sql(
                "SELECT customer_id FROM activity_customer WHERE activity_id = ?", (line[0],)
            )
            .scalars()
            .all()
            for line in lines
        }
    details = '{"occasion":"edit","count":1}'
    assert [(kind, text, whom[number]) for number, kind, text in lines] == [
        ("unified", details, [1, 2]),
        ("unify_pending", details, [1, 3]),
    ]


def test_r42_why_tells_the_contact_the_other_members_and_every_choice(workspace: Workspace) -> None:
    other = person(5, {MEMBER_ID: "m5", MOBILE_NUMBER: "+821020000001"})
    settled(workspace, [MEMBER, LEAD, other], [2])
    (told,) = unifying.why(workspace, 1)
    assert (told.lead_id, told.member_id, told.contact, told.candidates) == (2, 1, EMAIL, (5,))
    assert (told.occasion, told.manager, told.at, told.import_id) == (Occasion.EDIT, "kim", NOW, None)
    assert told.choices == {
        EMAIL: Choice.MEMBER,
        MOBILE_NUMBER: Choice.ONLY,
        NAME: Choice.ONLY,
        **dict.fromkeys(OPT_OUTS, Choice.MEMBER),
    }
    assert unifying.why(workspace, 2) == (told,)
    assert unifying.why(workspace, 10**30) == ()


def test_r42_a_login_lets_in_the_leads_that_wait_for_that_member_alone(workspace: Workspace) -> None:
    people = [
        MEMBER,
        person(2, {EMAIL: "a@x.kr", NAME: "first"}, sessions_count=2, last_seen_at=5000),
        person(3, {EMAIL: "a@x.kr", NAME: "second"}, sessions_count=1, last_seen_at=7000),
        person(4, {EMAIL: "a@x.kr"}, sessions_count=1, is_blocked=True),
        person(5, {EMAIL: "other@x.kr"}, sessions_count=1),
        person(6, {MEMBER_ID: "m6", EMAIL: "a@x.kr"}),
        person(7, {EMAIL: "a@x.kr"}, sessions_count=1),
    ]
    waiting = {2: 1, 3: 1, 4: 1, 5: 1, 7: 6}
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, people, waiting)
    with workspace.transaction(None, changes_customers=True) as connection:
        assert unifying.run_pending(connection, workspace, 1, Occasion.VISIT) == 2
    with workspace.reading(None) as connection:
        after = people_in(connection)
        left = waiting_in(connection)
    assert sorted(after) == [1, 4, 5, 6, 7]
    assert left == {4: 1, 5: 1, 7: 6}
    assert after[1].profile.values[NAME] == "second"
    assert (after[1].sessions_count, after[1].last_seen_at) == (3, 7000)
    assert {one.lead_id: one.occasion for one in unifying.why(workspace, 1)} == {
        2: Occasion.VISIT,
        3: Occasion.VISIT,
    }


def test_r42_a_contact_gained_at_a_login_links_further_leads_and_those_who_booted_wait(workspace: Workspace) -> None:
    mobile = "+821020000009"
    people = [
        MEMBER,
        person(2, {EMAIL: "a@x.kr", MOBILE_NUMBER: mobile}, sessions_count=1),
        person(3, {MOBILE_NUMBER: mobile}),
        person(4, {MOBILE_NUMBER: mobile}, sessions_count=1),
    ]
    with workspace.transaction(None, changes_customers=True) as connection:
        insert(connection, people, {2: 1})
    with workspace.transaction(None, changes_customers=True) as connection:
        assert unifying.run_pending(connection, workspace, 1, Occasion.VISIT) == 2
    with workspace.reading(None) as connection:
        assert sorted(people_in(connection)) == [1, 4]
        assert waiting_in(connection) == {4: 1}


def test_r42_what_waits_is_listed_newest_first_with_both_customers(workspace: Workspace) -> None:
    booted = dataclasses.replace(LEAD, sessions_count=1)
    assert settled(workspace, [MEMBER, booted], [2]) == unifying.Settlement(0, 1, ())
    (link,) = unifying.list_pending(workspace)
    assert (link.lead.id, link.member.id, link.contact, link.since, link.manager) == (2, 1, EMAIL, NOW, "kim")
    assert [one.lead_id for one in link.lead.pending] == [one.lead_id for one in link.member.pending] == [2]
    assert unifying.list_pending(workspace, limit=0) == ()


def test_r40_a_link_goes_when_the_contact_is_shared_no_more_and_waits_while_somebody_is_blocked(
    workspace: Workspace,
) -> None:
    apart = person(2, {EMAIL: "b@x.kr"}, sessions_count=1)
    settled(workspace, [MEMBER, apart], [2], _2=1)
    assert unifying.list_pending(workspace) == ()
    blocked = person(2, {EMAIL: "a@x.kr"}, sessions_count=1, is_blocked=True)
    settled(workspace, [MEMBER, blocked], [2], _2=1)
    assert [one.lead.id for one in unifying.list_pending(workspace)] == [2]


def test_r41_a_number_that_very_many_share_costs_no_time(workspace: Workspace) -> None:
    mobile = {MOBILE_NUMBER: "+821020000001"}
    people = [
        person(number, {**mobile, **({MEMBER_ID: f"m{number}"} if number % 2 else {})}) for number in range(1, 2001)
    ]
    assert settled(workspace, people, [one.id for one in people]) == unifying.Settlement(1000, 0, (1,))
    assert all(one.candidates == tuple(range(3, 43, 2)) for one in unifying.why(workspace, 1))


def test_a_members_tags_stay_in_order_and_those_of_the_lead_come_behind(workspace: Workspace) -> None:
    settled(
        workspace,
        [
            person(1, {MEMBER_ID: "m1", EMAIL: "a@x.kr", TAGS: ("vip", "gold")}),
            person(2, {EMAIL: "a@x.kr", TAGS: ("new", "VIP")}),
        ],
        [1],
    )
    with workspace.reading(None) as connection:
        row = stored.by_ids(connection, [1])[1]
    assert [fold(tag) for tag in json.loads(row["tags"])] == ["vip", "gold", "new"]
