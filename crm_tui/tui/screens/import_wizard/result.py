"""What the import did (R31, R38), and what to do next."""

import os
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.events import Key
from textual.widgets import Button, Static

from crm_tui.core.query import quoted
from crm_tui.i18n import describe, t
from crm_tui.services.imports import save_failed_rows
from crm_tui.tui import keys
from crm_tui.tui.screens.import_wizard.numbers import failed_title, failure_lines, number_lines
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.armed_button import ArmedButton
from crm_tui.tui.widgets.folder import resolve, shown
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.safe_text import safe
from crm_tui.tui.widgets.wrapped_lines import WrappedLines


class ResultStep(Step, can_focus=True):
    """Numbers and the first failed rows."""

    actions = keys.WIZARD_RESULT

    def compose(self) -> ComposeResult:
        """Lay out what happened."""
        applied, prepared = self.draft.applied, self.draft.prepared
        numbers = applied.numbers if applied else None
        yield Static(safe(t("wizard.done", seconds=f"{applied.seconds:,.1f}" if applied else "")), classes="title")
        yield Static(safe(number_lines(numbers) if numbers else ""), id="numbers")
        yield Static(safe(self._next()), id="next", classes="dim")
        if prepared is not None and numbers is not None and numbers.failed:
            yield Static(
                safe(failed_title("failed", len(prepared.failures), numbers.failed)),
                id="failures-title",
            )
        yield WrappedLines(id="failures")
        yield buttons(*self._buttons(), back=False, forward=False)

    def _buttons(self) -> list[Button]:
        line: list[Button] = [ArmedButton(t("wizard.close"), id="close")]
        if self._has_failed:
            line.append(LineButton(t("wizard.save_failed"), id="save"))
        if self.draft.tag_name:
            line.append(LineButton(t("wizard.show_customers"), id="customers"))
        return line

    @property
    def _has_failed(self) -> bool:
        return self.draft.applied is not None and self.draft.applied.numbers.failed > 0

    def _next(self) -> str:
        """Return what the manager can do now."""
        sentences = []
        if self._has_failed:
            sentences.append(t("wizard.next_mend"))
        tag = self.draft.tag_name
        sentences.append(t("wizard.next_tag", query=f"import:{quoted(tag)}") if tag else t("wizard.no_tag_to_show"))
        return "\n".join(sentences)

    def on_mount(self) -> None:
        """Show the failed rows; let the manager close it."""
        self.focus()
        prepared = self.draft.prepared
        if prepared is not None:
            lines = failure_lines(prepared.failures, prepared.failure_fields, self.draft.labels)
            self.query_one(WrappedLines).show_texts(lines)
        self.query_one(ArmedButton).arm()

    def on_key(self, event: Key) -> None:
        """A key that is typed now was not meant for the button."""
        self.query_one(ArmedButton).typed()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close the wizard."""
        self.post_message(self.Back())

    @on(Button.Pressed, "#customers")
    def action_show_customers(self) -> None:
        """Show the customers that got this import's tag."""
        tag = self.draft.tag_name
        if tag is None:
            self.tell(t("wizard.no_tag_to_show"))
        else:
            self.crm.draft = None
            self.crm.show_contacts(f"import:{quoted(tag)}")

    @on(Button.Pressed, "#save")
    def action_save_failed(self) -> None:
        """Ask where to save the failed rows; beside the file is proposed."""
        applied, prepared = self.draft.applied, self.draft.prepared
        if applied is None or prepared is None:
            return
        if not self._has_failed:
            self.tell(t("wizard.none_failed"))
            return
        source = prepared.request.path
        name = t("wizard.failed_name", stem=source.stem, number=applied.import_id)
        save = partial(self._write, applied.import_id)
        folder = source.parent if os.access(source.parent, os.W_OK) else resolve("~")
        self.app.push_screen(SaveFile(t("wizard.save_failed_title"), folder / name, save), self._saved)

    def _write(self, import_id: int, path: Path) -> None:
        save_failed_rows(self.workspace, import_id, path, describe)

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.tell(t("wizard.failed_saved", path=shown(path)))
