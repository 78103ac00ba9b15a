"""`blocked`: who is blocked, since when, by whom and why (R46)."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.shapes import customer_cells, customer_json, moment
from crm_tui.core.fields import Field
from crm_tui.i18n import t
from crm_tui.services import contact_list
from crm_tui.services.fields import list_fields
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace

_COLUMNS = ("id", "memberId", "profile.name", "profile.email", "profile.mobileNumber")


def show_blocked(workspace: Workspace, query: str, limit: int | None, as_json: bool) -> Exit:
    """List the blocked customers that a search finds, the last blocked first."""
    fields = list_fields(workspace)
    found = islice(contact_list.every(workspace, query, sort="blockedAt", blocked=True), limit)
    if as_json:
        output.array(_json(customer, fields) for customer in found)
        return Exit.DONE
    rows = [[*customer_cells(customer, _COLUMNS, fields), *_blocking(customer).values()] for customer in found]
    if rows:
        output.table((*_COLUMNS, "blockedAt", "blockedBy", "reason"), rows)
    else:
        say(t("cli.blocked_none"))
    return Exit.DONE


def _blocking(customer: Customer) -> dict[str, str]:
    one = customer.blocking
    return {"at": moment(one.at) or "", "by": one.by, "reason": one.reason or ""} if one else {}


def _json(customer: Customer, fields: Sequence[Field]) -> dict[str, Any]:
    return {**customer_json(customer, fields), "blocking": _blocking(customer)}
