"""How texts are looked for: whatever the case, telephone numbers in any writing, syllables by their first sound."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from crm_tui.core.text import fold, fold_column

_WIDE: dict[int, int | str] = {
    **{0xFF10 + digit: ord("0") + digit for digit in range(10)},
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFF0D), "-"),
    **dict.fromkeys((0xA0, 0x3000), " "),
    **{0xFF08: "(", 0xFF09: ")", 0xFF0B: "+", 0xFF0E: "."},
}
"""What a Korean keyboard, or a spreadsheet, may write instead of the signs of a number."""
_PHONE_LIKE = re.compile(r"[+(]?[0-9][0-9 ().-]*", re.ASCII)
_SEPARATORS = re.compile(r"[ ().-]", re.ASCII)
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
CONSONANT_PAIRS = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
"""What a keyboard makes of two consonants typed one after the other."""
_SYLLABLES_EACH = 21 * 28
_FIRST_SYLLABLE, _LAST_SYLLABLE = ord("가"), ord("힣")
_LAST_CASED = 0x1F000
"""No character behind it has a case."""


def search_text(name: str | None, email: str | None, mobile_number: str | None) -> str:
    """Return the text that words are looked for in.

    A Korean number stands there as it is dialled at home too, so that `01020203030` finds `+821020203030`.
    """
    parts = [part for part in (name, email, mobile_number) if part]
    if mobile_number and mobile_number.startswith("+82"):
        parts.append(f"0{mobile_number[3:]}")
    return fold("\n".join(parts))


def search_texts(
    names: Sequence[str | None], email_keys: Sequence[str | None], mobile_numbers: Sequence[str | None]
) -> list[str]:
    """Return `search_text` of many people at once.

    Args:
        names: Without NUL, as all that is stored.
        email_keys: The e-mails as `fold` leaves them.
        mobile_numbers: In E.164.
    """
    folded = fold_column([name or "" for name in names])
    keys, numbers = list(filter(None, email_keys)), list(filter(None, mobile_numbers))
    if len(keys) < len(folded) or len(numbers) < len(folded) or "" in folded:
        homes = [f"0{number[3:]}" if number and number.startswith("+82") else None for number in mobile_numbers]
        people = zip(folded, email_keys, mobile_numbers, homes, strict=True)
        return ["\n".join([part for part in parts if part]) for parts in people]
    homes_too = "\n".join(("", *numbers)).replace("\n+82", "\n0").split("\n")[1:]
    # A number of another country is left as it is.
    return [
        "\n".join((name, key, number, home) if home[0] == "0" else (name, key, number))
        for name, key, number, home in zip(folded, keys, numbers, homes_too, strict=True)
    ]


def word_texts(text: str) -> tuple[str, ...]:
    """Return what a word may stand for in a search text: a telephone number as it is stored as well."""
    texts = [fold(text)]
    if is_phone_like(text):
        number = _digits(text)
        texts.append(f"+82{number[4:]}" if number.startswith("+820") else number)
    return tuple(dict.fromkeys(texts))


def is_phone_like(text: str) -> bool:
    """Say whether `text` is written like a telephone number or a part of one."""
    return _PHONE_LIKE.fullmatch(ascii_number(text)) is not None


def ascii_number(text: str) -> str:
    """Return `text` with the wide digits and signs of a telephone number as the usual ones."""
    return text if text.isascii() else text.translate(_WIDE)


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", ascii_number(text))


def digits_in(text: str) -> int:
    """Return how many digits `text` has."""
    return sum("0" <= one <= "9" for one in text)


def phone_number(text: str) -> str:
    """Return a whole number in E.164; one without a country code is Korean."""
    number = _digits(text)
    if number.startswith("+820"):
        return f"+82{number[4:]}"
    return f"+82{number[1:]}" if number.startswith("0") else number


def phone_parts(text: str) -> tuple[str, ...]:
    """Return what a part of a number may look like in E.164."""
    part = _digits(text)
    if part.startswith("+820"):
        return (f"+82{part[4:]}",)
    # "+" stands nowhere but in front: this is the number as it is dialled at home.
    return (part, f"+82{part[1:]}") if part.startswith("0") else (part,)


def has_initials(text: str) -> bool:
    """Say whether `text` holds a consonant that stands for syllables."""
    return any(one in _INITIALS or one in CONSONANT_PAIRS for one in text)


def spelled_out(text: str) -> str:
    """Return `text` with the consonants that a keyboard has drawn together apart."""
    return "".join(CONSONANT_PAIRS.get(one, one) for one in text)


def syllables_of(initial: str) -> tuple[str, str] | None:
    """Return the first and the last syllable that begins with a consonant; None for other characters."""
    place = _INITIALS.find(initial)
    if place < 0:
        return None
    first = _FIRST_SYLLABLE + place * _SYLLABLES_EACH
    return chr(first), chr(first + _SYLLABLES_EACH - 1)


def initial_of(one: str) -> str:
    """Return the consonant that a syllable begins with; of another character what `simple_fold` makes of it."""
    is_syllable = _FIRST_SYLLABLE <= ord(one) <= _LAST_SYLLABLE
    return _INITIALS[(ord(one) - _FIRST_SYLLABLE) // _SYLLABLES_EACH] if is_syllable else _simple(one)


@lru_cache(maxsize=64)
def _initials_pattern(text: str) -> re.Pattern[str]:
    pattern = []
    for one in spelled_out(text):
        syllables = syllables_of(one)
        pattern.append(f"[{one}{syllables[0]}-{syllables[1]}]" if syllables else re.escape(one))
    return re.compile("".join(pattern))


def holds_word(text: str, word: str) -> bool:
    """Say whether a folded `word` stands in a folded `text`, consonants for the syllables that begin with them."""
    if not has_initials(word):
        return word in text
    return len(word) <= len(text) and _initials_pattern(word).search(text) is not None


def begins_with_word(text: str, word: str) -> bool:
    """Say whether a folded `text` begins with a folded `word`, consonants for the syllables that begin with them."""
    if not has_initials(word):
        return text.startswith(word)
    return len(word) <= len(text) and _initials_pattern(word).match(text) is not None


def simple_fold(text: str) -> str:
    """Return `text` without regard to case, character by character: what a database can compare as well.

    `fold` goes further (ß is ss), but needs a folded copy to compare with.
    """
    return "".join(_simple(one) for one in text)


def _simple(one: str) -> str:
    folded = one.casefold()
    return folded if len(folded) == 1 else one


@cache
def _spellings() -> dict[str, str]:
    spellings: dict[str, str] = {}
    for code in range(_LAST_CASED):
        one = chr(code)
        folded = _simple(one)
        if folded != one:
            spellings[folded] = spellings.get(folded, folded) + one
    return spellings


def spellings_of(one: str) -> str:
    """Return all characters that `simple_fold` makes the same of as of a folded one."""
    if one.isascii() and not one.isalpha():
        return one
    return _spellings().get(one, one)
