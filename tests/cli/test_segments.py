"""`segments`: search lines with names."""

import pytest

from crm_tui.i18n import t


@pytest.fixture(autouse=True)
def people(cli):
    cli("add", "--email", "minjun@example.com", "--name", "김민준", "--set", 'tags=["단골"]')
    cli("add", "--email", "alex@example.com", "--name", "Alex Kim")


def test_a_segment_is_saved_listed_used_renamed_and_deleted(cli):
    saved = cli("segments", "save", "단골 손님", "tag:단골", "민준")
    assert (saved.code, saved.out) == (0, "")
    assert saved.err == t("cli.segment_saved", name="단골 손님", count="1") + "\n"
    assert cli("segments", "--json").json == [
        {"name": "단골 손님", "line": "tag:단골 민준", "count": 1, "broken": False}
    ]
    assert cli("segments", "list", "--json").out == cli("segments", "--json").out
    header, row = cli("segments").out.splitlines()
    assert header.split() == ["name", "count", "line"]
    assert row.split() == ["단골", "손님", "1", "tag:단골", "민준"]
    assert cli("contacts", 'segment:"단골 손님"', "--count").out == "1\n"
    assert cli("segments", "rename", "단골 손님", "Best", "--json").json["name"] == "Best"
    assert cli("segments", "delete", "BEST").err == t("cli.segment_deleted", name="BEST") + "\n"
    ended = cli("segments")
    assert (ended.code, ended.out, ended.err) == (0, "", t("cli.no_segments") + "\n")
    assert cli("segments", "--json").out == "[]\n"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_segment_of_which_others_speak_is_kept_and_they_are_named(cli, language):
    cli("segments", "save", "a", "kim")
    cli("segments", "save", "단골 손님", "segment:a OR x")
    refused = cli("--lang", language, "segments", "delete", "A")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == t("errors.segment_used", name="a", others="단골 손님") + "\n"
    assert "단골 손님" in refused.err
    cli("segments", "rename", "a", "b c")
    assert cli("segments", "--json").json[-1]["line"] == 'segment:"b c" OR x'


def test_a_line_is_replaced_only_with_replace(cli):
    cli("segments", "save", "a", "kim")
    refused = cli("segments", "save", "A", "alex")
    assert (refused.code, refused.out) == (1, "")
    assert cli("segments", "--json").json[0]["line"] == "kim"
    assert cli("segments", "save", "A", "alex", "--replace", "--json").json == {
        "name": "A",
        "line": "alex",
        "count": 1,
        "broken": False,
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("save", "a"), 2),
        (("save", "a", "(kim"), 2),
        (("save", "a", "segment:a"), 2),
        (("save", " ", "kim"), 1),
        (("save", "x" * 65, "kim"), 1),
        (("rename", "nobody", "b"), 1),
        (("delete", "nobody"), 1),
        (("--json", "list"), 2),
        (("show",), 2),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(cli, arguments, code):
    ended = cli("segments", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err
    assert cli("segments", "--json").out == "[]\n"


def test_the_mistake_of_a_line_is_pointed_at(cli):
    ended = cli("--lang", "en", "segments", "save", "a", "kim member:x")
    assert ended.err.splitlines()[:2] == ["  kim member:x", "             ^"]


def test_r6_a_segment_that_does_not_work_any_more_is_listed_without_a_count(cli):
    cli("fields", "add", "points", "number", "포인트")
    cli("segments", "save", "a", "points>5")
    cli("fields", "archive", "points")
    assert cli("segments", "--json").json == [{"name": "a", "line": "points>5", "count": None, "broken": True}]
    ended = cli("segments")
    assert (ended.code, ended.err) == (0, t("cli.segment_broken", name="a") + "\n")
    assert ended.out.splitlines()[1].split() == ["a", "points>5"]
    assert cli("contacts", "segment:a").code == 2


def test_names_are_shown_harmless_in_a_table(cli, sql):
    sql("INSERT INTO segment (key, name, line) VALUES ('x', 'a' || char(10) || 'b', 'kim')")
    assert len(cli("segments").out.splitlines()) == 2
    cli("segments", "save", "c\x1b[31m", "kim")
    assert "\x1b" not in cli("segments").out
