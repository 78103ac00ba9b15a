"""R25: which of several customers a lead row updates."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.identity import Candidate, choose


def candidate(id: int, seen: int = 0, updated: int | None = None, *, blocked: bool = False) -> Candidate:
    return Candidate(id, seen, updated, blocked)


@pytest.mark.parametrize(
    "best_first",
    [
        [candidate(9, seen=30), candidate(1, seen=20), candidate(2, seen=10)],
        [candidate(9, seen=30), candidate(1, seen=20, updated=99)],
        [candidate(9, seen=5, updated=3), candidate(1, seen=5, updated=2), candidate(2, seen=5)],
        [candidate(9, seen=5, updated=-1), candidate(1, seen=5)],
        [candidate(1, seen=5, updated=3), candidate(2, seen=5, updated=3), candidate(3, seen=5, updated=3)],
        [candidate(1, seen=5), candidate(2, seen=5)],
        [candidate(9, seen=1), candidate(1, seen=99, updated=99, blocked=True)],
        [candidate(2, seen=2, blocked=True), candidate(1, seen=1, blocked=True)],
    ],
)
def test_r25_seen_last_then_updated_last_then_lowest_id_and_blocked_only_if_alone(best_first: list[Candidate]) -> None:
    for order in itertools.permutations(best_first):
        assert choose(order) is best_first[0]
    for better, worse in itertools.pairwise(best_first):
        assert choose([worse, better]) is better


def test_r25_nobody_means_a_new_lead() -> None:
    assert choose([]) is None


@given(
    st.lists(
        st.builds(Candidate, st.integers(1, 50), st.integers(0, 3), st.none() | st.integers(0, 3), st.booleans()),
        min_size=1,
        unique_by=lambda one: one.id,
    )
)
def test_r25_no_other_candidate_is_better_than_the_chosen_one(candidates: list[Candidate]) -> None:
    chosen = choose(candidates)
    assert chosen is not None
    rivals = [one for one in candidates if not one.is_blocked] or candidates
    assert chosen in rivals
    assert chosen.last_seen_at == max(one.last_seen_at for one in rivals)
    rivals = [one for one in rivals if one.last_seen_at == chosen.last_seen_at]
    updates = [one.updated_at for one in rivals if one.updated_at is not None]
    assert chosen.updated_at == (max(updates) if updates else None)
    assert chosen.id == min(one.id for one in rivals if one.updated_at == chosen.updated_at)
