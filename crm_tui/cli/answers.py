"""What a service answered to a change, told: what it left as JSON, and a sentence; or what was wrong."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe

Changed = TypeVar("Changed")


def tell(
    answer: Changed | Problem,
    sentence: Callable[[Changed], str],
    shape: Callable[[Changed], Mapping[str, Any]],
    as_json: bool,
) -> Exit:
    """Tell what a change left, or what is wrong with it.

    Args:
        answer: What the service returned.
        sentence: Says what was done.
        shape: Returns what was changed as a document.
        as_json: Whether to print that document.
    """
    if isinstance(answer, Problem):
        say(describe(answer))
        return Exit.REFUSED
    if as_json:
        output.document(shape(answer))
    say(sentence(answer))
    return Exit.DONE
