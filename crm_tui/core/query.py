"""The search line: words, `tag:`, `import:` and `member:` (all must match), quotes around spaces.

Inside quotes `""` stands for a quote, so that any tag can be asked for (`quoted`).
"""

import re
from dataclasses import dataclass

from crm_tui.core.fields import BUILT_IN_FIELDS, SYSTEM_KEYS
from crm_tui.core.text import fold

PREFIXES = ("tag:", "import:", "member:")
_TERM = re.compile(
    r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^\s"]+)|(?P<nothing>(?<=:)(?=\s|\Z)))'
)
_PHONE_LIKE = re.compile(r"[+(]?[0-9][0-9 ().-]*", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_YES_NO = {"yes": True, "no": False}
_FIELD_LIKE = frozenset(
    {field.key.removeprefix("profile.").lower() for field in BUILT_IN_FIELDS}
    | {key.lower() for key in SYSTEM_KEYS}
    | {"mobile", "phone", "landline", "members", "imports"}
)
"""Names that somebody would search a field by, if that were possible: not to be taken for a word."""


@dataclass(frozen=True, slots=True)
class Query:
    """What the customers of a list have in common."""

    words: tuple[str, ...] = ()
    """As `fold` writes them; each must stand somewhere in the name, e-mail or mobile number."""
    tags: tuple[str, ...] = ()
    """Folded names of customer tags."""
    import_tags: tuple[str, ...] = ()
    """Folded names of import tags."""
    is_member: bool | None = None


@dataclass(frozen=True, slots=True)
class QueryMistake:
    """Where a line cannot be understood."""

    at: int
    """Index of the character, from 0."""
    expected: str
    """What would be right there, in the words of the line itself: `"`, `yes|no`, `tag:`."""


def quoted(text: str) -> str:
    """Return `text` as the search line takes it whole."""
    return '"' + text.replace('"', '""') + '"'


def search_text(name: str | None, email: str | None, mobile_number: str | None) -> str:
    """Return the text that words are looked for in.

    A Korean number stands there as it is dialled at home too, so that `01020203030` finds `+821020203030`.
    """
    parts = [part for part in (name, email, mobile_number) if part]
    if mobile_number and mobile_number.startswith("+82"):
        parts.append(f"0{mobile_number[3:]}")
    return fold("\n".join(parts))


def parse_query(line: str) -> Query | QueryMistake:
    """Return what the search line asks for, or where it is wrong.

    A word may hold colons (`http://x`, `12:30`, `김:영업`). Only a name that a field or a prefix could have is taken
    for a mistyped prefix (`email:kim`, `tags:vip`): such a line would find nothing, and nobody would know why.
    """
    # No stored text holds a lone surrogate (broken bytes of a command line), and no database takes one.
    line = _SURROGATE.sub("\ufffd", line)
    words: list[str] = []
    tags: list[str] = []
    import_tags: list[str] = []
    is_member: bool | None = None
    position = 0
    while position < len(line):
        if line[position].isspace():
            position += 1
            continue
        match = _TERM.match(line, position)
        if match is None:
            return QueryMistake(position, '"')
        name = f"{(match['name'] or '').lower()}:"
        text = (match["plain"] or (match["quoted"] or "").replace('""', '"')).strip()
        if name in PREFIXES:
            at = match.end("name") + 1
            if name == "member:":
                wanted = _YES_NO.get(text.lower())
                if wanted is None or is_member not in (None, wanted):
                    return QueryMistake(at, "yes|no")
                is_member = wanted
            elif not text:
                return QueryMistake(at, f"{name}…")
            else:
                (tags if name == "tag:" else import_tags).append(fold(text))
        elif name[:-1] in _FIELD_LIKE:
            return QueryMistake(position, " ".join(PREFIXES))
        else:
            words.append(_word(f"{match['name']}:{text}" if match["name"] else text))
        position = match.end()
    return Query(tuple(filter(None, words)), tuple(tags), tuple(import_tags), is_member)


def _word(text: str) -> str:
    """Return a word as it stands in the text that is searched: telephone numbers as they are stored."""
    if not _PHONE_LIKE.fullmatch(text):
        return fold(text)
    number = re.sub(r"[ ().-]", "", text)
    return f"+82{number[4:]}" if number.startswith("+820") else number
