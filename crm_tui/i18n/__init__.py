"""Codes become Korean or English sentences here, and nowhere else (R18)."""

import locale
import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crm_tui.core.fields import OPT_OUTS, Field
from crm_tui.core.problems import Problem
from crm_tui.core.safe_text import make_visible
from crm_tui.services.errors import CrmError

if TYPE_CHECKING:
    from crm_tui.services.importing.survey import Remark
    from crm_tui.services.importing.templates import TemplateWords
    from crm_tui.services.withdrawing import UnfoundRow

Language = Literal["ko", "en"]
_chosen: Language | None = None
_keys: dict[str, str] = {}
"""The keys in force as a person reads them, for sentences that name one: `{key_import}`."""


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


def name_keys(keys: Mapping[str, str]) -> None:
    """Take what sentences of the screens are to call the keys."""
    _keys.clear()
    _keys.update(keys)


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
    return catalogue(language(), file)[name].format(**_keys, **params)


def field_label(field: Field) -> str:
    """Return a field's name as a manager knows it: its own label, or for a built-in one the word of the language."""
    return field.label or catalogue(language(), "fields").get(field.key, field.key)


def describe(problem: Problem) -> str:
    """Say what is wrong with a value and what a right one looks like."""
    params = {name: make_visible(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    name = problem.code.value
    if params.get("suggestion") == "":
        name += "_plain"
    return t(f"problems.{name}", **params)


def describe_unfound(row: "UnfoundRow") -> str:
    """Say why a row of a file of withdrawn customers deletes nobody (R2, R18)."""
    return t(f"withdrawn.why_{row.why}") if row.problem is None else describe(row.problem)


def describe_error(error: CrmError) -> str:
    """Say what is wrong with the circumstances and what to do."""
    params = {name: make_visible(value) if isinstance(value, str) else value for name, value in error.params.items()}
    if "since" in params:
        params["since"] = _local_time(int(params["since"]))
    if "permission" in params:
        params["permission"] = t(f"team.permission_{params['permission']}")
    if error.code == "query_wrong":
        params["expected"] = expected_sentence(str(error.params["expected"]).split("\n"))
    return t(f"errors.{error.code}", **params)


def expected_sentence(expected: Iterable[str]) -> str:
    """Say what a search line could say where it is wrong: what `QueryMistake.expected` holds."""
    choices = [_choice(one) for one in expected]
    if len(choices) == 1:
        return t("query.expected", choices=choices[0])
    return t("query.expected", choices=t("query.choice", first=", ".join(choices[:-1]), last=choices[-1]))


def _choice(expected: str) -> str:
    is_code = expected[:1] == "<" and expected[-1:] == ">"
    return t(f"query.{expected[1:-1]}") if is_code else make_visible(expected)


def _local_time(moment: int) -> str:
    """Return an instant (UTC epoch milliseconds) in the manager's zone, with its name."""
    return f"{datetime.fromtimestamp(moment / 1000, UTC).astimezone():%Y-%m-%d %H:%M %Z}"


def describe_remark(remark: "Remark") -> str:
    """Say what looks suspicious about a column and what to do."""
    params = {name: make_visible(value) if isinstance(value, str) else value for name, value in remark.params.items()}
    header = make_visible(remark.header) or t("remarks.unnamed", column=remark.column + 1)
    label = catalogue(language(), "fields").get(remark.field, remark.field)
    return t(f"remarks.{remark.code}", header=header, field=label, key=remark.field, **params)


def template_words() -> "TemplateWords":
    """Return what a template says in the language in use (R20)."""
    from crm_tui.services.importing.templates import TemplateWords

    sentences = catalogue(language(), "templates")

    def about(field: Field, kind: str) -> str:
        group = "opt_out" if field.key in OPT_OUTS else field.type.value
        return sentences.get(f"{kind}.{field.key}") or sentences[f"{kind}.{group}"]

    return TemplateWords(
        sheet=sentences["sheet"],
        examples_sheet=sentences["examples_sheet"],
        headings=tuple(sentences[f"heading_{name}"] for name in ("key", "label", "note", "example", "other_example")),
        label=field_label,
        note=lambda field: about(field, "note"),
        key_note=sentences["key_note"],
        example_mark=sentences["example_mark"],
        examples=lambda field: (about(field, "example"), about(field, "other_example")),
    )
