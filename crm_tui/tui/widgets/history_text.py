"""What happened to a customer, in sentences."""

from collections.abc import Mapping, Sequence

from crm_tui.core.fields import Field
from crm_tui.i18n.activity import describe_happening
from crm_tui.services.activity import HistoryLine
from crm_tui.tui.widgets.profile_lines import ProfileLine
from crm_tui.tui.widgets.times import local_time


def history_sentence(line: HistoryLine, fields: Mapping[str, Field]) -> str:
    """Say what was done and by whom; not yet safe for a terminal.

    Args:
        line: What happened.
        fields: By key, to name those that were changed.
    """
    done = describe_happening(line.kind, line.details, fields)
    return f"{done} · {line.manager}" if line.manager else done


def history_lines(history: Sequence[HistoryLine], fields: Mapping[str, Field]) -> tuple[ProfileLine, ...]:
    """Return what happened as lines of a profile: when, and what."""
    return tuple(ProfileLine(local_time(one.at), history_sentence(one, fields)) for one in history)
