"""A file opened as it was asked for, with its first rows."""

from itertools import islice
from pathlib import Path

from crm_tui.services.errors import CrmError
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import RowReader, open_source
from crm_tui.tui.screens.import_wizard.draft import Opened

PREVIEW_ROWS = 30


def open_file(path: Path, options: SourceOptions) -> Opened | CrmError:
    """Return the file with its first rows, or why it cannot be used."""
    try:
        source = open_source(path, options)
        return Opened(source, tuple(islice(RowReader(source), PREVIEW_ROWS)))
    except CrmError as error:
        return error
