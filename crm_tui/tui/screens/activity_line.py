"""One line of the activity log, to be read whole."""

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from crm_tui.i18n import t
from crm_tui.i18n.activity import kind_name
from crm_tui.services.activity_log import LogLine
from crm_tui.tui import keys
from crm_tui.tui.widgets.bars import KeyBar, PlaceBar, StatusLine
from crm_tui.tui.widgets.profile_text import two_columns
from crm_tui.tui.widgets.safe_text import safe, wrap
from crm_tui.tui.widgets.times import local_time, zone_name

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp


class ActivityLineScreen(Screen[None]):
    """Nothing changes in a line: it is read once."""

    def __init__(self, line: LogLine, sentence: str) -> None:
        super().__init__()
        keys.add_bindings(self, (*keys.ACTIVITY_LINE, *keys.BACK))
        self._log_line = line
        self._sentence = sentence

    @property
    def _crm(self) -> "CrmApp":
        return cast("CrmApp", self.app)

    @property
    def _import_id(self) -> int | None:
        found = self._log_line.details.get("import")
        return found if isinstance(found, int) else None

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield PlaceBar()
        with VerticalScroll(id="activity-line-body", classes="reading") as body:
            keys.add_bindings(body, keys.SCROLL)
            yield Static("", id="activity-line", markup=False)
        yield StatusLine()
        yield KeyBar()

    def on_resize(self) -> None:
        """Lay the text out for the width."""
        width = max(30, self.query_one("#activity-line-body").content_size.width)
        self.query_one("#activity-line", Static).update(line_text(self._log_line, self._sentence, width))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        if action == "show_customers":
            return self._log_line.customers > 0
        return action != "open_import" or self._import_id is not None

    def action_open_import(self) -> None:
        """Open the import that the line is about."""
        if self._import_id is not None:
            self._crm.import_log.open(self._import_id)

    def action_show_customers(self) -> None:
        """Show the customers that the line is about."""
        self._crm.activity_log.show_customers(self._log_line)

    def action_back(self) -> None:
        """Go back to the log."""
        self.dismiss(None)


def line_text(line: LogLine, sentence: str, width: int) -> Content:
    """Return a line as widget text: what was done, and the ids of the customers; only safe text."""
    what = kind_name(line.kind)
    rows = [
        (t("activity.line_when"), f"{local_time(line.at)} {zone_name()}"),
        (t("activity.line_manager"), line.manager),
        (t("activity.column_what"), what),
        # Where there is no more to say than the name of what was done, once is enough.
        *([] if sentence.casefold() == what.casefold() else [(t("activity.line_details"), sentence)]),
        (t("activity.line_customers"), _customers(line)),
    ]
    title = safe("\n".join(wrap(t("activity.line_title", id=f"{line.id:,}"), width))).stylize("bold")
    return Content("").join([title, Content("\n"), *(two_columns(label, text, width) for label, text in rows)])


def _customers(line: LogLine) -> str | None:
    if not line.customers:
        return None
    known = ", ".join(map(str, line.customer_ids))
    more = line.customers - len(line.customer_ids)
    return f"{known} {t('activity.more_customers', count=f'{more:,}')}" if more else known
