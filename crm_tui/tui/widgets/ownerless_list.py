"""The conversations whose customers were deleted, beside their messages."""

from collections.abc import Sequence
from typing import ClassVar

from crm_tui.i18n import t
from crm_tui.services.conversations import OwnerlessConversation
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_COUNT_WIDTH = 5


class OwnerlessList(LineList):
    """The last ones first: when the last message was written, and how many there are."""

    HEADER_LINES: ClassVar[int] = 1
    HAS_PLACE: ClassVar[bool] = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._conversations: Sequence[OwnerlessConversation] = ()

    @property
    def current(self) -> OwnerlessConversation | None:
        """The conversation under the cursor."""
        return self._conversations[self.cursor] if self._conversations else None

    def show(self, conversations: Sequence[OwnerlessConversation]) -> None:
        """Take others; the cursor stays on its conversation."""
        before = self.current
        self._conversations = conversations
        places = (row for row, one in enumerate(conversations) if before is not None and one.thread == before.thread)
        self.set_rows(len(conversations), next(places, self.cursor))

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return _columns(t("talk.ownerless_until"), t("talk.ownerless_number"), width)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return one conversation."""
        one = self._conversations[row]
        return _columns(local_time(one.until), f"{one.messages:,}", width), "row"


def _columns(until: str, messages: str, width: int) -> str:
    return f"{fit(until, max(1, width - _COUNT_WIDTH - 1))} {fit(messages, _COUNT_WIDTH, right=True)}"
