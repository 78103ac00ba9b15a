"""Every action: its id, its keys, and where its name stands in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from weakref import WeakKeyDictionary

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from crm_tui.core.permissions import Permission
from crm_tui.i18n import Language, catalogue, name_keys, t
from crm_tui.tui.key_names import TWINS, display, spelled, typed


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
    def permission(self) -> Permission | None:
        """What the manager must be allowed to do (R51); None: everybody may."""
        return NEEDED.get(self.id)

    @property
    def all_keys(self) -> tuple[str, ...]:
        """The keys and their twins on a Korean keyboard."""
        return self.keys + tuple(TWINS[key] for key in self.keys if key in TWINS)


APP = (
    Action("help", ("f1", "question_mark"), "help", True, True),
    Action("import", ("i", "f8"), "start_import", True),
    Action("mode_contacts", ("f2",), "go('contacts')"),
    Action("mode_blocked", ("f3",), "go('blocked')"),
    Action("mode_imports", ("f4",), "go('imports')"),
    Action("mode_activity", ("f5",), "go('activity')"),
    Action("mode_inbox", ("f6",), "go('inbox')"),
    Action("mode_settings", ("f9",), "go('settings')"),
    Action("palette", ("ctrl+p", "colon"), "command_palette"),
    Action("suspend", ("ctrl+z",), "suspend_process", in_dialogs=True),
    Action("copy_or_cancel", ("ctrl+c",), "copy_or_cancel"),
    Action("quit", ("ctrl+q",), "quit", True, True),
)
CONTACTS = (
    Action("search", ("slash",), "search", True, is_first=True),
    Action("add_lead", ("n", "insert"), "add_lead", True),
    Action("search_form", ("f", "ctrl+f"), "search_form"),
    Action("edit", ("e", "ctrl+e"), "edit"),
    Action("tag", ("t", "ctrl+t"), "tag"),
    Action("consent", ("c", "ctrl+o"), "consent"),
    Action("block", ("x", "ctrl+x"), "block"),
    Action("delete", ("delete", "D"), "delete"),
    Action("export", ("s", "ctrl+s"), "export"),
    Action("samples", ("s", "ctrl+l"), "load_samples"),
    Action("copy_cell", ("y", "ctrl+k"), "copy_cell"),
    Action("copy_rows", ("ctrl+y", "Y"), "copy_rows"),
    Action("sort", ("o", "f7"), "sort"),
    Action("columns", ("w", "ctrl+w"), "columns"),
    Action("save_segment", ("plus",), "save_segment"),
    Action("side", ("b", "backslash"), "toggle_side"),
    Action("dashboard", ("v", "f12"), "dashboard"),
    Action("audience", ("m", "quotation_mark"), "audience"),
    Action("pending_links", ("p", "semicolon"), "pending_links"),
    Action("ownerless", ("u", "apostrophe"), "ownerless"),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("leave", ("escape",), "leave", True),
    Action("to_table", ("down",), "to_table"),
)
CUSTOMER_TABLE = (
    Action("mark", ("space",), "mark", True),
    Action("mark_all", ("a", "ctrl+a"), "mark_all"),
    Action("left", ("left", "h"), "move_column(-1)"),
    Action("right", ("right", "l"), "move_column(1)"),
)
SEARCH_LINE = (
    Action("complete_line", ("tab",), "complete", True),
    Action("next_candidate", ("down",), "choose(1)"),
    Action("candidate_before", ("up",), "choose(-1)"),
    Action("close_list", ("escape",), "close_list"),
)
SEARCH_INPUT = (Action("search_form", ("ctrl+f",), "screen.search_form"),)
"""Before what textual does with it in a line."""
CHIPS = (
    Action("remove_condition", ("delete", "backspace"), "remove", True),
    Action("left", ("left", "h"), "move(-1)"),
    Action("right", ("right", "l"), "move(1)"),
    Action("to_line", ("enter",), "to_line", True),
)
SIDE_LIST = (
    Action("filter_by", ("enter",), "open", True),
    Action("rename_segment", ("e", "ctrl+e"), "rename", True),
    Action("delete_segment", ("delete", "D"), "delete", True),
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
DASHBOARD = (
    Action("refresh", ("r", "ctrl+r"), "refresh", True),
    Action("page_down", ("pagedown", "ctrl+d"), "scroll(1)"),
    Action("page_up", ("pageup", "ctrl+u"), "scroll(-1)"),
)
RECENT = TABLE[:3]
"""For the imports under the numbers, whose page keys go to the numbers."""
BLOCKED = (
    Action("search", ("slash",), "search", True, is_first=True),
    Action("unblock", ("u", "ctrl+n"), "unblock", True),
    Action("delete", ("delete", "D"), "delete", True),
    Action("copy_cell", ("y", "ctrl+k"), "copy_cell"),
    Action("copy_rows", ("ctrl+y", "Y"), "copy_rows"),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("leave", ("escape",), "leave"),
    Action("to_table", ("down",), "to_table"),
)
SETTINGS = (
    Action("other_tab", ("tab",), "other_tab(1)", True, is_first=True),
    Action("tab_before", ("shift+tab",), "other_tab(-1)", is_first=True),
    Action("tab_tags", ("1",), "show_tab('tags')"),
    Action("tab_fields", ("2",), "show_tab('fields')"),
    Action("tab_managers", ("3",), "show_tab('managers')"),
    Action("tab_roles", ("4",), "show_tab('roles')"),
    Action("tab_managed", ("5",), "show_tab('managed')"),
    Action("filter", ("slash",), "filter", True, is_first=True),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("leave", ("escape",), "leave"),
    Action("to_table", ("down",), "to_list"),
)
TAGS = (
    Action("tag_rename", ("e", "ctrl+e"), "rename", True),
    Action("tag_merge", ("m", "ctrl+g"), "merge", True),
    Action("tag_delete", ("delete", "D"), "delete", True),
    Action("unfold", ("right", "l"), "unfold"),
    Action("fold", ("left", "h"), "fold"),
)
FIELDS = (
    Action("field_add", ("n", "insert"), "add", True),
    Action("field_label", ("e", "ctrl+e"), "label", True),
    Action("field_archive", ("x", "delete"), "archive", True),
    Action("field_restore", ("u", "ctrl+n"), "restore", True),
    Action("field_up", ("less_than_sign", "ctrl+up", "K"), "shift(-1)"),
    Action("field_down", ("greater_than_sign", "ctrl+down", "J"), "shift(1)"),
)
MANAGERS = (
    Action("manager_add", ("n", "insert"), "add", True),
    Action("manager_role", ("e", "ctrl+e"), "change_role", True),
    Action("manager_remove", ("delete", "D"), "remove", True),
)
CHECKS = (
    Action("apply", ("enter",), "open"),
    Action("toggle", ("space",), "turn_on_or_off"),
    *TABLE[1:],
)
"""For a dialog of boxes."""
ROLES = (
    Action("role_add", ("n", "insert"), "add", True),
    Action("role_change", ("enter",), "open", True),
    Action("role_rename", ("e", "ctrl+e"), "rename", True),
    Action("role_delete", ("delete", "D"), "delete", True),
)
MANAGED = (
    Action("set_limit", ("e", "ctrl+e"), "set_limit", True),
    Action("delete_hidden", ("delete", "D"), "delete_hidden", True),
)
ACTIVITY = (
    Action("filter_log", ("slash",), "filter", True, is_first=True),
    Action("export_log", ("s", "ctrl+s"), "export", True),
    Action("verify_log", ("v", "f12"), "verify", True),
    Action("customers_of_line", ("f", "ctrl+f"), "show_customers", True),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
    Action("leave", ("escape",), "leave", True),
)
ACTIVITY_LINE = (
    Action("open_import", ("enter",), "open_import", True),
    Action("customers_of_line", ("f", "ctrl+f"), "show_customers", True),
)
LOG_FILTER = (
    Action("apply", ("enter",), "apply"),
    Action("back", ("escape",), "back"),
    Action("next_line", ("down",), "app.focus_next"),
    Action("line_before", ("up",), "app.focus_previous"),
)
INBOX = (
    Action("open_import", ("enter",), "open", True),
    Action("mark_read", ("space",), "mark_read", True),
    Action("mark_all_read", ("a", "ctrl+a"), "mark_all_read", True),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
)
OWNERLESS = (
    Action("copy_value", ("y", "ctrl+k"), "copy_value", True),
    Action("refresh", ("r", "ctrl+r"), "refresh", True),
)
"""For the conversations without an owner and their messages."""
PENDING = (Action("why", ("w", "f7"), "why", True), Action("refresh", ("r", "ctrl+r"), "refresh"))
"""For the list of unifications that wait for a login."""
BACK = (Action("back", ("escape", "q"), "back", True),)
FORM = (
    Action("back", ("escape",), "back"),
    Action("next_field", ("down", "right"), "app.focus_next"),
    Action("previous_field", ("up", "left"), "app.focus_previous"),
)
"""For a dialog with lines to fill in."""
DIALOG = (Action("back", ("escape",), "back"),)
COLUMNS = (
    Action("apply", ("enter",), "open"),
    Action("toggle", ("space",), "show_or_hide"),
    Action("column_up", ("left_square_bracket", "shift+up", "K"), "shift(-1)"),
    Action("column_down", ("right_square_bracket", "shift+down", "J"), "shift(1)"),
    Action("narrower", ("left", "h"), "widen(-1)"),
    Action("wider", ("right", "l"), "widen(1)"),
    Action("reset", ("r", "ctrl+r"), "screen.reset"),
    *TABLE[1:],
)
SEARCH_FORM = (
    Action("complete_line", ("tab",), "screen.complete"),
    Action("next_candidate", ("down",), "screen.choose(1)"),
    Action("candidate_before", ("up",), "screen.choose(-1)"),
    Action("close_list", ("escape",), "screen.close_list"),
    Action("apply", ("enter",), "screen.apply"),
    Action("next_condition", ("down",), "screen.next_line(1)"),
    Action("condition_before", ("up",), "screen.next_line(-1)"),
)
TURN = (
    Action("choice_before", ("left", "h"), "turn(-1)"),
    Action("next_choice", ("right", "l", "space"), "turn(1)"),
)
"""For one of a few words in one line."""
LINES = (Action("choose", ("enter",), "open"), *TABLE[1:])
"""For the wizard's own lists."""
PROFILE_LINES = (
    Action("edit_value", ("enter", "e", "ctrl+e"), "open", True),
    Action("open_linked", ("enter",), "open_linked", True),
    *TABLE[1:],
)
PROFILE = (
    Action("clear_value", ("delete",), "clear_value"),
    Action("edit_tags", ("t", "ctrl+t"), "edit_tags", True),
    Action("consent", ("c", "ctrl+o"), "consent"),
    Action("block", ("x", "ctrl+x"), "block", True),
    Action("unblock", ("u", "ctrl+n"), "unblock", True),
    Action("delete_customer", ("D", "shift+delete"), "delete_customer"),
    Action("copy_value", ("y", "ctrl+k"), "copy_value"),
    Action("why", ("w", "f7"), "why"),
    Action("verify", ("v", "f12"), "verify"),
    Action("write_down", ("n", "insert"), "write_down"),
    Action("refresh", ("r", "ctrl+r"), "refresh"),
)
VALUE_LINE = (
    Action("save_value", ("enter",), "submit", True),
    Action("break_line", ("ctrl+j",), "break_line", True),
)
"""For the line that a value is edited in; only one for texts breaks lines."""
TAG_LINE = (Action("complete_tag", ("tab",), "complete_tag", True),)
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
WIZARD_CHECK = (
    Action("check_again", ("r", "ctrl+r"), "check_again"),
    Action("why_row", ("w", "f12"), "why_row"),
)
WIZARD_RESULT = (
    Action("save_failed", ("s", "ctrl+s"), "save_failed", True),
    Action("show_customers", ("f", "ctrl+f"), "show_customers", True),
)
_SAVE_UNFOUND = Action("save_unfound", ("s", "ctrl+s"), "save_unfound", True)
WIZARD_FOUND = (WIZARD_CHECK[0], _SAVE_UNFOUND)
WIZARD_GONE = (_SAVE_UNFOUND,)
"""For customers who withdrew."""
BESIDE_TEXT = frozenset(
    chain(
        VALUE_LINE,
        TAG_LINE,
        COMMAND_LIST,
        FORM,
        LOG_FILTER,
        DIALOG,
        PATH,
        FILES,
        WIZARD_PICK,
        SEARCH_LINE,
        SEARCH_INPUT,
        SEARCH_FORM,
    )
)
"""These are asked for while a line has the keyboard, or hand it what is typed: no key of theirs may type a text."""

