"""R2, R25-R29: what a row makes of a customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import (
    DESCRIPTION,
    EMAIL,
    LANDLINE_NUMBER,
    MEMBER_ID,
    MOBILE_NUMBER,
    NAME,
    OPT_OUTS,
    TAGS,
    UNSUBSCRIBE_EMAIL,
    UNSUBSCRIBE_TEXTING,
    Value,
)
from crm_tui.core.merging import Merged, Profile, join_tags, merge_row
from crm_tui.core.problems import Code, Problem
from crm_tui.core.vocabulary import EmptyPolicy

KEEP, CLEAR = EmptyPolicy.KEEP, EmptyPolicy.CLEAR
HOBBIES = "profile.hobbies"
SCORES = "profile.scores"
OPTED_IN: dict[str, Value] = {UNSUBSCRIBE_EMAIL: False, UNSUBSCRIBE_TEXTING: False}


def stored(values: dict[str, Value], *verified: str) -> Profile:
    return Profile(OPTED_IN | values, frozenset(verified))


def merged(result: Merged | tuple[Problem, ...]) -> Profile:
    assert isinstance(result, Merged), result
    return result.profile


@pytest.mark.parametrize(
    ("before", "row", "after"),
    [
        ({NAME: "홍"}, {NAME: "김"}, {NAME: "김"}),
        ({}, {NAME: "김"}, {NAME: "김"}),
        ({NAME: "홍", DESCRIPTION: "x"}, {NAME: "김"}, {NAME: "김", DESCRIPTION: "x"}),
        ({LANDLINE_NUMBER: "+8225556666"}, {LANDLINE_NUMBER: "+82312345678"}, {LANDLINE_NUMBER: "+82312345678"}),
        ({"profile.points": 1}, {"profile.points": 2.5}, {"profile.points": 2.5}),
        ({"profile.vip": True}, {"profile.vip": False}, {"profile.vip": False}),
        # lists grow
        ({HOBBIES: ("a", "b")}, {HOBBIES: ("b", "c")}, {HOBBIES: ("a", "b", "c")}),
        ({}, {HOBBIES: ("a",)}, {HOBBIES: ("a",)}),
        ({HOBBIES: ("a",)}, {HOBBIES: ()}, {HOBBIES: ("a",)}),
        ({HOBBIES: ("a",)}, {HOBBIES: ("A",)}, {HOBBIES: ("a", "A")}),
        ({SCORES: (1, 2.5)}, {SCORES: (2.5, 3)}, {SCORES: (1, 2.5, 3)}),
        ({TAGS: ("VIP", "등급/골드")}, {TAGS: ("vip", "신규")}, {TAGS: ("VIP", "등급/골드", "신규")}),
    ],
)
def test_r28_lists_and_tags_are_appended_to_and_every_other_type_replaces(
    before: dict[str, Value], row: dict[str, Value], after: dict[str, Value]
) -> None:
    for policy in (KEEP, CLEAR):
        result = merge_row(stored(before), row, (), policy)
        assert merged(result).values == OPTED_IN | after


@pytest.mark.parametrize("key", [NAME, EMAIL, MOBILE_NUMBER, HOBBIES, TAGS, "profile.points"])
def test_r26_a_mapped_blank_keeps_or_clears_as_the_manager_chose(key: str) -> None:
    value: Value = ("a",) if key in (HOBBIES, TAGS) else "x"
    before = stored({key: value, DESCRIPTION: "stays"}, key)
    assert merged(merge_row(before, {}, [key], KEEP)) == before
    assert merged(merge_row(before, {}, [key], CLEAR)) == stored({DESCRIPTION: "stays"})


def test_r26_clearing_what_is_not_there_changes_nothing() -> None:
    before = stored({NAME: "홍"})
    assert merged(merge_row(before, {}, [EMAIL, TAGS], CLEAR)) == before


@pytest.mark.parametrize("policy", [KEEP, CLEAR])
def test_r26_a_blank_never_touches_the_opt_outs(policy: EmptyPolicy) -> None:
    before = stored({UNSUBSCRIBE_EMAIL: True})
    assert merged(merge_row(before, {}, OPT_OUTS, policy)) == before


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("given_value", [True, False])
def test_r27_on_update_an_opt_out_overwrites_and_none_is_asked_for(before: bool, given_value: bool) -> None:
    customer = stored({UNSUBSCRIBE_TEXTING: before})
    assert merged(merge_row(customer, {}, (), KEEP)) == customer
    after = merged(merge_row(customer, {UNSUBSCRIBE_TEXTING: given_value}, (), KEEP))
    assert after.values[UNSUBSCRIBE_TEXTING] is given_value
    assert after.values[UNSUBSCRIBE_EMAIL] is False


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        ({}, (UNSUBSCRIBE_EMAIL, UNSUBSCRIBE_TEXTING)),
        ({UNSUBSCRIBE_EMAIL: True}, (UNSUBSCRIBE_TEXTING,)),
        ({UNSUBSCRIBE_TEXTING: False}, (UNSUBSCRIBE_EMAIL,)),
    ],
)
@pytest.mark.parametrize("policy", [KEEP, CLEAR])
def test_r27_a_new_customer_needs_both_opt_outs_and_hears_of_each_that_is_missing(
    row: dict[str, Value], missing: tuple[str, ...], policy: EmptyPolicy
) -> None:
    result = merge_row(None, row | {EMAIL: "a@b.kr"}, [key for key in OPT_OUTS if key not in row], policy)
    assert result == tuple(Problem(Code.OPT_OUT_MISSING, key) for key in missing)


def test_r27_a_new_customer_with_both_is_what_the_row_says() -> None:
    row: dict[str, Value] = OPTED_IN | {MEMBER_ID: "1", NAME: "홍", TAGS: ("a", "A"), HOBBIES: ("x",)}
    assert merge_row(None, row, [EMAIL], CLEAR) == Merged(Profile(row | {TAGS: ("a",)}, frozenset()), 0)


@pytest.mark.parametrize("key", [EMAIL, MOBILE_NUMBER])
def test_r2_whatever_an_import_brings_is_verified(key: str) -> None:
    assert merged(merge_row(None, OPTED_IN | {key: "x"}, (), KEEP)).verified == {key}
    assert merged(merge_row(stored({key: "x"}), {key: "y"}, (), KEEP)).verified == {key}
    assert merged(merge_row(stored({key: "x"}), {key: "x"}, (), KEEP)).verified == {key}
    assert merged(merge_row(stored({key: "x"}), {NAME: "y"}, (), KEEP)).verified == frozenset()


def test_r25_a_lead_import_never_changes_the_key_contact_but_may_change_the_other() -> None:
    before = stored({EMAIL: "Hong@b.kr", MOBILE_NUMBER: "+821011112222"}, EMAIL)
    row: dict[str, Value] = {EMAIL: "hong@b.kr", MOBILE_NUMBER: "+821033334444"}
    after = merged(merge_row(before, row, (), KEEP, fixed_key=EMAIL))
    assert after.values[EMAIL] == "Hong@b.kr"
    assert after.values[MOBILE_NUMBER] == "+821033334444"
    assert after.verified == {EMAIL, MOBILE_NUMBER}
    assert merged(merge_row(None, OPTED_IN | row, (), KEEP, fixed_key=EMAIL)).values[EMAIL] == "hong@b.kr"


def test_r24_a_member_import_may_change_both_contacts() -> None:
    before = stored({MEMBER_ID: "1", EMAIL: "old@b.kr", MOBILE_NUMBER: "+821011112222"}, EMAIL)
    row: dict[str, Value] = {MEMBER_ID: "1", EMAIL: "new@b.kr"}
    after = merged(merge_row(before, row, [MOBILE_NUMBER], CLEAR))
    assert after == stored({MEMBER_ID: "1", EMAIL: "new@b.kr"}, EMAIL)


def test_r29_each_row_meets_the_customer_as_the_rows_above_left_it_and_the_last_value_wins() -> None:
    first = merged(merge_row(None, OPTED_IN | {MEMBER_ID: "1", NAME: "a", HOBBIES: ("x",)}, (), CLEAR))
    second = merged(merge_row(first, {MEMBER_ID: "1", NAME: "b", HOBBIES: ("y",)}, (), CLEAR))
    third = merged(merge_row(second, {MEMBER_ID: "1"}, [HOBBIES, NAME], CLEAR))
    assert second == stored({MEMBER_ID: "1", NAME: "b", HOBBIES: ("x", "y")})
    assert third == stored({MEMBER_ID: "1"})


def test_r15_a_list_that_would_grow_beyond_200_items_fails_the_row() -> None:
    before = stored({HOBBIES: tuple(map(str, range(150))), SCORES: tuple(range(200))})
    row: dict[str, Value] = {HOBBIES: tuple(map(str, range(100, 201))), SCORES: (0, 200), NAME: "x"}
    assert merge_row(before, row, (), KEEP) == (
        Problem(Code.LIST_TOO_MANY, HOBBIES, {"count": 201, "limit": 200}),
        Problem(Code.LIST_TOO_MANY, SCORES, {"count": 201, "limit": 200}),
    )
    assert NAME not in before.values
    assert isinstance(merge_row(before, {HOBBIES: tuple(map(str, range(200))), SCORES: (0,)}, (), KEEP), Merged)


def test_r17_a_row_that_would_make_the_profile_too_large_or_too_wide_fails() -> None:
    full = stored({HOBBIES: tuple(f"{number:03}{'x' * 497}" for number in range(30))})
    result = merge_row(full, {DESCRIPTION: "가" * 512}, (), KEEP)
    assert isinstance(result, tuple)
    assert [problem.code for problem in result] == [Code.PROFILE_TOO_LARGE]
    wide = stored({f"profile.f{number}": 1 for number in range(256)})
    assert merge_row(wide, {NAME: "x"}, (), KEEP) == (
        Problem(Code.PROFILE_TOO_MANY_KEYS, "", {"count": 257, "limit": 256}),
    )
    assert isinstance(merge_row(wide, {NAME: "x"}, ["profile.f0"], CLEAR), Merged)


@pytest.mark.parametrize(
    ("before", "added", "after", "left_out"),
    [
        ((), ("a", "b"), ("a", "b"), 0),
        (("VIP",), ("vip", "Vip", "신규"), ("VIP", "신규"), 0),
        (("Straße",), ("STRASSE",), ("Straße",), 0),
        ((), tuple("abcdefghijklmnopqrst"), tuple("abcdefghijklmnopqrst"), 0),
        ((), tuple("abcdefghijklmnopqrstuv"), tuple("abcdefghijklmnopqrst"), 2),
        (tuple("abcdefghijklmnopqrst"), ("A", "x", "y"), tuple("abcdefghijklmnopqrst"), 2),
        (tuple("abcdefghijklmnopqrs"), ("x", "y", "X"), (*"abcdefghijklmnopqrs", "x"), 1),
    ],
)
def test_r16_at_most_20_tags_stay_the_earlier_ones_and_the_others_are_counted(
    before: tuple[str, ...], added: tuple[str, ...], after: tuple[str, ...], left_out: int
) -> None:
    assert join_tags(before, added) == (after, left_out)
    result = merge_row(stored({TAGS: before} if before else {}), {TAGS: added}, (), KEEP)
    assert isinstance(result, Merged)
    assert (result.profile.values[TAGS], result.tags_left_out) == (after, left_out)


plain_values = st.dictionaries(
    st.sampled_from([NAME, DESCRIPTION, EMAIL, MOBILE_NUMBER]), st.text("ab", min_size=1, max_size=3)
)
listed_values = st.dictionaries(
    st.sampled_from([HOBBIES, TAGS]), st.lists(st.text("abAB", min_size=1, max_size=2), max_size=25).map(tuple)
)
rows = st.builds(lambda plain, listed: {**plain, **listed}, plain_values, listed_values)


@given(rows, rows, st.sets(st.sampled_from([NAME, EMAIL, HOBBIES, TAGS, *OPT_OUTS])), st.sampled_from([KEEP, CLEAR]))
def test_r29_applying_a_row_twice_is_applying_it_once(
    before: dict[str, Value], row: dict[str, Value], blanks: set[str], policy: EmptyPolicy
) -> None:
    blanks -= row.keys()
    once = merge_row(merged(merge_row(None, OPTED_IN | before, (), KEEP)), row, blanks, policy)
    assert merged(merge_row(merged(once), row, blanks, policy)) == merged(once)


@given(rows, rows, st.sampled_from([KEEP, CLEAR]))
def test_r26_a_row_touches_only_what_it_holds(
    before: dict[str, Value], row: dict[str, Value], policy: EmptyPolicy
) -> None:
    customer = merged(merge_row(None, OPTED_IN | before, (), KEEP))
    after = merged(merge_row(customer, row, (), policy))
    for key in {*customer.values, *after.values} - row.keys():
        assert after.values[key] == customer.values[key]
    for key, value in row.items():
        assert after.values[key] == value or key in (HOBBIES, TAGS)
