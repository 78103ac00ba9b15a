"""The words that all floors share: what an import is for, its options and its states, and what a customer is."""

from enum import StrEnum


class Target(StrEnum):
    """Whom an import is for (R19)."""

    MEMBER = "member"
    LEAD = "lead"


class LeadKey(StrEnum):
    """The contact that leads are matched by (R19)."""

    EMAIL = "email"
    MOBILE_NUMBER = "mobileNumber"


class EmptyPolicy(StrEnum):
    """What a mapped blank cell does to the stored value (R26)."""

    KEEP = "keep"
    CLEAR = "clear"


class ImportState(StrEnum):
    """Where an import stands (R34, R35)."""

    RUNNING = "running"
    PLANNED = "planned"
    APPLIED = "applied"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


class Channel(StrEnum):
    """By what a marketing message goes out."""

    EMAIL = "email"
    TEXTING = "texting"


class CustomerType(StrEnum):
    """R1: a member has a memberId."""

    MEMBER = "member"
    LEAD = "lead"
