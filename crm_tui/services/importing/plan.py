"""What an import would do, exactly (R34): staged rows are matched with the customers and folded by the rule.

Whom a row meets is decided once for each key of the file, as the customers stood before it, and that is the same as row
by row in file order (R29), since no row changes whom another key's rows meet: a row of members changes no `memberId`;
a row of leads changes neither the key contact of a customer who exists nor who has it verified, and a new lead has the
very key of its row. Among several customers with one key (R25) the first row chooses the one seen last, then updated
last; being updated now, that one stays the choice for the rows below. A blocked one is only chosen where no other is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, OPT_OUTS, TAGS, Value
from crm_tui.core.merging import Profile, merge_row
from crm_tui.core.problems import Problem
from crm_tui.core.text import fold
from crm_tui.core.vocabulary import EmptyPolicy, Target
from crm_tui.services import unifying
from crm_tui.services.importing.delimited import CHUNK
from crm_tui.services.importing.events import ImportNumbers, ImportRequest
from crm_tui.services.importing.stage import cells_json, problems_json
from crm_tui.services.profiles import columns_of, values_of
from storage import bulk, plain_rows, planned_people, staging
from storage import unifying as stored_unifying
from storage.columns import dump

_REMEMBERED_TAG_LISTS = 2000


def make_plan(connection: Any, request: ImportRequest, now: int) -> Iterator[tuple[int, int]]:
    """Fill the scratch database's plan, from whatever state it is in; yield now and then how many rows of how many.

    `now` is the moment, UTC epoch milliseconds.
    """
    bulk.reset_plan(connection)
    bulk.match(connection, request.match_field)
    total = bulk.count_rows(connection, "met")
    plain = told = 0
    mapped = {key for key in request.columns if key is not None}
    clears = request.policy is EmptyPolicy.CLEAR
    for plain in plain_rows.fold(connection, mapped, request.match_field, clears=clears):
        yield plain, total
    folder = _Folder(connection, request)
    for _, rows in groupby(bulk.rows_to_fold(connection), key=itemgetter(0)):
        folder.fold(rows)
        if folder.rows - told >= CHUNK:
            told = folder.rows
            yield plain + told, total
    folder.write()
    for _ in _link(connection, request, now):
        yield total, total


def _link(connection: Any, request: ImportRequest, now: int) -> Iterator[None]:
    """Find which leads go into which member when the import is applied, and which wait (R41, R42).

    The customers are looked at as the import leaves them, and with the ids that new ones will have: what is found here
    is what is written.
    """
    stored_unifying.begin(connection, stored_unifying.SCRATCH)
    if not planned_people.may_link(connection, has_members=request.target is Target.MEMBER):
        return
    base = bulk.first_new_id(connection)
    planned_people.touch(connection, base, now)
    stored_unifying.index_reach(connection, stored_unifying.SCRATCH)
    yield from unifying.find_all(connection, stored_unifying.SCRATCH, planned_people.people(base, now), now)
    # Leads who are in no row of the file may be deleted while the plan waits for its yes (R49).
    stored_unifying.forget_people(connection, stored_unifying.SCRATCH)


def merge_linked(connection: Any, now: int) -> Iterator[int]:
    """Put together the customers whom the plan links, value by value; yield now and then how many leads went in."""
    yield from unifying.merge_planned(connection, planned_people.people(bulk.first_new_id(connection), now), now)


def numbers(connection: Any) -> ImportNumbers:
    """Return the numbers of the plan (R31)."""
    staged = bulk.count_rows(connection, "staged")
    lone = staged - bulk.count_rows(connection, "met")
    created, updated, unchanged, blocked, opt_ins, left_out = bulk.outcome_numbers(connection)
    failed = bulk.count_rows(connection, "failed")
    unified, unify_pending = stored_unifying.count_found(connection, stored_unifying.SCRATCH)
    return ImportNumbers(
        rows=staged + failed,
        customers=lone + created + updated,
        created=lone + created,
        updated=updated,
        unchanged=unchanged,
        failed=failed + bulk.count_rows(connection, "plan_failed"),
        unified=unified,
        unify_pending=unify_pending,
        blocked_matched=blocked,
        opt_ins=opt_ins,
        tags_left_out=left_out,
    )


class _Folder:
    """Turns the rows of one customer after the other into outcomes, and writes them."""

    def __init__(self, connection: Any, request: ImportRequest) -> None:
        self.rows = 0
        self._connection = connection
        self._policy = request.policy
        self._mapped = frozenset(key for key in request.columns if key is not None)
        self._fixed_key = request.match_field if request.target is Target.LEAD else None
        self._tag_names = lru_cache(_REMEMBERED_TAG_LISTS)(partial(staging.tag_names, connection))
        self._outcomes: list[tuple[Any, ...]] = []
        self._unchanged: list[tuple[Any, ...]] = []
        self._failed: list[tuple[int, str, str]] = []

    def fold(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Apply one customer's rows in file order; note the outcome and the rows that fail."""
        stored: Profile | None = None
        profile: Profile | None = None
        customer_id: int | None = None
        first_row: int | None = None
        is_blocked, is_updated = False, False
        left_out = 0
        given: dict[str, tuple[str, int]] = {}
        for _, row_number, its_customer, its_blocked, row, customer in rows:
            self.rows += 1
            if its_customer is not None and stored is None:
                customer_id, is_blocked = its_customer, bool(its_blocked)
                stored = profile = _stored_profile(customer)
            values = self._row_values(row)
            merged = merge_row(profile, values, self._mapped - values.keys(), self._policy, fixed_key=self._fixed_key)
            if isinstance(merged, tuple):
                self._fail(row_number, merged)
                continue
            if TAGS in values:
                _note_given(given, profile, merged.profile, row_number)
            is_updated = profile is not None
            profile = merged.profile
            left_out += merged.tags_left_out
            first_row = first_row or row_number
        if profile is None or first_row is None:
            return
        if stored is not None and not given and _is_same(stored, profile):
            self._unchanged.append((customer_id, first_row, is_blocked, left_out))
        else:
            outcome = (customer_id, first_row, is_blocked, is_updated, left_out, *_changes(stored, profile, given))
            self._outcomes.append(outcome)
        if len(self._outcomes) + len(self._unchanged) >= CHUNK:
            self.write()

    def _row_values(self, row: Sequence[Any]) -> dict[str, Value]:
        *columns, custom, tags = row
        values = values_of(columns, custom)
        if tags is not None:
            values[TAGS] = self._tag_names(tags)
        return values

    def _fail(self, row_number: int, problems: Sequence[Problem]) -> None:
        cells = cells_json(staging.staged_cells(self._connection, row_number))
        self._failed.append((row_number, cells, problems_json(problems)))
        if len(self._failed) >= CHUNK:
            self.write()

    def write(self) -> None:
        """Write what is noted to the scratch database."""
        staging.insert_many(self._connection, "outcome", bulk.OUTCOME_COLUMNS, self._outcomes)
        staging.insert_many(self._connection, "outcome", bulk.UNCHANGED_COLUMNS, self._unchanged)
        staging.insert_many(self._connection, "plan_failed", staging.FAILED_COLUMNS, self._failed)
        for waiting in (self._outcomes, self._unchanged, self._failed):
            waiting.clear()


