"""R14: dates and moments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.parser import isoparse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.core.dates import parse_date, parse_datetime, print_datetime
from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell

DATE = Field("profile.birthday", FieldType.DATE)
MOMENT = Field("profile.seen", FieldType.DATETIME)
MAY_4 = 1746316800000
HOUR = 60 * 60 * 1000
# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)
# fmt: on


def code_of(value: object) -> Code | None:
    return value.code if isinstance(value, Problem) else None


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("2025-05-04", "2025-05-04", MAY_4),
        ("2025-05-04T09:00:00+09:00", "2025-05-04", MAY_4),
        ("2025-05-04T00:00:00+00:00", "2025-05-04", MAY_4),
        ("2025-05-04T00:00:00Z", "2025-05-04", MAY_4),
        ("2025-05-04T00:00:00", "2025-05-04", MAY_4),
        ("2025-05-04T00:00", "2025-05-04", MAY_4),
        ("2025-05-04T00:00Z", "2025-05-04", MAY_4),
        ("2025-05-04T09:00+09:00", "2025-05-04", MAY_4),
        ("2025-05-04T00:00:00.5", "2025-05-04", MAY_4 + 500),
        ("2025-05-04T00:00:00.12Z", "2025-05-04", MAY_4 + 120),
        ("2025-05-04T00:00:00.123Z", "2025-05-04", MAY_4 + 123),
        ("2025-05-04T00:00:00.123999Z", "2025-05-04", MAY_4 + 123),
        ("2025-05-04T00:00:00.123999999-00:30", "2025-05-04", MAY_4 + HOUR // 2 + 123),
        # the day as it is written, whatever day that is in UTC
        ("2025-05-04T23:30:00-09:00", "2025-05-04", MAY_4 + 32 * HOUR + HOUR // 2),
        ("2025-05-04T00:30:00+09:00", "2025-05-04", MAY_4 - 8 * HOUR - HOUR // 2),
        ("1746316800000", "2025-05-04", MAY_4),
        ("1746403199999", "2025-05-04", MAY_4 + 24 * HOUR - 1),
        ("0", "1970-01-01", 0),
        ("-1", "1969-12-31", -1),
        ("2024-02-29", "2024-02-29", 1709164800000),
        ("0001-01-01", "0001-01-01", -62135596800000),
        ("9999-12-31", "9999-12-31", 253402214400000),
        (" 2025-05-04\u3164", "2025-05-04", MAY_4),
    ],
)
def test_r14_these_forms_are_taken(text: str, day: str, moment: int) -> None:
    assert parse_cell(text, DATE) == day
    assert parse_cell(text, MOMENT) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29",
        "2025-02-30",
        "2025-13-01",
        "2025-00-10",
        "2025-04-31",
        "0000-01-01",
        "2025-05-04T24:00:00Z",
        "2025-05-04T25:00",
        "2025-05-04T10:60",
        "2025-05-04T10:00:60Z",
        "2025-05-04T10:00:00+24:00",
        "2025-05-04T10:00:00+09:60",
        "2025-02-30T10:00:00Z",
        "2025.02.30",
        "2025/13/01",
        "2025년 4월 31일",
        "31 Feb 2025",
        "2025-05-04 24:00",
        "2025-05-04 13:20 PM",
    ],
)
def test_r14_days_and_moments_that_do_not_exist_are_refused_as_such(text: str) -> None:
    assert parse_cell(text, DATE) == Problem(Code.DATE_IMPOSSIBLE, DATE.key)
    assert parse_cell(text, MOMENT) == Problem(Code.DATETIME_IMPOSSIBLE, MOMENT.key)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:00:00-09:00"])
def test_r14_a_moment_beyond_the_years_of_utc_is_refused_though_its_day_exists(text: str) -> None:
    assert parse_cell(text, MOMENT) == Problem(Code.DATETIME_IMPOSSIBLE, MOMENT.key)
    assert parse_cell(text, DATE) == text[:10]


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("2025.05.04", "2025-05-04", "2025-05-04"),
        ("2025/05/04", "2025-05-04", "2025-05-04"),
        ("2025/5/4", "2025-05-04", "2025-05-04"),
        ("2025-5-4", "2025-05-04", "2025-05-04"),
        ("2025. 5. 4.", "2025-05-04", "2025-05-04"),
        ("2025년 5월 4일", "2025-05-04", "2025-05-04"),
        ("2025년5월4일", "2025-05-04", "2025-05-04"),
        ("2025-05-04 (일)", "2025-05-04", "2025-05-04"),
        ("2025년 5월 4일 일요일", "2025-05-04", "2025-05-04"),
        ("May 4, 2025", "2025-05-04", "2025-05-04"),
        ("4 May 2025", "2025-05-04", "2025-05-04"),
        ("4th May 2025", "2025-05-04", "2025-05-04"),
        ("04-May-2025", "2025-05-04", "2025-05-04"),
        ("Sept. 4 2025", "2025-09-04", "2025-09-04"),
        ("2025.05.04 13:20", "2025-05-04", "2025-05-04T13:20:00Z"),
        ("2025-05-04 13:20:05", "2025-05-04", "2025-05-04T13:20:05Z"),
        ("2025-05-04 13:20:05.5", "2025-05-04", "2025-05-04T13:20:05.500Z"),
        ("2025-05-04 13:20:05+09:00", "2025-05-04", "2025-05-04T13:20:05+09:00"),
        ("2025-05-04T13:20:05+0900", "2025-05-04", "2025-05-04T13:20:05+09:00"),
        ("2025-05-04T9:05Z", "2025-05-04", "2025-05-04T09:05:00Z"),
        ("2025-05-04t09:05z", "2025-05-04", "2025-05-04T09:05:00Z"),
        ("2025-05-04 09:05 KST", "2025-05-04", "2025-05-04T09:05:00+09:00"),
        ("2025-05-04 9:05 pm", "2025-05-04", "2025-05-04T21:05:00Z"),
        ("2025. 5. 4. 오후 1:20:05", "2025-05-04", "2025-05-04T13:20:05Z"),
        ("2025년 5월 4일 오전 12시 5분", "2025-05-04", "2025-05-04T00:05:00Z"),
        ("2025년 5월 4일 13시", "2025-05-04", "2025-05-04T13:00:00Z"),
        ("Sun, 04 May 2025 09:00:00 +0900", "2025-05-04", "2025-05-04T09:00:00+09:00"),
    ],
)
def test_r14_other_shapes_are_refused_with_the_right_form_of_that_very_value(text: str, day: str, moment: str) -> None:
    assert parse_cell(text, DATE) == Problem(Code.DATE_SHAPE, DATE.key, {"suggestion": day})
    assert parse_cell(text, MOMENT) == Problem(Code.DATETIME_SHAPE, MOMENT.key, {"suggestion": moment})


@pytest.mark.parametrize(
    "text",
    [
        "26.11.23",
        "25-05-04",
        "04/05/2025",
        "05.04.2025",
        "4/5",
        "2025-05",
        "May 2025",
        "2025-W18-7",
        "2025-124",
        "20250504T090000Z",
        "2025-05-04T",
        "2025-05-04T09",
        "2025-05-04 EST",
        "2025-05-04 09:00 EST",
        "2025-05-04 10 11",
        "2025-05-04/2025-05-05",
        "٢٠٢٥-٠٥-٠٤",
        "２０２５-05-04",
        "어제",
        "today",
        "now",
        "+1746316800000",
        "1746316800000.0",
        "1_746_316_800_000",
        "9" * 18,
        "9" * 5000,
        "2025.05.04" + " " * 100_000 + "x",
    ],
)
def test_r14_what_can_be_read_in_several_ways_or_none_gets_no_suggestion(text: str) -> None:
    assert parse_cell(text, DATE) == Problem(Code.DATE_INVALID, DATE.key)
    assert parse_cell(text, MOMENT) == Problem(Code.DATETIME_INVALID, MOMENT.key)


@pytest.mark.parametrize("text", ["20250504", "2025", "45781"])
def test_r14_digits_alone_are_epoch_milliseconds_whatever_else_they_look_like(text: str) -> None:
    assert parse_cell(text, MOMENT) == int(text)
    assert parse_cell(text, DATE) == "1970-01-01"


@pytest.mark.parametrize("text", ["1.74632E+12", "1e3"])
def test_r12_epoch_milliseconds_that_a_spreadsheet_shortened_are_refused_as_such(text: str) -> None:
    assert code_of(parse_cell(text, DATE)) is Code.NUMBER_SHORTENED
    assert code_of(parse_cell(text, MOMENT)) is Code.NUMBER_SHORTENED


two_digits = st.integers(0, 61).map("{:02}".format)
moments = st.builds(
    "{}-{}-{}T{}:{}{}{}".format,
    st.integers(0, 9999).map("{:04}".format),
    st.integers(0, 13).map("{:02}".format),
    st.integers(0, 32).map("{:02}".format),
    st.integers(0, 25).map("{:02}".format),
    two_digits,
    st.just("") | st.builds(":{}{}".format, two_digits, st.just("") | st.from_regex(r"\A\.[0-9]{1,9}\Z")),
    st.sampled_from(["", "Z"]) | st.builds("{}{}:{}".format, st.sampled_from("+-"), two_digits, two_digits),
)


@settings(max_examples=500)
@given(moments)
@example("2025-05-04T24:00Z")
def test_r14_an_iso_moment_is_the_one_that_dateutil_reads(text: str) -> None:
    parsed = parse_datetime(text, MOMENT)
    try:
        moment = isoparse(text)
        expected = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            milliseconds=1
        )
        expected = int(expected)
    except ValueError:
        assert parsed == Problem(Code.DATETIME_IMPOSSIBLE, MOMENT.key)
        return
    if "T24:" in text or not -62135596800000 <= expected <= 253402300799999:
        assert parsed == Problem(Code.DATETIME_IMPOSSIBLE, MOMENT.key)
    else:
        assert parsed == expected
        assert parse_date(text, DATE) == text[:10]


@given(st.integers(-62135596800000, 253402300799999))
def test_r14_a_printed_moment_reads_back(value: int) -> None:
    assert parse_datetime(print_datetime(value), MOMENT) == value
    assert parse_datetime(str(value), MOMENT) == value
    assert len(print_datetime(value)) == len("2025-05-04T00:00:00.000Z")
    assert parse_date(str(value), DATE) == print_datetime(value)[:10]


@settings(max_examples=300)
@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.sampled_from(
        [
            *(
                "{0:%Y}.{0.month}.{0.day}",
                "{0:%Y/%m/%d}",
                "{0:%Y}년 {0.month}월 {0.day}일",
                "{0:%Y}. {0.month}. {0.day}.",
            ),
            *("{1} {0.day}, {0:%Y}", "{0.day} {1} {0:%Y}", "{0:%d}-{2}-{0:%Y}", "{2} {0.day} {0:%Y}"),
        ]
    ),
)
def test_r14_the_suggested_day_is_always_the_one_that_was_written(day: date, shape: str) -> None:
    month = MONTHS[day.month - 1]
    text = shape.format(day, month, month[:3])
    assert parse_cell(text, DATE) == Problem(Code.DATE_SHAPE, DATE.key, {"suggestion": day.isoformat()})


@settings(max_examples=500)
@given(
    st.text("0123456789-./: TtZz+년월일시오전후AMPmay", max_size=24) | moments.map(lambda text: text.replace("T", " "))
)
def test_r14_a_suggestion_is_itself_taken(text: str) -> None:
    for field in (DATE, MOMENT):
        problem = parse_cell(text, field)
        if isinstance(problem, Problem) and "suggestion" in problem.params:
            assert not isinstance(parse_cell(str(problem.params["suggestion"]), field), Problem | None)
