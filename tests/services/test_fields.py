"""Profile fields: the built-in ones and those that managers make (R6, R7)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, CUSTOM_TYPES, SYSTEM_KEYS, Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.services import fields
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace, open_workspace
from storage.columns import dump
from tests.services.kit import content, members, sql


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


def names_of(workspace: Workspace) -> str:
    """Return the own fields in order, archived ones in brackets."""
    own = [field for field in fields.list_fields(workspace, archived=True) if field.is_custom]
    names = [field.key.removeprefix("profile.") for field in own]
    return " ".join(f"({name})" if field.is_archived else name for field, name in zip(own, names, strict=True))


def told_of(database: Path) -> list[tuple[str, str]]:
    return sql(database, "SELECT kind, details FROM activity ORDER BY id")


@pytest.mark.parametrize(
    ("label", "shown"), [("크기", "크기"), ("  신발\u3000크기 \n", "신발 크기"), ("", "size"), ("e\u0301", "é")]
)
def test_r6_a_field_is_labelled_as_it_would_be_made(workspace: Workspace, label: str, shown: str) -> None:
    field = added(workspace, "size", "before")
    assert fields.label_field(workspace, "SIZE", label) == Field(field.key, field.type, shown)
    assert fields.list_fields(workspace)[-1].label == shown


@pytest.mark.parametrize(("label", "code"), [("a\x1b[31m", Code.CONTROL_CHARACTER), ("가" * 513, Code.STRING_TOO_LONG)])
def test_a_label_that_cannot_be_shown_leaves_the_one_there_was(workspace: Workspace, label: str, code: Code) -> None:
    added(workspace, "size", "before")
    answer = fields.label_field(workspace, "size", label)
    assert isinstance(answer, Problem)
    assert (answer.field, answer.code) == ("profile.size", code)
    assert fields.list_fields(workspace)[-1].label == "before"


def test_an_archived_field_can_be_labelled_and_stays_archived(workspace: Workspace) -> None:
    added(workspace, "size")
    fields.archive_field(workspace, "size")
    assert fields.label_field(workspace, "size", "크기") == Field("profile.size", FieldType.STRING, "크기", True)


@pytest.mark.parametrize(
    ("name", "by", "order"),
    [
        ("a", 1, "b a c d"),
        ("a", 2, "b c a d"),
        ("a", 99, "b c d a"),
        ("d", -1, "a b d c"),
        ("d", -99, "d a b c"),
        ("b", -1, "b a c d"),
        ("PROFILE.B", 0, "a b c d"),
        ("a", -1, "a b c d"),
        ("d", 1, "a b c d"),
    ],
)
def test_a_field_moves_among_its_like(workspace: Workspace, name: str, by: int, order: str) -> None:
    for one in "abcd":
        added(workspace, one)
    fields.move_field(workspace, name, by)
    assert names_of(workspace) == order
    assert fields.list_fields(workspace)[: len(BUILT_IN_FIELDS)] == BUILT_IN_FIELDS


def test_archived_fields_are_no_places_to_move_to(workspace: Workspace) -> None:
    for one in "abcd":
        added(workspace, one)
    fields.archive_field(workspace, "b")
    fields.archive_field(workspace, "c")
    fields.move_field(workspace, "d", -1)
    assert names_of(workspace) == "d a (b) (c)"
    fields.move_field(workspace, "d", 1)
    assert names_of(workspace) == "a d (b) (c)"
    fields.move_field(workspace, "c", -1)
    assert names_of(workspace) == "a (c) d (b)"
    added(workspace, "e")
    assert names_of(workspace) == "a (c) d (b) e"


@pytest.mark.parametrize("name", ["nowhere", "", "profile.name", "memberId", "createdAt"])
def test_r6_only_a_field_that_a_manager_made_is_labelled_or_moved(workspace: Workspace, name: str) -> None:
    for change in (lambda: fields.label_field(workspace, name, "x"), lambda: fields.move_field(workspace, name, 1)):
        with pytest.raises(NotFound) as refused:
            change()
        assert (refused.value.code, refused.value.params) == ("field_not_found", {"name": name})


def test_r52_each_change_of_a_field_is_noted_and_what_changes_nothing_is_not(
    workspace: Workspace, database: Path
) -> None:
    added(workspace, "a", "A")
    added(workspace, "b")
    fields.add_field(workspace, "a", FieldType.STRING, "")
    for _ in range(2):
        fields.label_field(workspace, "a", "Z")
        fields.move_field(workspace, "a", 1)
        fields.archive_field(workspace, "b")
    fields.restore_field(workspace, "b")
    fields.restore_field(workspace, "b")
    assert told_of(database) == [
        ("field_added", '{"field":"profile.a"}'),
        ("field_added", '{"field":"profile.b"}'),
        ("field_labelled", '{"field":"profile.a"}'),
        ("field_moved", '{"field":"profile.a"}'),
        ("field_archived", '{"field":"profile.b"}'),
        ("field_restored", '{"field":"profile.b"}'),
    ]


def test_usage_says_how_many_customers_have_a_value_archived_fields_too(
    workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    added(workspace, "size")
    added(workspace, "siz")
    added(workspace, "list", field_type=FieldType.LIST)
    columns = ("memberId", "profile.name", "tags", "profile.size", "profile.list")
    members(
        workspace,
        tmp_path,
        columns,
        ("m1", "김", '["a","b"]', "10", ""),
        ("m2", "", '["a"]', "", '["\\"siz\\":","size\\":"]'),
        ("m3", "", "", '"siz":', ""),
        ("m4", "이", '["a"]', "10", '["x"]'),
    )
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE member_id = 'm4'")
    fields.archive_field(workspace, "size")
    assert fields.usage(workspace) == {
        "memberId": 3,
        "profile.name": 1,
        "profile.email": 0,
        "profile.mobileNumber": 0,
        "profile.landlineNumber": 0,
        "profile.description": 0,
        "profile.lastCheckoutCompletedAt": 0,
        "tags": 2,
        "unsubscribeEmail": 3,
        "unsubscribeTexting": 3,
        "profile.size": 2,
        "profile.siz": 0,
        "profile.list": 1,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(("a", "b", "ab")),
        st.one_of(
            st.sampled_from(('"a":', '\\"a":', '\\\\"b":1', ',"ab":', 'a":', '{"a":1}')),
            st.text(alphabet='ab":,\\{}[]'),
            st.lists(st.text(alphabet='ab":,\\')),
            st.integers(),
        ),
    )
)
def test_usage_is_what_reading_the_values_would_say(workspace: Workspace, values: dict[str, object]) -> None:
    for name in ("a", "b", "ab"):
        fields.add_field(workspace, name, FieldType.STRING, "")
    sql(workspace.path, "DELETE FROM customer")
    sql(
        workspace.path,
        "INSERT INTO customer (custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, "
        "created_at, last_seen_at, sessions_count, search_text) VALUES (?, 0, 0, 0, 0, 1, 1, 0, '')",
        dump(values),
    )
    usage = fields.usage(workspace)
    assert {name: usage[f"profile.{name}"] for name in ("a", "b", "ab")} == {
        n: int(n in values) for n in ("a", "b", "ab")
    }


def test_usage_of_an_empty_database_is_nothing(workspace: Workspace) -> None:
    assert set(fields.usage(workspace).values()) == {0}
