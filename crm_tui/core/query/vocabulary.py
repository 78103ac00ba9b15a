"""What a line may speak of: fields, tags, segments, and how a list of values is read."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from functools import lru_cache

from crm_tui.core.fields import (
    BUILT_IN_FIELDS,
    CREATED_AT,
    ID,
    LAST_SEEN_AT,
    SESSIONS_COUNT,
    SYSTEM_FIELDS,
    TYPE,
    UPDATED_AT,
    Field,
)
from crm_tui.core.synonyms import SYNONYMS
from crm_tui.core.text import fold

TAG, IMPORT, MEMBER, SEGMENT, HAS, NO = PREFIXES = ("tag", "import", "member", "segment", "has", "no")
"""Names with a meaning of their own; a field of the same name is written `profile.tag`."""

_SYSTEM_NAMES = {
    ID: ("번호",),
    TYPE: ("유형",),
    CREATED_AT: ("등록", "등록일"),
    UPDATED_AT: ("수정", "수정일"),
    LAST_SEEN_AT: ("최근 접속", "최근 접속일"),
    SESSIONS_COUNT: ("방문 횟수",),
}
"""What the fields that the program keeps are called in Korean."""


class ListProblem(StrEnum):
    """Why a file gives no list of values; the value is what the line expects instead."""

    MISSING = "<file>"
    UNDECODABLE = "<utf8_file>"
    TOO_LARGE = "<small_file>"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a line may speak of."""

    fields: tuple[Field, ...] = BUILT_IN_FIELDS + SYSTEM_FIELDS
    """Built-in, custom and system fields. Archived ones may be among them: asking for them is a mistake (R6)."""
    tags: tuple[str, ...] = ()
    import_tags: tuple[str, ...] = ()
    segments: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Lines by name."""
    now_ms: int = 0
    """What `30d` is counted back from, UTC epoch milliseconds."""
    zone: tzinfo = UTC
    """Whose days are meant."""
    read_list: Callable[[str], tuple[str, ...] | ListProblem] | None = None
    """Gives the values in a file. Without it a file is taken for an empty one."""

    def field(self, name: str) -> Field | None:
        """Return the field that `name` means: its key, with or without "profile.", in any case; or its label, or what
        it is called in Korean, without spaces."""
        return _by_name(self.fields).get(name.lower()) or _by_label(self.fields).get(fold(name))

    @property
    def labels(self) -> tuple[str, ...]:
        """What else the fields are called, one name each, without spaces."""
        names = (next(iter(_labels_of(one)), "") for one in self.fields)
        return tuple(name for name in names if name in _by_label(self.fields))

    def segment(self, name: str) -> tuple[str, str] | None:
        """Return the name and line of a segment."""
        wanted = fold(name)
        return next(((one, line) for one, line in self.segments.items() if fold(one) == wanted), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields as a line names them: the shortest way."""
        return tuple(short_name(one.key) for one in self.fields if not one.is_archived)


def short_name(key: str) -> str:
    """Return a field's name without "profile.", where that names nothing else."""
    bare = key.removeprefix("profile.")
    return key if bare.lower() in PREFIXES else bare


@lru_cache(maxsize=8)
def _by_name(fields: tuple[Field, ...]) -> dict[str, Field]:
    names: dict[str, Field] = {}
    for one in reversed(fields):
        key = one.key.lower()
        names[key.removeprefix("profile.")] = one
        names[key] = one
    return names


@lru_cache(maxsize=8)
def _by_label(fields: tuple[Field, ...]) -> dict[str, Field]:
    """Return the fields by label; one that two fields share means neither."""
    found: dict[str, Field] = {}
    shared: set[str] = set()
    for one in fields:
        labels = set() if one.is_archived else set(_labels_of(one))
        shared |= labels & found.keys()
        found |= dict.fromkeys(labels, one)
    return {label: one for label, one in found.items() if label not in shared}


def _labels_of(field: Field) -> tuple[str, ...]:
    """Return what a field is called beside its key, as it is compared, the usual name first."""
    korean = (name for name in SYNONYMS.get(field.key, ()) if not name.isascii() and "(" not in name)
    names = (field.label, *_SYSTEM_NAMES.get(field.key, ()), *korean)
    return tuple(dict.fromkeys(fold("".join(name.split())) for name in names if name.strip()))
