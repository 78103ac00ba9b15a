"""Withdrawn customers (R2, R48, R49): a file says who they are, and exactly those are deleted."""

import csv
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER
from crm_tui.core.problems import Code
from crm_tui.services import customers, withdrawing
from crm_tui.services.activity import ActivityKind
from crm_tui.services.blocking import block
from crm_tui.services.errors import Cancelled, Forbidden, SourceError, UsageError
from crm_tui.services.importing.source import open_source
from crm_tui.services.selection import Selection
from crm_tui.services.withdrawing import Why, Withdrawal, apply, found_customers, prepare, propose_by, write_unfound
from crm_tui.services.workspace import Workspace
from tests.services.kit import as_manager, file_of, members, one, sql, write_csv
from tests.services.people import add, edit


def looked(workspace: Workspace, folder: Path, by: str, *values: str, header: str | None = None) -> Withdrawal:
    """Prepare a file of one column."""
    path = file_of(folder, (header or by,), *((value,) for value in values), name="탈퇴.csv")
    return prepare(workspace, open_source(path), 0, by)


def left(database: Path) -> list[int]:
    return [row[0] for row in sql(database, "SELECT id FROM customer ORDER BY id")]


def lines(database: Path) -> list[tuple[str, dict[str, object]]]:
    """Return the log, newest first."""
    rows = sql(database, "SELECT kind, details FROM activity ORDER BY id DESC")
    return [(kind, json.loads(details)) for kind, details in rows]


def unverify(database: Path, customer_id: int) -> None:
    """Make the contacts of a customer ones that they typed themselves."""
    sql(database, "UPDATE customer SET email_verified = 0, mobile_number_verified = 0 WHERE id = ?", customer_id)


@pytest.fixture
def five(workspace: Workspace, database: Path) -> None:
    """Make two members, a blocked lead, a hidden one, and one who is known by what they typed."""
    for number in range(1, 6):
        add(workspace, email=f"p{number}@example.com", mobileNumber=f"+82 010-2020-300{number}", name=f"고객{number}")
    edit(workspace, 1, memberId="M-1")
    edit(workspace, 2, memberId="00123")
    block(workspace, Selection(ids=frozenset({3})), None)
    sql(database, "UPDATE customer SET is_hidden = 1 WHERE id = 4")
    unverify(database, 5)


VALUES = {
    MEMBER_ID: ("M-1", "00123"),
    EMAIL: ("p1@example.com", "p2@EXAMPLE.com", "P3@example.com", "p4@example.com"),
    MOBILE_NUMBER: ("+82 010-2020-3001", "+821020203002", "+82 10 2020 3003", "+82-10-2020-3004"),
}


@pytest.mark.parametrize("by", VALUES)
@pytest.mark.usefixtures("five")
def test_r48_whom_the_file_names_is_deleted_and_nobody_else(
    workspace: Workspace, database: Path, tmp_path: Path, by: str
) -> None:
    withdrawal = looked(workspace, tmp_path, by, *VALUES[by])
    ids = set(range(1, len(VALUES[by]) + 1))
    assert withdrawal.ids == ids
    assert [(row.row, row.ids) for row in withdrawal.found] == [(one + 1, (one,)) for one in sorted(ids)]
    assert (withdrawal.unfound, withdrawal.repeated, withdrawal.rows) == ((), 0, len(ids))
    assert left(database) == [1, 2, 3, 4, 5]
    assert apply(workspace, withdrawal).customers == len(ids)
    assert left(database) == sorted({1, 2, 3, 4, 5} - ids)


@pytest.mark.usefixtures("five")
def test_r46_blocked_and_hidden_customers_are_found_and_counted(workspace: Workspace, tmp_path: Path) -> None:
    withdrawal = looked(workspace, tmp_path, EMAIL, *VALUES[EMAIL])
    assert (withdrawal.customers, withdrawal.blocked, withdrawal.hidden) == (4, 1, 1)


