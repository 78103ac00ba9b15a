"""`managers`, `roles` and `whoami` (R50, R51)."""

import pytest

from crm_tui import config
from crm_tui.core.permissions import Permission
from crm_tui.i18n import t

ME = config.login_name()


@pytest.fixture
def demote(sql):
    """Give whoever runs the test a role that allows certain things and nothing else."""

    def give(*permissions: str) -> None:
        words = ", ".join(f'"{one}"' for one in permissions)
        sql("INSERT OR REPLACE INTO role (id, key, name, permissions) VALUES (99, 'mine', 'mine', ?)", f"[{words}]")
        sql("UPDATE manager SET role_id = 99 WHERE name = ?", ME)

    return give


def test_r50_who_opened_the_database_is_its_owner(cli):
    told = cli("whoami", "--json").json
    assert (told["name"], told["role"], told["can"]) == (ME, "owner", [one.value for one in Permission])
    assert ME in told["owners"]
    shown = cli("--lang", "ko", "whoami").out
    assert "소유자" in shown
    assert "데이터 내려받기" in shown


def test_r50_a_manager_is_added_given_another_role_and_removed(cli, sql):
    ended = cli("--lang", "en", "managers", "add", "minsu", "--role", "basic", "--json")
    assert (ended.code, ended.err) == (0, "Manager added: minsu (basic)\n")
    assert ended.json["can"] == ["see_contacts", "edit_customers"]
    assert (ended.json["addedBy"], ended.json["addedAt"][-1]) == (ME, "Z")
    assert cli("managers", "role", "minsu", "소유자", "--json").json["role"] == "owner"
    listed = cli("managers", "--json").json
    assert [one["role"] for one in listed if one["name"] == "minsu"] == ["owner"]
    assert cli("managers", "remove", "minsu").code == 0
    assert "minsu" not in cli("managers", "list").out
    kinds = [kind for (kind,) in sql("SELECT kind FROM activity ORDER BY id")]
    assert kinds == ["manager_added", "manager_changed", "manager_removed"]


def test_r50_a_role_is_made_changed_renamed_and_deleted(cli, sql):
    ended = cli("--lang", "en", "roles", "add", "상담원", "--can", "see_contacts, SEE_ACTIVITY", "--json")
    assert (ended.code, ended.err) == (0, "Role added: 상담원\n")
    assert ended.json == {"name": "상담원", "builtIn": False, "can": ["see_contacts", "see_activity"], "managers": 0}
    assert cli("roles", "can", "상담원", "none", "--json").json["can"] == []
    assert cli("roles", "rename", "상담원", "Support", "--json").json["name"] == "Support"
    table = cli("roles").out.splitlines()
    assert table[0].split() == ["name", "managers", "can"]
    assert [line.split()[0] for line in table[1:]] == ["owner", "basic", "Support"]
    assert cli("roles", "delete", "support").code == 0
    assert [one["name"] for one in cli("roles", "list", "--json").json] == ["owner", "basic"]
    kinds = [kind for (kind,) in sql("SELECT kind FROM activity ORDER BY id")]
    assert kinds == ["role_added", "role_changed", "role_changed", "role_removed"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("managers", "add", "kim", "--role", "basic"), 1, "kim is a manager already"),
        (("managers", "add", " ", "--role", "basic"), 1, "login name"),
        (("managers", "add", "a\x1bb", "--role", "basic"), 1, "U+001B"),
        (("managers", "add", "minsu", "--role", "boss"), 1, 'There is no role "boss"'),
        (("managers", "add", "minsu"), 2, "--role"),
        (("managers", "role", "nobody", "basic"), 1, "There is no manager nobody"),
        (("managers", "remove", "nobody"), 1, "There is no manager nobody"),
        (("managers", "remove", ME), 4, "Nobody changes their own role"),
        (("managers", "role", ME, "basic"), 4, "Nobody changes their own role"),
        (("roles", "add", "x", "--can", "fly"), 2, "Unknown permission: fly"),
        (("roles", "add", "x", "--can", ","), 2, "Unknown permission"),
        (("roles", "add", "OWNER", "--can", "settings"), 1, "There is a role"),
        (("roles", "add", "x" * 101, "--can", "settings"), 1, "101 characters"),
        (("roles", "can", "basic", "settings"), 1, "exists from the start"),
        (("roles", "delete", "owner"), 1, "exists from the start"),
        (("roles", "rename", "nothing", "x"), 1, 'There is no role "nothing"'),
    ],
)
def test_r50_what_cannot_be_done_is_refused_with_a_sentence(cli, arguments, code, sentence):
    ended = cli("--lang", "en", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert sentence in ended.err
    assert "\x1b" not in ended.err


def test_r50_there_are_at_most_twenty_roles(cli):
    for number in range(18):
        assert cli("roles", "add", f"r{number}", "--can", "none").code == 0
    ended = cli("--lang", "en", "roles", "add", "one more", "--can", "none")
    assert (ended.code, ended.err) == (1, t("problems.roles_full", limit=20) + "\n")


def test_r50_a_role_that_somebody_has_cannot_be_deleted(cli):
    cli("roles", "add", "Support", "--can", "see_contacts")
    cli("managers", "add", "minsu", "--role", "Support")
    ended = cli("--lang", "en", "roles", "delete", "Support")
    assert ended.code == 1
    assert "minsu" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("managers", "add", "minsu", "--role", "owner"),
        ("managers", "role", "kim", "basic"),
        ("managers", "remove", "kim"),
        ("managers", "add", "minsu", "--role", "basic"),
        ("roles", "add", "x", "--can", "download_data"),
        ("roles", "can", "mine", "settings"),
    ],
)
def test_r50_who_is_no_owner_gives_nothing_beyond_their_own_rights(cli, demote, sql, arguments):
    demote("settings", "see_contacts")
    ended = cli(*arguments)
    assert ended.code == 4
    assert sql("SELECT kind FROM activity") == [("refused",)]
    assert sql("SELECT count(*) FROM manager WHERE name = 'minsu'") == [(0,)]


