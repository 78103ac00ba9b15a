"""`tag`, `block`, `unblock` and `delete`: something done to customers by number, or to all that a search finds."""

import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals, is_number_typed, is_typed, is_wanted
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services import blocking, deleting, tagging
from crm_tui.services.deleting import Deleted
from crm_tui.services.errors import NotFound, UsageError
from crm_tui.services.selection import Expected, Selection, left_out, look_at, missing_ids
from crm_tui.services.tagging import Tagged
from crm_tui.services.workspace import Workspace

_T = TypeVar("_T")
_WORD = "DELETE"
"""Typed for all hidden customers."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Which customers a command means."""

    ids: Collection[int] | None
    query: str | None
    """All that this search finds; where there are no ids."""
    expect: int | None
    """How many they have to be."""
    is_hidden: bool = False
    """Among those over the limit of managed users: all of them, or all that the search finds."""


def add_tag(workspace: Workspace, name: str, whom: Whom, as_json: bool) -> Exit:
    """Give customers a tag."""
    return _change_tags(workspace, whom, "cli.tag_added", as_json, add=[name])


def remove_tag(workspace: Workspace, name: str, whom: Whom, as_json: bool) -> Exit:
    """Take a tag from customers."""
    return _change_tags(workspace, whom, "cli.tag_removed", as_json, remove=[name])


def _change_tags(workspace: Workspace, whom: Whom, sentence: str, as_json: bool, **names: list[str]) -> Exit:
    selection = _chosen(workspace, whom)
    _say_left_out(workspace, selection)

    def do(stop: threading.Event) -> Tagged | tuple[Problem, ...]:
        return tagging.change_tags(
            workspace,
            selection,
            add=names.get("add", ()),
            remove=names.get("remove", ()),
            expect=whom.expect,
            stop=stop,
        )

    tagged = done(do)
    if tagged is None:
        return Exit.REFUSED
    if isinstance(tagged, tuple):
        for problem in tagged:
            say(describe(problem))
        return Exit.REFUSED
    _tell(t(sentence, count=f"{tagged.changed:,}", total=f"{tagged.customers:,}"), asdict(tagged), as_json)
    if tagged.left_out:
        say(t("cli.tags_left_out", count=f"{tagged.left_out:,}"))
    return Exit.DONE


def block_customers(workspace: Workspace, whom: Whom, reason: str | None, is_confirmed: bool, as_json: bool) -> Exit:
    """Block customers (R46); all that a search finds only when the manager says yes to their number, and no others."""
    selection = _chosen(workspace, whom)
    _say_left_out(workspace, selection)
    expect: Expected = whom.expect
    if whom.query is not None and not is_confirmed:
        seen = look_at(workspace, selection)
        if whom.expect in (None, seen.count):
            if seen.count and not is_wanted(t("cli.block_question", count=f"{seen.count:,}")):
                return nothing_done()
            expect = seen
    changed = done(lambda stop: blocking.block(workspace, selection, reason, expect=expect, stop=stop))
    if changed is None:
        return Exit.REFUSED
    if isinstance(changed, Problem):
        say(describe(changed))
        return Exit.REFUSED
    _tell(t("cli.blocked", count=f"{changed:,}"), {"blocked": changed}, as_json)
    _say_unchanged("cli.blocked_already", whom, changed)
    return Exit.DONE


def unblock_customers(workspace: Workspace, whom: Whom, as_json: bool) -> Exit:
    """Take the block from customers."""
    selection = _chosen(workspace, whom, blocked=True)
    changed = done(lambda stop: blocking.unblock(workspace, selection, expect=whom.expect, stop=stop))
    if changed is None:
        return Exit.REFUSED
    _tell(t("cli.unblocked", count=f"{changed:,}"), {"unblocked": changed}, as_json)
    _say_unchanged("cli.unblocked_already", whom, changed)
    return Exit.DONE


def _say_unchanged(sentence: str, whom: Whom, changed: int) -> None:
    if whom.ids and (rest := len(set(whom.ids)) - changed):
        say(t(sentence, count=f"{rest:,}"))


