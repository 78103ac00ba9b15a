"""Every reason a value or row can be refused for (R18): a code, the field and parameters, no sentence.

The sentences are in `crm_tui.i18n`; a test walks every code in both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum


class Code(StrEnum):
    """Reason codes. The comment names the parameters that the sentence needs."""

    # one cell
    STRING_TOO_LONG = "string_too_long"  # length, limit
    CONTROL_CHARACTER = "control_character"  # codepoint (e.g. "U+0000")
    PHONE_NO_COUNTRY_CODE = "phone_no_country_code"  # suggestion ("" when none can be made), example
    PHONE_EXTENSION = "phone_extension"  # example
    PHONE_INVALID = "phone_invalid"  # example
    PHONE_KOREAN_MOBILE = "phone_korean_mobile"  # a Korean mobile number, but not 010 and eight digits; example
    PHONE_NOT_MOBILE = "phone_not_mobile"  # right for landlineNumber; example
    PHONE_NOT_LANDLINE = "phone_not_landline"  # right for mobileNumber; example
    EMAIL_INVALID = "email_invalid"
    EMAIL_TOO_LONG = "email_too_long"  # length, limit
    NUMBER_INVALID = "number_invalid"
    NUMBER_THOUSANDS = "number_thousands"  # suggestion
    NUMBER_SHORTENED = "number_shortened"  # a spreadsheet wrote 8.21E+11, in a column of any type
    NUMBER_TOO_LONG = "number_too_long"  # limit (significant digits that can be kept exactly)
    BOOLEAN_INVALID = "boolean_invalid"
    DATE_INVALID = "date_invalid"
    DATE_SHAPE = "date_shape"  # suggestion: the right form of this very value
    DATE_IMPOSSIBLE = "date_impossible"
    DATETIME_INVALID = "datetime_invalid"
    DATETIME_SHAPE = "datetime_shape"  # suggestion
    DATETIME_IMPOSSIBLE = "datetime_impossible"
    LIST_INVALID = "list_invalid"
    LIST_TOO_MANY = "list_too_many"  # count, limit
    LIST_ITEM_TOO_LONG = "list_item_too_long"  # length, limit
    NUMBER_LIST_INVALID = "number_list_invalid"
    TAG_INVALID = "tag_invalid"  # tag
    TAG_LEVELS = "tag_levels"  # tag, limit
    TAG_CHARACTER = "tag_character"  # tag, character
    TAG_TOO_LONG = "tag_too_long"  # length, limit
    # one row
    KEY_BLANK = "key_blank"
    ROW_RAGGED = "row_ragged"  # cells, expected
    OPT_OUT_MISSING = "opt_out_missing"
    PROFILE_TOO_MANY_KEYS = "profile_too_many_keys"  # count, limit
    PROFILE_TOO_LARGE = "profile_too_large"  # size, limit (bytes)
    # adding and editing by hand
    FIELD_UNKNOWN = "field_unknown"  # name
    FIELD_READ_ONLY = "field_read_only"
    FIELD_KEY_INVALID = "field_key_invalid"  # name
    FIELD_KEY_TAKEN = "field_key_taken"  # name
    CONTACT_MISSING = "contact_missing"
    MEMBER_ID_TAKEN = "member_id_taken"
    TAG_TAKEN = "tag_taken"  # tag
    TAG_SAME = "tag_same"  # tag
    SEGMENT_NAME_MISSING = "segment_name_missing"
    SEGMENT_NAME_TOO_LONG = "segment_name_too_long"  # length, limit
    SEGMENT_TAKEN = "segment_taken"  # name
    # visits, forms and what is verified of them
    MEMBER_ID_MISSING = "member_id_missing"
    NOTHING_TO_VERIFY = "nothing_to_verify"
    # writing down a message or a call
    TEXT_MISSING = "text_missing"
    MESSAGE_MISSED = "message_missed"
    SECONDS_INVALID = "seconds_invalid"  # limit
    SECONDS_OF_MISSED = "seconds_of_missed"
    MOMENT_TO_COME = "moment_to_come"
    MOMENT_TOO_EARLY = "moment_too_early"
    # managers and roles
    MANAGER_NAME_INVALID = "manager_name_invalid"  # limit
    MANAGER_TAKEN = "manager_taken"  # name
    ROLE_NAME_MISSING = "role_name_missing"
    ROLE_NAME_TOO_LONG = "role_name_too_long"  # length, limit
    ROLE_TAKEN = "role_taken"  # name
    ROLES_FULL = "roles_full"  # limit


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value or row is refused."""

    code: Code
    field: str
    """The field's key, e.g. "profile.email"; "" where the whole row is meant."""
    # A plain dict, so that a problem can be sent to another process; not part of the hash, as dicts have none.
    params: Mapping[str, str | int] = default(default_factory=dict, hash=False)
