"""E-mail addresses (R11)."""

import re
from collections.abc import Sequence
from functools import lru_cache

from crm_tui.core.columns import PlainLook, as_they_are, odd_cells
from crm_tui.core.fields import MAX_EMAIL_LENGTH, Field
from crm_tui.core.problems import Code, Problem

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(.+)", re.ASCII | re.DOTALL)
"""An unquoted ASCII local part (RFC 5322 dot-atom), which the library takes as it stands, and any domain."""
_LOWER_ATOM = _ATOM.replace("A-Z", "")
_LOWER = rf"{_LOWER_ATOM}(?:\.{_LOWER_ATOM})*@[a-z0-9.-]+"
_CACHED_DOMAINS = 8192


def parse_email(text: str, field: Field) -> str | Problem:
    """Return an address as it is stored, or what is wrong with it (R11).

    The domain of a plain address is judged by the library once and remembered; every other address is judged whole.
    A test shows that both ways agree.

    Args:
        text: One cell, trimmed and not blank.
        field: `profile.email`.

    Returns:
        The address with its domain in lower case, at most 254 characters; or EMAIL_TOO_LONG, EMAIL_INVALID.

    Source: the library email-validator, syntax only; RFC 5321 for the length.
    """
    if len(text) > MAX_EMAIL_LENGTH:
        return Problem(Code.EMAIL_TOO_LONG, field.key, {"length": len(text), "limit": MAX_EMAIL_LENGTH})
    address: str | None
    plain = _PLAIN.fullmatch(text)
    # The library writes the names of RFC 2142 (INFO, Postmaster ...; letters only) in lower case: it may do so itself.
    if plain is None or ((local := plain[1]).isalpha() and not local.islower()):
        address = library_email(text)
    else:
        domain, longest = _judge_domain(plain[2])
        address = f"{local}@{domain}" if domain and len(local) + 1 + longest <= MAX_EMAIL_LENGTH else None
    return address if address is not None else Problem(Code.EMAIL_INVALID, field.key)


def _odd_emails(texts: Sequence[str]) -> list[int]:
    """Return the indexes of the addresses that are not in lower case, or whose domain is not stored as it stands."""
    odd = odd_cells(_LOWER, texts)
    plain = list(texts)
    for index in odd:
        plain[index] = "a@example.com"
    domains = "\n".join(plain).replace("@", "\n").split("\n")[1::2]
    unusual = {domain for domain in set(domains) if not _is_stored_as_it_stands(domain)}
    if unusual or max(map(len, plain)) > MAX_EMAIL_LENGTH:
        pairs = enumerate(zip(plain, domains, strict=True))
        odd += [index for index, (text, domain) in pairs if domain in unusual or len(text) > MAX_EMAIL_LENGTH]
        odd.sort()
    return odd


def _is_stored_as_it_stands(domain: str) -> bool:
    return _judge_domain(domain) == (domain, len(domain))


PLAIN_EMAILS = PlainLook(_odd_emails, as_they_are, "a@example.com")
"""Addresses in lower case, which are stored as they stand."""


def library_email(text: str) -> str | None:
    """Return what the library makes of `text`, None when it refuses."""
    from email_validator import EmailNotValidError, validate_email

    try:
        address: str = validate_email(text, check_deliverability=False).normalized
    except (EmailNotValidError, ValueError):
        return None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


@lru_cache(maxsize=_CACHED_DOMAINS)
def _judge_domain(domain: str) -> tuple[str, int]:
    """Return a domain as it is stored, and the bytes of its longest form; "" for one that the library refuses.

    The library limits the length of an address as it was written, as it is stored and with its domain in ASCII.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        judged = validate_email(f"a@{domain}", check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return "", 0
    forms = (domain, judged.domain, judged.ascii_domain)
    return judged.domain.lower(), max(len(form.encode("utf-8")) for form in forms)
