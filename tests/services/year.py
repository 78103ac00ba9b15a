"""One shop's year, step by step: what three managers and the customers do, and how everything stands after each.

A step is one thing that is done, all of it or nothing; `test_year` plays it as it stands and killed on the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.core.permissions import Permission
from crm_tui.core.talk import Direction
from crm_tui.core.vocabulary import LeadKey
from crm_tui.services import collecting, conversations, managed, managers, retention, roles, withdrawing
from crm_tui.services import customers as one_by_one
from crm_tui.services.blocking import block, unblock
from crm_tui.services.conversations import Refused, Written
from crm_tui.services.customers import AlreadyExists, Edited, Stale, WouldUnify, find
from crm_tui.services.deleting import delete
from crm_tui.services.errors import CrmError, Forbidden
from crm_tui.services.exporting import export
from crm_tui.services.importing.source import open_source
from crm_tui.services.imports import tidy
from crm_tui.services.inbox import mark_all_read
from crm_tui.services.profiles import Customer
from crm_tui.services.selection import Selection
from crm_tui.services.tagging import change_tags
from crm_tui.services.verifying import verify
from crm_tui.services.visits import Boot, Visited, visit
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.kit import leads, members
from tests.services.people import add

Deed = Callable[[Workspace, Path], object]

KIM, LEE, PARK = "kim", "lee", "park"
"""The owner; a basic manager; one whose role allows deleting and downloading, too."""


@dataclass(frozen=True)
class Step:
    """Something that is done, and how everything stands then."""

    name: str
    day: int
    who: str
    do: Deed
    mu: int
    log: tuple[str, ...]
    """The kinds of the lines that it adds to the log."""
    members: int
    pending: int = 0
    blocked: int = 0
    hidden: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    """Messages that nobody has read, by manager."""


def person(workspace: Workspace, **by: str) -> Customer:
    """Return the only customer with that member id, e-mail or mobile number."""
    (found,) = find(workspace, **by)  # type: ignore[arg-type]
    return found


def of(workspace: Workspace, **by: str) -> Selection:
    """Return the only customer with that member id, e-mail or mobile number, to do something with."""
    return Selection(ids=frozenset({person(workspace, **by).id}))


def refused(do: Callable[[], object], error: type[CrmError] = Forbidden) -> None:
    """Do what must be refused."""
    try:
        answer = do()
    except error:
        return
    raise AssertionError(answer)


def went(answer: object) -> Visited:
    """Return what came of a visit that nothing is wrong with."""
    assert isinstance(answer, Visited), answer
    return answer


# -- the steps --------------------------------------------------------------------------------------------------------

FIRST_MEMBERS = (
    ("M1", "김하나", "one@shop.kr", ""),
    ("M2", "이둘", "two@shop.kr", "+82 010-2222-0002"),
    ("M3", "박셋", "three@shop.kr", ""),
    ("M4", "최넷", "no address", ""),
)
COLUMNS = ("memberId", "name", "email", "mobileNumber")


def open_shop(workspace: Workspace, _: Path) -> None:
    managers.add_manager(workspace, LEE, "basic")


def make_role(workspace: Workspace, _: Path) -> None:
    roles.add_role(workspace, "상담 팀장", [Permission.SEE, Permission.EDIT, Permission.DELETE, Permission.DOWNLOAD])


def hire(workspace: Workspace, _: Path) -> None:
    managers.add_manager(workspace, PARK, "상담 팀장")


def first_members(workspace: Workspace, folder: Path) -> None:
    numbers = members(workspace, folder, COLUMNS, *FIRST_MEMBERS, tag="1월 회원").numbers
    assert (numbers.created, numbers.updated, numbers.failed, numbers.unified) == (3, 0, 1, 0)


def leads_by_email(workspace: Workspace, folder: Path) -> None:
    rows = [("ONE@shop.kr", "다른 이름"), ("new@shop.kr", "새 사람"), ("site@shop.kr", "사이트 방문자")]
    numbers = leads(workspace, folder, LeadKey.EMAIL, ("email", "name"), *rows, tag="2월 리드").numbers
    assert (numbers.created, numbers.updated, numbers.unified) == (2, 1, 0)


def leads_by_mobile(workspace: Workspace, folder: Path) -> None:
    rows = [("+82 010-2222-0002", ""), ("+82 010-3333-0003", "번호만")]
    numbers = leads(workspace, folder, LeadKey.MOBILE_NUMBER, ("mobileNumber", "name"), *rows, tag="2월 리드").numbers
    assert (numbers.created, numbers.updated, numbers.unified) == (1, 1, 0)


def members_who_were_leads(workspace: Workspace, folder: Path) -> None:
    numbers = members(workspace, folder, COLUMNS[:3], ("M5", "새 회원", "new@shop.kr"), tag="3월 회원").numbers
    assert (numbers.created, numbers.unified, numbers.unify_pending) == (1, 1, 0)


def lead_who_belongs_to_a_member(workspace: Workspace, folder: Path) -> None:
    # The file's key is the e-mail, its mobile number is that of M2: the new lead goes into M2 at once.
    row = ("second@shop.kr", "+82 010-2222-0002")
    numbers = leads(workspace, folder, LeadKey.EMAIL, ("email", "mobileNumber"), row, tag="3월 리드").numbers
    assert (numbers.created, numbers.updated, numbers.unified) == (1, 0, 1)
    # A verified e-mail of the member is not replaced by that of the lead (R43).
    assert person(workspace, member_id="M2").profile["profile.email"] == "two@shop.kr"


def visit_the_site(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, email="site@shop.kr")
    went(visit(workspace, Boot(lead.id)))
    assert person(workspace, email="site@shop.kr").sessions_count == 1


def come_back_soon(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, email="site@shop.kr")
    answer = went(visit(workspace, Boot(lead.id, at=lead.last_seen_at + 20 * 60_000)))
    assert not answer.is_new_session
    assert person(workspace, email="site@shop.kr").sessions_count == 1


def message_of_the_lead(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, email="site@shop.kr")
    assert isinstance(conversations.write_message(workspace, lead.id, Direction.IN, "배송은 언제 되나요?"), Written)


def member_with_the_lead_s_address(workspace: Workspace, folder: Path) -> None:
    numbers = members(workspace, folder, COLUMNS[:3], ("M6", "사이트 회원", "site@shop.kr"), tag="4월 회원").numbers
    assert (numbers.created, numbers.unified, numbers.unify_pending) == (1, 0, 1)


def log_in(workspace: Workspace, _: Path) -> None:
    (lead,) = [one for one in find(workspace, email="site@shop.kr") if one.member_id is None]
    assert went(visit(workspace, Boot(lead.id, "M6"))).unified == 1
    member = person(workspace, email="site@shop.kr")
    assert member.member_id == "M6"
    kinds = [entry.text for entry in conversations.timeline(workspace, member.id) if entry.text]
    assert kinds == ["배송은 언제 되나요?"]


def become_a_member(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, mobile="+82 010-3333-0003")
    assert went(visit(workspace, Boot(lead.id, "M7"))).became_member
    assert person(workspace, member_id="M7").id == lead.id


def add_by_hand(workspace: Workspace, _: Path) -> None:
    add(workspace, email="hand@shop.kr", name="손님")


def add_who_exists(workspace: Workspace, _: Path) -> None:
    assert isinstance(one_by_one.add_lead(workspace, {"email": "HAND@shop.kr"}), AlreadyExists)


def ask_before_unifying(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, email="hand@shop.kr")
    answer = one_by_one.edit(workspace, lead.id, {"email": "three@shop.kr"})
    assert isinstance(answer, WouldUnify)
    assert [one.member_id for one in answer.links] == [person(workspace, member_id="M3").id]


def unify_by_hand(workspace: Workspace, _: Path) -> None:
    lead = person(workspace, email="hand@shop.kr")
    answer = one_by_one.edit(workspace, lead.id, {"email": "three@shop.kr"}, unify=True)
    assert isinstance(answer, Edited)
    assert answer.unified == 1


def stale_edit(workspace: Workspace, _: Path) -> None:
    member = person(workspace, member_id="M3")
    answer = one_by_one.edit(workspace, member.id, {"name": "나중"}, seen={"name": "처음 본 이름"})
    assert isinstance(answer, Stale)


def edit_name(workspace: Workspace, _: Path) -> None:
    member = person(workspace, member_id="M3")
    seen = {"name": member.profile.get("profile.name")}
    assert isinstance(one_by_one.edit(workspace, member.id, {"name": "박셋 VIP"}, seen=seen), Edited)


def give_tag(workspace: Workspace, _: Path) -> None:
    change_tags(workspace, Selection(query="member:yes"), add=["단골"])


def block_two(workspace: Workspace, _: Path) -> None:
    assert block(workspace, of(workspace, member_id="M2"), "환불 요구 반복") == 1


def talk_with_the_blocked(workspace: Workspace, _: Path) -> None:
    member = person(workspace, member_id="M2")
    assert isinstance(conversations.write_message(workspace, member.id, Direction.OUT, "안녕하세요"), Refused)
    assert isinstance(conversations.write_call(workspace, member.id, Direction.OUT), Refused)
    answer = conversations.write_call(workspace, member.id, Direction.IN, "받았다고 적음")
    assert isinstance(answer, Written)
    assert answer.became_missed


def import_the_blocked(workspace: Workspace, folder: Path) -> None:
    numbers = members(workspace, folder, COLUMNS[:2], ("M2", "이둘 둘"), ("M1", "김하나 둘"), tag="6월 회원").numbers
    assert (numbers.updated, numbers.blocked_matched) == (2, 1)


def unblock_two(workspace: Workspace, _: Path) -> None:
    assert unblock(workspace, of(workspace, member_id="M2")) == 1


def answer_a_form(workspace: Workspace, _: Path) -> None:
    collecting.collect(workspace, {"email": "one@shop.kr", "name": "폼 작성자"})
    assert len(find(workspace, email="one@shop.kr")) == 2  # unverified: never unified


def verify_the_form(workspace: Workspace, _: Path) -> None:
    (lead,) = [one for one in find(workspace, email="one@shop.kr") if one.member_id is None]
    verify(workspace, lead.id, "profile.email", unify=True)
    assert person(workspace, email="one@shop.kr").member_id == "M1"


def delete_without_right(workspace: Workspace, _: Path) -> None:
    refused(lambda: delete(workspace, of(workspace, member_id="M6")))


def delete_six(workspace: Workspace, _: Path) -> None:
    assert delete(workspace, of(workspace, member_id="M6"), expect=1).customers == 1
    (conversation,) = conversations.ownerless(workspace)
    texts = conversations.ownerless_messages(workspace, conversation.thread)
    assert [(one.text, one.author) for one in texts] == [("배송은 언제 되나요?", None)]


def six_comes_back(workspace: Workspace, _: Path) -> None:
    assert went(visit(workspace, Boot(member_id="M6"))).is_new
    member = person(workspace, member_id="M6")
    assert member.profile == {}
    assert conversations.timeline(workspace, member.id) != ()


def limit_four(workspace: Workspace, _: Path) -> None:
    managed.set_limit(workspace, 4)


def hidden_one_visits(workspace: Workspace, _: Path) -> None:
    hidden = managed.hidden(workspace).customers[0]
    went(visit(workspace, Boot(hidden.id)))
    assert not one_by_one.get(workspace, hidden.id).hidden


def no_limit(workspace: Workspace, _: Path) -> None:
    managed.set_limit(workspace, None)


def export_all(workspace: Workspace, folder: Path) -> None:
    path = folder / "out.csv"
    path.unlink(missing_ok=True)
    export(workspace, path, Selection(query=""), ("memberId", "name"))


def withdraw(workspace: Workspace, folder: Path) -> None:
    path = folder / "withdrawn.csv"
    path.write_text("memberId\nM5\nM99\n", encoding="utf-8")
    source = open_source(path)
    withdrawal = withdrawing.prepare(workspace, source, 0, "memberId")
    assert (len(withdrawal.ids), [one.value for one in withdrawal.unfound]) == (1, ["M99"])
    withdrawing.apply(workspace, withdrawal, expect=1)


def read_messages(workspace: Workspace, _: Path) -> None:
    mark_all_read(workspace)


def forget_the_unseen(workspace: Workspace, _: Path) -> None:
    # M1 answered a form and M2 called since then; nothing was heard of M3.
    due = retention.look(workspace, unseen_for_days=300)
    assert retention.apply(workspace, due, expect=1).deleted is not None
    assert find(workspace, member_id="M3") == ()


STEPS = (
    Step("kim opens the shop's database, and lets lee in", 0, KIM, open_shop, 0, ("manager_added",), 0),
    Step("kim makes a role", 0, KIM, make_role, 0, ("role_added",), 0),
    Step("kim lets park in", 0, KIM, hire, 0, ("manager_added",), 0),
    Step("lee imports members", 10, LEE, first_members, 3, ("import_applied",), 3, unread={KIM: 1, LEE: 1}),
    Step(
        "park imports leads by e-mail",
        31,
        PARK,
        leads_by_email,
        5,
        ("import_applied",),
        3,
        unread={KIM: 2, LEE: 1, PARK: 1},
    ),
    Step(
        "kim imports leads by number",
        32,
        KIM,
        leads_by_mobile,
        6,
        ("import_applied",),
        3,
        unread={KIM: 3, LEE: 1, PARK: 1},
    ),
    Step(
        "a lead is imported as a member",
        60,
        LEE,
        members_who_were_leads,
        6,
        ("retention", "unified", "import_applied"),
        4,
        unread={KIM: 4, LEE: 2, PARK: 1},
    ),
    Step(
        "a lead belongs to a member",
        61,
        LEE,
        lead_who_belongs_to_a_member,
        6,
        ("unified", "import_applied"),
        4,
        unread={KIM: 5, LEE: 3, PARK: 1},
    ),
    Step("kim reads", 62, KIM, read_messages, 6, (), 4, unread={LEE: 3, PARK: 1}),
    Step("a lead visits the site", 70, KIM, visit_the_site, 6, ("visited",), 4, unread={LEE: 3, PARK: 1}),
    Step("and opens another page", 70, KIM, come_back_soon, 6, (), 4, unread={LEE: 3, PARK: 1}),
    Step("and writes", 70, PARK, message_of_the_lead, 6, ("talked",), 4, unread={LEE: 3, PARK: 1}),
    Step(
        "the lead is imported as a member",
        90,
        LEE,
        member_with_the_lead_s_address,
        7,
        ("unify_pending", "import_applied"),
        5,
        1,
        unread={KIM: 1, LEE: 4, PARK: 1},
    ),
    Step("and logs in", 95, KIM, log_in, 6, ("unified", "visited"), 5, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step(
        "another lead logs in and is a member",
        100,
        KIM,
        become_a_member,
        6,
        ("visited",),
        6,
        unread={KIM: 1, LEE: 4, PARK: 1},
    ),
    Step("lee adds a lead", 110, LEE, add_by_hand, 7, ("customer_added",), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step("park adds the same", 110, PARK, add_who_exists, 7, (), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step("lee would unify", 111, LEE, ask_before_unifying, 7, (), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step(
        "lee unifies", 111, LEE, unify_by_hand, 6, ("customer_edited", "unified"), 6, unread={KIM: 1, LEE: 4, PARK: 1}
    ),
    Step("park saw something else", 112, PARK, stale_edit, 6, (), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step("kim edits", 112, KIM, edit_name, 6, ("customer_edited",), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step("lee tags the members", 120, LEE, give_tag, 6, ("tags_added",), 6, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step("lee blocks a member", 150, LEE, block_two, 5, ("blocked",), 5, blocked=1, unread={KIM: 1, LEE: 4, PARK: 1}),
    Step(
        "nothing goes out to the blocked",
        151,
        LEE,
        talk_with_the_blocked,
        5,
        ("talked",),
        5,
        blocked=1,
        unread={KIM: 1, LEE: 4, PARK: 1},
    ),
    Step(
        "an import meets the blocked",
        160,
        PARK,
        import_the_blocked,
        5,
        ("import_applied",),
        5,
        blocked=1,
        unread={KIM: 2, LEE: 4, PARK: 2},
    ),
    Step("lee unblocks", 170, LEE, unblock_two, 6, ("unblocked",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step("a form is answered", 180, KIM, answer_a_form, 7, ("collected",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step(
        "park verifies it",
        181,
        PARK,
        verify_the_form,
        6,
        ("contact_verified", "unified"),
        6,
        unread={KIM: 2, LEE: 4, PARK: 2},
    ),
    Step("lee may not delete", 200, LEE, delete_without_right, 6, ("refused",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step("park deletes", 200, PARK, delete_six, 5, ("deleted",), 5, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step("who was deleted comes back", 210, KIM, six_comes_back, 6, ("visited",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step("kim sets a limit", 240, KIM, limit_four, 4, ("limit_set",), 4, hidden=2, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step(
        "a hidden one visits",
        241,
        KIM,
        hidden_one_visits,
        4,
        ("visited",),
        4,
        hidden=2,
        unread={KIM: 2, LEE: 4, PARK: 2},
    ),
    Step("kim takes the limit away", 250, KIM, no_limit, 6, ("limit_set",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step("park exports", 260, PARK, export_all, 6, ("exported",), 6, unread={KIM: 2, LEE: 4, PARK: 2}),
    Step(
        "park deletes who withdrew",
        300,
        PARK,
        withdraw,
        5,
        ("withdrawn", "deleted"),
        5,
        unread={KIM: 2, LEE: 4, PARK: 2},
    ),
    Step(
        "park forgets who was not seen for 300 days",
        340,
        PARK,
        forget_the_unseen,
        4,
        ("retention", "deleted"),
        4,
        unread={KIM: 2, LEE: 4, PARK: 2},
    ),
)


def play(step: Step | None, database: Path, folder: Path) -> None:
    """Do a step as its manager would: open the database, do it, and leave; without a step, only open and leave."""
    workspace = open_workspace(str(database), manager=step.who if step else KIM)
    try:
        tidy(workspace)
        if step is not None:
            step.do(workspace, folder)
    finally:
        workspace.close()
