"""Telephone numbers: E.164, mobile or landline (R10)."""

import re

from crm_tui.core.fields import MOBILE_NUMBER, Field
from crm_tui.core.problems import Code, Problem

_PLAIN_KOREAN = re.compile(r"\+82[ .-]*(?:\(0\)|0)?[ .-]*(10)[ .-]*([0-9]{4})[ .-]*([0-9]{4})", re.ASCII)
_ALLOWED = re.compile(r"\+[0-9 ().\-]*[0-9]", re.ASCII)
_EXTENSION = re.compile(r"(?:;ext=|ext\.?|x|#|내선)[ :]*[0-9]+\s*$", re.IGNORECASE)
_KOREAN_MOBILE = re.compile(r"\+8210[0-9]{8}", re.ASCII)
_DOMESTIC = re.compile(r"0[0-9][0-9 .\-]{6,}|1[5-9][0-9]{2}[ .\-]?[0-9]{4}", re.ASCII)


def parse_phone(text: str, field: Field) -> str | Problem:
    """Return `text` as an E.164 phone number, or what is wrong with it (R10).

    Args:
        text: One cell, trimmed and not blank, e.g. "+82 010-2020-3030".
        field: `profile.mobileNumber` takes mobile numbers, `profile.landlineNumber` the others.

    Returns:
        "+821020203030", at most 16 characters; or PHONE_NO_COUNTRY_CODE, PHONE_EXTENSION, PHONE_INVALID,
        PHONE_NOT_MOBILE, PHONE_NOT_LANDLINE.

    Source: libphonenumber's is_valid_number and number_type; ITU-T E.164. For Korean mobile numbers 010 and eight
    digits, all of them: the library's ranges lag behind and let numbers a digit short pass.
    """
    plain = _PLAIN_KOREAN.fullmatch(text)
    if plain:
        number, is_mobile, is_fixed = f"+82{plain[1]}{plain[2]}{plain[3]}", True, False
    else:
        if not text.startswith("+"):
            return Problem(Code.PHONE_NO_COUNTRY_CODE, field.key, {"suggestion": _with_country_code(text)})
        if _EXTENSION.search(text):
            return Problem(Code.PHONE_EXTENSION, field.key)
        if not _ALLOWED.fullmatch(text):
            return Problem(Code.PHONE_INVALID, field.key)
        found = classify(text)
        if found is None:
            return Problem(Code.PHONE_INVALID, field.key)
        number, is_mobile, is_fixed = found
    if field.key == MOBILE_NUMBER:
        return number if is_mobile else Problem(Code.PHONE_NOT_MOBILE, field.key)
    return number if is_fixed else Problem(Code.PHONE_NOT_LANDLINE, field.key)


def classify(text: str) -> tuple[str, bool, bool] | None:
    """Return E.164, whether it can be a mobile number and whether it can be another line; None when it is invalid."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if number.startswith("+8210"):
        return (number, True, False) if _KOREAN_MOBILE.fullmatch(number) else None
    if not phonenumbers.is_valid_number(parsed):
        return None
    kind = phonenumbers.number_type(parsed)
    if number.startswith("+82") and kind == PhoneNumberType.MOBILE:
        return None  # 011, 016 … were given up: a mobile number is 010 and eight digits
    return (
        number,
        kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE),
        kind != PhoneNumberType.MOBILE,
    )


def _with_country_code(text: str) -> str:
    """Return how a number that is written for Korea would be right, or "" when it does not look like one."""
    if not _DOMESTIC.fullmatch(text):
        return ""
    found = classify(f"+82 {text}")
    return found[0] if found else ""
