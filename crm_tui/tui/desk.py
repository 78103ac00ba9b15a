"""The desk: what is done with chosen customers. It asks, does it in a thread, and tells how it went."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from textual.screen import ModalScreen

from crm_tui.i18n import describe_error, t
from crm_tui.services.errors import CrmError, UsageError
from crm_tui.services.selection import Expected, Seen, Selection, look_at
from crm_tui.tui.place import Place
from crm_tui.tui.work import Steps, Work

if TYPE_CHECKING:
    from crm_tui.services.workspace import Workspace
    from crm_tui.tui.app import CrmApp

Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Look:
    """Looks once at whom a search line finds: in whichever thread asks first; the others wait."""

    def __init__(self, workspace: "Workspace", selection: Selection) -> None:
        self._workspace = workspace
        self._selection = selection
        self._seen: Seen | None = None
        self._lock = Lock()

    def result(self) -> Seen:
        """Return who they were at the first call."""
        with self._lock:
            if self._seen is None:
                self._seen = look_at(self._workspace, self._selection)
            return self._seen

    def begin(self) -> None:
        """Look; whoever needs the result meets what is in the way."""
        with suppress(CrmError, OSError):
            self.result()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Customers to do something with."""

    selection: Selection
    count: int
    """How many the manager sees chosen; when there are others by then, nothing is done and it is asked again."""
    who: str = ""
    """Their name, where it is one customer."""
    look: Look | None = field(default=None, compare=False)
    """Whom the search line found as the question was asked; looked for while the manager reads it."""

    def expected(self) -> Expected:
        """Return whom the manager means, for whatever is done with them; to be asked for in a thread.

        Raises:
            UsageError: "count_changed": they were others already when the question was asked.
        """
        if self.look is None:
            return self.count
        seen = self.look.result()
        if seen.count != self.count:
            raise UsageError("count_changed", expected=self.count, found=seen.count)
        return seen

    @property
    def words(self) -> str:
        """The customers as a dialog names them; not yet safe for a terminal."""
        return self.who or t("desk.customers", count=f"{self.count:,}")

    def told(self, deed: str, count: int) -> str:
        """Say to how many of them something was done, e.g. "blocked"."""
        if not count:
            return t(f"desk.{deed}_none")
        return t(f"desk.{deed}_one" if self.who else f"desk.{deed}", who=self.words, count=f"{count:,}")


