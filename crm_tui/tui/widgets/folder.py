"""What lies in a folder, and what a typed path means; names as a person writes them, files as the system has them."""

import os
import re
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crm_tui.core.safe_text import make_visible

_BEHIND_ANOTHER = re.compile(r"^.*/(?=['\"]?(?:/|~/))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder."""

    path: Path
    name: str
    """As it is shown and typed."""
    is_folder: bool
    size: int
    modified_at: float
    """Seconds since the epoch."""


def shown(path: Path | str) -> str:
    """Return a path as it is shown: macOS stores Hangul in pieces (NFD), and a name may hold anything but a slash."""
    return make_visible(unicodedata.normalize("NFC", str(path)))


def read_folder(folder: Path, suffixes: Collection[str]) -> tuple[Entry, ...]:
    """Return the folders in `folder` and its files with one of the `suffixes`, folders first.

    Raises:
        OSError: It cannot be read.
    """
    entries = []
    with os.scandir(folder) as found:
        for item in found:
            name = shown(item.name)
            try:
                is_folder = item.is_dir()
                if not is_folder and Path(item.name).suffix.lower() not in suffixes:
                    continue
                status = item.stat()
            except OSError:
                continue  # a link that leads nowhere
            entries.append(Entry(Path(item.path), name, is_folder, status.st_size, status.st_mtime))
    return tuple(sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.casefold())))


def newest(typed: str) -> str:
    """Return what counts of a typed path: one that was pasted behind another, whole, counts alone."""
    return _BEHIND_ANOTHER.sub("", typed)


def split(typed: str) -> tuple[str, str]:
    """Return the folder part of a typed path, with its slash, and the name that is being typed."""
    typed = newest(typed)
    folder, slash, name = typed.rpartition(os.sep)
    return (folder + slash, name) if slash else (("~" + os.sep, "") if typed == "~" else ("", typed))


def resolve(typed: str) -> Path:
    """Return the path that a typed one means, whether it exists or not.

    A part that is not there as it was typed may be there in another form of the same Hangul, or with a character
    in it that is shown by a stand-in. A file dragged into the terminal arrives in quotes.
    """
    typed = newest(typed)
    path = _absolute(typed or ".")
    if not _exists(path):
        text = typed.strip()
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        path = _absolute((text[1:-1] if is_quoted else text) or ".")
    if _exists(path):
        return path
    real = Path(path.anchor)
    for part in path.parts[1:]:
        child = real / part
        real = child if _exists(child) else _same_name(real, part) or child
    return real


def _absolute(text: str) -> Path:
    with suppress(RuntimeError):  # ~nobody
        text = str(Path(text).expanduser())
    try:
        return Path(os.path.abspath(text))
    except OSError:  # the folder that the program was started in is gone
        return Path(os.sep) / text


def abbreviated(path: Path) -> str:
    """Return a path as it is shown, from `~` on where it lies at home; a folder with its slash."""
    text = shown(path) + (os.sep if path.is_dir() and path != Path(path.anchor) else "")
    home = shown(_absolute("~")) + os.sep
    return f"~{os.sep}{text[len(home) :]}" if text.startswith(home) else text


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a NUL in it
        return False


def _same_name(folder: Path, name: str) -> Path | None:
    wanted = shown(name)
    try:
        with os.scandir(folder) as found:
            return next((Path(item.path) for item in found if shown(item.name) == wanted), None)
    except (OSError, ValueError):
        return None


def matching(entries: Sequence[Entry], name: str) -> list[Entry]:
    """Return the entries that begin with what is typed, else those that hold it; hidden ones only when asked for."""
    wanted = shown(name).casefold()
    visible = [entry for entry in entries if wanted.startswith(".") or not entry.name.startswith(".")]
    begin = [entry for entry in visible if entry.name.casefold().startswith(wanted)]
    return begin or [entry for entry in visible if wanted in entry.name.casefold()]


def completed(entries: Sequence[Entry], name: str) -> str:
    """Return `name` grown to the longest beginning that all matching entries share."""
    wanted = shown(name).casefold()
    found = [entry for entry in matching(entries, name) if entry.name.casefold().startswith(wanted)]
    if not found:
        return name
    if len(found) == 1:
        return found[0].name + (os.sep if found[0].is_folder else "")
    # What all share is what the first and the last of them in order share.
    first, last = (choose(found, key=lambda entry: entry.name.casefold()).name for choose in (min, max))
    length = 0
    while length < min(len(first), len(last)) and first[length].casefold() == last[length].casefold():
        length += 1
    return first[:length] if length > len(name) else name
