"""A line of tags: as no tag holds white space, a space parts them; Tab completes those that are known."""

from collections.abc import Sequence

from textual.message import Message

from crm_tui.core.fields import BUILT_IN, TAGS
from crm_tui.core.lists import print_list
from crm_tui.core.problems import Problem
from crm_tui.core.text import fold
from crm_tui.core.validation import parse_cell
from crm_tui.tui import keys
from crm_tui.tui.widgets.safe_input import SafeInput

MAX_PROPOSED = 5


def parse_tag_line(text: str) -> tuple[str, ...] | Problem:
    """Return the tags of a line, or what is wrong with the first bad one (R16)."""
    names = text.split()
    tags = parse_cell(print_list(names), BUILT_IN[TAGS]) if names else ()
    if isinstance(tags, Problem):
        return tags
    return tuple(str(tag) for tag in tags) if isinstance(tags, tuple) else ()


class TagInput(SafeInput):
    """Proposes the known tags that go on from the word under the cursor, the first of them for Tab."""

    class Proposed(Message):
        """Other tags are proposed."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        self._known: Sequence[str] = ()
        super().__init__(value, id=id)
        keys.add_bindings(self, keys.TAG_LINE)

    @property
    def known(self) -> Sequence[str]:
        """The tags that there are, those first that are proposed first."""
        return self._known

    @known.setter
    def known(self, names: Sequence[str]) -> None:
        self._known = names
        self.post_message(self.Proposed())
        self.refresh_bindings()

    @property
    def _word(self) -> str:
        before = self.value[: self.cursor_position]
        return "" if before.endswith(" ") else (before.split() or [""])[-1]

    def proposed(self) -> list[str]:
        """Return known tags for the word under the cursor: those that begin with it, then those that hold it."""
        word = fold(self._word)
        if not word:
            return []
        taken = {fold(tag) for tag in self.value.split()} - {word}
        free = [tag for tag in self._known if fold(tag) not in taken and fold(tag) != word]
        begin = [tag for tag in free if fold(tag).startswith(word)]
        return [*begin, *(tag for tag in free if word in fold(tag) and tag not in begin)][:MAX_PROPOSED]

    @property
    def proposal(self) -> str:
        """The proposed tags in one line, the one that Tab takes in brackets."""
        found = self.proposed()
        return "  ".join((f"[{found[0]}]", *found[1:])) if found else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Tab to the focus where there is nothing to complete."""
        return bool(self.proposed()) if action == "complete_tag" else True

    def action_complete_tag(self) -> None:
        """Take the first proposed tag for the word under the cursor."""
        before, after = self.value[: self.cursor_position], self.value[self.cursor_position :].lstrip()
        grown = f"{before[: len(before) - len(self._word)]}{self.proposed()[0]} "
        self.value = grown + after
        self.cursor_position = len(grown)

    def watch_value(self) -> None:
        """Propose anew."""
        if self.is_attached:
            self.post_message(self.Proposed())
            self.refresh_bindings()
