"""The made-up customers: the same for everybody, as good as promised, as faulty as promised."""

import csv
from itertools import pairwise

import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS, Field, FieldType, custom_key, find_field
from crm_tui.core.validation import row_parser
from tests.perf.generate import CUSTOM_FIELDS, FIELDS, LEAD_FIELDS, write_leads, write_members

ROWS = 6000
"""More than are made at once."""
KNOWN = BUILT_IN_FIELDS + tuple(Field(custom_key(key), FieldType(kind), key) for key, kind in CUSTOM_FIELDS)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def made(tmp_path, write=write_members, rows=ROWS, **options):
    path = tmp_path / "made.csv"
    write(path, rows, **options)
    return rows_of(path)


def faulty(rows, fields, key):
    parse = row_parser([find_field(name, KNOWN) for name, _ in fields], key)
    return sum(bool(parse(row).problems) for row in rows)


@pytest.mark.parametrize("write", [write_members, write_leads])
def test_the_same_seed_gives_the_same_rows_and_another_one_others(tmp_path, write):
    first, again, other = (made(tmp_path, write, rows=200, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_rows_stay_what_they_are_where_a_file_of_another_version_was_measured(tmp_path):
    assert made(tmp_path, rows=2)[1] == [
        "M00000001",
        "이한솔",
        "seo.jw1@naver.com",
        "+82 010-0765-4321",
        "+82 31-4232-4862",
        "대전",
        "실버",
        "96986",
        "38516.64",
        "2007-09-13",
        "2022-05-05T17:11:00+09:00",
        '["단골"]',
        "false",
        "true",
        "",
    ]


def test_one_row_in_a_hundred_is_faulty_and_none_where_none_is_wanted(tmp_path):
    share = faulty(made(tmp_path), FIELDS, "memberId") / ROWS
    assert 0.008 < share < 0.012
    assert faulty(made(tmp_path, rows=1000, faults=0.0), FIELDS, "memberId") == 0
    assert faulty(made(tmp_path, write_leads, rows=1000, faults=0.0), LEAD_FIELDS, "profile.email") == 0


def test_a_changed_file_differs_in_the_share_of_rows_that_was_asked_for_and_in_one_cell_of_each(tmp_path):
    before, after = made(tmp_path), made(tmp_path, changed=0.1)
    different = [sum(map(str.__ne__, *pair)) for pair in zip(before, after, strict=True)]
    assert set(different) == {0, 1}
    # One of ten, less those who had no memo to be taken away.
    assert 0.085 < sum(different) / ROWS < 0.105


def test_nobody_shares_a_contact_but_the_leads_who_are_to_meet_a_member(tmp_path):
    members = made(tmp_path, faults=0.0)
    leads = made(tmp_path, write_leads, faults=0.0)
    emails, mobiles = ({row[place] for row in members} for place in (2, 3))
    assert len(emails) == len(mobiles) == ROWS
    assert len({row[1] for row in leads}) == len({row[2] for row in leads}) == ROWS
    by_email = {row[1] for row in leads} & emails
    by_mobile = {row[2] for row in leads if row[1] not in emails} & mobiles
    assert (len(by_email), len(by_mobile)) == (ROWS // 10, ROWS // 10)


def test_the_rows_of_a_file_are_in_the_order_of_their_ids(tmp_path):
    assert all(one[0] < other[0] for one, other in pairwise(made(tmp_path, rows=100)))
