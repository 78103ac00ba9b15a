"""`contacts`, `show`, `add`, `edit`, `mu`: each with what it gives and what it refuses."""

import csv
import io
import json

import pytest

from crm_tui.cli.cells import width
from crm_tui.i18n import t

CUSTOMER_KEYS = [
    "id",
    "type",
    "memberId",
    "profile",
    "tags",
    "userImportTag",
    "unsubscribeEmail",
    "unsubscribeTexting",
    "emailVerified",
    "mobileNumberVerified",
    "createdAt",
    "updatedAt",
    "lastSeenAt",
    "sessionsCount",
    "pendingUnification",
    "blocked",
    "hidden",
]


@pytest.fixture
def people(cli, sql):
    """Three leads, seen one after the other."""
    cli("add", "--email", "minjun@example.com", "--name", "김민준", "--set", 'tags=["단골"]')
    cli("add", "--mobile", "+82 10-2020-3030", "--name", "이서연")
    cli("add", "--email", "alex@example.com", "--name", "Alex Kim", "--set", 'tags=["단골","VIP"]')
    for number in (1, 2, 3):
        sql("UPDATE customer SET last_seen_at = ? WHERE id = ?", 1_700_000_000_000 + number, number)


def test_r3_a_lead_is_added_by_hand_and_shown(cli):
    ended = cli(
        "add", "--email", "Min@Example.COM", "--name", " 김민준 ", "--set", "landlineNumber=+82 2-123-4567", "--json"
    )
    assert ended.code == 0
    customer = ended.json
    assert list(customer) == CUSTOMER_KEYS
    assert customer | {"createdAt": None, "lastSeenAt": None} == {
        "id": 1,
        "type": "lead",
        "memberId": None,
        "profile": {"name": "김민준", "email": "Min@example.com", "landlineNumber": "+8221234567"},
        "tags": [],
        "userImportTag": [],
        "unsubscribeEmail": False,
        "unsubscribeTexting": False,
        "emailVerified": True,
        "mobileNumberVerified": False,
        "createdAt": None,
        "updatedAt": None,
        "lastSeenAt": None,
        "sessionsCount": 0,
        "pendingUnification": [],
        "blocked": False,
        "hidden": False,
    }
    assert customer["createdAt"] == customer["lastSeenAt"]
    assert len(customer["createdAt"]) == len("2026-01-02T03:04:05.678Z")
    assert customer["createdAt"].endswith("Z")
    assert cli("show", "1", "--json").json == customer


