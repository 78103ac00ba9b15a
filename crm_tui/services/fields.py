"""Profile fields: the built-in ones and those that managers make (R6)."""

from sqlalchemy import Connection, text

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, SYSTEM_KEYS, Field, FieldType, custom_key, find_field
from crm_tui.core.problems import Code, Problem
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace


def read_fields(connection: Connection, *, archived: bool = False) -> tuple[Field, ...]:
    """Return the fields on an open connection; see `list_fields`."""
    rows = connection.execute(text("SELECT key, type, label, archived_at FROM field ORDER BY position, key"))
    custom = tuple(Field(row.key, FieldType(row.type), row.label, row.archived_at is not None) for row in rows)
    return BUILT_IN_FIELDS + tuple(field for field in custom if archived or not field.is_archived)


def list_fields(workspace: Workspace, *, archived: bool = False) -> tuple[Field, ...]:
    """Return all fields a manager may edit, built-in ones first; archived ones only when asked for."""
    with workspace.reading() as connection:
        return read_fields(connection, archived=archived)


def add_field(workspace: Workspace, name: str, type: FieldType, label: str) -> Field | Problem:
    """Make a field; return it, or why it cannot be made."""
    key = custom_key(name)
    if key is None or type not in CUSTOM_TYPES:
        return Problem(Code.FIELD_KEY_INVALID, name, {"name": name})
    with workspace.transaction() as connection:
        taken = find_field(key, read_fields(connection, archived=True)) is not None
        if taken or key.removeprefix("profile.").lower() in {system.lower() for system in SYSTEM_KEYS}:
            return Problem(Code.FIELD_KEY_TAKEN, key, {"name": key})
        field = Field(key, type, label.strip() or key.removeprefix("profile."))
        connection.execute(
            text(
                "INSERT INTO field (key, type, label, position) "
                "SELECT :key, :type, :label, coalesce(max(position), 0) + 1 FROM field"
            ),
            {"key": key, "type": type.value, "label": field.label},
        )
    return field


def archive_field(workspace: Workspace, key: str) -> None:
    """Take a field out of sight; its values stay stored."""
    _set_archived(workspace, key, workspace.now_ms())


def restore_field(workspace: Workspace, key: str) -> None:
    """Bring an archived field back with its values."""
    _set_archived(workspace, key, None)


def _set_archived(workspace: Workspace, name: str, at: int | None) -> None:
    with workspace.transaction() as connection:
        field = find_field(name, read_fields(connection, archived=True))
        if field is None or not field.is_custom:
            raise NotFound("field_not_found", name=name)
        connection.execute(text("UPDATE field SET archived_at = :at WHERE key = :key"), {"at": at, "key": field.key})
