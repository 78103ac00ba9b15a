"""The tab of the tags: their tree with numbers; renaming, merging and deleting ask whether customers change (R16)."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from crm_tui.core.fields import BUILT_IN, TAGS
from crm_tui.core.lists import tag_problem
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Problem
from crm_tui.core.query import quoted
from crm_tui.core.text import fold, trim
from crm_tui.i18n import describe, t
from crm_tui.services import customers, tagging
from crm_tui.services.errors import CrmError
from crm_tui.services.tagging import Carriers, Retagged
from crm_tui.services.tags import TagCount, TagNode, import_tags, tag_tree
from crm_tui.services.workspace import Workspace
from crm_tui.tui import keys
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.pick_tag import PickTag
from crm_tui.tui.screens.settings.pane import LEAVE, Answer, Pane, rest_until
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import line
from crm_tui.tui.widgets.tag_list import TagList

_UNREAD = -1
"""No revision of the database: whatever it says is news."""
_WITH, _WITHOUT, _DELETE = "with", "without", "delete"


@dataclass(frozen=True, slots=True)
class _Tags:
    """All tags as they were at one revision."""

    tree: tuple[TagNode, ...]
    import_tags: tuple[TagCount, ...]
    revision: int
    seconds: float = 0.0
    """What it took to count them."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A tag that is to change, and whom that is about."""

    tag: TagNode
    carriers: Carriers
    others: tuple[Carriers, ...]
    """Who carries the tag that it becomes."""


def _find(workspace: Workspace, tags: tuple[TagNode, ...]) -> _Found:
    carriers, *others = (tagging.carriers(workspace, tag.name) for tag in tags)
    return _Found(tags[0], carriers, tuple(others))


def _read(workspace: Workspace) -> _Tags:
    # The revision comes first: what changes while the rest is read is seen by the next look.
    revision = customers.revision(workspace)
    begun = time.monotonic()
    tree, given = tag_tree(workspace), import_tags(workspace)
    return _Tags(tree, given, revision, time.monotonic() - begun)


def _read_if_changed(workspace: Workspace, known: int) -> _Tags | None:
    return _read(workspace) if customers.revision(workspace) != known else None


