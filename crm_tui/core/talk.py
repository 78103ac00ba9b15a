"""Messages, calls and what else stands on a customer's timeline: their words, and what a block does to them (R47)."""

from enum import StrEnum

from crm_tui.core.dates import parse_datetime
from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import control_problem, trim, unify_line_ends

MAX_TALK_LENGTH = 4000
EARLIEST_MS = 946_684_800_000
"""The year 2000: whatever is told as earlier is a slip."""
MAX_CALL_SECONDS = 24 * 60 * 60
TEXT = Field("text", FieldType.STRING)
SECONDS = Field("seconds", FieldType.NUMBER)
AT = Field("at", FieldType.DATETIME)


class EntryKind(StrEnum):
    """What stands on a timeline."""

    MESSAGE = "message"
    CALL = "call"
    VISIT = "visit"
    LOGIN = "login"
    """A visit that carried a memberId."""
    FORM = "form"
    """What the customer typed into a form or to a bot (R2)."""


class Direction(StrEnum):
    """Who turned to whom."""

    IN = "in"
    """The customer to us."""
    OUT = "out"
    MISSED = "missed"
    """A call of theirs that nobody took."""


class Refusal(StrEnum):
    """Why something with a blocked customer is not written down (R47)."""

    MESSAGE_IN = "blocked_message_in"
    MESSAGE_OUT = "blocked_message_out"
    CALL_OUT = "blocked_call_out"


def parse_talk(text: str) -> str | Problem:
    """Return what was written or said as it is stored, "" where it is blank, or what is wrong with it (R8, R9).

    It is a text like any other, but it may be longer.
    """
    trimmed = trim(unify_line_ends(text))
    if len(trimmed) > MAX_TALK_LENGTH:
        return Problem(Code.STRING_TOO_LONG, TEXT.key, {"length": len(trimmed), "limit": MAX_TALK_LENGTH})
    return control_problem(trimmed, TEXT) or trimmed


def parse_moment(text: str) -> int | Problem:
    """Return a moment as it is typed, as epoch milliseconds; a blank one, of a script perhaps, is not taken as now."""
    return parse_datetime(trim(text), AT)


def moment_problem(at: int, now: int) -> Problem | None:
    """Return what is wrong with the moment at which something is said to have happened; both are epoch milliseconds."""
    if at > now:
        return Problem(Code.MOMENT_TO_COME, AT.key)
    return Problem(Code.MOMENT_TOO_EARLY, AT.key) if at < EARLIEST_MS else None


def of_blocked(kind: EntryKind, direction: Direction) -> Direction | Refusal:
    """Return what becomes of a message or call with a blocked customer: nothing goes out, no message comes in (R47)."""
    if kind is EntryKind.MESSAGE:
        return Refusal.MESSAGE_OUT if direction is Direction.OUT else Refusal.MESSAGE_IN
    return Refusal.CALL_OUT if direction is Direction.OUT else Direction.MISSED
