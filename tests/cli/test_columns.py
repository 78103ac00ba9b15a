"""How a column of a file is said on the command line."""

import shlex
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.cli.columns import column_name, find_column, map_option
from crm_tui.core.text import trim
from crm_tui.services.errors import UsageError

HEADERS = st.lists(
    (st.sampled_from(["", "이름", "#1", "#2", "#02", "#９", "a=b", '"$`\\!']) | st.text(max_size=6)).map(
        lambda text: trim(unicodedata.normalize("NFC", text))
    ),
    min_size=1,
    max_size=8,
)


@given(HEADERS)
def test_every_column_is_found_by_the_name_it_is_given(headers):
    for column in range(len(headers)):
        assert find_column(headers, column_name(headers, column)) == column
        assert find_column(headers, f"#{column + 1}") == column


@given(HEADERS)
def test_a_shell_reads_the_option_that_is_suggested_as_it_was_meant(headers):
    for column, header in enumerate(headers):
        if header.isprintable():
            option, _, text = map_option(headers, column, "profile.name").partition(" ")
            (word,) = shlex.split(text)
            assert (option, word.rpartition("=")[0]) == ("--map", column_name(headers, column))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("이름", 0),
        (" 이름 ", 0),
        (unicodedata.normalize("NFD", "이름"), 0),
        ("#3", 2),
        ("#03", 2),
        ("a=b", 3),
        ("#4", 3),
    ],
)
def test_a_column_is_found_by_its_header_or_its_number(name, column):
    assert find_column(("이름", "값", "값", "a=b", ""), name) == column


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("값", "column_repeated"),
        ("", "column_unknown"),
        ("#0", "column_unknown"),
        ("#6", "column_unknown"),
        ("#", "column_unknown"),
        ("nix", "column_unknown"),
        ("#1234567", "column_unknown"),
    ],
)
def test_a_column_that_is_not_one_is_refused(name, code):
    with pytest.raises(UsageError) as refused:
        find_column(("이름", "값", "값", "a=b", ""), name)
    assert refused.value.code == code
