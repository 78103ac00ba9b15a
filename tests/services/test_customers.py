"""Leads added by hand and customers edited: R1-R4, R11, and the same checks that an import makes (R8-R18)."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, FieldType, Value
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import print_value
from crm_tui.core.vocabulary import CustomerType
from crm_tui.services import customers, fields, samples, tags
from crm_tui.services.customers import Added, AlreadyExists, Customer, Edited
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, one, sql

MOBILE = "+82 010-2020-3030"


def add(workspace: Workspace, **cells: str) -> Customer:
    """Add a lead that can be added."""
    added = customers.add_lead(workspace, cells)
    assert isinstance(added, Added), added
    return added.customer


def edit(workspace: Workspace, customer_id: int, *clear: str, **cells: str) -> Customer:
    """Edit a customer as can be done."""
    edited = customers.edit(workspace, customer_id, cells, clear)
    assert isinstance(edited, Edited), edited
    return edited.customer


def codes(answer: object) -> list[tuple[str, Code]]:
    """Return what is wrong."""
    assert isinstance(answer, tuple), answer
    assert all(isinstance(problem, Problem) for problem in answer)
    return [(problem.field, problem.code) for problem in answer]


# Adding (R3)


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
    assert [one.id for one in customers.page(workspace)] == [customer.id]


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
    customers.count(workspace)
    assert customers.revision(workspace) == seen[-1]


# Editing


@pytest.fixture
def kim(workspace: Workspace) -> Customer:
    return add(workspace, email="kim@example.com", mobileNumber=MOBILE, name="김", tags='["VIP","신규"]')


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("email", "kim@", Code.EMAIL_INVALID),
        ("email", f"{'k' * 64}@{'x' * 63}.{'y' * 63}.{'z' * 63}.com", Code.EMAIL_TOO_LONG),
        ("mobileNumber", "02-123-4567", Code.PHONE_NO_COUNTRY_CODE),
        ("mobileNumber", "+82 2-123-4567", Code.PHONE_NOT_MOBILE),
        ("mobileNumber", "+82 10-2020-303", Code.PHONE_KOREAN_MOBILE),
        ("landlineNumber", MOBILE, Code.PHONE_NOT_LANDLINE),
        ("landlineNumber", "+82 2-123-4567 ext. 5", Code.PHONE_EXTENSION),
        ("name", "가" * 513, Code.STRING_TOO_LONG),
        ("description", "a\x1b[0m", Code.CONTROL_CHARACTER),
        ("lastCheckoutCompletedAt", "2026.05.01", Code.DATETIME_SHAPE),
        ("tags", '["a b"]', Code.TAG_CHARACTER),
        ("tags", '["a/b/c"]', Code.TAG_LEVELS),
        ("unsubscribeEmail", "maybe", Code.BOOLEAN_INVALID),
        ("memberId", "x" * 513, Code.STRING_TOO_LONG),
        ("lastSeenAt", "2026-05-01", Code.FIELD_UNKNOWN),
        ("", "x", Code.FIELD_UNKNOWN),
    ],
)
def test_r18_an_edit_is_checked_as_an_import_is_and_changes_all_or_nothing(
    workspace: Workspace, database: Path, kim: Customer, name: str, text: str, code: Code
) -> None:
    before = content(database)
    answer = customers.edit(workspace, kim.id, {"description": "new", name: text}, ["name"] if name != "name" else [])
    assert [found for _, found in codes(answer)] == [code]
    assert content(database) == before


def test_an_edit_changes_what_is_given_and_nothing_else(workspace: Workspace, kim: Customer) -> None:
    edited = edit(
        workspace, kim.id, **{"PROFILE.name": " 이\u3000", "unsubscribeTexting": "Y", "description": "a\r\nb"}
    )
    assert edited.profile == {**kim.profile, "profile.name": "이", "profile.description": "a\nb"}
    assert (edited.unsubscribe_email, edited.unsubscribe_texting) == (False, True)
    assert (edited.tags, edited.member_id) == (kim.tags, None)
    assert edit(workspace, kim.id, unsubscribeTexting="0").unsubscribe_texting is False


def test_a_blank_value_and_a_cleared_field_are_the_same(workspace: Workspace, kim: Customer) -> None:
    edited = edit(workspace, kim.id, "tags", "Mobilenumber", name=" \u200b")
    assert edited.profile == {EMAIL: "kim@example.com"}
    assert (edited.tags, edited.mobile_number_verified) == ((), False)
    assert customers.page(workspace, "김") == ()
    assert edit(workspace, kim.id, "name", "description") == edited


def test_a_value_wins_over_clearing_the_same_field(workspace: Workspace, kim: Customer) -> None:
    assert edit(workspace, kim.id, "name", name="이").get("profile.name") == "이"


@pytest.mark.parametrize("name", ["unsubscribeEmail", "UNSUBSCRIBETEXTING"])
def test_r26_an_opt_out_cannot_be_cleared(workspace: Workspace, database: Path, kim: Customer, name: str) -> None:
    edit(workspace, kim.id, **{name: "true"})
    before = content(database)
    for answer in (customers.edit(workspace, kim.id, {}, [name]), customers.edit(workspace, kim.id, {name: " "})):
        assert [code for _, code in codes(answer)] == [Code.BOOLEAN_INVALID]
    assert content(database) == before


@pytest.mark.parametrize("name", ["nickname", "createdAt", "userImportTag", "blocked"])
def test_what_is_no_field_cannot_be_cleared(workspace: Workspace, kim: Customer, name: str) -> None:
    assert codes(customers.edit(workspace, kim.id, {}, [name])) == [(name, Code.FIELD_UNKNOWN)]


def test_r1_a_lead_keeps_a_contact(workspace: Workspace, database: Path, kim: Customer) -> None:
    edit(workspace, kim.id, "email")
    before = content(database)
    assert codes(customers.edit(workspace, kim.id, {}, ["mobileNumber"])) == [(EMAIL, Code.CONTACT_MISSING)]
    assert content(database) == before
    assert edit(workspace, kim.id, "mobileNumber", email="new@example.com").profile[EMAIL] == "new@example.com"


def test_r2_a_contact_that_a_manager_types_is_verified_and_an_untouched_one_stays_as_it_is(
    workspace: Workspace, database: Path, kim: Customer
) -> None:
    sql(database, "UPDATE customer SET email_verified = 0, mobile_number_verified = 0")
    edited = edit(workspace, kim.id, name="이")
    assert (edited.email_verified, edited.mobile_number_verified) == (False, False)
    edited = edit(workspace, kim.id, email="kim@example.com")
    assert (edited.email_verified, edited.mobile_number_verified) == (True, False)


def test_an_edited_customer_is_found_by_the_new_values_only(workspace: Workspace, kim: Customer) -> None:
    edit(workspace, kim.id, name="박서준", email="Park@example.com", mobileNumber="+82 10-9999-8888")
    assert [bool(customers.page(workspace, word)) for word in ("박서", "PARK@", "010-9999-8888")] == [True] * 3
    assert [bool(customers.page(workspace, word)) for word in ("kim", "2020")] == [False] * 2
    assert [one.id for one in customers.find(workspace, email="park@EXAMPLE.com")] == [kim.id]


def test_a_blocked_customer_can_be_edited_and_stays_blocked(
    workspace: Workspace, database: Path, kim: Customer
) -> None:
    sql(database, "UPDATE customer SET blocked_at = 7, blocked_by = 'jin', block_reason = 'spam'")
    assert edit(workspace, kim.id, name="이").blocked
    assert sql(database, "SELECT blocked_at, blocked_by, block_reason FROM customer") == [(7, "jin", "spam")]


@pytest.mark.parametrize("customer_id", [0, -1, 99, 2**63 - 1, 2**63, 10**40])
def test_nobody_has_an_id_that_was_never_given(workspace: Workspace, kim: Customer, customer_id: int) -> None:
    for use in (customers.get, lambda *given: customers.edit(*given, {"name": "x"})):
        with pytest.raises(NotFound) as refused:
            use(workspace, customer_id)
        assert (refused.value.code, refused.value.params) == ("customer_not_found", {"id": customer_id})


# Members (R1)


def test_r1_a_lead_becomes_a_member_and_a_lead_again(workspace: Workspace, kim: Customer) -> None:
    member = edit(workspace, kim.id, memberId="M1")
    assert (member.type, member.member_id) == (CustomerType.MEMBER, "M1")
    assert [one.id for one in customers.page(workspace, "member:yes")] == [kim.id]
    assert edit(workspace, kim.id, "email", "mobileNumber").profile == {"profile.name": "김"}
    assert codes(customers.edit(workspace, kim.id, {"memberId": ""})) == [(EMAIL, Code.CONTACT_MISSING)]
    lead = edit(workspace, kim.id, "memberId", email="kim@example.com")
    assert (lead.type, lead.member_id) == (CustomerType.LEAD, None)
    assert customers.find(workspace, member_id="M1") == ()


@pytest.mark.parametrize(
    ("taken", "wanted", "is_free"),
    [
        ("00123", "123", True),
        ("00123", "00123", False),
        ("00123", " 00123\u3000", False),
        ("abc", "ABC", True),
        ("a b", "a b", False),
        ("a b", "ab", True),
        ("1", "1.0", True),
        ("e\u0301", "é", False),
    ],
)
def test_r1_a_member_id_is_unique_and_compared_exactly(
    workspace: Workspace, database: Path, kim: Customer, taken: str, wanted: str, is_free: bool
) -> None:
    edit(workspace, kim.id, memberId=taken)
    other = add(workspace, email="other@example.com")
    before = content(database)
    answer = customers.edit(workspace, other.id, {"memberId": wanted})
    if is_free:
        assert isinstance(answer, Edited)
        assert answer.customer.member_id == wanted
    else:
        assert codes(answer) == [(MEMBER_ID, Code.MEMBER_ID_TAKEN)]
        assert content(database) == before


def test_r1_the_member_id_of_a_blocked_customer_is_taken_and_ones_own_is_not(
    workspace: Workspace, database: Path, kim: Customer
) -> None:
    edit(workspace, kim.id, memberId="M1")
    assert edit(workspace, kim.id, memberId="M1", name="이").member_id == "M1"
    sql(database, "UPDATE customer SET blocked_at = 1")
    other = add(workspace, email="other@example.com")
    assert codes(customers.edit(workspace, other.id, {"memberId": "M1"})) == [(MEMBER_ID, Code.MEMBER_ID_TAKEN)]


# Tags (R16)


def test_r16_the_first_spelling_of_a_tag_stays_for_everybody(workspace: Workspace, kim: Customer) -> None:
    other = add(workspace, email="other@example.com", tags='["vip","STRASSE","vip"]')
    assert other.tags == ("VIP", "STRASSE")
    assert edit(workspace, kim.id, tags='["straße","Vip","등급/골드"]').tags == ("STRASSE", "VIP", "등급/골드")
    assert [tag.name for tag in tags.customer_tags(workspace)] == ["STRASSE", "VIP", "등급/골드"]


def test_an_edit_replaces_tags_in_the_order_given(workspace: Workspace, kim: Customer) -> None:
    assert edit(workspace, kim.id, tags='["b","a"]').tags == ("b", "a")
    assert edit(workspace, kim.id, tags='["a","c","b"]').tags == ("a", "c", "b")
    assert edit(workspace, kim.id, tags="[]").tags == ()


def test_r16_tags_above_twenty_are_left_out_and_counted(workspace: Workspace, kim: Customer) -> None:
    many = [f"tag{number}" for number in range(23)]
    text = '["' + '","'.join([*many, "TAG0"]) + '"]'
    edited = customers.edit(workspace, kim.id, {"tags": text})
    assert isinstance(edited, Edited)
    assert (edited.customer.tags, edited.tags_left_out) == (tuple(many[:20]), 3)
    added = customers.add_lead(workspace, {"email": "new@example.com", "tags": text})
    assert isinstance(added, Added)
    assert (added.customer.tags, added.tags_left_out) == (tuple(many[:20]), 3)
    again = customers.edit(workspace, kim.id, {"name": "이"})
    assert isinstance(again, Edited)
    assert (again.customer.tags, again.tags_left_out) == (tuple(many[:20]), 0)


# Limits of a profile (R17)


def test_r17_a_profile_above_15_kilobytes_is_refused_when_added_and_edited(workspace: Workspace) -> None:
    for number in range(11):
        fields.add_field(workspace, f"text{number}", FieldType.STRING, "")
    full = {f"text{number}": "가" * 500 for number in range(10)}
    customer = add(workspace, email="kim@example.com", **full)
    answer = customers.edit(workspace, customer.id, {"text10": "가" * 500})
    assert codes(answer) == [("", Code.PROFILE_TOO_LARGE)]
    assert edit(workspace, customer.id, "text0", text10="가" * 500).get("profile.text10") == "가" * 500
    answer = customers.add_lead(workspace, {"email": "new@example.com", **full, "text10": "가" * 500})
    assert codes(answer) == [("", Code.PROFILE_TOO_LARGE)]
    assert customers.count(workspace).total == 1


def test_r17_a_profile_of_more_than_256_keys_is_refused(workspace: Workspace, database: Path) -> None:
    sql(
        database,
        """WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255)
        INSERT INTO field (key, type, label, position) SELECT 'profile.n' || i, 'number', '', i FROM n""",
    )
    cells = {f"n{number}": "1" for number in range(256)}
    answer = customers.add_lead(workspace, {"email": "kim@example.com", **cells})
    assert codes(answer) == [("", Code.PROFILE_TOO_MANY_KEYS)]
    del cells["n255"]
    customer = add(workspace, email="kim@example.com", **cells)
    assert len(customer.profile) == 256
    assert codes(customers.edit(workspace, customer.id, {"n255": "1"})) == [("", Code.PROFILE_TOO_MANY_KEYS)]


# The managers' own fields (R6)


@pytest.mark.parametrize(
    ("field_type", "text", "value"),
    [
        (FieldType.STRING, '"quoted" 한글 \U0001f600\ttab\nline', '"quoted" 한글 \U0001f600\ttab\nline'),
        (FieldType.STRING, "true", "true"),
        (FieldType.STRING, "00123", "00123"),
        (FieldType.NUMBER, "-12.50", -12.5),
        (FieldType.NUMBER, "123456789012345", 123456789012345),
        (FieldType.NUMBER, "0", 0),
        (FieldType.BOOLEAN, "No", False),
        (FieldType.BOOLEAN, "1", True),
        (FieldType.DATE, "2024-02-29", "2024-02-29"),
        (FieldType.DATETIME, "2026-05-01T09:30:00.123+09:00", 1777595400123),
        (FieldType.DATETIME, "1969-12-31T23:59:59Z", -1000),
        (FieldType.LIST, '["a","b,c","[\\"d\\"]"]', ("a", "b,c", '["d"]')),
        (FieldType.LIST, "[]", ()),
        (FieldType.LIST_OF_NUMBER, "[1,2.5,-3]", (1, 2.5, -3)),
    ],
)
def test_a_value_of_every_type_comes_back_as_it_was_given(
    workspace: Workspace, field_type: FieldType, text: str, value: Value
) -> None:
    fields.add_field(workspace, "myField", field_type, "내 필드")
    customer = add(workspace, email="kim@example.com", MYFIELD=text)
    stored_value = customer.get("profile.myField")
    assert (stored_value, type(stored_value)) == (value, type(value))
    assert stored_value is not None
    again = edit(workspace, customer.id, **{"profile.myfield": print_value(stored_value, field_type)})
    assert again.profile == customer.profile
    assert edit(workspace, customer.id, "myField").profile == {EMAIL: "kim@example.com"}


def test_r6_an_archived_field_keeps_its_values_out_of_sight(workspace: Workspace, database: Path) -> None:
    fields.add_field(workspace, "size", FieldType.NUMBER, "치수")
    customer = add(workspace, email="kim@example.com", size="95")
    fields.archive_field(workspace, "size")
    assert "profile.size" not in {field.key for field in fields.list_fields(workspace)}
    for answer in (
        customers.edit(workspace, customer.id, {"size": "100"}),
        customers.edit(workspace, customer.id, {}, ["size"]),
        customers.add_lead(workspace, {"email": "new@example.com", "size": "100"}),
    ):
        assert codes(answer) == [("size", Code.FIELD_UNKNOWN)]
    edit(workspace, customer.id, name="김")
    fields.restore_field(workspace, "size")
    assert customers.get(workspace, customer.id).get("profile.size") == 95
    assert one(database, "SELECT custom FROM customer") == '{"size":95}'


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("memberId", "M1"),
        ("profile.name", "김"),
        ("tags", ("VIP", "신규")),
        ("unsubscribeEmail", True),
        ("unsubscribeTexting", False),
        ("profile.description", None),
        ("profile.nowhere", None),
    ],
)
def test_a_customer_gives_the_value_of_any_field(
    workspace: Workspace, kim: Customer, key: str, value: Value | None
) -> None:
    assert edit(workspace, kim.id, memberId="M1", unsubscribeEmail="true").get(key) == value


# Samples


def test_samples_are_added_once(workspace: Workspace, database: Path) -> None:
    added = samples.load_samples(workspace)
    before = content(database)
    assert added == customers.count(workspace).total == customers.count(workspace, "member:no").total > 5
    assert all(one.tags and one.email_verified and one.mobile_number_verified for one in customers.page(workspace))
    assert samples.load_samples(workspace) == 0
    assert content(database) == before


def test_only_missing_samples_are_added_again(workspace: Workspace, database: Path) -> None:
    added = samples.load_samples(workspace)
    sql(database, "DELETE FROM customer WHERE id IN (2, 5)")
    assert samples.load_samples(workspace) == 2
    assert customers.count(workspace).total == added
