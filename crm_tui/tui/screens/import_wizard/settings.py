"""What blank cells do (R26) and the import tag (R30)."""

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH, MAX_IMPORT_TAGS
from crm_tui.core.text import fold
from crm_tui.core.vocabulary import EmptyPolicy
from crm_tui.i18n import t
from crm_tui.services.errors import CrmError
from crm_tui.services.tags import TagCount, import_tags
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import safe

POLICIES = (EmptyPolicy.KEEP, EmptyPolicy.CLEAR)


class SettingsStep(Step):
    """Keep or clear, and the tag."""

    next_step = "check"

    class TagsRead(Message):
        """From the thread: the import tags there are."""

        bubble = False

        def __init__(self, tags: tuple[TagCount, ...]) -> None:
            super().__init__()
            self.tags = tags

    _tags: tuple[TagCount, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the two settings, each with what it means."""
        draft = self.draft
        yield Static(safe(t("wizard.settings_blank")), classes="title")
        policies = [t(f"wizard.settings_{policy}") for policy in POLICIES]
        yield Choices(policies, POLICIES.index(draft.policy), id="policy")
        yield Static(safe(t("wizard.settings_blank_means")), classes="dim")
        yield Static(safe(t("wizard.settings_tag")), classes="title")
        yield Choices([t("wizard.tag_on"), t("wizard.tag_off")], 0 if draft.is_tagged else 1, id="tagged")
        yield SafeInput(draft.tag, id="tag-name")
        yield Static("", id="tag-told")
        yield Static(safe(t("wizard.settings_tag_means", limit=MAX_IMPORT_TAGS)), classes="dim")
        yield buttons()

    def on_mount(self) -> None:
        """Start on the first setting."""
        self.query_one("#policy").focus()
        self._show_tag()
        self.run_worker(self._read_tags, thread=True, group="tags")

    def _read_tags(self) -> None:
        try:
            answer = self.TagsRead(import_tags(self.workspace))
        except CrmError:
            return  # only a hint; what is wrong with the database is said by the check
        if not get_current_worker().is_cancelled:
            self.post_message(answer)

    def on_settings_step_tags_read(self, event: TagsRead) -> None:
        """Say who carries the tag already."""
        self._tags = event.tags
        self._show_tag()

    def _show_tag(self) -> None:
        draft = self.draft
        self.query_one("#tag-name", Input).display = draft.is_tagged
        told = self.query_one("#tag-told", Static)
        told.set_class(not draft.is_tag_valid, "warning")
        told.display = draft.is_tagged
        name = draft.tag_name
        same = next((tag for tag in self._tags if name is not None and fold(tag.name) == fold(name)), None)
        if not draft.is_tag_valid:
            told.update(safe(t("wizard.tag_missing", limit=MAX_IMPORT_TAG_LENGTH)))
        elif same is not None:
            told.update(safe(t("wizard.tag_exists", count=f"{same.count:,}", tag=same.name)))
        else:
            told.update(safe(t("wizard.tag_new")))

    @on(Choices.Changed)
    def _changed(self, event: Choices.Changed) -> None:
        event.stop()
        if event.choices.id == "policy":
            self.draft.policy = POLICIES[event.index]
        else:
            self.draft.is_tagged = event.index == 0
            self._show_tag()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.draft.tag = event.value
        self._show_tag()

    @on(Input.Submitted)
    @on(RowList.Opened)
    def _enter(self, event: Message) -> None:
        event.stop()
        self.go_on()

    def obstacle(self) -> str | None:
        """Ask for a tag that can be given, or none."""
        return None if self.draft.is_tag_valid else t("wizard.tag_missing", limit=MAX_IMPORT_TAG_LENGTH)
