"""`fields`: the profile fields, and those that managers make (R6)."""

from typing import Any

from crm_tui.cli import output
from crm_tui.cli.answers import tell
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.core.fields import CUSTOM_TYPES, Field, find_field
from crm_tui.i18n import field_label, t
from crm_tui.services import fields as service
from crm_tui.services.workspace import Workspace

_PLACE_DIGITS = 6


def _field_json(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type.value,
        "label": field_label(field),
        "custom": field.is_custom,
        "archived": field.is_archived,
    }


def list_fields(workspace: Workspace, has_usage: bool, as_json: bool) -> Exit:
    """List all fields, archived ones too; with how many customers have a value in each, where that is asked for."""
    fields = service.list_fields(workspace, archived=True)
    listed = [_field_json(field) for field in fields]
    rows = [_cells(field) for field in fields]
    headers: tuple[str, ...] = ("key", "type", "label", "state")
    if has_usage:
        usage = service.usage(workspace)
        listed = [one | {"customers": usage[one["key"]]} for one in listed]
        rows = [(*row, str(usage[row[0]])) for row in rows]
        headers = (*headers, "customers")
    if as_json:
        output.array(listed)
    else:
        output.table(headers, rows)
    return Exit.DONE


def _cells(field: Field) -> tuple[str, ...]:
    state = ("custom" * field.is_custom + " archived" * field.is_archived).strip()
    return field.key, field.type.value, field_label(field), state


def add_field(workspace: Workspace, key: str, kind: str, label: str, as_json: bool) -> Exit:
    """Make a field."""
    types = {one.value.lower(): one for one in CUSTOM_TYPES}
    if kind.lower() not in types:
        expected = " | ".join(one.value for one in CUSTOM_TYPES)
        raise WrongUsage(t("cli.usage_invalid", name="TYPE", expected=expected))
    added = service.add_field(workspace, key, types[kind.lower()], label)
    return tell(added, lambda field: t("cli.field_added", key=field.key), _field_json, as_json)


def label_field(workspace: Workspace, key: str, label: str, as_json: bool) -> Exit:
    """Give a field another label."""
    labelled = service.label_field(workspace, key, label)
    return tell(labelled, lambda field: t("cli.field_labelled", key=field.key, label=field.label), _field_json, as_json)


def move_field(workspace: Workspace, key: str, place: str) -> Exit:
    """Move a field up or down by one, or to a place, of which the first of the managers' own fields has number 1.

    Where it came to is said: behind the last place there is none.
    """
    steps = {"up": -1, "down": 1}
    if place in steps:
        service.move_field(workspace, key, steps[place])
    elif place.isascii() and place.isdecimal() and len(place) < _PLACE_DIGITS and int(place):
        here, _ = _place(workspace, key)
        service.move_field(workspace, key, int(place) - here)
    else:
        raise WrongUsage(t("cli.usage_invalid", name="up|down|N", expected="up | down | 1, 2, 3 …"))
    here, count = _place(workspace, key)
    say(t("cli.field_moved", key=key, place=here, count=count))
    return Exit.DONE


def _place(workspace: Workspace, key: str) -> tuple[int, int]:
    """Return which of the managers' own fields a field is, archived others left out, and how many there are."""
    own = [field for field in service.list_fields(workspace, archived=True) if field.is_custom]
    moved = find_field(key, tuple(own))
    seen = [field for field in own if field == moved or not field.is_archived]
    return (seen.index(moved) + 1 if moved is not None else 1), len(seen)


def archive_field(workspace: Workspace, key: str) -> Exit:
    """Take a field out of sight."""
    service.archive_field(workspace, key)
    say(t("cli.field_archived", key=key))
    return Exit.DONE


def restore_field(workspace: Workspace, key: str) -> Exit:
    """Bring a field back with its values."""
    service.restore_field(workspace, key)
    say(t("cli.field_restored", key=key))
    return Exit.DONE
