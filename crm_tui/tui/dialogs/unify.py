"""An edit would link a lead with a member (R45): whom, and what becomes of them."""

from collections.abc import Mapping
from functools import partial

from crm_tui.core.fields import Field
from crm_tui.core.unification import Link
from crm_tui.i18n import field_label, t
from crm_tui.services.customers import WouldUnify
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.safe_text import fit

YES, NO, ON = "yes", "no", ""
_SHOWN = 5
"""More leads than these are counted."""
_WHO_CELLS = 40


class UnifyDialog(Ask):
    """Returns whether to unify (`YES`), only to save (`NO`), or to leave it (`ON`, None).

    There is no way back from unifying: it begins on the answer that does nothing.
    """

    def __init__(self, found: WouldUnify, fields: Mapping[str, Field], leave: str) -> None:
        """Ask.

        Args:
            found: What would be linked.
            fields: By key, to name the contacts.
            leave: What the answer is called that does nothing.
        """
        waits = all(link.is_pending for link in found.links)
        answers = (
            (YES, t("profile.unify_yes_waits" if waits else "profile.unify_yes")),
            (NO, t("profile.unify_no")),
            (ON, leave),
        )
        super().__init__(_question(found, fields), answers, begins_on=-1)


def _question(found: WouldUnify, fields: Mapping[str, Field]) -> str:
    names = {one.id: fit(name_of(one), _WHO_CELLS).rstrip() for one in (found.customer, *found.others)}
    sentences = list(map(partial(_sentence, found.customer.id, names, fields), found.links[:_SHOWN]))
    if len(found.links) > _SHOWN:
        sentences.append(t("profile.unify_more", count=f"{len(found.links) - _SHOWN:,}"))
    return "\n\n".join(sentences)


def _sentence(customer_id: int, names: Mapping[int, str], fields: Mapping[str, Field], link: Link) -> str:
    is_lead = link.lead_id == customer_id
    other = link.member_id if is_lead else link.lead_id
    name = "unify_lead" if is_lead else "unify_member"
    return t(
        f"profile.{name}_waits" if link.is_pending else f"profile.{name}",
        field=field_label(fields[link.contact]) if link.contact in fields else link.contact,
        who=f"{names.get(other, '')} (#{other})".strip(),
    )
