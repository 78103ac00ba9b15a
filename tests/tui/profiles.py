"""What tests of the profile and the desk share."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from textual.pilot import Pilot

from crm_tui.core.fields import FieldType
from crm_tui.i18n import Language
from crm_tui.services import customers, fields
from crm_tui.services.profiles import Customer
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.desk import Chosen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.profile_list import ProfileList
from crm_tui.tui.widgets.safe_input import SafeInput
from tests.tui.pilots import settle
from tests.tui.places import SMALL, app_of, opened


@asynccontextmanager
async def profile(
    path: str,
    customer_id: int = 1,
    size: tuple[int, int] = SMALL,
    language: Language = "en",
    *,
    editing: bool = False,
    **options: bool,
) -> AsyncIterator[Pilot[None]]:
    """Run the program until it shows a customer."""
    async with opened(path, size, language, **options) as pilot:
        app_of(pilot).open_profile(customer_id, editing=editing)
        await settle(pilot)
        yield pilot


@contextmanager
def held(path: str, statement: str = "") -> Iterator[None]:
    """Hold the database as another program does that is writing; it ends with `statement`."""
    other = open_workspace(path)
    with other.transaction(None, changes_customers=True) as connection:
        yield
        if statement:
            connection.exec_driver_sql(statement)
    other.close()


def stored(path: str, customer_id: int = 1) -> Customer:
    """Return a customer as another program sees them."""
    workspace = open_workspace(path)
    found = customers.get(workspace, customer_id)
    workspace.close()
    return found


def edit_elsewhere(path: str, values: Mapping[str, str], customer_id: int = 1) -> None:
    """Save values as another program would."""
    workspace = open_workspace(path)
    answer = customers.edit(workspace, customer_id, values)
    workspace.close()
    assert isinstance(answer, customers.Edited), answer


def add_fields(path: str, kinds: Mapping[str, FieldType]) -> None:
    """Make fields of one's own, labelled by their keys."""
    workspace = open_workspace(path)
    for key, kind in kinds.items():
        fields.add_field(workspace, key, kind, key)
    workspace.close()


def stand_on(pilot: Pilot[None], key: str) -> None:
    """Put the cursor on a field."""
    shown = profile_list(pilot)
    shown.stand_on(key)
    assert shown.current is not None
    assert shown.current.field is not None
    assert shown.current.field.key == key


def profile_list(pilot: Pilot[None]) -> ProfileList:
    """Return the lines of the profile."""
    return pilot.app.screen.query_one(ProfileList)


def value_line(pilot: Pilot[None]) -> SafeInput:
    """Return the line that a value is edited in."""
    return pilot.app.screen.query_one("#value", SafeInput)


def screen_of(pilot: Pilot[None]) -> ProfileScreen:
    """Return the profile's screen."""
    assert isinstance(pilot.app.screen, ProfileScreen)
    return pilot.app.screen


async def look(pilot: Pilot[None]) -> None:
    """What the screen does by itself every few seconds."""
    screen_of(pilot).look()
    await settle(pilot)


def told(pilot: Pilot[None]) -> str:
    """Return what has just been said in the line at the bottom."""
    return app_of(pilot).notice


def chosen(*ids: int, who: str = "") -> Chosen:
    """Return customers chosen by their ids."""
    return Chosen(Selection(ids=frozenset(ids)), len(ids), who)
