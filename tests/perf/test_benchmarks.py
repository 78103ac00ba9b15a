"""Every benchmark runs to its end; what it measures is nobody's business here."""

import pytest

from tests.perf import bench_growth, bench_import, bench_screen, bench_search
from tests.perf.made_database import made_database
from tests.perf.queries import KINDS


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Return a folder in which the database is made once for all."""
    return tmp_path_factory.mktemp("made")


def first_cells(printed):
    return [line.split(" | ")[0].removeprefix("| ") for line in printed.splitlines() if line.startswith("| ")]


def test_the_import_benchmark_runs_to_its_end(capsys, tmp_path):
    words = ["--rows", "300", "--runs", "1", "--rivals", str(tmp_path), "--rival-runs", "0", "--cases", "leads"]
    assert bench_import.main(words) == 0
    cells = first_cells(capsys.readouterr().out)
    assert {bench_import.NEW, bench_import.CASES[-1].label} < set(cells)
    assert cells[-6:] == ["read", "validate", "stage", "read, validated and staged, as it is run", "plan", "apply"]


def test_the_search_benchmark_runs_to_its_end_and_finds_what_a_scan_finds(capsys, cache):
    words = ["--customers", "300", "--samples", "1", "--cold", "0", "--scans", "1", "--cache", str(cache)]
    assert bench_search.main(words) == 0
    cells = first_cells(capsys.readouterr().out)
    assert {name for name in cells if "filter" not in name} >= set(KINDS)


def test_a_search_is_asked_cold_by_a_process_of_its_own(cache):
    path = made_database(cache, 300)
    kind = next(bench_search.measure(path, samples=1, cold=1, scans=0))
    assert len(kind.cold_page) == len(kind.cold_count) == 1


def test_the_screen_benchmark_runs_to_its_end(capsys, cache):
    words = ["--customers", "300", "--fewer", "0", "--rival-rows", "100", "--repeat", "1", "--starts", "1"]
    assert bench_screen.main([*words, "--cache", str(cache)]) == 0
    cells = first_cells(capsys.readouterr().out)
    assert {"crm-tui, first customers", "arrow down", "a letter of a search"} < set(cells)


def test_the_growth_benchmark_puts_all_sizes_into_one_table(capsys, cache):
    assert bench_growth.main(["--sizes", "300", "--parts", "search", "--samples", "1", "--cache", str(cache)]) == 0
    assert "search: a tag" in first_cells(capsys.readouterr().out)
