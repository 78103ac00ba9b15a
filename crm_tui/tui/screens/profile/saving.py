"""Saving a value is the program's own work: how it went is told even where the profile has been left meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.core.fields import Field, Value
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, field_label, t
from crm_tui.services import customers
from crm_tui.services.customers import Edited, Stale, Unify, WouldUnify
from crm_tui.services.errors import CrmError, NotFound
from crm_tui.services.workspace import Workspace
from crm_tui.tui.place import Place
from crm_tui.tui.widgets.profile_lines import name_of
from crm_tui.tui.widgets.safe_text import fit

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp

Answer = Edited | Stale | WouldUnify | tuple[Problem, ...] | CrmError
_WHO_CELLS = 16
"""What is wrong is to be read behind the name."""


@dataclass(frozen=True, slots=True)
class Order:
    """A value to be saved."""

    customer_id: int
    who: str
    """The customer as a sentence names them; not yet safe for a terminal."""
    field: Field
    text: str
    """As it was typed."""
    cell: str
    seen: Value | None
    unify: Unify = None
    """Whether whom it links is unified (R45): those that were asked about; None: it has not been asked."""


def save(app: "CrmApp", workspace: Workspace, order: Order, then: Callable[[Order, Answer], object]) -> None:
    """Save a value in a thread; `then` gets the answer, in the screen's thread."""
    # A worker of the screen would be cancelled with it, and its answer heard by nobody.
    app.run_worker(partial(_save, app, workspace, order, then), thread=True, group="save")


def _save(app: "CrmApp", workspace: Workspace, order: Order, then: Callable[[Order, Answer], object]) -> None:
    answer: Answer
    key = order.field.key
    try:
        answer = customers.edit(
            workspace, order.customer_id, {key: order.cell}, seen={key: order.seen}, unify=order.unify
        )
    except CrmError as error:
        answer = error
    app.call_later(then, order, answer)


def saved_sentence(order: Order, answer: Edited) -> str:
    """Say that it is saved, what was left out, and who was unified by it."""
    left_out = t("desk.tags_left_out", count=answer.tags_left_out) if answer.tags_left_out else ""
    return " ".join(
        filter(
            None, (t("desk.saved", field=field_label(order.field)), left_out, unified_words(order.customer_id, answer))
        )
    )


def unified_words(customer_id: int, answer: Edited) -> str:
    """Say who went into whom, or waits to, as one customer was edited (R42)."""
    sentences = []
    if answer.customer.id != customer_id:
        sentences.append(t("profile.went_into", who=fit(name_of(answer.customer), _WHO_CELLS).rstrip()))
    elif answer.unified:
        sentences.append(t("profile.unified", count=f"{answer.unified:,}"))
    if answer.pending:
        sentences.append(t("profile.waits", count=f"{answer.pending:,}"))
    return " ".join(sentences)


def end_out_of_sight(app: "CrmApp", order: Order, answer: Answer) -> None:
    """Say how it went where the edit has been left; what was typed is kept since then, and forgotten when saved."""
    place, unsaved = (order.customer_id, order.field.key), app.desk.unsaved
    match answer:
        case Edited():
            if unsaved.get(place) == order.text:
                del unsaved[place]
            app.desk.done_to.add(order.customer_id)
            app.tell(saved_sentence(order, answer), is_kept=True)
            if isinstance(app.screen, Place):
                app.screen.look()
            return
        case NotFound():
            unsaved.pop(place, None)
            app.tell(t("desk.gone"), is_kept=True)
            return
        case Stale():
            why = f"{t('desk.stale_title')}."
        case WouldUnify():
            why = t("profile.unify_open")
        case CrmError():
            why = describe_error(answer)
        case problems:
            why = " ".join(describe(one) for one in problems)
    who = fit(order.who, _WHO_CELLS).rstrip()
    app.tell(t("desk.not_saved", who=who, field=field_label(order.field), why=why), is_kept=True)
