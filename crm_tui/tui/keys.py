"""Every action: its id, its keys, and where its name stands in both languages."""

import unicodedata
from dataclasses import dataclass
from itertools import chain
from weakref import WeakKeyDictionary

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from crm_tui.i18n import Language, catalogue, t

_QWERTY = "qwertyuiopasdfghjklzxcvbnm"
_TWO_SET = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
_SHIFTED = dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
_TWINS = dict(zip(_QWERTY, _TWO_SET, strict=True)) | _SHIFTED
"""What a Korean (두벌식) keyboard sends for the same key. Shift changes seven jamo only: `G` arrives as `ㅎ`, which is
`g`, so a capital outside `QWERTOP` has no twin and its action needs a key that is no letter (test_keys.py)."""

_PAIRS = {"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"} | {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
"""Letters that are typed with two keys."""
_SYMBOLS = {"question_mark": "?", "slash": "/", "colon": ":", "backslash": "\\", "asterisk": "*"}
_DISPLAY = _SYMBOLS | {
    "escape": "Esc",
    "enter": "Enter",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "insert": "Ins",
    "delete": "Del",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does."""

    id: str
    """Its name stands in `keys.toml` under this id."""
    keys: tuple[str, ...]
    """The first is the one that the footer shows."""
    action: str
    """The method, without `action_`."""
    in_footer: bool = False
    in_dialogs: bool = False
    """Those of its keys that cannot be typed work in dialogs too, and before what has the focus."""
    is_first: bool = False
    """Done before the next key is looked at: what is typed after it in one go must land where it leads. Its
    `check_action` says no while text is typed."""

    @property
    def name(self) -> str:
        """What it does, in the manager's language."""
        return t(f"keys.{self.id}")

    def name_in(self, language: Language) -> str:
        """What it does, in one language: the palette finds an action by both names."""
        return catalogue(language, "keys")[self.id]

    @property
    def all_keys(self) -> tuple[str, ...]:
        """The keys and their twins on a Korean keyboard."""
        return self.keys + tuple(_TWINS[key] for key in self.keys if key in _TWINS)


APP = (
    Action("help", ("f1", "question_mark"), "help", True, True),
    Action("import", ("i", "f8"), "start_import", True),
    Action("mode_contacts", ("f2",), "go('contacts')"),
    Action("mode_imports", ("f4",), "go('imports')"),
    Action("palette", ("ctrl+p", "colon"), "command_palette"),
    Action("suspend", ("ctrl+z",), "suspend_process", in_dialogs=True),
    Action("copy_or_cancel", ("ctrl+c",), "copy_or_cancel"),
    Action("quit", ("ctrl+q",), "quit", True, True),
)
CONTACTS = (
    Action("search", ("slash",), "search", True, is_first=True),
    Action("add_lead", ("n", "insert"), "add_lead", True),
    Action("sort", ("o", "f7"), "sort", True),
    Action("side", ("b", "backslash"), "toggle_side"),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("samples", ("s", "ctrl+l"), "load_samples"),
    Action("leave", ("escape",), "leave", True),
    Action("to_table", ("down",), "to_table"),
)
TABLE = (
    Action("open", ("enter",), "open"),
    Action("down", ("down", "j"), "move(1)"),
    Action("up", ("up", "k"), "move(-1)"),
    Action("page_down", ("pagedown", "ctrl+d"), "move_page(1)"),
    Action("page_up", ("pageup", "ctrl+u"), "move_page(-1)"),
    Action("top", ("home", "g"), "top"),
    Action("bottom", ("end", "G"), "bottom"),
)
SCROLL = (
    Action("down", ("down", "j"), "scroll_down"),
    Action("up", ("up", "k"), "scroll_up"),
    Action("page_down", ("pagedown", "ctrl+d"), "page_down"),
    Action("page_up", ("pageup", "ctrl+u"), "page_up"),
    Action("top", ("home", "g"), "scroll_home"),
    Action("bottom", ("end", "G"), "scroll_end"),
)
"""For whatever is only read."""
COMMAND_LIST = (
    Action("back", ("escape",), "back"),
    Action("down", ("down",), "move(1)"),
    Action("up", ("up",), "move(-1)"),
    Action("page_down", ("pagedown",), "move_page(1)"),
    Action("page_up", ("pageup",), "move_page(-1)"),
)
IMPORTS = (
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("show_customers", ("f", "ctrl+f"), "show_customers", True),
    Action("save_failed", ("s", "ctrl+s"), "save_failed", True),
)
BACK = (Action("back", ("escape", "q"), "back", True),)
FORM = (
    Action("back", ("escape",), "back"),
    Action("next_field", ("down",), "app.focus_next"),
    Action("previous_field", ("up",), "app.focus_previous"),
)
"""For a dialog with lines to fill in."""
DIALOG = (Action("back", ("escape",), "back"),)
LINES = (Action("choose", ("enter",), "open"), *TABLE[1:])
"""For the wizard's own lists."""
GRID = (
    Action("down", ("down", "j"), "move(1)"),
    Action("up", ("up", "k"), "move(-1)"),
    Action("left", ("left", "h"), "move_column(-1)"),
    Action("right", ("right", "l"), "move_column(1)"),
    Action("page_down", ("pagedown", "ctrl+d"), "move_page(1)"),
    Action("page_up", ("pageup", "ctrl+u"), "move_page(-1)"),
    Action("first_column", ("home", "g"), "first_column"),
    Action("last_column", ("end", "G"), "last_column"),
)
PATH = (
    Action("complete", ("tab",), "complete", True),
    Action("to_list", ("down",), "leave_line"),
)
FILES = (
    Action("choose", ("enter",), "open"),
    Action("down", ("down",), "move(1)"),
    Action("up", ("up",), "move(-1)"),
    Action("page_down", ("pagedown",), "move_page(1)"),
    Action("page_up", ("pageup",), "move_page(-1)"),
    Action("top", ("home",), "top"),
    Action("bottom", ("end",), "bottom"),
    Action("folder_above", ("left",), "folder_above"),
    Action("folder_into", ("right",), "open"),
)
"""Letters go to the path above the list."""
WIZARD = (
    Action("back", ("escape",), "back", True),
    Action("next", ("ctrl+n", "f8"), "next", True),
    Action("start_over", ("f7",), "start_over"),
)
WIZARD_TARGET = (Action("save_template", ("s", "ctrl+s"), "save_template", True),)
WIZARD_FILE = (Action("other_file", ("ctrl+o",), "other_file"),)
WIZARD_READING = (
    Action("other_reading", ("right", "l"), "change(1)", True),
    Action("reading_before", ("left", "h"), "change(-1)"),
)
WIZARD_COLUMNS = (
    Action("accept", ("space",), "accept", True),
    Action("accept_all", ("asterisk",), "accept_all"),
    Action("exclude", ("delete", "backspace"), "exclude", True),
)
WIZARD_PICK = (
    Action("down", ("down",), "move(1)"),
    Action("up", ("up",), "move(-1)"),
    Action("page_down", ("pagedown",), "move_page(1)"),
    Action("page_up", ("pageup",), "move_page(-1)"),
)
WIZARD_CHECK = (Action("check_again", ("r", "ctrl+r"), "check_again"),)
WIZARD_RESULT = (
    Action("save_failed", ("s", "ctrl+s"), "save_failed", True),
    Action("show_customers", ("f", "ctrl+f"), "show_customers", True),
)
WIZARD_ALL = (LINES, GRID, PATH, FILES, WIZARD, WIZARD_TARGET, WIZARD_FILE, WIZARD_READING, WIZARD_COLUMNS)
ACTIONS = tuple(chain(APP, CONTACTS, IMPORTS, TABLE, SCROLL, COMMAND_LIST, BACK, FORM, DIALOG))
ACTIONS += tuple(chain(*WIZARD_ALL, WIZARD_PICK, WIZARD_CHECK, WIZARD_RESULT))
"""All there are; tests walk them."""

_given: WeakKeyDictionary[DOMNode, tuple[Action, ...]] = WeakKeyDictionary()


def add_bindings(node: DOMNode, actions: tuple[Action, ...]) -> None:
    """Give `node` these keys, named in the language of this moment (class-level BINDINGS are named at import)."""
    bindings = [
        Binding(
            key,
            action.action,
            action.name,
            show=action.in_footer,
            key_display=display(key),
            priority=action.is_first or (action.in_dialogs and typed(key) is None),
            tooltip=action.name,
            id=action.id,
        )
        for action in actions
        for key in action.all_keys
    ]
    ours = BindingsMap(bindings)
    # What textual binds to the same keys by itself (ctrl+q, ctrl+c, an OptionList's arrows) gives way.
    kept = {key: found for key, found in node._bindings.key_to_bindings.items() if key not in ours.key_to_bindings}
    node._bindings = BindingsMap.from_keys({**kept, **ours.key_to_bindings})
    _given[node] = (*given(node), *actions)


def given(node: DOMNode) -> tuple[Action, ...]:
    """Return the actions that `add_bindings` gave a node."""
    return _given.get(node, ())


def strokes(character: str) -> str:
    """Return the jamo that a Korean syllable was typed with: `허`, which is `ㅎㅓ`, arrives for `g` and then `j`."""
    if not "가" <= character <= "힣":
        return ""
    jamo = (unicodedata.name(one).rpartition(" ")[2] for one in unicodedata.normalize("NFD", character))
    letters = (unicodedata.lookup(f"HANGUL LETTER {name}") for name in jamo)
    return "".join(_PAIRS.get(letter, letter) for letter in letters)


def typed(key: str) -> str | None:
    """Return what a key types into a line, None for one that types nothing."""
    return key if len(key) == 1 else _SYMBOLS.get(key)


def display(key: str) -> str:
    """Return a key as a person reads it."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _DISPLAY.get(key, key.upper() if key[:1] == "f" and key[1:].isdigit() else key)


def keys_text(action: Action) -> str:
    """Return an action's keys as a person reads them."""
    return "  ".join(display(key) for key in action.keys)
