"""What SQLite leaves in the unused middle of its pages, overwritten.

`secure_delete` overwrites what is deleted. But where a page overflows, its cells are dealt out to others, and copies of
those that moved stay between the list of cells and the cells, whatever becomes of them later. A test finds them.

Source: https://sqlite.org/fileformat2.html, "B-tree Pages".
"""

import os
import threading
from pathlib import Path
from typing import BinaryIO

_HEADER_BYTES = 100
_BRANCHES, _LEAVES = (2, 5), (10, 13)
_AUTO_VACUUM = slice(52, 56)
_MAX_PAGES = 0x02000000
"""In a longer file a page that is no tree could begin like one: with the number of another page."""
_READ_BYTES = 1 << 23

_open_files: dict[tuple[int, int], BinaryIO] = {}
"""By device and inode. Never closed: when a process closes a file, POSIX takes all locks that it has on it, those of
SQLite's own connections too. While it is open the inode is not given to another file."""
_one_at_a_time = threading.Lock()


def overwrite_unused_space(path: Path) -> bool:
    """Overwrite the unused middle of every page of a database; say whether its file is one that this can be done to.

    Only for whoever keeps all others from writing, while nothing of the database stands in a journal. Readers are not
    disturbed: nobody looks at these bytes.
    """
    with _one_at_a_time:
        file = _opened(path)
        file.seek(0)
        header = file.read(_HEADER_BYTES)
        page_bytes = int.from_bytes(header[16:18], "big")
        page_bytes = 65536 if page_bytes == 1 else page_bytes
        if not header.startswith(b"SQLite format 3\0") or path.stat().st_size // page_bytes >= _MAX_PAGES:
            return False
        if any(header[_AUTO_VACUUM]):  # made by another program: its maps of pages could begin like a tree
            return False
        if _overwrite(file, page_bytes):
            os.fsync(file)
        return True


def _overwrite(file: BinaryIO, page_bytes: int) -> bool:
    """Overwrite; say whether anything was there."""
    is_changed = False
    offset = 0
    file.seek(0)
    while block := file.read(_READ_BYTES):
        for place in range(0, len(block), page_bytes):
            first, last = _unused(block, place, page_bytes, _HEADER_BYTES if offset + place == 0 else 0)
            if last > first and block.count(0, first, last) < last - first:
                file.seek(offset + first)
                file.write(bytes(last - first))
                is_changed = True
        offset += len(block)
        file.seek(offset)
    return is_changed


def _unused(block: bytes, place: int, page_bytes: int, header: int) -> tuple[int, int]:
    """Return where in `block` the unused middle of a page begins and ends."""
    at = place + header
    if block[at] not in (*_BRANCHES, *_LEAVES):
        return 0, 0
    cells = int.from_bytes(block[at + 3 : at + 5], "big")
    content = int.from_bytes(block[at + 5 : at + 7], "big") or 65536
    first = at + (12 if block[at] in _BRANCHES else 8) + 2 * cells
    return first, min(place + content, place + page_bytes)


def _opened(path: Path) -> BinaryIO:
    found = path.stat()
    key = (found.st_dev, found.st_ino)
    if key not in _open_files:
        _open_files[key] = path.open("r+b", buffering=0)
    return _open_files[key]