PLACES = (
    (CONTACTS, TABLE, CUSTOMER_TABLE),
    (CONTACTS, TABLE[1:], SIDE_LIST),
    (CONTACTS, SEARCH_LINE, SEARCH_INPUT),
    (CONTACTS, SEARCH_LINE, CHIPS),
    (BLOCKED, TABLE, CUSTOMER_TABLE),
    (BLOCKED, SEARCH_LINE, SEARCH_INPUT),
    (BLOCKED, SEARCH_LINE, CHIPS),
    (IMPORTS, TABLE),
    (IMPORTS, BACK, SCROLL),
    (DASHBOARD, BACK, RECENT),
    (SETTINGS, TABLE, TAGS),
    (SETTINGS, TABLE, FIELDS),
    (SETTINGS, TABLE, MANAGERS),
    (SETTINGS, TABLE[1:], ROLES),
    (SETTINGS, TABLE, MANAGED),
    (ACTIVITY, TABLE),
    (BACK, ACTIVITY_LINE, SCROLL),
    (LOG_FILTER, TURN),
    (INBOX, TABLE[1:]),
    (BACK, PENDING, TABLE),
    (BACK, OWNERLESS, LINES),
    (BACK, SCROLL),
    (BACK, PROFILE, PROFILE_LINES),
    (BACK, PROFILE, PROFILE_LINES, VALUE_LINE),
    (FORM, TAG_LINE),
    (FORM, VALUE_LINE),
    (COMMAND_LIST,),
    (FORM,),
    (FORM, PATH),
    (FORM, LINES),
    (DIALOG, PATH),
    (DIALOG, COLUMNS),
    (DIALOG, CHECKS),
    (DIALOG, SEARCH_FORM),
    (DIALOG, SEARCH_FORM, TURN),
    (DIALOG, WIZARD_PICK),
    (WIZARD, WIZARD_TARGET, LINES),
    (WIZARD, WIZARD_FILE, PATH),
    (WIZARD, WIZARD_FILE, FILES),
    (WIZARD, WIZARD_FILE, LINES, WIZARD_READING),
    (WIZARD, WIZARD_COLUMNS, LINES),
    (WIZARD, GRID),
    (WIZARD, WIZARD_CHECK, SCROLL),
    (WIZARD, WIZARD_RESULT, SCROLL),
    (WIZARD, WIZARD_FOUND, LINES),
    (WIZARD, WIZARD_GONE, LINES),
)
"""Whose keys are asked for at the same time, beside those of APP: one key must not mean two things among them."""

