"""`delete --file`: the customers whom a file names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.changing import deleted_json, done, may_delete, nothing_done, say_deleted
from crm_tui.cli.columns import column_name, find_column
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.importing import say_source
from crm_tui.core.fields import BUILT_IN, BUILT_IN_FIELDS, NAME, Field, find_field
from crm_tui.i18n import describe_unfound, field_label, t
from crm_tui.services.errors import OutputError, UsageError
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import Source, open_source
from crm_tui.services.withdrawing import (
    SHOWN,
    UnfoundRow,
    Why,
    Withdrawal,
    apply,
    check_not_source,
    found_customers,
    prepare,
    propose_by,
    write_unfound,
)
from crm_tui.services.workspace import Workspace

_CHOICES_SAID = 20


@dataclass(frozen=True, slots=True)
class WithdrawalOrder:
    """What the command line asks for."""

    file: Path
    by: str | None
    """The field, as it was typed; None: what the header says for sure."""
    column: str | None
    """None: the one whose name says that it holds the field, or the only one."""
    source: SourceOptions
    missing: Path | None
    """Where the rows that delete nobody are saved."""
    expect: int | None
    """How many customers they have to be."""
    dry_run: bool
    is_confirmed: bool
    as_json: bool


def run_withdrawal(workspace: Workspace, order: WithdrawalOrder) -> Exit:
    """Show who is found and who is not, ask, delete (R48)."""
    if order.missing is not None:
        check_not_source(order.missing, order.file)
        if not order.missing.absolute().parent.is_dir():  # said now, not when somebody is missing
            raise OutputError("output_unwritable", path=str(order.missing))
    source = open_source(order.file, order.source)
    say_source(source)
    field, column = _field_and_column(source, order)
    name = column_name(source.headers, column)
    say(t("withdrawn.read_column", column=name, field=field_label(field)))
    withdrawal = done(lambda stop: prepare(workspace, source, column, field.key, stop=stop))
    assert withdrawal is not None  # looking expects nobody
    _say_withdrawal(withdrawal)
    if order.dry_run:
        return _planned(workspace, order, withdrawal)
    return _delete(workspace, order, withdrawal)


def _field_and_column(source: Source, order: WithdrawalOrder) -> tuple[Field, int]:
    """Return what the file names customers by, and where.

    Raises:
        UsageError: Neither the command line nor the header says so, or they say different things.
    """
    said = propose_by(source)
    if order.by is not None:
        field = find_field(order.by, BUILT_IN_FIELDS)
        assert field is not None  # what can be typed names one
        column = _column(source, order.column, field.key, said)
        others = [key for key, place in said.items() if place == column and key != field.key]
        if others:
            name = column_name(source.headers, column)
            raise UsageError("withdrawn_header_other", column=name, field=field.key, other=others[0])
        return field, column
    wanted = None if order.column is None else find_column(source.headers, order.column)
    found = [(key, place) for key, place in said.items() if wanted in (None, place)]
    if len(found) != 1:
        raise UsageError("withdrawn_by_unknown")
    key, column = found[0]
    return BUILT_IN[key], column


def _column(source: Source, name: str | None, key: str, said: Mapping[str, int]) -> int:
    if name is not None:
        return find_column(source.headers, name)
    columns = [one for one in range(len(source.headers)) if one not in source.skipped_columns]
    if (found := said.get(key)) is not None:
        return found
    if len(columns) == 1:
        return columns[0]
    names = [column_name(source.headers, one) for one in columns[:_CHOICES_SAID]]
    raise UsageError("withdrawn_column_unknown", field=key, choices=", ".join(names))


def _planned(workspace: Workspace, order: WithdrawalOrder, withdrawal: Withdrawal) -> Exit:
    _say_found(workspace, withdrawal)
    _save_unfound(order, withdrawal)
    if order.as_json:
        output.document({"state": "planned"} | _json(withdrawal))
    say(t("withdrawn.only_planned"))
    return Exit.DONE


def _delete(workspace: Workspace, order: WithdrawalOrder, withdrawal: Withdrawal) -> Exit:
    number = withdrawal.customers
    if number and not order.is_confirmed and order.expect in (None, number):
        _say_found(workspace, withdrawal)
        if not may_delete(number):
            return nothing_done()
    # Before anybody is deleted: a folder without rights must not be found out afterwards.
    is_saved = _save_unfound(order, withdrawal)
    deleted = done(lambda stop: apply(workspace, withdrawal, expect=order.expect, stop=stop))
    if deleted is None:
        if is_saved and order.missing is not None:
            order.missing.unlink(missing_ok=True)
        return Exit.REFUSED
    if order.as_json:
        output.document({"state": "deleted"} | _json(withdrawal) | deleted_json(deleted))
    say_deleted(deleted)
    return Exit.DONE


def _save_unfound(order: WithdrawalOrder, withdrawal: Withdrawal) -> bool:
    if order.missing is None or not withdrawal.unfound:
        return False
    write_unfound(order.missing, withdrawal, describe_unfound)
    say(t("withdrawn.unfound_saved", path=order.missing))
    return True


def _say_withdrawal(withdrawal: Withdrawal) -> None:
    say(t("withdrawn.numbers", **{name: f"{value:,}" for name, value in _numbers(withdrawal).items()}))
    if withdrawal.shared:
        say(t("withdrawn.shared", count=f"{withdrawal.shared:,}"))
    if withdrawal.is_header_somebody:
        say(t("withdrawn.no_titles", header=withdrawal.header))
    for one in withdrawal.unfound[:SHOWN]:
        say(_unfound_line(one))
    if len(withdrawal.unfound) > SHOWN:
        say(t("withdrawn.more_unfound", count=f"{len(withdrawal.unfound) - SHOWN:,}"))


def _unfound_line(one: UnfoundRow) -> str:
    return t("withdrawn.unfound_row", row=f"{one.row:,}", value=one.value, reason=describe_unfound(one))


def _say_found(workspace: Workspace, withdrawal: Withdrawal) -> None:
    found = found_customers(workspace, withdrawal)
    for row, customer in found:
        name = customer.get(NAME)
        say(t("withdrawn.found_row", row=f"{row.row:,}", value=row.value, id=customer.id, name=name or ""))
    if withdrawal.customers > len(found):
        say(t("withdrawn.more_found", count=f"{withdrawal.customers - len(found):,}"))


def _numbers(withdrawal: Withdrawal) -> dict[str, int]:
    return {
        "rows": withdrawal.rows,
        "customers": withdrawal.customers,
        "blocked": withdrawal.blocked,
        "hidden": withdrawal.hidden,
        "shared": withdrawal.shared,
        **{why.value: withdrawal.count(why) for why in Why},
        "repeated": withdrawal.repeated,
    }


def _json(withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        "by": withdrawal.by,
        **_numbers(withdrawal),
        "ids": sorted(withdrawal.ids),
        "header_is_customer": withdrawal.is_header_somebody,
        "not_found": [
            {"row": one.row, "value": one.value, "reason": one.why.value, "message": describe_unfound(one)}
            for one in withdrawal.unfound[:SHOWN]
        ],
    }
