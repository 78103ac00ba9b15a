"""The import wizard: Target → File → Columns → Settings → Check → Import → Result; five steps for who withdrew."""

from crm_tui.tui.screens.import_wizard.draft import ImportDraft
from crm_tui.tui.screens.import_wizard.wizard import ImportWizard

__all__ = ["ImportDraft", "ImportWizard"]