class Desk:
    """Asks in a dialog, acts in a thread, tells in the status line, and lets the screen in sight look again.

    What is asked and done stands in `crm_tui.tui.deeds`, a module each, which is loaded when it is needed.
    """

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self.work = Work(app)
        self.done_to: set[int] = set()
        """To whom something was done here, until their profile has shown it: there it is no news."""
        self.unsaved: dict[tuple[int, str], str] = {}
        """What was typed for a customer's field and not saved, as another place was gone to."""

    @property
    def workspace(self) -> "Workspace":
        """The database."""
        workspace = self._app.workspace
        assert workspace is not None, "nobody can be chosen before the database is open"
        return workspace

    # -- deeds --------------------------------------------------------------------------------------------------

    def tag(self, chosen: Chosen) -> None:
        """Add tags and remove tags."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import tags

            tags.ask(self, chosen)

    def consent(self, chosen: Chosen) -> None:
        """Set or take back the opt-outs of e-mail and texting."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import consent

            consent.ask(self, chosen)

    def block(self, chosen: Chosen) -> None:
        """Block (R46)."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import blocking

            blocking.ask(self, chosen)

    def unblock(self, chosen: Chosen) -> None:
        """Take customers out of the block."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import blocking

            blocking.ask_to_unblock(self, chosen)

    def delete(self, chosen: Chosen) -> None:
        """Delete for good (R48, R49)."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import deleting

            deleting.ask(self, chosen)

    def delete_hidden(self, chosen: Chosen) -> None:
        """Delete all who are over the limit of managed users for good (R5, R49)."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import deleting

            deleting.ask_hidden(self, chosen)

    def export(
        self, chosen: Chosen, columns: tuple[str, ...], sort: str = "lastSeenAt", descending: bool = True
    ) -> None:
        """Write to a CSV or xlsx file; `columns`: the keys of those that are shown."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import exporting

            exporting.ask(self, chosen, exporting.View(columns, sort, descending))

    def write_down(self, chosen: Chosen, *, is_blocked: bool = False) -> None:
        """Write down a message or a call with one customer; `is_blocked`: whether they are, as the manager sees."""
        if self._may_start(chosen):
            from crm_tui.tui.deeds import conversations

            conversations.ask(self, chosen, is_blocked=is_blocked)

    def audience(self, query: str, count: int) -> None:
        """Show who of those that a search line finds may get a marketing message, and write them to a file."""
        chosen = Chosen(Selection(query=query), count)
        if self._may_start(chosen):
            from crm_tui.tui.deeds import audience

            audience.ask(self, chosen)

    def _may_start(self, chosen: Chosen) -> bool:
        """Say what is in the way: nobody chosen, or other work."""
        if self._app.workspace is None or chosen.count < 1:
            self._app.tell(t("desk.nobody"))
        elif self.work.is_running:
            self._app.tell(t("desk.still_working"))
        elif self._app.job.is_running and chosen.count > 1:
            self._app.tell(t("desk.import_running"))
        else:
            return True
        return False

    # -- for the deeds ------------------------------------------------------------------------------------------

    def ask(self, dialog: ModalScreen[Answer], then: Callable[[Answer], None]) -> None:
        """Show a dialog; `then` gets its answer, unless it was left."""
        self._app.push_screen(dialog, lambda answer: then(answer) if answer else None)

    def ask_about(self, chosen: Chosen, dialog: ModalScreen[Answer], then: Callable[[Chosen, Answer], None]) -> None:
        """Ask whether to change customers; `then` gets those of this moment, by the answer others may be found."""
        if chosen.selection.query is not None:  # else their ids say who they are
            look = Look(self.workspace, chosen.selection)
            self._app.run_worker(look.begin, thread=True, group="look")
            chosen = replace(chosen, look=look)
        self.ask(dialog, lambda answer: then(chosen, answer))

    def do(
        self,
        chosen: Chosen,
        name: str,
        do: Callable[[Steps], Result],
        told: Callable[[Result], str],
        again: Callable[[Chosen, str], None],
        *,
        can_stop: bool = False,
        may_mend: bool = False,
        is_kept: bool = False,
    ) -> None:
        """Do it in a thread, and say how it went.

        Args:
            chosen: Whom it is done to.
            name: What it is called, for the top line.
            do: What to do.
            told: What to say about what came out of it.
            again: Asks once more, with a sentence about what was in the way.
            can_stop: Whether `do` looks at its stop event.
            may_mend: Whether another answer could help where it failed.
            is_kept: Whether it stays told how it went, whatever is done meanwhile.
        """
        if self.work.is_running:  # begun while the dialog was open
            self._app.tell(t("desk.still_working"))
            return
        self.done_to |= chosen.selection.ids

        def ended(answer: Result | CrmError) -> None:
            if not isinstance(answer, CrmError):
                self._ended(told(answer), is_kept=is_kept)
                return
            self.done_to -= chosen.selection.ids
            if answer.code in ("count_changed", "others_found"):
                self._changed(chosen, answer, again)
            elif answer.code == "database_busy" and self._app.job.is_running:
                self._ended(t("desk.import_running"))
            elif may_mend and answer.code != "cancelled":
                again(chosen, describe_error(answer))
            else:
                self._ended(describe_error(answer))

        self.work.run(t(f"desk.work_{name}"), do, ended, can_stop=can_stop)

    def _changed(self, chosen: Chosen, error: CrmError, again: Callable[[Chosen, str], None]) -> None:
        found = int(error.params["found"])
        if found:
            sentence = t(f"desk.{error.code}", expected=f"{chosen.count:,}", found=f"{found:,}")
            again(replace(chosen, count=found, look=None), sentence)
        else:
            self._ended(t("desk.all_gone"))

    def _ended(self, sentence: str, *, is_kept: bool = False) -> None:
        if sentence:
            self._app.tell(sentence, is_kept=is_kept)
        if isinstance(self._app.screen, Place):
            self._app.screen.look()
