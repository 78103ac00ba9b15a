"""What import-linter cannot see: what is loaded when the program runs."""

import subprocess
import sys

import pytest

HEAVY = {
    "core": ("textual", "rich", "sqlalchemy", "sqlmodel", "alembic", "phonenumbers", "typer"),
    "services": ("textual", "rich", "typer", "alembic", "sqlalchemy"),
    "cli": ("textual", "pydantic", "sqlalchemy"),
}
SLOW = (
    *("sqlalchemy", "alembic", "pydantic", "typer", "phonenumbers", "email_validator", "filelock", "python_calamine"),
    "crm_tui.services.importing.engine",
)
"""What the first frame does not wait for."""


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("crm_tui.core.validation", HEAVY["core"]),
        ("crm_tui.services.importing.engine", HEAVY["services"]),
        ("crm_tui.cli.main", HEAVY["cli"]),
        ("crm_tui.cli.starting", (*HEAVY["cli"], *SLOW)),
        ("crm_tui.tui.app", SLOW),
        ("crm_tui.__main__", (*HEAVY["core"], "crm_tui.cli", "crm_tui.tui")),
    ],
)
def test_a_floor_loads_nothing_of_what_stands_above_it(module: str, unwanted: tuple[str, ...]) -> None:
    script = f"import sys, {module}; print(*(name for name in {unwanted!r} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