class TagsPane(Pane):
    """Customer tags, and import tags under them."""

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = keys.TAGS
    NEEDS: ClassVar[Permission | None] = Permission.SEE

    def __init__(self) -> None:
        super().__init__(id="tags-pane")
        self._tags = _Tags((), (), _UNREAD)
        self._rests_until = 0.0
        self._follow = ""
        """The tag that the cursor goes to when the tags are read again: the one that was renamed."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield TagList(id="tags")

    def on_mount(self) -> None:
        """Say that it takes a while: the tags of a million customers are counted for some seconds."""
        self._list.say_instead(t("settings.counting"))

    @property
    def _list(self) -> TagList:
        return self.query_one(TagList)

    @property
    def position(self) -> str:
        """Return the tag under the cursor and how many there are."""
        count = sum(1 for _ in _flat(self._tags.tree))
        numbers = t("settings.status_tags", tags=f"{count:,}", import_tags=f"{len(self._tags.import_tags):,}")
        current = self._list.current
        return f"{numbers}   {line(current.name)}" if current is not None else numbers

    # -- reading ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read again if customers or their tags changed: counting the tags of a million takes a while."""
        if self.workspace is not None and time.monotonic() >= self._rests_until:
            self.read(partial(_read_if_changed, self.workspace, self._tags.revision), self._show)

    def forget(self) -> None:
        """Take whatever the next look finds for news."""
        self._tags = _Tags(self._tags.tree, self._tags.import_tags, _UNREAD)
        self._rests_until = 0.0

    def _show(self, tags: _Tags | None) -> None:
        if tags is None:
            return
        self._tags = tags
        self._rests_until = rest_until(tags.seconds)
        self._list.show(tags.tree, tags.import_tags)
        self._say_empty()
        if self._follow:
            self._list.follow(self._follow)
            self._follow = ""

    def _say_empty(self) -> None:
        if self._tags.revision == _UNREAD:
            return
        self._list.say_instead(t("settings.nothing_found" if self._list.is_filtered else "settings.no_tags"))

    def find(self, wanted: str) -> None:
        """Show only tags that have a text in their name."""
        self._list.find(wanted)
        self._say_empty()

    # -- acting -------------------------------------------------------------------------------------------------

    def write(self, change: Callable[[], Answer], take: Callable[[Answer], None]) -> None:
        """Write as the desk's one long piece of work, shown at the top: a million customers may carry a tag."""
        work = self.crm.desk.work
        if work.is_running:
            self.crm.tell(t("desk.still_working"))
            return
        self.say("write", "")
        work.run(t("desk.work_tags"), lambda _: change(), partial(self._written, take))

    def _written(self, take: Callable[[Answer], None], answer: Answer | CrmError) -> None:
        if isinstance(answer, CrmError):
            self.fail("write", answer)
            self.look()
        else:
            take(answer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the tag under the cursor takes."""
        if not self.is_mounted or action not in {one.action for one in keys.TAGS}:
            return True
        current = self._list.current
        if not self.display or current is None or not current.name:
            return False
        return action == "delete" or current.tag is not None

    @on(RowList.Opened)
    def _show_customers(self) -> None:
        current = self._list.current
        if current is not None and current.import_tag is not None:
            self.crm.show_contacts(f"import:{quoted(current.name)}")
        elif current is not None and current.tag is not None:
            names = [quoted(tag.name) for tag in _flat([current.tag])]
            self.crm.show_contacts(f"tag:{names[0]}" if len(names) == 1 else f"tag:({', '.join(names)})")

    def action_unfold(self) -> None:
        """Show the tags below."""
        self._list.action_unfold()

    def action_fold(self) -> None:
        """Put the tags below out of sight."""
        self._list.action_fold()

    def action_rename(self) -> None:
        """Ask for another name."""
        current = self._list.current
        if current is not None and current.tag is not None:
            self._ask_name(current.tag, current.name, "")

    def _ask_name(self, tag: TagNode, value: str, problem: str) -> None:
        title = t("settings.rename_title", name=line(tag.name))
        self.app.push_screen(AskLine(title, t("settings.tag_rule"), value, problem), partial(self._named, tag))

    def _named(self, tag: TagNode, answer: str | None) -> None:
        new = None if answer is None else trim(answer)
        if new is None or new == tag.name:
            return
        if problem := tag_problem(new, BUILT_IN[TAGS]):
            self._ask_name(tag, new, describe(problem))
            return
        question = t("settings.rename_question", name=line(tag.name), new=line(new))
        self._count(
            [tag], lambda found: self._ask_customers("rename", found, question, partial(self._rename, tag, new))
        )

    def _rename(self, tag: TagNode, new: str, with_customers: bool) -> None:
        if self.workspace is not None:
            change = partial(tagging.rename_tag, self.workspace, tag.name, new, with_customers=with_customers)
            self.write(change, partial(self._renamed, tag, new))

    def _renamed(self, tag: TagNode, new: str, answer: Retagged | Problem) -> None:
        if isinstance(answer, Problem):
            self._ask_name(tag, new, describe(answer))
            return
        self._follow = new
        self._done(t("settings.renamed", name=line(tag.name), new=line(new), customers=f"{answer.customers:,}"))

    def action_merge(self) -> None:
        """Ask which tag it is to become."""
        current = self._list.current
        if current is None or current.tag is None:
            return
        tag = current.tag
        # A tag and one below it cannot be the same.
        others = [
            one
            for one in _flat(self._tags.tree)
            if not _is_below(one.name, tag.name) and not _is_below(tag.name, one.name)
        ]
        if others:
            title = t("settings.merge_title", name=line(tag.name))
            self.app.push_screen(PickTag(title, others), partial(self._picked, tag))
        else:
            self.crm.tell(t("settings.merge_nothing"))

    def _picked(self, tag: TagNode, into: TagNode | None) -> None:
        if into is not None:
            self._count([tag, into], partial(self._ask_to_merge, into))

    def _ask_to_merge(self, into: TagNode, found: _Found) -> None:
        tag = found.tag
        numbers = {"count": f"{found.carriers.customers:,}", "into_count": f"{found.others[0].customers:,}"}
        question = t("settings.merge_question", name=line(tag.name), into=line(into.name), **numbers)
        self._ask_customers("merge", found, question, partial(self._merge, tag, into))

    def _merge(self, tag: TagNode, into: TagNode, with_customers: bool) -> None:
        if self.workspace is not None:
            change = partial(tagging.merge_tags, self.workspace, tag.name, into.name, with_customers=with_customers)
            self.write(change, partial(self._merged, tag, into))

    def _merged(self, tag: TagNode, into: TagNode, answer: Retagged | Problem) -> None:
        if isinstance(answer, Problem):
            self.say("write", describe(answer))
            return
        self._follow = into.name
        self._done(t("settings.merged", name=line(tag.name), into=line(into.name), customers=f"{answer.customers:,}"))

    def action_delete(self) -> None:
        """Ask, and delete the tag under the cursor."""
        current = self._list.current
        if current is not None and current.tag is not None:
            tag, question = current.tag, t("settings.delete_question", name=line(current.name))
            self._count([tag], lambda found: self._ask_customers("delete", found, question, partial(self._delete, tag)))
        elif current is not None and current.import_tag is not None and self.workspace is not None:
            given = current.import_tag
            count = partial(tagging.import_tag_carriers, self.workspace, given.name)
            self._ask_when(count, partial(self._ask_import_tag, given))

    def _delete(self, tag: TagNode, with_customers: bool) -> None:
        if self.workspace is not None:
            change = partial(tagging.delete_tag, self.workspace, tag.name, with_customers=with_customers)
            self.write(change, partial(self._deleted, tag))

    def _deleted(self, tag: TagNode, answer: Retagged) -> None:
        self._done(t("settings.deleted", name=line(tag.name), customers=f"{answer.customers:,}"))

    def _ask_import_tag(self, tag: TagCount, carriers: Carriers) -> None:
        question = t("settings.import_delete_question", name=line(tag.name), count=f"{carriers.customers:,}")
        if carriers.blocked:
            question = f"{question}\n{t('settings.blocked_too', count=f'{carriers.blocked:,}')}"
        answers = [(LEAVE, t("settings.leave")), (_DELETE, t("settings.import_delete"))]
        self.ask(question, answers, lambda _: self._delete_import_tag(tag))

    def _delete_import_tag(self, tag: TagCount) -> None:
        if self.workspace is not None:
            change = partial(tagging.delete_import_tag, self.workspace, tag.name)
            self.write(
                change, lambda count: self._done(t("settings.deleted", name=line(tag.name), customers=f"{count:,}"))
            )

    def _count(self, tags: Sequence[TagNode], ask: Callable[[_Found], None]) -> None:
        """Find out whom a change would be about, and ask then: the numbers in the list leave out the blocked (R46)."""
        if self.workspace is not None:
            self._ask_when(partial(_find, self.workspace, tuple(tags)), ask)

    def _ask_when(self, count: Callable[[], Answer], ask: Callable[[Answer], None]) -> None:
        def counted(answer: Answer) -> None:
            if self.crm.screen is self.screen and self.display:  # else something else is being asked or done by now
                ask(answer)

        self.in_thread("write", count, counted)

    def _ask_customers(self, verb: str, found: _Found, question: str, act: "partial[None]") -> None:
        """Ask whether the customers who carry a tag change too; where nobody does, only whether it is meant."""
        parts = [question]
        if found.tag.children:
            parts.append(t("settings.with_below", count=f"{len(found.tag.children):,}"))
        answers = [(_WITH, t(f"settings.{verb}_with")), (_WITHOUT, t(f"settings.{verb}_without"))]
        leave = (LEAVE, t("settings.leave"))
        # What can be undone comes first: the customers of two tags that were merged cannot be told apart again.
        answers = {"rename": [*answers, leave], "merge": [leave, *answers], "delete": [*answers[::-1], leave]}[verb]
        if found.carriers.customers:
            name = "settings.carried_blocked" if found.carriers.blocked else "settings.carried"
            parts.append(t(name, count=f"{found.carriers.customers:,}", blocked=f"{found.carriers.blocked:,}"))
        else:
            parts.append(t("settings.carried_by_nobody"))
            answers = [(_WITH, t(f"settings.{verb}_unused")), leave]
        self.ask("\n".join(parts), answers, lambda answer: act(answer == _WITH))

    def _done(self, sentence: str) -> None:
        self.crm.tell(sentence)
        self.reload()


def _flat(tree: Iterable[TagNode]) -> Iterable[TagNode]:
    for node in tree:
        yield node
        yield from node.children


def _is_below(name: str, above: str) -> bool:
    """Say whether a tag is another one or lies below it."""
    return fold(name) == fold(above) or fold(name).startswith(f"{fold(above)}/")