def _say_left_out(workspace: Workspace, selection: Selection, *, may_be_deleted: bool = False) -> None:
    """Say who matches the search as well and is left alone: what a wrong import wrote may be among them (R30)."""
    rest = left_out(workspace, selection)
    if rest.blocked:
        say(t("cli.left_blocked", count=f"{rest.blocked:,}"))
    if rest.hidden:
        say(t("cli.left_hidden_delete" if may_be_deleted else "cli.left_hidden", count=f"{rest.hidden:,}"))


def count_deleted(workspace: Workspace, whom: Whom, as_json: bool) -> Exit:
    """Say how many would be deleted, and delete nobody."""
    selection = _chosen(workspace, whom)
    number = look_at(workspace, selection).count
    _say_left_out(workspace, selection, may_be_deleted=True)
    _tell(t("cli.delete_looked", count=f"{number:,}"), {"state": "planned", "customers": number}, as_json)
    return Exit.DONE


def delete_customers(workspace: Workspace, whom: Whom, is_confirmed: bool, as_json: bool) -> Exit:
    """Delete customers for good (R48): whom the manager was asked about, and no others."""
    selection = _chosen(workspace, whom)
    _say_left_out(workspace, selection, may_be_deleted=True)
    expect: Expected = whom.expect
    if not is_confirmed:
        seen = look_at(workspace, selection)
        if whom.expect in (None, seen.count):
            if seen.count and not (may_delete if whom.query or not whom.is_hidden else _may_delete_hidden)(seen.count):
                return nothing_done()
            expect = seen
    deleted = done(lambda stop: deleting.delete(workspace, selection, expect=expect, stop=stop))
    if deleted is None:
        return Exit.REFUSED
    _tell_deleted(deleted, as_json)
    return Exit.DONE


def _tell_deleted(deleted: Deleted, as_json: bool) -> None:
    if as_json:
        output.document(deleted_json(deleted))
    say_deleted(deleted)


def deleted_json(deleted: Deleted) -> dict[str, Any]:
    """Return what went."""
    return asdict(deleted) | {
        "copies_left": [str(path) for path in deleted.copies_left],
        "segments": list(deleted.segments),
    }


def say_deleted(deleted: Deleted) -> None:
    """Say what went, and what of them did not."""
    numbers = ("customers", "failed_rows", "prepared_imports", "copies")
    say(t("cli.deleted", **{name: f"{getattr(deleted, name):,}" for name in numbers}))
    for path in deleted.copies_left:
        say(t("cli.copy_left", path=path))
    if deleted.messages:
        say(t("talk.messages_left", count=f"{deleted.messages:,}"))
    if deleted.segments:
        say(t("cli.segments_left", names=", ".join(deleted.segments)))
    if not deleted.is_overwritten:
        say(t("cli.overwritten_later"))


def done(do: Callable[[threading.Event], _T]) -> _T | None:
    """Do something that ctrl+c can stop; None where others are found than the manager meant, which is said."""
    try:
        with cancelled_by_signals() as stop:
            return do(stop)
    except UsageError as error:
        if error.code not in ("count_changed", "others_found"):
            raise
        say(describe_error(error))
        return None


def may_delete(number: int) -> bool:
    """Ask whether so many customers are to be deleted (R48)."""
    question = t("cli.delete_question", count=f"{number:,}")
    if number == 1:
        return is_wanted(question)
    return is_number_typed(f"{question} {t('cli.delete_number', number=number)}", number)


def _may_delete_hidden(number: int) -> bool:
    """Ask by a word: nobody has them before their eyes."""
    question = t("cli.delete_question", count=f"{number:,}")
    return is_typed(f"{question} {t('withdrawn.type_word', word=_WORD)}", _WORD)


def _chosen(workspace: Workspace, whom: Whom, *, blocked: bool = False) -> Selection:
    """Return the customers meant.

    Raises:
        NotFound: There is no customer with one of the ids; nothing is done to the others, too.
    """
    if whom.is_hidden:
        return Selection(query=whom.query or "", hidden=True)
    selection = Selection(ids=frozenset(whom.ids or ()), query=whom.query, blocked=blocked)
    if whom.ids and (missing := missing_ids(workspace, selection)):
        raise NotFound("customer_not_found", id=", ".join(map(str, missing)))
    return selection


def nothing_done() -> Exit:
    """Say that the manager wanted nothing done."""
    say(t("cli.cancelled"))
    return Exit.INTERRUPTED


def _tell(sentence: str, numbers: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.document(numbers)
    say(sentence)
