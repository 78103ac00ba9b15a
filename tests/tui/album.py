"""Pictures of a walk through screens, in both sizes."""

from pathlib import Path

from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from crm_tui.i18n import Language
from tests.tui.pilots import settle
from tests.tui.wizard import LARGE, SMALL


class Album:
    """Draws the screen in both sizes; all pictures are looked at before one that differs fails the test."""

    def __init__(self, pilot: Pilot[None], snapshot: SnapshotAssertion, language: Language, home: Path) -> None:
        self._pilot = pilot
        self._snapshot = snapshot
        self._language = language
        self._home = home
        self.differing: list[str] = []

    async def draw(self, name: str) -> None:
        """Draw what is on the screen now."""
        for size in (LARGE, SMALL):
            await self._pilot.resize_terminal(*size)
            await settle(self._pilot)
            drawn = self._pilot.app.export_screenshot(title="crm-tui")
            assert str(self._home) not in drawn  # its length would move what stands beside it
            picture = f"{name}-{self._language}-{size[0]}x{size[1]}"
            if drawn != self._snapshot(name=picture, extension_class=SVGImageExtension):
                self.differing.append(picture)
