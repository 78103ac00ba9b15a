"""What an import does to customers, rule by rule (R19, R23-R34), at the level that both fronts call."""

import threading
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import FieldType
from crm_tui.core.problems import Code
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.services import fields
from crm_tui.services.errors import UsageError
from crm_tui.services.importing.engine import prepare_import
from crm_tui.services.importing.events import ImportNumbers, Refused
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import ask, customer, end_of, file_of, leads, members, one, prepare, run, sql

EMAIL, MOBILE = LeadKey.EMAIL, LeadKey.MOBILE_NUMBER
MINIMUM = ("memberId", "unsubscribeEmail", "unsubscribeTexting")


def failures(workspace: Workspace, path: Path, columns: tuple[str, ...], **options: Any) -> list[tuple[int, list[str]]]:
    """Return row numbers and reason codes of the rows that a plan fails."""
    prepared = prepare(workspace, ask(path, columns, **options))
    return [(row.row_number, [problem.code.value for problem in row.problems]) for row in prepared.failures]


# -- R19, R22: what is asked for


@pytest.mark.parametrize(
    ("columns", "options", "code"),
    [
        (("memberId", "no such field"), {}, "field_not_found"),
        (("memberId", "memberId"), {}, "field_mapped_twice"),
        (("profile.email", "EMAIL"), {"target": Target.LEAD, "key": EMAIL}, "field_mapped_twice"),
        (("profile.email", "profile.name"), {}, "import_key_unmapped"),
        (("profile.email", "profile.name"), {"target": Target.LEAD, "key": MOBILE}, "import_key_unmapped"),
        (("memberId", "profile.email"), {"target": Target.LEAD, "key": EMAIL}, "lead_with_member_id"),
        (("memberId",), {}, "columns_changed"),
        (("memberId", "profile.name"), {"tag": "  "}, "import_tag_invalid"),
        (("memberId", "profile.name"), {"tag": "\u3164"}, "import_tag_invalid"),
        (("memberId", "profile.name"), {"tag": "a" * 129}, "import_tag_invalid"),
        (("memberId", "profile.name"), {"tag": "a\nb"}, "import_tag_invalid"),
    ],
)
def test_r22_a_mapping_that_makes_no_sense_is_refused_and_nothing_is_logged(
    workspace: Workspace, tmp_path: Path, columns: tuple[str, ...], options: dict[str, Any], code: str
) -> None:
    path = file_of(tmp_path, ["a", "b"], ["1", "2"])
    refused = end_of(prepare_import(workspace, ask(path, columns, **options), threading.Event()))
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, UsageError)
    assert refused.error.code == code
    assert sql(workspace.path, "SELECT * FROM import") == []


def test_r6_field_keys_are_understood_in_any_spelling(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["a", "b", "c", "d"], ["m1", "Ann", "true", "false"])
    run(workspace, ask(path, ("MEMBERID", "Name", "unsubscribeemail", "UNSUBSCRIBETEXTING")))
    run(workspace, ask(file_of(tmp_path, ["a", "b"], ["m1", ""]), ("memberid", "NAME"), policy=EmptyPolicy.CLEAR))
    assert customer(workspace.path)["name"] is None


# -- R23: rows that fail


def test_r23_a_bad_row_fails_as_a_whole_with_all_its_problems_and_its_cells_as_they_stood(
    workspace: Workspace, tmp_path: Path
) -> None:
    columns = ("memberId", None, "profile.email", "profile.mobileNumber", *MINIMUM[1:])
    path = file_of(
        tmp_path,
        ["id", "note", "mail", "mobile", "no mail", "no sms"],
        ["m1", "not looked at", " bad ", "010-1", "true", "true"],
        ["", "x", "a@x.kr", "", "true", "true"],
        ["m3", "x", "a@x.kr", "+82 010-2000-0001", "true"],
        ["m4", "x", "a@x.kr", "", "true", "true"],
    )
    prepared = prepare(workspace, ask(path, columns))
    assert [(row.row_number, row.cells, [problem.code for problem in row.problems]) for row in prepared.failures] == [
        (2, ("m1", " bad ", "010-1", "true", "true"), [Code.EMAIL_INVALID, Code.PHONE_NO_COUNTRY_CODE]),
        (3, ("", "a@x.kr", "", "true", "true"), [Code.KEY_BLANK]),
        (4, ("m3", "a@x.kr", "+82 010-2000-0001", "true", ""), [Code.ROW_RAGGED]),
    ]
    assert prepared.failure_fields == ("memberId", "profile.email", "profile.mobileNumber", *MINIMUM[1:])
    assert prepared.numbers == ImportNumbers(rows=4, customers=1, created=1, failed=3)


