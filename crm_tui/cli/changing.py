"""`tag`, `block`, `unblock` and `delete`: something done to customers by number, or to all that a search finds."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.asking import cancelled_by_signals, is_number_typed, is_wanted
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services import blocking, deleting, tagging
from crm_tui.services.errors import NotFound, UsageError
from crm_tui.services.selection import Selection, missing_ids, selection_size
from crm_tui.services.tagging import Tagged
from crm_tui.services.workspace import Workspace


def add_tag(workspace: Workspace, name: str, ids: Collection[int] | None, query: str | None, as_json: bool) -> Exit:
    """Give customers a tag."""
    return _tell_tagged(
        tagging.change_tags(workspace, _chosen(workspace, ids, query), add=[name]), "cli.tag_added", as_json
    )


def remove_tag(workspace: Workspace, name: str, ids: Collection[int] | None, query: str | None, as_json: bool) -> Exit:
    """Take a tag from customers."""
    return _tell_tagged(
        tagging.change_tags(workspace, _chosen(workspace, ids, query), remove=[name]), "cli.tag_removed", as_json
    )


def _tell_tagged(tagged: Tagged | tuple[Problem, ...], sentence: str, as_json: bool) -> Exit:
    if isinstance(tagged, tuple):
        for problem in tagged:
            say(describe(problem))
        return Exit.REFUSED
    _tell(t(sentence, count=f"{tagged.changed:,}", total=f"{tagged.customers:,}"), asdict(tagged), as_json)
    if tagged.left_out:
        say(t("cli.tags_left_out", count=f"{tagged.left_out:,}"))
    return Exit.DONE


def block_customers(
    workspace: Workspace,
    ids: Collection[int] | None,
    query: str | None,
    reason: str | None,
    is_confirmed: bool,
    as_json: bool,
) -> Exit:
    """Block customers (R46); all that a search finds only when the manager says yes to their number."""
    selection = _chosen(workspace, ids, query)
    if query is not None and not is_confirmed:
        number = selection_size(workspace, selection)
        if number and not is_wanted(t("cli.block_question", count=f"{number:,}")):
            return _nothing_done()
    changed = blocking.block(workspace, selection, reason)
    if isinstance(changed, Problem):
        say(describe(changed))
        return Exit.REFUSED
    _tell(t("cli.blocked", count=f"{changed:,}"), {"blocked": changed}, as_json)
    return Exit.DONE


def unblock_customers(workspace: Workspace, ids: Collection[int] | None, query: str | None, as_json: bool) -> Exit:
    """Take the block from customers."""
    changed = blocking.unblock(workspace, _chosen(workspace, ids, query, blocked=True))
    _tell(t("cli.unblocked", count=f"{changed:,}"), {"unblocked": changed}, as_json)
    return Exit.DONE


def delete_customers(
    workspace: Workspace,
    ids: Collection[int] | None,
    query: str | None,
    is_confirmed: bool,
    expect: int | None,
    as_json: bool,
) -> Exit:
    """Delete customers for good (R48), as many as the manager was told and no others."""
    selection = _chosen(workspace, ids, query)
    if not is_confirmed:
        number = selection_size(workspace, selection)
        expect = number if expect is None else expect
        if expect == number and number and not _may_delete(number):
            return _nothing_done()
    try:
        with cancelled_by_signals() as stop:
            deleted = deleting.delete(workspace, selection, expect=expect, stop=stop)
    except UsageError as error:
        if error.code != "count_changed":
            raise
        say(describe_error(error))
        return Exit.REFUSED
    numbers = {name: value for name, value in asdict(deleted).items() if name != "copies_left"}
    left = [str(path) for path in deleted.copies_left]
    said = t("cli.deleted", **{name: f"{value:,}" for name, value in numbers.items()})
    _tell(said, {**numbers, "copies_left": left}, as_json)
    for path in left:
        say(t("cli.copy_left", path=path))
    return Exit.DONE


def _may_delete(number: int) -> bool:
    question = t("cli.delete_question", count=f"{number:,}")
    if number == 1:
        return is_wanted(question)
    return is_number_typed(f"{question} {t('cli.delete_number', number=number)}", number)


def _chosen(
    workspace: Workspace, ids: Collection[int] | None, query: str | None, *, blocked: bool = False
) -> Selection:
    """Return the customers meant.

    Raises:
        NotFound: There is no customer with one of the ids; nothing is done to the others, too.
    """
    selection = Selection(ids=frozenset(ids or ()), query=query, blocked=blocked)
    if ids and (missing := missing_ids(workspace, selection)):
        raise NotFound("customer_not_found", id=", ".join(map(str, missing)))
    return selection


def _nothing_done() -> Exit:
    say(t("cli.cancelled"))
    return Exit.INTERRUPTED


def _tell(sentence: str, numbers: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.document(numbers)
    say(sentence)
