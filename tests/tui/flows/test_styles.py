"""Style sheets that come with a screen, when it is first opened, change no other screen."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from textual.css.parse import parse
from textual.css.tokenize import tokenize_values
from textual.screen import Screen

import crm_tui.tui.dialogs
import crm_tui.tui.screens
from crm_tui.tui.app import CrmApp
from tests.tui.pilots import press
from tests.tui.places import ANN, MINSU, database, opened
from tests.tui.profiles import profile_list


def screens() -> Iterator[type[Screen[object]]]:
    """Give the screens that have style sheets of their own."""
    for package in (crm_tui.tui.screens, crm_tui.tui.dialogs):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for one in vars(importlib.import_module(found.name)).values():
                is_ours = inspect.isclass(one) and one.__module__.startswith("crm_tui.")
                if is_ours and issubclass(one, Screen) and "CSS_PATH" in vars(one):
                    yield one


def sheets() -> dict[Path, set[str]]:
    """Return the sheets that are read later than at the start, with the names of those whose they are."""
    known: dict[Path, set[str]] = {}
    for screen in screens():
        given = vars(screen)["CSS_PATH"]
        for name in [given] if isinstance(given, str) else given:
            path = (Path(inspect.getfile(screen)).parent / name).resolve()
            known.setdefault(path, set()).add(screen.__name__)
            known[path] |= {one.__name__ for one in screen.__subclasses__()}
    return known


def test_a_sheet_that_comes_with_a_screen_speaks_of_that_screen_only() -> None:
    variables = tokenize_values(CrmApp(language="en").theme_variables)
    found = sheets()
    assert len(found) >= 6
    for path, names in found.items():
        for rule in parse("", path.read_text(encoding="utf-8"), (str(path), ""), variable_tokens=variables):
            for selectors in rule.selector_set:
                assert selectors.selectors[0].name in names, f"{path.name}: {rule.selectors}"


async def test_a_profile_is_as_long_after_the_wizard_was_open_as_before(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN]), language="ko") as pilot:
        await press(pilot, "enter")
        before = profile_list(pilot).region
        await press(pilot, "escape", "i", "escape", "enter")
        assert profile_list(pilot).region == before
        assert before.height >= 18
