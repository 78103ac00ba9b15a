"""One of the tags: what is typed narrows the list down."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crm_tui.core.text import fold
from crm_tui.i18n import t
from crm_tui.services.tags import TagNode
from crm_tui.tui import keys
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.safe_text import fit, safe

_MAX_ROWS = 10
_OTHER_ROWS = 8
"""Border, title, line and hint, with the gaps between them."""
_COUNT_WIDTH = 11


class TagChoices(LineList, can_focus=False):
    """A line for each tag that is still meant; the line above has the focus."""

    HAS_PLACE = True

    def __init__(self) -> None:
        super().__init__(id="tag-choices")
        self._found: Sequence[TagNode] = ()

    @property
    def current(self) -> TagNode | None:
        """The tag under the cursor."""
        return self._found[self.cursor] if self._found else None

    def show(self, found: Sequence[TagNode]) -> None:
        """Take other tags."""
        self._found = found
        self.top = 0
        self.set_rows(len(found), 0)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return a tag and how many customers carry it."""
        node = self._found[row]
        return f"{fit(node.name, width - _COUNT_WIDTH - 1)} {fit(f'{node.count:,}', _COUNT_WIDTH, right=True)}", "row"


class PickTag(ModalScreen[TagNode | None]):
    """Returns one of the tags; None when it is left."""

    CSS_PATH = "../styles/dialogs.tcss"

    def __init__(self, title: str, tags: Sequence[TagNode]) -> None:
        super().__init__()
        keys.add_bindings(self, keys.COMMAND_LIST)
        self._title = title
        self._tags = tags

    def compose(self) -> ComposeResult:
        """Lay out."""
        with Vertical(classes="dialog"):
            yield Static(safe(self._title), classes="dialog-title")
            yield SafeInput(placeholder=t("settings.find_tag"), id="tag-filter")
            yield TagChoices()
            yield Static(safe(t("settings.nothing_found")), id="no-tag", classes="dim")
            yield Static(safe(t("settings.pick_hint")), classes="hint")

    def on_mount(self) -> None:
        """Show all."""
        self._fill("")
        self.query_one(SafeInput).focus()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def _fill(self, typed: str) -> None:
        wanted = fold(typed.strip())
        found = [tag for tag in self._tags if wanted in fold(tag.name)]
        # What is typed in full is meant before what only begins with it.
        self.query_one(TagChoices).show(sorted(found, key=lambda tag: fold(tag.name) != wanted))
        self.query_one("#no-tag").display = not found
        self._fit()

    def on_resize(self) -> None:
        """Make the list as long as there is room for."""
        self._fit()

    def _fit(self) -> None:
        shown = self.query_one(TagChoices)
        shown.styles.height = max(1, min(shown.total, _MAX_ROWS, self.size.height - _OTHER_ROWS))

    @on(Input.Submitted)
    @on(RowList.Opened)
    def _choose(self) -> None:
        tag = self.query_one(TagChoices).current
        if tag is not None:
            self.dismiss(tag)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.query_one(TagChoices).action_move(rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is in sight."""
        self.query_one(TagChoices).action_move_page(pages)

    def action_back(self) -> None:
        """Pick none."""
        self.dismiss(None)
