"""Which cells of a line are painted again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Region

from crm_tui.tui.widgets.changed_cells import changed_cells


@pytest.mark.parametrize(
    ("before", "after", "x", "width"),
    [
        ("Row 2, Name: Kim", "Row 2, Name: Lee", 13, 3),
        ("2 / 100,000", "3 / 100,000", 0, 1),
        ("가나다", "가라다", 2, 2),
        ("short", "shorter", 5, 2),
        ("shorter", "short", 5, 2),
        ("e", "e\u0301", 0, 1),
        ("aae", "ae\u0301e", 1, 1),
        ("aaa", "aaaa", 3, 1),
        ("longer than the line", "longer than the LINE", 16, 1),
    ],
)
def test_only_what_differs_is_painted_again(before: str, after: str, x: int, width: int) -> None:
    assert changed_cells(before, after, 4, 17) == Region(x, 4, width, 1)


def cells(text: str) -> list[str]:
    """Return what stands in each cell; what takes none belongs to the one before."""
    found: list[str] = []
    for letter in text:
        if cell_len(letter):
            found += [letter] + [""] * (cell_len(letter) - 1)
        elif found:
            found[-1 if found[-1] else -2] += letter
    return found


TEXTS = st.text(st.sampled_from("ab가나 \u0301"), max_size=8).map(lambda text: "x" + text)


@given(TEXTS, TEXTS)
def test_outside_of_it_the_two_lines_are_the_same(before: str, after: str) -> None:
    region = changed_cells(before, after, 0, 99)
    one, other = ([*cells(text), *[" "] * 99][:99] for text in (before, after))
    assert one[: region.x] == other[: region.x]
    assert [one[at] or "" for at in range(region.right, 99)] == [other[at] or "" for at in range(region.right, 99)]
