"""`visit`, `collect`, `verify`, `unifications`, `edit --unify`, `show --why`: R2-R4, R42-R47, R49."""

import io

import pytest

from crm_tui.cli import asking
from crm_tui.i18n import t

EMAIL = t("fields.profile.email")


@pytest.fixture
def answers(monkeypatch):
    """Let somebody sit at a terminal and type these lines."""

    class Keyboard(io.StringIO):
        def isatty(self):
            return True

    def typed(*lines):
        monkeypatch.setattr("sys.stdin", Keyboard("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(asking, "can_ask", lambda: True)
        monkeypatch.setattr("crm_tui.cli.linking.can_ask", lambda: True)

    return typed


@pytest.fixture
def pair(cli):
    """Customer 1 is a member, and 2 a lead who typed the member's e-mail."""
    cli("add", "--email", "kim@example.com", "--name", "김민준")
    cli("edit", 1, "--set", "memberId=M1")
    assert cli("collect", "--email", "KIM@example.com", "--name", "이서연").code == 0


def test_r4_r47_a_visit_is_answered_with_what_the_site_needs(cli):
    ended = cli("visit", "--member-id", "M1", "--json")
    assert (ended.code, ended.err) == (0, "")
    customer = ended.json.pop("customer")
    assert (customer["id"], customer["memberId"], customer["sessionsCount"]) == (1, "M1", 1)
    assert {key: value for key, value in ended.json.items() if key != "customer"} == {
        "chatButton": "shown",
        "newCustomer": True,
        "newSession": True,
        "becameMember": False,
        "unified": 0,
        "returned": False,
    }
    cli("block", 1, "--yes")
    assert cli("visit", "--id", 1, "--json").json["chatButton"] == "hidden"
    assert cli("visit", "--id", 1).out.splitlines() == [
        "id             1",
        "memberId       M1",
        "chatButton     hidden",
        "sessionsCount  1",
    ]


def test_r4_a_visit_may_be_told_later(cli):
    cli("visit", "--member-id", "M1", "--at", "2026-01-01T00:00Z")
    seen = cli("visit", "--id", 1, "--at", "2026-01-01T09:31+09:00", "--json").json["customer"]
    assert (seen["lastSeenAt"], seen["sessionsCount"]) == ("2026-01-01T00:31:00.000Z", 2)


@pytest.mark.parametrize("at", ["gestern", "2999-01-01T00:00Z", ""])
def test_r14_a_visit_at_an_impossible_moment_is_refused_without_a_traceback(cli, at):
    ended = cli("visit", "--member-id", "M1", "--at", at)
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 1
    assert cli("mu").out == "0\n"


def test_r42_r49_logins_and_who_comes_back_are_told(cli):
    cli("add", "--email", "kim@example.com")
    ended = cli("visit", "--id", 1, "--login", "M1")
    assert ended.err == t("life.became_member") + "\n"
    cli("delete", 1, "--yes")
    ended = cli("visit", "--id", 1)
    assert ended.err == t("life.returned") + "\n"
    assert ended.out.splitlines()[0] == "id             2"
    ended = cli("visit", "--id", 9)
    assert (ended.code, ended.err) == (1, t("errors.customer_not_found", id=9) + "\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("visit",), "life.visit_whom"),
        (("visit", "--id", 1, "--member-id", "M1"), "life.visit_whom"),
        (("visit", "--member-id", "M1", "--login", "M1"), "life.visit_login"),
        (("collect",), "life.collect_what"),
        (("collect", "--id", 1, "--member-id", "M1", "--name", "x"), "life.collect_whom"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(cli, arguments, sentence):
    ended = cli(*arguments)
    assert (ended.code, ended.err) == (2, t(sentence) + "\n")


def test_r2_answers_make_a_lead_whose_contacts_are_not_verified(cli):
    ended = cli("collect", "--email", "kim@example.com", "--mobile", "+82 10-2020-3030", "--json")
    assert (ended.json["newCustomer"], ended.json["filled"], ended.json["kept"]) == (
        True,
        ["profile.email", "profile.mobileNumber"],
        [],
    )
    customer = ended.json["customer"]
    assert (customer["emailVerified"], customer["mobileNumberVerified"]) == (False, False)


def test_r2_what_was_not_taken_is_told(cli, pair):
    ended = cli("collect", "--member-id", "M1", "--email", "new@example.com")
    assert (ended.code, ended.err) == (0, t("life.kept", fields="profile.email") + "\n")
    assert "kim@example.com" in ended.out
    ended = cli("collect", "--member-id", "M9", "--email", "new@example.com")
    assert (ended.code, ended.err) == (1, t("errors.member_not_found", id="M9") + "\n")
    ended = cli("collect", "--id", 1, "--email", "new@")
    assert (ended.code, ended.out) == (1, "")


def test_r45_without_a_terminal_who_would_be_unified_is_named_and_nothing_is_done(cli, pair):
    for command in (("verify", 2, "email"), ("edit", 2, "--set", "email=kim@example.com")):
        before = cli("show", 2, "--json").json
        ended = cli(*command)
        link = t("life.link", contact=EMAIL, lead="#2 이서연", member="#1 김민준")
        assert (ended.code, ended.out, ended.err) == (2, "", f"{link}\n{t('life.unify_needed')}\n")
        assert cli("show", 2, "--json").json == before


def test_r45_yes_unifies_and_no_only_edits(cli, pair):
    ended = cli("edit", 2, "--set", "email=kim@example.com", "--unify", "no", "--json")
    assert (ended.code, ended.json["id"], ended.json["emailVerified"]) == (0, 2, True)
    cli("edit", 2, "--set", "mobileNumber=+82 10-2020-3030", "--clear", "email")
    ended = cli("edit", 2, "--set", "email=kim@example.com", "--unify", "yes", "--json")
    assert (ended.code, ended.json["id"], ended.json["profile"]["mobileNumber"]) == (0, 1, "+821020203030")
    assert ended.err == t("life.went_into", id=2, member=1) + "\n"


@pytest.mark.parametrize(("typed", "whose"), [("y", 1), ("예", 1), ("n", 2), ("", 2)])
def test_r45_at_a_terminal_the_manager_is_asked(cli, pair, answers, typed, whose):
    answers(typed)
    ended = cli("verify", 2, "email", "--json")
    assert t("life.unify_question") in ended.err
    assert (ended.code, ended.json["id"]) == (0, whose)


def test_r42_who_waits_is_listed_and_shown_on_both(cli, pair):
    assert cli("unifications").err == t("life.none_waits") + "\n"
    cli("visit", "--id", 2)
    link = t("life.link_waits", contact=EMAIL, lead="#2 이서연", member="#1 김민준")
    assert cli("verify", 2, "email").err.splitlines()[0] == link
    ended = cli("verify", 2, "email", "--unify", "yes")
    assert ended.err == t("life.waits", count=1) + "\n"
    (waiting,) = cli("unifications", "--json").json
    assert (waiting["lead"], waiting["member"], waiting["memberId"]) == (2, 1, "M1")
    assert (waiting["contact"], waiting["candidates"], waiting["blocked"]) == ("profile.email", [], False)
    assert "이서연" in cli("unifications").out
    assert cli("unifications", "--limit", 0).code == 2
    for number in (1, 2):
        (shown,) = cli("show", number, "--json").json["pendingUnification"]
        assert (shown["lead"], shown["member"], shown["since"]) == (2, 1, waiting["since"])
        assert "#2 → #1" in cli("show", number).out
    ended = cli("visit", "--id", 2, "--login", "M1")
    assert (ended.code, ended.err) == (0, t("life.unified", count=1) + "\n")
    assert cli("unifications", "--json").json == []


def test_r43_why_is_answered_value_by_value(cli, pair):
    assert cli("show", 1, "--why").err == t("life.never_unified") + "\n"
    cli("edit", 2, "--set", "mobileNumber=+82 10-2020-3030")
    cli("verify", 2, "email", "--unify", "yes")
    (why,) = cli("show", 1, "--why", "--json").json["unifications"]
    assert (why["lead"], why["member"], why["occasion"], why["contact"]) == (2, 1, "verify", "profile.email")
    assert why["choices"] | {"unsubscribeEmail": "", "unsubscribeTexting": ""} == {
        "profile.email": "member",
        "profile.mobileNumber": "only",
        "profile.name": "member",
        "unsubscribeEmail": "",
        "unsubscribeTexting": "",
    }
    said = cli("show", "--member-id", "M1", "--why").out
    assert t("profile.choice_only") in said
    assert "profile.mobileNumber" in said


def test_r44_the_number_of_a_lead_who_was_unified_says_where_they_are(cli, pair):
    cli("verify", 2, "email", "--unify", "yes")
    ended = cli("show", 2)
    assert (ended.code, ended.out, ended.err) == (1, "", t("life.went_into", id=2, member=1) + "\n")
    assert cli("show", 3).err == t("errors.customer_not_found", id=3) + "\n"
    for command in (("conversations", 2), ("edit", 2, "--set", "name=x"), ("verify", 2, "email")):
        ended = cli(*command)
        assert (ended.code, ended.err) == (1, t("errors.customer_unified", id=2, member=1) + "\n"), command


def test_r47_answers_of_a_blocked_customer_are_taken_and_it_is_said_that_they_are_blocked(cli, pair):
    cli("block", 1, "--yes")
    ended = cli("collect", "--id", 1, "--set", "description=x")
    assert (ended.code, ended.err) == (0, t("life.collected_blocked", id=1) + "\n")


def test_r2_a_contact_that_is_not_there_cannot_be_verified(cli, pair):
    ended = cli("verify", 2, "mobileNumber")
    assert (ended.code, ended.err) == (1, f"profile.mobileNumber: {t('problems.nothing_to_verify')}\n")


def test_r3_who_exists_already_and_is_hidden_is_told_so(cli, sql):
    cli("add", "--email", "a@example.com")
    sql("UPDATE customer SET is_hidden = 1")
    ended = cli("add", "--email", "a@example.com")
    assert (ended.code, ended.err) == (1, t("cli.already_exists_hidden", id=1) + "\n")
    assert "hidden" in ended.out


def test_r51_without_the_permission_nothing_of_it_can_be_done(cli, sql, pair):
    sql("INSERT INTO role (key, name, permissions) VALUES ('nobody', 'nobody', '[]')")
    sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE key = 'nobody')")
    for command in (
        ("visit", "--id", 1),
        ("collect", "--id", 1, "--name", "x"),
        ("verify", 2, "email"),
        ("unifications",),
    ):
        ended = cli(*command)
        assert (ended.code, ended.out) == (4, ""), command
