"""Lines that no person writes and that a paste may hold: each is read once, not in all the ways it could be read."""

import json
import subprocess
import sys

TIMEOUT = 120
"""Seconds, for what takes a few. A line that is read in many ways, one after the other, takes hours."""
LENGTH = 100_000
_WRITTEN = r"""
" "" \ \" \"" : :" ::"" ( ) () )( (" ") ("") ")(" "a"" "a" a"" a" a: a:" a. a(" , ", "", ; @" = != <"
tag:( tag:(" tag:("" import:( has: email:(" NOT NOT" OR" AND( 0) 02) 02)3 (02) (02)3 (02)3" ０ ０)１ - +82 . 1. ㄱ ㄱ" ㄳ
"""
PIECES = tuple(dict.fromkeys(_WRITTEN.split()))
BEFORE = ("", "tag:", "tag:(", 'import!=("', "city:(", "mobileNumber:(", 'mobileNumber:"', "email:@", "segment:", "x ")
AFTER = ("", '")')
SCRIPT = """
import json
import sys
from crm_tui.core.fields import BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import LinePart, Vocabulary, build_line, complete, parse_query, top_terms

words = Vocabulary(
    (*BUILT_IN_FIELDS, Field("profile.city", FieldType.STRING), *SYSTEM_FIELDS), tags=("VIP", "단골"), segments={"s": "a"}
)
for at, line in enumerate(json.load(sys.stdin)):
    print(at, flush=True)
    parse_query(line, words)
    top_terms(line, words)
    for cursor in (len(line), len(line) // 2, len(line) // 2 + 1):
        complete(line, cursor, words)
    for key in ("", "tag", "profile.city", "profile.mobileNumber"):
        parse_query(build_line([LinePart(key, ":", line)]), words)
print("done")
"""


def read_all(lines: list[str]) -> str:
    """Return the last word of another process, in which a line that hangs can be stopped."""
    asked = json.dumps(lines)
    try:
        told = subprocess.run(
            [sys.executable, "-c", SCRIPT], input=asked, capture_output=True, text=True, timeout=TIMEOUT, check=True
        ).stdout
    except subprocess.TimeoutExpired as stopped:
        at = int((stopped.stdout or b"0").split()[-1])
        return f"hangs: {lines[at][:40]!r}"
    return told.split()[-1]


def test_every_nasty_repetition_is_read_in_time() -> None:
    lines = [before + piece * (200 // len(piece)) + after for before in BEFORE for piece in PIECES for after in AFTER]
    assert read_all(lines) == "done"


def test_a_hundred_thousand_nasty_characters_are_read_in_time() -> None:
    lines = [before + piece * (LENGTH // len(piece)) for before in ("", "tag:(") for piece in PIECES]
    assert read_all(lines) == "done"
