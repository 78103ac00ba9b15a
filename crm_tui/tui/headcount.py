"""How many there are in each place, for the line at the top: counted again whenever customers changed."""

import time
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from crm_tui.core.permissions import Permission
from crm_tui.services import customers, inbox, managed
from crm_tui.services.errors import CrmError
from crm_tui.services.imports import list_imports
from crm_tui.services.managers import Access, whoami
from crm_tui.services.workspace import Workspace

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

_UNREAD = -1
"""No revision of the database: whatever it says is news."""
_RESTS = 10
"""Counting rests so many times as long as it took: another program may write all the time."""


class Headcount:
    """Keeps the numbers right whatever place is in sight: a deed in one place changes the number of another."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._revision = _UNREAD
        self._is_looking = False
        self._looks_again = False
        self._rests_until = 0.0

    def look(self, *, at_once: bool = False) -> None:
        """Count in a thread if customers changed; `at_once`: even while counting rests."""
        workspace = self._app.workspace
        if workspace is None or (not at_once and time.monotonic() < self._rests_until):
            return
        # What is being counted may have begun before the change that this is about.
        self._looks_again = self._is_looking and at_once
        if not self._is_looking:
            self._is_looking = True
            self._app.run_worker(partial(self._read, workspace, self._revision), thread=True, group="headcount")

    def _read(self, workspace: Workspace, known: int) -> None:
        begun = time.monotonic()
        counts = access = unread = None
        try:
            access = whoami(workspace)
            # The revision comes first: what changes while the rest is read is seen by the next look.
            revision = customers.revision(workspace)
            if Permission.SEE in access.permissions:
                unread = inbox.unread(workspace)
            if revision != known and Permission.SEE in access.permissions:
                found, newest = managed.managed(workspace), list_imports(workspace, 1)
                counts = {
                    "contacts": found.total,
                    "blocked": found.blocked,
                    "imports": newest[0].id if newest else 0,
                }
        except CrmError:
            revision = _UNREAD  # the place in sight says what is wrong
        if not get_current_worker().is_cancelled:
            self._app.call_later(self._show, access, revision, counts, unread, time.monotonic() - begun)

    def _show(
        self,
        access: Access | None,
        revision: int,
        counts: dict[str, int] | None,
        unread: int | None,
        seconds: float,
    ) -> None:
        self._is_looking = False
        if access is not None:
            self._app.access = access
            if Permission.SEE not in access.permissions:
                revision, counts = _UNREAD, {}
        self._revision = revision
        self._rests_until = time.monotonic() + _RESTS * seconds
        if counts is not None:
            self._app.counts = counts
        if unread is not None:
            self.show_unread(unread)
        if self._looks_again:
            self.look(at_once=True)

    def show_unread(self, unread: int) -> None:
        """Show how many messages are not read yet, where there are any."""
        counts = {place: count for place, count in self._app.counts.items() if place != "inbox"}
        counts |= {"inbox": unread} if unread else {}
        if counts != self._app.counts:
            self._app.counts = counts
