"""R18: every reason has a sentence in both languages that shows a right value or says what to do."""

import re
from collections.abc import Iterator

import pytest

from crm_tui.core.fields import (
    BUILT_IN,
    BUILT_IN_FIELDS,
    EMAIL,
    LANDLINE_NUMBER,
    MOBILE_NUMBER,
    NAME,
    TAGS,
    UNSUBSCRIBE_EMAIL,
    Field,
    FieldType,
)
from crm_tui.core.mapping import propose
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell
from crm_tui.i18n import Language, catalogue, describe, field_label, language, set_language

NUMBER = Field("profile.points", FieldType.NUMBER)
NUMBERS = Field("profile.scores", FieldType.LIST_OF_NUMBER)
DATE = Field("profile.birthday", FieldType.DATE)
MOMENT = Field("profile.seen", FieldType.DATETIME)
LIST = Field("profile.hobbies", FieldType.LIST)

SHOWN = [  # a right value stands in the sentence
    (Code.PHONE_NO_COUNTRY_CODE, BUILT_IN[MOBILE_NUMBER], "010-2020-3030"),
    (Code.PHONE_NO_COUNTRY_CODE, BUILT_IN[MOBILE_NUMBER], "없음"),
    (Code.PHONE_NO_COUNTRY_CODE, BUILT_IN[LANDLINE_NUMBER], "010-2020-3030"),
    (Code.PHONE_EXTENSION, BUILT_IN[MOBILE_NUMBER], "+82 10-2020-3030 x1"),
    (Code.PHONE_EXTENSION, BUILT_IN[LANDLINE_NUMBER], "+82 2-544-1234 x1"),
    (Code.PHONE_INVALID, BUILT_IN[MOBILE_NUMBER], "+82"),
    (Code.PHONE_INVALID, BUILT_IN[LANDLINE_NUMBER], "+82"),
    (Code.PHONE_KOREAN_MOBILE, BUILT_IN[MOBILE_NUMBER], "+82 11-234-5678"),
    (Code.PHONE_NOT_MOBILE, BUILT_IN[MOBILE_NUMBER], "+82 2-544-1234"),
    (Code.PHONE_NOT_LANDLINE, BUILT_IN[LANDLINE_NUMBER], "+82 10-2020-3030"),
    (Code.EMAIL_INVALID, BUILT_IN[EMAIL], "hong"),
    (Code.NUMBER_INVALID, NUMBER, "x"),
    (Code.NUMBER_THOUSANDS, NUMBER, "1,000"),
    (Code.NUMBER_SHORTENED, NUMBER, "8.21E+11"),
    (Code.NUMBER_TOO_LONG, NUMBER, "1234567890123456"),
    (Code.BOOLEAN_INVALID, BUILT_IN[UNSUBSCRIBE_EMAIL], "예"),
    (Code.DATE_INVALID, DATE, "x"),
    (Code.DATE_SHAPE, DATE, "2025.05.04"),
    (Code.DATE_IMPOSSIBLE, DATE, "2025-02-30"),
    (Code.DATETIME_INVALID, MOMENT, "x"),
    (Code.DATETIME_SHAPE, MOMENT, "2025.05.04 13:20"),
    (Code.DATETIME_IMPOSSIBLE, MOMENT, "2025-02-30"),
    (Code.LIST_INVALID, LIST, "x"),
    (Code.LIST_INVALID, BUILT_IN[TAGS], "x"),
    (Code.NUMBER_LIST_INVALID, NUMBERS, "x"),
    (Code.TAG_INVALID, BUILT_IN[TAGS], '["a/"]'),
    (Code.TAG_LEVELS, BUILT_IN[TAGS], '["a/b/c"]'),
    (Code.TAG_CHARACTER, BUILT_IN[TAGS], '["a b"]'),
]
LIMITED = [  # the limit, or what to do, stands in the sentence
    (Code.STRING_TOO_LONG, BUILT_IN[NAME], "x" * 513, r"\b512"),
    (Code.EMAIL_TOO_LONG, BUILT_IN[EMAIL], "x" * 255, r"\b254"),
    (Code.LIST_TOO_MANY, LIST, "[" + ",".join(['"x"'] * 201) + "]", r"\b200"),
    (Code.LIST_ITEM_TOO_LONG, LIST, '["' + "x" * 513 + '"]', r"\b512"),
    (Code.TAG_TOO_LONG, BUILT_IN[TAGS], '["' + "x" * 129 + '"]', r"\b128"),
    (Code.CONTROL_CHARACTER, BUILT_IN[NAME], "a\x00", r"U\+0000.*(Remove it|지우고)"),
]
OTHERS = {  # what happens to rows and to what is done by hand
    Code.KEY_BLANK: ({}, r"Fill it in|넣거나"),
    Code.ROW_RAGGED: ({"cells": 3, "expected": 4}, r"3\D*4.*(Check|확인)"),
    Code.OPT_OUT_MISSING: ({}, r"true.*false"),
    Code.PROFILE_TOO_MANY_KEYS: ({"count": 257, "limit": 256}, r"257.*256"),
    Code.PROFILE_TOO_LARGE: ({"size": 15361, "limit": 15360}, r"15361.*15360"),
    Code.FIELD_UNKNOWN: ({"name": "x"}, r'"x".*crm-tui fields'),
    Code.FIELD_READ_ONLY: ({}, r"Leave it out|빼고"),
    Code.FIELD_KEY_INVALID: ({"name": "1"}, r'"1".*birthday'),
    Code.FIELD_KEY_TAKEN: ({"name": "a"}, r'"a".*(another|다른)'),
    Code.CONTACT_MISSING: ({}, r"hong@example\.com"),
    Code.MEMBER_ID_TAKEN: ({}, r"another one|다른 아이디"),
    Code.SEGMENT_NAME_MISSING: ({}, r"Regulars|단골"),
    Code.SEGMENT_NAME_TOO_LONG: ({"length": 65, "limit": 64}, r"65.*64"),
    Code.SEGMENT_TAKEN: ({"name": "a"}, r'"a".*(another|다른)'),
    Code.MANAGER_NAME_INVALID: ({"limit": 256}, r"minsu"),
    Code.MANAGER_TAKEN: ({"name": "minsu"}, r"minsu.*(role|역할)"),
    Code.ROLE_NAME_MISSING: ({}, r"Support|상담원"),
    Code.ROLE_NAME_TOO_LONG: ({"length": 101, "limit": 100}, r"101.*100"),
    Code.ROLE_TAKEN: ({"name": "a"}, r"a.*(another|다른)"),
    Code.ROLES_FULL: ({"limit": 20}, r"20.*(Delete|삭제)"),
    Code.TAG_TAKEN: ({"tag": "vip"}, r'"vip".*(merge|합쳐)'),
    Code.TAG_SAME: ({"tag": "vip"}, r'"vip".*(customers|고객)'),
    Code.MEMBER_ID_MISSING: ({}, r"M-1001"),
    Code.NOTHING_TO_VERIFY: ({}, r"Choose|고르거나"),
    Code.TEXT_MISSING: ({}, r"Write down|적어 주세요"),
    Code.MESSAGE_MISSED: ({}, r"in\b.*out\b"),
    Code.SECONDS_INVALID: ({"limit": 86400}, r"86400.*90"),
    Code.SECONDS_OF_MISSED: ({}, r"Leave|빼고"),
    Code.MOMENT_TO_COME: ({}, r"2025-05-04T09:00:00\+09:00"),
    Code.MOMENT_TOO_EARLY: ({}, r"2000-01-01.*2025-05-04T09:00:00\+09:00"),
}


