"""What a search line could say where it is wrong, in both languages."""

import re
from pathlib import Path

import pytest

import crm_tui.core.query
from crm_tui.i18n import Language, catalogue, describe_error, expected_sentence, set_language
from crm_tui.services.errors import UsageError

PACKAGE = Path(crm_tui.core.query.__file__).parent
CODES = {code for path in PACKAGE.glob("*.py") for code in re.findall(r'"<([a-z0-9_]+)>"', path.read_text("utf-8"))} | {
    "tag_name",
    "import_name",
}
"""The last two are made of the prefix's name."""


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_code_of_a_mistake_has_words_and_all_words_have_a_code(language: Language) -> None:
    assert CODES | {"expected", "choice"} == set(catalogue(language, "query"))


@pytest.mark.parametrize(
    ("language", "expected", "sentence"),
    [
        ("en", ("yes", "no"), "It could be: yes or no"),
        ("en", ("<number>",), "It could be: a number (such as 100, -5, 2.5)"),
        ("en", (":", "<", ">", "<="), "It could be: :, <, > or <="),
        ("ko", ("email:", "<field>"), "이렇게 쓸 수 있습니다: email: 또는 필드 이름"),
        ("en", ("a\x1b[31m",), "It could be: a␛[31m"),
    ],
)
def test_choices_are_told_in_a_sentence(language: Language, expected: tuple[str, ...], sentence: str) -> None:
    set_language(language)
    assert expected_sentence(expected) == sentence


def test_an_error_says_where_and_what() -> None:
    set_language("en")
    error = UsageError("query_wrong", at=8, length=1, expected="yes\nno")
    assert describe_error(error) == "Character 8 of the search cannot be understood. It could be: yes or no"
