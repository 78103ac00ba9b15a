"""`activity` and `inbox`: what was done, and what managers were told (R37, R52)."""

import csv
import io

import pytest

from crm_tui.cli.diagnostics import Exit
from crm_tui.i18n import t

FILE = "memberId,email,unsubscribeEmail,unsubscribeTexting\nM1,kim@example.com,false,false\nM2,bad,false,false\n"


@pytest.fixture(autouse=True)
def log(cli):
    cli("--lang", "en", "add", "--email", "minjun@example.com", "--name", "김민준")
    cli("--lang", "en", "edit", 1, "--set", "name=민준", "--set", 'tags=["단골"]')
    cli("--lang", "en", "block", 1, "--reason", "무례함", "--yes")


def whats(ended):
    return [line["what"] for line in ended.json]


def test_r52_the_log_is_listed_as_a_table_and_as_json_without_a_customers_values(cli):
    table = cli("--lang", "en", "activity")
    header, newest, *others = table.out.splitlines()
    assert header.split() == ["id", "at", "manager", "what", "customers"]
    assert newest.split()[0] == "3"
    assert newest.split()[3:] == ["blocked", "#1"]
    assert len(others) == 2
    lines = cli("--lang", "en", "activity", "--json").json
    assert [(line["id"], line["kind"], line["customerIds"]) for line in lines] == [
        (3, "blocked", [1]),
        (2, "customer_edited", [1]),
        (1, "customer_added", [1]),
    ]
    assert lines[1]["what"] == "edited: Name, Customer tags"
    assert lines[1]["details"] == {"fields": ["profile.name", "tags"]}
    assert not any(value in table.out + str(lines) for value in ("민준", "example.com", "무례함", "단골"))


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--kind", "blocked"), [3]),
        (("--kind", " Customer_Added "), [1]),
        (("--manager", "nobody"), []),
        (("--customer", 1), [3, 2, 1]),
        (("--customer", 9), []),
        (("--limit", 2), [3, 2]),
        (("--since", "2001-01-01", "--until", "2001-01-02"), []),
        (("--since", "2001-01-01T00:00:00Z"), [3, 2, 1]),
        (("--until", "9000-01-01"), [3, 2, 1]),
    ],
)
def test_r52_the_log_is_filtered(cli, options, ids):
    assert [line["id"] for line in cli("activity", "--json", *options).json] == ids


def test_a_day_is_meant_with_all_its_hours(cli, sql):
    sql("UPDATE activity SET at = 978393599999 WHERE id = 2")  # 2001-01-01T23:59:59.999Z
    sql("UPDATE activity SET at = 978393600000 WHERE id = 3")
    assert [line["id"] for line in cli("activity", "--json", "--until", "2001-01-01").json] == [2]
    assert [line["id"] for line in cli("activity", "--json", "--until", "2001-01-02T00:00:00.000Z").json] == [2]
    assert [line["id"] for line in cli("activity", "--json", "--since", "2001-01-02", "--limit", 1).json] == [3]


def test_a_log_without_such_a_line_says_so(cli):
    ended = cli("activity", "--manager", "nobody")
    assert (ended.code, ended.out, ended.err) == (0, "", t("cli.no_activity") + "\n")
    assert cli("activity", "--manager", "nobody", "--json").out == "[]\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--kind", "created"), lambda: "crm-tui activity --help"),
        (("--since", "26.11.23"), lambda: "--since: "),
        (("--until", "2026-02-30"), lambda: "--until: "),
        (("--csv", "--json"), lambda: t("cli.csv_or_json")),
        (("--verify", "--csv"), lambda: t("cli.verify_alone")),
        (("--verify", "--manager", "kim"), lambda: t("cli.verify_alone")),
    ],
)
def test_what_cannot_be_asked_for_is_wrong_usage(cli, options, told):
    ended = cli("activity", *options)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert told() in ended.err


def test_r52_the_log_as_csv_leaves_a_line_itself(cli):
    header, newest, *others = csv.reader(io.StringIO(cli("--lang", "ko", "activity", "--csv").out))
    assert header == ["id", "at", "manager", "kind", "what", "customers", "customerIds", "details"]
    assert (newest[3:7], len(others)) == (["blocked", "차단", "1", "1"], 2)
    (line,) = cli("--lang", "en", "activity", "--json", "--limit", 1).json
    assert (line["kind"], line["details"], line["what"]) == (
        "log_exported",
        {"lines": 3},
        "activity log exported: 3 lines",
    )
    assert len(cli("activity", "--csv", "--limit", 2).out.splitlines()) == 3


