"""How far the import is (R36)."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Button, Static

from crm_tui.i18n import t
from crm_tui.services.importing.events import ImportEvent, Progressed
from crm_tui.tui.screens.import_wizard.numbers import clock, progress_text, share
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.gauge import Gauge
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import safe

_TICK_S = 1.0


class ProgressStep(Step, can_focus=True):
    """The import while it is applied."""

    def compose(self) -> ComposeResult:
        """Lay out the bar and the lines under it."""
        yield Static(safe(t("wizard.phase_applying")), id="phase", classes="title")
        yield Gauge(id="gauge")
        yield Static("", id="elapsed")
        yield Static(safe(t("wizard.cancel_hint")), classes="dim")
        yield buttons(
            LineButton(t("wizard.leave_running"), id="go-back"),
            LineButton(t("wizard.cancel_import"), id="cancel"),
            back=False,
            forward=False,
        )

    def on_mount(self) -> None:
        """Count the seconds; no button has the focus, so that a key typed ahead cancels nothing."""
        self.focus()
        self.query_one(Gauge).show(None)
        self._tick()
        self.set_interval(_TICK_S, self._tick)

    def placed(self) -> None:
        """Show how far it is already."""
        if self.job.last is not None:
            self.take(self.job.last)

    def _tick(self) -> None:
        self.query_one("#elapsed", Static).update(safe(t("wizard.elapsed", time=clock(self.job.seconds))))

    def take(self, event: ImportEvent) -> None:
        """Take what the job says."""
        if isinstance(event, Progressed):
            self.query_one("#phase", Static).update(safe(progress_text(event)))
            self.query_one(Gauge).show(share(event))

    @on(Button.Pressed, "#cancel")
    def _cancel(self, event: Button.Pressed) -> None:
        event.stop()
        self.job.cancel()
        self.query_one("#phase", Static).update(safe(t("wizard.cancelling")))
