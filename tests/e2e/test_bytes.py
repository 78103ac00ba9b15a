"""What a key costs on a slow line: the bytes that reach a terminal of 80×24, medians against the budget."""

from statistics import median

import pytest

from tests.tui.places import change, fill

UP, DOWN, LEFT, RIGHT, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[5~", "\x1b[6~"
ENTER, ESC, F3, F9 = "\r", "\x1b", "\x1bOR", "\x1b[20~"
ARROW, LETTER, PAGE = 400, 300, 3000
CUSTOMERS, BLOCKED, TAGS = 100_000, 1_000, 200
LONGER_THAN_A_LOOK_S = 2.5
"""Every place looks for changes of other programs within two seconds (crm_tui.tui.place)."""
SEARCH, STATUS, FOOTER = 1, 22, 23
"""Lines of the screen."""


class Meter:
    """Presses keys, and counts what each of them sends."""

    def __init__(self, terminal):
        self.terminal = terminal

    def line(self, number):
        return self.terminal.text.splitlines()[number]

    def cursor_line(self):
        """Return the cursor's line; None while a frame is half drawn and shows no cursor."""
        return next((line for line in self.terminal.text.splitlines() if line.lstrip().startswith("> ")), None)

    def cost(self, keys, look):
        """Press keys, each when the one before has changed what `look` sees; return the median of the bytes.

        What comes a moment later than the change that is waited for counts for the next key: nothing is left out.
        """
        costs = []
        for key in keys:
            seen, before = look(), len(self.terminal.raw)
            self.terminal.send(key)
            self.terminal.wait_until(lambda: look() not in (None, seen), f"what {key!r} changes in {seen!r}")  # noqa: B023
            costs.append(len(self.terminal.raw) - before)
        return median(costs)

    def status(self):
        return self.line(STATUS)

    def footer(self):
        return self.line(FOOTER)

    def searched(self):
        return self.line(SEARCH)

    def sent_by_itself(self):
        """Return what comes while nothing is done."""
        self.terminal.read_on(0.5, 0.5)
        before = len(self.terminal.raw)
        self.terminal.read_on(LONGER_THAN_A_LOOK_S, 0)
        return bytes(self.terminal.raw[before:])


@pytest.fixture
def start(terminal, database):
    def start(*shown, **options):
        program = terminal("--slow", "--lang", "en", **options)
        program.wait_for(*shown)
        return Meter(program)

    return start


def test_the_contacts(database, start):
    fill(str(database), CUSTOMERS)
    meter = start(f"1 / {CUSTOMERS:,}", f"c{CUSTOMERS}@example.com", f"Contacts {CUSTOMERS:,}")
    assert meter.cost([DOWN] * 40 + [UP] * 30, meter.status) <= ARROW
    assert meter.cost([" "] * 5, meter.status) <= ARROW
    assert meter.cost([RIGHT] * 3 + [LEFT] * 3, lambda: meter.line(2)) <= ARROW
    assert meter.cost([PAGE_DOWN] * 5 + [PAGE_UP] * 4, meter.status) <= PAGE
    assert meter.sent_by_itself() == b""
    meter.cost(["/"], meter.footer)
    assert meter.cost("example.com", meter.searched) <= LETTER
    assert meter.sent_by_itself() == b""


def test_the_blocked_customers(database, start):
    fill(str(database), CUSTOMERS)
    change(
        str(database),
        f"UPDATE customer SET blocked_at = 1700000000000 + id, blocked_by = 'jin', block_reason = 'spam' "
        f"WHERE id <= {BLOCKED}",
    )
    meter = start(f"1 / {CUSTOMERS - BLOCKED:,}")
    meter.terminal.send(F3)
    meter.terminal.wait_for(f"1 / {BLOCKED:,}", f"c{BLOCKED}@example.com")
    assert meter.cost([DOWN] * 9 + [UP] * 6, meter.status) <= ARROW
    assert meter.cost([PAGE_DOWN] * 4 + [PAGE_UP] * 3, meter.status) <= PAGE
    meter.cost(["/"], meter.footer)
    assert meter.cost("example.com", meter.searched) <= LETTER
    assert meter.sent_by_itself() == b""


def test_the_tags_and_the_fields(database, start):
    change(
        str(database),
        f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {TAGS}) "
        "INSERT INTO tag (key, name) SELECT 'tag' || i, 'tag' || i FROM n",
    )
    meter = start("Welcome")
    meter.terminal.send(F9)
    meter.terminal.wait_for(f"Customer tags: {TAGS}", "tag100")
    assert meter.cost([DOWN] * 9 + [UP] * 6, meter.status) <= ARROW
    assert meter.cost([PAGE_DOWN] * 4 + [PAGE_UP] * 3, meter.status) <= PAGE
    meter.cost(["/"], meter.footer)
    assert meter.cost("tag", lambda: meter.line(2)) <= LETTER
    for _ in range(2):
        meter.terminal.send(ESC)
        meter.terminal.read_on(0.3, 0.1)  # with what comes right after it Esc would be another key
    meter.terminal.send("2")
    meter.terminal.wait_for("E-mail opt-out", "built-in")
    assert meter.cost([DOWN] * 6 + [UP] * 6, meter.status) <= ARROW
    assert meter.sent_by_itself() == b""


def test_the_columns_of_a_file(database, start, private_home):
    folder = private_home / "files"
    folder.mkdir()
    columns = 12
    header = "email,name,mobileNumber,unsubscribeEmail,unsubscribeTexting,description"
    header += "".join(f",column{number}" for number in range(6, columns))
    rows = (f"k{row}@example.com,김{row},+82 010-2020-{row:04},n,n,m{row}" + ",x" * (columns - 6) for row in range(40))
    (folder / "a.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    meter = start("Welcome", cwd=folder)
    terminal = meter.terminal
    terminal.send("i")
    terminal.wait_for("[Target]", "> (•)")
    terminal.send(ENTER)
    terminal.wait_for("[File]", "a.csv")
    terminal.send("a.csv")
    terminal.wait_for("/a.csv")
    terminal.send(ENTER)
    terminal.wait_for("UTF-8", "> ")
    terminal.send(ENTER)
    terminal.wait_for("[Columns]", "good 40", "Row 2, E-mail: k0@example.com")
    assert meter.cost([DOWN] * 11 + [UP] * 11, meter.cursor_line) <= ARROW