ACTIONS = tuple(dict.fromkeys(chain(APP, chain.from_iterable(chain.from_iterable(PLACES)))))
"""All there are; tests walk them."""

_BY_PERMISSION: Mapping[Permission, tuple[str, ...]] = {
    Permission.SEE: (
        *("mode_blocked", "mode_imports", "mode_inbox", "search", "search_form", "sort", "columns", "dashboard"),
        *("audience", "pending_links", "ownerless", "mark", "mark_all", "copy_cell", "copy_rows", "show_customers"),
        *("customers_of_line", "why"),
    ),
    Permission.EDIT: (
        *("import", "add_lead", "edit", "tag", "consent", "block", "unblock", "samples", "save_segment"),
        *("rename_segment", "delete_segment", "tag_rename", "tag_merge", "tag_delete", "save_failed", "edit_value"),
        *("clear_value", "edit_tags", "verify", "write_down"),
    ),
    Permission.DELETE: ("delete", "delete_customer", "delete_hidden"),
    Permission.DOWNLOAD: ("export", "export_log"),
    Permission.SETTINGS: (
        *("field_add", "field_label", "field_archive", "field_restore", "field_up", "field_down"),
        *("manager_add", "manager_role", "manager_remove", "role_add", "role_change", "role_rename", "role_delete"),
        "set_limit",
    ),
    Permission.ACTIVITY: ("mode_activity", "filter_log", "verify_log"),
}
NEEDED = {id: permission for permission, ids in _BY_PERMISSION.items() for id in ids}
"""What a manager must be allowed to do for an action, by its id (R51); whatever is missing, everybody may do."""

