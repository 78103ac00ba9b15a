"""Profile fields (R6): types, limits and the registry of the built-in ones."""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_STRING_LENGTH = 512
MAX_EMAIL_LENGTH = 254
MAX_LIST_ITEMS = 200
MAX_TAG_LENGTH = 128
MAX_TAG_LEVELS = 2
MAX_TAGS = 20
MAX_IMPORT_TAGS = 30
MAX_IMPORT_TAG_LENGTH = 128
MAX_PROFILE_KEYS = 256
MAX_PROFILE_BYTES = 15 * 1024
MAX_SIGNIFICANT_DIGITS = 15
"""Digits of a number that a 64-bit float keeps exactly."""

_BARE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)

Value = str | int | float | bool | tuple[str, ...] | tuple[int | float, ...]
"""A stored value: text types str (phone E.164, date "YYYY-MM-DD"), datetime int (UTC epoch milliseconds),
number int or float, boolean bool, lists and tags tuples."""


class FieldType(StrEnum):
    """The types of R7."""

    STRING = "string"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    LIST_OF_NUMBER = "listOfNumber"
    TAG = "tag"


CUSTOM_TYPES = (
    FieldType.STRING,
    FieldType.NUMBER,
    FieldType.BOOLEAN,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.LIST,
    FieldType.LIST_OF_NUMBER,
)
"""What a manager's own field may be: phone, email and tag are for the built-in ones only (R7)."""
LIST_TYPES = (FieldType.LIST, FieldType.LIST_OF_NUMBER)
"""Those of them with several values."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a manager may edit and a column may be mapped to."""

    key: str
    """In its one form, e.g. "memberId", "profile.name", "tags"."""
    type: FieldType
    label: str = ""
    """A custom field's label; built-in fields are named by the language files instead."""
    is_archived: bool = False

    @property
    def is_custom(self) -> bool:
        """Whether a manager made the field."""
        return self.key not in BUILT_IN and self.key not in SYSTEM_KEYS


MEMBER_ID = "memberId"
NAME = "profile.name"
EMAIL = "profile.email"
MOBILE_NUMBER = "profile.mobileNumber"
LANDLINE_NUMBER = "profile.landlineNumber"
DESCRIPTION = "profile.description"
LAST_CHECKOUT = "profile.lastCheckoutCompletedAt"
TAGS = "tags"
UNSUBSCRIBE_EMAIL = "unsubscribeEmail"
UNSUBSCRIBE_TEXTING = "unsubscribeTexting"

BUILT_IN_FIELDS = (
    Field(MEMBER_ID, FieldType.STRING),
    Field(NAME, FieldType.STRING),
    Field(EMAIL, FieldType.EMAIL),
    Field(MOBILE_NUMBER, FieldType.PHONE),
    Field(LANDLINE_NUMBER, FieldType.PHONE),
    Field(DESCRIPTION, FieldType.STRING),
    Field(LAST_CHECKOUT, FieldType.DATETIME),
    Field(TAGS, FieldType.TAG),
    Field(UNSUBSCRIBE_EMAIL, FieldType.BOOLEAN),
    Field(UNSUBSCRIBE_TEXTING, FieldType.BOOLEAN),
)
BUILT_IN = {field.key: field for field in BUILT_IN_FIELDS}
OPT_OUTS = (UNSUBSCRIBE_EMAIL, UNSUBSCRIBE_TEXTING)

ID = "id"
TYPE = "type"
IMPORT_TAGS = "userImportTag"
CREATED_AT = "createdAt"
UPDATED_AT = "updatedAt"
LAST_SEEN_AT = "lastSeenAt"
SESSIONS_COUNT = "sessionsCount"
BLOCKED = "blocked"

SYSTEM_FIELDS = (
    Field(ID, FieldType.NUMBER),
    Field(TYPE, FieldType.STRING),
    Field(IMPORT_TAGS, FieldType.LIST),
    Field(CREATED_AT, FieldType.DATETIME),
    Field(UPDATED_AT, FieldType.DATETIME),
    Field(LAST_SEEN_AT, FieldType.DATETIME),
    Field(SESSIONS_COUNT, FieldType.NUMBER),
    Field(BLOCKED, FieldType.BOOLEAN),
)
"""Kept by the program: shown, searched and sorted by, never a target of mapping (R6)."""
SYSTEM_KEYS = tuple(field.key for field in SYSTEM_FIELDS)


def custom_key(name: str) -> str | None:
    """Return the one form of a custom field's key, "profile.<key>", or None where R6 forbids it."""
    bare = name.strip()
    if bare[:8].lower() == "profile.":
        bare = bare[8:]
    return f"profile.{bare}" if _BARE_KEY.fullmatch(bare) else None


def find_field(name: str, fields: tuple[Field, ...]) -> Field | None:
    """Return the field that `name` means, with or without "profile.", in any case (R6)."""
    wanted = name.strip().lower()
    for field in fields:
        key = field.key.lower()
        if wanted in (key, key.removeprefix("profile.")):
            return field
    return None
