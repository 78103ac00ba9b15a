"""How a manager overrides what was found out about a file (R21)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """None means: find out."""

    encoding: str | None = None
    """One of `encoding.CHOICES` under any of its usual names, or what a `Source` says."""
    delimiter: str | None = None
    """One character."""
    sheet: str | None = None
    """The name of a sheet of an .xlsx file; a hidden one too."""
