"""Strings that somebody might put into a file to do something to the terminal of whoever looks at it.

Each carries a token of its own right before what is naughty about it: whatever of it reaches a terminal can be told.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

COUNT = 515
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\u3164\ufeff\uffa0"
    "\ufff9\ufffb\U0001d173\U000e0001\U000e0041\U000e007f"
)
BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NO_GLYPH = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks to Unicode, nothing on a screen."""


@dataclass(frozen=True, slots=True)
class Naughty:
    """One string."""

    number: int
    family: str
    payload: str

    @property
    def token(self) -> str:
        """What stands right before the payload, and in no other string."""
        return f"zq{self.number:03}"

    @property
    def text(self) -> str:
        """Token and payload."""
        return self.token + self.payload

    @property
    def dangerous_start(self) -> str | None:
        """From the token to behind the first character that no terminal may get; None where there is none."""
        for at, character in enumerate(self.text):
            if is_dangerous(character):
                # Some more of it, else the program's own colour behind a token would be taken for it.
                return self.text[: max(at + 1, len(self.token) + 4)]
        return None


def is_dangerous(character: str) -> bool:
    """Say whether a terminal would obey a character, turn text round at it, or show nothing."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in _NO_GLYPH


def naughty_strings() -> tuple[Naughty, ...]:
    """Return all of them, the same every time."""
    found = [(family, payload) for family, payloads in _families() for payload in payloads]
    return tuple(Naughty(number, family, payload) for number, (family, payload) in enumerate(found))


def _families() -> Iterator[tuple[str, Iterable[str]]]:
    yield "markup", _markup()
    yield "emoji codes", (":heart:", ":warning:", ":+1:", ":no_such_emoji:", "::", ":a:b:")
    yield "csi", _csi()
    yield "osc", _osc()
    yield "strings for the terminal", _strings()
    yield "short escapes", (f"\x1b{final}" for final in "78cDHM=|n")
    yield "charsets", (f"\x1b{introducer}{final}" for introducer, final in product("(%#", "08"))
    yield "c0", (f"{chr(code)}a" for code in (*range(1, 0x20), 0x7F))
    yield "c1", (f"{chr(code)}a" for code in range(0x80, 0xA0))
    yield "broken escapes", ("\x1b", "\x1b[", "\x1b[5;", "\x1b]0;", "\x1b\x1b\x1b[5m", "\x1b[\x1b[5m", "\x9b\x9b5m")
    yield "bidi", _bidi()
    yield "invisible", (f"a{character}b" for character in INVISIBLE)
    yield "fillers", ("\u3164" * 9, "\u115f\u1160" * 9, "\uffa0" * 9, "\u2800" * 9, "\u00a0" * 9, "\u3000" * 9)
    yield "separators", ("a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x0cb", "a\x1cb", "\u2028" * 40)
    yield "line ends", ("a\nb", "a\rb", "a\r\nb", "a\tb", "\n" * 30, "\r" * 30, "a\n\rb", "ab\b\bxy", "a\r\x1b[5K")
    yield "nothings", ("a\x00b", "\x00", "%00", "\\0", "\\x00", "&#0;", "\u2400", "null", "NULL", "None", "nil", "NaN")
    yield "non-characters", ("\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff", "\ufffd", "\ufffc")
    yield "private", ("\ue000", "\uf8ff", "\ue0b0\ue0b2", "\U000f0000", "\U0010fffd")
    yield (
        "surrogate-like",
        ("\\ud800", "\\udfff", "\\uD83D\\uDE00", "&#xD800;", "%ED%A0%80", "\\x1b[5m", "\\033]0;x\\a"),
    )
    yield "storms", _storms()
    yield "variation", ("❤️", "❤︎", "a\ufe0f", "\ufe0f" * 9, "1️⃣", "#️⃣", "㊗️", "葛󠄀", "〰︎")
    yield "wide", ("ＡＢＣ１２３", "漢字かなカナ", "ｶﾅ", "한글" * 30, "㍿㌀㋿", "﷽", "𒐫", "꧅", "⸻", "ﷺ")
    yield "emoji", ("👩‍👧‍👦", "👨🏿‍🚀", "🏳️‍🌈", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇰🇷", "🇰🇷🇺🇸🇰", "🇦" * 9, "👍🏽", "🧑‍🤝‍🧑", "😀" * 40, "🫠", "‍👧")
    yield "hangul", _hangul()
    yield "right to left", ("שלום עולם", "مرحبا بالعالم", "abc שלום 123", "۱۲۳", "ا" * 90, "ﷲ", "\u0600123", "ފިނި")
    yield "digits", ("１２３", "٣٤٥", "๑๒๓", "Ⅷ", "²³", "½", "१२३", "零一二", "1e999", "1_000")
    yield "quotes", ("'", '"', "''", '""', "`", "‘’“”", "«»", "「」", "'\"'", '"""', "\\'", "ʼ", "′″", '"a""b"', "\\")
    yield "formats", ("%s%s%n", "%x", "{0}", "{x!r}", "{", "}", "{{}}", "{0.__class__}", "${x}", "%(a)s", "{who}")
    yield "sql", _sql()
    yield "json", ("[1, 2]", "{}", '["a"', '{"a": 1}', "\\u0022", "[[" * 60, '"a": b,', "// x", "null]", "1}")
    yield (
        "paths",
        ("../../etc/passwd", "..", "/", "~", "C:\\x", "\\\\host\\x", "file:///x", "/dev/null", "a/b/c", "CON", "-rf"),
    )
    yield "shell", ("; ls", "| cat", "&& x", "`x`", "$(x)", "> /tmp/x", "!!", "*", "\\\n", "'; x #", "--help", "-")
    yield (
        "formulas",
        ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", '=HYPERLINK("http://x")', "＝1", "|x"),
    )
    yield "queries", _queries()
    yield "web", ("<b>x</b>", "<script>x</script>", "&lt;", "&amp;", "<!--", "javascript:x", "<img src=x>", "%3Cb%3E")
    yield (
        "long",
        ("x" * 5000, "가" * 3000, "a " * 2000, "\u0301" * 500, "/" * 3000, "👩‍👧" * 300, "\x1b[5m" * 300, "[/]" * 300),
    )