def test_r52_the_log_is_checked_and_a_line_changed_behind_our_back_is_told(cli, sql):
    ended = cli("activity", "--verify")
    assert (ended.code, ended.out, ended.err) == (0, "", t("activity.verified", lines="3") + "\n")
    assert cli("activity", "--verify", "--json").json == {"verified": True, "lines": 3}
    sql("UPDATE activity SET manager = 'lee' WHERE id = 2")
    ended = cli("activity", "--verify", "--json")
    assert (ended.code, ended.json) == (Exit.REFUSED, {"verified": False, "line": 2, "fault": "changed"})
    assert ended.err == t("activity.broken_changed", line="2") + "\n"
    sql("DELETE FROM activity WHERE id = 3")
    sql("UPDATE activity SET manager = (SELECT manager FROM activity WHERE id = 1) WHERE id = 2")
    assert cli("activity", "--verify").err == t("activity.broken_removed", line="3") + "\n"


def test_r51_who_may_not_see_the_log_is_refused_and_a_line_says_so(cli, sql):
    sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name NOT IN ('kim', 'lee')")
    for options in ((), ("--json",), ("--verify",), ("--csv",)):
        ended = cli("activity", *options)
        assert (ended.code, ended.out) == (Exit.FORBIDDEN, "")
        assert t("team.permission_see_activity") in ended.err
    sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'owner')")
    assert "refused: see the activity log" in whats(cli("--lang", "en", "activity", "--json"))


def test_a_line_that_was_spoilt_is_still_listed(cli, sql):
    sql("UPDATE activity SET kind = 'nonsense', details = '[', at = 9000000000000000000 WHERE id = 3")
    sql('UPDATE activity SET kind = \'import_applied\', details = \'{"import":"x","created":[]}\' WHERE id = 2')
    sql('UPDATE activity SET kind = \'tags_added\', details = \'{"tags":["x"],"count":null}\' WHERE id = 1')
    lines = cli("--lang", "en", "activity", "--json").json
    assert lines[0]["what"] == "something that this version does not know"
    assert (lines[0]["kind"], lines[0]["details"]) == (None, {})
    assert cli("activity").code == 0


# -- the inbox ----------------------------------------------------------------------------------------------------


def imported(cli, csv_file):
    cli("import", csv_file(FILE), "--target", "member", "--yes")


def test_r37_messages_are_listed_and_marked_as_read(cli, csv_file):
    assert cli("inbox").err == t("cli.no_messages") + "\n"
    for _ in range(3):
        imported(cli, csv_file)
    newest, *_ = entries = cli("inbox", "--json").json
    assert [entry["read"] for entry in entries] == [False] * 3
    assert cli("inbox", "list", "--json").json == entries
    assert (newest["import_id"], newest["updated"], newest["failed"], newest["file"]) == (3, 1, 1, "5월 고객.csv")
    assert cli("inbox", "read", newest["id"]).err == t("inbox.marked_one") + "\n"
    assert cli("inbox", "read", newest["id"]).err == t("inbox.marked_none") + "\n"
    header, first, second, _ = cli("inbox").out.splitlines()
    assert header.split() == ["id", "state", "at", "manager", "what"]
    assert (first.split()[1], second.split()[1]) == ("read", "unread")
    assert t("inbox.entry", file="5월 고객.csv", created=0, updated=1, failed=1) in first
    assert cli("inbox", "read", "--all", "--json").json == {"read": 2}
    assert cli("inbox", "read", "--all").err == t("inbox.marked_none") + "\n"


def test_a_message_that_is_not_there_is_refused_and_none_is_wrong_usage(cli):
    ended = cli("inbox", "read", 99)
    assert (ended.code, ended.err) == (Exit.REFUSED, t("errors.message_not_found", id=99) + "\n")
    for options in ((), (1, "--all")):
        ended = cli("inbox", "read", *options)
        assert (ended.code, ended.err) == (Exit.USAGE, t("cli.read_which") + "\n")
