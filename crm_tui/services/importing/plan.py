"""What an import would do, exactly (R34): staged rows are matched with the customers and folded by the rule."""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, OPT_OUTS, TAGS, Value
from crm_tui.core.merging import Profile, merge_row
from crm_tui.core.problems import Problem
from crm_tui.core.query import fold
from crm_tui.core.vocabulary import EmptyPolicy
from crm_tui.services.customers import columns_of, profile_values
from crm_tui.services.importing.events import ImportNumbers
from crm_tui.services.importing.stage import CHUNK, problems_json
from storage import bulk
from storage.customers import dump


def make_plan(connection: Any, key: str, policy: EmptyPolicy, *, is_lead: bool) -> Iterator[int]:
    """Fill the scratch database's plan, from whatever state it is in; yield the rows folded so far now and then."""
    bulk.reset_plan(connection)
    bulk.match(connection, key)
    outcomes: list[tuple[Any, ...]] = []
    failed: list[tuple[int, str, str]] = []
    rows = 0
    for _, group in groupby(bulk.rows_to_fold(connection), key=lambda row: row["match_key"]):
        group_rows = list(group)
        outcome = _fold(group_rows, policy, key if is_lead else None, failed)
        if outcome is not None:
            outcomes.append(outcome)
        rows += len(group_rows)
        if len(outcomes) + len(failed) >= CHUNK:
            _write(connection, outcomes, failed)
            yield rows
    _write(connection, outcomes, failed)


def _write(connection: Any, outcomes: list[tuple[Any, ...]], failed: list[tuple[int, str, str]]) -> None:
    bulk.insert_many(connection, "outcome", bulk.OUTCOME_COLUMNS, outcomes)
    bulk.insert_many(connection, "plan_failed", bulk.FAILED_COLUMNS, failed)
    outcomes.clear()
    failed.clear()


def numbers(connection: Any) -> ImportNumbers:
    """Return the numbers of the plan (R31)."""
    lone = bulk.count_lone(connection)
    created, updated, unchanged, blocked, opt_ins, left_out = bulk.outcome_numbers(connection)
    failed = bulk.count_rows(connection, "failed")
    return ImportNumbers(
        rows=bulk.count_rows(connection, "staged") + failed,
        customers=lone + created + updated,
        created=lone + created,
        updated=updated,
        unchanged=unchanged,
        failed=failed + bulk.count_rows(connection, "plan_failed"),
        unified=0,
        unify_pending=0,
        blocked_matched=blocked,
        opt_ins=opt_ins,
        tags_left_out=left_out,
    )


def _stored_profile(row: Mapping[str, Any]) -> Profile:
    columns = {name[2:]: value for name, value in row.items() if name.startswith("c_")}
    values = profile_values(columns)
    tags = tuple(name for _, name in json.loads(columns["tags"]))
    if tags:
        values[TAGS] = tags
    values |= {OPT_OUTS[0]: bool(columns["unsubscribe_email"]), OPT_OUTS[1]: bool(columns["unsubscribe_texting"])}
    verified = {EMAIL} if columns["email_verified"] else set()
    verified |= {MOBILE_NUMBER} if columns["mobile_number_verified"] else set()
    return Profile(values, frozenset(verified))


def _row_values(row: Mapping[str, Any]) -> dict[str, Value]:
    values = profile_values(row)
    if row["tags"]:
        values[TAGS] = tuple(name for _, name in json.loads(row["tags"]))
    for key, column in zip(OPT_OUTS, ("unsubscribe_email", "unsubscribe_texting"), strict=True):
        if row[column] is not None:
            values[key] = bool(row[column])
    return values


def _fold(
    rows: list[dict[str, Any]], policy: EmptyPolicy, fixed_key: str | None, failed: list[tuple[int, str, str]]
) -> tuple[Any, ...] | None:
    """Return the outcome of one customer's rows, None when none of them is applied; failed rows are noted."""
    first = rows[0]
    stored = _stored_profile(first) if first["customer_id"] is not None else None
    profile = stored
    first_row: int | None = None
    left_out = 0
    givers: dict[str, tuple[int, str]] = {}
    for row in rows:
        merged = merge_row(profile, _row_values(row), json.loads(row["blanks"] or "[]"), policy, fixed_key=fixed_key)
        if isinstance(merged, Problem):
            failed.append((row["row_number"], row["cells"], problems_json((merged,))))
            continue
        profile = merged.profile
        left_out += merged.tags_left_out
        first_row = first_row or row["row_number"]
        for tag in _tags(profile):
            givers.setdefault(fold(tag), (row["row_number"], tag))
    if profile is None or first_row is None:
        return None
    known = {fold(tag) for tag in _tags(stored)}
    # A tag that was given, cleared and given again keeps the spelling that was seen first (R16).
    tags: list[tuple[str, str, int | None]] = []
    for tag in _tags(profile):
        row_number, spelling = givers[fold(tag)]
        tags.append((fold(tag), tag, None) if fold(tag) in known else (fold(tag), spelling, row_number))
    columns = columns_of(profile)
    is_opt_in = stored is not None and any(stored.values[key] and not profile.values[key] for key in OPT_OUTS)
    return (
        first["match_key"],
        first["customer_id"],
        first_row,
        *(columns[name] for name in bulk.PROFILE_COLUMNS),
        columns["email_verified"],
        columns["mobile_number_verified"],
        dump(tags),
        _tags(profile) != _tags(stored),
        profile != stored,
        first.get("c_blocked_at") is not None,
        is_opt_in,
        left_out,
    )


def _tags(profile: Profile | None) -> tuple[str, ...]:
    tags = profile.values.get(TAGS, ()) if profile else ()
    return tuple(str(tag) for tag in tags) if isinstance(tags, tuple) else ()
