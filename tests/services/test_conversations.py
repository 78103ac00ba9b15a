"""The timeline: what is said with a customer and what they do (R44, R47, R49)."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code
from crm_tui.core.talk import EARLIEST_MS, MAX_CALL_SECONDS, MAX_TALK_LENGTH, Direction, EntryKind, Refusal
from crm_tui.core.unification import Occasion
from crm_tui.services import customers
from crm_tui.services.activity import ActivityKind, history
from crm_tui.services.blocking import block, unblock
from crm_tui.services.conversations import (
    Entry,
    OwnerlessConversation,
    Refused,
    Written,
    note_event,
    ownerless,
    ownerless_messages,
    timeline,
    write_call,
    write_message,
)
from crm_tui.services.deleting import delete
from crm_tui.services.errors import DatabaseError, Forbidden, NotFound
from crm_tui.services.selection import Selection
from crm_tui.services.unifying import settle
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored_customers
from tests.services.conftest import Clock
from tests.services.kit import content, sql
from tests.services.people import add, codes, edit

IN, OUT, MISSED = Direction.IN, Direction.OUT, Direction.MISSED
LEAD = {"email": "hong@example.com", "name": "홍길동"}


def ids(*some: int) -> Selection:
    return Selection(ids=frozenset(some))


def written(answer: object) -> Entry:
    assert isinstance(answer, Written), answer
    assert not answer.became_missed
    return answer.entry


def told(entries: Sequence[Entry]) -> list[tuple[str, Direction | None, str | None, str | None]]:
    return [(one.kind.value, one.direction, one.author, one.text) for one in entries]


def test_messages_and_calls_stand_on_the_timeline_newest_first(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, **LEAD).id
    first = written(write_message(workspace, customer, IN, " 안녕하세요\r\n배송 문의요 "))
    assert (first.at, first.thread, first.manager, first.seconds) == (clock.now, customer, "kim", None)
    clock.move(seconds=60)
    written(write_message(workspace, customer, OUT, "내일 도착합니다"))
    call = written(write_call(workspace, customer, IN, "주소 변경", 90))
    assert call.seconds == 90
    written(write_call(workspace, customer, OUT))
    written(write_call(workspace, customer, MISSED))
    assert told(timeline(workspace, customer)) == [
        ("call", MISSED, "홍길동", None),
        ("call", OUT, "kim", None),
        ("call", IN, "홍길동", "주소 변경"),
        ("message", OUT, "kim", "내일 도착합니다"),
        ("message", IN, "홍길동", "안녕하세요\n배송 문의요"),
    ]


def test_r4_writing_down_is_no_visit_and_no_update(workspace: Workspace, clock: Clock) -> None:
    before = add(workspace, **LEAD)
    clock.move(days=1)
    written(write_message(workspace, before.id, IN, "안녕하세요"))
    assert customers.get(workspace, before.id) == before


def test_r44_a_message_keeps_the_name_that_its_author_had_then(workspace: Workspace) -> None:
    customer = add(workspace, **LEAD).id
    written(write_message(workspace, customer, IN, "하나"))
    edit(workspace, customer, name="홍길순")
    written(write_message(workspace, customer, IN, "둘"))
    edit(workspace, customer, name="")
    written(write_message(workspace, customer, IN, "셋"))
    assert [one.author for one in timeline(workspace, customer)] == [None, "홍길순", "홍길동"]


def unified(workspace: Workspace) -> tuple[int, int]:
    """Return a lead with whom somebody spoke, and the member whom the lead went into."""
    lead = add(workspace, **LEAD).id
    member = edit(workspace, add(workspace, mobileNumber="+82 010-2020-3030", name="홍 회원").id, memberId="M1").id
    written(write_message(workspace, lead, IN, "리드 때"))
    written(write_message(workspace, member, IN, "회원으로"))
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        note_event(connection, workspace, lead, EntryKind.FORM, "hong@example.com")
        columns = {"email": LEAD["email"], "email_key": LEAD["email"], "email_verified": True}
        stored_customers.update(connection, member, columns)
        assert settle(connection, workspace, [member], Occasion.EDIT).unified == 1
    return lead, member


def test_r44_chats_and_events_of_a_lead_move_to_the_member(workspace: Workspace) -> None:
    lead, member = unified(workspace)
    moved = timeline(workspace, member)
    assert [(one.thread, *said) for one, said in zip(moved, told(moved), strict=True)] == [
        (lead, "form", None, None, "hong@example.com"),
        (member, "message", IN, "홍 회원", "회원으로"),
        (lead, "message", IN, "홍길동", "리드 때"),
    ]
    with pytest.raises(NotFound):
        timeline(workspace, lead)
    assert ownerless(workspace) == ()


def test_r49_of_a_unified_member_the_texts_of_the_lead_stay_as_well(workspace: Workspace) -> None:
    lead, member = unified(workspace)
    assert delete(workspace, ids(member)).messages == 2
    assert {one.thread: one.messages for one in ownerless(workspace)} == {lead: 1, member: 1}
    assert told(ownerless_messages(workspace, lead)) == [("message", IN, None, "리드 때")]


def test_r52_it_is_logged_without_a_word_of_it(workspace: Workspace, database: Path) -> None:
    customer = add(workspace, **LEAD).id
    written(write_message(workspace, customer, OUT, "비밀번호는 1234"))
    written(write_call(workspace, customer, MISSED))
    lines = [one for one in history(workspace, customer) if one.kind is ActivityKind.TALKED]
    assert [(one.manager, dict(one.details)) for one in lines] == [
        ("kim", {"talk": "call", "direction": "missed"}),
        ("kim", {"talk": "message", "direction": "out"}),
    ]
    assert not any("1234" in details for (details,) in sql(database, "SELECT details FROM activity"))


def test_what_was_earlier_stands_where_it_belongs(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, **LEAD).id
    written(write_message(workspace, customer, IN, "오늘"))
    written(write_message(workspace, customer, IN, "어제", at=clock.now - 86_400_000))
    written(write_call(workspace, customer, OUT, "그제", at=clock.now - 2 * 86_400_000))
    assert [one.text for one in timeline(workspace, customer)] == ["오늘", "어제", "그제"]


@pytest.mark.parametrize("text", ["", "   ", "\u3164\n\t", "\ufeff"])
def test_r8_a_message_says_something(workspace: Workspace, text: str) -> None:
    customer = add(workspace, **LEAD).id
    assert codes(write_message(workspace, customer, IN, text)) == [("text", Code.TEXT_MISSING)]
    assert written(write_call(workspace, customer, IN, text)).text is None


def test_r9_a_text_is_limited_and_holds_no_control_characters(workspace: Workspace) -> None:
    customer = add(workspace, **LEAD).id
    assert written(write_message(workspace, customer, IN, "가" * MAX_TALK_LENGTH)).text == "가" * 4000
    for write in (write_message, write_call):
        assert codes(write(workspace, customer, OUT, "가" * 4001)) == [("text", Code.STRING_TOO_LONG)]
        assert codes(write(workspace, customer, OUT, "a\x00b")) == [("text", Code.CONTROL_CHARACTER)]
        assert codes(write(workspace, customer, OUT, "\x1b[2J")) == [("text", Code.CONTROL_CHARACTER)]
    assert len(timeline(workspace, customer)) == 1
    assert written(write_call(workspace, customer, OUT, "탭\t과 줄\n")).text == "탭\t과 줄"


def test_what_cannot_have_been_is_refused_with_all_its_reasons(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    customer = add(workspace, **LEAD).id
    before = content(database)
    later = clock.now + 1
    assert codes(write_message(workspace, customer, MISSED, "")) == [
        ("text", Code.TEXT_MISSING),
        ("direction", Code.MESSAGE_MISSED),
    ]
    assert codes(write_message(workspace, customer, IN, "아직", at=later)) == [("at", Code.MOMENT_TO_COME)]
    assert codes(write_call(workspace, customer, MISSED, "", 5, later)) == [
        ("seconds", Code.SECONDS_OF_MISSED),
        ("at", Code.MOMENT_TO_COME),
    ]
    for seconds in (-1, MAX_CALL_SECONDS + 1, 2**80):
        assert codes(write_call(workspace, customer, IN, "", seconds)) == [("seconds", Code.SECONDS_INVALID)]
    assert content(database) == before
    assert written(write_call(workspace, customer, IN, "", MAX_CALL_SECONDS)).seconds == MAX_CALL_SECONDS


def test_with_somebody_who_is_not_there_nothing_is_said(workspace: Workspace) -> None:
    for customer in (1, 2**63, 2**80):
        with pytest.raises(NotFound):
            write_message(workspace, customer, IN, "안녕하세요")
        with pytest.raises(NotFound):
            write_call(workspace, customer, IN)
        with pytest.raises(NotFound):
            timeline(workspace, customer)
        with pytest.raises(NotFound):
            ownerless_messages(workspace, customer)


@pytest.mark.parametrize(
    ("write", "direction", "becomes"),
    [
        (write_message, IN, Refused(Refusal.MESSAGE_IN)),
        (write_message, OUT, Refused(Refusal.MESSAGE_OUT)),
        (write_call, OUT, Refused(Refusal.CALL_OUT)),
    ],
)
def test_r47_nothing_goes_out_to_a_blocked_customer_and_no_message_comes_in(
    workspace: Workspace, database: Path, write: object, direction: Direction, becomes: Refused
) -> None:
    customer = add(workspace, **LEAD).id
    block(workspace, ids(customer))
    before = content(database)
    assert write(workspace, customer, direction, "안녕하세요") == becomes  # type: ignore[operator]
    assert content(database) == before
    unblock(workspace, ids(customer))
    written(write(workspace, customer, direction, "안녕하세요"))  # type: ignore[operator]


def test_r47_a_call_that_comes_in_from_a_blocked_customer_is_logged_as_missed(workspace: Workspace) -> None:
    customer = add(workspace, **LEAD).id
    block(workspace, ids(customer))
    answer = write_call(workspace, customer, IN, "또 그 사람", 30)
    assert isinstance(answer, Written)
    assert answer.became_missed
    assert (answer.entry.direction, answer.entry.seconds, answer.entry.text) == (MISSED, None, "또 그 사람")
    assert not written(write_call(workspace, customer, MISSED)).seconds
    assert [one.direction for one in timeline(workspace, customer)] == [MISSED, MISSED]


def test_what_the_customer_did_stands_between_what_was_said(workspace: Workspace, clock: Clock) -> None:
    customer = add(workspace, **LEAD).id
    written(write_message(workspace, customer, IN, "안녕하세요"))
    with workspace.transaction(Permission.EDIT) as connection:
        clock.move(seconds=1)
        note_event(connection, workspace, customer, EntryKind.FORM, "이메일: a@example.com")
        entry = note_event(connection, workspace, customer, EntryKind.VISIT, at=clock.now - 5000)
    assert (entry.manager, entry.author, entry.direction) == (None, None, None)
    assert told(timeline(workspace, customer)) == [
        ("form", None, None, "이메일: a@example.com"),
        ("message", IN, "홍길동", "안녕하세요"),
        ("visit", None, None, None),
    ]


def test_open_screens_hear_of_what_was_said(workspace: Workspace) -> None:
    customer = add(workspace, **LEAD).id
    before = customers.revision(workspace)
    written(write_message(workspace, customer, IN, "안녕하세요"))
    assert customers.revision(workspace) != before


def test_r51_reading_and_writing_down_have_their_permissions(workspace: Workspace, database: Path) -> None:
    customer = add(workspace, **LEAD).id
    sql(database, "INSERT INTO role (id, key, name, permissions) VALUES (7, 'x', 'x', '[]')")
    sql(database, "INSERT INTO manager (name, role_id, added_at) VALUES ('park', 7, 0)")
    guest = open_workspace(str(database), manager="park")
    for do in (
        lambda: timeline(guest, customer),
        lambda: ownerless(guest),
        lambda: ownerless_messages(guest, customer),
        lambda: write_message(guest, customer, IN, "안녕하세요"),
        lambda: write_call(guest, customer, IN),
    ):
        with pytest.raises(Forbidden):
            do()
    guest.close()
    assert timeline(workspace, customer) == ()


def test_r49_only_the_texts_of_messages_stay_without_an_owner(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    customer, other = add(workspace, **LEAD).id, add(workspace, email="other@example.com", name="이웃").id
    written(write_message(workspace, customer, IN, "문의합니다"))
    written(write_message(workspace, other, IN, "나는 이웃"))
    clock.move(seconds=1)
    written(write_message(workspace, customer, OUT, "답변입니다"))
    written(write_call(workspace, customer, IN, "통화 내용", 30))
    with workspace.transaction(Permission.EDIT) as connection:
        note_event(connection, workspace, customer, EntryKind.VISIT)
        note_event(connection, workspace, customer, EntryKind.FORM, "hong@example.com")
    deleted = delete(workspace, ids(customer))
    assert (deleted.customers, deleted.messages) == (1, 2)
    assert ownerless(workspace) == (OwnerlessConversation(customer, 2, clock.now - 1000, clock.now),)
    messages = ownerless_messages(workspace, customer)
    assert told(messages) == [("message", OUT, "kim", "답변입니다"), ("message", IN, None, "문의합니다")]
    assert [one.manager for one in messages] == ["kim", "kim"]
    assert told(timeline(workspace, other)) == [("message", IN, "이웃", "나는 이웃")]
    with pytest.raises(NotFound):
        timeline(workspace, customer)
    for trace in ("홍길동", "hong@example.com", "통화 내용"):
        assert trace.encode() not in database.read_bytes()


def test_r49_messages_of_several_deleted_customers_are_not_mixed(workspace: Workspace, clock: Clock) -> None:
    some = [add(workspace, email=f"a{number}@example.com").id for number in range(3)]
    for customer in (*some, some[0]):
        clock.move(seconds=1)
        written(write_message(workspace, customer, IN, f"{customer}번"))
    silent = add(workspace, email="silent@example.com").id
    assert delete(workspace, ids(*some, silent)).messages == 4
    assert [(one.thread, one.messages) for one in ownerless(workspace)] == [(some[0], 2), (some[2], 1), (some[1], 1)]
    assert [one.thread for one in ownerless(workspace, limit=1)] == [some[0]]
    assert [one.text for one in ownerless_messages(workspace, some[1])] == [f"{some[1]}번"]
    assert len(ownerless_messages(workspace, some[0], limit=1)) == 1


@settings(max_examples=15, deadline=None)
@given(
    moments=st.lists(st.integers(EARLIEST_MS, EARLIEST_MS + 5), max_size=12),
    size=st.integers(1, 5),
)
def test_the_timeline_in_pages_is_the_whole_timeline(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, moments: list[int], size: int
) -> None:
    workspace = open_workspace(
        str(shutil.copy2(empty_database, tmp_path_factory.mktemp("paged") / "crm.db")), manager="kim"
    )
    customer = add(workspace, **LEAD).id
    for moment in moments:
        written(write_message(workspace, customer, IN, "글", at=moment))
    whole = timeline(workspace, customer)
    assert [one.at for one in whole] == sorted(moments, reverse=True)
    pages: list[Entry] = []
    while page := timeline(workspace, customer, size, pages[-1] if pages else None):
        assert len(page) <= size
        pages.extend(page)
    assert tuple(pages) == whole
    workspace.close()


@pytest.mark.parametrize(("column", "word"), [("kind", "telegram"), ("direction", "sideways")])
def test_a_word_that_only_a_newer_program_knows_is_told(
    workspace: Workspace, database: Path, column: str, word: str
) -> None:
    customer = add(workspace, email="kim@example.com")
    write_message(workspace, customer.id, Direction.IN, "hello")
    sql(database, f"UPDATE timeline_entry SET {column} = ?", word)
    with pytest.raises(DatabaseError) as told:
        timeline(workspace, customer.id)
    assert (told.value.code, told.value.params["word"]) == ("word_unknown", word)
