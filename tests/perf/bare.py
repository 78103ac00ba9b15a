"""The least a Textual program can be: `python -m tests.perf.bare`."""

from textual.app import App, ComposeResult
from textual.widgets import Static

READY = "ready"


class BareApp(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static(READY)


if __name__ == "__main__":
    BareApp().run()