def test_r3_who_exists_already_is_shown_and_nothing_is_added(cli, sql):
    cli("add", "--email", "a@example.com", "--name", "김민준")
    ended = cli("add", "--email", "A@EXAMPLE.com", "--name", "다른 이름", "--json")
    assert (ended.code, ended.err) == (1, t("cli.already_exists", id=1) + "\n")
    assert ended.json["profile"]["name"] == "김민준"
    assert cli("mu").out == "1\n"
    sql("UPDATE customer SET blocked_at = 1")
    assert cli("add", "--email", "a@example.com").err == t("cli.already_exists_blocked", id=1) + "\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 1, "profile.email: "),
        (("--name", "김민준"), 1, "profile.email: "),
        (("--email", "no at"), 1, "profile.email: "),
        (("--mobile", "010-2020-3030"), 1, "profile.mobileNumber: "),
        (("--email", "a@example.com", "--set", "nix=1"), 1, "nix: "),
        (("--email", "a@example.com", "--set", "memberId=1"), 1, "memberId: "),
        (("--email", "a@example.com", "--set", "createdAt=2020-01-01"), 1, "createdAt: "),
        (("--email", "a@example.com", "--set", "name"), 2, "필드=값"),
        (("--email", "a@example.com", "--set", "EMAIL=b@example.com"), 2, "필드가 두 번 나왔습니다: EMAIL"),
        (("--set", "name=a", "--set", "profile.name=b"), 2, "필드가 두 번 나왔습니다: profile.name"),
    ],
)
def test_r18_a_lead_that_cannot_be_added_is_refused_with_a_reason(cli, arguments, code, said):
    ended = cli("add", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(said)
    assert cli("mu").out == "0\n"


def test_every_wrong_value_of_a_lead_is_told_at_once(cli):
    ended = cli("--lang", "en", "add", "--email", "x", "--mobile", "010", "--set", "lastCheckoutCompletedAt=yesterday")
    assert [line.partition(":")[0] for line in ended.err.splitlines()] == [
        "profile.email",
        "profile.mobileNumber",
        "profile.lastCheckoutCompletedAt",
    ]


def test_a_customer_is_edited_field_by_field(cli, people):
    cli("fields", "add", "points", "number", "포인트")
    ended = cli("edit", 1, "--set", "Points=12.50", "--set", "NAME=김민지", "--set", 'tags=["신규"]', "--json")
    assert ended.code == 0
    assert ended.json["profile"] == {"name": "김민지", "email": "minjun@example.com", "points": 12.5}
    assert ended.json["tags"] == ["신규"]
    assert ended.json["updatedAt"] is not None
    cleared = cli("edit", 1, "--clear", "profile.points", "--clear", "tags", "--set", "name=", "--json").json
    assert (cleared["profile"], cleared["tags"]) == ({"email": "minjun@example.com"}, [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((1,), 2, "바꿀 것이 없습니다"),
        ((99, "--set", "name=x"), 1, "99"),
        (("abc", "--set", "name=x"), 2, "ID 의 값이"),
        ((1, "--set", "mobileNumber=1"), 1, "profile.mobileNumber: "),
        ((1, "--clear", "email"), 1, "profile.email: "),
        ((1, "--clear", "nix"), 1, "nix: "),
        ((1, "--set", "name=a", "--clear", "name"), 2, "필드가 두 번 나왔습니다: name"),
        ((1, "--clear", "unsubscribeEmail"), 1, "unsubscribeEmail: "),
    ],
)
def test_an_edit_that_is_refused_changes_nothing(cli, people, arguments, code, said):
    before = cli("show", 1, "--json").out
    ended = cli("edit", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert cli("show", 1, "--json").out == before


def test_one_customer_is_shown_by_number_or_contact(cli, people, sql):
    sql("UPDATE customer SET member_id = '00123' WHERE id = 2")
    assert cli("show", 2, "--json").json["type"] == "member"
    assert cli("show", "--member-id", "00123", "--json").json["id"] == 2
    assert cli("show", "--mobile", "+821020203030", "--json").json["id"] == 2
    assert cli("show", "--mobile", "+82 010 2020 3030", "--json").json["id"] == 2
    assert cli("show", "--email", "MINJUN@example.com", "--json").json["id"] == 1
    shown = cli("show", 1).out.splitlines()
    assert shown[0].split() == ["id", "1"]
    assert ["profile.name", "김민준"] in [line.split() for line in shown]
    assert ["tags", '["단골"]'] in [line.split() for line in shown]
    assert len({line.index(line.split()[1]) for line in shown}) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        ((1, "--email", "minjun@example.com"), 2),
        (("--email", "a@example.com", "--mobile", "+821020203030"), 2),
        ((99,), 1),
        (("--email", "nobody@example.com"), 1),
        (("--member-id", "123"), 1),
        (("--mobile", "no number"), 1),
    ],
)
def test_nobody_is_shown_where_nobody_is_found(cli, people, arguments, code):
    ended = cli("show", *arguments, "--json")
    assert (ended.code, ended.out) == (code, "")
    assert len(ended.err.splitlines()) == 1


def test_r25_several_customers_with_one_contact_are_named_and_none_is_shown(cli, people, sql):
    sql("UPDATE customer SET email = 'both@example.com', email_key = 'both@example.com' WHERE id IN (1, 3)")
    ended = cli("show", "--email", "both@example.com", "--json")
    assert (ended.code, ended.out) == (1, "")
    assert "1, 3" in ended.err


def test_the_list_shows_who_was_seen_last_first(cli, people):
    lines = cli("contacts").out.splitlines()
    assert lines[0].split() == [
        "id",
        "type",
        "memberId",
        "profile.name",
        "profile.email",
        "profile.mobileNumber",
        "lastSeenAt",
    ]
    assert [line.split()[0] for line in lines[1:]] == ["3", "2", "1"]
    # "lastSeenAt" is the last column: it begins in the same cell of every line, whatever Hangul stands before it
    assert len({width(line[: line.rindex(line.split()[-1])]) for line in lines}) == 1


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ((), [3, 2, 1]),
        (("김",), [1]),
        (("kim",), [3]),
        (("010-2020-3030",), [2]),
        (("tag:단골",), [3, 1]),
        (("tag:단골", "alex"), [3]),
        (('tag:"단골" alex',), [3]),
        (("member:no", "2020"), [2]),
        (("member:yes",), []),
        (("import:5월고객",), []),
        (("ㄱㅁㅈ",), [1]),
        (("tag:vip", "OR", "2020"), [3, 2]),
        (("has:email", "NOT", "tag:vip"), [1]),
        (("email=MINJUN@example.com",), [1]),
        (("email:(minjun@example.com", "alex@example.com)"), [3, 1]),
        (("lastSeenAt<2024", "id>1"), [3, 2]),
    ],
)
def test_the_list_finds_what_the_search_line_says(cli, people, query, ids):
    assert [customer["id"] for customer in cli("contacts", *query, "--json").json] == ids
    assert cli("contacts", *query, "--count").out == f"{len(ids)}\n"


