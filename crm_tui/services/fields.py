"""Profile fields: the built-in ones and those that managers make (R6)."""

from sqlalchemy import Connection

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, SYSTEM_KEYS, Field, FieldType, custom_key, find_field
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace
from storage import fields as stored


def read_fields(connection: Connection, *, archived: bool = False) -> tuple[Field, ...]:
    """Return the fields on an open connection; see `list_fields`."""
    custom = tuple(
        Field(row["key"], FieldType(row["type"]), row["label"], row["archived_at"] is not None)
        for row in stored.listed(connection)
    )
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
    bare = key.removeprefix("profile.")
    shown = parse_string(" ".join(trim(label).split()) or bare, Field(key, FieldType.STRING))
    if isinstance(shown, Problem):
        return shown
    with workspace.transaction() as connection:
        # By its bare key: beside "memberId" or "tags" nobody would know which of the two is meant.
        taken = find_field(bare, read_fields(connection, archived=True)) is not None
        if taken or bare.lower() in {system.lower() for system in SYSTEM_KEYS}:
            return Problem(Code.FIELD_KEY_TAKEN, key, {"name": key})
        stored.insert(connection, key, type.value, shown)
    return Field(key, type, shown)


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
        stored.set_archived(connection, field.key, at)
