"""`fields`: made, labelled, moved, archived and counted (R6)."""

import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS
from crm_tui.i18n import t


@pytest.fixture
def made(cli):
    """Three fields."""
    for name in ("a", "b", "c"):
        assert cli("fields", "add", name, "string", name.upper()).code == 0


def own(cli, *options):
    return cli("fields", "list", *options, "--json").json[len(BUILT_IN_FIELDS) :]


def order(cli) -> str:
    return "".join(one["key"].removeprefix("profile.") for one in own(cli))


def test_a_field_is_labelled(cli, made):
    ended = cli("fields", "label", "B", "  새 이름 ", "--json")
    assert (ended.code, ended.err) == (0, t("cli.field_labelled", key="profile.b", label="새 이름") + "\n")
    assert ended.json["label"] == own(cli)[1]["label"] == "새 이름"


def test_a_label_that_cannot_be_shown_is_refused(cli, made):
    ended = cli("fields", "label", "b", "x\x1b[31m")
    assert (ended.code, ended.out) == (1, "")
    assert "\x1b" not in ended.err
    assert own(cli)[1]["label"] == "B"


@pytest.mark.parametrize(
    ("key", "place", "wanted"),
    [
        ("a", "down", "bac"),
        ("c", "up", "acb"),
        ("c", "1", "cab"),
        ("A", "3", "bca"),
        ("a", "99", "bca"),
        ("a", "up", "abc"),
        ("b", "2", "abc"),
    ],
)
def test_a_field_moves_by_one_or_to_a_place(cli, made, key, place, wanted):
    ended = cli("fields", "move", key, place)
    came_to = wanted.index(key.lower()) + 1
    assert (ended.code, ended.err) == (0, t("cli.field_moved", key=key, place=came_to, count=3) + "\n")
    assert order(cli) == wanted


@pytest.mark.parametrize("place", ["0", "left", "1.5", "１", "9999999"])
def test_a_place_that_makes_no_sense_is_refused(cli, made, place):
    ended = cli("fields", "move", "a", place)
    assert ended.code == 2
    assert order(cli) == "abc"


@pytest.mark.parametrize("arguments", [("label", "nowhere", "x"), ("move", "nowhere", "up"), ("move", "name", "1")])
def test_r6_only_fields_that_were_made_are_changed(cli, made, arguments):
    ended = cli("fields", *arguments)
    assert (ended.code, ended.err) == (1, t("errors.field_not_found", name=arguments[1]) + "\n")


def test_usage_is_counted_where_it_is_asked_for(cli, made):
    cli("add", "--email", "a@example.com", "--set", "a=x")
    cli("add", "--email", "b@example.com", "--set", "a=y", "--set", "b=y")
    cli("fields", "archive", "b")
    counted = {one["key"]: (one["customers"], one["archived"]) for one in own(cli, "--usage")}
    assert counted == {"profile.a": (2, False), "profile.b": (1, True), "profile.c": (0, False)}
    assert all("customers" not in one for one in own(cli))
    table = cli("fields", "list", "--usage").out.splitlines()
    assert table[0].split() == ["key", "type", "label", "state", "customers"]
    assert next(line for line in table if "profile.b" in line).split()[-3:] == ["custom", "archived", "1"]
    assert cli("fields").out.splitlines()[0].split() == ["key", "type", "label", "state"]
