"""One import at a time for one database, over all processes (R35)."""

import contextlib
from collections.abc import Iterator

from crm_tui.core.vocabulary import ImportState
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import DatabaseError, ImportRunning
from crm_tui.services.importing import scratch
from crm_tui.services.workspace import Workspace
from storage import imports as log

_PATIENCE_S = 0.3
"""Whoever only cleans up holds the lock for a moment: nobody is refused for that."""


@contextlib.contextmanager
def import_lock(workspace: Workspace) -> Iterator[None]:
    """Hold the right to import; the operating system takes it back when the process dies.

    Raises:
        ImportRunning: Another process, or another thread of this one, holds it; says who and since when.
        DatabaseError: The lock's file beside the database cannot be made.
    """
    from filelock import FileLock, Timeout  # no start needs it unless an import died

    path = f"{workspace.path.resolve()}.import-lock"
    lock = FileLock(path, timeout=_PATIENCE_S, poll_interval=0.02, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _running(workspace) from None
    except OSError as error:
        raise DatabaseError("database_readonly", path=path) from error
    try:
        _clean_up_after_the_dead(workspace)
        yield
    finally:
        lock.release()


def settle(workspace: Workspace) -> None:
    """Log imports whose process died as interrupted, without waiting for the next import to do it."""
    with workspace.reading(None) as connection:
        row = log.running(connection, ImportState.RUNNING.value)
    if row is not None:
        with contextlib.suppress(ImportRunning), import_lock(workspace):
            pass


def _running(workspace: Workspace) -> ImportRunning:
    with workspace.reading(None) as connection:
        row = log.running(connection, ImportState.RUNNING.value)
    # Between taking the lock and its line in the log, the holder has no name yet.
    who, since = (row["manager"], row["running_since"]) if row else ("?", workspace.now_ms())
    return ImportRunning("import_running", who=who, since=since)


def _clean_up_after_the_dead(workspace: Workspace) -> None:
    """Log imports as interrupted whose process died, and remove what they had half prepared.

    Whoever holds the lock knows that nobody else runs: what is logged as running died.
    """
    with workspace.reading(None) as connection:
        row = log.running(connection, ImportState.RUNNING.value)
    if row is not None:
        with workspace.transaction(None) as connection:
            ended = log.mark_interrupted(
                connection, ImportState.RUNNING.value, ImportState.INTERRUPTED.value, workspace.now_ms()
            )
            for one in ended:
                details = {"import": one, "state": ImportState.INTERRUPTED.value}
                record(connection, workspace, ActivityKind.IMPORT_ENDED, (), **details)
    scratch.remove_orphans(workspace)
