"""What one row of an import makes of a customer (R2, R25-R29): the readable rule that every import follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from crm_tui.core.fields import (
    EMAIL,
    MAX_LIST_ITEMS,
    MAX_TAGS,
    MOBILE_NUMBER,
    OPT_OUTS,
    TAGS,
    Value,
)
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold
from crm_tui.core.validation import profile_problems
from crm_tui.core.vocabulary import EmptyPolicy

CONTACTS = frozenset({EMAIL, MOBILE_NUMBER})


@dataclass(frozen=True, slots=True)
class Profile:
    """The values of one customer that an import may change."""

    values: Mapping[str, Value]
    verified: frozenset[str]
    """Which of the contacts are verified (R2)."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A customer after a row."""

    profile: Profile
    tags_left_out: int


def merge_row(
    stored: Profile | None,
    values: Mapping[str, Value],
    blanks: Collection[str],
    policy: EmptyPolicy,
    *,
    fixed_key: str | None = None,
) -> Merged | tuple[Problem, ...]:
    """Return the customer after a row, or all reasons why the row fails and changes nothing.

    Args:
        stored: The customer as the rows above left it; None for one who does not exist yet.
        values: The row's valid cells by field key.
        blanks: The fields that are mapped and blank in this row.
        policy: What blanks do (R26).
        fixed_key: The field that a lead import matches by: an existing customer keeps its spelling (R25).
    """
    if stored is None and (missing := [key for key in OPT_OUTS if key not in values]):
        return tuple(Problem(Code.OPT_OUT_MISSING, key) for key in missing)
    after: dict[str, Value] = dict(stored.values) if stored else {}
    verified = set(stored.verified) if stored else set()
    if policy is EmptyPolicy.CLEAR:
        for key in blanks:
            if key not in OPT_OUTS:
                after.pop(key, None)
                verified.discard(key)
    problems: list[Problem] = []
    tags_left_out = 0
    for key, value in values.items():
        if key == fixed_key and stored is not None:
            continue
        if key in CONTACTS:
            verified.add(key)
        if not isinstance(value, tuple):
            after[key] = value
            continue
        before = after.get(key, ())
        assert isinstance(before, tuple)
        if key == TAGS:
            after[key], tags_left_out = join_tags(before, value)
            continue
        joined = tuple(dict.fromkeys((*before, *value)))
        if len(joined) > MAX_LIST_ITEMS:
            problems.append(Problem(Code.LIST_TOO_MANY, key, {"count": len(joined), "limit": MAX_LIST_ITEMS}))
        after[key] = joined
    problems.extend(profile_problems(after))
    return tuple(problems) or Merged(Profile(after, frozenset(verified)), tags_left_out)


def join_tags(stored: tuple[Value, ...], given: tuple[Value, ...]) -> tuple[tuple[str, ...], int]:
    """Return the tags after `given` were added, and how many were left out for R16's limit."""
    tags = {fold(str(tag)): str(tag) for tag in stored}
    left_out: set[str] = set()
    for tag in given:
        key = fold(str(tag))
        if key in tags:
            continue
        if len(tags) >= MAX_TAGS:
            left_out.add(key)
        else:
            tags[key] = str(tag)
    return tuple(tags.values()), len(left_out)
