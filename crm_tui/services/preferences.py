"""How one manager likes to see things: any JSON value by a name."""

import json
from typing import Any

from crm_tui.services.workspace import Workspace
from storage import preferences as stored
from storage.columns import dump


def read_preference(workspace: Workspace, name: str) -> Any | None:
    """Return what this manager has chosen; None where nothing, or nothing that can be read."""
    with workspace.reading(None) as connection:
        value = stored.read(connection, workspace.manager, name)
    try:
        return None if value is None else json.loads(value)
    except (ValueError, RecursionError):
        return None


def write_preference(workspace: Workspace, name: str, value: Any) -> None:
    """Keep what this manager has chosen, any value that JSON holds."""
    with workspace.transaction(None) as connection:
        stored.write(connection, workspace.manager, name, dump(value))
