"""A sentence in place of what the manager may not see (R51)."""

from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.tui.widgets.bars import PlaceBar
from crm_tui.tui.widgets.safe_text import safe

_COVERED = "-refused"


class Refusal(Static):
    """Says which permission is missing, and whom to ask for it."""


def is_covered(widget: Widget) -> bool:
    """Say whether a sentence stands in place of what is in a widget."""
    return widget.has_class(_COVERED)


def cover(widget: Widget, sentence: str) -> None:
    """Show a sentence in place of what is in a widget; "" shows what is in it again."""
    widget.set_class(bool(sentence), _COVERED)
    if not sentence:
        return
    try:
        widget.query_one(Refusal).update(safe(sentence))
    except NoMatches:
        # Below the line that says where one is; a tab of the settings has none.
        places = list(widget.query_children(PlaceBar))
        if places:
            widget.mount(Refusal(safe(sentence)), after=places[0])
        else:
            widget.mount(Refusal(safe(sentence)), before=0)