def _markup() -> Iterator[str]:
    names = (
        "b",
        "/b",
        "/",
        "VIP",
        "red",
        "bold red on blue",
        "link=x",
        "@click=app.quit",
        "$accent",
        "blink",
        "#fff",
        "",
    )
    for name in names:
        yield f"[{name}]"
        yield f"[{name}]a[/{name}]"
    yield from (
        "[[b]]",
        "\\[b]",
        "[b",
        "b]",
        "[/b] 홍길동",
        "[b][i][/b][/i]",
        "[on red]",
        "[not bold]a",
        "[@click='x']y[/]",
    )
    yield from ("[link='file:///x']y[/link]", "[auto]", "[reverse]a", "[1]", "[1.5%]", "[]" * 40, "[b]" * 40)


def _csi() -> Iterator[str]:
    # Blinking, which the program never asks for: `5` marks what is theirs.
    finals = ("5m", "5;31;47m", "2J", "3J", "5;5H", "5A", "5M", "5c", "5r")
    finals += ("5 q", "5K", "?5h", "?1049l", "?2004l", "!p", "21t", "6n", "5b", "4h", "?25l")
    for introducer, final in product(("\x1b[", "\x9b"), finals):
        yield f"{introducer}{final}"


def _osc() -> Iterator[str]:
    commands = ("0;owned", "1;owned", "2;owned", "4;1;?", "7;file://x/", "8;;http://x", "9;owned", "11;?", "52;c;?")
    commands += ("52;c;b3duZWQ=", "777;notify;x;y", "1337;File=:eA==", "22;x")
    for command in commands:
        yield f"\x1b]{command}\x07"
        yield f"\x1b]{command}\x1b\\"
        yield f"\x9d{command}\x9c"


def _strings() -> Iterator[str]:
    for start in ("\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x90", "\x9f", "\x9e", "\x98"):
        yield f"{start}$q5m\x1b\\"
    yield from ("\x1bP+q544e\x1b\\", "\x1bPq#0;2;0;0;0\x1b\\", "\x1b_Ga=T;eA==\x1b\\", "\x1bPtmux;\x1b\x1b[5m\x1b\\")


def _bidi() -> Iterator[str]:
    for character in BIDI:
        yield f"a{character}b"
    yield from ("a\u202egnp.exe", "\u2066\u202e" * 30, "\u202d\u202e\u202d", "\u2069" * 9, "\u061cx\u061c")


def _storms() -> Iterator[str]:
    marks = "".join(chr(code) for code in range(0x300, 0x340))
    yield "a" + marks
    yield "".join(f"{letter}{marks[:20]}" for letter in "zalgo")
    yield from ("e\u0301", "\u0301e", "\u20dd" * 9, "é", "ก็็็็็็็็็็", "a\u0336b\u0336", "\u0488" * 9, "ཧཱུྃ", "நி", "\u0332" * 90)


def _hangul() -> Iterator[str]:
    yield unicodedata.normalize("NFD", "홍길동")
    yield unicodedata.normalize("NFD", "각" * 60)
    yield from ("ᄀ", "ᅡ", "ᆨ", "ᄀᄀ가ᅡ", "ㄱㄴㄷ", "ﾡﾢ", "ꥠힰퟋ", "〮한", "가\u0301", "㈀㉠")


def _sql() -> Iterator[str]:
    yield from ("' OR 1=1 --", "'; DROP TABLE customer; --", '" OR ""="', "%", "_", "%_%", "?", ":name", "$1")
    yield from ("NULL); --", "x'41'", "\\%", "/* x */", "customer.id", "MATCH", "NEAR(a b)", "a*", "^a")


def _queries() -> Iterator[str]:
    yield from (
        'tag:"x',
        ") OR (",
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "a AND",
        "tag:",
        ":",
        "=",
        "!=",
        "<30d",
        ">=",
        "has:x",
    )
    yield from ("no:x", "segment:x", "import:x", "member:yes", "email:@/etc/passwd", 'a"b', "NOT NOT", "a:b:c")
