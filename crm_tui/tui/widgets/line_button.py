"""A button of one line whose edges, not its colour alone, say where the focus is."""

from textual.widgets import Button

from crm_tui.tui.widgets.safe_text import safe


class LineButton(Button):
    """`[ Next ]`, and `> Next <` with the focus."""

    def __init__(self, text: str, *, id: str, disabled: bool = False) -> None:
        super().__init__(safe(f"[ {text} ]"), id=id, compact=True, disabled=disabled)
        self._text = text
        # No flash: it is drawn twice for nothing over a slow line.
        self.active_effect_duration = 0

    def on_focus(self) -> None:
        """Say that Enter presses it."""
        self.label = safe(f"> {self._text} <")

    def on_blur(self) -> None:
        """Say that Enter does not press it."""
        self.label = safe(f"[ {self._text} ]")
