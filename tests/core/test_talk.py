"""What becomes of a message or a call with a blocked customer (R47), and which texts are taken (R8, R9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import MAX_STRING_LENGTH
from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import MAX_TALK_LENGTH, TEXT, Direction, EntryKind, Refusal, of_blocked, parse_talk
from crm_tui.core.text import parse_string, trim

MESSAGE, CALL = EntryKind.MESSAGE, EntryKind.CALL


@pytest.mark.parametrize(
    ("kind", "direction", "becomes"),
    [
        (MESSAGE, Direction.IN, Refusal.MESSAGE_IN),
        (MESSAGE, Direction.OUT, Refusal.MESSAGE_OUT),
        (CALL, Direction.IN, Direction.MISSED),
        (CALL, Direction.MISSED, Direction.MISSED),
        (CALL, Direction.OUT, Refusal.CALL_OUT),
    ],
)
def test_r47_of_a_blocked_customer_only_a_call_is_noted_and_as_missed(
    kind: EntryKind, direction: Direction, becomes: Direction | Refusal
) -> None:
    assert of_blocked(kind, direction) is becomes


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", ""),
        (" \u3164\n", ""),
        ("  a  b ", "a  b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\r\n a", "a"),
        ("\u1112\u1161\u11ab", "한"),
        ("x" * MAX_TALK_LENGTH, "x" * MAX_TALK_LENGTH),
        (" " * 9000 + "x", "x"),
        ("x" * (MAX_TALK_LENGTH + 1), Code.STRING_TOO_LONG),
        ("a\x00", Code.CONTROL_CHARACTER),
        ("\x1b[31m", Code.CONTROL_CHARACTER),
        ("\ud800", Code.CONTROL_CHARACTER),
    ],
)
def test_r9_a_text_is_trimmed_and_checked_like_any_other(text: str, parsed: object) -> None:
    found = parse_talk(text)
    assert (found.code if isinstance(found, Problem) else found) == parsed


@given(text=st.text(max_size=60) | st.text(alphabet=" \r\n\ta가\x07", max_size=MAX_STRING_LENGTH))
def test_r9_what_a_profile_takes_is_taken_and_taken_again_as_it_is(text: str) -> None:
    found = parse_talk(text)
    assert found == (parse_string(trim(text.replace("\r\n", "\n").replace("\r", "\n")), TEXT))
    if isinstance(found, str):
        assert parse_talk(found) == found