def test_the_list_as_json_is_an_array_of_whole_customers(cli, people):
    customers = cli("contacts", "--json").json
    assert [list(customer) for customer in customers] == [CUSTOMER_KEYS] * 3
    assert customers[0] == cli("show", 3, "--json").json
    assert cli("contacts", "nobody", "--json").out == "[]\n"


def test_the_list_as_csv_has_the_columns_asked_for(cli, people):
    ended = cli("contacts", "--csv", "--columns", "id,NAME,tags,createdat,blocked", "--sort", "name")
    rows = list(csv.reader(io.StringIO(ended.out)))
    assert rows[0] == ["id", "profile.name", "tags", "createdAt", "blocked"]
    assert [row[:3] for row in rows[1:]] == [
        ["3", "Alex Kim", '["단골","VIP"]'],
        ["1", "김민준", '["단골"]'],
        ["2", "이서연", ""],
    ]
    assert {row[4] for row in rows[1:]} == {"false"}


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("lastSeenAt", [3, 2, 1]),
        ("createdat", [3, 2, 1]),
        ("name", [3, 1, 2]),
        ("profile.EMAIL", [3, 1, 2]),
        ("mobileNumber", [2, 1, 3]),
        ("-name", [2, 1, 3]),
        ("-lastSeenAt", [1, 2, 3]),
        ("tags", [1, 3, 2]),
        ("id", [1, 2, 3]),
        ("-ID", [3, 2, 1]),
    ],
)
def test_the_list_is_sorted_by_any_field_and_a_minus_turns_it_round(cli, people, sort, ids):
    assert [customer["id"] for customer in cli("contacts", f"--sort={sort}", "--json").json] == ids
    assert [customer["id"] for customer in cli("contacts", "--sort", sort, "--json").json] == ids


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sort", "nix"),
        ("--sort", "--name"),
        ("--columns", "name,nix"),
        ("--columns", ""),
        ("--json", "--csv"),
        ("--count", "--json"),
    ],
)
def test_a_list_that_cannot_be_made_is_wrong_usage(cli, people, arguments):
    ended = cli("contacts", *arguments)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("query", "shown", "marks", "expected"),
    [
        ('kim "open', 'kim "open', "    ^^^^^", '"'),
        ("member:maybe", "member:maybe", "       ^^^^^", "yes or no"),
        ("김민준 emial:x kim", "김민준 emial:x kim", "       ^^^^^", "email: or the name of a field"),
        ("tag:", "tag:", "    ^", "the name of a tag"),
        ("a\tid>x", "a id>x", "     ^", "a number (such as 100, -5, 2.5)"),
        ("\x1b[31m(", "␛[31m(", "      ^", "something to look for or ("),
        (
            "x" * 50 + " id>y " + "z" * 60,
            f"…{'x' * 26} id>y {'z' * 38}…",
            " " * 31 + "^",
            "a number (such as 100, -5, 2.5)",
        ),
    ],
)
def test_a_mistake_in_the_search_line_is_pointed_at(cli, people, query, shown, marks, expected):
    for options in (("--json",), ("--count",), ("--csv",), ()):
        ended = cli("--lang", "en", "contacts", *options, query)
        assert (ended.code, ended.out) == (2, "")
        line, under, sentence = ended.err.splitlines()
        assert (line, under) == (f"  {shown}", f"  {marks}")
        assert sentence.endswith(f"It could be: {expected}")


def test_fields_of_the_managers_are_searched_and_shown(cli, people):
    cli("fields", "add", "points", "number", "포인트")
    for customer, points in ((1, "5"), (2, "100"), (3, "20")):
        cli("edit", customer, "--set", f"points={points}")
    ended = cli("contacts", "points>=20", "--sort=-points", "--columns", "id,points", "--csv")
    assert ended.out.splitlines() == ["id,profile.points", "2,100", "3,20"]
    assert cli("contacts", "points<20", "--count").out == "1\n"


