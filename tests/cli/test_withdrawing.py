"""`delete --file` and `delete --hidden`: whom they find, what they ask and refuse (R2, R5, R48, R49, R51)."""

import csv
import io

import pytest

from crm_tui.i18n import t


@pytest.fixture
def people(cli, sql):
    """Four leads, of whom 3 typed their e-mail themselves and 4 is hidden."""
    for number in range(1, 5):
        cli("add", "--email", f"{number}@example.com", "--name", f"고객{number}")
    cli("edit", 1, "--set", "memberId=M-1")
    sql("UPDATE customer SET email_verified = 0 WHERE id = 3")
    sql("UPDATE customer SET is_hidden = 1 WHERE id = 4")


@pytest.fixture
def left(sql):
    return lambda: [one for (one,) in sql("SELECT id FROM customer ORDER BY id")]


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


EMAILS = (
    "이메일,메모\n1@example.com,a\nnobody@example.com,b\n3@example.com,c\nbad,d\n4@Example.com,e\n1@example.com,f\n"
)


def test_r48_a_file_deletes_whom_it_names_and_tells_who_was_not_found(cli, people, csv_file, left):
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--yes", "--expect", 2, "--json")
    assert ended.code == 0
    answer = ended.json
    assert {name: answer[name] for name in ("state", "by", "rows", "customers", "hidden", "repeated", "ids")} == {
        "state": "deleted",
        "by": "profile.email",
        "rows": 6,
        "customers": 2,
        "hidden": 1,
        "repeated": 1,
        "ids": [1, 4],
    }
    assert [(one["row"], one["value"], one["reason"]) for one in answer["not_found"]] == [
        (3, "nobody@example.com", "missing"),
        (4, "3@example.com", "unverified"),
        (5, "bad", "invalid"),
    ]
    assert (answer["missing"], answer["unverified"], answer["invalid"]) == (1, 1, 1)
    assert t("withdrawn.why_unverified") in ended.err
    assert left() == [2, 3]


@pytest.mark.parametrize("by", ["memberId", "MEMBERID"])
def test_r1_members_are_found_by_their_id(cli, people, csv_file, left, by):
    ended = cli("delete", "--file", csv_file("회원번호\nM-1\nm-1\n"), "--by", by, "--yes", "--json")
    assert (ended.code, ended.json["ids"], left()) == (0, [1], [2, 3, 4])


def test_r48_a_dry_run_deletes_nobody_and_says_who_it_would_be(cli, people, csv_file, left):
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--dry-run", "--json")
    assert (ended.code, ended.json["state"], ended.json["customers"]) == (0, "planned", 2)
    assert t("withdrawn.found_row", row=2, value="1@example.com", id=1, name="고객1") in ended.err
    assert t("withdrawn.only_planned") in ended.err
    assert left() == [1, 2, 3, 4]


def test_r48_in_a_terminal_the_number_is_typed_after_seeing_who_is_found(cli, people, csv_file, left, answers):
    answers("3")
    assert cli("delete", "--file", csv_file(EMAILS), "--by", "email").code == 130
    assert left() == [1, 2, 3, 4]
    answers("2")
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email")
    assert (ended.code, left()) == (0, [2, 3])
    assert ended.err.index("→ 1번 고객1") < ended.err.index(t("cli.delete_number", number=2))
    assert t("withdrawn.unfound_row", row=3, value="nobody@example.com", reason=t("withdrawn.why_missing")) in ended.err


def test_r48_it_is_refused_where_the_number_is_another(cli, people, csv_file, left, tmp_path):
    missing = tmp_path / "missing.csv"
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--yes", "--expect", 3, "--missing", missing)
    assert (ended.code, left(), missing.exists()) == (1, [1, 2, 3, 4], False)
    assert t("errors.count_changed", expected=3, found=2) in ended.err


def test_without_a_terminal_it_needs_a_yes(cli, people, csv_file, left):
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email")
    assert (ended.code, ended.err, left()) == (2, t("cli.yes_needed_here") + "\n", [1, 2, 3, 4])


def test_who_was_not_found_is_saved_to_be_mended(cli, people, csv_file, tmp_path):
    missing = tmp_path / "missing.csv"
    cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--yes", "--missing", missing)
    with missing.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["rowNumber", "profile.email", "reason"]
    assert [(row[0], row[2]) for row in rows[1:3]] == [
        ("3", t("withdrawn.why_missing")),
        ("4", t("withdrawn.why_unverified")),
    ]
    again = cli("delete", "--file", missing, "--by", "email", "--dry-run", "--json").json
    assert (again["rows"], again["customers"], again["invalid"]) == (3, 0, 1)


