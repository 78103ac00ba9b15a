"""What the columns step has done in threads: fields and proposals, the first rows under a mapping."""

from collections.abc import Mapping as Lookup
from collections.abc import Sequence

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from crm_tui.core.fields import Field
from crm_tui.core.mapping import Proposal
from crm_tui.core.vocabulary import Target
from crm_tui.services.errors import CrmError
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.source import Source
from crm_tui.services.imports import propose_columns
from crm_tui.services.workspace import Workspace
from crm_tui.tui.screens.import_wizard.draft import Mapping, Opened
from crm_tui.tui.screens.import_wizard.preview import Preview, make_preview


class Loaded(Message):
    """The fields there are, and what the columns are probably for."""

    def __init__(self, fields: tuple[Field, ...], proposals: tuple[Proposal, ...]) -> None:
        super().__init__()
        self.fields = fields
        self.proposals = proposals


class Refused(Message):
    """It cannot be done."""

    def __init__(self, error: CrmError) -> None:
        super().__init__()
        self.error = error


class Previewed(Message):
    """The first rows under a mapping."""

    def __init__(self, mapping: Mapping, preview: Preview) -> None:
        super().__init__()
        self.mapping = mapping
        self.preview = preview


def load(widget: Widget, workspace: Workspace, source: Source, target: Target | None) -> None:
    """Tell `widget` the fields and, for a target, the proposals."""

    def run() -> None:
        try:
            fields = list_fields(workspace)
            proposals = propose_columns(workspace, source, target) if target is not None else ()
            answer: Message = Loaded(fields, proposals)
        except CrmError as error:
            answer = Refused(error)
        if not get_current_worker().is_cancelled:
            widget.post_message(answer)

    widget.run_worker(run, thread=True, group="columns")


def preview(
    widget: Widget, opened: Opened, order: Sequence[int], mapping: Mapping, by_key: Lookup[str, Field], key: str
) -> None:
    """Tell `widget` what becomes of the first rows."""

    def run() -> None:
        made = make_preview(opened, order, mapping.columns, by_key, key)
        if not get_current_worker().is_cancelled:
            widget.post_message(Previewed(mapping, made))

    widget.run_worker(run, thread=True, group="preview")


def in_order(columns: Sequence[str | None], key_field: str, fields: Sequence[Field]) -> tuple[int, ...]:
    """Return the columns in the order of R22: the key, the other fields in order, what is not imported."""
    places = {one.key: place for place, one in enumerate(fields)}

    def rank(column: int) -> tuple[int, int]:
        key = columns[column]
        if key is None:
            return (len(places) + 1, column)
        return (-1 if key == key_field else places.get(key, len(places)), column)

    return tuple(sorted(range(len(columns)), key=rank))
