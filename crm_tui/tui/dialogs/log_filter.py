"""Which lines of the activity log are to be shown."""

from datetime import date, timedelta
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from crm_tui.core.text import trim
from crm_tui.i18n import t
from crm_tui.i18n.activity import kind_name
from crm_tui.services.activity import ActivityKind
from crm_tui.services.activity_log import ActivityFilter
from crm_tui.tui import keys
from crm_tui.tui.dialogs.dialog import buttons
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.times import local_time, start_of_day
from crm_tui.tui.widgets.turn import Turn

Word = TypeVar("Word")


class LogFilterDialog(ModalScreen[ActivityFilter | None]):
    """Returns what is asked for; None when it stays as it is."""

    CSS_PATH: ClassVar = ["../styles/dialogs.tcss", "../styles/log.tcss"]

    def __init__(self, asked: ActivityFilter, managers: tuple[str, ...], kinds: tuple[ActivityKind, ...]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.LOG_FILTER)
        self._asked = asked
        self._managers = (None, *_with(managers, asked.manager))
        self._kinds = (None, *_with(kinds, asked.kind))

    def compose(self) -> ComposeResult:
        """Lay out a line for everything that can be asked for."""
        asked = self._asked
        with Vertical(classes="dialog"):
            yield Static(t("activity.filter_title"), classes="dialog-title", markup=False)
            yield Label(t("activity.filter_manager"), markup=False)
            managers = [t("activity.filter_anybody") if one is None else one for one in self._managers]
            yield Turn(managers, self._managers.index(asked.manager), id="manager")
            yield Label(t("activity.filter_kind"), markup=False)
            kinds = [t("activity.filter_anything") if one is None else kind_name(one) for one in self._kinds]
            yield Turn(kinds, self._kinds.index(asked.kind), id="kind")
            yield Label(t("activity.filter_since"), markup=False)
            yield SafeInput(_day_of(asked.since), id="since")
            yield Label(t("activity.filter_until"), markup=False)
            yield SafeInput(_last_day(asked.until), id="until")
            yield Label(t("activity.filter_customer"), markup=False)
            yield SafeInput("" if asked.customer is None else str(asked.customer), id="customer")
            yield Static("", id="told", classes="warning")
            yield buttons(LineButton(t("activity.filter_apply"), id="act"))

    def on_mount(self) -> None:
        """Begin with the manager."""
        self.query_one("#told").display = False
        self.query_one("#manager").focus()

    def _text(self, name: str) -> str:
        return trim(self.query_one(f"#{name}", SafeInput).value)

    def _read(self) -> ActivityFilter | str:
        """Return what is asked for, or what is wrong with it."""
        try:
            since, until = (_day(self._text(name)) for name in ("since", "until"))
            last = None if until is None else until + timedelta(days=1)
            begin, end = (None if one is None else start_of_day(one) for one in (since, last))
        except (ValueError, OverflowError, OSError):
            return t("activity.filter_wrong_day")
        if since is not None and until is not None and since > until:
            return t("activity.filter_wrong_order")
        customer = self._text("customer").removeprefix("#")
        if customer and not (customer.isascii() and customer.isdigit() and int(customer[:20])):
            return t("activity.filter_wrong_customer")
        return ActivityFilter(
            self._managers[self.query_one("#manager", Turn).chosen],
            self._kinds[self.query_one("#kind", Turn).chosen],
            begin,
            end,
            int(customer[:20]) if customer else None,
        )

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _submit(self, event: Message) -> None:
        event.stop()
        self.action_apply()

    def action_apply(self) -> None:
        """Find, or say what is wrong."""
        asked = self._read()
        if isinstance(asked, ActivityFilter):
            self.dismiss(asked)
            return
        told = self.query_one("#told", Static)
        told.display = True
        told.update(safe(asked))

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """Leave the log as it is shown."""
        self.dismiss(None)


def filter_words(asked: ActivityFilter) -> tuple[str, ...]:
    """Return what is asked for, in words; not yet safe for a terminal."""
    return tuple(
        word
        for word, value in (
            (asked.manager or "", asked.manager),
            (kind_name(asked.kind), asked.kind),
            (t("activity.asked_since", day=_day_of(asked.since)), asked.since),
            (t("activity.asked_until", day=_last_day(asked.until)), asked.until),
            (t("activity.asked_customer", id=asked.customer), asked.customer),
        )
        if value is not None
    )


def _with(words: tuple[Word, ...], asked: Word | None) -> tuple[Word, ...]:
    """Return the words, and what is asked for now if it is none of them."""
    return words if asked is None or asked in words else (*words, asked)


def _day(text: str) -> date | None:
    """Return a day of the form YYYY-MM-DD; None where nothing is typed."""
    if not text:
        return None
    if len(text) != len("2026-05-04"):
        raise ValueError(text)
    return date.fromisoformat(text)


def _day_of(moment: int | None) -> str:
    return "" if moment is None else local_time(moment, with_time=False)


def _last_day(moment: int | None) -> str:
    """Return the day that is over at a moment."""
    return "" if moment is None else local_time(moment - 1, with_time=False)
