"""How a manager overrides what was found out about a file (R21)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """None means: find out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    """The name of a sheet of an .xlsx file."""
