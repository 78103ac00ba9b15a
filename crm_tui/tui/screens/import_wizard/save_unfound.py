"""Where to save the rows of a file of withdrawn customers that nobody was found for."""

import os
from functools import partial
from pathlib import Path

from crm_tui.i18n import describe_unfound, t
from crm_tui.services.withdrawing import Withdrawal, write_unfound
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.screens.import_wizard.step import Step
from crm_tui.tui.widgets.folder import resolve, shown


def ask_where(step: Step, withdrawal: Withdrawal | None) -> None:
    """Ask where to save them; beside the file is proposed."""
    if withdrawal is None or not withdrawal.unfound:
        step.tell(t("withdrawn.none_unfound"))
        return
    source = withdrawal.path
    folder = source.parent if os.access(source.parent, os.W_OK) else resolve("~")

    def saved(path: Path | None) -> None:
        if path is not None:
            step.tell(t("withdrawn.unfound_saved", path=shown(path)))

    save = partial(_write, withdrawal)
    path = folder / t("withdrawn.unfound_name", stem=source.stem)
    step.app.push_screen(SaveFile(t("withdrawn.save_unfound_title"), path, save), saved)


def _write(withdrawal: Withdrawal, path: Path) -> None:
    write_unfound(path, withdrawal, describe_unfound)
