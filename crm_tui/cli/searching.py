"""Search lines on the command line: the place of a mistake is shown, and lines are kept as segments."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.answers import tell
from crm_tui.cli.cells import width
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.problems import Problem
from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import t
from crm_tui.services import segments as service
from crm_tui.services.errors import UsageError
from crm_tui.services.segments import Segment
from crm_tui.services.workspace import Workspace

_BEFORE, _BEHIND = 30, 40
"""Characters of a long line that are shown around a mistake."""
_SPACES = re.compile(r"\s")


@contextlib.contextmanager
def pointing_at(line: str) -> Iterator[None]:
    """Show where a search line is wrong, before the error itself is told."""
    try:
        yield
    except UsageError as error:
        if error.code == "query_wrong":
            for shown in pointed(line, int(error.params["at"]) - 1, int(error.params["length"])):
                say(shown)
        raise


def pointed(line: str, at: int, length: int) -> tuple[str, str]:
    """Return what is shown of a line, and the marks that stand under its mistake."""
    first = max(at - _BEFORE, 0)
    last = at + _BEHIND
    cut = "…" if first else ""
    before = f"  {cut}{_shown(line[first:at])}"
    wrong = _shown(line[at : min(at + length, last)])
    shown = before + wrong + _shown(line[at + length : last]) + ("…" if len(line) > last else "")
    return shown.rstrip(), " " * width(before) + "^" * max(width(wrong), 1)


def _shown(text: str) -> str:
    return make_visible(_SPACES.sub(" ", text))


def list_segments(workspace: Workspace, as_json: bool) -> Exit:
    """List segments with the customers whom they find now."""
    listed = service.list_segments(workspace)
    if as_json:
        output.array(map(_segment_json, listed))
    elif listed:
        rows = [(one.name, "" if one.count is None else str(one.count), one.line) for one in listed]
        output.table(("name", "count", "line"), rows)
        for one in listed:
            if one.mistake is not None:
                say(t("cli.segment_broken", name=one.name))
    else:
        say(t("cli.no_segments"))
    return Exit.DONE


def save_segment(workspace: Workspace, name: str, line: str, *, replace: bool, as_json: bool) -> Exit:
    """Keep a search line under a name."""
    with pointing_at(line):
        return _told(service.save_segment(workspace, name, line, replace=replace), "cli.segment_saved", as_json)


def rename_segment(workspace: Workspace, name: str, new: str, as_json: bool) -> Exit:
    """Give a segment another name."""
    return _told(service.rename_segment(workspace, name, new), "cli.segment_renamed", as_json)


def delete_segment(workspace: Workspace, name: str) -> Exit:
    """Forget a segment."""
    service.delete_segment(workspace, name)
    say(t("cli.segment_deleted", name=name))
    return Exit.DONE


def _told(answer: Segment | Problem, sentence: str, as_json: bool) -> Exit:
    def said(segment: Segment) -> str:
        return t(sentence, name=segment.name, count="" if segment.count is None else f"{segment.count:,}")

    return tell(answer, said, _segment_json, as_json)


def _segment_json(segment: Segment) -> dict[str, Any]:
    return {"name": segment.name, "line": segment.line, "count": segment.count, "broken": segment.mistake is not None}
