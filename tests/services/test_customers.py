"""Leads added by hand (R2-R4, R11), and the samples that are added the same way."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER
from crm_tui.core.problems import Code
from crm_tui.core.vocabulary import CustomerType
from crm_tui.services import contact_list, customers, samples
from crm_tui.services.customers import AlreadyExists
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, sql
from tests.services.people import add, codes, edit

MOBILE = "+82 010-2020-3030"


@pytest.mark.parametrize(
    ("cells", "verified"),
    [
        ({"email": "kim@example.com"}, (True, False)),
        ({"mobileNumber": MOBILE}, (False, True)),
        ({"Profile.EMAIL": "kim@example.com", "mobilenumber": MOBILE}, (True, True)),
    ],
)
def test_r3_one_contact_is_enough_and_it_is_verified(
    workspace: Workspace, clock: Clock, cells: dict[str, str], verified: tuple[bool, bool]
) -> None:
    customer = add(workspace, **cells)
    assert customer == customers.get(workspace, customer.id)
    assert (customer.email_verified, customer.mobile_number_verified) == verified
    assert (customer.type, customer.member_id, customer.blocked) == (CustomerType.LEAD, None, False)
    assert (customer.unsubscribe_email, customer.unsubscribe_texting) == (False, False)
    assert (customer.tags, customer.import_tags) == ((), ())
    assert [one.id for one in contact_list.page(workspace)] == [customer.id]


def test_r4_a_lead_added_by_hand_was_created_and_seen_at_that_moment(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, email="kim@example.com")
    assert (customer.created_at, customer.last_seen_at, customer.updated_at) == (clock.now, clock.now, None)
    assert customer.sessions_count == 0


def test_r4_an_edit_sets_the_moment_of_the_update_only(workspace: Workspace, clock: Clock) -> None:
    before = add(workspace, email="kim@example.com")
    clock.move(days=3)
    after = edit(workspace, before.id, name="김")
    assert (after.created_at, after.last_seen_at) == (before.created_at, before.last_seen_at)
    assert after.updated_at == clock.now > before.created_at


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"name": "김"}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"email": " \u3164\u200b ", "mobileNumber": ""}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"landlineNumber": "+82 2-123-4567"}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"email": "kim"}, [(EMAIL, Code.EMAIL_INVALID)]),
        ({"email": "kim@example.com", "memberId": "1"}, [(MEMBER_ID, Code.FIELD_READ_ONLY)]),
        ({"email": "kim@example.com", "createdAt": "2020-01-01"}, [("createdAt", Code.FIELD_UNKNOWN)]),
        ({"email": "kim@example.com", "nickname": "x"}, [("nickname", Code.FIELD_UNKNOWN)]),
        ({"email": "kim@example.com", "name": "\udcff"}, [("profile.name", Code.CONTROL_CHARACTER)]),
        (
            {"email": "x", "mobileNumber": "010-2020-3030", "name": "a\0", "tags": "vip", "unsubscribeEmail": "?"},
            [
                (EMAIL, Code.EMAIL_INVALID),
                (MOBILE_NUMBER, Code.PHONE_NO_COUNTRY_CODE),
                ("profile.name", Code.CONTROL_CHARACTER),
                ("tags", Code.LIST_INVALID),
                ("unsubscribeEmail", Code.BOOLEAN_INVALID),
            ],
        ),
    ],
)
def test_r3_r18_a_lead_without_a_contact_or_with_wrong_values_is_not_added(
    workspace: Workspace, database: Path, cells: dict[str, str], problems: list[tuple[str, Code]]
) -> None:
    before = content(database)
    assert codes(customers.add_lead(workspace, cells)) == problems
    assert content(database) == before


def test_r3_who_has_the_verified_contact_already_is_shown_and_nothing_is_added(
    workspace: Workspace, database: Path
) -> None:
    first = add(workspace, email="Kim@example.com", mobileNumber=MOBILE, name="김")
    before = content(database)
    for cells in ({"email": "KIM@EXAMPLE.com", "name": "이"}, {"mobileNumber": "+82 10 2020 3030"}):
        assert customers.add_lead(workspace, cells) == AlreadyExists(first)
    assert content(database) == before


def test_r3_a_member_and_a_blocked_customer_exist_too(workspace: Workspace, database: Path) -> None:
    member = add(workspace, email="member@example.com")
    blocked = add(workspace, email="blocked@example.com")
    sql(database, "UPDATE customer SET member_id = 'M1' WHERE id = ?", member.id)
    sql(database, "UPDATE customer SET blocked_at = 5 WHERE id = ?", blocked.id)
    answer = customers.add_lead(workspace, {"email": "member@example.com"})
    assert isinstance(answer, AlreadyExists)
    assert answer.customer.member_id == "M1"
    answer = customers.add_lead(workspace, {"email": "blocked@example.com"})
    assert isinstance(answer, AlreadyExists)
    assert answer.customer.blocked


def test_r2_r3_an_unverified_contact_of_somebody_is_no_obstacle(workspace: Workspace, database: Path) -> None:
    first = add(workspace, email="kim@example.com", mobileNumber=MOBILE)
    sql(database, "UPDATE customer SET email_verified = 0, mobile_number_verified = 0")
    second = add(workspace, email="kim@example.com", mobileNumber=MOBILE)
    assert second.id != first.id
    assert customers.add_lead(workspace, {"mobileNumber": MOBILE}) == AlreadyExists(second)


def test_r3_with_contacts_of_two_customers_the_one_with_the_email_is_shown(workspace: Workspace) -> None:
    by_email = add(workspace, email="kim@example.com")
    by_mobile = add(workspace, mobileNumber=MOBILE)
    both = {"mobileNumber": MOBILE, "email": "kim@example.com"}
    assert customers.add_lead(workspace, both) == AlreadyExists(by_email)
    both["email"] = "new@example.com"
    assert customers.add_lead(workspace, both) == AlreadyExists(by_mobile)


def test_r3_r25_of_several_with_the_contact_the_one_seen_last_is_shown(workspace: Workspace, database: Path) -> None:
    for number in (1, 2, 3):
        add(workspace, email=f"{number}@example.com")
        sql(
            database, "UPDATE customer SET email_key = 'kim@example.com', last_seen_at = ? WHERE id = ?", number, number
        )
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE id = 3")
    answer = customers.add_lead(workspace, {"email": "kim@example.com"})
    assert isinstance(answer, AlreadyExists)
    assert answer.customer.id == 2


def test_r11_an_email_keeps_its_spelling_but_for_the_domain_and_is_compared_without_case(workspace: Workspace) -> None:
    customer = add(workspace, email="  Kim.Lee@EXAMPLE.Com ")
    assert customer.get(EMAIL) == "Kim.Lee@example.com"
    assert isinstance(customers.add_lead(workspace, {"email": "kim.lee@example.com"}), AlreadyExists)


def test_customers_are_told_to_have_moved_only_where_something_was_written(workspace: Workspace) -> None:
    seen = [customers.revision(workspace)]
    customer = add(workspace, email="kim@example.com")
    seen.append(customers.revision(workspace))
    edit(workspace, customer.id, name="김")
    seen.append(customers.revision(workspace))
    assert seen == sorted(set(seen))
    customers.add_lead(workspace, {"email": "kim@example.com"})
    customers.add_lead(workspace, {"email": "x"})
    customers.edit(workspace, customer.id, {"mobileNumber": "x"})
    contact_list.count(workspace)
    assert customers.revision(workspace) == seen[-1]


def test_samples_are_added_once(workspace: Workspace, database: Path) -> None:
    added = samples.load_samples(workspace)
    before = content(database)
    assert added == contact_list.count(workspace).total == contact_list.count(workspace, "member:no").total > 5
    assert all(one.tags and one.email_verified and one.mobile_number_verified for one in contact_list.page(workspace))
    assert samples.load_samples(workspace) == 0
    assert content(database) == before


def test_only_missing_samples_are_added_again(workspace: Workspace, database: Path) -> None:
    added = samples.load_samples(workspace)
    sql(database, "DELETE FROM customer WHERE id IN (2, 5)")
    assert samples.load_samples(workspace) == 2
    assert contact_list.count(workspace).total == added
