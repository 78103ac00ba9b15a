"""R34: a large import sets indexes aside while it writes; whatever becomes of it, they are there afterwards."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import MEMBER_ID, NAME, OPT_OUTS
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, Cancelled, Planned
from crm_tui.services.workspace import Workspace
from storage import bulk
from tests.services.kit import ask, file_of

COLUMNS = (MEMBER_ID, NAME, *OPT_OUTS)


@pytest.fixture(autouse=True)
def few_customers_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_MADE_AGAIN_FROM", 2)


def indexes(workspace: Workspace) -> tuple[Sequence[Any], str]:
    """Return the indexes of customers, and whether they hold what they should."""
    with workspace.reading(None) as connection:
        found = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'customer' ORDER BY name"
        ).all()
        whole: str = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    return [tuple(row) for row in found], whole


def test_r34_an_import_makes_the_indexes_again_that_it_set_aside(workspace: Workspace, tmp_path: Path) -> None:
    before, _ = indexes(workspace)
    path = file_of(tmp_path, COLUMNS, *((f"m{number}", f"이름{number % 7}", "false", "true") for number in range(50)))
    set_aside: list[tuple[str, ...]] = []
    original = bulk.set_indexes_aside
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "set_indexes_aside", lambda *given: set_aside.append(original(*given)) or set_aside[-1])
        *_, planned = prepare_import(workspace, ask(path, COLUMNS), threading.Event())
        assert isinstance(planned, Planned), planned
        *_, applied = apply_import(workspace, planned.prepared, threading.Event())
    assert isinstance(applied, Applied), applied
    assert [len(found) for found in set_aside] == [3]
    assert indexes(workspace) == (before, "ok")


def test_r34_a_cancelled_import_leaves_all_indexes(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = indexes(workspace)
    path = file_of(tmp_path, COLUMNS, *((f"m{number}", "김", "false", "true") for number in range(5)))
    *_, planned = prepare_import(workspace, ask(path, COLUMNS), threading.Event())
    assert isinstance(planned, Planned), planned
    cancel = threading.Event()
    monkeypatch.setattr(bulk, "apply_tags", lambda *_: cancel.set())
    *_, ended = apply_import(workspace, planned.prepared, cancel)
    assert isinstance(ended, Cancelled), ended
    assert indexes(workspace) == (before, "ok")


def test_r34_few_new_customers_among_many_leave_the_indexes_alone(workspace: Workspace, tmp_path: Path) -> None:
    for numbers in (range(9), range(9, 12)):
        path = file_of(tmp_path, COLUMNS, *((f"m{number}", "김", "false", "true") for number in numbers))
        *_, planned = prepare_import(workspace, ask(path, COLUMNS), threading.Event())
        assert isinstance(planned, Planned), planned
        *_, applied = apply_import(workspace, planned.prepared, threading.Event())
        assert isinstance(applied, Applied), applied
    with workspace.transaction(None) as connection:
        raw = connection.connection.driver_connection
        assert bulk.set_indexes_aside(raw, 3) == ()
        assert len(bulk.set_indexes_aside(raw, 12)) == 3
