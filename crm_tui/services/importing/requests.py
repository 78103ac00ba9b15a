"""What a manager asks an import for: refused where it cannot be done, else written as it is written everywhere."""

from collections.abc import Sequence
from dataclasses import replace

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH, MEMBER_ID, Field, find_field
from crm_tui.core.text import trim
from crm_tui.core.vocabulary import Target
from crm_tui.services.errors import UsageError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.events import ImportRequest
from crm_tui.services.workspace import Workspace


def fields_asked_for(workspace: Workspace, request: ImportRequest) -> tuple[Field | None, ...]:
    """Return the field of each column, or refuse the request (R22, R30)."""
    known = list_fields(workspace)
    fields: list[Field | None] = []
    for name in request.columns:
        field = find_field(name, known) if name is not None else None
        if name is not None and field is None:
            raise UsageError("field_not_found", name=name)
        if field is not None and field in fields:
            raise UsageError("field_mapped_twice", field=field.key)
        if field is not None and field.key == MEMBER_ID and request.target is Target.LEAD:
            raise UsageError("lead_with_member_id", field=field.key)
        fields.append(field)
    if request.match_field not in {field.key for field in fields if field}:
        raise UsageError("import_key_unmapped", field=request.match_field)
    if request.tag is not None:
        tag = trim(request.tag)
        if not tag or len(tag) > MAX_IMPORT_TAG_LENGTH or not tag.isprintable():
            raise UsageError("import_tag_invalid", limit=MAX_IMPORT_TAG_LENGTH)
    return tuple(fields)


def in_one_form(request: ImportRequest, fields: Sequence[Field | None]) -> ImportRequest:
    """Return the request with its field keys, tag and path as they are written everywhere (R6, R8)."""
    columns = tuple(field.key if field else None for field in fields)
    tag = None if request.tag is None else trim(request.tag)
    return replace(request, path=request.path.absolute(), columns=columns, tag=tag)
