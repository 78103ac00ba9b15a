"""The search line with what stands under it: what is wrong with it, what it could say, and its conditions."""

import re

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from crm_tui.core.query import Completion, TermSpan, Vocabulary, complete, top_terms
from crm_tui.i18n import field_label, t
from crm_tui.tui import keys
from crm_tui.tui.widgets.chips import Chips
from crm_tui.tui.widgets.completion_list import CompletionList
from crm_tui.tui.widgets.safe_text import safe, wrap
from crm_tui.tui.widgets.search_input import SearchInput

_ENOUGH_CELLS = 3
"""So much of a name must be typed before names are offered: a list that pops up at each word would be in the way."""
_COMPLETED_LENGTH = 4_000
"""A longer line is a pasted list, which nobody completes."""
_CONDITION = re.compile(r'\(|NOT\b|[^\s"()]*?[:=<>]')
"""How a term begins that is more than a word."""


class SearchLine(Vertical):
    """Says what is searched for whenever that changes."""

    class Changed(Message):
        """Another search is wanted."""

        def __init__(self, query: str) -> None:
            self.query = query
            super().__init__()

    class Left(Message):
        """Enter: on to what was found."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        keys.add_bindings(self, keys.SEARCH_LINE)
        self.vocabulary = Vocabulary()
        self._terms: tuple[TermSpan, ...] = ()
        self._completion: Completion | None = None
        self._closed_at: int | None = None
        """Where the completion stood that Esc has closed."""
        self._mistake = ""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield SearchInput(placeholder=t("contacts.search_hint"), id="search")
        yield Static(Content(""), id="mistake")
        yield CompletionList(id="completion")
        yield Chips(id="chips")

    @property
    def input(self) -> SearchInput:
        """What is typed in."""
        return self.query_one(SearchInput)

    @property
    def _list(self) -> CompletionList:
        return self.query_one(CompletionList)

    @property
    def query_text(self) -> str:
        """The search as it stands in the line."""
        return self.input.value.strip()

    def show(self, query: str) -> None:
        """Put another search into the line."""
        self.input.show(query)

    # -- what is wrong ------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Show a sentence under the line; none hides it."""
        self._show_mistake(safe(sentence))

    def mark_mistake(self, at: int, length: int, sentence: str) -> None:
        """Mark a place of the search (from 0), and say what was expected there."""
        if self._list.display:
            return  # what is offered says what is expected
        indent = len(self.input.value) - len(self.input.value.lstrip())
        first, last = (self.input.cell_of(indent + place) for place in (at, at + max(1, length)))
        self._show_mistake(safe(_marked(first, max(1, last - first), sentence, self.size.width - 2)))

    def _show_mistake(self, text: Content) -> None:
        shown = self.query_one("#mistake", Static)
        if shown.content != text:
            shown.update(text)
            shown.display = bool(text)

    # -- conditions ---------------------------------------------------------------------------------------------

    def show_conditions(self) -> None:
        """Show the conditions of the search, unless they are words only."""
        terms = top_terms(self.input.value, self.vocabulary)
        self._terms = tuple(term for term in terms if _CONDITION.match(term.text))
        self.query_one(Chips).show([term.text for term in self._terms])

    @on(Chips.Removed)
    def _remove(self, event: Chips.Removed) -> None:
        event.stop()
        gone = self._terms[event.index]
        kept = (term.text for term in top_terms(self.input.value, self.vocabulary) if term.start != gone.start)
        self.show(" ".join(kept))
        if len(self._terms) == 1:
            self.screen.set_focus(self.input)

    @on(Chips.Left)
    def _to_line(self, event: Chips.Left) -> None:
        event.stop()
        self.screen.set_focus(self.input)

    # -- typing -------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.input.has_focus:
            self._offer()
        else:
            self._close()
        self.post_message(self.Changed(self.query_text))

    @on(Input.Submitted, "#search")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._list.chosen is not None:
            self._take(self._list.chosen)
        else:
            self._close()
            self.post_message(self.Left())

    def _found_completion(self) -> Completion | None:
        value, cursor = self.input.value, self.input.cursor_position
        if len(value) > _COMPLETED_LENGTH or not self.input.selection.is_empty:
            return None
        found = complete(value, cursor, self.vocabulary)
        if found is None or not found.candidates or found.candidates == (value[found.start : found.end],):
            return None
        return found

    def _offer(self) -> None:
        """Show what could stand at the cursor: behind a name, or when enough of one is typed."""
        found = self._found_completion()
        if found is None or found.start != self._closed_at:
            self._closed_at = None
        is_behind_name = found is not None and self.input.value[: found.start].endswith((":", "=", "<", ">"))
        typed = self.input.value[found.start : self.input.cursor_position] if found is not None else ""
        if found is None or self._closed_at is not None or not (is_behind_name or cell_len(typed) >= _ENOUGH_CELLS):
            self._close()
        else:
            self._open(found)

    def _open(self, found: Completion) -> None:
        self._completion = found
        self._list.show(found.candidates, [self._note(one) for one in found.candidates])
        self.say("")

    def _note(self, candidate: str) -> str:
        field = self.vocabulary.field(candidate.rstrip(":"))
        return field_label(field) if field is not None and candidate.endswith(":") else ""

    def _close(self) -> None:
        self._completion = None
        self._list.show(())

    def _take(self, candidate: str) -> None:
        found = self._completion
        if found is not None:
            self._close()
            value = self.input.value
            self.input.value = value[: found.start] + candidate + value[found.end :]
            self.input.cursor_position = found.start + len(candidate)

    # -- keys ---------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take a key only where it has something to do: all others are the line's and the screen's."""
        if not self.is_mounted or action not in _ACTIONS:
            return True
        if not self.input.has_focus:
            return False
        if action == "complete":
            return self._list.display or self._asked() is not None
        return self._list.display

    def _asked(self) -> Completion | None:
        """Return what Tab would offer: nothing where nothing of it is typed."""
        value, cursor = self.input.value, self.input.cursor_position
        if not value[:cursor].strip() or value[cursor - 1 : cursor].isspace():
            return None
        return self._found_completion()

    def action_complete(self) -> None:
        """Offer what could stand at the cursor; where that is one thing, write it; else go to the next."""
        found = self._completion if self._list.display else self._asked()
        if found is None:
            return
        if len(found.candidates) == 1:
            self._completion = found
            self._take(found.candidates[0])
        elif self._list.display:
            self._list.choose(1)
        else:
            self._open(found)

    def action_choose(self, by: int) -> None:
        """Go on in the list."""
        self._list.choose(by)

    def action_close_list(self) -> None:
        """Offer nothing more for this word."""
        self._closed_at = self._completion.start if self._completion is not None else None
        self._close()


_ACTIONS = ("complete", "choose", "close_list")


def _marked(first: int, length: int, sentence: str, width: int) -> str:
    """Return the marks under a place of the line, with the sentence beside them or under them."""
    first = max(0, min(first, width - 1))
    marks = "^" * min(length, width - first)
    behind = width - first - len(marks) - 1
    if cell_len(sentence) <= behind:
        return f"{' ' * first}{marks} {sentence}"
    if cell_len(sentence) < first:
        return f"{' ' * (first - cell_len(sentence) - 1)}{sentence} {marks}"
    return "\n".join((" " * first + marks, *wrap(sentence, width)))
