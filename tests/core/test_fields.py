"""R6, R7: field keys and types."""

import pytest

from crm_tui.core.fields import (
    BUILT_IN,
    BUILT_IN_FIELDS,
    CUSTOM_TYPES,
    SYSTEM_KEYS,
    Field,
    FieldType,
    custom_key,
    find_field,
)

FIELDS = (*BUILT_IN_FIELDS, Field("profile.birthDay", FieldType.DATE, "생일"))


def test_r6_the_built_in_fields_have_these_keys_and_types() -> None:
    assert {field.key: field.type.value for field in BUILT_IN_FIELDS} == {
        "memberId": "string",
        "profile.name": "string",
        "profile.email": "email",
        "profile.mobileNumber": "phone",
        "profile.landlineNumber": "phone",
        "profile.description": "string",
        "profile.lastCheckoutCompletedAt": "datetime",
        "tags": "tag",
        "unsubscribeEmail": "boolean",
        "unsubscribeTexting": "boolean",
    }
    assert not set(SYSTEM_KEYS) & set(BUILT_IN)


def test_r6_r7_own_fields_are_of_the_types_that_are_not_bound_to_a_built_in_field() -> None:
    assert set(FieldType) - set(CUSTOM_TYPES) == {FieldType.PHONE, FieldType.EMAIL, FieldType.TAG}
    assert [field.key for field in FIELDS if field.is_custom] == ["profile.birthDay"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("memberId", "memberId"),
        ("MEMBERID", "memberId"),
        ("name", "profile.name"),
        ("profile.name", "profile.name"),
        ("Profile.NAME", "profile.name"),
        (" mobilenumber ", "profile.mobileNumber"),
        ("birthday", "profile.birthDay"),
        ("PROFILE.BIRTHDAY", "profile.birthDay"),
        ("tags", "tags"),
    ],
)
def test_r6_a_key_is_found_with_or_without_profile_in_any_case(name: str, key: str) -> None:
    found = find_field(name, FIELDS)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "name", ["", "profile.", "nam", "profile.tags", "생일", "id", "createdAt", "profile.profile.name"]
)
def test_r6_other_names_find_no_field(name: str) -> None:
    assert find_field(name, FIELDS) is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("birthday", "profile.birthday"),
        ("Profile.birthDay2", "profile.birthDay2"),
        (" a ", "profile.a"),
        ("a" * 64, "profile." + "a" * 64),
    ],
)
def test_r6_an_own_key_is_ascii_letters_and_digits(name: str, key: str) -> None:
    assert custom_key(name) == key


@pytest.mark.parametrize(
    "name",
    ["", "1st", "a_b", "a-b", "a b", "a.b", "생일", "ａ", "é", "a" * 65, "profile.", "profile.profile.a", "a\nb"],
)
def test_r6_an_own_key_is_nothing_else(name: str) -> None:
    assert custom_key(name) is None
