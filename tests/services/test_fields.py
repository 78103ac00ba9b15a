"""Profile fields: the built-in ones and those that managers make (R6, R7)."""

from pathlib import Path

import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, SYSTEM_KEYS, Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.services import fields
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.kit import content, sql


def added(workspace: Workspace, name: str, label: str = "", field_type: FieldType = FieldType.STRING) -> Field:
    """Make a field that can be made."""
    field = fields.add_field(workspace, name, field_type, label)
    assert isinstance(field, Field), field
    return field


def test_r6_a_new_database_has_the_built_in_fields(workspace: Workspace) -> None:
    assert fields.list_fields(workspace) == fields.list_fields(workspace, archived=True) == BUILT_IN_FIELDS


@pytest.mark.parametrize("field_type", CUSTOM_TYPES)
def test_r7_a_field_of_every_type_is_kept(workspace: Workspace, database: Path, field_type: FieldType) -> None:
    field = added(workspace, "myField", "내 필드", field_type)
    assert field == Field("profile.myField", field_type, "내 필드")
    assert field.is_custom
    reopened = open_workspace(str(database))
    assert fields.list_fields(reopened) == (*BUILT_IN_FIELDS, field)
    reopened.close()


def test_own_fields_stand_behind_the_built_in_ones_in_the_order_made(workspace: Workspace) -> None:
    for name in ("zebra", "apple", "mango"):
        added(workspace, name)
    keys = [field.key for field in fields.list_fields(workspace)[len(BUILT_IN_FIELDS) :]]
    assert keys == ["profile.zebra", "profile.apple", "profile.mango"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a", "profile.a"),
        ("myField2", "profile.myField2"),
        ("profile.myField", "profile.myField"),
        ("  PROFILE.Size ", "profile.Size"),
        ("x" * 64, f"profile.{'x' * 64}"),
        ("profile", "profile.profile"),
    ],
)
def test_r6_a_key_is_written_in_its_one_form(workspace: Workspace, name: str, key: str) -> None:
    assert added(workspace, name).key == key


@pytest.mark.parametrize(
    "name", ["", " ", "profile.", "1a", "my field", "my-field", "my_field", "크기", "é", "ａ", "x" * 65, "a.b", "a\nb"]
)
def test_r6_a_key_of_other_characters_or_too_long_is_refused(workspace: Workspace, database: Path, name: str) -> None:
    answer = fields.add_field(workspace, name, FieldType.STRING, "label")
    assert isinstance(answer, Problem)
    assert (answer.code, answer.params) == (Code.FIELD_KEY_INVALID, {"name": name})
    assert sql(database, "SELECT * FROM field") == []


@pytest.mark.parametrize("field_type", sorted(set(FieldType) - set(CUSTOM_TYPES)))
def test_r7_phone_email_and_tag_are_for_built_in_fields(workspace: Workspace, field_type: FieldType) -> None:
    answer = fields.add_field(workspace, "mine", field_type, "label")
    assert isinstance(answer, Problem)
    assert answer.code is Code.FIELD_KEY_INVALID


@pytest.mark.parametrize(
    "name",
    [
        *(field.key for field in BUILT_IN_FIELDS),
        *(field.key.removeprefix("profile.").upper() for field in BUILT_IN_FIELDS),
        *(f"profile.{field.key.removeprefix('profile.')}" for field in BUILT_IN_FIELDS),
        *SYSTEM_KEYS,
        *(f"PROFILE.{key.lower()}" for key in SYSTEM_KEYS),
        "mine",
        "MINE",
        "profile.Mine",
        "archived",
        "Archived",
    ],
)
def test_r6_a_key_that_another_field_has_in_any_case_is_taken(workspace: Workspace, database: Path, name: str) -> None:
    added(workspace, "Mine")
    added(workspace, "archived")
    fields.archive_field(workspace, "archived")
    before = content(database)
    answer = fields.add_field(workspace, name, FieldType.NUMBER, "label")
    assert isinstance(answer, Problem)
    assert answer.code is Code.FIELD_KEY_TAKEN
    assert content(database) == before


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("크기", "크기"),
        ("  신발\u3000크기 \n(mm)\t", "신발 크기 (mm)"),
        ("", "size"),
        (" \u200b ", "size"),
        ("e\u0301", "é"),
        ("[bold]", "[bold]"),
    ],
)
def test_a_label_is_one_line_of_text_and_the_key_where_there_is_none(
    workspace: Workspace, label: str, shown: str
) -> None:
    assert added(workspace, "size", label).label == shown
    assert fields.list_fields(workspace)[-1].label == shown


@pytest.mark.parametrize(
    ("label", "code"),
    [("a\x1b[31m", Code.CONTROL_CHARACTER), ("\udcff", Code.CONTROL_CHARACTER), ("가" * 513, Code.STRING_TOO_LONG)],
)
def test_a_label_that_cannot_be_shown_is_refused(workspace: Workspace, label: str, code: Code) -> None:
    answer = fields.add_field(workspace, "size", FieldType.STRING, label)
    assert isinstance(answer, Problem)
    assert (answer.field, answer.code) == ("profile.size", code)
    assert fields.list_fields(workspace) == BUILT_IN_FIELDS


def test_r6_an_archived_field_is_out_of_sight_until_it_is_restored(workspace: Workspace) -> None:
    first, second = added(workspace, "first"), added(workspace, "second")
    fields.archive_field(workspace, "PROFILE.first")
    assert fields.list_fields(workspace)[len(BUILT_IN_FIELDS) :] == (second,)
    archived = fields.list_fields(workspace, archived=True)[len(BUILT_IN_FIELDS) :]
    assert archived == (Field(first.key, first.type, first.label, is_archived=True), second)
    fields.archive_field(workspace, "first")
    assert fields.list_fields(workspace, archived=True)[len(BUILT_IN_FIELDS) :] == archived
    fields.restore_field(workspace, "FIRST")
    fields.restore_field(workspace, "first")
    assert fields.list_fields(workspace)[len(BUILT_IN_FIELDS) :] == (first, second)


@pytest.mark.parametrize("name", ["nowhere", "", "profile.name", "memberId", "createdAt"])
def test_r6_only_a_field_that_a_manager_made_can_be_archived(workspace: Workspace, name: str) -> None:
    for change in (fields.archive_field, fields.restore_field):
        with pytest.raises(NotFound) as refused:
            change(workspace, name)
        assert (refused.value.code, refused.value.params) == ("field_not_found", {"name": name})
