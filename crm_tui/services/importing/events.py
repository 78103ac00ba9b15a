"""What is asked of an import, and what it says while it runs: frozen values, the same for both fronts."""

from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.core.fields import MEMBER_ID
from crm_tui.core.problems import Problem
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.services.errors import CrmError
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.survey import Remark


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One import as the manager set it up (R19-R30)."""

    path: Path
    target: Target
    key: LeadKey | None
    """None for members, who are matched by memberId."""
    columns: tuple[str | None, ...]
    """A field key for each column of the file, or None: do not import."""
    policy: EmptyPolicy = EmptyPolicy.KEEP
    tag: str | None = None
    source: SourceOptions = field(default_factory=SourceOptions)
    dry_run: bool = False

    @property
    def match_field(self) -> str:
        """The key of the field that rows are matched by."""
        return key_field(self.target, self.key)


def key_field(target: Target, key: LeadKey | None) -> str:
    """Return the key of the field that rows are matched by (R19)."""
    return MEMBER_ID if target is Target.MEMBER or key is None else f"profile.{key.value}"


@dataclass(frozen=True, slots=True)
class ImportNumbers:
    """The numbers of R31, planned or applied: `failed` and `rows` are rows, the rest customers."""

    rows: int = 0
    customers: int = 0
    created: int = 0
    updated: int = 0
    """Matched, changed or not."""
    unchanged: int = 0
    """Those of `updated` whose values stay as they are."""
    failed: int = 0
    unified: int = 0
    """Leads that go into a member at once, new ones and others (R41)."""
    unify_pending: int = 0
    """Leads that have booted and go into one at the next login (R42)."""
    blocked_matched: int = 0
    opt_ins: int = 0
    """Customers whose opt-out would become an opt-in."""
    tags_left_out: int = 0

    @property
    def managed_users_change(self) -> int:
        """By how much MU grows (R5): leads that go into a member are no customers any more."""
        return self.created - self.unified


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that is not imported."""

    row_number: int
    """Its number in the file; the header is row 1."""
    cells: tuple[str, ...]
    """The mapped columns' cells as they stood, in the file's order."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan that waits for its manager's yes; its rows are in the scratch database at `scratch`."""

    id: str
    import_id: int
    request: ImportRequest
    numbers: ImportNumbers
    failures: tuple[FailedRow, ...]
    """The first 30."""
    failure_fields: tuple[str, ...]
    """The field keys of `FailedRow.cells`."""
    scratch: Path
    remarks: tuple[Remark, ...] = ()
    """What looks suspicious about the columns (R22)."""
    links: str = ""
    """A hash of who goes into whom: other links with the same numbers are another plan."""


@dataclass(frozen=True, slots=True)
class Started:
    """The file is being read."""

    import_id: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far it is, at most ten times a second."""

    phase: str
    """"reading", "planning" or "applying"."""
    rows: int
    bytes_read: int
    """The same share of `bytes_total` as `rows` are of `rows_total`, while reading."""
    bytes_total: int
    failed: int
    rows_per_second: float
    seconds_left: float | None
    rows_total: int = 0
    """All rows of this phase: those of the file, then those that meet a customer or another row; 0 where unknown.

    About as many, while a large file is read that was not counted."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan stands."""

    prepared: Prepared
    seconds: float


@dataclass(frozen=True, slots=True)
class Changed:
    """The data moved since the plan was made and its numbers, or who goes into whom, are others now: ask again."""

    prepared: Prepared
    before: ImportNumbers


@dataclass(frozen=True, slots=True)
class Applied:
    """Everything was written."""

    import_id: int
    numbers: ImportNumbers
    seconds: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The manager cancelled; nothing was written."""

    import_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be done; nothing was written."""

    error: CrmError


ImportEvent = Started | Progressed | Planned | Changed | Applied | Cancelled | Refused
