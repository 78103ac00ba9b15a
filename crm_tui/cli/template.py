"""`template`: an empty file to fill in and import (R20)."""

from pathlib import Path

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, WrongUsage, say
from crm_tui.cli.groups import TemplateKind
from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import t, template_words
from crm_tui.services.fields import list_fields
from crm_tui.services.importing.templates import write_template
from crm_tui.services.workspace import Workspace

_IMPORTS: dict[TemplateKind, tuple[Target, LeadKey | None]] = {
    TemplateKind.MEMBER: (Target.MEMBER, None),
    TemplateKind.LEAD_EMAIL: (Target.LEAD, LeadKey.EMAIL),
    TemplateKind.LEAD_MOBILE: (Target.LEAD, LeadKey.MOBILE_NUMBER),
}


def save_template(workspace: Workspace, kind: TemplateKind, path: Path | None) -> Exit:
    """Save a template; its path is written to stdout.

    A file that is there is only overwritten where it was named.
    """
    target, key = _IMPORTS[kind]
    chosen = path or Path(f"crm-tui-{kind.value}.xlsx")
    if path is None and chosen.exists():
        raise WrongUsage(t("cli.template_exists", path=chosen))
    write_template(chosen, target, key, list_fields(workspace), template_words())
    output.line(str(chosen))
    say(t("cli.template_saved", path=chosen))
    return Exit.DONE
