"""Settings: the tags and the fields, a tab each."""

from crm_tui.tui.screens.settings.screen import SettingsScreen

__all__ = ["SettingsScreen"]
