"""Managers and their rights, for the tests of the screens."""

import json
from collections.abc import Iterable

from textual.pilot import Pilot

from crm_tui import config
from crm_tui.core.permissions import Permission
from crm_tui.services.workspace import open_workspace
from tests.services.kit import sql
from tests.tui.pilots import settle
from tests.tui.places import app_of

ME = config.login_name()
BOSS = "boss"
"""The owner whom a refusal names."""


def rights(path: str, permissions: Iterable[Permission]) -> None:
    """Give whoever runs the test a role that allows this and nothing else; somebody else owns the database."""
    open_workspace(path).close()
    words = json.dumps(sorted(permissions))
    sql(path, "INSERT OR REPLACE INTO role (id, key, name, permissions) VALUES (99, 'mine', 'mine', ?)", words)
    sql(path, "INSERT OR IGNORE INTO manager (name, role_id, added_at) VALUES (?, 1, 0)", BOSS)
    sql(path, "UPDATE manager SET role_id = 99 WHERE name = ?", config.login_name())


async def look(pilot: Pilot[None]) -> None:
    """What the program does by itself every moment."""
    app_of(pilot).headcount.look(at_once=True)
    await settle(pilot)
