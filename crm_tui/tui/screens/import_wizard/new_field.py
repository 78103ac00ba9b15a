"""What a new field for a column of a file could be: its key and its type (R6, R7)."""

import re
from collections.abc import Sequence

from crm_tui.core.fields import Field, FieldType, custom_key
from crm_tui.core.problems import Problem
from crm_tui.core.validation import parse_cell

_DATE_LENGTH = len("2025-05-04")
_GUESSED = (
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.BOOLEAN,
    FieldType.LIST_OF_NUMBER,
    FieldType.LIST,
)


def proposed_key(header: str) -> str:
    """Return a key made of a header's ASCII words, "" where there are none: "Birth day" becomes "birthDay"."""
    words = re.findall(r"[A-Za-z0-9]+", header)
    capitalised = "".join(word[:1].upper() + word[1:] for word in words)
    key = (capitalised[:1].lower() + capitalised[1:])[:64]
    return key if custom_key(key) else ""


def proposed_type(samples: Sequence[str]) -> FieldType:
    """Return the narrowest type that all samples are values of; text where there is nothing to go by."""
    if samples:
        for kind in _GUESSED:
            field = Field("profile.sample", kind)
            # A date takes a moment too, and drops its hour.
            is_too_narrow = kind is FieldType.DATE and any(len(sample.strip()) > _DATE_LENGTH for sample in samples)
            if not is_too_narrow and not any(isinstance(parse_cell(sample, field), Problem) for sample in samples):
                return kind
    return FieldType.STRING
