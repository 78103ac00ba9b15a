"""`stats`: the numbers of the dashboard."""

import pytest

from crm_tui.cli.cells import width
from crm_tui.i18n import set_language, t


@pytest.fixture
def people(cli, sql, csv_file):
    """Two members and a lead, of whom one is blocked."""
    path = csv_file(
        "memberId,email,unsubscribeEmail,unsubscribeTexting\nm1,a@example.com,false,false\nm2,,true,true\n", "may.csv"
    )
    assert cli("import", path, "--target", "member", "--yes").code == 0
    cli("add", "--mobile", "+82 10-2020-3030")
    sql("UPDATE customer SET blocked_at = 1 WHERE member_id = 'm2'")


def test_r5_the_numbers_are_one_json_document(cli, people):
    ended = cli("stats", "--json", "--months", "2")
    assert (ended.code, ended.err) == (0, "")
    growth, imports = ended.json.pop("growth"), ended.json["imports"]
    assert {name: value for name, value in ended.json.items() if name not in ("growth", "imports")} == {
        "managed_users": 2,
        "members": 1,
        "leads": 1,
        "blocked": 1,
        "verified_email": 1,
        "verified_mobile": 1,
        "accepts_email": 1,
        "accepts_texting": 1,
        "hidden": 0,
        "limit": None,
    }
    assert [(one["members"], one["leads"]) for one in growth] == [(0, 0), (1, 1)]
    assert [(one["import_id"], one["state"], one["created"]) for one in imports] == [(1, "applied", 2)]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_table_lines_up_and_fits_in_eighty_cells(cli, people, language):
    set_language(language)
    ended = cli("--lang", language, "stats")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert len(lines) == 8 + 1 + 13 + 1 + 2
    assert all(width(line) <= 80 for line in lines)
    numbers = [width(line[: line.index("█")]) for line in lines[:7] if "█" in line]
    assert len(numbers) == 7
    assert len(set(numbers)) == 1
    assert lines[0].split()[-2:] == ["2", "█" * 20]
    assert lines[1].split()[-2:] == ["1", "█" * 10]
    assert lines[7].split() == [*t("stats.blocked").split(), "1"]
    assert lines[21].split()[1:] == ["1", "1", "█" * 20]


def test_r5_with_a_limit_the_hidden_are_told_and_have_no_bar(cli, people):
    assert cli("mu", "--limit", "1").code == 0
    assert (cli("stats", "--json").json["hidden"], cli("stats", "--json").json["limit"]) == (1, 1)
    lines = cli("stats").out.splitlines()
    assert [line.split()[-1] for line in lines[7:10]] == ["1", "1", "1"]
    assert not any("█" in line for line in lines[7:10])


def test_an_empty_database_has_empty_bars(cli):
    ended = cli("stats")
    assert ended.code == 0
    assert "█" not in ended.out
    assert cli("stats", "--json").json["managed_users"] == 0


def test_a_terminal_without_block_signs_gets_plain_bars(process, people):
    ended = process("--lang", "en", "stats", env={"PYTHONIOENCODING": "ascii"})
    assert ended.code == 0
    assert "#" * 20 in ended.out
    assert "\\u" not in ended.out


@pytest.mark.parametrize("months", ["0", "-1", "x", "601"])
def test_months_that_make_no_sense_are_refused(cli, months):
    assert cli("stats", "--months", months).code == 2
