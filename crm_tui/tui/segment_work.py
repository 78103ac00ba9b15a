"""Saving, renaming and deleting segments: asked, done in a thread, told."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.core.problems import Code, Problem
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services import segments
from crm_tui.services.errors import CrmError
from crm_tui.services.segments import Segment
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.widgets.safe_text import fit

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

_LINE_CELLS = 56


class SegmentWork:
    """What can be done with saved lines."""

    def __init__(self, app: "CrmApp", changed: Callable[[], None]) -> None:
        self._app = app
        self._changed = changed
        """Told when there are others."""

    def save(self, line: str, told: str = "", name: str = "") -> None:
        """Ask for a name, and keep the line under it; one that is taken is asked about."""
        if not line:
            self._app.tell(t("contacts.segment_lineless"))
            return

        def answered(name: str | None) -> None:
            if name is not None:
                again = partial(self.save, line, name=name)
                self._save(line, name, again)

        about = fit(line, _LINE_CELLS).rstrip()
        self._app.push_screen(AskLine(t("contacts.segment_title"), about, name, told), answered)

    def _save(self, line: str, name: str, again: Callable[[str], None], *, replace: bool = False) -> None:
        def do(workspace: Workspace) -> Segment | Problem:
            return segments.save_segment(workspace, name, line, replace=replace)

        def refused(problem: Problem) -> None:
            if problem.code is Code.SEGMENT_TAKEN:
                self._ask_to_replace(line, name, again)
            else:
                again(describe(problem))

        self._do(do, t("contacts.segment_saved", name=name), again, refused)

    def _ask_to_replace(self, line: str, name: str, again: Callable[[str], None]) -> None:
        question = Ask(
            t("contacts.segment_taken", name=name),
            (("replace", t("contacts.segment_replace")), ("", t("contacts.segment_other_name"))),
        )

        def answered(answer: str | None) -> None:
            if answer:
                self._save(line, name, again, replace=True)
            elif answer is not None:
                again("")

        self._app.push_screen(question, answered)

    def rename(self, segment: Segment, told: str = "", name: str = "") -> None:
        """Ask for another name."""

        def answered(new: str | None) -> None:
            if new is not None and new != segment.name:
                again = partial(self.rename, segment, name=new)

                def do(workspace: Workspace) -> Segment | Problem:
                    return segments.rename_segment(workspace, segment.name, new)

                self._do(do, t("contacts.segment_renamed", name=new), again, lambda problem: again(describe(problem)))

        about = fit(segment.line, _LINE_CELLS).rstrip()
        dialog = AskLine(t("contacts.segment_rename_title"), about, name or segment.name, told)
        self._app.push_screen(dialog, answered)

    def delete(self, segment: Segment) -> None:
        """Ask, and forget the line; no customer changes."""
        question = Ask(
            t("contacts.segment_delete_ask", name=segment.name),
            (("delete", t("contacts.segment_delete_yes")), ("", t("contacts.segment_delete_no"))),
        )

        def do(workspace: Workspace) -> None:
            segments.delete_segment(workspace, segment.name)

        def answered(answer: str | None) -> None:
            if answer:
                self._do(do, t("contacts.segment_deleted", name=segment.name), self._app.tell)

        self._app.push_screen(question, answered)

    def _do(
        self,
        do: Callable[[Workspace], Segment | Problem | None],
        told: str,
        failed: Callable[[str], None],
        refused: Callable[[Problem], None] | None = None,
    ) -> None:
        def work(workspace: Workspace) -> None:
            try:
                answer = do(workspace)
            except CrmError as error:
                self._app.call_later(failed, describe_error(error))
                return
            if isinstance(answer, Problem) and refused is not None:
                self._app.call_later(refused, answer)
            else:
                self._app.call_later(self._ended, told)

        if self._app.workspace is not None:
            self._app.run_worker(partial(work, self._app.workspace), thread=True, group="segments")

    def _ended(self, sentence: str) -> None:
        self._app.tell(sentence)
        self._changed()
