"""What dialogs hand back, and what screens ask of the program; apart from both, as screens do not import each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from crm_tui.services.imports import ImportRecord


@dataclass(frozen=True, slots=True)
class NewLead:
    """What was typed for a new lead, by field key."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExistingLead:
    """The customer who has that contact already, to be opened instead (R3)."""

    customer_id: int


class ImportActions(Protocol):
    """What can be done with an import of the log."""

    def show_imported(self, record: ImportRecord) -> None:
        """Show the customers that got its tag."""
        ...

    def save_failed_rows(self, record: ImportRecord) -> None:
        """Ask where to, and save its failed rows."""
        ...
