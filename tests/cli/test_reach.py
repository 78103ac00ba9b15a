"""`mu`, `audience` and `retention`."""

import pytest

from crm_tui.i18n import t

DAY = 86_400_000


@pytest.fixture
def people(cli, sql):
    """Leads 1 to 4, each seen a year after the one before, the last one now; 2 has opted out, 3 is unverified."""
    for number in range(1, 5):
        assert cli("add", "--email", f"p{number}@example.com", "--name", f"P{number}").code == 0
        sql(
            "UPDATE customer SET last_seen_at = last_seen_at - ? WHERE id = ?",
            (4 - number) * 365 * DAY + (number < 4) * DAY,
            number,
        )
    sql("UPDATE customer SET unsubscribe_email = 1 WHERE id = 2")
    sql("UPDATE customer SET email_verified = 0 WHERE id = 3")


def ids(cli, *arguments):
    return sorted(one["id"] for one in cli("contacts", "--json", *arguments).json)


def test_r5_mu_tells_how_many_there_are_and_its_limit(cli, people):
    assert cli("mu").out == "4\n"
    assert cli("mu", "--json").json == {
        "total": 4, "members": 0, "leads": 4, "blocked": 0, "hidden": 0, "limit": None,
    }  # fmt: skip
    ended = cli("mu", "--limit", "3", "--json")
    assert ended.code == 0
    assert (ended.json["total"], ended.json["hidden"], ended.json["limit"]) == (3, 1, 3)
    assert ids(cli) == [2, 3, 4]
    ended = cli("mu")
    assert (ended.out, ended.err) == ("3\n", t("reach.limit_is", limit="3", hidden="1") + "\n")
    ended = cli("mu", "--limit", "none")
    assert (ended.out, ended.err) == ("4\n", t("reach.limit_none") + "\n")
    assert ids(cli) == [1, 2, 3, 4]


@pytest.mark.parametrize("limit", ["", "0", "many", "-1"])
def test_a_limit_that_makes_no_sense_is_refused(cli, people, limit):
    ended = cli("mu", f"--limit={limit}")
    assert (ended.code, ended.out, ended.err) == (2, "", t("errors.limit_invalid", most="1,000,000,000") + "\n")
    assert ids(cli) == [1, 2, 3, 4]


def test_r51_a_limit_is_for_who_may_change_settings(cli, people, sql):
    sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic')")
    assert cli("mu", "--limit", "3").code == 4
    assert cli("mu").out == "4\n"


def test_r5_a_search_that_finds_only_hidden_customers_says_so(cli, people):
    cli("mu", "--limit", "3")
    ended = cli("contacts", "name:P1")
    assert (ended.out, ended.err.splitlines()) == (
        "",
        [t("cli.none_found"), t("reach.none_found_hidden", count="1")],
    )


def test_r47_an_audience_is_a_number_and_the_reasons_of_the_others(cli, people):
    ended = cli("--lang", "en", "audience", "--channel", "email")
    assert (ended.code, ended.out) == (0, "2\n")
    assert ended.err.splitlines() == ["Left out, contact not verified: 1", "Left out, opted out: 1"]
    cli("block", 1)
    cli("mu", "--limit", "2")
    assert cli("audience", "P", "--channel", "email", "--json").json == {
        "channel": "email",
        "query": "P",
        "count": 1,
        "left_out": {"blocked": 1, "hidden": 1, "no_contact": 0, "unverified": 1, "opted_out": 0},
        "file": None,
    }
    assert cli("audience", "--channel", "texting").out == "0\n"


def test_an_audience_is_written_to_a_file_and_never_over_one_unasked(cli, people, tmp_path):
    path = tmp_path / "mail.csv"
    ended = cli("audience", "--channel", "email", "--csv", path)
    assert (ended.code, ended.out) == (0, f"{path}\n")
    assert [row.split(",")[0] for row in path.read_text("utf-8-sig").splitlines()] == ['"id"', '"4"', '"1"']
    ended = cli("audience", "name:P4", "--channel", "email", "--csv", path)
    assert (ended.code, ended.err) == (2, t("cli.export_exists", path=path) + "\n")
    assert cli("audience", "name:P4", "--channel", "email", "--csv", path, "--yes", "--json").json["count"] == 1
    assert len(path.read_text("utf-8-sig").splitlines()) == 2


def test_an_audience_that_is_asked_for_wrongly_is_told_how(cli, people, tmp_path):
    assert cli("audience").code == 2
    assert cli("audience", "--channel", "pigeon").code == 2
    assert cli("audience", "--channel", "email", "--csv", tmp_path / "a.xlsx").code == 2
    ended = cli("audience", 'name:"', "--channel", "email")
    assert (ended.code, "^" in ended.err) == (2, True)


def test_retention_without_yes_changes_nothing_and_says_how(cli, people):
    ended = cli("--lang", "en", "retention")
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (0, "", 2)
    ended = cli("--lang", "en", "retention", "--unseen-for", "2y")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[-1].endswith("crm-tui retention --unseen-for 2y --yes --expect 2")
    answer = cli("retention", "--unseen-for", "365d", "--json").json
    assert (answer["customers"], answer["blocked"], answer["failed_rows"]) == (3, 0, 0)
    assert answer["since"].endswith("Z")
    assert cli("retention", "--json").json["customers"] is None
    assert ids(cli) == [1, 2, 3, 4]


def test_retention_deletes_only_as_many_as_were_shown(cli, people):
    ended = cli("retention", "--unseen-for", "2y", "--yes", "--expect", "3")
    assert (ended.code, ended.out) == (1, "")
    assert ids(cli) == [1, 2, 3, 4]
    ended = cli("retention", "--unseen-for", "2y", "--yes", "--expect", "2", "--json")
    assert (ended.code, ended.json["customers"]["customers"], ended.json["failed_rows"]) == (0, 2, 0)
    assert ids(cli) == [3, 4]
    assert cli("retention", "--yes").code == 0
    assert ids(cli) == [3, 4]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--unseen-for", "2y", "--yes"),
        ("--unseen-for", "2y", "--expect", "2"),
        ("--yes", "--expect", "2"),
        ("--unseen-for", "2d"),
        ("--unseen-for", "2d", "--yes", "--expect", "4"),
        ("--unseen-for", ""),
    ],
)
def test_retention_that_is_asked_for_wrongly_deletes_nobody(cli, people, arguments):
    ended = cli("retention", *arguments)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert ids(cli) == [1, 2, 3, 4]


def test_r48_hidden_customers_are_deleted_as_many_as_expected(cli, people):
    cli("mu", "--limit", "2")
    assert cli("delete", "--hidden", "--yes", "--expect", "1").code == 1
    assert cli("delete", "--hidden", "--yes", "--expect", "2").code == 0
    assert (ids(cli), cli("mu", "--json").json["hidden"]) == ([3, 4], 0)