def test_a_file_in_which_everybody_is_found_leaves_no_file_of_missing_ones(cli, people, csv_file, tmp_path):
    missing = tmp_path / "missing.csv"
    file = csv_file("이메일\n1@example.com\n")
    assert cli("delete", "--file", file, "--by", "email", "--yes", "--missing", missing).code == 0
    assert not missing.exists()


def test_the_file_that_was_read_is_not_written_over(cli, people, csv_file, left):
    file = csv_file(EMAILS)
    ended = cli("delete", "--file", file, "--by", "email", "--yes", "--missing", file)
    assert (ended.code, left()) == (2, [1, 2, 3, 4])
    assert t("errors.withdrawn_output_is_source", path=str(file)) in ended.err
    assert file.read_text("utf-8") == EMAILS


def test_a_folder_that_is_not_there_is_told_before_anybody_is_deleted(cli, people, csv_file, left, tmp_path):
    missing = tmp_path / "none" / "missing.csv"
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--yes", "--missing", missing)
    assert (ended.code, left()) == (1, [1, 2, 3, 4])


def test_the_column_is_known_by_its_name_or_is_the_only_one_or_is_asked_for(cli, people, csv_file):
    def found(text, *more):
        ended = cli("delete", "--file", csv_file(text), "--by", "email", "--dry-run", "--json", *more)
        return ended.json["ids"] if ended.code == 0 else (ended.code, ended.err)

    assert found("x,e-mail\n2,1@example.com\n") == [1]
    assert found("탈퇴\n1@example.com\n") == [1]
    assert found("x,y\n2,1@example.com\n", "--column", "y") == [1]
    assert found("x,y\n2,1@example.com\n", "--column", "#2") == [1]
    code, told = found("x,y\n2,1@example.com\n")
    assert code == 2
    assert t("errors.withdrawn_column_unknown", field="profile.email", choices="x, y") in told


def test_a_value_that_several_customers_share_is_warned_of(cli, people, csv_file, sql):
    sql("UPDATE customer SET email_key = '1@example.com' WHERE id = 2")
    ended = cli("delete", "--file", csv_file("email\n1@example.com\n"), "--by", "email", "--dry-run", "--json")
    assert (ended.json["ids"], ended.json["shared"]) == ([1, 2], 1)
    assert t("withdrawn.shared", count=1) in ended.err


def test_a_file_without_titles_is_warned_of(cli, people, csv_file):
    ended = cli("delete", "--file", csv_file("1@example.com\n2@example.com\n"), "--by", "email", "--dry-run", "--json")
    assert (ended.json["ids"], ended.json["header_is_customer"]) == ([2], True)
    assert t("withdrawn.no_titles", header="1@example.com") in ended.err


def test_r21_the_reading_can_be_overridden(cli, people, csv_file):
    file = csv_file("이메일|메모\n1@example.com|가\n", encoding="cp949")
    ended = cli(
        "delete", "--file", file, "--by", "email", "--encoding", "cp949", "--delimiter", "|", "--dry-run", "--json"
    )
    assert ended.json["ids"] == [1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--file", "x.csv", "--by", "email", "1"),
        ("--file", "x.csv", "--by", "email", "--query", "kim"),
        ("--file", "x.csv", "--by", "email", "--hidden"),
        ("--file", "x.csv", "--by", "email", "--missing", "x.xlsx"),
        ("--by", "email", "1"),
        ("--hidden", "1"),
        ("--hidden", "--query", " "),
        ("--file", "x.csv", "--by", "name"),
    ],
)
def test_what_does_not_fit_together_is_wrong_usage(cli, people, left, arguments):
    ended = cli("delete", *arguments, "--yes")
    assert (ended.code, ended.out, left()) == (2, "", [1, 2, 3, 4])


def test_thousands_that_are_not_found_are_told_as_a_number(cli, people, csv_file):
    rows = "".join(f"x{number}@example.com\n" for number in range(1000))
    ended = cli("delete", "--file", csv_file(f"email\n{rows}"), "--by", "email", "--yes", "--json")
    assert (ended.code, ended.json["customers"], ended.json["missing"]) == (0, 0, 1000)
    assert len(ended.json["not_found"]) == 30
    assert t("withdrawn.more_unfound", count=970) in ended.err


def test_r51_who_may_not_delete_is_refused(cli, people, csv_file, sql, left):
    sql("UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic')")
    ended = cli("delete", "--file", csv_file(EMAILS), "--by", "email", "--yes")
    assert (ended.code, left()) == (4, [1, 2, 3, 4])
    assert cli("delete", "--hidden", "--yes").code == 4


