"""What managers may do (R50, R51)."""

from collections.abc import Collection
from enum import StrEnum


class Permission(StrEnum):
    """Each its own."""

    SEE = "see_contacts"
    EDIT = "edit_customers"
    """Add, edit, import, block, tag."""
    DELETE = "delete_customers"
    DOWNLOAD = "download_data"
    SETTINGS = "settings"
    """Fields, managers, roles."""
    ACTIVITY = "see_activity"


class RoleCode(StrEnum):
    """The roles that exist from the start and cannot be changed."""

    OWNER = "owner"
    BASIC = "basic"


EVERYTHING = frozenset(Permission)
OF_ROLES = {RoleCode.OWNER: EVERYTHING, RoleCode.BASIC: frozenset({Permission.SEE, Permission.EDIT})}
MAX_ROLES = 20


def permissions_of(code: str | None, listed: Collection[str]) -> frozenset[Permission]:
    """Return what a role allows.

    Args:
        code: That of a role that exists from the start; None for one that owners made.
        listed: What a made role allows; words that this program does not know allow nothing.
    """
    if code is not None:
        return OF_ROLES[RoleCode(code)]
    return frozenset(Permission(one) for one in listed if one in EVERYTHING)
