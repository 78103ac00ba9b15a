"""A walk through every screen and command with hostile text: nothing of it reaches the terminal as it is."""

import re
import shutil

import pytest

from crm_tui.i18n import catalogue
from tests.e2e import hostile, naughty

DOWN, PAGE_DOWN, HOME, END, ENTER, TAB, QUIT = "\x1b[B", "\x1b[6~", "\x1b[H", "\x1b[F", "\r", "\t", "\x11"
RIGHT = "\x1b[C"
ESCAPE = "\x1b"
ANSWER_S, QUIET_S = 0.2, 0.02
"""How long a key may take to do something on an idle machine, and the pause after that."""
F1, F2, F3, F4, F9, F12 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[20~", "\x1b[24~"
PALETTE, NEXT, DELETE_LINE = "\x10", "\x0e", "\x15"
PASTE = "\x1b[200~{}\x1b[201~"
WORDS = {name: catalogue("en", name) for name in ("keys", "contacts", "imports", "wizard")}

SEARCH_HINT = WORDS["contacts"]["search_hint"].partition("}")[2][:10]


def test_there_are_515_naughty_strings_each_with_a_token_of_its_own():
    strings = naughty.naughty_strings()
    assert len(strings) == len({one.payload for one in strings}) == len({one.token for one in strings}) == naughty.COUNT
    assert len({one.family for one in strings}) > 30
    assert sum(one.dangerous_start is not None for one in strings) >= 250


@pytest.mark.parametrize("one", [one for one in hostile.ALL if one.dangerous_start], ids=lambda one: one.token)
def test_the_look_at_the_bytes_finds_each_that_comes_through(one):
    assert hostile.leaks(f"\x1b[1;1H\x1b[0m {one.text} \x1b[0m\r\n".encode())


@pytest.fixture(scope="module")
def made(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "crm.db"
    shutil.copy2(empty_database, path)
    hostile.fill(path)
    return path, hostile.write_files(folder / "zq998\x1b[5m\u202e[b]")


@pytest.fixture
def hostile_database(made, tmp_path):
    return shutil.copy2(made[0], tmp_path / "crm.db")


class Walk:
    """Steps through the program; each step has been drawn when the next one begins."""

    def __init__(self, terminal, *arguments, columns=140, rows=40, **options):
        # Without ESCDELAY an escape is read as one key with what comes within a tenth of a second.
        options = {"ESCDELAY": "1", "columns": columns, "rows": rows} | options
        self.terminal = terminal("--lang", "en", "--fast", *arguments, **options)

    def start(self):
        self.terminal.wait_for("zq514", f"1 / {naughty.COUNT}")
        self._rows = self._customers()
        return self

    def _customers(self):
        # Beside the side list, where there is one.
        return sum(
            "zq" in line[28 if self.terminal.screen.columns > 80 else 0 :] for line in self.terminal.text.split("\n")
        )

    def send(self, *keys):
        """Send keys one by one, each after what the one before did; say whether the last did anything."""
        did = False
        for key in keys:
            self.terminal.send(key)
            did = self.terminal.read_on(ANSWER_S, QUIET_S)
        return did

    def page_through(self, key=PAGE_DOWN, most=80):
        """Page down until nothing moves."""
        assert any(not self.send(key) for _ in range(most)), f"no end\n{self.terminal.text}"

    def page_customers(self):
        """Page down to the last one, waiting for each page to come from the database."""
        position = 0
        while position < naughty.COUNT:
            shown = self.terminal.text.split("\n")[:-2]
            self.terminal.send(PAGE_DOWN)
            self.terminal.wait_until(lambda before=position: self.position() > before, "the next page")
            self.terminal.wait_until(
                lambda before=shown: self.terminal.text.split("\n")[:-2] != before and self._customers() >= self._rows,
                "its customers",
            )
            self.terminal.read_on(QUIET_S, QUIET_S)
            position = self.position()

    def position(self):
        found = re.search(r"([\d,]+) / ([\d,]+)", self.terminal.text)
        return int(found[1].replace(",", "")) if found else 0

    def paste(self, text):
        self.terminal.send(PASTE.format(text))

    def clear(self):
        """Clear the search line, from wherever it was gone to."""
        for _ in range(8):
            if SEARCH_HINT in self.terminal.text:
                break
            before = self.terminal.text
            self.terminal.send(ESCAPE)
            # What it does is waited for, however busy the machine is: an Esc too many would take the next key along.
            self.terminal.wait_until(lambda before=before: self.terminal.text != before, "what Esc does")
            self.terminal.read_on(ANSWER_S, QUIET_S)
        assert SEARCH_HINT in self.terminal.text, self.terminal.text
        self.terminal.wait_for(f" 1 / {naughty.COUNT}")

    def end(self):
        """Quit; nothing came through, and nothing broke."""
        self.terminal.send(QUIT)
        assert self.terminal.end() == 0, self.terminal.text
        assert hostile.leaks(bytes(self.terminal.raw)) == []
        assert "Traceback" not in self.terminal.raw.decode("utf-8", "replace")


def shown_of(walk):
    return {one.number for one in hostile.seen(bytes(walk.terminal.raw))}


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
def test_contacts(terminal, hostile_database, size):
    walk = Walk(terminal, "--db", hostile_database, columns=size[0], rows=size[1]).start()
    walk.page_customers()
    assert shown_of(walk) == set(range(naughty.COUNT))
    walk.end()


def test_imports(terminal, hostile_database):
    walk = Walk(terminal, "--db", hostile_database).start()
    walk.send(F4)
    imports = -(-naughty.COUNT // hostile.PER_IMPORT)
    walk.terminal.wait_for(f"1 / {imports}")
    for number in range(imports):
        walk.terminal.wait_for(f"{number + 1} / {imports}")
        walk.terminal.send(ENTER)
        walk.terminal.wait_for(WORDS["imports"]["policy"])
        last_row = WORDS["imports"]["row"].format(number=min(31, naughty.COUNT - number * hostile.PER_IMPORT + 1))
        while last_row not in walk.terminal.text:
            before = walk.terminal.text
            walk.terminal.send(PAGE_DOWN)
            walk.terminal.wait_until(lambda before=before: walk.terminal.text != before, "the next page")
            walk.terminal.read_on(QUIET_S, QUIET_S)
        walk.terminal.send("q")
        walk.terminal.wait_for(f"{number + 1} / {imports}")
        walk.terminal.send(DOWN)
    assert shown_of(walk) == set(range(naughty.COUNT))
    walk.end()


PROFILES = [one.token for one in hostile.ALL if one.dangerous_start is None][::40]
"""Typed as they are, so none that would be naughty with the next byte the program sends. Each shows twenty others."""


def test_searches_and_profiles(terminal, hostile_database):
    walk = Walk(terminal, "--db", hostile_database).start()
    for token in PROFILES:
        walk.terminal.send("/")
        walk.paste(token)
        walk.terminal.wait_for("1 / 1 ")
        walk.send(ENTER, ENTER)
        walk.page_through()
        walk.clear()
    walk.end()


PASTED = [one for one in hostile.ALL if len(one.payload) < 100 and not set(one.payload) & set("\x1b\n\r\x00\t")]
"""What a terminal hands over as one line; several lines are a list of values to the search."""


def test_pasted_into_the_search_line(terminal, hostile_database):
    walk = Walk(terminal, "--db", hostile_database).start()
    walk.send("/")
    for one in PASTED[::12]:
        walk.paste(one.text)
        walk.terminal.wait_until(lambda one=one: one.token in walk.terminal.text.split("\n")[1], one.token)
        walk.terminal.send(DELETE_LINE)
        walk.terminal.wait_for(SEARCH_HINT)
    walk.end()


ON_CONTACTS = (
    ("b", PAGE_DOWN, PAGE_DOWN, PAGE_DOWN, END),
    ("v", DOWN, ENTER, PAGE_DOWN),
    (PALETTE, PAGE_DOWN),
    (F1, PAGE_DOWN),
    ("f", DOWN, TAB),
    ("w", PAGE_DOWN, END),
    ("o", RIGHT, "o", "y"),
    (" ", DOWN, " ", "Y", "t"),
    ("t", *"zq00", TAB),
    ("c",),
    ("x",),
    ("D",),
    ("s",),
    ("e", ENTER),
    ("/", *"tag:zq1", DOWN, TAB),
    ("/", *"import:zq", DOWN, DOWN, TAB),
    ("/", *"segment:zq", DOWN, TAB),
    ("/", *"zq001", ENTER, "+"),
)
ON_PROFILE = ((DOWN, ENTER, END), ("t", *"zq0", TAB), ("c",), ("x",), ("D",), ("y",), (END,))
ON_BLOCKED = ((PAGE_DOWN,), (" ", "u"), ("D",), (ENTER, PAGE_DOWN), ("/", *"zq10"), (END, "y"))
ON_SETTINGS = (
    (PAGE_DOWN, PAGE_DOWN, PAGE_DOWN),
    ("e",),
    ("m", *"zq0"),
    ("D",),
    ("/", *"zq1"),
    (TAB, PAGE_DOWN, END, DOWN, "e"),
    (END, "x"),
    (F1,),
)


def back(walk, sign):
    """Leave whatever is open, until there is nothing left to leave."""
    assert any(not walk.send(ESCAPE) for _ in range(8)), f"no way back\n{walk.terminal.text}"
    assert sign in walk.terminal.text, walk.terminal.text


@pytest.mark.parametrize(
    ("place", "before", "steps"),
    [
        ("contacts", (), ON_CONTACTS),
        ("contacts", (ENTER,), ON_PROFILE),
        ("blocked", (F3,), ON_BLOCKED),
        ("settings", (F9,), ON_SETTINGS),
    ],
    ids=["contacts", "profile", "blocked", "settings"],
)
def test_panels_and_dialogs(terminal, hostile_database, place, before, steps):
    walk = Walk(terminal, "--db", hostile_database, columns=100, rows=30).start()
    sign = f"[{WORDS['contacts'][f'place_{place}']}"
    for keys in steps:
        walk.send(*before, *keys)
        back(walk, sign)
    walk.end()


def test_wizard(terminal, hostile_database, made):
    words, file = WORDS["wizard"], made[1]
    walk = Walk(terminal, "--db", hostile_database, columns=110, rows=32, cwd=file.parent).start()
    walk.send("i", ENTER)
    walk.terminal.wait_for(f"[{words['step_file']}]", "zq000")
    walk.send(PAGE_DOWN, *"zq999", DOWN, ENTER)
    walk.terminal.wait_for("515")
    walk.send(PAGE_DOWN, ENTER)
    walk.terminal.wait_for(f"[{words['step_columns']}]", "515")
    walk.send(PAGE_DOWN, END, ENTER)
    walk.terminal.wait_for(words["pick_title"][:15])
    walk.terminal.send(ESCAPE)
    walk.terminal.wait_until(lambda: words["pick_title"][:15] not in walk.terminal.text, "the columns again")
    walk.send("*", TAB, PAGE_DOWN, TAB, NEXT)
    walk.terminal.wait_for("> " + words["ask_go_on"])
    walk.send(ENTER)
    walk.terminal.wait_for(f"[{words['step_settings']}]")
    walk.send(NEXT)
    walk.terminal.wait_for(f"[{words['step_check']}]", f"> {words['start']} <")
    walk.send(ENTER)
    walk.terminal.wait_for(f"[{words['step_result']}]", words["n_created"])
    walk.send("s", ESCAPE, "f")
    walk.end()


COMMANDS = (
    ("contacts", "--limit", "600", "--columns", "name,email,tags,description,f1"),
    ("contacts", "zq003"),
    ("contacts", 'tag:"x'),
    ("show", "1"),
    ("tags",),
    ("segments",),
    ("blocked", "--limit", "600"),
    ("fields",),
    ("imports",),
    ("imports", "show", "1"),
    ("stats",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(terminal, hostile_database, command):
    shown = terminal("--lang", "en", "--db", hostile_database, *command, columns=100)
    assert shown.end() in (0, 1, 2), shown.text
    raw = bytes(shown.raw)
    assert hostile.leaks(raw) == []
    assert b"\x1b" not in raw
    assert b"Traceback" not in raw
