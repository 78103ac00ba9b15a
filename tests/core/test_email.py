"""R11: e-mail addresses. The fast path must come to what the library comes to."""

import pytest
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.core.email import library_email, parse_email
from crm_tui.core.fields import BUILT_IN, EMAIL
from crm_tui.core.identity import email_key
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell

FIELD = BUILT_IN[EMAIL]
REFUSED = Problem(Code.EMAIL_INVALID, EMAIL)
LABEL = "d" * 63


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hong@example.com", "hong@example.com"),
        (" hong@naver.com\u3164", "hong@naver.com"),
        ("Hong.Gil-Dong+vip@Example.COM", "Hong.Gil-Dong+vip@example.com"),
        ("a!#$%&'*+/=?^_`{|}~-b@x.kr", "a!#$%&'*+/=?^_`{|}~-b@x.kr"),
        ("a@b.c.d.co.kr", "a@b.c.d.co.kr"),
        ("HONG@GMAIL.COM", "HONG@gmail.com"),
        ("INFO@Example.com", "info@example.com"),
        ("Postmaster@example.com", "postmaster@example.com"),
        ("홍길동@example.com", "홍길동@example.com"),
        ("hong@한국.com", "hong@한국.com"),
        ("hong@xn--3e0b707e.com", "hong@한국.com"),
        ("hong@BÜCHER.de", "hong@bücher.de"),
        ("hong@ex\uff0eample.com", "hong@ex.ample.com"),
        (f"a@{LABEL}.com", f"a@{LABEL}.com"),
        ("l" * 200 + "@example.com", "l" * 200 + "@example.com"),
    ],
)
def test_r11_these_are_addresses(text: str, address: str) -> None:
    assert parse_cell(text, FIELD) == address


@pytest.mark.parametrize(
    "text",
    [
        "hong",
        "@example.com",
        "hong@",
        "hong@example",
        "hong@example.",
        "hong@.com",
        "hong@exa_mple.com",
        "hong@-example.com",
        "hong@example-.com",
        "hong@ex..ample.com",
        "hong@ab--cd.com",
        ".hong@example.com",
        "hong.@example.com",
        "ho..ng@example.com",
        "ho ng@example.com",
        "hong@exam ple.com",
        "hong@@example.com",
        "hong@example.com;kim@example.com",
        "홍 <hong@example.com>",
        "<hong@example.com>",
        '"hong"@example.com',
        '"ho ng"@example.com',
        "hong@[127.0.0.1]",
        "hong@[IPv6:::1]",
        "hong@127.0.0.1",
        "hong@localhost",
        "hong@site.test",
        "hong@a.invalid",
        "hong@printer.local",
        "hong＠example.com",
        "hong@xn--a.com",
        "hong@example.com\u202e",
        "ho\u200bng@example.com",
        "ho\nng@example.com",
        "hong@example.com\x00",
        f"a@{LABEL}d.com",
    ],
)
def test_r11_these_are_not(text: str) -> None:
    assert parse_cell(text, FIELD) == REFUSED


@pytest.mark.parametrize("at", [253, 254, 255])
def test_r11_an_address_has_at_most_254_characters(at: int) -> None:
    text = "l" * (at - len("@example.com")) + "@example.com"
    assert len(text) == at
    if at <= 254:
        assert parse_cell(text, FIELD) == text
    else:
        assert parse_cell(text, FIELD) == Problem(Code.EMAIL_TOO_LONG, EMAIL, {"length": 255, "limit": 254})


def test_r11_the_length_counts_in_every_form_of_the_domain() -> None:
    domain = "ü" * 40 + ".de"  # far longer in ASCII
    assert parse_cell(f"{'l' * 10}@{domain}", FIELD) == f"{'l' * 10}@{domain}"
    assert parse_cell(f"{'l' * 200}@{domain}", FIELD) == REFUSED


@pytest.mark.parametrize(
    ("one", "other"), [("Hong@example.com", "hONG@EXAMPLE.com"), ("ΐ@x.kr", "Ϊ́@x.kr"), ("Straße@x.de", "STRASSE@x.de")]
)
def test_r11_addresses_are_compared_without_regard_to_case(one: str, other: str) -> None:
    keys = {email_key(str(parse_cell(text, FIELD))) for text in (one, other)}
    assert len(keys) == 1


def by_the_library(text: str) -> str | Problem:
    address = library_email(text)
    return REFUSED if address is None else address


local_parts = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9._+-]{1,12}\Z"),
    st.from_regex(r"""\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,8}\Z"""),
    st.sampled_from(CASE_INSENSITIVE_MAILBOX_NAMES).flatmap(
        lambda name: st.sampled_from([name, name.upper(), name.title(), f"{name}1", f"{name.upper()}.", f"x{name}"])
    ),
    st.sampled_from(['"a"', '"a b"', '"a@b"', r'"a\"b"', '"INFO"', "홍", "é", "e\u0301", "a\u0338", "<a", "a,b", ""]),
    st.sampled_from([63, 64, 65, 128]).map(lambda length: "l" * length),
)
labels = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9-]{1,8}\Z"),
    st.sampled_from(["한국", "Bücher", "xn--3e0b707e", "XN--3E0B707E", "xn--", "ab--cd", "א", "1", "ß", "ſ", "K", "ﬀ"]),
    st.sampled_from(["", "-", "_", "a\u200db", "\u0301", "ａ", "a。b", "a@b", "<b", '"', "[1.2.3.4]"]),
    st.sampled_from([62, 63, 64]).map(lambda length: "d" * length),
)
tops = st.sampled_from(
    ["com", "KR", "co.kr", "com.", "c0m", "123", "test", "local", "localhost", "arpa", "ONION", "한국"]
)
domains = st.builds(lambda parts, top: ".".join((*parts, top)), st.lists(labels, min_size=0, max_size=5), tops)
addresses = st.builds(lambda local, domain: f"{local}@{domain}", local_parts, domains)


@settings(max_examples=1500)
@given(addresses)
@example("INFO@example.com")
@example("a@" + ".".join(["d" * 63] * 3) + ".com")
@example("l" * 60 + "@" + ".".join(["d" * 62] * 3) + ".com")
def test_r11_the_fast_path_comes_to_what_the_library_comes_to(text: str) -> None:
    assert parse_email(text, FIELD) == (
        by_the_library(text)
        if len(text) <= 254
        else Problem(Code.EMAIL_TOO_LONG, EMAIL, {"length": len(text), "limit": 254})
    )


@settings(max_examples=400)
@given(st.integers(1, 253), st.integers(1, 63), st.sampled_from(["d", "ü", "한"]))
def test_r11_both_agree_around_every_limit_of_length(total: int, first: int, char: str) -> None:
    domain = f"{char * first}.{'e' * 40}.com"
    text = f"{'l' * max(1, total - len(domain))}@{domain}"[:254]
    assert parse_email(text, FIELD) == by_the_library(text)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_r11_both_agree_on_any_text(text: str) -> None:
    assert parse_email(text, FIELD) == by_the_library(text)
    assert parse_email(f"a@{text}", FIELD) == by_the_library(f"a@{text}")
    assert parse_email(f"{text}@example.com", FIELD) == by_the_library(f"{text}@example.com")


def test_r11_the_names_that_the_library_writes_in_lower_case_are_letters_only() -> None:
    # The fast path leaves exactly such local parts to the library.
    assert all(name.isalpha() and name.islower() for name in CASE_INSENSITIVE_MAILBOX_NAMES)
