"""What a key is called, what it types, and what a Korean keyboard sends for it."""

import unicodedata
from functools import cache

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key

from crm_tui.core.query.texts import CONSONANT_PAIRS

_QWERTY = "qwertyuiopasdfghjklzxcvbnm"
_TWO_SET = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
_SHIFTED = dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
TWINS = dict(zip(_QWERTY, _TWO_SET, strict=True)) | _SHIFTED
"""What a Korean (두벌식) keyboard sends for the same key. Shift changes seven jamo only: `G` arrives as `ㅎ`, which is
`g`, so a capital outside `QWERTOP` has no twin and its action needs a key that is no letter (test_keys.py)."""

_PAIRS = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
} | CONSONANT_PAIRS
"""Letters that are typed with two keys."""
_DISPLAY = {
    "escape": "Esc",
    "enter": "Enter",
    "backspace": "Backspace",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "insert": "Ins",
    "delete": "Del",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
}
_NEVER_SENT = frozenset(("ctrl+h", "ctrl+i", "ctrl+m", "ctrl+@", "ctrl-at", "return"))
"""A terminal sends the same for them as for another key: Backspace, Tab, Enter."""
_WITHOUT_TEXT = frozenset(key.value for key in Keys if not key.value.startswith("<")) - _NEVER_SENT - {"space"}
"""The keys that type nothing, by name."""


def strokes(character: str) -> str:
    """Return the jamo that a Korean syllable was typed with: `허`, which is `ㅎㅓ`, arrives for `g` and then `j`."""
    if not "가" <= character <= "힣":
        return ""
    jamo = (unicodedata.name(one).rpartition(" ")[2] for one in unicodedata.normalize("NFD", character))
    letters = (unicodedata.lookup(f"HANGUL LETTER {name}") for name in jamo)
    return "".join(_PAIRS.get(letter, letter) for letter in letters)


def typed(key: str) -> str | None:
    """Return what a key types into a line, None for one that types nothing."""
    if len(key) == 1:
        return key
    character = " " if key == "space" else format_key(key)
    return character if len(character) == 1 and character.isascii() else None


def display(key: str) -> str:
    """Return a key as a person reads it."""
    if key in _DISPLAY:
        return _DISPLAY[key]
    modifiers, plus, rest = key.rpartition("+")
    if plus:
        return f"^{rest}" if modifiers == "ctrl" and len(rest) == 1 else f"{modifiers.title()}+{display(rest)}"
    return key.upper() if key in _WITHOUT_TEXT else typed(key) or key


def spelled(key: str) -> str:
    """Return a key as a sentence names it."""
    return f"Ctrl+{key[-1].upper()}" if key[:-1] == "ctrl+" else display(key)


def known(text: str) -> str | None:
    """Return the program's name of a key as somebody has written it; None where no key is called so."""
    written = text.strip().lower()
    if (name := _by_display().get(written, written)) in _WITHOUT_TEXT:
        return name
    if len(text) == 1:
        return _name_of(text) if text.isprintable() else None
    return written if written and typed(written) is not None else None


@cache
def _by_display() -> dict[str, str]:
    """Return the keys by what the help shows, so that it can be written into the config file."""
    return {display(key).lower(): key for key in _WITHOUT_TEXT}


def _name_of(character: str) -> str:
    if character == " ":
        return "space"
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