@pytest.mark.usefixtures("five")
def test_r2_a_contact_that_somebody_typed_themselves_deletes_nobody(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    withdrawal = looked(workspace, tmp_path, EMAIL, "nobody@example.com", "p5@example.com")
    assert [(row.row, row.value, row.why) for row in withdrawal.unfound] == [
        (2, "nobody@example.com", Why.MISSING),
        (3, "p5@example.com", Why.UNVERIFIED),
    ]
    assert (withdrawal.count(Why.MISSING), withdrawal.count(Why.UNVERIFIED)) == (1, 1)
    assert apply(workspace, withdrawal).customers == 0
    assert left(database) == [1, 2, 3, 4, 5]
    assert ActivityKind.WITHDRAWN not in dict(lines(database))


def test_r2_whoever_has_it_verified_is_found_beside_one_who_typed_it(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        add(workspace, mobileNumber="+82 010-2020-3001", email="")
        unverify(database, 1)
    withdrawal = looked(workspace, tmp_path, MOBILE_NUMBER, "+821020203001")
    assert (withdrawal.ids, withdrawal.unfound) == ({2}, ())


def test_all_who_share_a_verified_contact_are_found(workspace: Workspace, tmp_path: Path) -> None:
    rows = (("M1", "family@example.com"), ("M2", "Family@example.com"))
    members(workspace, tmp_path, ("memberId", "profile.email"), *rows)
    withdrawal = looked(workspace, tmp_path, EMAIL, "family@example.com")
    assert ([len(row.ids) for row in withdrawal.found], withdrawal.shared) == ([2], 1)
    shown = found_customers(workspace, withdrawal)
    assert [(row.row, one.member_id) for row, one in shown] == [(2, "M1"), (2, "M2")]


@pytest.mark.usefixtures("five")
def test_r1_a_member_id_is_compared_exactly(workspace: Workspace, tmp_path: Path) -> None:
    withdrawal = looked(workspace, tmp_path, MEMBER_ID, "m-1", "123", " 00123　")
    assert withdrawal.ids == {2}
    assert [row.value for row in withdrawal.unfound] == ["m-1", "123"]


@pytest.mark.usefixtures("five")
def test_r18_a_value_that_is_none_says_what_is_wrong_and_the_others_go(workspace: Workspace, tmp_path: Path) -> None:
    withdrawal = looked(workspace, tmp_path, MOBILE_NUMBER, "010-2020-3001", "02-123-4567", "+82 010-2020-3002")
    assert withdrawal.ids == {2}
    assert [(row.value, row.why, row.problem and row.problem.code) for row in withdrawal.unfound] == [
        ("010-2020-3001", Why.INVALID, Code.PHONE_NO_COUNTRY_CODE),
        ("02-123-4567", Why.INVALID, Code.PHONE_NO_COUNTRY_CODE),
    ]


@pytest.mark.usefixtures("five")
def test_r23_blank_cells_and_ragged_rows_are_told_with_their_numbers(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("memo,memberId\nx,M-1\ny,\n\nz\nq,00123,w\n", "utf-8")
    withdrawal = prepare(workspace, open_source(path), 1, MEMBER_ID)
    assert withdrawal.ids == {1}
    assert [(row.row, row.value, row.problem and row.problem.code) for row in withdrawal.unfound] == [
        (3, "", Code.KEY_BLANK),
        (5, "", Code.ROW_RAGGED),
        (6, "00123", Code.ROW_RAGGED),
    ]


@pytest.mark.usefixtures("five")
def test_what_stands_twice_is_counted_once(workspace: Workspace, tmp_path: Path) -> None:
    withdrawal = looked(workspace, tmp_path, EMAIL, "p1@example.com", "P1@Example.com", "x@y.kr", "x@y.kr")
    assert (withdrawal.rows, withdrawal.repeated) == (4, 2)
    assert (len(withdrawal.found), len(withdrawal.unfound)) == (1, 1)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("by", "header", "is_somebody"),
    [
        (EMAIL, "이메일", False),
        (EMAIL, "nobody@example.com", True),
        (MOBILE_NUMBER, "+82 010-9999-8888", True),
        (MEMBER_ID, "회원번호", False),
        (MEMBER_ID, "M-1", True),
        (MEMBER_ID, "", False),
    ],
)
def test_a_file_without_titles_is_noticed(
    workspace: Workspace, tmp_path: Path, by: str, header: str, is_somebody: bool
) -> None:
    path = file_of(tmp_path, (header, "memo"), ("x", "y"))
    assert prepare(workspace, open_source(path), 0, by).is_header_somebody is is_somebody


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (("회원번호", "이름"), {MEMBER_ID: 0}),
        (("rowNumber", "profile.email", "reason"), {EMAIL: 1}),
        (("이메일", "휴대폰 번호", "회원 ID"), {MEMBER_ID: 2, EMAIL: 0, MOBILE_NUMBER: 1}),
        (("번호",), {}),
        (("이메일", "이메일"), {}),
    ],
)
def test_r22_a_column_is_known_by_its_name(tmp_path: Path, headers: tuple[str, ...], found: dict[str, int]) -> None:
    assert propose_by(open_source(file_of(tmp_path, headers, ["x"] * len(headers)))) == found