def test_r17_a_profile_that_a_row_would_make_too_large_fails_that_row_and_keeps_the_one_above(
    workspace: Workspace, tmp_path: Path
) -> None:
    columns = ["memberId", *(f"text{number}" for number in range(12))]
    for name in columns[1:]:
        fields.add_field(workspace, name, FieldType.STRING, "")
    half = ["가" * 500] * 6
    applied = members(workspace, tmp_path, columns, ["m1", *half, *[""] * 6], ["m1", *[""] * 6, *half])
    assert applied.numbers == ImportNumbers(rows=2, customers=1, created=1, failed=1)
    assert one(workspace.path, "SELECT problems LIKE '%profile_too_large%' FROM import_failure WHERE row_number = 3")
    alone = members(workspace, tmp_path, columns, ["m2", *half, *half])
    assert alone.numbers == ImportNumbers(rows=1, failed=1)
    found = customer(workspace.path)
    assert found["text0"] == "가" * 500
    assert "text6" not in found


def test_a_bad_cell_is_kept_no_longer_than_a_spreadsheet_could_show_it(workspace: Workspace, tmp_path: Path) -> None:
    fields.add_field(workspace, "amount", FieldType.NUMBER, "")
    columns = ("memberId", "amount", *MINIMUM[1:])
    path = file_of(
        tmp_path,
        columns,
        ["m1", "x" * 5_000_000, "true", "true"],
        ["m2", "1," + "000," * 1_000_000 + "000", "true", "true"],
        ["m3", " " * 5_000_000 + "1", "true", "true"],
    )
    prepared = prepare(workspace, ask(path, columns))
    assert prepared.numbers.failed == 2
    assert len(prepared.failures[0].cells[1]) == 32_768
    assert prepared.scratch.stat().st_size < 1_000_000


# -- R24, R25: whom a row meets


def test_r24_members_are_matched_by_exact_id_and_their_contacts_may_change(
    workspace: Workspace, tmp_path: Path
) -> None:
    members(workspace, tmp_path, ["memberId", "profile.email"], ["00123", "old@x.kr"])
    applied = members(
        workspace,
        tmp_path,
        ["memberId", "profile.email", "profile.mobileNumber"],
        [" 00123 ", "new@x.kr", "+82 010-2000-0001"],
        ["123", "other@x.kr", ""],
    )
    assert (applied.numbers.updated, applied.numbers.created) == (1, 1)
    found = customer(workspace.path, "member_id = '00123'")
    assert (found["email"], found["email_verified"], found["mobile_number"]) == ("new@x.kr", 1, "+821020000001")
    assert found["mobile_number_verified"] == 1


def put(workspace: Workspace, **columns: object) -> int:
    """Put a customer into the table as it stands; return the id."""
    values = {
        "custom": "{}",
        "email_verified": 1,
        "mobile_number_verified": 1,
        "unsubscribe_email": 1,
        "unsubscribe_texting": 1,
        "created_at": 1,
        "last_seen_at": 1,
        "sessions_count": 0,
        "search_text": "",
    } | columns
    if "email" in columns:
        values["email_key"] = str(columns["email"]).lower()
    names, places = ", ".join(values), ", ".join("?" * len(values))
    return int(one(workspace.path, f"INSERT INTO customer ({names}) VALUES ({places}) RETURNING id", *values.values()))


