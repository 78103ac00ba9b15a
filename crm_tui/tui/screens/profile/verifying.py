"""A contact that the customer typed becomes a verified one (R2), and whom that links is asked about (R45)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, Field
from crm_tui.core.problems import Problem
from crm_tui.i18n import describe, describe_error, field_label, t
from crm_tui.services.customers import Edited, Unify, WouldUnify
from crm_tui.services.errors import CrmError, NotFound
from crm_tui.services.verifying import verify
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.unify import NO, YES, UnifyDialog
from crm_tui.tui.place import Place
from crm_tui.tui.screens.profile.saving import unified_words
from crm_tui.tui.widgets.value_text import value_text

if TYPE_CHECKING:
    from crm_tui.tui.app import CrmApp
    from crm_tui.tui.screens.profile.screen import ProfileScreen

Answer = Edited | WouldUnify | tuple[Problem, ...] | CrmError


class Verifying:
    """What the profile does with unverified contacts."""

    def __init__(self, screen: "ProfileScreen") -> None:
        self._screen = screen

    @property
    def possible(self) -> list[Field]:
        """The contacts that are not verified, the one under the cursor first."""
        profile = self._screen.profile
        if profile is None:
            return []
        customer, current = profile.customer, self._screen.list.current
        flags = ((EMAIL, customer.email_verified), (MOBILE_NUMBER, customer.mobile_number_verified))
        keys = [key for key, is_verified in flags if customer.get(key) is not None and not is_verified]
        under_cursor = current.field.key if current is not None and current.field is not None else ""
        fields = (profile.fields_by_key[key] for key in keys if key in profile.fields_by_key)
        return sorted(fields, key=lambda field: field.key != under_cursor)

    def ask(self) -> None:
        """Ask which contact is verified; there is no way back."""
        profile, possible = self._screen.profile, self.possible
        if profile is None:
            return
        answers = [
            (field.key, t("profile.verify_yes", field=field_label(field), value=self._shown(field)))
            for field in possible
        ]
        dialog = Ask(t("profile.verify_ask"), [*answers, ("", t("desk.leave"))], begins_on=-1)
        fields = {field.key: field for field in possible}
        self._screen.app.push_screen(dialog, lambda key: self._verify(fields[key]) if key else None)

    def _shown(self, field: Field) -> str:
        assert self._screen.profile is not None
        value = self._screen.profile.customer.get(field.key)
        return "" if value is None else value_text(value, field)

    def _verify(self, field: Field, unify: Unify = None) -> None:
        screen, workspace = self._screen, self._screen.workspace
        if workspace is not None:
            do = partial(verify, workspace, screen.customer_id, field.key, unify=unify)
            # A worker of the screen would be cancelled with it, and its answer heard by nobody.
            screen.crm.run_worker(partial(self._verify_in_thread, screen.crm, do, field), thread=True, group="save")

    def _verify_in_thread(self, app: "CrmApp", do: Callable[[], Answer], field: Field) -> None:
        answer: Answer
        try:
            answer = do()
        except CrmError as error:
            answer = error
        app.call_later(self._answered, app, field, answer)

    def _answered(self, app: "CrmApp", field: Field, answer: Answer) -> None:
        screen = self._screen
        is_here = screen in app.screen_stack
        match answer:
            case Edited():
                told = t("profile.verified", field=field_label(field))
                app.tell(f"{told} {unified_words(screen.customer_id, answer)}".strip(), is_kept=not is_here)
                app.desk.done_to.add(screen.customer_id)
                if is_here and answer.customer.id != screen.customer_id:
                    screen.show_instead(answer.customer.id)
                elif isinstance(app.screen, Place):
                    app.screen.look()
            case WouldUnify() if is_here and screen.profile is not None:
                dialog = UnifyDialog(answer, screen.profile.fields_by_key, t("desk.leave"))
                app.push_screen(dialog, partial(self._unify_decided, field, answer))
            case WouldUnify():
                app.tell(t("profile.unify_open"), is_kept=True)
            case NotFound() if is_here:
                screen.gone()
            case NotFound():
                app.tell(t("desk.gone"), is_kept=True)
            case CrmError():
                app.tell(describe_error(answer), is_kept=not is_here)
            case problems:
                app.tell(" ".join(map(describe, problems)), is_kept=not is_here)

    def _unify_decided(self, field: Field, found: WouldUnify, answer: str | None) -> None:
        # A yes is to those who were named: where others would be unified by now, it is asked again.
        if answer in (YES, NO):
            self._verify(field, unify=found.links if answer == YES else False)
