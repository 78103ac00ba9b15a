"""Profile fields: the built-in ones and those that managers make (R6)."""

from collections.abc import Mapping
from dataclasses import replace

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, SYSTEM_KEYS, Field, FieldType, custom_key, find_field
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import parse_string, trim
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace
from storage import fields as stored
from storage.sql import Connection


def read_fields(connection: Connection, *, archived: bool = False) -> tuple[Field, ...]:
    """Return the fields on an open connection; see `list_fields`."""
    custom = tuple(
        Field(row["key"], FieldType(row["type"]), row["label"], row["archived_at"] is not None)
        for row in stored.listed(connection)
    )
    return BUILT_IN_FIELDS + tuple(field for field in custom if archived or not field.is_archived)


def list_fields(workspace: Workspace, *, archived: bool = False) -> tuple[Field, ...]:
    """Return all fields a manager may edit, built-in ones first; archived ones only when asked for."""
    with workspace.reading(None) as connection:
        return read_fields(connection, archived=archived)


def add_field(workspace: Workspace, name: str, type: FieldType, label: str) -> Field | Problem:
    """Make a field; return it, or why it cannot be made."""
    key = custom_key(name)
    if key is None or type not in CUSTOM_TYPES:
        return Problem(Code.FIELD_KEY_INVALID, name, {"name": name})
    shown = _label(key, label)
    if isinstance(shown, Problem):
        return shown
    bare = key.removeprefix("profile.")
    with workspace.transaction(Permission.SETTINGS) as connection:
        # By its bare key: beside "memberId" or "tags" nobody would know which of the two is meant.
        taken = find_field(bare, read_fields(connection, archived=True)) is not None
        if taken or bare.lower() in {system.lower() for system in SYSTEM_KEYS}:
            return Problem(Code.FIELD_KEY_TAKEN, key, {"name": key})
        stored.insert(connection, key, type.value, shown)
        record(connection, workspace, ActivityKind.FIELD_ADDED, field=key)
    return Field(key, type, shown)


def label_field(workspace: Workspace, key: str, label: str) -> Field | Problem:
    """Give a field of the managers' another label; return the field, or what is wrong with the label.

    Raises:
        NotFound: No manager made such a field.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        field = _own(key, read_fields(connection, archived=True))
        shown = _label(field.key, label)
        if isinstance(shown, Problem):
            return shown
        if shown != field.label:
            stored.set_label(connection, field.key, shown)
            record(connection, workspace, ActivityKind.FIELD_LABELLED, field=field.key)
    return replace(field, label=shown)


def move_field(workspace: Workspace, key: str, by: int) -> None:
    """Move a field of the managers' among its like, as far as there are any: -1 is one place up, 1 one place down.

    Archived fields are no places: they are not seen where fields are used.

    Raises:
        NotFound: No manager made such a field.
    """
    with workspace.transaction(Permission.SETTINGS) as connection:
        own = [field for field in read_fields(connection, archived=True) if field.is_custom]
        moved = _own(key, tuple(own))
        places = [field for field in own if field == moved or not field.is_archived]
        here = places.index(moved)
        there = min(max(here + by, 0), len(places) - 1)
        if there == here:
            return
        neighbour = places[there]
        own.remove(moved)
        own.insert(own.index(neighbour) + (there > here), moved)
        stored.set_order(connection, [field.key for field in own])
        record(connection, workspace, ActivityKind.FIELD_MOVED, field=moved.key)


def archive_field(workspace: Workspace, key: str) -> None:
    """Take a field out of sight; its values stay stored."""
    _set_archived(workspace, key, workspace.now_ms(), ActivityKind.FIELD_ARCHIVED)


def restore_field(workspace: Workspace, key: str) -> None:
    """Bring an archived field back with its values."""
    _set_archived(workspace, key, None, ActivityKind.FIELD_RESTORED)


def usage(workspace: Workspace) -> Mapping[str, int]:
    """Return how many customers have a value in each field, archived fields too; blocked customers are not counted."""
    with workspace.reading(Permission.SEE) as connection:
        return stored.usage(connection, [field.key for field in read_fields(connection, archived=True)])


def _set_archived(workspace: Workspace, name: str, at: int | None, kind: ActivityKind) -> None:
    with workspace.transaction(Permission.SETTINGS) as connection:
        field = _own(name, read_fields(connection, archived=True))
        if field.is_archived != (at is not None):
            stored.set_archived(connection, field.key, at)
            record(connection, workspace, kind, field=field.key)


def _own(name: str, fields: tuple[Field, ...]) -> Field:
    """Return the field that `name` means, one that a manager made."""
    field = find_field(name, fields)
    if field is None or not field.is_custom:
        raise NotFound("field_not_found", name=name)
    return field


def _label(key: str, label: str) -> str | Problem:
    """Return a label as it is stored: one line of text, the bare key where there is none."""
    text = " ".join(trim(label).split()) or key.removeprefix("profile.")
    return parse_string(text, Field(key, FieldType.STRING))
