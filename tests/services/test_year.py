"""A shop's year (R1-R52): after every step MU, counts, log and inbox are what the rules say, also where it was killed."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.activity_log import ActivityFilter, Verified, list_activity, verify
from crm_tui.services.inbox import unread
from crm_tui.services.managed import managed
from crm_tui.services.unifying import list_pending
from crm_tui.services.workspace import open_workspace
from tests.services.conftest import Clock
from tests.services.kit import sql
from tests.services.year import KIM, LEE, PARK, STEPS, Step, play

BEGIN = 1_767_225_600_000
_DAY_MS = 86_400_000
_SEED = 4


def moment_of(number: int) -> int:
    """Return when a step is done: the steps of one day an hour apart."""
    return BEGIN + STEPS[number].day * _DAY_MS + number * 3_600_000


def standing(database: Path, step: Step) -> dict[str, Any]:
    """Return how everything stands, in the words of a step."""
    workspace = open_workspace(str(database), manager=KIM)
    now = managed(workspace)
    found: dict[str, Any] = {
        "mu": now.total,
        "members": now.members,
        "blocked": now.blocked,
        "hidden": now.hidden,
        "pending": len(list_pending(workspace)),
    }
    workspace.close()
    found["unread"] = {}
    for name in step.unread:
        workspace = open_workspace(str(database), manager=name)
        found["unread"][name] = unread(workspace)
        workspace.close()
    return found


def told(step: Step) -> dict[str, Any]:
    """Return how a step says that everything stands."""
    names = ("mu", "members", "blocked", "hidden", "pending")
    return {name: getattr(step, name) for name in names} | {"unread": dict(step.unread)}


@pytest.fixture(scope="module")
def database_of_the_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year") / "crm.db"


def test_r1_r52_a_year_of_a_shop_is_what_the_rules_say_at_every_step(tmp_path: Path, clock: Clock) -> None:
    database = tmp_path / "crm.db"
    written = 1  # the line about who opened the database
    for number, step in enumerate(STEPS):
        clock.now = moment_of(number)
        play(step, database, tmp_path)
        assert (step.name, standing(database, step)) == (step.name, told(step))
        kinds = [kind for (kind,) in sql(database, "SELECT kind FROM activity ORDER BY id")]
        if number == 0:
            assert kinds[0] == "manager_added"
        assert (step.name, tuple(kinds[written:])) == (step.name, step.log)
        written = len(kinds)
    workspace = open_workspace(str(database), manager=KIM)
    assert isinstance(verify(workspace), Verified)
    assert {line.manager for line in list_activity(workspace, ActivityFilter(), -1)} == {KIM, LEE, PARK}
    workspace.close()


# -- the same year, killed --------------------------------------------------------------------------------------------

_KNOWN = {
    "customer": "*",
    "tag": "*",
    "customer_tag": "*",
    "import_tag": "*",
    "customer_import_tag": "*",
    "role": "*",
    "manager": "*",
    "setting": "*",
    "pending_unification": "*",
    "timeline_entry": "*",
    "unification": "lead_id, member_id, at, manager, occasion, contact, candidates, choices",
    "import_failure": "row_number, cells, problems",
    "inbox_message": "manager, created_at, read_at",
}
"""Which import something is of depends on how many tries it took, and so does what waits prepared."""

_OF_TRIES = ("import", "prepared_imports")


def known(database: Path) -> dict[str, Any]:
    """Return what the database holds, whatever number of tries it took."""
    found: dict[str, Any] = {
        table: sorted(sql(database, f"SELECT {columns} FROM {table}"), key=repr) for table, columns in _KNOWN.items()
    }
    found["import"] = sql(
        database, "SELECT target, tag, manager, numbers FROM import WHERE state = 'applied' ORDER BY id"
    )
    lines = sql(database, "SELECT id FROM activity WHERE kind <> 'import_ended' ORDER BY id")
    places = {number: place for place, (number,) in enumerate(lines)}
    found["activity_customer"] = sorted(
        (places[line], customer)
        for customer, line in sql(database, "SELECT * FROM activity_customer")
        if line in places
    )
    found["activity"] = [
        (places[number], *line, {name: value for name, value in json.loads(details).items() if name not in _OF_TRIES})
        for number, *line, details in sql(database, "SELECT id, at, manager, kind, details FROM activity ORDER BY id")
        if number in places
    ]
    return found


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the rows that only one of them has, by table."""
    return {
        table: (
            [row for row in one[table] if row not in other[table]],
            [row for row in other[table] if row not in one[table]],
        )
        for table in one
        if one[table] != other[table]
    }


class Living:
    """A process that does steps, and dies on the way where it is told to."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.services.living"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, number: int, database: Path, folder: Path) -> None:
        """Open the program and close it: what is over by then goes."""
        assert self._answer({"step": None, "now": moment_of(number)}, database, folder).startswith("done")

    def do(self, number: int, database: Path, folder: Path, where: int = 0) -> str:
        return self._answer({"step": number, "now": moment_of(number), "where": where}, database, folder)

    def _answer(self, order: dict[str, Any], database: Path, folder: Path) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order | {"database": str(database), "folder": str(folder)}) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture
def living() -> Iterator[Living]:
    living = Living()
    yield living
    living.end()


def test_r34_the_same_year_killed_at_every_step_ends_as_it_would_have(living: Living, tmp_path: Path) -> None:
    chance = random.Random(_SEED)
    database, whole = tmp_path / "crm.db", tmp_path / "whole" / "crm.db"
    whole.parent.mkdir()
    # The first to come is its owner, wherever they are killed.
    assert living.do(0, whole, tmp_path).startswith("done")
    shutil.copy2(whole, database)
    killed = 0
    for number in range(1, len(STEPS)):
        living.start(number, whole, tmp_path)
        living.start(number, database, tmp_path)
        before = known(whole)
        ended, _, statements = living.do(number, whole, tmp_path).partition(" ")
        assert (STEPS[number].name, ended) == (STEPS[number].name, "done")
        after = known(whole)
        assert living.do(number, database, tmp_path, chance.randint(1, int(statements))) == "killed"
        stands = known(database)
        assert not (differences(stands, before) and differences(stands, after)), (
            STEPS[number].name,
            differences(stands, before),
            differences(stands, after),
        )
        if stands == before and before != after:
            killed += 1
            assert living.do(number, database, tmp_path).startswith("done"), STEPS[number].name
            assert differences(known(database), after) == {}, STEPS[number].name
    assert killed > len(STEPS) // 3
    workspace = open_workspace(str(database), manager=KIM)
    assert isinstance(verify(workspace), Verified)
    workspace.close()
