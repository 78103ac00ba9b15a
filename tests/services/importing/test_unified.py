"""R37, R41, R42, R52: what an import unifies, in its plan, its result, its log, and why."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import EMAIL as EMAIL_FIELD
from crm_tui.core.fields import MEMBER_ID, MOBILE_NUMBER, TAGS
from crm_tui.core.identity import ChosenBy
from crm_tui.core.problems import Code
from crm_tui.core.unification import Occasion
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.services import unifying
from crm_tui.services.errors import NotFound
from crm_tui.services.importing import plan
from crm_tui.services.importing.engine import apply_import
from crm_tui.services.importing.events import Changed, Prepared, Refused
from crm_tui.services.importing.explaining import RowFate, RowLink, RowPerson, explain_row
from crm_tui.services.importing.prepared import drop_import
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import OPT_OUTS, apply, ask, content, end_of, file_of, leads, members, one, prepare, sql

EMAIL, MOBILE = LeadKey.EMAIL, LeadKey.MOBILE_NUMBER
PHONE = "+82 010-2000-0001"


def plan_members(workspace: Workspace, folder: Path, *rows: tuple[str, str]) -> Prepared:
    """Prepare an import of members with their e-mails."""
    columns = (MEMBER_ID, EMAIL_FIELD, *OPT_OUTS)
    path = file_of(folder, columns, *((*row, "false", "false") for row in rows))
    return prepare(workspace, ask(path, columns))


def plan_leads(workspace: Workspace, folder: Path, *rows: tuple[str, str]) -> Prepared:
    """Prepare an import of leads by e-mail, with their mobile numbers."""
    columns = (EMAIL_FIELD, MOBILE_NUMBER, *OPT_OUTS)
    path = file_of(folder, columns, *((*row, "false", "false") for row in rows))
    return prepare(workspace, ask(path, columns, Target.LEAD, EMAIL))


def boot(database: Path, customer_id: int) -> None:
    """Let a customer have visited."""
    sql(database, "UPDATE customer SET sessions_count = 1 WHERE id = ?", customer_id)


def test_r41_a_member_import_takes_in_the_leads_who_never_visited_and_plans_it_exactly(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["a@x.kr"], ["b@x.kr"], ["c@x.kr"])
    boot(database, one(database, "SELECT id FROM customer WHERE email = 'b@x.kr'"))
    prepared = plan_members(workspace, tmp_path, ("1", "A@x.kr"), ("2", "b@x.kr"), ("3", "d@x.kr"))
    numbers = prepared.numbers
    assert (numbers.created, numbers.updated, numbers.unified, numbers.unify_pending) == (3, 0, 1, 1)
    assert numbers.managed_users_change == 2
    before = one(database, "SELECT count(*) FROM customer")

    applied = apply(workspace, prepared)
    assert applied.numbers == numbers
    assert one(database, "SELECT count(*) FROM customer") - before == numbers.managed_users_change
    (link,) = unifying.list_pending(workspace)
    assert (link.lead.profile[EMAIL_FIELD], link.member.member_id) == ("b@x.kr", "2")
    (told,) = unifying.why(workspace, one(database, "SELECT id FROM customer WHERE member_id = '1'"))
    assert (told.occasion, told.import_id, told.contact) == (Occasion.IMPORT, applied.import_id, EMAIL_FIELD)


def test_r41_a_lead_import_lets_its_leads_go_into_the_member_updated_last(
    workspace: Workspace, database: Path, tmp_path: Path, clock: Clock
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER), ["1", PHONE], ["2", PHONE])
    clock.move(days=1)
    members(workspace, tmp_path, (MEMBER_ID, "profile.name"), ["2", "later"])
    clock.move(days=1)
    prepared = plan_leads(workspace, tmp_path, ("a@x.kr", PHONE), ("b@x.kr", ""))
    assert (prepared.numbers.created, prepared.numbers.unified) == (2, 1)
    apply(workspace, prepared)
    assert sql(database, "SELECT member_id, email FROM customer ORDER BY id") == [
        ("1", None),
        ("2", "a@x.kr"),
        (None, "b@x.kr"),
    ]


def test_r30_the_tag_of_the_import_goes_with_the_lead_into_the_member(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, EMAIL_FIELD, MOBILE_NUMBER), ["1", "m@x.kr", PHONE])
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD, MOBILE_NUMBER), ["a@x.kr", PHONE], tag="May")
    assert sql(
        database,
        "SELECT c.member_id, t.name FROM customer c JOIN customer_import_tag ON customer_id = c.id"
        " JOIN import_tag t ON t.id = import_tag_id",
    ) == [("1", "May")]


def test_r40_a_blocked_customer_is_not_unified_by_an_import(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["a@x.kr"])
    sql(database, "UPDATE customer SET blocked_at = 1, blocked_by = 'kim'")
    prepared = plan_members(workspace, tmp_path, ("1", "a@x.kr"))
    assert (prepared.numbers.unified, prepared.numbers.unify_pending) == (0, 0)
    apply(workspace, prepared)
    assert one(database, "SELECT count(*) FROM customer") == 2


def test_r42_a_link_that_an_import_breaks_waits_no_more(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["a@x.kr"])
    boot(database, one(database, "SELECT id FROM customer"))
    members(workspace, tmp_path, (MEMBER_ID, EMAIL_FIELD), ["1", "a@x.kr"])
    assert len(unifying.list_pending(workspace)) == 1
    members(workspace, tmp_path, (MEMBER_ID, EMAIL_FIELD), ["1", "b@x.kr"])
    assert unifying.list_pending(workspace) == ()


def test_r34_a_plan_is_made_again_where_somebody_else_made_the_lead_meanwhile(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    prepared = plan_members(workspace, tmp_path, ("1", "a@x.kr"))
    other = tmp_path / "other"
    other.mkdir()
    leads(workspace, other, EMAIL, (EMAIL_FIELD,), ["a@x.kr"])
    with pytest.raises(AssertionError, match="unified=1"):
        apply(workspace, prepared)
    assert sql(database, "SELECT member_id FROM customer") == [(None,)]


def test_r37_every_owner_and_who_asked_get_one_message_each(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    sql(database, "DELETE FROM manager WHERE name NOT IN ('kim', 'lee', '이매니저')")
    sql(
        database,
        "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name IN ('kim', '이매니저')",
    )
    sql(database, """UPDATE role SET permissions = '["see", "edit"]' WHERE code = 'basic'""")
    members(workspace, tmp_path, (MEMBER_ID,), ["1"])
    assert sql(database, "SELECT manager FROM inbox_message ORDER BY 1") == [("kim",), ("lee",)]


def test_r52_an_import_has_its_line_with_its_numbers_and_no_value(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["a@x.kr"])
    applied = apply(workspace, plan_members(workspace, tmp_path, ("1", "a@x.kr")))
    lines = sql(database, "SELECT kind, details, manager FROM activity ORDER BY id DESC LIMIT 2")
    assert [(kind, json.loads(details), manager) for kind, details, manager in lines] == [
        (
            "import_applied",
            {"import": applied.import_id, "created": 1, "updated": 0, "failed": 0, "unified": 1, "unify_pending": 0},
            "kim",
        ),
        ("unified", {"occasion": "import", "count": 1, "import": applied.import_id}, "kim"),
    ]


# -- why a row does what it does


def test_a_row_says_that_it_creates_repeats_or_fails(workspace: Workspace, tmp_path: Path) -> None:
    prepared = plan_members(workspace, tmp_path, ("1", "a@x.kr"), ("1", "b@x.kr"), ("2", "bad"), ("", "c@x.kr"))
    created, repeated, failed, blank = (explain_row(workspace, prepared, row) for row in range(2, 6))
    assert (created.fate, created.customer, created.key) == (RowFate.CREATES, RowPerson(None, 2), MEMBER_ID)
    assert (repeated.fate, repeated.customer) == (RowFate.REPEATS, RowPerson(None, 2))
    assert (failed.fate, [one.field for one in failed.problems]) == (RowFate.FAILS, [EMAIL_FIELD])
    assert (blank.fate, [one.code for one in blank.problems]) == (RowFate.FAILS, [Code.KEY_BLANK])
    for row in (1, 6, 10**30):
        with pytest.raises(NotFound, match="import_row_none"):
            explain_row(workspace, prepared, row)
    drop_import(workspace, prepared)
    with pytest.raises(NotFound, match="prepared_gone"):
        explain_row(workspace, prepared, 2)


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        (("last_seen_at = 2000 + id",), ChosenBy.SEEN_LAST),
        (("last_seen_at = 2000", "updated_at = 2000 + id"), ChosenBy.UPDATED_LAST),
        (("last_seen_at = 2000", "updated_at = CASE WHEN id = 3 THEN 1 END"), ChosenBy.UPDATED_LAST),
        (("last_seen_at = 2000", "id = CASE WHEN id = 3 THEN 0 ELSE id END"), ChosenBy.LOWEST_ID),
        (("last_seen_at = 4000 - id", "blocked_at = CASE WHEN id < 3 THEN 1 END"), ChosenBy.NOT_BLOCKED),
    ],
)
def test_r25_a_row_of_leads_says_who_else_it_could_have_met_and_what_decided(
    workspace: Workspace, database: Path, tmp_path: Path, changes: tuple[str, ...], by: ChosenBy
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, EMAIL_FIELD), ["1", "a@x.kr"], ["2", "a@x.kr"], ["3", "a@x.kr"])
    for number in (1, 2, 3):  # as they were made, whatever their numbers
        sql(database, "UPDATE customer SET id = ? WHERE member_id = ?", number, str(number))
    sql(database, f"UPDATE customer SET {', '.join(changes)}")
    reason = explain_row(workspace, plan_leads(workspace, tmp_path, ("A@x.kr", "")), 2)
    assert reason.fate is RowFate.UPDATES
    assert reason.chosen_by is by
    chosen = one(database, "SELECT id FROM customer WHERE member_id = '3'")
    assert reason.customer == RowPerson(chosen, None)
    assert sorted(reason.others) == [1, 2]


def test_r32_a_row_says_that_it_meets_a_blocked_customer(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    members(workspace, tmp_path, (MEMBER_ID,), ["1"])
    sql(database, "UPDATE customer SET blocked_at = 1")
    reason = explain_row(workspace, plan_members(workspace, tmp_path, ("1", "")), 2)
    assert (reason.fate, reason.is_blocked, reason.chosen_by) == (RowFate.UPDATES, True, ChosenBy.ALONE)


def test_r41_a_row_says_who_is_unified_by_it_and_when(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["a@x.kr"], ["b@x.kr"])
    ids = dict(sql(database, "SELECT email, id FROM customer"))
    boot(database, ids["b@x.kr"])
    prepared = plan_members(workspace, tmp_path, ("1", "a@x.kr"), ("2", "a@x.kr"), ("3", "b@x.kr"))
    expected = RowLink(
        RowPerson(ids["a@x.kr"], None), RowPerson(None, 2), EMAIL_FIELD, (RowPerson(None, 3),), is_pending=False
    )
    assert explain_row(workspace, prepared, 2).links == (expected,)
    assert explain_row(workspace, prepared, 3).links == ()
    (waits,) = explain_row(workspace, prepared, 4).links
    assert (waits.lead, waits.member, waits.is_pending) == (RowPerson(ids["b@x.kr"], None), RowPerson(None, 4), True)


def test_r49_a_plan_that_waits_holds_no_value_of_a_lead_that_is_in_no_row(workspace: Workspace, tmp_path: Path) -> None:
    columns = (EMAIL_FIELD, "profile.name", MOBILE_NUMBER)
    leads(workspace, tmp_path, EMAIL, columns, ["a@x.kr", "unmistakable", PHONE])
    prepared = plan_members(workspace, tmp_path, ("1", "a@x.kr"))
    assert prepared.numbers.unified == 1
    held = prepared.scratch.read_bytes()
    assert b"unmistakable" not in held
    assert b"+821020000001" not in held
    assert apply(workspace, prepared).numbers.unified == 1


def test_r34_an_import_whose_numbers_stay_but_that_would_unify_others_is_asked_about_again(
    workspace: Workspace, database: Path, tmp_path: Path, clock: Clock
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER), ["1", PHONE], ["2", PHONE])
    clock.move(days=1)
    members(workspace, tmp_path, (MEMBER_ID, "profile.name"), ["1", "later"])
    prepared = plan_leads(workspace, tmp_path, ("a@x.kr", PHONE))
    clock.move(days=1)
    members(workspace, tmp_path, (MEMBER_ID, "profile.name"), ["2", "latest"])

    changed = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(changed, Changed)
    assert changed.prepared.numbers == prepared.numbers
    assert one(database, "SELECT count(*) FROM customer") == 2
    apply(workspace, changed.prepared)
    assert sql(database, "SELECT member_id, email FROM customer ORDER BY id") == [("1", None), ("2", "a@x.kr")]


def test_r34_new_customers_of_others_move_ids_but_do_not_make_another_plan(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER), ["1", PHONE])
    prepared = plan_leads(workspace, tmp_path, ("a@x.kr", PHONE))
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD,), ["z@x.kr"])
    assert apply(workspace, prepared).numbers.unified == 1
    assert one(database, "SELECT email FROM customer WHERE member_id = '1'") == "a@x.kr"


def test_r43_tags_of_the_file_go_into_the_member_though_values_are_put_together_before_anything_is_written(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER, TAGS), ["1", PHONE, '["gold"]'])
    leads(workspace, tmp_path, EMAIL, (EMAIL_FIELD, MOBILE_NUMBER, TAGS), ["a@x.kr", PHONE, '["vip", "gold"]'])
    assert sql(database, "SELECT t.name FROM customer_tag o JOIN tag t ON t.id = o.tag_id ORDER BY o.position") == [
        ("gold",),
        ("vip",),
    ]


def test_r51_a_manager_who_may_no_longer_edit_when_the_import_is_written_is_refused_and_nothing_is_written(
    workspace: Workspace, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER), ["1", PHONE])
    prepared = plan_leads(workspace, tmp_path, ("a@x.kr", PHONE))
    before = content(database)
    put_together = plan.merge_linked

    def removed_meanwhile(connection: Any, now: int) -> Iterator[int]:
        yield from put_together(connection, now)
        # At this moment an owner removes whoever imports.
        sql(database, "DELETE FROM manager WHERE name = ?", workspace.manager)

    monkeypatch.setattr(plan, "merge_linked", removed_meanwhile)
    refused = end_of(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(refused, Refused)
    assert refused.error.code == "manager_unknown"
    assert {table: rows for table, rows in content(database).items() if table.startswith("customer")} == {
        table: rows for table, rows in before.items() if table.startswith("customer")
    }


def test_r52_the_line_of_an_import_is_about_all_its_customers_who_were_unified_too(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    members(workspace, tmp_path, (MEMBER_ID, MOBILE_NUMBER), ["1", PHONE], ["2", ""])
    apply(workspace, plan_leads(workspace, tmp_path, ("a@x.kr", PHONE), ("b@x.kr", "")))
    lines = "SELECT id FROM activity WHERE kind = 'import_applied'"
    told = sql(database, f"SELECT customer_id FROM activity_customer WHERE activity_id IN ({lines}) ORDER BY 1")
    gone = one(database, "SELECT lead_id FROM unification")
    assert {number for (number,) in told} == {number for (number,) in sql(database, "SELECT id FROM customer")} | {gone}
    assert len(told) == 4
