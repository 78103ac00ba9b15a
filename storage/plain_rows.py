"""Rows of an import that a few statements can fold: the set-based twin of `core.merging` for the plain cases.

A row is taken here where it is the only one of its key in the file and meets somebody, and where no tag and no list
grows by it, and the text that is searched in is known; every other row is left to the readable rule. Who takes which
row makes no difference but in time: tests/services/importing/test_agreement.py.
"""

from collections.abc import Collection, Iterator
from typing import Any

from storage.bulk import CONTACT_FLAGS, OUTCOME_COLUMNS, met_ranges
from storage.columns import COLUMNS_BY_KEY, dump
from storage.staging import PROFILE_COLUMNS

_SURE_BYTES = 15_000
"""Bytes that a profile surely does not have more of (R17), its keys and quotes apart."""
_ESCAPED = 6
"""Bytes that one character takes at most as JSON."""
_SURE_CHARACTERS = 1500
_SURE_KEYS = 250
"""Of custom fields: so few characters hold no more keys, and so many keys are allowed beside the built-in ones."""
_OPT_OUTS = frozenset({"unsubscribe_email", "unsubscribe_texting"})
_SEARCHED = ("name", "email", "mobile_number")
_TEXTS = (*_SEARCHED, "landline_number", "description")


def fold(connection: Any, mapped: Collection[str], match_field: str, *, clears: bool) -> Iterator[int]:
    """Note the outcome of plain rows; yield now and then how many were.

    Args:
        connection: A DBAPI one, whose rows are matched.
        mapped: The keys of the fields that columns of the file are mapped to.
        match_field: The one that rows are matched by: it stays as it is.
        clears: Blank cells remove what is stored (R26).
    """
    after = _after(set(mapped) - {match_field}, clears=clears)
    single = f"""scratch.met k CROSS JOIN main.customer c ON c.id = k.customer_id
        CROSS JOIN scratch.staged s ON s.row_number = k.row_number
        WHERE k.row_number BETWEEN ? AND ? AND NOT k.is_repeated AND {_keeps_tags(mapped, clears=clears)}"""
    unchanged = " AND ".join(f"{value} IS c.{name}" for name, value in after.items() if value != f"c.{name}") or "true"
    same = f"""INSERT INTO scratch.outcome (first_row, customer_id, is_blocked, tags_left_out)
        SELECT k.row_number, c.id, c.blocked_at IS NOT NULL, 0 FROM {single} AND {unchanged} AND {_fits("c.")}"""
    changed = f"""INSERT INTO scratch.outcome ({", ".join(OUTCOME_COLUMNS)})
        SELECT {", ".join(OUTCOME_COLUMNS)} FROM ({_changed(after, single)})
        WHERE search_text IS NOT NULL AND {_fits("")}"""
    folded = 0
    for rows in met_ranges(connection):
        for statement in (same, changed):
            folded += connection.execute(statement, rows).rowcount
        yield folded


def _after(mapped: Collection[str], *, clears: bool) -> dict[str, str]:
    """Return the expressions of a customer's values and flags, as row `s` leaves customer `c`."""
    after: dict[str, str] = {}
    for key, column in COLUMNS_BY_KEY.items():
        is_cleared = clears and column not in _OPT_OUTS
        after[column] = _given(column, is_cleared=is_cleared) if key in mapped else f"c.{column}"
        if flag := CONTACT_FLAGS.get(key):
            given = f"s.{column} IS NOT NULL"
            after[flag] = (given if clears else f"({given} OR c.{flag})") if key in mapped else f"c.{flag}"
        if column == "email":
            after["email_key"] = _given("email_key", is_cleared=is_cleared) if key in mapped else "c.email_key"
    custom = sorted(key.removeprefix("profile.") for key in mapped if key not in COLUMNS_BY_KEY and key != "tags")
    after["custom"] = _custom(custom, clears=clears) if custom else "c.custom"
    return after


def _given(column: str, *, is_cleared: bool) -> str:
    return f"s.{column}" if is_cleared else f"coalesce(s.{column}, c.{column})"


def _custom(mapped: list[str], *, clears: bool) -> str:
    if not clears:
        return """CASE WHEN s.custom IN ('{}', c.custom) THEN c.custom ELSE json_patch(c.custom, s.custom) END"""
    # Keys are ASCII letters and digits (R6): they need no quoting in a text of SQL.
    blank = dump(dict.fromkeys(mapped))
    return f"""CASE s.custom WHEN c.custom THEN c.custom
        ELSE json_patch(c.custom, json_patch('{blank}', s.custom)) END"""


def _keeps_tags(mapped: Collection[str], *, clears: bool) -> str:
    """Return the condition that a row changes no tag."""
    if "tags" not in mapped:
        return "true"
    has_all = """NOT EXISTS (SELECT 1 FROM scratch.tag_list l WHERE l.id = s.tags AND NOT EXISTS (
        SELECT 1 FROM main.tag t CROSS JOIN main.customer_tag o ON o.customer_id = c.id AND o.tag_id = t.id
        WHERE t.key = l.key))"""
    if not clears:
        return has_all
    has_none = "NOT EXISTS (SELECT 1 FROM main.customer_tag o WHERE o.customer_id = c.id)"
    return f"CASE WHEN s.tags IS NULL THEN {has_none} ELSE {has_all} END"


def _fits(of: str) -> str:
    """Return the condition that a profile surely passes no limit of R17; `of`: "c." or whose columns they are."""
    texts = " || ".join(f"coalesce({of}{name}, '')" for name in _TEXTS)
    return f"""{_ESCAPED} * length({texts}) + length(CAST({of}custom AS BLOB)) <= {_SURE_BYTES}
        AND (length({of}custom) <= {_SURE_CHARACTERS}
             OR (SELECT count(*) FROM json_each({of}custom)) <= {_SURE_KEYS})"""


def _changed(after: dict[str, str], single: str) -> str:
    """Return the SELECT of `OUTCOME_COLUMNS` of rows that change values; `search_text` is NULL where it is not known.

    It is the customer's where nothing of it changes, and the row's where all of it is the row's.
    """
    same, own = (" AND ".join(f"{after[name]} IS {one}.{name}" for name in _SEARCHED) for one in "cs")
    found = f"CASE WHEN {same} THEN c.search_text WHEN {own} THEN s.search_text END"
    opt_in = " OR ".join(f"(c.{name} AND NOT {after[name]})" for name in sorted(_OPT_OUTS))
    columns = {
        "customer_id": "c.id",
        "first_row": "k.row_number",
        "is_blocked": "c.blocked_at IS NOT NULL",
        "is_updated": "1",
        "tags_left_out": "0",
        **{name: after[name] for name in (*PROFILE_COLUMNS, *CONTACT_FLAGS.values()) if name != "search_text"},
        "search_text": found,
        "is_changed": "1",
        "is_opt_in": opt_in,
        "tags": "NULL",
        "given_tags": "NULL",
    }
    listed = ", ".join(f"{columns[name]} AS {name}" for name in OUTCOME_COLUMNS)
    # What a list of the row is added to, only the readable rule knows; "[" stands in hardly any other value.
    return f"""SELECT {listed} FROM {single} AND k.row_number NOT IN (SELECT first_row FROM scratch.outcome)
        AND instr(s.custom, '[') = 0"""
