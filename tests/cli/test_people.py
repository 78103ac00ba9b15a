"""`tag`, `tags`, `block`, `unblock`, `blocked`, `delete`: what they do, ask and refuse (R16, R46-R49)."""

import io
import signal

import pytest

from crm_tui.cli import asking
from crm_tui.i18n import t
from crm_tui.services.tags import TagNode
from crm_tui.services.workspace import open_workspace


@pytest.fixture
def people(cli, sql):
    """Four leads: 1 and 3 carry a tag."""
    for number in range(1, 5):
        tags = '["단골"]' if number % 2 else "[]"
        cli("add", "--email", f"{number}@example.com", "--name", f"고객{number}", "--set", f"tags={tags}")


@pytest.fixture
def answers(monkeypatch):
    """Let somebody sit at a terminal and type these lines."""

    class Keyboard(io.StringIO):
        def isatty(self):
            return True

    def typed(*lines):
        monkeypatch.setattr("sys.stdin", Keyboard("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    return typed


def names(cli, *query):
    return sorted(customer["id"] for customer in cli("contacts", *query, "--json").json)


def test_r16_a_tag_is_given_and_taken_by_number_or_search(cli, people):
    ended = cli("tag", "add", "VIP", 1, 2, "--json")
    assert (ended.code, ended.json) == (0, {"customers": 2, "changed": 2, "left_out": 0})
    ended = cli("tag", "add", "vip", "--query", "고객")
    assert (ended.code, ended.out, ended.err) == (0, "", t("cli.tag_added", count=2, total=4) + "\n")
    assert cli("show", 3, "--json").json["tags"] == ["단골", "VIP"]
    assert cli("tag", "remove", "vip", "--query", "tag:단골", "--json").json["changed"] == 2
    assert names(cli, "tag:vip") == [2, 4]


def test_r16_a_tag_above_twenty_is_left_out_and_told(cli, people):
    tags = ",".join(f'"t{number}"' for number in range(20))
    cli("edit", 2, "--set", f"tags=[{tags}]")
    ended = cli("tag", "add", "VIP", 2)
    assert (ended.code, ended.err.splitlines()[1]) == (0, t("cli.tags_left_out", count=1))


@pytest.mark.parametrize(
    "command", [("tag", "add", "x"), ("tag", "remove", "x"), ("block",), ("unblock",), ("delete",)]
)
@pytest.mark.parametrize(
    ("whom", "code", "said"),
    [
        ((), 2, "cli.whom"),
        ((1, "--query", "고객"), 2, "cli.whom"),
        (("--query", ""), 2, "cli.query_blank"),
        (("--query", "  "), 2, "cli.query_blank"),
    ],
)
def test_whom_must_be_said_once_and_never_by_a_blank_search(cli, people, command, whom, code, said):
    ended = cli(*command, *whom)
    if command == ("delete",) and said == "cli.whom":
        said = "withdrawn.say_whom"  # there are more ways
    assert (ended.code, ended.out, ended.err) == (code, "", t(said) + "\n")
    assert cli("mu").out == "4\n"


@pytest.mark.parametrize("command", [("tag", "add", "x"), ("tag", "remove", "x"), ("block",), ("unblock",)])
def test_with_a_number_that_nobody_has_nothing_is_done_to_the_others(cli, people, command):
    ended = cli(*command, 1, 99, 98)
    assert (ended.code, ended.out, ended.err) == (1, "", t("errors.customer_not_found", id="98, 99") + "\n")
    assert names(cli, "tag:x") == []
    assert cli("mu").out == "4\n"


def test_a_wrong_tag_or_search_is_refused(cli, people):
    assert cli("tag", "add", "a b", 1).code == 1
    assert cli("tag", "add", "x", "--query", '"open').code == 2
    assert cli("tag").code == 2


def test_r46_blocking_and_the_list_of_blocked_customers(cli, people):
    assert cli("block", 1, 2, "--reason", "스팸", "--json").json == {"blocked": 2}
    assert cli("block", 2, "--reason", "다시", "--json").json == {"blocked": 0}
    assert names(cli) == [3, 4]
    listed = cli("blocked", "--json").json
    assert sorted(one["id"] for one in listed) == [1, 2]
    assert {one["blocking"]["reason"] for one in listed} == {"스팸"}
    assert all(one["blocking"]["at"].endswith("Z") and one["blocking"]["by"] for one in listed)
    assert [one["id"] for one in cli("blocked", "tag:단골", "--json").json] == [1]
    assert len(cli("blocked", "--limit", 1, "--json").json) == 1
    table = cli("blocked", "고객1").out.splitlines()
    assert table[0].split()[-3:] == ["blockedAt", "blockedBy", "reason"]
    assert table[1].split()[-1] == "스팸"
    assert cli("unblock", "--query", "고객", "--json").json == {"unblocked": 2}
    assert (cli("blocked").err, cli("blocked", "--json").json) == (t("cli.blocked_none") + "\n", [])


def test_r46_blocking_all_that_a_search_finds_needs_a_yes(cli, people, answers):
    assert cli("block", "--query", "tag:단골").err == t("cli.yes_needed_here") + "\n"
    answers("n")
    assert cli("block", "--query", "tag:단골").code == 130
    assert cli("mu").out == "4\n"
    answers("y")
    assert cli("block", "--query", "tag:단골").code == 0
    assert cli("mu").out == "2\n"
    assert cli("block", "--query", "고객", "--yes", "--json").json == {"blocked": 2}


def test_r9_a_reason_that_is_no_text_is_refused(cli, people):
    assert cli("block", 1, "--reason", "x" * 513).code == 1
    assert cli("mu").out == "4\n"


def test_r48_deleting_without_a_terminal_needs_yes(cli, people):
    ended = cli("delete", 1)
    assert (ended.code, ended.err) == (2, t("cli.yes_needed_here") + "\n")
    ended = cli("delete", 1, 3, "--yes", "--json")
    assert (ended.code, ended.json["customers"]) == (0, 2)
    assert ended.json == {
        "customers": 2,
        "failed_rows": 0,
        "prepared_imports": 0,
        "copies": 0,
        "copies_left": [],
        "segments": [],
        "messages": 0,
        "is_overwritten": True,
    }
    assert names(cli) == [2, 4]
    assert cli("delete", 2, 1, "--yes").code == 1
    assert names(cli) == [2, 4]


@pytest.mark.parametrize(("expect", "code", "left"), [(1, 1, 4), (3, 1, 4), (2, 0, 2)])
def test_r48_deleting_is_refused_when_the_number_found_is_another(cli, people, expect, code, left):
    ended = cli("delete", "--query", "tag:단골", "--yes", "--expect", expect)
    assert ended.code == code
    assert (ended.err == t("errors.count_changed", expected=expect, found=2) + "\n") is (code == 1)
    assert cli("mu").out == f"{left}\n"


def test_r48_in_a_terminal_the_number_is_typed_for_more_than_one(cli, people, answers):
    answers("3")
    assert cli("delete", "--query", "tag:단골").code == 130
    answers("")
    assert cli("delete", "--query", "tag:단골").code == 130
    answers()
    assert cli("delete", "--query", "tag:단골").code == 130
    assert cli("mu").out == "4\n"
    answers("2")
    ended = cli("delete", "--query", "tag:단골")
    assert ended.code == 0
    assert t("cli.delete_number", number=2) in ended.err
    answers("y")
    assert cli("delete", 2).code == 0
    assert names(cli) == [4]


def test_r48_in_a_terminal_too_the_number_expected_counts(cli, people, answers):
    answers("2")
    assert cli("delete", "--query", "tag:단골", "--expect", 3).code == 1
    assert cli("mu").out == "4\n"


@pytest.mark.parametrize(
    "command", [("block", "--yes"), ("unblock",), ("tag", "add", "x"), ("tag", "remove", "단골"), ("delete", "--yes")]
)
@pytest.mark.parametrize("whom", [("--query", "tag:단골"), (1, 3)])
def test_all_that_is_done_to_many_is_refused_when_the_number_found_is_another(cli, people, sql, command, whom):
    if command[0] == "unblock":
        cli("block", 1, 3)
    before = sql("SELECT * FROM customer"), sql("SELECT * FROM customer_tag")
    for expect in (1, 3):
        ended = cli(*command, *whom, "--expect", expect)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == t("errors.count_changed", expected=expect, found=2) + "\n"
    assert (sql("SELECT * FROM customer"), sql("SELECT * FROM customer_tag")) == before
    assert cli(*command, *whom, "--expect", 2).code == 0
    assert (sql("SELECT * FROM customer"), sql("SELECT * FROM customer_tag")) != before


@pytest.mark.parametrize("command", ["block", "delete"])
def test_who_came_in_while_it_was_asked_is_left_alone(cli, people, sql, answers, monkeypatch, command):
    sql("UPDATE customer SET name = 'target' WHERE id = 1")
    answers("y")
    ask = asking.ask

    def answered(question):
        sql("UPDATE customer SET name = CASE id WHEN 2 THEN 'target' ELSE 'x' END")
        return ask(question)

    monkeypatch.setattr(asking, "ask", answered)
    ended = cli(command, "--query", "name:target")
    assert ended.code == 1
    assert ended.err.endswith(t("errors.others_found", found=1) + "\n")
    assert cli("mu").out == "4\n"


INTERRUPTED = """
import os, sys
from crm_tui.cli.main import run
from crm_tui.services import selection
choose = selection.choose
def interrupted(*arguments):
    os.kill(os.getpid(), int(sys.argv[1]))
    return choose(*arguments)
selection.choose = interrupted
sys.exit(run(sys.argv[2:], None, None))
"""
"""The real command line, which sends itself a signal while customers are chosen."""


@pytest.mark.parametrize(
    "command", [("tag", "add", "x"), ("tag", "remove", "단골"), ("block",), ("unblock",), ("delete",)]
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_what_is_interrupted_changes_nothing_and_says_so(process, cli, people, sql, command, number):
    before = sql("SELECT * FROM customer"), sql("SELECT * FROM customer_tag")
    yes = ("--yes",) if command == ("delete",) else ()
    ended = process(int(number), *command, 1, 2, *yes, script=INTERRUPTED)
    assert (ended.code, ended.out, ended.err) == (130, "", t("errors.cancelled") + "\n")
    assert (sql("SELECT * FROM customer"), sql("SELECT * FROM customer_tag")) == before


def test_r49_segments_that_still_name_somebody_are_told(cli, people):
    cli("segments", "save", "첫째", "email:1@example.com")
    cli("segments", "save", "모두", "고객")
    ended = cli("delete", 1, "--yes", "--json")
    assert ended.json["segments"] == ["첫째"]
    assert ended.err.splitlines()[-1] == t("cli.segments_left", names="첫째")


def test_r49_that_the_values_are_overwritten_later_is_told(cli, people, database):
    other = open_workspace(str(database))
    with other.reading(None) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
        ended = cli("delete", 1, "--yes", "--json")
    other.close()
    assert ended.json["is_overwritten"] is False
    assert ended.err.splitlines()[-1] == t("cli.overwritten_later")


def test_deleting_nobody_is_no_error(cli, people):
    assert cli("delete", "--query", "tag:nix", "--yes", "--json").json["customers"] == 0


def test_r49_a_copy_that_stays_is_told(cli, people, database):
    (database.parent / "crm.db.before-0001").mkdir()
    ended = cli("delete", 1, "--yes", "--json")
    assert ended.json["copies_left"] == [str(database.parent / "crm.db.before-0001")]
    assert t("cli.copy_left", path=database.parent / "crm.db.before-0001") in ended.err


def test_r16_tags_are_listed_as_a_tree_with_their_counts(cli, people, sql, monkeypatch):
    cli("tag", "add", "등급/골드", 1, 2)
    cli("tag", "add", "등급/실버", 2)
    cli("tag", "add", "old", 4)
    cli("tags", "delete", "old", "--no-customers")
    sql("INSERT INTO import_tag VALUES (1, '5월', '5월', 1)")
    sql("INSERT INTO customer_import_tag VALUES (1, 1, 1)")
    assert cli("tags", "--json").json == [
        {"kind": "import", "name": "5월", "count": 1},
        {"kind": "tag", "name": "old", "count": 1, "total": 1, "offered": False},
        {"kind": "tag", "name": "단골", "count": 2, "total": 2, "offered": True},
        {"kind": "tag", "name": "등급", "count": 0, "total": 2, "offered": True},
        {"kind": "tag", "name": "등급/골드", "count": 2, "total": 2, "offered": True},
        {"kind": "tag", "name": "등급/실버", "count": 1, "total": 1, "offered": True},
    ]
    monkeypatch.setattr(TagNode, "__eq__", None)  # to compare thousands with thousands takes seconds
    assert [line.split() for line in cli("tags").out.splitlines()] == [
        ["kind", "name", "count", "total", "offered"],
        ["import", "5월", "1"],
        ["tag", "old", "1", "-"],
        ["tag", "단골", "2"],
        ["tag", "등급", "0", "2"],
        ["tag", "골드", "2"],
        ["tag", "실버", "1"],
    ]


@pytest.mark.parametrize("command", [("rename", "단골", "새"), ("merge", "단골", "새"), ("delete", "단골")])
def test_r16_whether_customers_change_too_must_be_said(cli, people, command):
    ended = cli("tags", *command)
    assert (ended.code, ended.err) == (2, t("cli.customers_or_not") + "\n")
    ended = cli("tags", *command, "--customers", "--json")
    assert (ended.code, ended.json) == (0, {"tags": 1, "customers": 2})
    assert names(cli, "tag:단골") == []
    assert cli("tags", *command, "--customers").err == t("errors.tag_not_found", name="단골") + "\n"


def test_r16_tags_are_changed_on_the_list_only(cli, people):
    ended = cli("tags", "rename", "단골", "새", "--no-customers")
    assert (ended.code, ended.err) == (0, t("cli.retagged", tags=1, customers=0) + "\n")
    assert names(cli, "tag:단골") == [1, 3]


def test_r16_another_spelling_changes_with_the_customers_only(cli, people):
    cli("tag", "add", "vip", 1)
    ended = cli("tags", "rename", "vip", "VIP", "--no-customers")
    assert (ended.code, ended.err) == (1, t("problems.tag_same", tag="VIP") + "\n")
    assert cli("tags", "rename", " vip", "VIP", "--customers").code == 0
    assert cli("tags", "delete", " VIP", "--customers", "--json").json == {"tags": 1, "customers": 1}


def test_r16_a_name_that_another_tag_has_is_refused(cli, people):
    cli("tag", "add", "VIP", 1)
    ended = cli("tags", "rename", "단골", "vip", "--customers")
    assert (ended.code, ended.err) == (1, t("problems.tag_taken", tag="vip") + "\n")


def test_an_import_tag_is_deleted_from_its_customers(cli, csv_file):
    path = csv_file("회원번호,메일수신거부,문자수신거부\n1,no,no\n2,no,no\n")
    cli("import", path, "--target", "member", "--yes", "--tag", "5월 고객")
    assert cli("tags", "delete", "5월 고객", "--import", "--no-customers").code == 2
    assert cli("tags", "delete", "5월 고객", "--import", "--json").json == {"tags": 1, "customers": 2}
    assert cli("tags", "--json").json == []
    assert cli("imports", "--json").json[0]["tag"] == "5월 고객"
    assert cli("tags", "delete", "5월 고객", "--import").code == 1


def test_json_stands_behind_the_command_of_a_group(cli, people):
    assert cli("tags", "--json", "delete", "단골", "--customers").code == 2


@pytest.mark.parametrize(
    "command",
    [
        "tag",
        "tag add",
        "tag remove",
        "tags",
        "tags rename",
        "tags merge",
        "tags delete",
        "block",
        "unblock",
        "blocked",
        "delete",
    ],
)
@pytest.mark.parametrize("spoken", ["ko", "en"])
def test_every_command_has_a_page_of_help(cli, command, spoken):
    ended = cli("--lang", spoken, *command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"crm-tui {command}" in ended.out
