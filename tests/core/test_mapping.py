"""R22: which field a column is meant for."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, OPT_OUTS, SYSTEM_KEYS, Field, FieldType
from crm_tui.core.mapping import CERTAIN_SCORE, SUGGESTION_SCORE, Proposal, bare, propose
from crm_tui.core.synonyms import MAYBE, SYNONYMS

FIELDS = (
    *BUILT_IN_FIELDS,
    Field("profile.birthDay", FieldType.DATE, "생일"),
    Field("profile.grade", FieldType.STRING, "회원 등급"),
)


def proposed(*headers: str, **options: object) -> list[tuple[str | None, bool]]:
    return [(one.field, one.is_certain) for one in propose(headers, FIELDS, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        # keys, as templates and files of failed rows have them
        *((field.key, field.key) for field in FIELDS),
        *((field.key.removeprefix("profile."), field.key) for field in FIELDS),
        ("PROFILE.NAME", "profile.name"),
        ("member_id", "memberId"),
        ("unsubscribe email", "unsubscribeEmail"),
        # labels
        ("생일", "profile.birthDay"),
        ("회원등급", "profile.grade"),
        # usual names
        ("이름", "profile.name"),
        ("성함", "profile.name"),
        ("고객명", "profile.name"),
        ("휴대폰", "profile.mobileNumber"),
        ("휴대전화", "profile.mobileNumber"),
        ("연락처", "profile.mobileNumber"),
        ("이메일", "profile.email"),
        ("회원번호", "memberId"),
        ("아이디", "memberId"),
        ("문자 수신거부", "unsubscribeTexting"),
        ("이메일수신거부", "unsubscribeEmail"),
        ("이메일(수신거부)", "unsubscribeEmail"),
        ("태그", "tags"),
        ("비고", "profile.description"),
        ("최근구매일", "profile.lastCheckoutCompletedAt"),
        ("유선전화", "profile.landlineNumber"),
        # as sheets have them
        ("고객 이름*", "profile.name"),
        ("  이름 :", "profile.name"),
        ("이름(필수)", "profile.name"),
        ("*이메일 [선택]", "profile.email"),
        ("E-mail 주소", "profile.email"),
        ("E-MAIL", "profile.email"),
        ("Mobile No.", "profile.mobileNumber"),
        ("휴대폰(Mobile)", "profile.mobileNumber"),
        ("Name / 이름", "profile.name"),
        ("\ufeff이름", "profile.name"),
        (unicodedata.normalize("NFD", "휴대폰 번호"), "profile.mobileNumber"),
        (unicodedata.normalize("NFD", "생일"), "profile.birthDay"),
    ],
)
def test_r22_a_key_a_label_or_a_usual_name_is_mapped_already(header: str, field: str) -> None:
    assert proposed(header) == [(field, True)]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("수신거부", "unsubscribeEmail"),
        ("수신거부 여부", "unsubscribeEmail"),
        ("전화번호", "profile.mobileNumber"),
        ("Phone", "profile.mobileNumber"),
        ("Tel", "profile.landlineNumber"),
        ("ID", "memberId"),
        ("연락처(직장)", "profile.mobileNumber"),
        ("이메일2", "profile.email"),
        ("회원번호호", "memberId"),
        ("emial", "profile.email"),
    ],
)
def test_r22_what_may_mean_something_else_is_suggested_only(header: str, field: str) -> None:
    assert proposed(header) == [(field, False)]


@pytest.mark.parametrize(
    "header",
    ["", " ", "***", "주소", "성별", "나이", "회사명", "Last name", "포인트", "가입일", "Column 7", "x" * 100_000]
    + ["이메일 수신동의", "이메일 수신동의 여부", "이메일 수신 여부", "SMS 수신동의", "email opt in", "Subscribed to email"]
    + [key for key in SYSTEM_KEYS if key != "id"],
)  # fmt: skip
def test_r22_what_means_none_of_the_fields_is_left_alone(header: str) -> None:
    assert proposed(header) == [(None, True)]


def test_r22_no_usual_name_means_two_fields_for_sure() -> None:
    meant: dict[str, set[str]] = {}
    for names in (SYNONYMS, {field.key: (field.key, field.label) for field in BUILT_IN_FIELDS}):
        for key, listed in names.items():
            for name in filter(None, map(bare, listed)):
                meant.setdefault(name, set()).add(key)
    assert {name: keys for name, keys in meant.items() if len(keys) > 1} == {}
    assert not meant.keys() & {bare(name) for listed in MAYBE.values() for name in listed}
    for name in (name for listed in SYNONYMS.values() for name in listed):
        ((field, is_certain),) = proposed(name)
        assert (field in meant[bare(name)], is_certain) == (True, True)


def test_r22_of_two_columns_for_one_field_the_one_that_says_it_better_gets_it() -> None:
    assert proposed("연락처", "휴대폰 번호") == [(None, True), ("profile.mobileNumber", True)]
    assert proposed("휴대폰 번호", "profile.mobileNumber") == [(None, True), ("profile.mobileNumber", True)]
    # Which of two columns of one name is meant, only the manager knows.
    assert proposed("이메일", "이메일") == [("profile.email", False), (None, True)]
    assert proposed("전화번호", "휴대폰") == [("profile.landlineNumber", False), ("profile.mobileNumber", True)]
    assert proposed("수신거부", "수신거부") == [("unsubscribeEmail", False), ("unsubscribeTexting", False)]


def test_r22_a_label_goes_before_a_usual_name_and_two_fields_of_one_label_are_for_the_manager_to_tell_apart() -> None:
    custom = (Field("profile.call", FieldType.STRING, "연락처"), Field("profile.call2", FieldType.STRING, "Call"))
    (alone,) = propose(["연락처"], (*FIELDS, custom[0]))
    assert (alone.field, alone.is_certain) == ("profile.call", True)
    one, other = propose(["연락처", "연락처"], (*FIELDS, custom[0]))
    assert (one.field, one.is_certain) == ("profile.call", False)  # a header that stands twice is never certain
    assert (other.field, other.is_certain) == ("profile.mobileNumber", False)
    twins = (custom[1], Field("profile.call3", FieldType.STRING, "CALL"))
    assert [one.is_certain for one in propose(["Call"], (*FIELDS, *twins))] == [False]


def test_r6_a_field_that_a_manager_named_like_one_of_the_systems_is_found() -> None:
    custom = Field("profile.type", FieldType.STRING, "유형")
    assert [one.field for one in propose(["type"], (*FIELDS, custom))] == ["profile.type"]


def test_r6_what_the_system_keeps_is_not_taken_for_a_field_that_looks_like_it() -> None:
    custom = Field("profile.types", FieldType.STRING, "Types")
    assert [one.field for one in propose(["type", "Typen"], (*FIELDS, custom))] == [None, "profile.types"]


def test_r38_the_columns_of_a_failure_file_are_skipped_and_the_keys_behind_them_mapped() -> None:
    headers = ("rowNumber", "errorColumns", "이름", "memberId", "profile.name")
    assert propose(headers, FIELDS, skipped=(0, 1, 2)) == (
        Proposal(0, "rowNumber", None, 0.0, True),
        Proposal(1, "errorColumns", None, 0.0, True),
        Proposal(2, "이름", None, 0.0, True),
        Proposal(3, "memberId", "memberId", 1.0, True),
        Proposal(4, "profile.name", "profile.name", 1.0, True),
    )


def test_r22_the_last_mapping_for_the_same_headers_is_proposed_again() -> None:
    nfd = unicodedata.normalize("NFD", "메모")
    previous = {"아무거나": "profile.name", "이름": None, "메모": "tags", "이메일": "profile.archivedSince"}
    assert proposed("이름", " 아무거나 ", nfd, "이메일", previous=previous) == [
        (None, True),
        ("profile.name", True),
        ("tags", True),
        ("profile.email", True),
    ]


headers = st.lists(
    st.text(max_size=12)
    | st.sampled_from([name for listed in (*SYNONYMS.values(), *MAYBE.values()) for name in listed])
    | st.sampled_from(["이메일 (필수)", "Name/이름", "수신거부", "profile.name", "생일 ", "연락처(집)", "id"]),
    max_size=12,
)


@settings(deadline=None)
@given(headers)
def test_r22_no_field_is_proposed_twice_and_none_is_certain_below_a_high_score(headers: list[str]) -> None:
    proposals = propose(headers, FIELDS)
    assert [(one.column, one.header) for one in proposals] == list(enumerate(headers))
    fields = [one.field for one in proposals if one.field is not None]
    assert len(fields) == len(set(fields))
    for one in proposals:
        if one.field is None:
            assert one.score == 0.0
        else:
            assert SUGGESTION_SCORE <= one.score <= 1.0
            assert one.score >= CERTAIN_SCORE or not one.is_certain


@given(
    st.sampled_from(["수신동의", "수신 여부", "opt in", "consent", "수신허용"]),
    st.sampled_from(["이메일 ", "문자 ", "SMS ", "email "]),
)
def test_r27_a_consent_is_never_taken_for_its_contrary(consent: str, what: str) -> None:
    assert {field for field, _ in proposed(what + consent, consent + what)} & set(OPT_OUTS) == set()


def test_r22_a_thousand_columns_and_a_hundred_fields_are_matched_at_once() -> None:
    fields = (*FIELDS, *(Field(f"profile.custom{number}", FieldType.STRING, f"항목 {number}") for number in range(100)))
    headers = [
        f"{name} {number}" for number in range(100) for name in ("이름", "휴대폰", "항목", "custom", "E-mail", "주소")
    ]
    headers += [f"custom field {number}" for number in range(400)]
    started = time.process_time()
    proposals = propose(headers, fields)
    assert time.process_time() - started < 3  # a third of a second alone; nothing like the minute of comparing them all
    assert sum(one.field is not None for one in proposals) >= 100


def test_r22_a_key_means_its_field_whatever_labels_say() -> None:
    custom = (
        Field("profile.first", FieldType.STRING, "memberId"),
        Field("profile.second", FieldType.STRING, "createdAt"),
        Field("profile.third", FieldType.STRING, "profile.first"),
    )
    headers = ["memberId", "createdAt", "profile.first", "profile.third"]
    found = propose(headers, (*FIELDS, *custom))
    assert [one.field for one in found] == ["memberId", None, "profile.first", "profile.third"]
    assert all(one.is_certain for one in found)
