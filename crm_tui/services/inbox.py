"""The inbox: a message to every owner and to who asked, once each, when an import was applied (R37)."""

import json
from dataclasses import dataclass
from pathlib import Path

from crm_tui.core.permissions import Permission
from crm_tui.services.errors import NotFound
from crm_tui.services.importing.events import ImportNumbers
from crm_tui.services.imports import shown_name
from crm_tui.services.workspace import Workspace
from storage import inbox as stored
from storage.sql import RowMapping


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A message about an ended import."""

    id: int
    import_id: int
    file_name: str
    manager: str
    """Who imported."""
    created_at: int
    """UTC epoch milliseconds."""
    numbers: ImportNumbers
    is_read: bool


def inbox(workspace: Workspace, limit: int = 1000) -> tuple[InboxEntry, ...]:
    """Return the manager's messages, newest first; `limit` -1 means all."""
    with workspace.reading(Permission.SEE) as connection:
        return tuple(map(_entry, stored.listed(connection, workspace.manager, limit)))


def unread(workspace: Workspace) -> int:
    """Return how many messages the manager has not read yet."""
    with workspace.reading(Permission.SEE) as connection:
        return stored.unread(connection, workspace.manager)


def mark_read(workspace: Workspace, message_id: int) -> bool:
    """Note that the manager has read a message; return whether it was unread.

    Raises:
        NotFound: They have no message with that id.
    """
    with workspace.reading(Permission.SEE) as connection:
        if not stored.has_message(connection, workspace.manager, message_id):
            raise NotFound("message_not_found", id=message_id)
    with workspace.transaction(Permission.SEE) as connection:
        return bool(stored.mark_read(connection, workspace.manager, message_id, workspace.now_ms()))


def mark_all_read(workspace: Workspace) -> int:
    """Note that the manager has read all messages; return how many were unread."""
    if not unread(workspace):  # else it would wait for whoever is writing
        return 0
    with workspace.transaction(Permission.SEE) as connection:
        return stored.mark_read(connection, workspace.manager, None, workspace.now_ms())


def _entry(row: RowMapping) -> InboxEntry:
    return InboxEntry(
        id=row["id"],
        import_id=row["import_id"],
        file_name=shown_name(Path(row["file_path"])),
        manager=row["manager"],
        created_at=row["created_at"],
        numbers=ImportNumbers(**json.loads(row["numbers"])),
        is_read=row["read_at"] is not None,
    )
