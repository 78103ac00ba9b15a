"""Customers edited by hand: R1, R2, R6, and the same checks that an import makes (R8-R18)."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, MEMBER_ID, NAME, FieldType, Value
from crm_tui.core.problems import Code
from crm_tui.core.validation import print_value
from crm_tui.core.vocabulary import CustomerType
from crm_tui.services import contact_list, customers, fields, tags
from crm_tui.services.customers import Added, Edited, Stale
from crm_tui.services.deleting import delete
from crm_tui.services.errors import NotFound
from crm_tui.services.fields import add_field
from crm_tui.services.profiles import Customer
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, one, sql
from tests.services.people import add, codes, edit

MOBILE = "+82 010-2020-3030"


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
    assert contact_list.page(workspace, "김") == ()
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
    assert [bool(contact_list.page(workspace, word)) for word in ("박서", "PARK@", "010-9999-8888")] == [True] * 3
    assert [bool(contact_list.page(workspace, word)) for word in ("kim", "2020")] == [False] * 2
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
    assert [one.id for one in contact_list.page(workspace, "member:yes")] == [kim.id]
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
    assert contact_list.count(workspace).total == 1


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


def test_a_field_that_somebody_else_changed_meanwhile_is_not_overwritten(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    customer = add(workspace, email="kim@example.com", name="김", tags='["a"]')
    seen = {key: customer.get(key) for key in (NAME, "tags", "profile.description", "unsubscribeEmail")}
    edit(workspace, customer.id, name="이", tags='["a","b"]')
    now = customers.get(workspace, customer.id)
    before = content(database)
    clock.move(days=1)
    cells = {"Name": "박", "tags": '["c"]', "description": "memo", "unsubscribeEmail": "true"}
    assert customers.edit(workspace, customer.id, cells, seen=seen) == Stale(now, (NAME, "tags"))
    assert customers.edit(workspace, customer.id, {}, ["tags"], seen=seen) == Stale(now, ("tags",))
    assert content(database) == before


def test_only_the_fields_given_are_compared_with_what_was_seen(workspace: Workspace) -> None:
    customer = add(workspace, email="kim@example.com", name="김")
    seen = {"profile.name": "김", "description": None, "tags": (), "unsubscribeTexting": False, "points": 3}
    edit(workspace, customer.id, name="이")
    cells = {"description": "memo", "tags": '["a"]', "unsubscribeTexting": "true"}
    edited = customers.edit(workspace, customer.id, cells, seen=seen)
    assert isinstance(edited, Edited)
    assert (edited.customer.get(NAME), edited.customer.get("profile.description")) == ("이", "memo")


def test_a_number_that_was_taken_away_is_no_nought(workspace: Workspace) -> None:
    add_field(workspace, "points", FieldType.NUMBER, "포인트")
    customer = add(workspace, email="kim@example.com", points="0")
    edit(workspace, customer.id, "points")
    answer = customers.edit(workspace, customer.id, {"points": "5"}, seen={"profile.points": 0})
    assert isinstance(answer, Stale)
    assert answer.keys == ("profile.points",)


def test_a_customer_who_was_deleted_meanwhile_is_not_found(workspace: Workspace) -> None:
    customer = add(workspace, email="kim@example.com", name="김")
    delete(workspace, Selection(ids=frozenset({customer.id})))
    with pytest.raises(NotFound, match="customer_not_found"):
        customers.edit(workspace, customer.id, {"name": "이"}, seen={NAME: "김"})
