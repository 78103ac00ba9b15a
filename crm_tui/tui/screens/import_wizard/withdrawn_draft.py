"""What the manager has set up about withdrawn customers: a part of the draft."""

from dataclasses import dataclass
from typing import Protocol

from crm_tui.services.deleting import Deleted
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.source import Source
from crm_tui.services.profiles import Customer
from crm_tui.services.withdrawing import FoundRow, Withdrawal, propose_by


@dataclass(frozen=True, slots=True)
class Looked:
    """Whom the file means, and the first of them as customers."""

    withdrawal: Withdrawal
    first: tuple[tuple[FoundRow, Customer], ...]


class Watcher(Protocol):
    """Whoever is to hear how the deletion went."""

    def deletion_ended(self, error: CrmError | None) -> None:
        """Take it: deleted, or why not."""
        ...


@dataclass(slots=True)
class WithdrawalDraft:
    """Which column says who, and who that is."""

    by: str | None = None
    column: int | None = None
    """None until the manager chooses, where the names of the columns do not say it: nobody is deleted by a guess."""
    headers: tuple[str, ...] | None = None
    """Of the file for which the two were proposed."""
    is_column_chosen: bool = False
    """By the manager: another field does not move it."""
    looked: Looked | None = None
    looked_in: tuple[Source, int | None, str | None] | None = None
    is_deleting: bool = False
    deleted: Deleted | None = None
    watcher: Watcher | None = None

    def propose(self, source: Source) -> None:
        """Choose field and column by the names of a file's columns, once for each file."""
        if source.headers == self.headers:
            return
        self.headers, self.is_column_chosen = source.headers, False
        named = propose_by(source)
        self.by, self.column = next(iter(named.items()), (None, None))

    def take_by(self, source: Source, by: str | None) -> None:
        """Take another field, and the column that is named for it."""
        self.by = by
        if not self.is_column_chosen:
            self.column = None if by is None else propose_by(source).get(by)

    def take_column(self, column: int | None) -> None:
        """Take the column that the manager chose."""
        self.column, self.is_column_chosen = column, column is not None

    def asked(self, source: Source) -> tuple[Source, int | None, str | None]:
        """Return what is looked for, to be compared with `looked_in`."""
        return source, self.column, self.by

    def has_looked(self, source: Source) -> bool:
        """Whether what was found is what is set up now."""
        return self.looked is not None and self.looked_in == self.asked(source)
