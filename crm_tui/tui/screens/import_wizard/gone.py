"""Who was deleted, and which rows nobody was found for."""

from textual import on
from textual.app import ComposeResult
from textual.events import Key
from textual.widgets import Button, Static

from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.deeds.deleting import left_over
from crm_tui.tui.screens.import_wizard.save_unfound import ask_where
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.screens.import_wizard.withdrawn_text import deleted_lines, unfound_lines
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.wrapped_lines import WrappedLines


class GoneStep(Step, can_focus=True):
    """What went, and what did not."""

    actions = keys.WIZARD_GONE

    def compose(self) -> ComposeResult:
        """Lay out what happened."""
        about = self.draft.withdrawal
        yield Static(safe(t("withdrawn.done")), classes="title")
        yield Static(safe(deleted_lines(about.deleted) if about.deleted else ""), id="numbers")
        told = " ".join(left_over(about.deleted)) if about.deleted else ""
        if told:
            yield Static(safe(told), id="left-over", classes="warning")
        yield WrappedLines(id="people")
        yield buttons(*self._buttons(), back=False, forward=False)

    def _buttons(self) -> list[Button]:
        line: list[Button] = [ArmedButton(t("wizard.close"), id="close")]
        looked = self.draft.withdrawal.looked
        if looked is not None and looked.withdrawal.unfound:
            line.append(LineButton(t("withdrawn.save_unfound"), id="save"))
        return line

    def on_mount(self) -> None:
        """Show the rows that deleted nobody; let the manager close it."""
        self.focus()
        looked = self.draft.withdrawal.looked
        if looked is not None:
            self.query_one(WrappedLines).show_texts(unfound_lines(looked.withdrawal))
        self.query_one(ArmedButton).arm()

    def on_key(self, event: Key) -> None:
        """A key that is typed now was not meant for the button."""
        self.query_one(ArmedButton).typed()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close the wizard."""
        self.post_message(self.Back())

    @on(Button.Pressed, "#save")
    def action_save_unfound(self) -> None:
        """Ask where to save the rows that nobody was found for."""
        looked = self.draft.withdrawal.looked
        ask_where(self, looked.withdrawal if looked else None)
