"""What can be done with the activity log: checked, saved, and its lines opened (R52)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.i18n import describe_error, t
from crm_tui.i18n.activity import describe_activity, describe_check
from crm_tui.services.activity_log import ActivityFilter, Broken, LogLine, Verified, verify, write_csv
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.widgets.times import local_time
from crm_tui.tui.work import Steps

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

_SEARCHED = 30
"""So many customers a search line still names."""


class ActivityLog:
    """Opens lines, shows their customers, checks and saves the log."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app

    def open(self, line: LogLine, sentence: str) -> None:
        """Show all that a line says."""
        from crm_tui.tui.screens.activity_line import ActivityLineScreen

        self._app.push_screen(ActivityLineScreen(line, sentence))

    def show_customers(self, line: LogLine) -> None:
        """Show the customers that a line is about; those who are gone are in no list."""
        if not line.customers:
            self._app.tell(t("activity.nobody"))
        elif line.customers == 1:
            self._app.open_profile(line.customer_ids[0])
        else:
            shown = line.customer_ids[:_SEARCHED]
            self._app.show_contacts(" OR ".join(f"id={one}" for one in shown))
            if len(shown) < line.customers:
                told = t("activity.too_many", count=f"{line.customers:,}", shown=len(shown))
                self._app.tell(told, is_kept=True)

    def check(self) -> None:
        """Check the log, and say how it stands."""
        workspace = self._app.workspace
        if workspace is None:
            return
        if self._app.desk.work.is_running:
            self._app.tell(t("desk.still_working"))
            return

        def do(steps: Steps) -> Verified | Broken:
            return verify(workspace, steps.stop, steps.told)

        self._app.desk.work.run(t("activity.work_verify"), do, self._checked, can_stop=True)

    def _checked(self, found: Verified | Broken | CrmError) -> None:
        if isinstance(found, Broken):
            # Not in the line at the bottom: that would be gone with the next key.
            self._app.push_screen(Ask(describe_check(found), [("leave", t("desk.leave"))]))
        else:
            told = describe_error(found) if isinstance(found, CrmError) else describe_check(found)
            self._app.tell(told, is_kept=True)

    def save(self, asked: ActivityFilter) -> None:
        """Ask where to, and save lines as CSV."""
        from crm_tui.tui.screens.import_wizard.save_file import SaveFile

        workspace = self._app.workspace
        if workspace is None:
            return
        written = 0

        def save(path: Path) -> None:
            nonlocal written
            written = write_csv(workspace, path, _sentences(workspace), asked)

        def saved(path: Path | None) -> None:
            if path is not None:
                self._app.tell(t("activity.saved", count=f"{written:,}", path=str(path)), is_kept=True)

        name = f"activity-{local_time(workspace.now_ms(), with_time=False)}.csv"
        self._app.push_screen(SaveFile(t("activity.save_title"), Path.home() / name, save), saved)


def _sentences(workspace: Workspace) -> Callable[[LogLine], str]:
    fields = {field.key: field for field in list_fields(workspace, archived=True)}
    return lambda line: describe_activity(line.kind, line.details, fields)
