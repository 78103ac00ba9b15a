"""The language files: the same sentences in both languages, and every sentence that the program asks for."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import crm_tui
import crm_tui.i18n
from crm_tui.i18n import catalogue
from crm_tui.services import errors

PACKAGE = Path(crm_tui.__file__).parent
LOCALE = Path(crm_tui.i18n.__file__).parent / "locale"
FILES = sorted(path.stem for path in (LOCALE / "ko").glob("*.toml"))

KEYS = "key_"
"""What the sentences call the screens' keys is given to them all."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None and name[:4] != KEYS}


def test_both_languages_have_the_same_files() -> None:
    assert sorted(path.stem for path in (LOCALE / "en").glob("*.toml")) == FILES
    assert {"problems", "errors", "fields"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_keys(name: str) -> None:
    assert catalogue("ko", name).keys() == catalogue("en", name).keys()


@pytest.mark.parametrize("name", FILES)
def test_a_sentence_takes_the_same_parameters_in_both_languages(name: str) -> None:
    korean, english = catalogue("ko", name), catalogue("en", name)
    differing = {
        key for key in korean.keys() & english.keys() if placeholders(korean[key]) != placeholders(english[key])
    }
    assert differing == set()
    assert all("" not in placeholders(sentence) for sentence in (*korean.values(), *english.values()))


@pytest.mark.parametrize("name", FILES)
def test_no_sentence_is_blank(name: str) -> None:
    for language in ("ko", "en"):
        assert [key for key, sentence in catalogue(language, name).items() if not sentence.strip()] == []


@pytest.mark.parametrize("name", ["problems", "errors"])
def test_a_korean_sentence_is_korean_and_an_english_one_is_not(name: str) -> None:
    def is_korean(sentence: str) -> bool:
        return any("가" <= char <= "힣" for char in sentence)

    assert [key for key, sentence in catalogue("ko", name).items() if not is_korean(sentence)] == []
    assert [key for key, sentence in catalogue("en", name).items() if is_korean(sentence)] == []


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def constants(expression: ast.expr) -> list[str]:
    """Return the texts that an expression may be, as far as they stand in it: "a", or "a" if x else "b"."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return [expression.value]
    if isinstance(expression, ast.IfExp):
        return [*constants(expression.body), *constants(expression.orelse)]
    return []


def given_parameters(call: ast.Call) -> set[str] | None:
    """Return the names of a call's keyword arguments; None when `**` hides some."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name is not None}


CRM_ERRORS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.CrmError)
}
RAISED = [
    (where, code, given_parameters(call))
    for where, call in calls()
    if called_name(call) in CRM_ERRORS and call.args
    for code in constants(call.args[0])
]
ASKED_FOR = [
    (where, key, given_parameters(call))
    for where, call in calls()
    if called_name(call) == "t" and call.args
    for key in constants(call.args[0])
]


def test_every_error_that_is_raised_has_a_sentence_in_both_languages_with_its_parameters() -> None:
    assert len(RAISED) > 20
    for language in ("ko", "en"):
        sentences = catalogue(language, "errors")
        assert [(where, code) for where, code, _ in RAISED if code not in sentences] == []
        lacking = [
            (where, code, placeholders(sentences[code]) - given)
            for where, code, given in RAISED
            if given is not None and not placeholders(sentences[code]) <= given
        ]
        assert lacking == []


def test_every_sentence_that_is_asked_for_by_name_is_there_with_its_parameters() -> None:
    assert len(ASKED_FOR) > 50
    for language in ("ko", "en"):
        for where, key, given in ASKED_FOR:
            name, _, sentence_key = key.partition(".")
            sentences = catalogue(language, name)
            assert sentence_key in sentences, f"{where} asks for {key} ({language})"
            wanted = placeholders(sentences[sentence_key])
            assert given is None or wanted <= given, f"{where} gives {key} no {wanted - (given or set())}"
