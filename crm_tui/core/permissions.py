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
ON_CUSTOMERS = frozenset({Permission.EDIT, Permission.DELETE, Permission.DOWNLOAD})
"""These work only together with `SEE`: who acts on customers sees them."""
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


def lacking(permission: Permission, granted: Collection[Permission]) -> Permission | None:
    """Return what somebody who may do this much lacks for something; None: they may do it."""
    needed = (Permission.SEE, permission) if permission in ON_CUSTOMERS else (permission,)
    return next((one for one in needed if one not in granted), None)


def working(granted: Collection[Permission]) -> frozenset[Permission]:
    """Return what of the permissions of a role works, as some do only together with another."""
    return frozenset(one for one in granted if lacking(one, granted) is None)
