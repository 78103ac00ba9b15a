"""The database, opened for one command."""

import contextlib
from collections.abc import Iterator

from crm_tui.services import indexing
from crm_tui.services.errors import DatabaseError
from crm_tui.services.imports import tidy
from crm_tui.services.workspace import Workspace, open_workspace


@contextlib.contextmanager
def opened(db: str | None) -> Iterator[Workspace]:
    """Give the workspace on the database `db`."""
    workspace = open_workspace(db)
    try:
        # Nobody asked for the tidying: where it cannot be done now, the next start does it.
        with contextlib.suppress(DatabaseError):
            tidy(workspace)
        yield workspace
        # When the command has answered: for the next one, and for what this one has imported or deleted.
        indexing.start(workspace)
    finally:
        workspace.close()
