"""Telephone numbers: E.164, mobile or landline (R10)."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.core.columns import PlainLook, odd_cells
from crm_tui.core.fields import MOBILE_NUMBER, Field
from crm_tui.core.numbers import is_shortened
from crm_tui.core.problems import Code, Problem

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_MAX_LENGTH = 64
"""Far more than 15 digits with separators."""
_SEPARATED = r"[ .-]{0,3}"
_PLAIN_MOBILE = re.compile(
    rf"\+82{_SEPARATED}(?:\(0\){_SEPARATED}|0)?10{_SEPARATED}([0-9]{{4}}){_SEPARATED}([0-9]{{4}})", re.ASCII
)
_PLAIN_LANDLINE = re.compile(
    rf"\+82{_SEPARATED}0?(?:(2|3[1-3]|4[1-4]|5[1-5]|6[1-4]){_SEPARATED}([1-9][0-9]{{2,3}})|(70){_SEPARATED}([0-9]{{4}}))"
    rf"{_SEPARATED}([0-9]{{4}})",
    re.ASCII,
)
"""Plain Korean numbers, which the library need not take apart; a test shows that it would come to the same."""
_ALLOWED = re.compile(r"\+[0-9 ().-]*[0-9]", re.ASCII)
_EXTENSION = re.compile(r"(?:;ext=|ext\.?|x|#|내선)[ :]*[0-9]+\s*\)?$", re.IGNORECASE)
_KOREAN_MOBILE = re.compile(r"\+8210[0-9]{8}", re.ASCII)
_NUMBER = re.compile(r"[0-9 ().-]+", re.ASCII)
_SHORT_SERVICE = re.compile(r"1[5-9][0-9]{6}", re.ASCII)
_NATIONAL_MOBILE = re.compile(r"10[0-9]{8}", re.ASCII)
_EXAMPLES = {True: "+82 010-2020-3030", False: "+82 2-2555-6666"}


def parse_phone(text: str, field: Field) -> str | Problem:
    """Return `text` as an E.164 phone number, or what is wrong with it (R10).

    Args:
        text: One cell, trimmed and not blank, e.g. "+82 010-2020-3030".
        field: `profile.mobileNumber` takes mobile numbers, `profile.landlineNumber` the others.

    Returns:
        "+821020203030", at most 16 characters; or PHONE_NO_COUNTRY_CODE, PHONE_EXTENSION, PHONE_INVALID,
        PHONE_KOREAN_MOBILE, PHONE_NOT_MOBILE, PHONE_NOT_LANDLINE, NUMBER_SHORTENED.

    Source: libphonenumber's is_valid_number and number_type; ITU-T E.164. For Korean mobile numbers 010 and eight
    digits, all of them: the library's ranges lag behind and let numbers a digit short pass.
    """
    plain = _PLAIN_MOBILE.fullmatch(text)
    found = (f"+8210{plain[1]}{plain[2]}", True, False) if plain else _look_closer(text)
    if isinstance(found, Code):
        return _problem(found, text, field)
    number, is_mobile, is_landline = found
    if field.key == MOBILE_NUMBER:
        return number if is_mobile else _problem(Code.PHONE_NOT_MOBILE, text, field)
    return number if is_landline else _problem(Code.PHONE_NOT_LANDLINE, text, field)


def plain_phones(field: Field) -> PlainLook:
    """Return how plain Korean numbers are told and read a column at a time."""
    plain = _PLAIN_MOBILE if field.key == MOBILE_NUMBER else _PLAIN_LANDLINE
    example = _EXAMPLES[field.key == MOBILE_NUMBER]
    return PlainLook(lambda texts: odd_cells(plain.pattern, texts), _read_plain, example)


def _read_plain(texts: Sequence[str]) -> list[Any]:
    joined = "\n".join(texts)
    for separator in " .-()":
        joined = joined.replace(separator, "")
    # A plus stands in front only, and behind 82 a zero only if it is the one dialled at home.
    return joined.replace("+820", "+82").split("\n")


def _problem(code: Code, text: str, field: Field) -> Problem:
    wants_mobile = field.key == MOBILE_NUMBER
    if code is Code.NUMBER_SHORTENED:
        return Problem(code, field.key)
    if code is Code.PHONE_KOREAN_MOBILE and not wants_mobile:
        code = Code.PHONE_INVALID  # mended it would be wrong here all the same
    params: dict[str, str | int] = {"example": _EXAMPLES[wants_mobile]}
    if code is Code.PHONE_NO_COUNTRY_CODE:
        params["suggestion"] = _with_country_code(text, wants_mobile=wants_mobile)
    return Problem(code, field.key, params)


def _look_closer(text: str) -> tuple[str, bool, bool] | Code:
    """Return what `classify` says of a number, or the reason why it is none."""
    if not text.startswith("+"):
        return Code.NUMBER_SHORTENED if is_shortened(text) else Code.PHONE_NO_COUNTRY_CODE
    if len(text) > _MAX_LENGTH:
        return Code.PHONE_INVALID
    if plain := _PLAIN_LANDLINE.fullmatch(text):
        return f"+82{''.join(filter(None, plain.groups()))}", False, True
    if _EXTENSION.search(text):
        return Code.PHONE_EXTENSION
    return classify(text) if _ALLOWED.fullmatch(text) else Code.PHONE_INVALID


def classify(text: str) -> tuple[str, bool, bool] | Code:
    """Return E.164, whether it can be a mobile number and whether it can be another line.

    Or PHONE_INVALID; PHONE_KOREAN_MOBILE for a Korean mobile number that is not 010 and eight digits.
    """
    import phonenumbers

    try:
        return _kind(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return Code.PHONE_INVALID


def _kind(parsed: "PhoneNumber") -> tuple[str, bool, bool] | Code:
    import phonenumbers
    from phonenumbers import PhoneNumberType

    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if number.startswith("+8210"):
        return (number, True, False) if _KOREAN_MOBILE.fullmatch(number) else Code.PHONE_KOREAN_MOBILE
    kind = phonenumbers.number_type(
        parsed
    )  # UNKNOWN is what is_valid_number, which looks the same up again, says no to
    if kind == PhoneNumberType.UNKNOWN:
        return Code.PHONE_INVALID
    if kind == PhoneNumberType.MOBILE and parsed.country_code == 82:
        return Code.PHONE_KOREAN_MOBILE  # 011, 016 … were given up
    can_be_mobile = kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return number, can_be_mobile, kind != PhoneNumberType.MOBILE


def _with_country_code(text: str, *, wants_mobile: bool) -> str:
    """Return the number that was meant, where it is written as in Korea or lacks only the plus; else ""."""
    if len(text) > _MAX_LENGTH or not _NUMBER.fullmatch(text):
        return ""
    digits = re.sub(r"[^0-9]", "", text)
    meant = []
    if digits.startswith("00"):
        meant.append(f"+{digits[2:]}")
    if digits.startswith("82"):
        meant.append(f"+{digits}")
    if digits.startswith("0") or _SHORT_SERVICE.fullmatch(digits) or _NATIONAL_MOBILE.fullmatch(digits):
        meant.append(f"+82{digits}")
    for number in meant:
        found = classify(number)
        if not isinstance(found, Code) and found[1 if wants_mobile else 2]:
            return found[0]
    return ""