def test_r5_all_hidden_customers_are_deleted_at_a_word(cli, people, left, answers):
    answers("delete")
    assert cli("delete", "--hidden").code == 130
    assert left() == [1, 2, 3, 4]
    answers("DELETE")
    ended = cli("delete", "--hidden")
    assert (ended.code, left()) == (0, [1, 2, 3])
    assert t("withdrawn.type_word", word="DELETE") in ended.err


def test_r5_without_a_terminal_hidden_customers_need_a_yes_and_their_number(cli, people, left):
    assert cli("delete", "--hidden").code == 2
    assert cli("delete", "--hidden", "--yes", "--expect", 2).code == 1
    assert left() == [1, 2, 3, 4]
    assert cli("delete", "--hidden", "--yes", "--expect", 1, "--json").json["customers"] == 1
    assert left() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "arguments", "ids"),
    [
        ("이메일,메모\n1@example.com,가\n", (), [1]),
        ("memo,memberId\nx,M-1\n", (), [1]),
        ("회원번호,이메일\nM-1,2@example.com\n", ("--column", "이메일"), [2]),
    ],
)
def test_r22_a_header_that_is_sure_says_by_what_customers_are_named(cli, people, csv_file, text, arguments, ids):
    ended = cli("delete", "--file", csv_file(text), *arguments, "--dry-run", "--json")
    assert (ended.code, ended.json["ids"]) == (0, ids)


@pytest.mark.parametrize("text", ["메모\n1@example.com\n", "회원번호,이메일\nM-1,2@example.com\n"])
def test_r22_a_header_that_is_not_sure_deletes_nobody(cli, people, csv_file, left, text):
    ended = cli("delete", "--file", csv_file(text), "--yes")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, t("errors.withdrawn_by_unknown"))
    assert left() == [1, 2, 3, 4]


def test_r22_a_header_that_contradicts_what_is_asked_for_deletes_nobody(cli, people, csv_file, left):
    file = csv_file("회원번호\n1@example.com\n")
    ended = cli("delete", "--file", file, "--by", "email", "--yes")
    said = t("errors.withdrawn_header_other", column="회원번호", field="profile.email", other="memberId")
    assert (ended.code, ended.err.splitlines()[-1], left()) == (2, said, [1, 2, 3, 4])


def test_r48_a_search_tells_who_matches_too_and_the_hidden_ones_are_deleted_by_it_as_well(cli, people, left):
    cli("block", 2)
    cli("mu", "--limit", 2)
    ended = cli("delete", "--query", "고객", "--dry-run", "--json")
    assert (ended.code, ended.json, left()) == (0, {"state": "planned", "customers": 2}, [1, 2, 3, 4])
    told = [t("cli.left_blocked", count=1), t("cli.left_hidden_delete", count=1)]
    assert ended.err.splitlines()[:2] == told
    assert cli("delete", "--hidden", "--query", "nobody", "--yes", "--json").json["customers"] == 0
    ended = cli("delete", "--hidden", "--query", "고객", "--yes", "--json")
    assert (ended.json["customers"], left()) == (1, [2, 3, 4])


def test_r48_some_by_their_numbers_are_looked_at_without_deleting_them(cli, people, left):
    ended = cli("delete", 1, 3, "--dry-run")
    assert (ended.code, ended.err, left()) == (0, t("cli.delete_looked", count=2) + "\n", [1, 2, 3, 4])
    assert cli("delete", 9, "--dry-run").code == 1


def test_r46_tagging_and_blocking_by_a_search_tell_who_matches_and_is_left(cli, people):
    cli("mu", "--limit", 3)
    for command in (("tag", "add", "vip"), ("block", "--yes")):
        ended = cli(*command, "--query", "고객")
        assert (ended.code, ended.err.splitlines()[0]) == (0, t("cli.left_hidden", count=1))


def test_r46_who_is_blocked_already_or_not_blocked_is_told(cli, people):
    assert cli("block", 1).err.splitlines()[1:] == []
    assert cli("block", 1, 2).err.splitlines()[1:] == [t("cli.blocked_already", count=1)]
    assert cli("unblock", 1, 3).err.splitlines()[1:] == [t("cli.unblocked_already", count=1)]


def test_r5_a_list_says_how_many_the_limit_hides(cli, people):
    for arguments in (("contacts",), ("contacts", "--json"), ("contacts", "고객1")):
        assert cli(*arguments).err.splitlines() == [t("reach.hidden_by_limit", count=1)]
