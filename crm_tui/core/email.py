"""E-mail addresses (R11)."""

import re

from crm_tui.core.fields import MAX_EMAIL_LENGTH, Field
from crm_tui.core.problems import Code, Problem

_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30})?@"
    r"(gmail\.com|naver\.com|daum\.net|hanmail\.net|kakao\.com|nate\.com|outlook\.com|hotmail\.com|yahoo\.com|icloud\.com)",
    re.ASCII,
)
"""Addresses that the library takes as they stand; a test shows that it agrees on every one."""


def parse_email(text: str, field: Field) -> str | Problem:
    """Return an address as it is stored, or what is wrong with it (R11).

    Args:
        text: One cell, trimmed and not blank.

    Returns:
        The address with its domain in lower case, at most 254 characters; or EMAIL_TOO_LONG, EMAIL_INVALID.

    Source: the library email-validator, syntax only; RFC 5321 for the length.
    """
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > MAX_EMAIL_LENGTH:
        return Problem(Code.EMAIL_TOO_LONG, field.key, {"length": len(text), "limit": MAX_EMAIL_LENGTH})
    address = library_email(text)
    return address if address is not None else Problem(Code.EMAIL_INVALID, field.key)


def library_email(text: str) -> str | None:
    """Return what the library makes of `text`, None when it refuses."""
    from email_validator import EmailNotValidError, validate_email

    try:
        address: str = validate_email(text, check_deliverability=False).normalized
    except (EmailNotValidError, ValueError):
        return None
    local, _, domain = address.rpartition("@")
    address = f"{local}@{domain.lower()}"
    return address if len(address) <= MAX_EMAIL_LENGTH else None
