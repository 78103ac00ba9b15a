"""The survey of a whole file in a thread: begun anew when the mapping changes, stopped when the step is left."""

import threading
from collections.abc import Sequence

from textual.message import Message
from textual.widget import Widget

from crm_tui.core.fields import Field
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.source import Source
from crm_tui.services.importing.survey import Survey, survey
from crm_tui.tui.screens.import_wizard.columns_work import Refused

Subject = tuple[Source, tuple[str | None, ...], str]
"""What a survey is about: the reading, the field of each column and the key."""


class Surveyed(Message):
    """What is known about the whole file so far."""

    def __init__(self, subject: Subject, survey: Survey) -> None:
        super().__init__()
        self.subject = subject
        self.survey = survey


class Surveyor:
    """Looks at one file at a time and tells its widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._cancel = threading.Event()

    def stop(self) -> None:
        """Stop looking."""
        self._cancel.set()

    def start(self, subject: Subject, fields: Sequence[Field | None]) -> None:
        """Look at a file; what was looked at before is stopped."""
        self._cancel.set()
        cancel = self._cancel = threading.Event()
        source, _, key = subject

        def run() -> None:
            try:
                for found in survey(source, fields, key, cancel):
                    if cancel.is_set():
                        return
                    self._widget.post_message(Surveyed(subject, found))
            except CrmError as error:
                if not cancel.is_set():
                    self._widget.post_message(Refused(error))

        self._widget.run_worker(run, thread=True, group="survey")
