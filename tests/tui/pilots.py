"""What tests of the screens share: waiting without a clock, and reading what is drawn."""

from textual.pilot import Pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no worker runs and everything that workers and keys sent has arrived."""
    await pilot.pause()
    while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
        await pilot.app.workers.wait_for_complete(running)
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one by one, each after what the one before has set off."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text, key by key."""
    await pilot.press(*("space" if character == " " else character for character in text))
    await settle(pilot)


def drawn(pilot: Pilot[None]) -> str:
    """Return the screen as a person sees it, a line each."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def words(pilot: Pilot[None]) -> str:
    """Return what is drawn as one line, so that it does not matter where a sentence is broken."""
    return " ".join(drawn(pilot).split())
