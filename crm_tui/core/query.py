"""The search line: words, `tag:`, `import:` and `member:` (all must match), quotes around spaces."""

import re
import unicodedata
from dataclasses import dataclass

_TERM = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')
_PHONE_LIKE = re.compile(r"[+(]?[0-9][0-9 ().-]*")
_YES_NO = {"yes": True, "no": False}


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


def fold(text: str) -> str:
    """Return `text` as names and tags are compared: NFC, without regard to case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def search_text(name: str | None, email: str | None, mobile_number: str | None) -> str:
    """Return the text that words are looked for in.

    A Korean number stands there as it is dialled at home too, so that `01020203030` finds `+821020203030`.
    """
    parts = [part for part in (name, email, mobile_number) if part]
    if mobile_number and mobile_number.startswith("+82"):
        parts.append(f"0{mobile_number[3:]}")
    return fold("\n".join(parts))


def parse_query(line: str) -> Query | QueryMistake:
    """Return what the search line asks for, or where it is wrong."""
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
        name = (match["name"] or "").lower()
        text = match["quoted"] if match["quoted"] is not None else match["plain"]
        if name == "tag":
            tags.append(fold(text))
        elif name == "import":
            import_tags.append(fold(text))
        elif name == "member":
            if text.lower() not in _YES_NO:
                return QueryMistake(match.start("plain"), "yes|no")
            is_member = _YES_NO[text.lower()]
        elif name:
            return QueryMistake(position, "tag: import: member:")
        elif _PHONE_LIKE.fullmatch(text):
            words.append(re.sub(r"[ ().-]", "", text))
        else:
            words.append(fold(text))
        position = match.end()
    return Query(tuple(filter(None, words)), tuple(tags), tuple(import_tags), is_member)
