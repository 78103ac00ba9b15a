"""Imports that were checked in an earlier session and not started: which to go on with."""

from collections.abc import Sequence

from crm_tui.i18n import t
from crm_tui.services.importing.events import Prepared
from crm_tui.tui.screens.import_wizard.ask import Ask
from crm_tui.tui.screens.import_wizard.draft import Stamp
from crm_tui.tui.widgets.file_picker import date_text
from crm_tui.tui.widgets.folder import shown

DROP = "drop"
LATER = "later"


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
