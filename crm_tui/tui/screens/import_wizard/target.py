"""Whom the import is for (R19), with a template to save (R20)."""

from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Button, Static

from crm_tui.core.permissions import Permission
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import t, template_words
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.templates import write_template
from crm_tui.tui import keys
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.folder import resolve, shown
from crm_tui.tui.widgets.line_button import LineButton
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit, safe

CHOICES = {
    "member": (Target.MEMBER, None),
    "lead_email": (Target.LEAD, LeadKey.EMAIL),
    "lead_mobile": (Target.LEAD, LeadKey.MOBILE_NUMBER),
}
WITHDRAWN = "withdrawn"
"""Whoever the file names is deleted, in place of imported."""
_NAMES = (*CHOICES, WITHDRAWN)
_NAME_WIDTH = 20


class TargetStep(Step):
    """Members, leads by e-mail or leads by mobile number; or customers who withdrew."""

    next_step = "file"
    actions = keys.WIZARD_TARGET

    @property
    def _chosen(self) -> str:
        if self.draft.is_withdrawal:
            return WITHDRAWN
        pair = (self.draft.target, self.draft.key)
        return next(name for name, choice in CHOICES.items() if choice == pair)

    def compose(self) -> ComposeResult:
        """Lay out the choices and what they mean."""
        answers = [f"{fit(t(f'wizard.target_{name}'), _NAME_WIDTH)} {t(f'wizard.matched_{name}')}" for name in _NAMES]
        yield Static(safe(t("wizard.target_title")), classes="title")
        yield Choices(answers, _NAMES.index(self._chosen), id="targets")
        yield Static("", id="target-means")
        yield Static("", id="target-warning", classes="warning")
        yield Static(safe(t("wizard.template_hint")), id="template-hint", classes="dim")
        yield buttons(LineButton(t("wizard.save_template"), id="template"), back=False)

    def on_mount(self) -> None:
        """Stand on the choice made before."""
        self._show_meaning()
        self.query_one(Choices).focus()

    def _show_meaning(self) -> None:
        is_withdrawal = self.draft.is_withdrawal
        self.query_one("#target-means", Static).update(safe(t(f"wizard.means_{self._chosen}")))
        warning = t("withdrawn.target_warning" if is_withdrawal else "wizard.target_warning")
        self.query_one("#target-warning", Static).update(safe(warning))
        self.query_one("#template-hint").display = self.query_one("#template").display = not is_withdrawal

    def obstacle(self) -> str | None:
        """Say who may not delete that it needs the permission (R51)."""
        if self.draft.is_withdrawal and not self.crm.may(Permission.DELETE):
            return self.crm.refusal(Permission.DELETE)
        return None

    @on(Choices.Changed)
    def _changed(self, event: Choices.Changed) -> None:
        event.stop()
        name = _NAMES[event.index]
        self.draft.is_withdrawal = name == WITHDRAWN
        if name != WITHDRAWN:
            self.draft.target, self.draft.key = CHOICES[name]
        self._show_meaning()
        self.refresh_bindings()
        self.post_message(self.OtherSteps())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a template for imports only (R20)."""
        return action != "save_template" or not self.draft.is_withdrawal

    @on(RowList.Opened)
    def _enter(self, event: RowList.Opened) -> None:
        event.stop()
        self.go_on()

    @on(Button.Pressed, "#template")
    def action_save_template(self) -> None:
        """Ask where to save the template of the choice under the cursor."""
        name = t(f"wizard.template_{self._chosen}")
        folder = self.draft.path.parent if self.draft.path else resolve("~")
        save = partial(self._write, self.draft.target, self.draft.key)
        self.app.push_screen(
            SaveFile(t("wizard.template_title", name=t(f"wizard.target_{self._chosen}")), folder / name, save),
            self._saved,
        )

    def _write(self, target: Target, key: LeadKey | None, path: Path) -> None:
        write_template(path, target, key, list_fields(self.workspace), template_words())

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.tell(t("wizard.template_saved", path=shown(path)))
