"""The side list: tags with the numbers of customers who carry them (R16, R30, R46)."""

from pathlib import Path

from crm_tui.core.vocabulary import EmptyPolicy
from crm_tui.services import contact_list, customers, tagging, tags
from crm_tui.services.tags import TagCount
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import members, sql


def counts(found: tuple[TagCount, ...]) -> list[tuple[str, int]]:
    return [(one.name, one.count) for one in found]


def test_an_empty_database_has_no_tags(workspace: Workspace) -> None:
    assert tags.customer_tags(workspace) == tags.import_tags(workspace) == ()


def test_r16_customer_tags_stand_by_name_in_their_first_spelling(workspace: Workspace) -> None:
    for number, text in enumerate(['["b","VIP"]', '["vip","가"]', '["A","b","Vip"]']):
        customers.add_lead(workspace, {"email": f"{number}@example.com", "tags": text})
    assert tags.customer_tags(workspace) == (
        TagCount("A", 1, None),
        TagCount("b", 2, None),
        TagCount("VIP", 3, None),
        TagCount("가", 1, None),
    )


def test_a_tag_that_nobody_carries_any_more_is_not_listed_but_keeps_its_spelling(workspace: Workspace) -> None:
    customers.add_lead(workspace, {"email": "a@example.com", "tags": '["VIP","new"]'})
    customers.edit(workspace, 1, {"tags": '["new"]'})
    assert counts(tags.customer_tags(workspace)) == [("new", 1)]
    customers.edit(workspace, 1, {"tags": '["vip"]'})
    assert counts(tags.customer_tags(workspace)) == [("VIP", 1)]


def test_r30_import_tags_stand_newest_first_with_the_moment_they_were_first_given(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    moments = []
    for rows, tag in (((1, 2, 3), "May"), ((3,), "june"), ((4, 5), "6월 고객"), ((1, 6), "MAY")):
        clock.move(days=1)
        moments.append(clock.now)
        members(workspace, tmp_path, ("memberId",), *((f"M{number}",) for number in rows), tag=tag)
    assert tags.import_tags(workspace) == (
        TagCount("6월 고객", 2, moments[2]),
        TagCount("june", 1, moments[1]),
        TagCount("May", 4, moments[0]),
    )


def test_r30_import_tags_given_at_the_same_moment_stand_in_the_order_given(
    workspace: Workspace, clock: Clock, tmp_path: Path
) -> None:
    for tag in ("b", "c", "a"):
        members(workspace, tmp_path, ("memberId",), ("M1",), tag=tag)
    assert counts(tags.import_tags(workspace)) == [("a", 1), ("c", 1), ("b", 1)]


def test_r46_blocked_customers_are_not_counted(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    rows = [(f"M{number}", '["vip","gold"]' if number % 2 else '["vip"]') for number in range(6)]
    members(workspace, tmp_path, ("memberId", "tags"), *rows, tag="May")
    members(workspace, tmp_path, ("memberId",), ("M1",), tag="June")
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE member_id IN ('M0', 'M1')")
    assert counts(tags.customer_tags(workspace)) == [("gold", 2), ("vip", 4)]
    assert counts(tags.import_tags(workspace)) == [("May", 4)]
    for found in (*tags.customer_tags(workspace), *tags.import_tags(workspace)):
        kind = "tag" if found.given_at is None else "import"
        assert contact_list.count(workspace, f"{kind}:{found.name}").total == found.count
    sql(database, "UPDATE customer SET blocked_at = NULL")
    assert counts(tags.import_tags(workspace)) == [("June", 1), ("May", 6)]


def test_clearing_tags_takes_them_off_the_counts(workspace: Workspace, tmp_path: Path) -> None:
    members(workspace, tmp_path, ("memberId", "tags"), ("M1", '["vip"]'), ("M2", '["vip"]'))
    members(workspace, tmp_path, ("memberId", "tags"), ("M1", ""), policy=EmptyPolicy.CLEAR)
    assert counts(tags.customer_tags(workspace)) == [("vip", 1)]


def tree(workspace: Workspace) -> list[tuple[str, str, int, int, bool, list[tuple[str, str, int, bool]]]]:
    return [
        (
            node.name,
            node.label,
            node.count,
            node.total,
            node.is_offered,
            [(child.name, child.label, child.count, child.is_offered) for child in node.children],
        )
        for node in tags.tag_tree(workspace)
    ]


def test_r16_the_tree_counts_a_customer_once_in_the_total_of_an_upper_level(
    workspace: Workspace, database: Path
) -> None:
    assert tags.tag_tree(workspace) == ()
    rows = ['["의류","의류/상의"]', '["의류/상의","의류/하의"]', '["의류"]', '["등급/골드","의류점"]', '["의류/하의"]']
    for number, text in enumerate(rows):
        customers.add_lead(workspace, {"email": f"{number}@example.com", "tags": text})
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE id = 5")
    assert tree(workspace) == [
        ("등급", "등급", 0, 1, True, [("등급/골드", "골드", 1, True)]),
        ("의류", "의류", 2, 3, True, [("의류/상의", "상의", 2, True), ("의류/하의", "하의", 1, True)]),
        ("의류점", "의류점", 1, 1, True, []),
    ]


def test_tags_that_nobody_carries_stand_in_the_tree_while_they_are_offered(workspace: Workspace) -> None:
    customers.add_lead(workspace, {"email": "a@example.com", "tags": '["a","b","c/d"]'})
    customers.edit(workspace, 1, {"tags": '["a","c/d"]'})
    for name in ("a", "c"):
        tagging.delete_tag(workspace, name, with_customers=False)
    assert tree(workspace) == [
        ("a", "a", 1, 1, False, []),
        ("b", "b", 0, 0, True, []),
        ("c", "c", 0, 1, False, [("c/d", "d", 1, False)]),
    ]
    customers.edit(workspace, 1, {"tags": ""})
    assert [node.name for node in tags.tag_tree(workspace)] == ["b"]


def test_r16_levels_are_compared_without_regard_to_case(workspace: Workspace) -> None:
    for number, text in enumerate(['["vip/a"]', '["VIP"]', '["Vip/b"]']):
        customers.add_lead(workspace, {"email": f"{number}@example.com", "tags": text})
    assert tree(workspace) == [("VIP", "VIP", 1, 3, True, [("vip/a", "a", 1, True), ("Vip/b", "b", 1, True)])]