def _stored_profile(customer: Sequence[Any]) -> Profile:
    *columns, custom, tags, email_verified, mobile_number_verified = customer
    values = values_of(columns, custom)
    if tags != "[]":
        values[TAGS] = tuple(json.loads(tags))
    flags = ((EMAIL, email_verified), (MOBILE_NUMBER, mobile_number_verified))
    return Profile(values, frozenset(key for key, is_verified in flags if is_verified))


def _changes(stored: Profile | None, profile: Profile, given: dict[str, tuple[str, int]]) -> tuple[Any, ...]:
    """Return what stands in the table `outcome` from `PROFILE_COLUMNS` on."""
    columns = columns_of(profile)
    keys = _tag_keys(profile)
    return (
        *(columns[name] for name in staging.PROFILE_COLUMNS),
        columns["email_verified"],
        columns["mobile_number_verified"],
        stored is None or not _is_same(stored, profile),
        stored is not None and any(stored.values[key] and not profile.values[key] for key in OPT_OUTS),
        dump(keys) if keys != _tag_keys(stored) else None,
        dump([(key, *names) for key, names in given.items()]) if given else None,
    )


def _note_given(given: dict[str, tuple[str, int]], before: Profile | None, after: Profile, row_number: int) -> None:
    """Note the tags that a row added, each with the spelling that was seen first (R16)."""
    had = _tag_keys(before)
    for position, tag in enumerate(_tags(after)):
        if (key := fold(tag)) not in had:
            given.setdefault(key, (tag, bulk.tag_order(row_number, position)))


def _is_same(before: Profile, after: Profile) -> bool:
    """Say whether nothing changed; a tag in another spelling is the same tag (R16)."""
    if before == after:
        return True
    if before.verified != after.verified or _tag_keys(before) != _tag_keys(after):
        return False
    return {**before.values, TAGS: ()} == {**after.values, TAGS: ()}


def _tags(profile: Profile | None) -> tuple[str, ...]:
    tags = profile.values.get(TAGS, ()) if profile else ()
    return tuple(map(str, tags)) if isinstance(tags, tuple) else ()


def _tag_keys(profile: Profile | None) -> list[str]:
    return [fold(tag) for tag in _tags(profile)]