@pytest.mark.usefixtures("five")
def test_r52_the_log_tells_numbers_and_the_field_but_no_value(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    apply(workspace, looked(workspace, tmp_path, EMAIL, "p1@example.com", "p3@example.com", "no@example.com", "bad"))
    (deleted, numbers), withdrawn = lines(database)[:2]
    assert (deleted, numbers["count"]) == (ActivityKind.DELETED, 2)
    assert withdrawn == (ActivityKind.WITHDRAWN, {"count": 2, "missing": 2, "by": EMAIL})
    last = one(database, "SELECT max(id) FROM activity")
    assert sql(database, "SELECT customer_id FROM activity_customer WHERE activity_id = ? ORDER BY 1", last) == [
        (1,),
        (3,),
    ]


@pytest.mark.usefixtures("five")
def test_r48_nobody_is_deleted_where_they_are_not_as_many_as_meant(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    withdrawal = looked(workspace, tmp_path, EMAIL, "p1@example.com", "p2@example.com")
    with pytest.raises(UsageError, match="count_changed"):
        apply(workspace, withdrawal, expect=3)
    customers_before = left(database)
    sql(database, "DELETE FROM customer WHERE id = 1")
    with pytest.raises(UsageError, match="count_changed"):
        apply(workspace, withdrawal)
    assert left(database) == [one for one in customers_before if one != 1]


@pytest.mark.usefixtures("five")
def test_r48_nobody_is_deleted_whom_the_file_does_not_mean_any_more(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    withdrawal = looked(workspace, tmp_path, EMAIL, "p1@example.com", "p2@example.com")
    edit(as_manager(workspace, "lee"), 2, email="other@example.com")
    with pytest.raises(UsageError, match="others_found"):
        apply(workspace, withdrawal)
    assert left(database) == [1, 2, 3, 4, 5]
    assert ActivityKind.WITHDRAWN not in dict(lines(database))
    edit(workspace, 2, email="p2@example.com")
    sql(database, "UPDATE customer SET email = 'p2@example.com', email_key = 'p2@example.com' WHERE id = 4")
    with pytest.raises(UsageError, match="others_found"):
        apply(workspace, withdrawal)
    assert left(database) == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("five")
def test_r51_who_may_not_delete_is_refused_before_the_file_is_read(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    withdrawal = looked(workspace, tmp_path, MEMBER_ID, "M-1")
    sql(database, "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name = 'lee'")
    lee = as_manager(workspace, "lee")
    source = replace(open_source(withdrawal.path), path=tmp_path / "gone.csv")
    with pytest.raises(Forbidden):
        prepare(lee, source, 0, MEMBER_ID)
    with pytest.raises(Forbidden):
        apply(lee, withdrawal)
    assert left(database) == [1, 2, 3, 4, 5]


def test_a_file_that_changed_since_it_was_opened_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, (MEMBER_ID,), ("M-1",))
    source = open_source(path)
    path.write_text("memberId\nM-1\nM-2\n", "utf-8")
    with pytest.raises(SourceError, match="source_changed"):
        prepare(workspace, source, 0, MEMBER_ID)


@pytest.mark.usefixtures("five")
def test_it_can_be_given_up_while_it_is_read_and_while_it_deletes(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    withdrawal = looked(workspace, tmp_path, MEMBER_ID, "M-1")
    stop.set()
    with pytest.raises(Cancelled):
        prepare(workspace, open_source(withdrawal.path), 0, MEMBER_ID, stop=stop)
    with pytest.raises(Cancelled):
        apply(workspace, withdrawal, stop=stop)
    assert left(database) == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("five")
def test_rows_that_delete_nobody_are_saved_and_the_file_is_one_to_withdraw_by(
    workspace: Workspace, tmp_path: Path
) -> None:
    withdrawal = looked(workspace, tmp_path, MOBILE_NUMBER, "010-2020-3001", "+82 010-2020-3002", "+82 010-7777-7777")
    path = tmp_path / "unfound.csv"
    write_unfound(path, withdrawal, lambda row: row.why.value)
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["rowNumber", MOBILE_NUMBER, "reason"]
    assert [(row[0], row[2]) for row in rows[1:]] == [("2", "invalid"), ("4", "missing")]
    source = open_source(path)
    assert propose_by(source) == {MOBILE_NUMBER: 1}
    again = prepare(workspace, source, 1, MOBILE_NUMBER)
    assert [row.why for row in again.unfound] == [Why.INVALID, Why.MISSING]


@pytest.mark.usefixtures("five")
def test_only_the_first_thirty_found_are_looked_at_to_be_shown(workspace: Workspace, tmp_path: Path) -> None:
    members(workspace, tmp_path, ("memberId",), *((f"N{number}",) for number in range(40)))
    withdrawal = looked(workspace, tmp_path, MEMBER_ID, *(f"N{number}" for number in range(40)))
    shown = found_customers(workspace, withdrawal)
    assert [(row.value, one.member_id) for row, one in shown] == [
        (f"N{number}", f"N{number}") for number in range(withdrawing.SHOWN)
    ]
    assert customers.get(workspace, shown[0][1].id) == shown[0][1]


EMAILS = [f"{name}@example.com" for name in ("ann", "bob", "cho")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.tuples(st.sampled_from(EMAILS), st.booleans(), st.booleans(), st.booleans()), max_size=8),
    values=st.lists(st.sampled_from([*EMAILS, *(one.upper() for one in EMAILS), "", "bad", "dan@example.com"])),
)
def test_r2_r48_the_file_and_a_walk_over_all_customers_find_the_same(
    workspace: Workspace, database: Path, tmp_path: Path, people: list[tuple[str, bool, bool, bool]], values: list[str]
) -> None:
    sql(database, "DELETE FROM customer")
    for email, is_verified, is_blocked, is_hidden in people:
        sql(
            database,
            "INSERT INTO customer (email, email_key, email_verified, mobile_number_verified, blocked_at, is_hidden, "
            "custom, unsubscribe_email, unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text) "
            "VALUES (?, ?, ?, 0, ?, ?, '{}', 0, 0, 1, 1, 0, '')",
            *(email, email, is_verified, 1 if is_blocked else None, is_hidden and not is_blocked),
        )
    known = dict(enumerate(sql(database, "SELECT id, email_key, email_verified FROM customer")))
    named = {value.lower() for value in values}
    wanted = {row[0] for row in known.values() if row[2] and row[1] in named}
    path = write_csv(tmp_path / "file.csv", [("email", "x"), *((value, "x") for value in values)])
    withdrawal = prepare(workspace, open_source(path), 0, EMAIL)
    assert withdrawal.ids == wanted
    assert withdrawal.rows == len(withdrawal.found) + len(withdrawal.unfound) + withdrawal.repeated
    assert apply(workspace, withdrawal).customers == len(wanted)
    assert set(left(database)) == {row[0] for row in known.values()} - wanted
