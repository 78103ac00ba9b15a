"""Who is the same customer (R1, R11, R24, R25)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from crm_tui.core.text import fold


def email_key(email: str) -> str:
    """Return an e-mail as it is compared: without regard to case (R11)."""
    return fold(email)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer whose verified contact equals a lead row's key."""

    id: int
    last_seen_at: int
    updated_at: int | None
    is_blocked: bool


def choose(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the customer that a lead row updates (R25): seen last, then updated last, then the lowest id.

    Blocked ones only if there is no other. None when there are no candidates: the row makes a lead.
    """
    return min(
        candidates,
        key=lambda one: (
            one.is_blocked,
            -one.last_seen_at,
            -one.updated_at if one.updated_at is not None else float("inf"),
            one.id,
        ),
        default=None,
    )


class ChosenBy(StrEnum):
    """By what a customer was chosen among several (R25)."""

    ALONE = "alone"
    NOT_BLOCKED = "not_blocked"
    SEEN_LAST = "seen_last"
    UPDATED_LAST = "updated_last"
    LOWEST_ID = "lowest_id"


def chosen_by(chosen: Candidate, others: Iterable[Candidate]) -> ChosenBy:
    """Return what made `choose` prefer a customer to the next best of the others."""
    second = choose(others)
    if second is None:
        return ChosenBy.ALONE
    if chosen.is_blocked != second.is_blocked:
        return ChosenBy.NOT_BLOCKED
    if chosen.last_seen_at != second.last_seen_at:
        return ChosenBy.SEEN_LAST
    return ChosenBy.UPDATED_LAST if chosen.updated_at != second.updated_at else ChosenBy.LOWEST_ID
