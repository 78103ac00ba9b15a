"""What happened to a customer, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_tui.core.fields import Field
from crm_tui.i18n import field_label, t
from crm_tui.services.activity import HistoryLine
from crm_tui.tui.widgets.profile_lines import ProfileLine
from crm_tui.tui.widgets.times import local_time


def history_sentence(line: HistoryLine, fields: Mapping[str, Field]) -> str:
    """Say what was done and by whom; not yet safe for a terminal.

    Args:
        line: What happened.
        fields: By key, to name those that were changed.
    """
    done = t(f"desk.history_{line.kind.value}", what=_what(line.details, fields))
    return f"{done} · {line.manager}" if line.manager else done


def history_lines(history: Sequence[HistoryLine], fields: Mapping[str, Field]) -> tuple[ProfileLine, ...]:
    """Return what happened as lines of a profile: when, and what."""
    return tuple(ProfileLine(local_time(one.at), history_sentence(one, fields)) for one in history)


def _what(details: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    if "fields" in details:
        return ", ".join(field_label(fields[key]) if key in fields else str(key) for key in details["fields"])
    if "names" in details:
        # A tag that is gone has no name any more.
        gone = len(details["tags"]) - len(details["names"])
        return ", ".join((*details["names"], *([t("desk.history_tags_gone", count=gone)] if gone else ())))
    return str(details.get("import_tag", ""))