_given: WeakKeyDictionary[DOMNode, tuple[Action, ...]] = WeakKeyDictionary()
_changed: dict[str, tuple[str, ...]] = {}
"""The keys that the manager's own config file gives, by the action's id."""


def change(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Take a manager's own keys, by the action's id; what is added to a widget from now on has them."""
    _changed.clear()
    _changed.update(keys)
    name_keys(_shown())


def in_force(action: Action, changed: Mapping[str, tuple[str, ...]] | None = None) -> Action:
    """Return an action with the keys that it has by the manager's config file (or by `changed`)."""
    own = (_changed if changed is None else changed).get(action.id)
    if own is None:
        return action
    return replace(action, keys=tuple(key for key in own if typed(key) is None) if action in BESIDE_TEXT else own)


def key_of(id: str) -> str:
    """Return the first key of an action as a person reads it."""
    return _shown()[f"key_{id}"]


def _shown() -> dict[str, str]:
    """Return the first key of each action as a person reads it, by what a sentence calls it."""
    return {f"key_{action.id}": spelled(in_force(action).keys[0]) for action in reversed(ACTIONS)}


def add_bindings(node: DOMNode, actions: tuple[Action, ...]) -> None:
    """Give `node` these keys, named in the language of this moment (class-level BINDINGS are named at import)."""
    actions = tuple(map(in_force, actions))
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


def meant(node: DOMNode, action: str) -> Action | None:
    """Return the action of a node whose method and arguments are these."""
    return next((one for one in given(node) if one.action == action), None)


def keys_text(action: Action) -> str:
    """Return an action's keys as a person reads them."""
    return "  ".join(display(key) for key in action.keys)


change({})
