"""R21: which encodings are tried for which bytes; nothing is read in a file."""

import codecs

import pytest

from crm_tui.services.errors import SourceError
from crm_tui.services.importing.encoding import CHOICES, encoding_candidates, encoding_label

TEXT = "회원번호,이름\r\nm1,홍길동\r\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (TEXT.encode("utf-8"), ("utf-8-sig", "cp949")),
        (TEXT.encode("cp949"), ("utf-8-sig", "cp949")),
        (b"id,name\n1,a\n", ("utf-8-sig", "cp949")),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), ("utf-8-sig",)),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), ("utf-16",)),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), ("utf-16",)),
        (TEXT.encode("utf-16-le"), ("utf-16-le",)),
        (TEXT.encode("utf-16-be"), ("utf-16-be",)),
        ("a,b".encode("utf-16-le"), ("utf-16-le",)),
        (("가가, 가나다라\n" * 9).encode("utf-16-be"), ("utf-16-be",)),
        (("가가, 가나다라\n" * 9).encode("utf-16-le"), ("utf-16-le",)),
        # One NUL in a text, and zeros on both sides: nothing of UTF-16.
        (b"id,name\n1,a\x00b\n" + b"2,b\n" * 100, ("utf-8-sig", "cp949")),
        (b"\x00\x00\x01\x00\x00\x00" * 50, ("utf-8-sig", "cp949")),
    ],
)
def test_r21_the_encoding_is_found_out_by_its_mark_or_its_zeros(head: bytes, expected: tuple[str, ...]) -> None:
    assert encoding_candidates(head, None) == expected


@pytest.mark.parametrize(
    ("chosen", "head", "expected"),
    [
        ("utf-8", b"a", ("utf-8-sig",)),
        ("UTF8", b"a", ("utf-8-sig",)),
        ("utf-8-sig", b"a", ("utf-8-sig",)),
        ("cp949", b"a", ("cp949",)),
        ("EUC-KR", b"a", ("cp949",)),
        ("ms949", b"a", ("cp949",)),
        ("shift_jis", b"a", ("shift_jis", "cp932")),
        ("SJIS", b"a", ("shift_jis", "cp932")),
        ("cp932", b"a", ("cp932",)),
        ("utf-16", codecs.BOM_UTF16_BE + b"\x00a", ("utf-16",)),
        ("utf-16", TEXT.encode("utf-16-be"), ("utf-16-be",)),
        ("utf-16", "가가가,나".encode("utf-16-le"), ("utf-16-le",)),
        ("utf-16", "가가가,나".encode("utf-16-be"), ("utf-16-be",)),
        ("utf-16-le", b"a\x00", ("utf-16-le",)),
    ],
)
def test_r21_an_encoding_is_chosen_under_any_of_its_names(chosen: str, head: bytes, expected: tuple[str, ...]) -> None:
    assert encoding_candidates(head, chosen) == expected


@pytest.mark.parametrize("chosen", ["", "utf-9", "latin-1", "rot13", "base64", "idna", "undefined", "한글", "a\0b"])
def test_r21_an_encoding_that_is_none_of_ours_is_refused_with_the_choices(chosen: str) -> None:
    with pytest.raises(SourceError) as refused:
        encoding_candidates(b"a", chosen)
    assert refused.value.code == "source_encoding_unknown"
    assert refused.value.params == {"name": chosen, "choices": ", ".join(CHOICES)}


@pytest.mark.parametrize("chosen", CHOICES)
def test_r21_every_choice_leads_to_encodings_with_a_label(chosen: str) -> None:
    labels = {encoding_label(name) for name in encoding_candidates(b"a,b", chosen)}
    assert labels == {encoding_label(chosen)}
    assert not any(name.endswith(("-sig", "-le", "-be")) for name in labels)


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "shift_jis", "cp932"])
def test_r21_what_was_found_out_can_be_chosen_again(name: str) -> None:
    head = codecs.BOM_UTF16_LE if name == "utf-16" else b""
    assert encoding_candidates(head, name)[0] == name