@pytest.fixture(params=["ko", "en"])
def spoken(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    set_language(chosen)
    return chosen


def refused(code: Code, field: Field, cell: str) -> Problem:
    problem = parse_cell(cell, field)
    assert isinstance(problem, Problem)
    assert problem.code is code
    return problem


def candidates(sentence: str) -> Iterator[str]:
    """Yield every end of a sentence, and every word: one of them should be a right value."""
    words = sentence.split()
    for place, word in enumerate(words):
        yield " ".join(words[place:])
        yield word.strip(".,;")


def test_r18_every_code_is_looked_at_here() -> None:
    assert {*(row[0] for row in (*SHOWN, *LIMITED)), *OTHERS} == set(Code)


@pytest.mark.parametrize(("code", "field", "cell"), SHOWN)
def test_r18_a_refusal_shows_a_value_that_would_be_taken(code: Code, field: Field, cell: str, spoken: Language) -> None:
    sentence = describe(refused(code, field, cell))
    assert any(not isinstance(parse_cell(text, field), Problem | None) for text in candidates(sentence)), sentence


@pytest.mark.parametrize(("code", "field", "cell", "said"), LIMITED)
def test_r18_a_refusal_says_the_limit(code: Code, field: Field, cell: str, said: str, spoken: Language) -> None:
    assert re.search(said, describe(refused(code, field, cell)))


@pytest.mark.parametrize("code", OTHERS)
def test_r18_other_refusals_say_what_to_do(code: Code, spoken: Language) -> None:
    params, said = OTHERS[code]
    assert re.search(said, describe(Problem(code, "", params)))


def test_r18_no_sentence_is_left_over() -> None:
    names = {code.value for code in Code} | {"phone_no_country_code_plain"}
    assert set(catalogue("ko", "problems")) == names


def test_r10_a_number_for_the_other_field_is_said_to_be_right_there(spoken: Language) -> None:
    assert "landlineNumber" in describe(refused(Code.PHONE_NOT_MOBILE, BUILT_IN[MOBILE_NUMBER], "+82 2-544-1234"))
    assert "mobileNumber" in describe(refused(Code.PHONE_NOT_LANDLINE, BUILT_IN[LANDLINE_NUMBER], "+82 10-2020-3030"))


def test_text_of_a_customer_in_a_sentence_is_made_visible(spoken: Language) -> None:
    sentence = describe(refused(Code.TAG_CHARACTER, BUILT_IN[TAGS], '["a\x1b[31m.b"]'))
    assert "\x1b" not in sentence
    assert "␛" in sentence


def test_braces_in_a_customers_text_are_only_text(spoken: Language) -> None:
    assert "{0/{x}/{1" in describe(refused(Code.TAG_LEVELS, BUILT_IN[TAGS], '["{0/{x}/{1"]'))


def test_r22_the_label_of_every_built_in_field_is_mapped_in_both_languages(spoken: Language) -> None:
    for proposal, field in zip(
        propose([*map(field_label, BUILT_IN_FIELDS)], BUILT_IN_FIELDS), BUILT_IN_FIELDS, strict=True
    ):
        assert (proposal.field, proposal.is_certain) == (field.key, True)


def test_a_custom_field_is_called_by_its_label(spoken: Language) -> None:
    assert field_label(Field("profile.birthday", FieldType.DATE, "생일")) == "생일"
    assert field_label(DATE) == "profile.birthday"


@pytest.mark.parametrize(
    ("environment", "spoken_then"),
    [
        ({}, "ko"),
        ({"LANG": "C"}, "ko"),
        ({"LANG": "C.UTF-8"}, "ko"),
        ({"LANG": "POSIX"}, "ko"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "ko_KR"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "CRM_TUI_LANG": "en"}, "en"),
    ],
)
def test_the_language_is_the_environments_and_korean_where_that_says_nothing(
    environment: dict[str, str], spoken_then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken_then


def test_a_chosen_language_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TUI_LANG", "en")
    set_language("ko")
    assert language() == "ko"
