"""`conversations`: what was said with a customer, and what stays when they are deleted (R44, R47, R49)."""

import pytest

from crm_tui.i18n import t

COLUMNS = ["id", "at", "kind", "direction", "author", "seconds", "text"]


@pytest.fixture(autouse=True)
def people(cli):
    cli("add", "--email", "minjun@example.com", "--name", "김민준")


def add(cli, *words):
    return cli("conversations", "add", "1", *words)


def test_what_is_written_down_is_shown_newest_first(cli):
    first = add(cli, "message", "in", "배송", "문의요", "--json")
    assert (first.code, first.err) == (0, "")
    manager = first.json["manager"]
    said = {"id": 1, "thread": 1, "kind": "message", "direction": "in", "author": "김민준", "text": "배송 문의요"}
    assert first.json == {**said, "at": first.json["at"], "seconds": None, "manager": manager}
    assert first.json["at"].endswith("Z")
    header, row = add(cli, "call", "out", "--seconds", "90").out.splitlines()
    assert header.split() == COLUMNS
    assert row.split()[2:] == ["call", "out", manager, "90"]
    assert add(cli, "call", "missed", "--at", "2025-05-04T09:00:00+09:00").code == 0
    shown = cli("conversations", "1", "--json").json
    assert [(one["kind"], one["direction"]) for one in shown] == [
        ("call", "out"),
        ("message", "in"),
        ("call", "missed"),
    ]
    assert shown[-1]["at"] == "2025-05-04T00:00:00.000Z"
    assert cli("conversations", "show", "1", "--json").json == shown
    assert cli("conversations", "1", "--limit", "1", "--json").json == shown[:1]
    assert len(cli("conversations", "1").out.splitlines()) == 4


@pytest.mark.parametrize("language", ["ko", "en"])
def test_r47_of_a_blocked_customer_it_is_said_why_nothing_is_written_down(cli, language):
    cli("block", "1")
    for words, code in (
        (("message", "in", "안녕"), "blocked_message_in"),
        (("message", "out", "안녕"), "blocked_message_out"),
        (("call", "out"), "blocked_call_out"),
    ):
        ended = cli("--lang", language, "conversations", "add", "1", *words)
        assert (ended.code, ended.out, ended.err) == (1, "", t(f"talk.{code}") + "\n")
    missed = cli("--lang", language, "conversations", "add", "1", "call", "in", "--seconds", "5", "--json")
    assert (missed.code, missed.err) == (0, t("talk.became_missed", who="#1") + "\n")
    assert (missed.json["direction"], missed.json["seconds"]) == ("missed", None)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("message", "in"), 1, "text: {problems.text_missing}"),
        (("message", "missed", "안녕"), 1, "direction: {problems.message_missed}"),
        (("call", "missed", "--seconds", "3"), 1, "seconds: {problems.seconds_of_missed}"),
        (("call", "in", "--at", "어제"), 1, "at: {problems.datetime_invalid}"),
        (("call", "in", "--at", "2999-01-01"), 1, "at: {problems.moment_to_come}"),
        (("message", "in", "안녕", "--seconds", "3"), 2, "{talk.usage_seconds}"),
    ],
)
def test_r18_what_cannot_be_written_down_says_why(cli, words, code, sentence):
    ended = add(cli, *words)
    name = sentence[sentence.index("{") + 1 : -1]
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.splitlines()[0] == sentence[: sentence.index("{")] + t(name)
    assert cli("conversations", "1", "--json").json == []


def test_wrong_usage_names_what_would_be_right(cli):
    ended = add(cli, "letter", "in", "안녕")
    assert (ended.code, ended.err.splitlines()[0]) == (2, t("talk.usage_kind", kind="letter"))
    assert add(cli, "message", "sideways", "안녕").code == 2
    assert cli("conversations", "x").code == 2
    assert cli("conversations").code == 2


def test_where_nothing_was_said_it_is_said_how_to_write_it_down(cli):
    ended = cli("conversations", "1")
    assert (ended.code, ended.out, ended.err) == (0, "", t("talk.no_entries", id=1) + "\n")
    gone = cli("conversations", "7")
    assert (gone.code, gone.err) == (1, t("errors.customer_not_found", id=7) + "\n")


def test_r49_conversations_without_an_owner_are_listed_and_shown(cli):
    empty = cli("conversations", "ownerless")
    assert (empty.code, empty.out, empty.err) == (0, "", t("talk.ownerless_empty") + "\n")
    assert cli("conversations", "ownerless", "--json").json == []
    add(cli, "message", "in", "문의합니다")
    add(cli, "call", "in", "통화")
    deleted = cli("delete", "1", "--yes")
    assert t("talk.messages_left", count="1") in deleted.err
    (listed,) = cli("conversations", "ownerless", "--json").json
    assert (listed["thread"], listed["messages"], listed["since"]) == (1, 1, listed["until"])
    header, row = cli("conversations", "ownerless").out.splitlines()
    assert header.split() == ["thread", "messages", "since", "until"]
    assert row.split() == ["1", "1", listed["since"], listed["until"]]
    (message,) = cli("conversations", "ownerless", "1", "--json").json
    assert (message["text"], message["author"]) == ("문의합니다", None)
    gone = cli("conversations", "ownerless", "2")
    assert (gone.code, gone.err) == (1, t("errors.conversation_not_found", thread=2) + "\n")


def test_r49_the_answer_to_a_deletion_counts_the_messages_that_stay(cli):
    add(cli, "message", "out", "안녕하세요")
    assert cli("delete", "1", "--yes", "--json").json["messages"] == 1
