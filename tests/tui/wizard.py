"""What tests of the import wizard share: files with faults, and the way to a step."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services.workspace import Workspace
from crm_tui.tui.app import CrmApp
from crm_tui.tui.screens.import_wizard import ImportDraft, ImportWizard
from crm_tui.tui.widgets.folder import abbreviated
from crm_tui.tui.widgets.path_input import PathInput
from tests.tui.pilots import press, settle

SMALL = (80, 24)
LARGE = (140, 40)
HEADER = "이메일,이름,휴대폰,이메일 수신거부,문자 수신거부"
ROWS = (
    "kim@example.com,[/b] 홍길동,+82 010-2020-3030,n,n",
    "broken,김민수,,n,n",
    "lee@example.com,[VIP] 이영희,+82 010-1111-2222,y,n",
)


def write_csv(path: Path, rows: Sequence[str] = ROWS, *, header: str = HEADER, encoding: str = "cp949") -> Path:
    """Write a file as a spreadsheet on Windows saves it."""
    path.write_bytes("".join(f"{line}\r\n" for line in (header, *rows)).encode(encoding))
    return path


def database(tmp_path: Path) -> str:
    """Return where the test's database is."""
    return str(tmp_path / "crm.db")


def running(
    tmp_path: Path, language: Language = "en", size: tuple[int, int] = SMALL, **options: Any
) -> AbstractAsyncContextManager[Pilot[None]]:
    """Run the program."""
    return CrmApp(database(tmp_path), language=language, **options).run_test(size=size)


def app_of(pilot: Pilot[None]) -> CrmApp:
    """Return the program."""
    app = pilot.app
    assert isinstance(app, CrmApp)
    return app


def draft_of(pilot: Pilot[None]) -> ImportDraft:
    """Return what is set up."""
    draft = app_of(pilot).draft
    assert draft is not None
    return draft


def workspace_of(pilot: Pilot[None]) -> Workspace:
    """Return the open database."""
    workspace = app_of(pilot).workspace
    assert workspace is not None
    return workspace


async def open_wizard(pilot: Pilot[None]) -> None:
    """Open the wizard with its key."""
    await settle(pilot)
    await press(pilot, "i")
    assert isinstance(pilot.app.screen, ImportWizard)


async def choose_file(pilot: Pilot[None], path: Path) -> None:
    """In the file step: put the path in its line and open the file."""
    line = pilot.app.screen.query_one(PathInput)
    line.focus()
    line.show(abbreviated(path))
    await settle(pilot)
    await press(pilot, "enter")


async def to_file(pilot: Pilot[None]) -> None:
    """From the beginning to the file step, for leads by e-mail."""
    await open_wizard(pilot)
    await press(pilot, "enter")


async def to_columns(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to the columns of a file."""
    await to_file(pilot)
    await choose_file(pilot, path)
    await press(pilot, "enter")
    assert draft_of(pilot).step == "columns"


async def to_settings(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to the settings, whatever is asked on the way."""
    await to_columns(pilot, path)
    await press(pilot, "ctrl+n")
    if not isinstance(pilot.app.screen, ImportWizard):
        await press(pilot, "enter")
    assert draft_of(pilot).step == "settings"


async def to_check(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to the plan."""
    await to_settings(pilot, path)
    await press(pilot, "ctrl+n")
    assert draft_of(pilot).step == "check"


async def to_result(pilot: Pilot[None], path: Path) -> None:
    """From the beginning to the result."""
    await to_check(pilot, path)
    await press(pilot, "enter")
    assert draft_of(pilot).step == "result"
