"""Messages, calls, visits and answers to forms, in sentences."""

from collections.abc import Sequence

from crm_tui.core.talk import Direction, EntryKind
from crm_tui.i18n import t
from crm_tui.services.conversations import Entry
from crm_tui.tui.widgets.profile_lines import ProfileLine
from crm_tui.tui.widgets.times import local_time


def entry_sentence(entry: Entry) -> str:
    """Say what an entry is, whose and what stands in it; not yet safe for a terminal."""
    kind = f"{entry.kind.value}_{entry.direction.value}" if entry.direction else entry.kind.value
    sentence = t(f"talk.{kind}")
    if entry.seconds is not None:
        minutes, seconds = divmod(entry.seconds, 60)
        sentence += f" {minutes}:{seconds:02}"
    if author := _author(entry):
        sentence += f" · {author}"
    return f"{sentence}: {entry.text}" if entry.text else sentence


def timeline_lines(entries: Sequence[Entry]) -> tuple[ProfileLine, ...]:
    """Return entries as lines of a profile: when, and what."""
    return tuple(ProfileLine(local_time(one.at), entry_sentence(one)) for one in entries)


def _author(entry: Entry) -> str | None:
    """Return who wrote or spoke; a customer whose name is not known is called that."""
    if entry.kind not in (EntryKind.MESSAGE, EntryKind.CALL):
        return None
    return entry.author or (None if entry.direction is Direction.OUT else t("talk.customer"))