@pytest.mark.parametrize(
    ("others", "chosen"),
    [
        ([{"last_seen_at": 5}, {"last_seen_at": 6}], 2),
        ([{"last_seen_at": 6}, {"last_seen_at": 5, "updated_at": 9}], 1),
        ([{"updated_at": 5}, {"updated_at": 6}], 2),
        ([{}, {"updated_at": 6}], 2),
        ([{}, {}], 1),
        ([{"blocked_at": 1, "last_seen_at": 9}, {}], 2),
        ([{"blocked_at": 1}, {"blocked_at": 1, "last_seen_at": 9}], 2),
        ([{"email_verified": 0, "last_seen_at": 9}, {}], 2),
        ([{"email": "b@x.kr", "last_seen_at": 9}, {"email": "A@X.kr"}], 2),
        ([{"member_id": "m1", "last_seen_at": 9}, {}], 1),
    ],
)
def test_r25_a_lead_row_updates_the_customer_seen_last(
    workspace: Workspace, tmp_path: Path, others: list[dict[str, object]], chosen: int
) -> None:
    ids = [put(workspace, **{"email": "a@x.kr"} | columns) for columns in others]
    path = file_of(tmp_path, ["profile.email", "profile.name"], ["a@X.KR", "Ann"], ["A@x.kr", "Bea"])
    applied = run(workspace, ask(path, ("profile.email", "profile.name"), Target.LEAD, EMAIL))
    assert (applied.numbers.updated, applied.numbers.failed) == (1, 0)
    assert sql(workspace.path, "SELECT id, name FROM customer WHERE name IS NOT NULL") == [(ids[chosen - 1], "Bea")]


def test_r25_an_unverified_contact_is_no_candidate(workspace: Workspace, tmp_path: Path) -> None:
    put(workspace, mobile_number="+821020000001", mobile_number_verified=0)
    applied = leads(workspace, tmp_path, MOBILE, ["profile.mobileNumber"], ["+82 010-2000-0001"])
    assert applied.numbers.created == 1
    assert sql(workspace.path, "SELECT mobile_number_verified FROM customer ORDER BY id") == [(0,), (1,)]


def test_r25_the_key_contact_keeps_its_spelling_and_the_other_may_change(workspace: Workspace, tmp_path: Path) -> None:
    put(workspace, email="Ann@x.kr", mobile_number="+821020000001", mobile_number_verified=0)
    leads(
        workspace,
        tmp_path,
        EMAIL,
        ["profile.email", "profile.mobileNumber"],
        ["ann@x.kr", "+821020000002"],
        policy=EmptyPolicy.CLEAR,
    )
    found = customer(workspace.path)
    assert (found["email"], found["mobile_number"], found["mobile_number_verified"]) == ("Ann@x.kr", "+821020000002", 1)


# -- R26-R28: what values do


@pytest.mark.parametrize(
    ("policy", "name", "tags"), [(EmptyPolicy.KEEP, "Ann", ["vip"]), (EmptyPolicy.CLEAR, None, [])]
)
def test_r26_blank_cells_keep_or_clear_and_never_touch_the_opt_outs(
    workspace: Workspace, tmp_path: Path, policy: EmptyPolicy, name: str | None, tags: list[str]
) -> None:
    columns = ["memberId", "profile.name", "profile.email", "tags", *MINIMUM[1:]]
    members(workspace, tmp_path, columns, ["m1", "Ann", "a@x.kr", '["vip"]', "true", "false"])
    members(workspace, tmp_path, columns, ["m1", "\u3164", "a@x.kr", " ", "", "\u200b"], policy=policy)
    found = customer(workspace.path)
    assert (found["name"], found["tags"]) == (name, tags)
    assert (found["unsubscribe_email"], found["unsubscribe_texting"]) == (1, 0)
    assert (found["email"], found["email_verified"]) == ("a@x.kr", 1)


def test_r26_a_cleared_contact_is_no_longer_verified(workspace: Workspace, tmp_path: Path) -> None:
    columns = ["memberId", "profile.email"]
    members(workspace, tmp_path, columns, ["m1", "a@x.kr"])
    members(workspace, tmp_path, columns, ["m1", ""], policy=EmptyPolicy.CLEAR)
    found = customer(workspace.path)
    assert (found["email"], found["email_key"], found["email_verified"]) == (None, None, 0)


