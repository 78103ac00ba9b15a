"""A database, a folder and a file full of naughty strings, and the look at the bytes that reached a terminal."""

import csv
import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.naughty import Naughty, is_dangerous, naughty_strings

ALL = naughty_strings()
TEXTS = tuple(one.text for one in ALL)
FIELD_COUNT = 60
PER_IMPORT = 60
NOW_MS = 1_780_000_000_000
_CONTROL = re.compile(
    # CSI, the strings that a terminal takes (OSC, DCS, SOS, PM, APC), shorter escapes, and what stands alone
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f-\x9f]"
)
_TEXTUALS_OWN = re.compile(
    r"\x1b\[(?:0|1|2|3|4|7|9|22|23|24|27|29|[34][0-7]|[349][0-7]|10[0-7]|39|49|[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|;)*m"
    r"|\x1b\[\d+;\d+H|\x1b\[\?(?:25|7|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]|\x1b\[\?(?:2026|2048)\$p"
    r"|\x1b\[[<>]\d*u|\x1b\]22;(?:default|text|pointer)\x07"
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|[\r\n]"
)
"""Colours, the cursor, modes, the shape of the pointer, and what is copied; every naughty colour blinks, these do not."""


def leaks(raw: bytes, own: re.Pattern[str] = _TEXTUALS_OWN) -> list[str]:
    """Return what reached the terminal and may not; each begins with the token of the string it is of."""
    text = raw.decode("utf-8", "replace")
    found = [one.dangerous_start for one in ALL if one.dangerous_start is not None and one.dangerous_start in text]
    at = 0
    for control in _CONTROL.finditer(text):
        found += [_context(text, at + index) for index, one in enumerate(text[at : control.start()]) if _is_bad(one)]
        at = control.end()
        if own.fullmatch(control.group()) is None:
            found.append(_context(text, control.start()))
    found += [_context(text, at + index) for index, one in enumerate(text[at:]) if _is_bad(one)]
    return found


def _is_bad(character: str) -> bool:
    return not character.isascii() and is_dangerous(character)


def _context(text: str, at: int) -> str:
    token = max((found.start() for found in re.finditer(r"zq\d{3}", text[max(0, at - 400) : at])), default=None)
    return text[max(0, at - 20) if token is None else max(0, at - 400) + token : at + 12]


def seen(raw: bytes) -> set[Naughty]:
    """Return whose tokens reached the terminal."""
    tokens = set(re.findall(r"zq\d{3}", raw.decode("utf-8", "replace")))
    return {one for one in ALL if one.token in tokens}


def fill(path: Path) -> None:
    """Put every string into every place of an empty database where somebody's text can be; no rule was asked."""
    connection = sqlite3.connect(path)
    with connection:
        connection.executemany(
            "INSERT INTO field (key, type, label, position) VALUES (?, 'string', ?, ?)",
            ((f"f{number}", TEXTS[number * 8], number) for number in range(FIELD_COUNT)),
        )
        connection.executemany(
            "INSERT INTO customer (id, member_id, name, email, email_key, mobile_number, landline_number, description, "
            "custom, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, created_at, "
            "last_seen_at, sessions_count, search_text, blocked_at, blocked_by, block_reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0, 1, ?, ?, 0, ?, ?, ?, ?)",
            (*_customers(blocked=False), *_customers(blocked=True)),
        )
        tags = [(number + 1, f"{text}", text) for number, text in enumerate(TEXTS)]
        connection.executemany("INSERT INTO tag (id, key, name) VALUES (?, ?, ?)", tags)
        connection.executemany(
            "INSERT INTO import_tag (id, key, name, given_at) VALUES (?, ?, ?, ?)",
            ((*tag, NOW_MS + tag[0]) for tag in tags),
        )
        carried = [
            (number + 1, (number + step) % len(TEXTS) + 1, step) for number in range(len(TEXTS)) for step in (0, 1)
        ]
        connection.executemany("INSERT INTO customer_tag (customer_id, tag_id, position) VALUES (?, ?, ?)", carried)
        connection.executemany(
            "INSERT INTO customer_import_tag (customer_id, import_tag_id, given_at) VALUES (?, ?, ?)", carried
        )
        connection.executemany(
            "INSERT INTO segment (key, name, line) VALUES (?, ?, ?)",
            ((text, text, TEXTS[number * 4 + 1]) for number, text in enumerate(TEXTS[::4][:-1])),
        )
        _fill_imports(connection)
        connection.execute("UPDATE revision SET number = number + 1")
    connection.close()


def _customers(*, blocked: bool) -> Iterable[tuple[object, ...]]:
    first = 1 + (len(TEXTS) if blocked else 0)
    for number, text in enumerate(TEXTS):
        others = [TEXTS[(number + step) % len(TEXTS)] for step in range(1, 9)]
        custom = {f"f{one % FIELD_COUNT}": others[one % 8] for one in range(number, number + 20)}
        blocking = (NOW_MS + number, others[6], text) if blocked else (None, None, None)
        values = (f"{others[0]}{first}", text, others[1], f"e{first + number}", others[2], others[3], others[4])
        times = (NOW_MS + number, NOW_MS + number)
        yield (first + number, *values, json.dumps(custom), *times, text.casefold(), *blocking)


def _fill_imports(connection: sqlite3.Connection) -> None:
    numbers = json.dumps({"rows": 99, "customers": 9, "created": 9, "failed": 30})
    for number, start in enumerate(range(0, len(TEXTS), PER_IMPORT)):
        shown = TEXTS[start : start + PER_IMPORT]
        mapping = json.dumps([[text, f"profile.f{at}" if at % 2 else None] for at, text in enumerate(shown)])
        names = f"/data/{shown[0]}/{shown[-1]}.csv", shown[1 % len(shown)], shown[-2]
        connection.execute(
            "INSERT INTO import (id, file_path, target, key, policy, tag, headers_key, mapping, manager, started_at, "
            "duration_ms, state, numbers, failures_expire_at) "
            "VALUES (?, ?, 'lead', 'email', 'keep', ?, 'k', ?, ?, ?, 1500, 'applied', ?, ?)",
            (number + 1, *names[:2], mapping, names[2], NOW_MS + number, numbers, 9_000_000_000_000),
        )
        connection.executemany(
            "INSERT INTO import_failure (import_id, row_number, cells, problems) VALUES (?, ?, ?, ?)",
            (
                (
                    number + 1,
                    row + 2,
                    json.dumps([text]),
                    json.dumps([["tag_invalid", f"profile.{text}", {"tag": text}]]),
                )
                for row, text in enumerate(shown)
            ),
        )


def write_files(folder: Path) -> Path:
    """Make a folder whose files have naughty names; return the one that is to be imported."""
    folder.mkdir(parents=True)
    for one in ALL:
        name = "".join(character for character in one.text if character not in "/\x00").encode()[:120]
        Path(bytes(folder).decode()).joinpath(name.decode("utf-8", "ignore") + ".csv").write_bytes(b"email,name\n")
    (folder / "zq000\udcff\udc9b5m.csv").write_bytes(b"email,name\n")
    path = folder / "zq999 \x1b[5m\u202e[b].csv"
    headers = ["email", "name", "unsubscribeEmail", "unsubscribeTexting", *TEXTS[:40]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        for number, text in enumerate(TEXTS):
            email = text if number % 3 == 0 else f"c{number}@example.com"
            rest = [TEXTS[(number + step) % len(TEXTS)].replace("\x00", "") for step in range(40)]
            writer.writerow([email.replace("\x00", ""), text.replace("\x00", ""), "n", "n", *rest])
    return path
