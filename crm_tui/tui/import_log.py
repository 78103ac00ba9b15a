"""What can be done with an import of the log, from the list, from the one that is open and from the wizard's end."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.core.query import quoted
from crm_tui.core.vocabulary import ImportState
from crm_tui.i18n import describe, t
from crm_tui.services.imports import ImportRecord, save_failed_rows

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp


class ImportLog:
    """Opens imports, shows their customers, saves their failed rows."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app

    def open(self, import_id: int) -> None:
        """Show one import of the log."""
        from crm_tui.tui.screens.import_detail import ImportDetailScreen

        if self._app.workspace is not None:
            self._app.push_screen(ImportDetailScreen(self._app.workspace, import_id, self))

    def show_imported(self, record: ImportRecord) -> None:
        """Show the customers that got an import's tag."""
        if record.state is not ImportState.APPLIED:
            self._app.tell(t("imports.not_applied"))
        elif record.tag is None:
            self._app.tell(t("imports.no_tag"))
        else:
            self._app.show_contacts(f"import:{quoted(record.tag)}")

    def save_failed_rows(self, record: ImportRecord) -> None:
        """Ask where to, and save an import's failed rows."""
        from crm_tui.tui.screens.import_wizard.save_file import SaveFile

        workspace = self._app.workspace
        if workspace is None:
            return
        if record.numbers is None or not record.numbers.failed or record.state is not ImportState.APPLIED:
            self._app.tell(t("errors.failed_rows_none", id=record.id))
        elif record.failures_expire_at is None or record.failures_expire_at <= workspace.now_ms():
            self._app.tell(t("errors.failed_rows_expired", id=record.id))
        else:
            save = partial(save_failed_rows, workspace, record.id, describe=describe)
            self._app.push_screen(SaveFile(t("imports.save_title"), _proposed(record), save), self._saved)

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self._app.tell(t("imports.saved", path=str(path)))


def _proposed(record: ImportRecord) -> Path:
    """Return where failed rows could be saved: beside the file, or at home where that cannot be written."""
    folder = record.path.parent if os.access(record.path.parent, os.W_OK) else Path.home()
    return folder / f"{Path(record.file_name).stem}-failed-{record.id}.xlsx"
