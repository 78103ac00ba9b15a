"""Customer tags and marketing consent of many customers at once, and the tags themselves (R16, R27)."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_tui.core.fields import MAX_TAGS, OPT_OUTS, TAGS, Field, FieldType
from crm_tui.core.lists import tag_problem
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import NotFound
from crm_tui.services.selection import Expected, Selection, choosing
from crm_tui.services.workspace import Workspace
from storage import customers as stored_customers
from storage import revision
from storage import tagging as stored
from storage.columns import COLUMNS_BY_KEY
from storage.selection import Chosen, count_all_changed, keep_changed
from storage.sql import Connection, RowMapping, driver_connection

_TAGS = Field(TAGS, FieldType.TAG)
_LEVELS = "/"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tags given to customers, or taken from them."""

    customers: int
    """How many were chosen."""
    changed: int
    """How many of them have other tags now."""
    left_out: int = 0
    """Tags not given for R16's limit, over all customers."""


@dataclass(frozen=True, slots=True)
class Retagged:
    """A tag, with the tags below it, renamed, merged or deleted."""

    tags: int
    """The tags that were meant: itself and those below it."""
    customers: int
    """Whose tags changed."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """Who carries a tag, and so changes with it."""

    customers: int
    """All of them, blocked ones too."""
    blocked: int


def carriers(workspace: Workspace, name: str) -> Carriers:
    """Return how many customers carry a tag or one below it: whom renaming, merging or deleting it changes.

    Raises:
        NotFound: There is no such tag.
    """
    with workspace.reading(Permission.SEE) as connection:
        ids = [tag["id"] for tag in _branch(connection, name)]
        return Carriers(**stored.count_carriers(connection, ids))


def import_tag_carriers(workspace: Workspace, name: str) -> Carriers:
    """Return how many customers carry an import tag; nobody carries one that is not there."""
    with workspace.reading(Permission.SEE) as connection:
        return Carriers(**stored.count_import_tag_carriers(connection, fold(trim(name))))


def change_tags(
    workspace: Workspace,
    selection: Selection,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    expect: Expected = None,
    stop: threading.Event | None = None,
) -> Tagged | tuple[Problem, ...]:
    """Take tags from customers and give them others, at once; or return what is wrong with the names that are given.

    Args:
        workspace: The database.
        selection: Whose tags; found once, before anything changes: it may ask for the very tags.
        add: Given behind those they have, at most 20 in all (R16): the set-based twin of `core.merging.join_tags`.
            These tags are offered from then on.
        remove: Taken first, exactly these and not those below them; names that no tag has do nothing.
        expect: Whom the manager means.
        stop: Set from another thread to give up; nothing is changed then.

    Raises:
        UsageError: They are not those of `expect`.
        Cancelled: `stop` was set in time.
    """
    given: dict[str, str] = {}
    for name in map(trim, add):
        given.setdefault(fold(name), name)
    problems = [problem for name in given.values() if (problem := tag_problem(name, _TAGS))]
    if problems:
        return tuple(problems)
    taken = list(dict.fromkeys(fold(trim(name)) for name in remove))
    with choosing(workspace, Permission.EDIT, selection, expect, stop) as (connection, customers):
        left_out = 0
        if taken:
            ids, changed = stored.remove(connection, taken)
            _finish(connection, workspace, ActivityKind.TAGS_REMOVED, changed, tags=ids)
            keep_changed(connection)
        if given and customers:
            ids, changed, left_out = stored.add(connection, list(given.items()), MAX_TAGS)
            _finish(connection, workspace, ActivityKind.TAGS_ADDED, changed, tags=ids, left_out=left_out)
        return Tagged(customers, count_all_changed(connection), left_out)


def set_consent(
    workspace: Workspace,
    selection: Selection,
    *,
    email: bool | None = None,
    texting: bool | None = None,
    expect: Expected = None,
) -> int:
    """Set `unsubscribeEmail` and `unsubscribeTexting`, None leaves one alone; return how many customers changed.

    Raises:
        UsageError: They are not those of `expect`.
    """
    given = {key: value for key, value in zip(OPT_OUTS, (email, texting), strict=True) if value is not None}
    if not given:
        return 0
    with choosing(workspace, Permission.EDIT, selection, expect) as (connection, _):
        now = workspace.now_ms()
        columns = {COLUMNS_BY_KEY[key]: value for key, value in given.items()}
        changed = stored_customers.set_columns(connection, columns, now)
        if changed:
            # Which way it was set is a value of the person's, and those do not stand in the log (R52).
            fields = list(given)
            record(connection, workspace, ActivityKind.CONSENT_SET, Chosen.CHANGED, fields=fields, count=changed)
            revision.customers_changed(driver_connection(connection))
        return changed


def rename_tag(workspace: Workspace, name: str, new: str, *, with_customers: bool) -> Retagged | Problem:
    """Give a tag, and with it those below it, another name; or return what is wrong with the name.

    Another spelling of the same name is a rename too, but not without the customers: it stays one tag, which they
    carry. The name of another tag is refused: that is a merge. Without their customers the old tags are only no longer
    offered, and the new ones are.

    Raises:
        NotFound: There is no such tag.
    """
    new = trim(new)
    with workspace.transaction(Permission.EDIT) as connection:
        tags = _branch(connection, name)
        if not with_customers and fold(new) == fold(trim(name)):
            return Problem(Code.TAG_SAME, TAGS, {"tag": new})
        own = {tag["key"] for tag in tags}
        targets = [_moved(tag, name, new) for tag in tags]
        for target in (new, *targets):
            if problem := tag_problem(target, _TAGS):
                return problem
            if fold(target) not in own and stored.is_known(connection, fold(target)):
                return Problem(Code.TAG_TAKEN, TAGS, {"tag": target})
        return _move(connection, workspace, ActivityKind.TAG_RENAMED, tags, targets, with_customers)


def merge_tags(workspace: Workspace, name: str, into: str, *, with_customers: bool) -> Retagged | Problem:
    """Make one tag of two: who carried `name`, or a tag below it, carries `into`, or the same below it.

    Where `into` has two levels itself, what stood below `name` becomes `into` too. `into` may be a new name.

    Raises:
        NotFound: There is no tag `name`.
    """
    into = trim(into)
    if problem := tag_problem(into, _TAGS):
        return problem
    with workspace.transaction(Permission.EDIT) as connection:
        tags = _branch(connection, name)
        targets = [into if _LEVELS in into else _moved(tag, name, into) for tag in tags]
        for target in targets:
            if problem := tag_problem(target, _TAGS):
                return problem
        return _move(connection, workspace, ActivityKind.TAG_MERGED, tags, targets, with_customers)


def delete_tag(workspace: Workspace, name: str, *, with_customers: bool) -> Retagged:
    """Take a tag, and those below it, off the list; with their customers, from them too.

    Raises:
        NotFound: There is no such tag.
    """
    with workspace.transaction(Permission.EDIT) as connection:
        ids = [tag["id"] for tag in _branch(connection, name)]
        customers = stored.choose_carriers(connection, ids) if with_customers else 0
        stored.stop_offering(connection, ids)
        if with_customers:
            stored.take_from_all(connection, ids)
        _finish(connection, workspace, ActivityKind.TAG_DELETED, customers, is_done=True, tags=ids)
        return Retagged(len(ids), customers)


def delete_import_tag(workspace: Workspace, name: str) -> int:
    """Take an import tag from all customers; return from how many. The log of imports keeps its text.

    `updatedAt` is not touched: an import tag is kept by the system and no value of the customer's.

    Raises:
        NotFound: There is no such import tag.
    """
    with workspace.transaction(Permission.EDIT) as connection:
        customers = stored.delete_import_tag(connection, fold(trim(name)))
        if customers is None:
            raise NotFound("tag_not_found", name=name)
        record(connection, workspace, ActivityKind.IMPORT_TAG_DELETED, Chosen.CHANGED, count=customers)
        revision.customers_changed(driver_connection(connection))
        return customers


def _branch(connection: Connection, name: str) -> Sequence[RowMapping]:
    """Return a tag and those below it."""
    tags = stored.branch(connection, fold(trim(name)))
    if not tags:
        raise NotFound("tag_not_found", name=name)
    return tags


def _moved(tag: RowMapping, name: str, new: str) -> str:
    """Return the name of a tag of the branch `name` once that branch is called `new`."""
    if tag["key"] == fold(trim(name)):
        return new
    # By its level, not by its length: folding may have changed that.
    return f"{new}{_LEVELS}{tag['name'].split(_LEVELS, 1)[1]}"


def _move(
    connection: Connection,
    workspace: Workspace,
    kind: ActivityKind,
    tags: Sequence[RowMapping],
    targets: Sequence[str],
    with_customers: bool,
) -> Retagged:
    """Make of each tag its target; `changed` holds who carried one that is another now."""
    moves = [
        (tag["id"], tag["key"], fold(target), target)
        for tag, target in zip(tags, targets, strict=True)
        # Another spelling is a rename; a merge leaves the first one (R16).
        if tag["key"] != fold(target) or (kind is ActivityKind.TAG_RENAMED and tag["name"] != target)
    ]
    customers = stored.choose_carriers(connection, [one[0] for one in moves]) if with_customers else 0
    for tag_id, old, key, target in moves:
        if old == key or (with_customers and not stored.ids_of(connection, [key])):
            stored.rename(connection, tag_id, key, target)
            continue
        into = stored.offer(connection, key, target)
        if with_customers:
            stored.give_in_place_of(connection, tag_id, into)
        stored.stop_offering(connection, [tag_id])
    _finish(connection, workspace, kind, customers, is_done=bool(moves), tags=[tag["id"] for tag in tags])
    return Retagged(len(tags), customers)


def _finish(
    connection: Connection,
    workspace: Workspace,
    kind: ActivityKind,
    changed: int,
    *,
    is_done: bool = False,
    **details: Any,
) -> None:
    """Set when those of `changed` were updated, log it, and tell that customers, or what they carry, moved."""
    if changed:
        stored_customers.touch_changed(connection, workspace.now_ms())
    if changed or is_done:
        customers = Chosen.CHANGED if changed else ()
        record(connection, workspace, kind, customers, **details, count=changed)
        revision.customers_changed(driver_connection(connection))
