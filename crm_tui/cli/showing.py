"""`contacts`, `show` and `mu`: the commands that only show customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.linking import print_why, unifications_json
from crm_tui.cli.searching import pointing_at
from crm_tui.cli.shapes import CUSTOMER_COLUMNS, NEWEST_FIRST, customer_cells, customer_json
from crm_tui.core.fields import SYSTEM_KEYS, Field, find_field
from crm_tui.i18n import t
from crm_tui.services import contact_list, customers, managed, unifying
from crm_tui.services.errors import UsageError
from crm_tui.services.exporting import note_listing
from crm_tui.services.fields import list_fields
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace

_TABLE_ROWS = 50
"""Rows of a table where no --limit says more; JSON and CSV are for programs and never end early by themselves."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What `contacts` is to list, and how."""

    query: str = ""
    columns: str | None = None
    """Field names between commas."""
    sort: str = "lastSeenAt"
    """A field; with "-" in front in the other direction."""
    limit: int | None = None
    count: bool = False
    as_json: bool = False
    as_csv: bool = False


@dataclass(frozen=True, slots=True)
class Whom:
    """Which customer `show` shows: one of these is given."""

    customer_id: int | None = None
    member_id: str | None = None
    email: str | None = None
    mobile: str | None = None


def show_contacts(workspace: Workspace, listing: Listing) -> Exit:
    """List what a search line finds."""
    with pointing_at(listing.query):
        return _show_contacts(workspace, listing)


def _show_contacts(workspace: Workspace, listing: Listing) -> Exit:
    if listing.count:
        output.line(str(contact_list.count(workspace, listing.query).total))
        return Exit.DONE
    fields = list_fields(workspace)
    columns = _columns(listing.columns, fields)
    sort, descending = sort_order(listing.sort, fields)
    is_table = not (listing.as_json or listing.as_csv)
    limit = _TABLE_ROWS if is_table and listing.limit is None else listing.limit
    found = contact_list.every(workspace, listing.query, sort=sort, descending=descending, limit=limit)
    if listing.as_json:
        output.array(customer_json(customer, fields) for customer in found)
        _say_hidden(workspace)
        return Exit.DONE
    if listing.as_csv:
        few = None if limit is None else list(found)
        note_listing(workspace, listing.query, None if few is None else [customer.id for customer in few])
        rows = (customer_cells(customer, columns, fields) for customer in (found if few is None else few))
        output.comma_separated(chain([columns], rows))
        return Exit.DONE
    shown = [customer_cells(customer, columns, fields) for customer in found]
    if shown:
        output.table(columns, shown)
    if not shown or len(shown) == limit:
        _say_how_many(workspace, listing.query, len(shown))
    else:
        _say_hidden(workspace)  # all are shown
    return Exit.DONE


def _columns(names: str | None, fields: tuple[Field, ...]) -> Sequence[str]:
    return CUSTOMER_COLUMNS if names is None else [_key(name, fields) for name in names.split(",")]


def sort_order(written: str, fields: tuple[Field, ...]) -> tuple[str, bool]:
    """Return the key of the field that `--sort` names, and whether its greatest value comes first; a "-" reverses."""
    key = _key(written.removeprefix("-"), fields)
    return key, (key in NEWEST_FIRST) is not written.startswith("-")


def _key(name: str, fields: tuple[Field, ...]) -> str:
    """Return the one form of a field's or a system field's key (R6)."""
    field = find_field(name, fields)
    if field is not None:
        return field.key
    for key in SYSTEM_KEYS:
        if key.lower() == name.strip().lower():
            return key
    raise UsageError("field_not_found", name=name)


def _say_how_many(workspace: Workspace, query: str, shown: int) -> None:
    found = contact_list.count(workspace, query)
    if found.total > shown:
        say(t("cli.shown_of", shown=f"{shown:,}", total=f"{found.total:,}"))
    elif not found.total:
        say(t("cli.none_found_blocked", count=found.blocked) if found.blocked else t("cli.none_found"))
        if found.hidden:
            say(t("reach.none_found_hidden", count=f"{found.hidden:,}"))
            return
    _say_hidden(workspace)


def _say_hidden(workspace: Workspace) -> None:
    """Say that the list is not everybody (R5)."""
    if hidden := managed.count_hidden(workspace):
        say(t("reach.hidden_by_limit", count=f"{hidden:,}"))


def show_customer(workspace: Workspace, whom: Whom, with_why: bool, as_json: bool) -> Exit:
    """Show one customer; where several share a contact, say which, and show none."""
    if whom.customer_id is not None:
        return _show_one(workspace, customers.get(workspace, whom.customer_id), with_why, as_json)
    found = customers.find(workspace, member_id=whom.member_id, email=whom.email, mobile=whom.mobile)
    if len(found) == 1:
        return _show_one(workspace, found[0], with_why, as_json)
    if found:
        say(t("cli.several_found", ids=", ".join(str(customer.id) for customer in found)))
    else:
        say(t("cli.none_found"))
    return Exit.REFUSED


def _show_one(workspace: Workspace, customer: Customer, with_why: bool, as_json: bool) -> Exit:
    """Show a customer, and if that is asked for, which leads went into them and why (R43)."""
    found = unifying.why(workspace, customer.id) if with_why else ()
    if as_json and with_why:
        answer = customer_json(customer, list_fields(workspace))
        output.document(answer | {"unifications": unifications_json(found)})
        return Exit.DONE
    print_customer(workspace, customer, as_json)
    print_why(found)
    if with_why and not found:
        say(t("life.never_unified"))
    return Exit.DONE


def print_customer(workspace: Workspace, customer: Customer, as_json: bool) -> None:
    """Write all about one customer."""
    fields = list_fields(workspace)
    if as_json:
        output.document(customer_json(customer, fields))
        return
    columns = ["id", "type", *(field.key for field in fields), *SYSTEM_KEYS[2:]]
    cells = customer_cells(customer, columns, fields)
    rows = [(name, cell) for name, cell in zip(columns, cells, strict=True) if cell]
    rows += [("hidden", "true")] if customer.hidden else []
    rows += [("pendingUnification", f"#{one.lead_id} → #{one.member_id}  {one.contact}") for one in customer.pending]
    output.pairs(rows)