def test_a_table_ends_after_fifty_customers_and_says_so_but_json_and_csv_never_end_early(cli, sql):
    sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) "
        "INSERT INTO customer (name, email_verified, mobile_number_verified, unsubscribe_email, unsubscribe_texting, custom, "
        "search_text, created_at, last_seen_at, sessions_count) SELECT 'n' || i, 0, 0, 0, 0, '{}', 'n' || i, i, i, 0 FROM n"
    )
    table = cli("contacts")
    assert len(table.out.splitlines()) == 51
    assert table.err == t("cli.shown_of", shown="50", total="60") + "\n"
    assert len(cli("contacts", "--limit", 60).out.splitlines()) == 61
    assert cli("contacts", "--limit", 59).err == t("cli.shown_of", shown="59", total="60") + "\n"
    assert cli("contacts", "--limit", 60).err == ""
    assert len(cli("contacts", "--json").json) == 60
    assert len(cli("contacts", "--csv").out.splitlines()) == 61
    assert len(cli("contacts", "--json", "--limit", 2).json) == 2


def test_r46_r47_blocked_customers_are_in_no_list_and_an_empty_one_counts_them(cli, people, sql):
    sql("UPDATE customer SET blocked_at = 1 WHERE id = 1")
    assert [customer["id"] for customer in cli("contacts", "--json").json] == [3, 2]
    assert cli("contacts", "--count").out == "2\n"
    assert cli("contacts", "민준").err == t("cli.none_found_blocked", count=1) + "\n"
    assert cli("contacts", "없는사람").err == t("cli.none_found") + "\n"
    assert cli("mu", "--json").json == {"total": 2, "members": 0, "leads": 2, "blocked": 1, "hidden": 0, "limit": None}
    assert cli("show", 1, "--json").json["blocked"] is True


def test_r6_values_of_archived_fields_are_not_shown(cli, people):
    cli("fields", "add", "points", "number", "포인트")
    cli("edit", 1, "--set", "points=5")
    assert cli("show", 1, "--json").json["profile"]["points"] == 5
    cli("fields", "archive", "POINTS")
    assert "points" not in cli("show", 1, "--json").json["profile"]
    assert "points" not in cli("show", 1).out
    assert cli("contacts", "--columns", "points").code == 2
    cli("fields", "restore", "points")
    assert cli("contacts", "--columns", "points", "--csv", "민준").out == "profile.points\n5\n"


def test_values_of_every_type_keep_their_kind_in_json(cli, people):
    for key, kind in (("d", "date"), ("t", "datetime"), ("b", "boolean"), ("l", "list"), ("n", "LISTOFNUMBER")):
        assert cli("fields", "add", key, kind, key).code == 0
    sets = ("d=2024-02-29", "t=2024-02-29T12:00+09:00", "b=yes", 'l=["a","b"]', "n=[1,2.5]")
    profile = cli("edit", 1, *(part for text in sets for part in ("--set", text)), "--json").json["profile"]
    assert {key: profile[key] for key in "dtbln"} == {
        "d": "2024-02-29",
        "t": "2024-02-29T03:00:00.000Z",
        "b": True,
        "l": ["a", "b"],
        "n": [1, 2.5],
    }


def test_an_empty_database_is_told_of_instead_of_an_empty_table(cli):
    assert cli("contacts").err == t("cli.none_found") + "\n"
    assert cli("tags").err == t("cli.no_tags") + "\n"
    assert (cli("tags", "--json").out, cli("mu").out) == ("[]\n", "0\n")


def test_r5_mu_counts_customers(cli, people):
    assert cli("mu").out == "3\n"


def test_numbers_and_dates_on_stdout_follow_no_locale(cli, people, process, monkeypatch):
    plain = process("contacts", "--csv").out
    assert process("contacts", "--csv", env={"TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"}).out == plain
    assert "2023-11-14T22:13:20.001Z" in plain


def test_the_list_is_one_moment_even_while_customers_are_added(cli, people, database):
    from crm_tui.services import contact_list, customers
    from crm_tui.services.workspace import open_workspace

    workspace = open_workspace(str(database))
    listed = contact_list.every(workspace)
    first = next(listed)
    customers.add_lead(workspace, {"email": "late@example.com"})
    assert [first.id, *(one.id for one in listed)] == [3, 2, 1]
    assert len(list(contact_list.every(workspace))) == 4
    workspace.close()


def test_json_escapes_keep_every_character_of_a_value(cli, sql, people):
    nasty = 'a"b\\c\x1b]0;evil\x07\x9b31m\u202e\u200b\U0001f600\n\t끝'
    sql("UPDATE customer SET name = ? WHERE id = 1", nasty)
    assert cli("show", 1, "--json").json["profile"]["name"] == nasty
    assert json.loads(cli("contacts", "--json").out)[2]["profile"]["name"] == nasty