@pytest.mark.parametrize(
    ("columns", "row", "missing"),
    [
        (("memberId",), ("m1",), 2),
        (("memberId", "unsubscribeEmail"), ("m1", "true"), 1),
        (MINIMUM, ("m1", "", "false"), 1),
        (MINIMUM, ("m1", "", ""), 2),
        (MINIMUM, ("m1", "false", "true"), 0),
    ],
)
def test_r27_a_new_customer_needs_both_opt_outs(
    workspace: Workspace, tmp_path: Path, columns: tuple[str, ...], row: tuple[str, ...], missing: int
) -> None:
    found = failures(workspace, file_of(tmp_path, columns, row), columns)
    assert found == ([(2, ["opt_out_missing"] * missing)] if missing else [])


def test_r27_an_update_needs_none_and_a_value_overwrites_and_opt_ins_are_told(
    workspace: Workspace, tmp_path: Path
) -> None:
    members(workspace, tmp_path, MINIMUM, ["m1", "true", "true"], ["m2", "true", "true"], ["m3", "false", "true"])
    path = file_of(tmp_path, MINIMUM[:2], ["m1", "false"], ["m2", ""], ["m3", "true"])
    prepared = prepare(workspace, ask(path, MINIMUM[:2]))
    assert prepared.numbers == ImportNumbers(rows=3, customers=3, updated=3, unchanged=1, opt_ins=1)
    run(workspace, ask(path, MINIMUM[:2]))
    rows = sql(workspace.path, "SELECT unsubscribe_email, unsubscribe_texting FROM customer ORDER BY member_id")
    assert rows == [(0, 1), (1, 1), (1, 1)]


def test_r28_lists_and_tags_are_appended_without_repeats_and_other_values_replaced(
    workspace: Workspace, tmp_path: Path
) -> None:
    for name, type in (("likes", FieldType.LIST), ("sizes", FieldType.LIST_OF_NUMBER), ("city", FieldType.STRING)):
        fields.add_field(workspace, name, type, "")
    columns = ["memberId", "likes", "sizes", "tags", "city"]
    members(workspace, tmp_path, columns, ["m1", '["a","b"]', "[1,2]", '["Vip"]', "서울"])
    members(
        workspace, tmp_path, columns, ["m1", '["b","c"]', "[2,0.5]", '["vIP","new"]', "부산"], policy=EmptyPolicy.CLEAR
    )
    found = customer(workspace.path)
    assert (found["likes"], found["sizes"], found["city"]) == (["a", "b", "c"], [1, 2, 0.5], "부산")
    assert found["tags"] == ["Vip", "new"]


# -- R29: the same customer several times


