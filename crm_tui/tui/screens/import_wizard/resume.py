"""Imports that were checked in an earlier session and not started: which to go on with."""

from collections.abc import Sequence
from pathlib import Path

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from crm_tui.i18n import field_label, t
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.events import Prepared
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.screens.import_wizard.draft import Opened, Stamp
from crm_tui.tui.screens.import_wizard.reading import open_file
from crm_tui.tui.widgets.file_picker import date_text
from crm_tui.tui.widgets.folder import shown

DROP = "drop"
LATER = "later"


class Found(Message):
    """What the fields are called, and the imports that wait."""

    def __init__(self, labels: dict[str, str], waiting: tuple[Prepared, ...]) -> None:
        super().__init__()
        self.labels = labels
        self.waiting = waiting


class Reopened(Message):
    """The file of an import that goes on, or why it cannot be used any more."""

    def __init__(self, prepared: Prepared, opened: Opened | CrmError) -> None:
        super().__init__()
        self.prepared = prepared
        self.opened = opened


def look(widget: Widget, workspace: Workspace) -> None:
    """Tell `widget` in a while what is `Found`; nothing where the database does not answer."""

    def run() -> None:
        try:
            found = Found({one.key: field_label(one) for one in list_fields(workspace)}, resumable(workspace))
        except CrmError:
            return  # the first step needs nothing of it, and the next ones say what is wrong
        if not get_current_worker().is_cancelled:
            widget.post_message(found)

    widget.run_worker(run, thread=True, group="look")


def reopen(widget: Widget, prepared: Prepared) -> None:
    """Tell `widget` in a while what became of the file of an import that was prepared."""

    def run() -> None:
        opened = open_file(Path(prepared.request.path), prepared.request.source)
        if not get_current_worker().is_cancelled:
            widget.post_message(Reopened(prepared, opened))

    widget.run_worker(run, thread=True, group="reopen")


def ask_resume(waiting: Sequence[Prepared]) -> Ask:
    """Return the question; it answers with a place in `waiting`, DROP or LATER."""
    answers = [(str(place), _text(prepared)) for place, prepared in enumerate(waiting)]
    return Ask(t("wizard.resume"), [*answers, (DROP, t("wizard.resume_drop")), (LATER, t("wizard.resume_later"))])


def _text(prepared: Prepared) -> str:
    stamp = Stamp.of(prepared.scratch)
    return t(
        "wizard.resume_go_on",
        file=shown(prepared.request.path.name),
        rows=f"{prepared.numbers.rows:,}",
        since=date_text(stamp.changed_ns / 1e9) if stamp else "-",
    )
