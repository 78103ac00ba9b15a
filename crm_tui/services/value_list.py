"""Values of a search line that stand in a file: `email:@addresses.txt`."""

import re
import stat
from pathlib import Path

from crm_tui.core.query import ListProblem

MAX_BYTES = 5_000_000
_ITEM = re.compile(r'"((?:[^"]|"")*)"|([^\r\n,;]+)')
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_list(name: str) -> tuple[str, ...] | ListProblem:
    """Return the values in a file, one a line or between commas or semicolons; or why there are none."""
    try:
        path = whole_path(name)
        found = path.stat()
        # Whatever waits for a reader or a writer would hold up the search line.
        if not stat.S_ISREG(found.st_mode):
            return ListProblem.MISSING
        if found.st_size > MAX_BYTES:
            return ListProblem.TOO_LARGE
        content = path.read_bytes()
    except (OSError, ValueError, RuntimeError):  # also no home, and a NUL in the name
        return ListProblem.MISSING
    text = _decoded(content)
    if text is None:
        return ListProblem.UNDECODABLE
    values = ((plain or quoted.replace('""', '"')).strip() for quoted, plain in _ITEM.findall(text))
    return tuple(dict.fromkeys(filter(None, values)))


def whole_path(name: str) -> Path:
    """Return the path of a file as it is meant from the folder in which the program runs."""
    return Path(name).expanduser().absolute()


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith(_BYTE_ORDER_MARKS) else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