def test_r29_every_row_of_a_customer_is_applied_in_file_order_and_counts_once(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    columns = ("memberId", "profile.name", "tags", *MINIMUM[1:])
    path = file_of(
        tmp_path,
        columns,
        ["m1", "first", '["a"]', "true", "true"],
        ["m2", "alone", "", "true", "true"],
        ["m1", "second", '["b"]', "", ""],
        ["m1", "third", "bad", "", ""],
        ["m1", "", '["c"]', "false", ""],
    )
    applied = run(workspace, ask(path, columns))
    assert applied.numbers == ImportNumbers(rows=5, customers=2, created=2, failed=1)
    found = customer(workspace.path, "member_id = 'm1'")
    assert (found["name"], found["tags"]) == ("second", ["a", "b", "c"])
    assert (found["unsubscribe_email"], found["unsubscribe_texting"]) == (0, 1)
    # The rows below the first one update a customer who exists by then (R4).
    assert (found["created_at"], found["last_seen_at"], found["updated_at"]) == (clock.now, clock.now, clock.now)
    assert customer(workspace.path, "member_id = 'm2'")["updated_at"] is None


def test_r29_a_row_that_fails_by_r27_does_not_help_the_row_below(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, MINIMUM, ["m1", "", ""], ["m1", "true", ""], ["m1", "true", "true"], ["m1", "", ""])
    applied = run(workspace, ask(path, MINIMUM))
    assert applied.numbers == ImportNumbers(rows=4, customers=1, created=1, failed=2)


def test_r29_a_lead_twice_in_a_file_under_two_spellings_is_one_lead(workspace: Workspace, tmp_path: Path) -> None:
    applied = leads(
        workspace, tmp_path, EMAIL, ["profile.email", "profile.name"], ["Ann@x.kr", "Ann"], ["ANN@x.kr", "Anna"]
    )
    assert applied.numbers == ImportNumbers(rows=2, customers=1, created=1)
    found = customer(workspace.path)
    assert (found["email"], found["name"]) == ("Ann@x.kr", "Anna")


# -- R16, R30: tags


@pytest.mark.parametrize(
    ("rows", "tags"),
    [
        ([("m2", '["Gold"]'), ("m1", '["gold","GOLD","Silver"]')], ["Gold", "Silver"]),
        ([("m2", '["Gold"]'), ("m2", ""), ("m1", '["gold"]')], ["Gold"]),
        ([("m1", '["Gold"]'), ("m1", ""), ("m1", '["gold"]')], ["Gold"]),
        ([("old", '["Gold"]'), ("old", ""), ("m1", '["gold"]')], ["Gold"]),
        ([("m2", '["Gold","bad tag"]'), ("m1", '["gold"]')], ["gold"]),
    ],
)
def test_r16_the_first_spelling_in_file_order_is_the_one_shown_also_when_that_row_loses_the_tag_again(
    workspace: Workspace, tmp_path: Path, rows: list[tuple[str, str]], tags: list[str]
) -> None:
    members(workspace, tmp_path, ["memberId"], ["old"])
    members(workspace, tmp_path, ["memberId", "tags"], *rows, policy=EmptyPolicy.CLEAR)
    assert customer(workspace.path, "member_id = 'm1'")["tags"] == tags


def test_r16_tags_beyond_twenty_are_left_out_counted_and_no_failure(workspace: Workspace, tmp_path: Path) -> None:
    many = "[" + ",".join(f'"t{number}"' for number in range(23)) + "]"
    applied = members(workspace, tmp_path, ["memberId", "tags"], ["m1", many], ["m2", '["t1"]'], ["m1", '["x","T0"]'])
    assert (applied.numbers.tags_left_out, applied.numbers.failed) == (4, 0)
    assert customer(workspace.path, "member_id = 'm1'")["tags"] == [f"t{number}" for number in range(20)]
    assert one(workspace.path, "SELECT count(*) FROM tag") == 20


def test_r30_the_import_tag_goes_to_everybody_created_or_updated_and_to_nobody_else(
    workspace: Workspace, tmp_path: Path
) -> None:
    members(workspace, tmp_path, MINIMUM, ["m1", "true", "true"], ["m2", "true", "true"])
    members(workspace, tmp_path, MINIMUM, ["m2", "", ""], ["m3", "true", "true"], ["m4", "", ""], tag="  May  ")
    rows = sql(
        workspace.path,
        """SELECT c.member_id, t.name FROM customer c LEFT JOIN customer_import_tag l ON l.customer_id = c.id
           LEFT JOIN import_tag t ON t.id = l.import_tag_id ORDER BY 1""",
    )
    assert rows == [("m1", None), ("m2", "May"), ("m3", "May")]


def test_r30_the_thirty_first_import_tag_pushes_out_the_oldest_and_one_that_is_there_moves_nothing(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    path = file_of(tmp_path, MINIMUM, ["m1", "true", "true"])
    for number in range(30):
        run(workspace, ask(path, MINIMUM, tag=f"Tag{number}"))
        clock.move(seconds=1)
    run(workspace, ask(path, MINIMUM, tag="TAG3"))
    clock.move(days=-365)  # "the oldest given" is not what a clock says that was set back
    run(workspace, ask(path, MINIMUM, tag="new"))
    assert customer(workspace.path)["import_tags"] == ["new", *(f"Tag{number}" for number in range(1, 30))]


# -- R31-R33: counts, blocked, key only


def test_r32_a_blocked_customer_is_updated_never_unblocked_and_counted_apart_as_well(
    workspace: Workspace, tmp_path: Path
) -> None:
    put(workspace, member_id="m1", blocked_at=5, blocked_by="lee", block_reason="spam")
    put(workspace, member_id="m2", blocked_at=5)
    path = file_of(tmp_path, ["memberId", "profile.name"], ["m1", "Ann"], ["m1", "Bea"], ["m2", "x" * 513])
    applied = run(workspace, ask(path, ("memberId", "profile.name"), tag="t"))
    assert applied.numbers == ImportNumbers(rows=3, customers=1, updated=1, failed=1, blocked_matched=1)
    found = customer(workspace.path, "member_id = 'm1'")
    assert (found["name"], found["blocked_at"], found["blocked_by"], found["block_reason"]) == ("Bea", 5, "lee", "spam")
    assert found["import_tags"] == ["t"]


def test_r33_a_file_with_only_the_key_column_gives_the_tag_and_fails_new_customers(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    members(workspace, tmp_path, ["memberId", "profile.name"], ["m1", "Ann"])
    clock.move(days=1)
    applied = run(workspace, ask(file_of(tmp_path, ["memberId"], ["m1"], ["m2"]), ("memberId",), tag="t"))
    assert applied.numbers == ImportNumbers(rows=2, customers=1, updated=1, unchanged=1, failed=1)
    found = customer(workspace.path)
    assert (found["name"], found["import_tags"], found["updated_at"]) == ("Ann", ["t"], clock.now)
    assert found["last_seen_at"] < clock.now


def test_r4_an_update_sets_the_moment_of_the_update_only(workspace: Workspace, tmp_path: Path, clock: Clock) -> None:
    began = clock.now
    members(workspace, tmp_path, ["memberId", "profile.name"], ["m1", "Ann"])
    clock.move(days=1)
    members(workspace, tmp_path, ["memberId", "profile.name"], ["m1", "Bea"])
    found = customer(workspace.path)
    assert (found["created_at"], found["last_seen_at"], found["updated_at"]) == (began, began, clock.now)
    assert found["sessions_count"] == 0


def test_a_file_without_rows_or_with_only_bad_ones_is_applied_and_changes_nobody(
    workspace: Workspace, tmp_path: Path
) -> None:
    nothing = run(workspace, ask(file_of(tmp_path, MINIMUM), MINIMUM, tag="t"))
    assert nothing.numbers == ImportNumbers()
    bad = run(workspace, ask(file_of(tmp_path, MINIMUM, ["", "true", "true"]), MINIMUM, tag="t"))
    assert bad.numbers == ImportNumbers(rows=1, failed=1)
    assert one(workspace.path, "SELECT count(*) FROM customer") == 0


def test_many_rows_under_few_keys_are_folded_across_chunks(workspace: Workspace, tmp_path: Path) -> None:
    fields.add_field(workspace, "amount", FieldType.NUMBER, "")
    rows = [[f"m{number % 3}", str(number) if number % 5 else "bad", "true", "true"] for number in range(7000)]
    applied = run(
        workspace,
        ask(file_of(tmp_path, ["memberId", "amount", *MINIMUM[1:]], *rows), ("memberId", "amount", *MINIMUM[1:])),
    )
    assert applied.numbers == ImportNumbers(rows=7000, customers=3, created=3, failed=1400)
    amounts = [customer(workspace.path, "member_id = ?", f"m{number}")["amount"] for number in range(3)]
    assert amounts == [6999, 6997, 6998]


def test_r17_more_than_256_fields_fail_a_row_only_where_they_are_filled(workspace: Workspace, tmp_path: Path) -> None:
    columns = ["memberId", *(f"f{number}" for number in range(257))]
    for name in columns[1:]:
        fields.add_field(workspace, name, FieldType.STRING, "")
    applied = members(workspace, tmp_path, columns, ["m1", *["x"] * 257], ["m2", *["x"] * 256, ""])
    assert applied.numbers == ImportNumbers(rows=2, customers=1, created=1, failed=1)
    assert one(workspace.path, "SELECT problems LIKE '%profile_too_many_keys%' FROM import_failure")
