"""Customer tags and consent of many at once; tags renamed, merged and deleted (R16, R27)."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.lists import print_list
from crm_tui.core.merging import join_tags
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold
from crm_tui.services import customers, tags
from crm_tui.services.activity import ActivityKind, history
from crm_tui.services.blocking import block
from crm_tui.services.errors import NotFound
from crm_tui.services.selection import Selection
from crm_tui.services.tagging import (
    Carriers,
    Retagged,
    Tagged,
    carriers,
    change_tags,
    delete_import_tag,
    delete_tag,
    import_tag_carriers,
    merge_tags,
    rename_tag,
    set_consent,
)
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.conftest import Clock
from tests.services.kit import content, members, one, sql
from tests.services.people import add, edit

ALL = Selection(query="")


def people(workspace: Workspace, *carried: str) -> None:
    """Add a customer for each text of tags, e.g. "vip gold"."""
    for number, names in enumerate(carried):
        add(workspace, email=f"{number}@example.com", tags=print_list(names.split()))


def carried(workspace: Workspace) -> list[str]:
    """Return the tags of every customer as a text."""
    found = []
    number = 1
    while True:
        try:
            found.append(" ".join(customers.get(workspace, number).tags))
        except NotFound:
            return found
        number += 1


def offered(database: Path) -> list[str]:
    return [name for (name,) in sql(database, "SELECT name FROM tag WHERE is_offered ORDER BY key")]


def numbered(numbers: Iterable[int]) -> str:
    return " ".join(f"t{number}" for number in numbers)


def test_r16_tags_are_given_behind_those_that_are_there_in_the_spelling_seen_first(workspace: Workspace) -> None:
    people(workspace, "VIP", "", "gold vip")
    assert change_tags(workspace, ALL, add=["new", "vip", "NEW", "등급/골드"]) == Tagged(3, 3)
    assert carried(workspace) == ["VIP new 등급/골드", "new VIP 등급/골드", "gold VIP new 등급/골드"]


def test_r4_only_customers_who_get_a_tag_are_updated(workspace: Workspace, clock: Clock) -> None:
    people(workspace, "vip", "")
    clock.move(days=1)
    before = customers.revision(workspace)
    assert change_tags(workspace, ALL, add=["vip"]) == Tagged(2, 1)
    assert [customers.get(workspace, one).updated_at for one in (1, 2)] == [None, clock.now]
    assert [len(history(workspace, one)) for one in (1, 2)] == [1, 2]
    after = customers.revision(workspace)
    assert after > before
    assert change_tags(workspace, ALL, add=["VIP"]) == Tagged(2, 0)
    assert customers.revision(workspace) == after


def test_r16_tags_above_twenty_are_left_out_and_counted(workspace: Workspace) -> None:
    people(workspace, numbered(range(19)), numbered(range(20)), "t0")
    assert change_tags(workspace, ALL, add=["t0", "a", "b", "c"]) == Tagged(3, 2, 2 + 3)
    assert carried(workspace) == [numbered(range(19)) + " a", numbered(range(20)), "t0 a b c"]


def test_r16_all_that_is_wrong_with_names_is_told_and_nothing_is_given(workspace: Workspace, database: Path) -> None:
    people(workspace, "vip")
    before = content(database)
    answer = change_tags(workspace, ALL, add=["good", "a b", "", "a/b/c", "x" * 129, "a\x1b"])
    assert isinstance(answer, tuple)
    assert [problem.code for problem in answer] == [
        Code.TAG_CHARACTER,
        Code.TAG_INVALID,
        Code.TAG_LEVELS,
        Code.TAG_TOO_LONG,
        Code.CONTROL_CHARACTER,
    ]
    assert content(database) == before


def test_tags_for_nobody_make_no_tag(workspace: Workspace, database: Path) -> None:
    people(workspace, "vip")
    assert change_tags(workspace, Selection(ids=frozenset({9})), add=["new"]) == Tagged(0, 0)
    assert change_tags(workspace, ALL, add=[]) == Tagged(1, 0)
    assert offered(database) == ["vip"]


def test_exactly_the_tags_named_are_taken_not_those_below(workspace: Workspace, clock: Clock) -> None:
    people(workspace, "a 의류 의류/상의 b", "의류/상의", "b")
    clock.move(days=1)
    assert change_tags(workspace, ALL, remove=["의류", "B", "nix"]) == Tagged(3, 2)
    assert carried(workspace) == ["a 의류/상의", "의류/상의", ""]
    assert [customers.get(workspace, one).updated_at for one in (1, 2, 3)] == [clock.now, None, clock.now]
    assert change_tags(workspace, ALL, remove=["nix"]) == Tagged(3, 0)


NAMES = st.sampled_from(["a", "A", "b", "c/d", "C/d", "가", "가/나", *(f"t{number}" for number in range(24))])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.lists(st.lists(NAMES, max_size=22, unique_by=fold).map(lambda some: some[:20]), min_size=1, max_size=4),
    rounds=st.lists(st.tuples(st.booleans(), st.lists(NAMES, max_size=8)), min_size=1, max_size=4),
)
def test_r16_the_set_based_way_agrees_with_the_rule_customer_by_customer(
    empty_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    stored: list[list[str]],
    rounds: list[tuple[bool, list[str]]],
) -> None:
    database = shutil.copy2(empty_database, tmp_path_factory.mktemp("agree") / "crm.db")
    workspace = open_workspace(str(database), manager="kim")
    people(workspace, *map(" ".join, stored))
    expected: list[tuple[str, ...]] = [tuple(some) for some in stored]
    for is_added, names in rounds:
        if is_added:
            joined = [join_tags(some, tuple(names)) for some in expected]
            answer = change_tags(workspace, ALL, add=names)
            changed = sum(len(after) > len(before) for before, (after, _) in zip(expected, joined, strict=True))
            assert answer == Tagged(len(stored), changed, sum(left_out for _, left_out in joined))
            expected = [after for after, _ in joined]
        else:
            change_tags(workspace, ALL, remove=names)
            gone = set(map(fold, names))
            expected = [tuple(tag for tag in some if fold(tag) not in gone) for some in expected]
        assert list(map(fold, carried(workspace))) == [fold(" ".join(some)) for some in expected]
    workspace.close()


def test_r27_consent_is_set_and_only_those_who_had_another_are_changed(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    people(workspace, "", "", "")
    edit(workspace, 1, unsubscribeEmail="true")
    clock.move(days=1)
    assert set_consent(workspace, ALL, email=True) == 2
    assert set_consent(workspace, ALL, email=True) == 0
    assert set_consent(workspace, ALL) == 0
    assert set_consent(workspace, Selection(ids=frozenset({3})), email=False, texting=True) == 1
    found = [customers.get(workspace, number) for number in (1, 2, 3)]
    assert [(one.unsubscribe_email, one.unsubscribe_texting) for one in found] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    assert found[0].updated_at != clock.now == found[1].updated_at
    assert history(workspace, 3)[0].details == {"fields": ["unsubscribeEmail", "unsubscribeTexting"], "count": 1}
    assert one(database, "SELECT count(*) FROM activity WHERE details LIKE '%true%'") == 0


def test_r16_a_rename_takes_the_tags_below_along(workspace: Workspace, database: Path, clock: Clock) -> None:
    people(workspace, "a 의류 의류/상의", "의류/상의", "의류점 의류점/본점", "b")
    clock.move(days=1)
    assert rename_tag(workspace, "의류", "옷", with_customers=True) == Retagged(2, 2)
    assert carried(workspace) == ["a 옷 옷/상의", "옷/상의", "의류점 의류점/본점", "b"]
    assert offered(database) == ["a", "b", "옷", "옷/상의", "의류점", "의류점/본점"]
    assert [customers.get(workspace, number).updated_at for number in (1, 2, 3, 4)] == [
        clock.now,
        clock.now,
        None,
        None,
    ]
    assert history(workspace, 2)[0].kind is ActivityKind.TAG_RENAMED


def test_r16_a_rename_without_customers_changes_what_is_offered_only(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    people(workspace, "의류 의류/상의")
    clock.move(days=1)
    before = customers.get(workspace, 1)
    assert rename_tag(workspace, "의류", "옷", with_customers=False) == Retagged(2, 0)
    assert customers.get(workspace, 1) == before
    assert offered(database) == ["옷", "옷/상의"]


def test_another_spelling_of_the_same_name_is_a_rename(workspace: Workspace, database: Path) -> None:
    people(workspace, "vip vip/gold", "VIP")
    assert rename_tag(workspace, "VIP", "Vip", with_customers=True) == Retagged(2, 2)
    assert carried(workspace) == ["Vip Vip/gold", "Vip"]
    assert rename_tag(workspace, "vip", "Vip", with_customers=True) == Retagged(2, 0)


@pytest.mark.parametrize("new", ["VIP", "vip", " Vip "])
def test_r16_another_spelling_without_the_customers_is_refused(workspace: Workspace, database: Path, new: str) -> None:
    people(workspace, "vip vip/gold")
    before = content(database)
    answer = rename_tag(workspace, "vip", new, with_customers=False)
    assert isinstance(answer, Problem)
    assert answer.code is Code.TAG_SAME
    assert content(database) == before


def test_r8_names_of_tags_are_trimmed(workspace: Workspace) -> None:
    people(workspace, "")
    change_tags(workspace, ALL, add=[" a ", "b\t"])
    assert carried(workspace) == ["a b"]
    change_tags(workspace, ALL, remove=[" b"])
    rename_tag(workspace, " a", "c ", with_customers=True)
    assert carried(workspace) == ["c"]
    merge_tags(workspace, " c", " d", with_customers=True)
    assert delete_tag(workspace, " d", with_customers=True) == Retagged(1, 1)
    assert carried(workspace) == [""]


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("gold", Code.TAG_TAKEN),
        ("GOLD", Code.TAG_TAKEN),
        ("a b", Code.TAG_CHARACTER),
        ("", Code.TAG_INVALID),
        ("a/b", Code.TAG_LEVELS),
        ("other", Code.TAG_TAKEN),
    ],
)
def test_r16_a_tag_does_not_get_a_name_that_is_no_tag_or_another_ones(
    workspace: Workspace, database: Path, new: str, code: Code
) -> None:
    people(workspace, "vip vip/x", "gold other/x")
    before = content(database)
    for with_customers in (True, False):
        answer = rename_tag(workspace, "vip", new, with_customers=with_customers)
        assert isinstance(answer, Problem)
        assert answer.code is code
    assert content(database) == before


def test_a_name_that_is_offered_to_nobody_and_carried_by_nobody_is_free_again(workspace: Workspace) -> None:
    people(workspace, "vip", "gold")
    delete_tag(workspace, "gold", with_customers=True)
    assert rename_tag(workspace, "vip", "gold", with_customers=True) == Retagged(1, 1)
    assert carried(workspace) == ["gold", ""]


def test_r16_merged_tags_stand_once_where_the_first_of_them_stood(workspace: Workspace, database: Path) -> None:
    people(workspace, "a old b new c", "a new b old c", "old", "new", numbered(range(19)) + " old", "x")
    assert merge_tags(workspace, "old", "new", with_customers=True) == Retagged(1, 4)
    assert carried(workspace) == ["a new b c", "a new b c", "new", "new", numbered(range(19)) + " new", "x"]
    assert "old" not in offered(database)
    positions = sql(database, "SELECT customer_id, count(DISTINCT position), count(*) FROM customer_tag GROUP BY 1")
    assert all(different == number for _, different, number in positions)


@pytest.mark.parametrize(
    ("name", "into", "after"),
    [
        ("의류", "옷", ["옷 옷/상의 옷/하의", "옷/상의", "옷"]),
        ("옷", "의류", ["의류 의류/상의 의류/하의", "의류/상의", "의류"]),
        ("의류", "옷/상의", ["옷/상의 옷/하의", "옷/상의", "옷"]),
        ("의류", "의류/상의", ["의류/상의 옷/하의", "옷/상의", "옷"]),
        ("의류/상의", "의류", ["의류 옷/하의", "옷/상의", "옷"]),
        ("의류", "new", ["new new/상의 옷/하의", "옷/상의", "옷"]),
        ("의류", "의류", ["의류 의류/상의 옷/하의", "옷/상의", "옷"]),
    ],
)
def test_r16_a_merge_takes_the_tags_below_along(workspace: Workspace, name: str, into: str, after: list[str]) -> None:
    people(workspace, "의류 의류/상의 옷/하의", "옷/상의", "옷")
    answer = merge_tags(workspace, name, into, with_customers=True)
    assert isinstance(answer, Retagged)
    assert carried(workspace) == after


def test_r16_a_merge_without_customers_leaves_them_as_they_are(workspace: Workspace, database: Path) -> None:
    people(workspace, "old new", "old")
    assert merge_tags(workspace, "old", "new", with_customers=False) == Retagged(1, 0)
    assert carried(workspace) == ["old new", "old"]
    assert offered(database) == ["new"]


def test_r16_a_deleted_tag_goes_with_those_below_it_from_customers_too_or_from_the_list_only(
    workspace: Workspace, database: Path
) -> None:
    people(workspace, "a 의류 의류/상의 b", "의류")
    block(workspace, Selection(ids=frozenset({2})))
    assert delete_tag(workspace, "의류", with_customers=False) == Retagged(2, 0)
    assert carried(workspace) == ["a 의류 의류/상의 b", "의류"]
    assert offered(database) == ["a", "b"]
    assert delete_tag(workspace, "의류", with_customers=True) == Retagged(2, 2)
    assert carried(workspace) == ["a b", ""]
    with pytest.raises(NotFound, match="tag_not_found"):
        delete_tag(workspace, "의류", with_customers=True)


@pytest.mark.parametrize("name", ["nix", "", "의", "%", "a/"])
def test_a_tag_that_is_not_there_is_told(workspace: Workspace, name: str) -> None:
    people(workspace, "의류 a/b")
    with pytest.raises(NotFound, match="tag_not_found"):
        rename_tag(workspace, name, "new", with_customers=True)
    with pytest.raises(NotFound, match="tag_not_found"):
        merge_tags(workspace, name, "new", with_customers=True)
    with pytest.raises(NotFound, match="tag_not_found"):
        delete_import_tag(workspace, name)


def test_a_tag_given_by_hand_is_offered_again_one_of_an_import_is_not(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    people(workspace, "vip", "gold", "kept")
    for name in ("vip", "gold", "kept"):
        delete_tag(workspace, name, with_customers=False)
    members(workspace, tmp_path, ("memberId", "tags"), ("M1", '["vip","gold"]'))
    edit(workspace, 3, tags='["kept","new"]')
    assert offered(database) == ["new"]
    change_tags(workspace, Selection(ids=frozenset({2})), add=["VIP"])
    edit(workspace, 1, tags='["gold"]')
    assert offered(database) == ["gold", "new", "vip"]


def test_a_deleted_import_tag_is_gone_from_customers_and_stays_in_the_log(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ("memberId",), ("M1",), ("M2",), tag="5월 고객")
    members(workspace, tmp_path, ("memberId",), ("M1",), tag="6월")
    before = customers.get(workspace, 2).updated_at
    clock.move(days=1)
    assert delete_import_tag(workspace, " 5월 고객 ") == 2
    assert [tag.name for tag in tags.import_tags(workspace)] == ["6월"]
    assert customers.get(workspace, 2).import_tags == ("6월",)
    assert customers.get(workspace, 2).updated_at == before
    assert one(database, "SELECT tag FROM import WHERE id = 1") == "5월 고객"
    assert history(workspace, 3)[0].kind is ActivityKind.IMPORT_TAG_DELETED


def test_tags_are_exchanged_for_those_whom_the_line_found_before_anything_changed(workspace: Workspace) -> None:
    people(workspace, "old", "old new", "other")
    done = change_tags(workspace, Selection(query="tag:old"), add=["new"], remove=["old"])
    assert done == Tagged(2, 2)
    assert carried(workspace) == ["new", "new", "other"]


def test_a_wrong_new_tag_leaves_the_old_ones_too(workspace: Workspace) -> None:
    people(workspace, "old")
    assert isinstance(change_tags(workspace, ALL, add=["a b"], remove=["old"]), tuple)
    assert carried(workspace) == ["old"]


def test_r46_who_carries_a_tag_is_counted_with_those_below_it_and_the_blocked(
    workspace: Workspace, tmp_path: Path
) -> None:
    people(workspace, "clothes clothes/tops", "clothes/tops", "clothes/socks", "clothesline")
    members(workspace, tmp_path, ("memberId",), ("M1",), ("M2",), tag="May")
    (member,) = customers.find(workspace, member_id="M1")
    block(workspace, Selection(frozenset((2, 3, member.id))))
    assert carriers(workspace, "Clothes") == Carriers(3, 2)
    assert carriers(workspace, "clothes/socks") == Carriers(1, 1)
    assert import_tag_carriers(workspace, "may") == Carriers(2, 1)
    assert import_tag_carriers(workspace, "June") == Carriers(0, 0)
    with pytest.raises(NotFound):
        carriers(workspace, "shoes")
    assert delete_tag(workspace, "clothes", with_customers=True).customers == 3
    assert delete_import_tag(workspace, "May") == 2
