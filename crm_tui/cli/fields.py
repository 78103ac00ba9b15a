"""`fields`: the profile fields, and those that managers make (R6)."""

from typing import Any

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.core.fields import CUSTOM_TYPES, Field
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, field_label, t
from crm_tui.services import fields as service
from crm_tui.services.workspace import Workspace


def _field_json(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type.value,
        "label": field_label(field),
        "custom": field.is_custom,
        "archived": field.is_archived,
    }


def list_fields(workspace: Workspace, as_json: bool) -> Exit:
    """List all fields, archived ones too."""
    listed = [_field_json(field) for field in service.list_fields(workspace, archived=True)]
    if as_json:
        output.array(listed)
        return Exit.DONE
    rows = [
        (one["key"], one["type"], one["label"], ("custom" * one["custom"] + " archived" * one["archived"]).strip())
        for one in listed
    ]
    output.table(("key", "type", "label", "state"), rows)
    return Exit.DONE


def add_field(workspace: Workspace, key: str, kind: str, label: str, as_json: bool) -> Exit:
    """Make a field."""
    types = {one.value.lower(): one for one in CUSTOM_TYPES}
    if kind.lower() not in types:
        expected = " | ".join(one.value for one in CUSTOM_TYPES)
        raise WrongUsage(t("cli.usage_invalid", name="TYPE", expected=expected))
    added = service.add_field(workspace, key, types[kind.lower()], label)
    if isinstance(added, Problem):
        say(describe(added))
        return Exit.REFUSED
    if as_json:
        output.document(_field_json(added))
    say(t("cli.field_added", key=added.key))
    return Exit.DONE


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
