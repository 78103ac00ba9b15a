"""Adding a lead: asked for until it is right, or left."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME
from crm_tui.i18n import describe, describe_error, t
from crm_tui.services import customers
from crm_tui.services.customers import Added, AlreadyExists
from crm_tui.services.errors import CrmError
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from crm_tui.tui.messages import ExistingLead, NewLead
from crm_tui.tui.widgets.safe_text import line

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp


class LeadWork:
    """Asks for a new lead and writes it in a thread."""

    def __init__(self, app: "CrmApp", added: Callable[[Customer], None]) -> None:
        self._app = app
        self._added = added
        """Told of the new one."""

    def ask(self) -> None:
        """Ask for it."""
        if self._app.workspace is not None:
            self._app.ask_lead(self._answered)

    def _answered(self, lead: NewLead | None) -> None:
        workspace = self._app.workspace
        if lead is not None and workspace is not None:
            self._app.run_worker(partial(self._write, workspace, lead), thread=True, group="write")

    def _write(self, workspace: Workspace, lead: NewLead) -> None:
        try:
            answer = customers.add_lead(workspace, lead.values)
        except CrmError as error:
            self._app.call_later(self._ask_again, lead, (describe_error(error),))
            return
        match answer:
            case Added(customer):
                self._app.call_later(self._tell, customer)
            case AlreadyExists(customer):
                said = (t(f"contacts.{_existing(customer)}", who=who(customer)),)
                self._app.call_later(self._ask_again, lead, said, ExistingLead(customer.id))
            case problems:
                self._app.call_later(self._ask_again, lead, tuple(describe(problem) for problem in problems))

    def _tell(self, customer: Customer) -> None:
        self._app.tell(t("contacts.added", who=who(customer)))
        self._added(customer)

    def _ask_again(self, lead: NewLead, messages: tuple[str, ...], existing: ExistingLead | None = None) -> None:
        self._app.ask_lead(self._answered, lead.values, messages, existing)


def _existing(customer: Customer) -> str:
    """Return the name of the sentence about somebody who exists already, and why no list shows them (R3)."""
    if customer.blocked:
        return "already_exists_blocked"
    return "already_exists_hidden" if customer.hidden else "already_exists"


def who(customer: Customer) -> str:
    """Return what a customer is known by, safe for a terminal."""
    known = (NAME, EMAIL, MOBILE_NUMBER, MEMBER_ID)
    return line(", ".join(str(customer.get(key)) for key in known if customer.get(key)))
