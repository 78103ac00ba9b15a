"""What tests of the places (contacts, imports) share: databases with something in them, and the program on them."""

import json
import tempfile
import threading
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import Language
from crm_tui.services import customers
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, ImportRequest, Planned, Prepared
from crm_tui.services.workspace import Workspace, open_workspace
from crm_tui.tui.app import CrmApp
from crm_tui.tui.widgets.bars import StatusLine
from crm_tui.tui.widgets.customer_table import CustomerTable
from crm_tui.tui.widgets.import_list import ImportList
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_input import SafeInput
from crm_tui.tui.widgets.side_list import SideList
from tests.tui.pilots import settle

SMALL = (80, 24)
WIDE = (110, 30)
WIDEST = (160, 40)
MINSU = {"name": "김민수", "email": "minsu@example.com", "mobileNumber": "+82 010-1111-2222"}
ANN = {"name": "Ann", "email": "ann@example.com"}
HOSTILE = (
    "[/b] 홍길동",
    "[VIP] [red]x",
    ":heart: [link=file:///x]y[/link]",
    "\x1b]0;owned\x07 esc",
    "\x9b31m c1",
    "a\u202egnp.exe",
    "zero\u200bwidth\u2060",
    "전각 ＡＢＣ 한글 漢字",
    "e\u0301 é 👩‍👧 ❤️",
)
FORBIDDEN = frozenset(
    chr(code)
    for codes in (range(0x20), range(0x7F, 0xA0), range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070))
    for code in codes
) - {"\n"}
"""What may never reach a terminal out of somebody's data."""


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        open_workspace(str(path)).close()
        return path.read_bytes()


def database(folder: Path, leads: Iterable[Mapping[str, str]] = ()) -> str:
    """Return the path of a new database with these leads."""
    path = folder / "crm.db"
    path.write_bytes(_empty())
    path.chmod(0o600)
    add_leads(str(path), leads)
    return str(path)


def add_leads(path: str, leads: Iterable[Mapping[str, str]]) -> list[int]:
    """Add leads as another program would; return their ids."""
    workspace = open_workspace(path)
    added = [customers.add_lead(workspace, lead) for lead in leads]
    workspace.close()
    assert all(isinstance(one, customers.Added) for one in added)
    return [one.customer.id for one in added if isinstance(one, customers.Added)]


def change(path: str, statement: str, *parameters: object) -> None:
    """Change the database under the program's feet, and say so to whoever looks."""
    workspace = open_workspace(path)
    with workspace.transaction(None, changes_customers=True) as connection:
        connection.exec_driver_sql(statement, parameters)
    workspace.close()


def fill(path: str, count: int) -> None:
    """Add many customers at once, every third of them a member; the last one was seen last."""
    change(
        path,
        f"""WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        INSERT INTO customer (member_id, name, email, email_key, email_verified, mobile_number_verified, custom,
            unsubscribe_email, unsubscribe_texting, created_at, last_seen_at, sessions_count, search_text)
        SELECT CASE WHEN i % 3 = 0 THEN 'm' || i END, CASE WHEN i % 2 THEN '김민수' ELSE 'Ann' END || i,
            'c' || i || '@example.com', 'c' || i || '@example.com', 1, 0, '{{}}', 0, 0, 1700000000000 + i,
            1700000000000 + i, 0, lower('김민수' || i || char(10) || 'c' || i || '@example.com') FROM n""",
    )


def write_file(folder: Path, rows: Iterable[str], name: str = "leads.csv") -> Path:
    """Return a file with these rows of e-mail, name and both opt-outs."""
    path = folder / name
    path.write_text("\n".join(("email,name,noMail,noText,note", *rows)) + "\n", encoding="utf-8")
    return path


def planned(workspace: Workspace, file: Path, tag: str | None) -> Prepared:
    """Return the plan of importing a file of `write_file`."""
    columns = ("profile.email", "profile.name", "unsubscribeEmail", "unsubscribeTexting", None)
    request = ImportRequest(file, Target.LEAD, LeadKey.EMAIL, columns, tag=tag)
    for event in prepare_import(workspace, request, threading.Event()):
        if isinstance(event, Planned):
            return event.prepared
    raise AssertionError("no plan")


def imported(path: str, file: Path, tag: str | None = "May") -> int:
    """Import a file of `write_file`; return the number of the import."""
    workspace = open_workspace(path)
    prepared = planned(workspace, file, tag)
    events = list(apply_import(workspace, prepared, threading.Event()))
    workspace.close()
    assert isinstance(events[-1], Applied)
    return prepared.import_id


def logged(path: str, **values: object) -> None:
    """Put a line into the import log."""
    line: dict[str, Any] = {
        "file_path": "/data/leads.csv",
        "target": "lead",
        "key": "email",
        "policy": "keep",
        "tag": "May",
        "headers_key": "k",
        "mapping": json.dumps([["email", "profile.email"], ["note", None]]),
        "manager": "jin",
        "started_at": 1_780_000_000_000,
        "state": "applied",
        "duration_ms": 1500,
    }
    line |= values
    names = ", ".join(line)
    change(path, f"INSERT INTO import ({names}) VALUES ({', '.join('?' * len(line))})", *line.values())


@asynccontextmanager
async def opened(
    path: str, size: tuple[int, int] = SMALL, language: Language = "en", **options: bool
) -> AsyncIterator[Pilot[None]]:
    """Run the program until it has read what it shows."""
    app = CrmApp(path, language=language, **options)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


def app_of(pilot: Pilot[None]) -> CrmApp:
    """Return the program."""
    assert isinstance(pilot.app, CrmApp)
    return pilot.app


def table(pilot: Pilot[None]) -> CustomerTable:
    """Return the table of customers."""
    return pilot.app.screen.query_one(CustomerTable)


def side(pilot: Pilot[None]) -> SideList:
    """Return the list beside it."""
    return pilot.app.screen.query_one(SideList)


def log(pilot: Pilot[None]) -> ImportList:
    """Return the import log."""
    return pilot.app.screen.query_one(ImportList)


def search(pilot: Pilot[None]) -> SafeInput:
    """Return the search line."""
    return pilot.app.screen.query_one("#search", SafeInput)


def status(pilot: Pilot[None]) -> str:
    """Return what the line at the bottom says."""
    return pilot.app.screen.query_one(StatusLine).text


def lines(row_list: RowList) -> list[str]:
    """Return the lines of a list as they are drawn."""
    return [row_list.render_line(y).text for y in range(row_list.size.height)]
