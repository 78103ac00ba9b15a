"""Why a row of a prepared import does what it does: whom it meets, who else it could have been, who is unified."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crm_tui.core.identity import Candidate, ChosenBy, chosen_by
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.unification import MAX_CANDIDATES
from crm_tui.services.errors import NotFound
from crm_tui.services.importing.events import Prepared
from crm_tui.services.importing.stage import problems_from_json
from crm_tui.services.workspace import Workspace
from storage import bulk, staging
from storage import unifying as stored
from storage.dialects.sqlite import MAX_INTEGER

MAX_LINKS = 20
"""Of one row that are told: a member may take many leads."""


class RowFate(StrEnum):
    """What becomes of a row."""

    CREATES = "creates"
    REPEATS = "repeats"
    """A row above creates the same customer (R29)."""
    UPDATES = "updates"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class RowPerson:
    """A customer: one who exists, or whom a row of the file creates."""

    id: int | None
    row_number: int | None
    """Of the row that creates them; None for one who exists."""


@dataclass(frozen=True, slots=True)
class RowLink:
    """A lead and a member who are linked by the import (R41, R42)."""

    lead: RowPerson
    member: RowPerson
    contact: str
    """The key of the field by which they are linked."""
    candidates: tuple[RowPerson, ...]
    """The first of the other members it could have been."""
    is_pending: bool
    """The lead waits for the member's next login."""


@dataclass(frozen=True, slots=True)
class RowReason:
    """What a row does, and why."""

    row_number: int
    fate: RowFate
    key: str
    """The key of the field that rows are matched by."""
    customer: RowPerson | None = None
    """Whom it creates or updates; None where it fails."""
    is_blocked: bool = False
    """They are blocked, and stay so (R32)."""
    chosen_by: ChosenBy = ChosenBy.ALONE
    """Why them among those whom the row could have met (R25)."""
    others: tuple[int, ...] = ()
    """The first of those."""
    problems: tuple[Problem, ...] = ()
    links: tuple[RowLink, ...] = ()
    """The first `MAX_LINKS` that the customer has a part in."""


def explain_row(workspace: Workspace, prepared: Prepared, row_number: int) -> RowReason:
    """Return what a row of a prepared import does, and why, by its plan.

    Args:
        workspace: The database.
        prepared: The import.
        row_number: The row's number in the file; the header is row 1.

    Raises:
        NotFound: The file has no such row, or the import was applied or dropped meanwhile.
    """
    with workspace.reading(Permission.EDIT):
        pass
    key = prepared.request.match_field
    row_number = min(row_number, MAX_INTEGER)
    with workspace.bulk(prepared.scratch) as connection, workspace.deferred(connection, prepared.scratch):
        problems = staging.failed_row(connection, row_number)
        if problems is not None:
            return RowReason(row_number, RowFate.FAILS, key, problems=problems_from_json(problems))
        row = staging.staged_row(connection, row_number)
        if row is None:
            raise NotFound("import_row_none", row=row_number)
        match_key, customer_id, first_row = row
        base = int(staging.get_about(connection, "base") or 0)
        if customer_id is None:
            assert first_row is not None
            fate = RowFate.CREATES if row_number == first_row else RowFate.REPEATS
            links = _links(connection, base + first_row, base)
            return RowReason(row_number, fate, key, RowPerson(None, first_row), links=links)
        return _met(connection, key, row_number, match_key, customer_id, base)


def _met(connection: Any, key: str, row_number: int, match_key: str, customer_id: int, base: int) -> RowReason:
    """Return why a row meets the customer that it meets."""
    found = [Candidate(*one) for one in bulk.candidates(connection, key, match_key, MAX_CANDIDATES + 1)]
    # By the plan: customers may have changed since.
    chosen = next((one for one in found if one.id == customer_id), None)
    others = [one for one in found if one.id != customer_id]
    return RowReason(
        row_number,
        RowFate.UPDATES,
        key,
        RowPerson(customer_id, None),
        is_blocked=chosen is not None and chosen.is_blocked,
        chosen_by=ChosenBy.ALONE if chosen is None else chosen_by(chosen, others),
        others=tuple(one.id for one in others),
        links=_links(connection, customer_id, base),
    )


def _links(connection: Any, customer_id: int, base: int) -> tuple[RowLink, ...]:
    return tuple(
        RowLink(
            _person(lead_id, base),
            _person(member_id, base),
            contact,
            tuple(_person(one, base) for one in json.loads(candidates)),
            bool(is_pending),
        )
        for lead_id, member_id, contact, candidates, is_pending, *_ in stored.found_of(
            connection, stored.SCRATCH, customer_id, MAX_LINKS
        )
    )


def _person(customer_id: int, base: int) -> RowPerson:
    return RowPerson(customer_id, None) if customer_id <= base else RowPerson(None, customer_id - base)
