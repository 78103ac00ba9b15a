"""The one running import: owned by the App, so that leaving the wizard does not stop it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from textual.message import Message

from crm_tui.services.errors import CrmError, code_of
from crm_tui.services.importing.events import ImportEvent, ImportRequest, Prepared, Refused
from crm_tui.services.workspace import Workspace


class JobEvent(Message):
    """Something the running import said."""

    def __init__(self, event: ImportEvent) -> None:
        super().__init__()
        self.event = event


class JobEnded(Message):
    """The import's thread is done; another may start."""


class Listener(Protocol):
    """Whoever is told: the App, and the wizard while it is open."""

    def post_message(self, message: Message) -> bool:
        """Take a message, from any thread."""
        ...


class JobHost(Listener, Protocol):
    """What the job needs of the App."""

    def run_worker(self, work: Any, *, group: str = ..., thread: bool = ...) -> Any:
        """Run `work`, in a thread."""
        ...


def as_crm_error(error: OSError, path: Path, code: str = "source_unreadable") -> CrmError:
    """Return what the operating system said as an error that has a sentence."""
    if isinstance(error, FileNotFoundError) and code == "source_unreadable":
        code = "source_missing"
    return CrmError(code_of(error, code), path=str(error.filename or path))


class ImportJob:
    """Runs `prepare_import` and `apply_import` in a thread and posts what they say."""

    def __init__(self, host: JobHost) -> None:
        self._host = host
        self._cancel = threading.Event()
        self.watcher: Listener | None = None
        """The open wizard; None when it is left."""
        self.is_running = False
        self.request: ImportRequest | None = None
        """What runs, or ran last."""
        self.last: ImportEvent | None = None
        """The newest event, for a wizard that is opened after it was said."""
        self._started_at = 0.0

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancel.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._started_at

    def prepare(self, workspace: Workspace, request: ImportRequest) -> None:
        """Read, check and plan; nothing is written."""
        from crm_tui.services.importing.engine import prepare_import

        self._start(request, lambda cancel: prepare_import(workspace, request, cancel))

    def apply(self, workspace: Workspace, prepared: Prepared) -> None:
        """Write what was planned."""
        from crm_tui.services.importing.engine import apply_import

        self._start(prepared.request, lambda cancel: apply_import(workspace, prepared, cancel))

    def cancel(self) -> None:
        """Ask the running import to stop; it answers with `Cancelled` unless it was already written."""
        self._cancel.set()

    def _start(self, request: ImportRequest, events: Callable[[threading.Event], Iterator[ImportEvent]]) -> None:
        if self.is_running:
            return
        self.is_running = True
        self.request = request
        self.last = None
        self._started_at = time.monotonic()
        cancel = self._cancel = threading.Event()

        def run() -> None:
            try:
                for event in events(cancel):
                    self._say(event)
            except CrmError as error:
                self._say(Refused(error))
            except OSError as error:
                self._say(Refused(as_crm_error(error, request.path)))
            finally:
                self.is_running = False
                self._post(JobEnded)

        self._host.run_worker(run, group="import", thread=True)

    def _say(self, event: ImportEvent) -> None:
        self.last = event
        self._post(lambda: JobEvent(event))

    def _post(self, message: Callable[[], Message]) -> None:
        # A message belongs to one receiver: each gets its own.
        self._host.post_message(message())
        if (watcher := self.watcher) is not None:
            watcher.post_message(message())
