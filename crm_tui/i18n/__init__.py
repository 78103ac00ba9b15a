"""Codes become Korean or English sentences here, and nowhere else (R18)."""

import locale
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from crm_tui.core.fields import Field
from crm_tui.core.problems import Problem
from crm_tui.core.safe_text import make_visible
from crm_tui.services.errors import CrmError

Language = Literal["ko", "en"]
_chosen: Language | None = None


def set_language(language: Language | None) -> None:
    """Choose the language for this process; None: as the environment says."""
    global _chosen
    _chosen = language


def language() -> Language:
    """Return the language in use: chosen, else CRM_TUI_LANG, else the locale; Korean where nothing says more."""
    if _chosen is not None:
        return _chosen
    for name in ("CRM_TUI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.partition(".")[0] in ("", "c", "posix"):
            continue
        return "ko" if value.startswith("ko") else "en"
    known = locale.getlocale()[0] if os.name == "nt" else None
    return "en" if known and not known.lower().startswith("ko") else "ko"


@cache
def catalogue(language: Language, name: str) -> dict[str, str]:
    """Return one file of sentences."""
    path = Path(__file__).parent / "locale" / language / f"{name}.toml"
    with path.open("rb") as file:
        sentences: dict[str, str] = tomllib.load(file)
    return sentences


def t(key: str, /, **params: object) -> str:
    """Return the sentence `<file>.<name>` with its parameters, in the language in use."""
    file, _, name = key.partition(".")
    return catalogue(language(), file)[name].format(**params)


def field_label(field: Field) -> str:
    """Return a field's name as a manager knows it: a custom field's own label, a built-in one in the language in use."""
    return field.label or catalogue(language(), "fields").get(field.key, field.key)


def describe(problem: Problem) -> str:
    """Say what is wrong with a value and what a right one looks like."""
    params = {name: make_visible(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    name = problem.code.value
    if params.get("suggestion") == "":
        name += "_plain"
    return t(f"problems.{name}", **params)


def describe_error(error: CrmError) -> str:
    """Say what is wrong with the circumstances and what to do."""
    params = {name: make_visible(value) if isinstance(value, str) else value for name, value in error.params.items()}
    return t(f"errors.{error.code}", **params)