def test_r51_without_settings_managers_and_roles_are_not_shown(cli, demote):
    demote("see_contacts")
    for command in ("managers", "roles"):
        ended = cli("--lang", "en", command)
        assert (ended.code, ended.out) == (4, "")
        assert "“settings”" in ended.err
        assert "kim" in ended.err
    assert cli("whoami", "--json").json["can"] == ["see_contacts"]


def test_r51_csv_of_contacts_needs_the_permission_to_download_and_json_does_not(cli, demote):
    cli("add", "--email", "a@example.com")
    demote("see_contacts")
    assert cli("contacts", "--json").json[0]["profile"]["email"] == "a@example.com"
    ended = cli("--lang", "en", "contacts", "--csv")
    assert (ended.code, ended.out) == (4, "")
    assert "download data" in ended.err


def test_r50_who_is_no_manager_is_refused_with_a_sentence(cli, sql):
    sql("DELETE FROM manager WHERE name = ?", ME)
    for arguments in (("whoami",), ("contacts",), ("show", "1")):
        ended = cli("--lang", "en", *arguments)
        assert (ended.code, ended.out) == (4, "")
        assert f"{ME} is no manager of this database" in ended.err


def test_r51_failed_rows_are_withheld_from_who_may_only_see(cli, demote, csv_file):
    path = csv_file("memberId,unsubscribeEmail,unsubscribeTexting\nM1,false,false\n,false,false\n")
    cli("import", path, "--target", "member", "--yes")
    demote("see_contacts")
    ended = cli("imports", "show", 1, "--json")
    assert (ended.code, ended.json["failures"], ended.json["failed"]) == (0, [], 1)
    assert ended.err == t("cli.rows_withheld", permission=t("team.permission_edit_customers")) + "\n"


def test_r51_a_role_that_acts_on_customers_whom_it_may_not_see_is_told_that_this_does_nothing(cli):
    told = t("team.permissions_idle", permissions=t("team.permission_edit_customers"), role="Blind") + "\n"
    assert cli("roles", "add", "Blind", "--can", "edit_customers").err.endswith(told)
    assert cli("roles").err == told
    assert (
        cli("roles", "can", "Blind", "see_contacts,edit_customers").err == t("team.role_changed", name="Blind") + "\n"
    )
