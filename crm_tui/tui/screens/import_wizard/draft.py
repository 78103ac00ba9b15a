"""What the manager has set up so far; the App keeps it, so that back and leaving lose nothing."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.core.fields import MAX_IMPORT_TAG_LENGTH
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.services.importing.events import Applied, ImportEvent, ImportNumbers, ImportRequest, Prepared, key_field
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import Source
from crm_tui.services.importing.survey import Survey
from crm_tui.tui.screens.import_wizard.withdrawn_draft import WithdrawalDraft

STEPS = ("target", "file", "columns", "settings", "check", "import", "result")
WITHDRAWAL_STEPS = ("target", "file", "who", "found", "gone")
LAST_STEPS = ("result", "gone")

Row = tuple[int, list[str]]
"""A row of the file: its number and its cells."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp | None":
        """Return a file's stamp as it is now; None where there is no such file."""
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read as it was asked for, with its first rows."""

    source: Source
    rows: tuple[Row, ...]

    @property
    def stamp(self) -> Stamp:
        """The state that the file was in."""
        return Stamp(self.source.bytes_total, self.source.changed_ns)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The field of each column, and the fields that are only suggested."""

    columns: tuple[str | None, ...]
    suggested: tuple[str | None, ...]

    def put(self, column: int, key: str | None) -> "Mapping":
        """Return the mapping with another field for a column; the column that had the field gives it up (R22)."""
        columns = [None if key is not None and old == key else old for old in self.columns]
        columns[column] = key
        suggested = [None if index == column or old == key else old for index, old in enumerate(self.suggested)]
        return Mapping(tuple(columns), tuple(suggested))

    def accept(self, column: int) -> "Mapping":
        """Return the mapping with a column's suggestion taken."""
        suggestion = self.suggested[column]
        return self if suggestion is None else self.put(column, suggestion)


@dataclass(slots=True)
class ImportDraft:
    """One import being set up."""

    step: str = "target"
    target: Target = Target.LEAD
    key: LeadKey | None = LeadKey.EMAIL
    is_withdrawal: bool = False
    """The file says who is to be deleted; target and key are those of the import chosen before."""
    withdrawal: WithdrawalDraft = field(default_factory=WithdrawalDraft)
    typed: str = ""
    """The path as it stands in its line."""
    path: Path | None = None
    """The file that was chosen, readable or not."""
    wants_other_file: bool = False
    """The file step begins with the list of files."""
    options: SourceOptions = field(default_factory=SourceOptions)
    opened: Opened | None = None
    mappings: dict[tuple[Target, tuple[str, ...]], Mapping] = field(default_factory=dict)
    """By target and headers: going back to another file or target and returning loses nothing."""
    surveyed: tuple[tuple[Source, tuple[str | None, ...], str], Survey] | None = None
    """What was last found out about the whole file, and for which reading and mapping."""
    labels: dict[str, str] = field(default_factory=dict)
    """What the fields are called, by key."""
    policy: EmptyPolicy = EmptyPolicy.KEEP
    tag: str = ""
    is_tagged: bool = True
    prepared: Prepared | None = None
    planned: ImportRequest | None = None
    """What `request` said when the plan was made."""
    planned_from: Stamp | None = None
    """The state of the file that the plan was made from; None where nobody knows."""
    before: ImportNumbers | None = None
    """The numbers the manager saw before the data moved."""
    applied: Applied | None = None
    seen: ImportEvent | None = None
    """The last event of the job that was taken."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of what is set up."""
        return WITHDRAWAL_STEPS if self.is_withdrawal else STEPS

    @property
    def is_going_on(self) -> bool:
        """Whether a key leads to the next step: the check has its own button, and behind it nothing is set up."""
        return self.steps.index(self.step) < self.steps.index("found" if self.is_withdrawal else "check")

    @property
    def key_field(self) -> str:
        """The field that must be mapped."""
        return key_field(self.target, self.key)

    @property
    def source(self) -> Source | None:
        """The file, once it could be read."""
        return self.opened.source if self.opened else None

    @property
    def mapping(self) -> Mapping | None:
        """The mapping of this file for this target; None before anything was proposed."""
        source = self.source
        return self.mappings.get((self.target, source.headers)) if source else None

    @mapping.setter
    def mapping(self, mapping: Mapping) -> None:
        if (source := self.source) is not None:
            self.mappings[self.target, source.headers] = mapping

    @property
    def columns(self) -> tuple[str | None, ...]:
        """The field of each column; empty before anything was proposed."""
        mapping = self.mapping
        return mapping.columns if mapping else ()

    @property
    def tag_name(self) -> str | None:
        """The tag that is given; None: none."""
        return self.tag.strip() or None if self.is_tagged else None

    @property
    def is_tag_valid(self) -> bool:
        """Whether the tag can be given; without one there is nothing to be wrong."""
        tag = self.tag.strip()
        return not self.is_tagged or (0 < len(tag) <= MAX_IMPORT_TAG_LENGTH and tag.isprintable())

    def request(self) -> ImportRequest | None:
        """Return the import as it stands; None while a file, a mapping or the key is missing."""
        source, mapping = self.source, self.mapping
        if source is None or mapping is None or self.key_field not in mapping.columns:
            return None
        return ImportRequest(
            Path(source.path), self.target, self.key, mapping.columns, self.policy, self.tag_name, self.options
        )

    def has_plan(self) -> bool:
        """Whether the plan that was made is the plan of what is set up now."""
        if self.prepared is None:
            return False
        if self.opened is None:
            # Of an earlier session, and its file is gone: what else was set up must be as it was.
            then = self.prepared.request
            settings = (then.target, then.key, then.policy, then.tag)
            return self.planned is None and settings == (self.target, self.key, self.policy, self.tag_name)
        return self.request() == self.planned and self.planned_from in (None, self.opened.stamp)

    def take_plan(self, prepared: Prepared) -> None:
        """Keep the plan of what is set up now."""
        self.prepared = prepared
        self.planned = self.request()
        self.planned_from = self.opened.stamp if self.opened else None

    def forget_plan(self) -> Prepared | None:
        """Let go of a plan; return it for the service to remove."""
        prepared, self.prepared, self.planned, self.planned_from, self.before = self.prepared, None, None, None, None
        return prepared

    def resume(self, prepared: Prepared) -> None:
        """Take over an import that was prepared in an earlier session; its file is opened afterwards."""
        request = prepared.request
        self.prepared, self.planned, self.planned_from = prepared, None, None
        self.path, self.options = request.path, request.source
        self.target, self.key, self.policy = request.target, request.key, request.policy
        self.is_withdrawal = False
        self.is_tagged, self.tag = request.tag is not None, request.tag or ""

    def resume_file(self, opened: Opened) -> None:
        """Take over the file of a resumed import, if it still has the columns it had."""
        prepared = self.prepared
        if prepared is None or len(opened.source.headers) != len(prepared.request.columns):
            return
        self.opened = opened
        self.mapping = Mapping(prepared.request.columns, (None,) * len(prepared.request.columns))
        self.planned = self.request()
