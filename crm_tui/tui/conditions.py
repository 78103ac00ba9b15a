"""What the search form shows of a line, and the line that it makes: no widget."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.core.fields import IMPORT_TAGS, TAGS, TYPE, Field, FieldType
from crm_tui.core.query import LinePart, QueryMistake, Vocabulary, build_line, parse_query, top_terms

WORD = ""
"""The key of what is looked for in name, e-mail and mobile number alike."""
HAS, NO = "has", "no"
"""Operators that take no value."""
_NAMES = {TAGS: "tag", IMPORT_TAGS: "import"}
"""How a line is written that asks for one of their values."""
_MEMBER = {"member": "yes", "lead": "no"}
_ORDERED = (
    FieldType.NUMBER,
    FieldType.LIST_OF_NUMBER,
    FieldType.DATE,
    FieldType.DATETIME,
)
_TERM = re.compile(r'(?P<name>[A-Za-z][A-Za-z0-9.]*)(?P<operator>:|!=|<=|>=|=|<|>)(?P<value>"(?:[^"]|"")*"|[^\s"()]+)')
_WORD = re.compile(r'"(?:[^"]|"")*"|[^\s"()]+')
_OR = re.compile(r'((?:[^"\s]|"(?:[^"]|"")*")+)(?:\s+OR\s+|\s*\Z)')


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the form."""

    key: str = WORD
    operator: str = ":"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A search as the form shows it."""

    conditions: tuple[Condition, ...] = ()
    is_any: bool = False
    """One of them is enough."""
    rest: str = ""
    """What the form cannot show: it stays as it is."""


def operators_for(field: Field | None) -> tuple[str, ...]:
    """Return what can be asked of a field; None for words."""
    if field is None:
        return (":",)
    if field.key == TYPE:
        return ("=",)
    if field.type is FieldType.BOOLEAN:
        return ("=", HAS, NO)
    if field.type in _ORDERED:
        return ("=", "!=", "<", "<=", ">", ">=", HAS, NO)
    if field.key in _NAMES or field.type is FieldType.LIST:
        return ("=", "!=", HAS, NO)
    return (":", "=", "!=", HAS, NO)


def write_form(form: Form) -> str:
    """Return the search line of a form; conditions without a value are left out."""
    terms = [_written(one) for one in form.conditions if one.operator in (HAS, NO) or one.text.strip()]
    if not form.is_any:
        return " ".join((*([form.rest] if form.rest else []), *terms))
    alternatives = " OR ".join(terms)
    if not form.rest or not terms:
        return form.rest or alternatives
    return f"{form.rest} {f'({alternatives})' if len(terms) > 1 else alternatives}"


def _written(one: Condition) -> str:
    text = one.text.strip()
    if one.operator in (HAS, NO):
        return build_line([LinePart(one.operator, ":", one.key.removeprefix("profile."))])
    if one.key == TYPE and text.lower() in _MEMBER:
        return f"member:{_MEMBER[text.lower()]}"
    if one.key in _NAMES and one.operator == "=":
        return build_line([LinePart(_NAMES[one.key], ":", text)])
    return build_line([LinePart(one.key, one.operator, text)])


def read_form(line: str, vocabulary: Vocabulary) -> Form:
    """Return a line as the form shows it; of one that cannot be understood, nothing."""
    if not line.strip() or isinstance(parse_query(line, vocabulary), QueryMistake):
        return Form()
    alternatives = _alternatives(line, vocabulary)
    if alternatives is not None:
        return Form(alternatives, is_any=True)
    terms = [term.text for term in top_terms(line, vocabulary)]
    if not terms:
        return Form(rest=f"({line.strip()})")
    read = [(term, _read(term, vocabulary)) for term in terms]
    known = tuple(one for _, one in read if one is not None)
    return Form(known, rest=" ".join(term for term, one in read if one is None))


def _alternatives(line: str, vocabulary: Vocabulary) -> tuple[Condition, ...] | None:
    """Return the conditions of a line that joins nothing but simple ones by OR."""
    pieces = _OR.findall(line.strip())
    if len(pieces) < 2 or "".join(pieces) != "".join(_OR.sub(r"\1", line.strip())):
        return None
    read = [_read(piece, vocabulary) for piece in pieces]
    return tuple(one for one in read if one is not None) if all(read) else None


def _read(term: str, vocabulary: Vocabulary) -> Condition | None:
    """Return one term as a condition; None where the form has no words for it."""
    match = _TERM.fullmatch(term)
    if match is None:
        is_word = _WORD.fullmatch(term) and not term.startswith("@")
        return Condition(text=_unquoted(term)) if is_word else None
    name, operator, text = match["name"].lower(), match["operator"], _unquoted(match["value"])
    if match["value"].startswith("@"):
        return None
    if name in ("tag", "import"):
        return Condition(TAGS if name == "tag" else IMPORT_TAGS, "=", text) if operator == ":" else None
    if name == "member":
        return Condition(TYPE, "=", "member" if text.lower() == "yes" else "lead")
    if name in (HAS, NO):
        field = vocabulary.field(text)
        return Condition(field.key, name) if field is not None else None
    field = vocabulary.field(name)
    if field is None:
        return Condition(text=_unquoted(term)) if name != "segment" else None
    if operator == ":" and ":" not in operators_for(field):
        operator = "="
    return Condition(field.key, operator, text) if operator in operators_for(field) else None


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def matching_fields(typed: str, fields: Sequence[Field], names: Sequence[Sequence[str]]) -> list[Field]:
    """Return the fields of which a name holds what is typed; those that begin with it come first."""
    wanted = typed.strip().casefold()
    found = [(field, [name.casefold() for name in known]) for field, known in zip(fields, names, strict=True)]
    first = [field for field, known in found if any(name.startswith(wanted) for name in known)]
    return first + [field for field, known in found if field not in first and any(wanted in name for name in known)]
