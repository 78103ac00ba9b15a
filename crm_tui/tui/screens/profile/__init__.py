"""One customer: every field, edited where it stands; their tags, their history."""

from crm_tui.tui.screens.profile.screen import ProfileScreen

__all__ = ["ProfileScreen"]
