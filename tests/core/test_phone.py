"""R10: telephone numbers. The fast paths must come to what the library comes to."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from crm_tui.core.fields import BUILT_IN, LANDLINE_NUMBER, MOBILE_NUMBER
from crm_tui.core.phone import classify, parse_phone
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell

MOBILE = BUILT_IN[MOBILE_NUMBER]
LANDLINE = BUILT_IN[LANDLINE_NUMBER]


def code_of(value: object) -> Code | None:
    return value.code if isinstance(value, Problem) else None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+821020203030", "+821020203030"),
        ("+82 010-2020-3030", "+821020203030"),
        ("+82 10-2020-3030", "+821020203030"),
        ("+82-10-2020-3030", "+821020203030"),
        ("+82-10--2020-3030", "+821020203030"),
        ("+82.10.2020.3030", "+821020203030"),
        ("+82(0)1020203030", "+821020203030"),
        ("+82 (0)10-2020-3030", "+821020203030"),
        ("+82 (10) 2020-3030", "+821020203030"),
        ("+(82)10-2020-3030", "+821020203030"),
        ("+ 82 10 2020 3030", "+821020203030"),
        ("\u3164+82 10 2020 3030\u200b", "+821020203030"),
        # a range that the library does not know yet
        ("+82 10-5970-1234", "+821059701234"),
        ("+82 10-9999-9999", "+821099999999"),
        ("+82 10-0000-0000", "+821000000000"),
        # elsewhere
        ("+44 7911 123456", "+447911123456"),
        ("+44 (0)7911 123456", "+447911123456"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
        ("+39 312 345 6789", "+393123456789"),
        ("+54 9 11 2345 6789", "+5491123456789"),
    ],
)
def test_r10_mobile_numbers_are_for_the_mobile_field_only(text: str, number: str) -> None:
    assert parse_cell(text, MOBILE) == number
    assert code_of(parse_cell(text, LANDLINE)) is Code.PHONE_NOT_LANDLINE


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+8225556666", "+8225556666"),
        ("+82 2-2555-6666", "+82225556666"),
        ("+82 02-555-6666", "+8225556666"),
        ("+82 (0)2-555-6666", "+8225556666"),
        ("+82 31-123-4567", "+82311234567"),
        ("+82 031-1234-5678", "+823112345678"),
        ("+82 64 712 3456", "+82647123456"),
        ("+82 70-1234-5678", "+827012345678"),
        ("+82 070-1234-5678", "+827012345678"),
        ("+82 1644-1234", "+8216441234"),
        ("+82 1588-0000", "+8215880000"),
        ("+82 80-123-4567", "+82801234567"),
        ("+82 50-1234-5678", "+825012345678"),
        ("+82 0505-123-4567", "+825051234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+81 3-1234-5678", "+81312345678"),
        ("+39 06 698 12345", "+390669812345"),
        ("+800 1234 5678", "+80012345678"),
    ],
)
def test_r10_other_lines_are_for_the_landline_field_only(text: str, number: str) -> None:
    assert parse_cell(text, LANDLINE) == number
    assert code_of(parse_cell(text, MOBILE)) is Code.PHONE_NOT_MOBILE


@pytest.mark.parametrize("text", ["+1 650-253-0000", "+1 (202) 456-1111"])
def test_r10_where_mobile_and_fixed_lines_look_alike_both_fields_take_the_number(text: str) -> None:
    number = "+" + "".join(filter(str.isdigit, text))
    assert parse_cell(text, MOBILE) == number
    assert parse_cell(text, LANDLINE) == number


@pytest.mark.parametrize(
    "text",
    [
        "+82 10-2020-303",  # valid to the library
        "+82 10-2020-30300",
        "+82 10-2020",
        "+82 11-234-5678",
        "+82 011-2345-5678",
        "+82 16-234-5678",
        "+82 17-234-5678",
        "+82 18-234-5678",
        "+82 19-234-5678",
        "+82 1644-12345",
    ],
)
def test_r10_a_korean_mobile_number_is_010_and_eight_digits(text: str) -> None:
    assert parse_cell(text, MOBILE) == Problem(
        Code.PHONE_KOREAN_MOBILE, MOBILE_NUMBER, {"example": "+82 010-2020-3030"}
    )
    assert code_of(parse_cell(text, LANDLINE)) is Code.PHONE_INVALID


@pytest.mark.parametrize(
    "text",
    [
        "+",
        "+82",
        "+0821020203030",
        "+999 123456789",
        "++82 10-2020-3030",
        "+82+10-2020-3030",
        "+82 10-2020-3030.",
        "+82 10/2020/3030",
        "+82 10-2020-303O",
        "+82 10-HELLO-303",
        "+82 １０-2020-3030",
        "+82\u00a010-2020-3030",
        "+82 2-544-1234~5",
        "+82 13-234-5678",
        "+82 60-123-4567",
        "+82 112",
        "+82 0010-2020-3030",
        "+82 82 10-2020-3030",
        "+82 10-2020-3030, +82 10-2020-3031",
        "+1 123",
        "+52 1 55 1234 5678",
        "+82" + " " * 100_000 + "1020203030",
        "+82 " + "1" * 300,
    ],
)
def test_r10_a_number_that_is_none_is_refused_in_both_fields_with_an_example_of_the_field(text: str) -> None:
    assert parse_cell(text, MOBILE) == Problem(Code.PHONE_INVALID, MOBILE_NUMBER, {"example": "+82 010-2020-3030"})
    assert parse_cell(text, LANDLINE) == Problem(Code.PHONE_INVALID, LANDLINE_NUMBER, {"example": "+82 2-2555-6666"})


@pytest.mark.parametrize(
    "text",
    [
        "+82 2-544-1234 ext. 12",
        "+82 2-544-1234 x12",
        "+82 2-544-1234;ext=12",
        "+82 2-544-1234 #12",
        "+82 2-544-1234 내선 12",
        "+82 2-544-1234 (내선 12)",
        "+1 650-253-0000 EXT 5",
    ],
)
def test_r10_an_extension_is_refused_as_one(text: str) -> None:
    assert code_of(parse_cell(text, LANDLINE)) is Code.PHONE_EXTENSION


@pytest.mark.parametrize(
    ("text", "mobile", "landline"),
    [
        ("010-2020-3030", "+821020203030", ""),
        ("01020203030", "+821020203030", ""),
        ("(010) 2020.3030", "+821020203030", ""),
        ("1020203030", "+821020203030", ""),  # a spreadsheet took the zero
        ("821020203030", "+821020203030", ""),
        ("82-10-2020-3030", "+821020203030", ""),
        ("0082 10 2020 3030", "+821020203030", ""),
        ("0044 7911 123456", "+447911123456", ""),
        ("02-2555-6666", "", "+82225556666"),
        ("031-123-4567", "", "+82311234567"),
        ("070-1234-5678", "", "+827012345678"),
        ("1644-1234", "", "+8216441234"),
        ("010-2020-303", "", ""),
        ("011-234-5678", "", ""),
        ("4155552671", "", ""),
        ("없음", "", ""),
        ("＋82 10-2020-3030", "", ""),
        ("tel:+821020203030", "", ""),
        ("02-544-1234 ext 5", "", ""),
        ("-", "", ""),
        ("0" * 100_000, "", ""),
    ],
)
def test_r10_without_a_country_code_the_number_that_was_meant_is_shown_where_it_would_be_taken(
    text: str, mobile: str, landline: str
) -> None:
    for field, suggestion in ((MOBILE, mobile), (LANDLINE, landline)):
        problem = parse_cell(text, field)
        assert isinstance(problem, Problem)
        assert (problem.code, problem.params["suggestion"]) == (Code.PHONE_NO_COUNTRY_CODE, suggestion)
        assert not suggestion or parse_cell(suggestion, field) == suggestion
        assert parse_cell(str(problem.params["example"]), field) is not None
        assert code_of(parse_cell(str(problem.params["example"]), field)) is None


@pytest.mark.parametrize("text", ["8.21020E+11", "8.21E+11", "1.02E9"])
def test_r12_a_number_that_a_spreadsheet_shortened_is_refused_as_such(text: str) -> None:
    assert parse_cell(text, MOBILE) == Problem(Code.NUMBER_SHORTENED, MOBILE_NUMBER)


separators = st.text(" .-", max_size=4)
korean = st.one_of(
    st.builds(
        "".join,
        st.tuples(
            st.just("+82"),
            separators,
            st.sampled_from(["", "0", "(0)", "(0) ", "00", "081"]),
            st.sampled_from(
                ["10", "11", "2", "31", "33", "41", "51", "55", "61", "64", "70", "50", "80", "15", "60", "1"]
            ),
            separators,
            st.text("0123456789", min_size=2, max_size=5),
            separators,
            st.text("0123456789", min_size=3, max_size=5),
        ),
    ),
    st.from_regex(r"\A\+82[ .-]{0,3}(\(0\)|0)?10[ .-]?[0-9]{3,5}[ .-]?[0-9]{3,5}\Z"),
    st.from_regex(r"\A\+82 ?0?(2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70) ?[0-9]{3,4}-[0-9]{4}\Z"),
    st.from_regex(r"\A\+82[0-9 ().-]{4,16}[0-9]\Z"),
)


@settings(max_examples=600)
@given(korean)
@example("+82 10-2020-303")
@example("+82(0)10-2020-3030")
def test_r10_the_fast_path_comes_to_what_the_library_comes_to(text: str) -> None:
    found = classify(text)
    mobile, landline = parse_phone(text, MOBILE), parse_phone(text, LANDLINE)
    if isinstance(found, Code):
        assert code_of(mobile) is found
        assert code_of(landline) is Code.PHONE_INVALID
    else:
        number, is_mobile, is_landline = found
        assert mobile == number if is_mobile else code_of(mobile) is Code.PHONE_NOT_MOBILE
        assert landline == number if is_landline else code_of(landline) is Code.PHONE_NOT_LANDLINE


@settings(max_examples=400)
@given(korean | st.from_regex(r"\A\+[1-9][0-9 .-]{5,15}[0-9]\Z"))
def test_r10_a_number_is_taken_if_the_library_finds_it_valid_and_of_that_kind(text: str) -> None:
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        assert classify(text) is Code.PHONE_INVALID
        return
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kind = phonenumbers.number_type(parsed)
    found = classify(text)
    if number.startswith("+8210"):
        assert found == ((number, True, False) if len(number) == 13 else Code.PHONE_KOREAN_MOBILE)
    elif not phonenumbers.is_valid_number(parsed):
        assert found is Code.PHONE_INVALID
    elif kind == PhoneNumberType.MOBILE and number.startswith("+82"):
        assert found is Code.PHONE_KOREAN_MOBILE
    else:
        is_mobile = kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
        assert found == (number, is_mobile, kind != PhoneNumberType.MOBILE)
        assert len(number) <= 16
