"""`--ascii`: what the program and its sentences are drawn with, in plain characters of the same width."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_DRAWN = {
    "…": "~",
    "·": "-",
    "•": "*",
    "×": "x",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "‹": "<",
    "›": ">",
    "←": "<",
    "→": ">",
    "↑": "^",
    "↓": "v",
    "≤": "<",
    "≥": ">",
    "✓": "+",
    "✗": "x",
    "▏": "|",
    "▎": "|",
    "▌": "|",
    "▐": "|",
    "█": "#",
    "░": ".",
    "▒": ":",
    "▓": "#",
    "─": "-",
    "━": "-",
    "═": "=",
    "│": "|",
    "┃": "|",
}
_BOXES = {chr(code): "+" for code in range(0x2500, 0x2580)} | {chr(code): "#" for code in range(0x2580, 0x25A0)}
_STAND_INS = {chr(code): "?" for code in range(0x2400, 0x2422)}
_PLAIN = str.maketrans(_STAND_INS | _BOXES | _DRAWN)


class AsciiFilter(LineFilter):
    """The last step of drawing: letters stay what they are, in every language, as customers are called so."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in plain characters."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_PLAIN), segment.style, segment.control)
            for segment in segments
        ]
