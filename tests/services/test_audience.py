"""The marketing audience (R2, R47): who may get a message, and why others may not."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.merging import Profile
from crm_tui.core.vocabulary import Channel
from crm_tui.services import managed
from crm_tui.services.audience import LeftOut, audience, export_audience, selection_of
from crm_tui.services.errors import Forbidden, UsageError
from crm_tui.services.profiles import columns_of
from crm_tui.services.selection import Selection, look_at
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored
from tests.services.kit import sql

CONTACTS = {Channel.EMAIL: "profile.email", Channel.TEXTING: "profile.mobileNumber"}
OPT_OUTS = {Channel.EMAIL: "unsubscribeEmail", Channel.TEXTING: "unsubscribeTexting"}


def insert(workspace: Workspace, *people: dict[str, Any]) -> list[int]:
    """Put customers into the database as they are told: values, which contacts are verified, blocked, hidden."""
    ids = []
    with workspace.transaction(None) as connection:
        for number, one in enumerate(people):
            columns = columns_of(Profile(one.get("values", {}), frozenset(one.get("verified", CONTACTS.values()))))
            more = {"created_at": 1, "last_seen_at": number, "sessions_count": 0}
            away = {"blocked_at": 1 if one.get("blocked") else None, "is_hidden": bool(one.get("hidden"))}
            ids.append(stored.insert(connection, columns | more | away))
    return ids


def test_r47_a_message_goes_only_to_those_with_a_verified_contact_who_have_not_refused(workspace: Workspace) -> None:
    a = {"profile.email": "a@x.kr"}
    insert(
        workspace,
        {"values": a},
        {"values": a, "verified": ()},
        {"values": a | {"unsubscribeEmail": True}},
        {"values": a | {"unsubscribeTexting": True}},
        {"values": {"profile.mobileNumber": "+821020203030"}},
        {"values": a, "blocked": True},
        {"values": a, "hidden": True},
        {"values": {"unsubscribeEmail": True}, "blocked": True},
    )
    found = audience(workspace, "", Channel.EMAIL)
    assert found.count == 2
    assert found.left_out == {
        LeftOut.BLOCKED: 2,
        LeftOut.HIDDEN: 1,
        LeftOut.NO_CONTACT: 1,
        LeftOut.UNVERIFIED: 1,
        LeftOut.OPTED_OUT: 1,
    }
    texting = audience(workspace, "", Channel.TEXTING)
    assert (texting.count, texting.left_out[LeftOut.NO_CONTACT]) == (1, 4)


def test_only_what_the_search_finds_is_counted(workspace: Workspace) -> None:
    insert(
        workspace,
        {"values": {"profile.email": "a@x.kr", "profile.name": "가"}},
        {"values": {"profile.email": "b@x.kr", "profile.name": "나"}},
        {"values": {"profile.email": "c@x.kr", "profile.name": "가"}, "blocked": True},
        {"values": {"profile.email": "d@x.kr", "profile.name": "나"}, "blocked": True},
    )
    found = audience(workspace, "name:가", Channel.EMAIL)
    assert (found.count, sum(found.left_out.values()), found.left_out[LeftOut.BLOCKED]) == (1, 1, 1)
    with pytest.raises(UsageError, match="query_wrong"):
        audience(workspace, '"', Channel.EMAIL)


def test_an_audience_is_written_with_its_contact_and_logged(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    ids = insert(
        workspace,
        {"values": {"profile.email": "a@x.kr", "profile.name": "=가", "memberId": "m1"}},
        {"values": {"profile.email": "b@x.kr", "unsubscribeEmail": True}},
        {"values": {"profile.email": "c@x.kr"}, "blocked": True},
        {"values": {"profile.email": "d@x.kr", "profile.mobileNumber": "+821020203030"}},
    )
    path = tmp_path / "mail.csv"
    assert export_audience(workspace, "", Channel.EMAIL, path).customers == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["id", "memberId", "profile.name", "profile.email"],
            [str(ids[3]), "", "", "d@x.kr"],
            [str(ids[0]), "m1", "\t=가", "a@x.kr"],
        ]
    assert path.stat().st_mode & 0o777 == 0o600
    lines = sql(database, "SELECT kind, details FROM activity")
    assert lines == [("audience_exported", '{"count":2,"channel":"email"}')]
    assert export_audience(workspace, "", Channel.TEXTING, tmp_path / "text.csv").customers == 1
    assert (tmp_path / "text.csv").read_text("utf-8-sig").splitlines()[1] == f'"{ids[3]}","","","\t+821020203030"'


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.csv.txt"])
def test_an_audience_is_a_csv_file_and_nothing_else(workspace: Workspace, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="audience_suffix"):
        export_audience(workspace, "", Channel.EMAIL, tmp_path / name)
    assert list(tmp_path.glob("a*")) == []


def test_r51_counting_needs_to_see_and_writing_needs_to_download(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    insert(workspace, {"values": {"profile.email": "a@x.kr"}})
    sql(database, "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name = 'kim'")
    assert audience(workspace, "", Channel.EMAIL).count == 1
    with pytest.raises(Forbidden):
        export_audience(workspace, "", Channel.EMAIL, tmp_path / "a.csv")
    assert list(tmp_path.glob("*.csv")) == []


def test_r5_whoever_the_limit_hides_leaves_the_audience(workspace: Workspace) -> None:
    insert(workspace, *({"values": {"profile.email": f"{name}@x.kr"}} for name in "abc"))
    managed.set_limit(workspace, 2)
    found = audience(workspace, "", Channel.EMAIL)
    assert (found.count, found.left_out[LeftOut.HIDDEN]) == (2, 1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("audience") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    yield workspace
    workspace.close()


person = st.fixed_dictionaries(
    {
        "values": st.fixed_dictionaries(
            {"unsubscribeEmail": st.booleans(), "unsubscribeTexting": st.booleans()},
            optional={
                "profile.email": st.just("a@x.kr"),
                "profile.mobileNumber": st.just("+821020203030"),
                "profile.name": st.sampled_from("가나"),
            },
        ),
        "verified": st.sets(st.sampled_from(sorted(CONTACTS.values()))),
        "blocked": st.booleans(),
        "hidden": st.booleans(),
    }
)


def reason(one: dict[str, Any], channel: Channel) -> LeftOut | None:
    """Return why somebody gets no message, as a person would say the rule."""
    contact = CONTACTS[channel]
    if one["blocked"]:
        return LeftOut.BLOCKED
    if one["hidden"]:
        return LeftOut.HIDDEN
    if contact not in one["values"]:
        return LeftOut.NO_CONTACT
    if contact not in one["verified"]:
        return LeftOut.UNVERIFIED
    return LeftOut.OPTED_OUT if one["values"][OPT_OUTS[channel]] else None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(person, max_size=8), st.sampled_from(Channel), st.sampled_from(["", "name:가", "no:name"]))
def test_r47_everybody_found_is_counted_once_as_the_rule_says(
    shared: Workspace, people: list[dict[str, Any]], channel: Channel, line: str
) -> None:
    with shared.transaction(None) as connection:
        connection.exec_driver_sql("DELETE FROM customer")
    people = [one | {"hidden": one["hidden"] and not one["blocked"]} for one in people]
    ids = insert(shared, *people)
    wanted = {"": None, "name:가": "가", "no:name": ""}[line]
    found = [
        (id, one)
        for id, one in zip(ids, people, strict=True)
        if wanted is None or one["values"].get("profile.name", "") == wanted
    ]
    numbers = audience(shared, line, channel)
    for left_out in LeftOut:
        assert numbers.left_out[left_out] == sum(reason(one, channel) is left_out for _, one in found)
    reached = frozenset(id for id, one in found if reason(one, channel) is None)
    assert numbers.count == len(reached)
    assert look_at(shared, selection_of(line, channel)) == look_at(shared, Selection(ids=reached))
