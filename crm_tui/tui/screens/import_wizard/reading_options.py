"""How a file is read, a line each; left and right try another way (R21)."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual.message import Message

from crm_tui.i18n import t
from crm_tui.services.importing.delimited import DELIMITERS
from crm_tui.services.importing.encoding import CHOICES as ENCODINGS
from crm_tui.services.importing.encoding import encoding_label
from crm_tui.services.importing.options import SourceOptions
from crm_tui.services.importing.source import Source
from crm_tui.tui import keys
from crm_tui.tui.widgets.line_list import LineList
from crm_tui.tui.widgets.safe_text import fit

_NAME_WIDTH = 12
_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be read in several ways."""

    name: str
    """The name in `SourceOptions`."""
    choices: tuple[str | None, ...]
    """None: find out."""
    found: str


def _shown(option: Option, value: str) -> str:
    if option.name == "encoding":
        return encoding_label(value)
    return t("wizard.delimiter_tab") if value == "\t" else value


class ReadingOptions(LineList):
    """Encoding and delimiter of a text file, the sheet of a workbook."""

    class Changed(Message):
        """Another way of reading is wanted."""

        def __init__(self, options: SourceOptions) -> None:
            super().__init__()
            self.options = options

    ACTIONS: ClassVar[tuple[keys.Action, ...]] = (*keys.LINES, *keys.WIZARD_READING)

    def __init__(self, options: SourceOptions) -> None:
        super().__init__(id="reading")
        self._lines: tuple[Option, ...] = ()
        self._chosen = options

    def show_source(self, source: Source | None, chosen: SourceOptions) -> None:
        """Show how a file is read and what of it was chosen by hand; None: this way it cannot be read."""
        self._chosen = chosen
        if source is None:
            self._lines = self._lines or (
                Option("encoding", (None, *ENCODINGS), _UNKNOWN),
                Option("delimiter", (None, *DELIMITERS), _UNKNOWN),
            )
        elif source.kind == "xlsx":
            self._lines = (Option("sheet", source.sheets, source.sheet),)
        else:
            self._lines = (
                Option("encoding", (None, *ENCODINGS), source.encoding),
                Option("delimiter", (None, *DELIMITERS), source.delimiter),
            )
        self.styles.height = len(self._lines)
        self.set_rows(len(self._lines), self.cursor)

    def line(self, row: int, width: int) -> tuple[str, str]:
        """Return what is read how."""
        option = self._lines[row]
        chosen = getattr(self._chosen, option.name)
        text = _shown(option, chosen or option.found)
        if chosen is None and option.choices[0] is None:
            text = t("wizard.found_out", value=text)
        arrows = f"< {text} >" if len(option.choices) > 1 else text
        return f"{fit(t(f'wizard.option_{option.name}'), _NAME_WIDTH)} {arrows}", "row"

    def action_change(self, step: int) -> None:
        """Try the next way, or the one before."""
        option = self._lines[self.cursor]
        chosen = getattr(self._chosen, option.name) or (option.found if option.choices[0] is not None else None)
        place = option.choices.index(chosen) if chosen in option.choices else 0
        following = option.choices[(place + step) % len(option.choices)]
        if following != chosen:
            self._chosen = replace(self._chosen, **{option.name: following})
            self.redraw()
            self.post_message(self.Changed(self._chosen))
