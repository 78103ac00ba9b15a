"""R29, R34, R41: the engine's set-based import equals applying the rows one by one, in file order, by `core`'s rules.

The reference below knows plain values only: `validation.row_parser` reads a row, `identity.choose` says whom it meets,
`merging.merge_row` what becomes of that customer, and at the end `unification.settle` which leads go into members.
Every value, flag, spelling, moment, link, choice and count must be the same.
"""

import dataclasses
import json
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.fields import (
    BUILT_IN_FIELDS,
    EMAIL,
    MAX_IMPORT_TAGS,
    MEMBER_ID,
    MOBILE_NUMBER,
    NAME,
    OPT_OUTS,
    TAGS,
    Field,
    FieldType,
    Value,
)
from crm_tui.core.identity import Candidate, choose, email_key
from crm_tui.core.merging import Profile, merge_row
from crm_tui.core.problems import Problem
from crm_tui.core.text import fold
from crm_tui.core.unification import Person as Known
from crm_tui.core.unification import Settled, settle
from crm_tui.core.validation import parse_cell, print_value, row_parser
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey, Target
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, ImportNumbers, Planned
from crm_tui.services.importing.prepared import failed_rows_of
from crm_tui.services.profiles import columns_of, values_of
from crm_tui.services.workspace import Workspace, open_workspace
from storage import customers as stored
from storage.columns import COLUMNS_BY_KEY
from tests.services.kit import ask, write_csv

NOW = 1_750_000_000_000
CUSTOM = (
    Field("profile.text", FieldType.STRING, "text"),
    Field("profile.amount", FieldType.NUMBER, "amount"),
    Field("profile.isVip", FieldType.BOOLEAN, "isVip"),
    Field("profile.day", FieldType.DATE, "day"),
    Field("profile.moment", FieldType.DATETIME, "moment"),
    Field("profile.likes", FieldType.LIST, "likes"),
    Field("profile.sizes", FieldType.LIST_OF_NUMBER, "sizes"),
)
MOMENTS = ("id", "created_at", "last_seen_at", "updated_at", "blocked_at", "sessions_count")
FIELDS = {one.key: one for one in (*BUILT_IN_FIELDS, *CUSTOM)}


@dataclass
class Person:
    """A customer as the reference holds one."""

    values: dict[str, Value]
    """Tags by their folded names."""
    verified: frozenset[str]
    created_at: int
    last_seen_at: int
    updated_at: int | None
    blocked_at: int | None = None
    import_tags: dict[str, int] = field(default_factory=dict)
    """Folded, with the moments when they were given."""
    sessions_count: int = 0
    id: int = 0
    waits_for: int | None = None
    """The id of the member that a lead waits for; as it is drawn, that of the one drawn so many before."""

    def as_candidate(self, number: int) -> Candidate:
        return Candidate(number, self.last_seen_at, self.updated_at, self.blocked_at is not None)


@dataclass
class World:
    """All customers in the order of their ids, and how tags are spelt."""

    people: list[Person]
    spellings: dict[str, str]
    import_spellings: dict[str, str]
    """In the order of their ids."""

    def newest(self, import_tags: Mapping[str, int]) -> dict[str, int]:
        """Return those that stay (R30), in the order given."""
        ids = list(self.import_spellings)
        order = sorted(import_tags, key=lambda tag: (import_tags[tag], ids.index(tag)))
        return {tag: import_tags[tag] for tag in order[-MAX_IMPORT_TAGS:]}


@dataclass(frozen=True)
class Case:
    """One import into one world."""

    target: Target
    key: LeadKey | None
    policy: EmptyPolicy
    tag: str | None
    columns: tuple[str | None, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def match_field(self) -> str:
        return f"profile.{self.key.value}" if self.key else MEMBER_ID


def apply_one_by_one(world: World, case: Case) -> tuple[ImportNumbers, dict[int, tuple[Problem, ...]], Settled]:
    """Change the world as the rows ask, one after the other; return the counts, the rows that fail and the links."""
    base = max(person.id for person in world.people)
    parse = row_parser([FIELDS[name] if name else None for name in case.columns], case.match_field)
    before = {id(person): dataclasses.replace(person) for person in world.people}
    failed: dict[int, tuple[Problem, ...]] = {}
    touched: dict[int, Person] = {}
    left_out = 0
    for number, cells in enumerate(case.rows, 2):
        row = parse(cells)
        if row.problems:
            failed[number] = row.problems
            continue
        person = _met(world, case, row.values[case.match_field])
        fixed_key = case.match_field if case.target is Target.LEAD else None
        profile = Profile(_spelt(world, person.values), person.verified) if person else None
        merged = merge_row(profile, row.values, row.blanks, case.policy, fixed_key=fixed_key)
        if isinstance(merged, tuple):
            failed[number] = merged
            continue
        left_out += merged.tags_left_out
        values = dict(merged.profile.values)
        tags = values.pop(TAGS, ())
        assert isinstance(tags, tuple)
        for tag in map(str, tags):
            world.spellings.setdefault(fold(tag), tag)
        values[TAGS] = tuple(fold(str(tag)) for tag in tags)
        if person is None:
            person = Person({}, frozenset(), NOW, NOW, None, id=base + number)
            world.people.append(person)
        else:
            person.updated_at = NOW
        person.values, person.verified = values, merged.profile.verified
        touched[id(person)] = person
        if case.tag is not None and fold(case.tag) not in person.import_tags:
            world.import_spellings.setdefault(fold(case.tag), case.tag)
            person.import_tags = world.newest({**person.import_tags, fold(case.tag): NOW})
    updated = [(before[key], dataclasses.replace(person)) for key, person in touched.items() if key in before]
    settled = _unify(world, {person.id for person in touched.values()})
    numbers = ImportNumbers(
        rows=len(case.rows),
        customers=len(touched),
        created=len(touched) - len(updated),
        updated=len(updated),
        unchanged=sum((old.values, old.verified) == (new.values, new.verified) for old, new in updated),
        failed=len(failed),
        blocked_matched=sum(new.blocked_at is not None for _, new in updated),
        opt_ins=sum(any(old.values[key] and not new.values[key] for key in OPT_OUTS) for old, new in updated),
        tags_left_out=left_out,
        unified=len(settled.unified),
        unify_pending=len(settled.pending),
    )
    return numbers, failed, settled


def _unify(world: World, touched: Collection[int]) -> Settled:
    """Let leads go into members, once for the whole import (R41-R43)."""
    people = {person.id: person for person in world.people}
    known = {person.id: _known(person) for person in world.people}
    for person in world.people:
        member = known.get(person.waits_for or 0)
        if person.waits_for is not None and not (member and known[person.id].contacts() & member.contacts()):
            person.waits_for = None
    waiting = {person.id: person.waits_for for person in world.people if person.waits_for is not None}
    settled = settle(known.values(), touched, waiting, NOW)
    for link, _ in settled.unified:
        lead, member = people.pop(link.lead_id), people[link.member_id]
        both = (
            (tag, max(lead.import_tags.get(tag, 0), member.import_tags.get(tag, 0)))
            for tag in {*lead.import_tags, *member.import_tags}
        )
        member.import_tags = world.newest(dict(both))
    for link in settled.pending:
        people[link.lead_id].waits_for = link.member_id
    for number, person in people.items():
        after = settled.people[number]
        person.values = {TAGS: (), **after.profile.values}
        person.verified, person.updated_at = after.profile.verified, after.updated_at
        person.last_seen_at, person.sessions_count = after.last_seen_at, after.sessions_count
    world.people = list(people.values())
    return settled


def _known(person: Person) -> Known:
    values = {key: value for key, value in person.values.items() if (key, value) != (TAGS, ())}
    return Known(
        person.id,
        MEMBER_ID in values,
        Profile(values, person.verified),
        person.created_at,
        person.updated_at,
        person.last_seen_at,
        person.sessions_count,
        person.blocked_at is not None,
    )


def _met(world: World, case: Case, value: Value) -> Person | None:
    """Return whom a row meets, as the rows above left everybody."""
    if case.target is Target.MEMBER:
        return next((person for person in world.people if person.values.get(MEMBER_ID) == value), None)
    key = case.match_field

    def comparable(text: Value) -> str:
        return email_key(str(text)) if key == EMAIL else str(text)

    candidates = [
        person.as_candidate(number)
        for number, person in enumerate(world.people)
        if key in person.verified and comparable(person.values[key]) == comparable(value)
    ]
    chosen = choose(candidates)
    return world.people[chosen.id] if chosen else None


def _spelt(world: World, values: Mapping[str, Value]) -> dict[str, Value]:
    tags = values.get(TAGS, ())
    assert isinstance(tags, tuple)
    return {**values, TAGS: tuple(world.spellings[str(tag)] for tag in tags)}


# -- random worlds and files


def choice(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


def _list_of(texts: Sequence[object]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


MANY_TAGS = [f"t{number}" for number in range(19)]
BIG = [f"{number}" + "가" * 500 for number in range(11)]
CELLS: dict[str, st.SearchStrategy[str]] = {
    MEMBER_ID: choice("m1", "m2", "m3", " m1 ", "M1", "00m", ""),
    "profile.name": choice("김민수", "Ann", " Ann ", "", "가" * 513),
    EMAIL: choice("a@x.kr", "A@X.kr", "b@x.kr", "straße@x.kr", "STRASSE@x.kr", "", "bad"),
    MOBILE_NUMBER: choice("+82 010-2000-0001", "+821020000001", "+82 010-2000-0002", "", "010"),
    "profile.landlineNumber": choice("+82 2-2000-0000", "", "+82 010-2000-0001"),
    "profile.description": choice("memo", "줄\n바꿈", ""),
    "profile.lastCheckoutCompletedAt": choice("2024-01-02", "1700000000000", "", "2024.01.02"),
    TAGS: st.one_of(
        choice('["VIP"]', '["vip","Gold"]', '["gold"]', '["등급/골드","a/B"]', "[]", "", "VIP", '["Vip","vIP","x"]'),
        st.just(_list_of(MANY_TAGS)),
        st.just(_list_of([*MANY_TAGS, "t19", "T20"])),
        st.just(_list_of(["u1", "u2", "t1", "VIP"])),
    ),
    OPT_OUTS[0]: choice("true", "false", "Y", "No", "1", "", "maybe"),
    OPT_OUTS[1]: choice("true", "false", "0", "n", ""),
    "profile.text": choice("x", "", "=1+1", '"', "a\\b"),
    "profile.amount": choice("1", "1.0", "0.5", "-3", "", "1,000"),
    "profile.isVip": choice("yes", "no", ""),
    "profile.day": choice("2024-02-29", "", "2023-02-29"),
    "profile.moment": choice("2024-01-02T03:04:05.678+09:00", ""),
    "profile.likes": st.one_of(
        choice('["a"]', '["a","b"]', '["b","c","B"]', "[]", "", "a"),
        st.just(_list_of([f"i{number}" for number in range(120)])),
        st.just(_list_of([f"k{number}" for number in range(120)])),
        st.just(_list_of(BIG[:6])),
        st.just(_list_of(BIG[5:])),
    ),
    "profile.sizes": choice("[1,2.5]", "[2.5,3]", "[]", "", '["1"]'),
}
"""Few different cells, so that rows meet customers and each other; some of each kind are refused."""
GOOD_CELLS = {
    name: cells.filter(lambda text, one=FIELDS[name]: not isinstance(parse_cell(text, one), Problem))
    for name, cells in CELLS.items()
}
KEY_CELLS = {name: GOOD_CELLS[name].filter(bool) for name in (MEMBER_ID, EMAIL, MOBILE_NUMBER)}
OFTEN = (TAGS, "profile.likes", EMAIL, MOBILE_NUMBER)


@st.composite
def people(draw: st.DrawFn, *, apart: bool) -> list[tuple[Person, dict[str, str]]]:
    """Draw customers with the spellings of their tags; `apart`: more of them, and no two have a key in common."""
    found: list[tuple[Person, dict[str, str]]] = []
    for number in range(draw(st.integers(5, 9) if apart else st.integers(1, 6))):
        names = draw(st.sets(st.sampled_from([*sorted(FIELDS), *OFTEN, MEMBER_ID]), max_size=8)) | {EMAIL, *OPT_OUTS}
        cells = {name: draw(KEY_CELLS.get(name, GOOD_CELLS[name])) for name in sorted(names)}
        if apart:
            cells |= {MEMBER_ID: f"m{number}", EMAIL: f"p{number}@x.kr", MOBILE_NUMBER: f"+82102000100{number}"}
        row = row_parser([FIELDS[name] for name in cells], EMAIL)(list(cells.values()))
        values = {**dict.fromkeys(OPT_OUTS, False), **row.values}
        taken = {person.values.get(MEMBER_ID) for person, _ in found}
        if values.get(MEMBER_ID) in taken:
            values.pop(MEMBER_ID, None)
        tags = values.pop(TAGS, ())
        assert isinstance(tags, tuple)
        spellings = {fold(str(tag)): str(tag) for tag in reversed(tags)}
        values[TAGS] = tuple(dict.fromkeys(fold(str(tag)) for tag in tags))
        contacts = {EMAIL, MOBILE_NUMBER} & values.keys()
        import_tags = draw(st.sampled_from([[], ["may"], ["june", "may"], [f"i{number}" for number in range(30)]]))
        person = Person(
            values,
            frozenset(draw(st.sets(st.sampled_from(sorted(contacts)))) if contacts else ()),
            created_at=1000,
            last_seen_at=draw(st.sampled_from([1000, 2000])),
            updated_at=draw(st.sampled_from([None, 1500, 2500])),
            blocked_at=draw(st.sampled_from([None, None, None, 3000])),
            import_tags={tag: given_at for given_at, tag in enumerate(import_tags)},
            sessions_count=draw(st.sampled_from([0, 0, 3])),
        )
        if MEMBER_ID not in values:
            ways = [ago for ago, (other, _) in enumerate(reversed(found), 1) if MEMBER_ID in other.values]
            person.waits_for = draw(st.sampled_from([None, *ways]))
        found.append((person, spellings))
    return found


@st.composite
def echoes(draw: st.DrawFn, person: Person, columns: Sequence[str | None]) -> tuple[str, ...]:
    """Draw a row that holds what a customer has already, but for a cell or two: most rows of a real file do."""
    values = {key: print_value(value, FIELDS[key].type) for key, value in person.values.items()}
    cells = [values.get(name, "") if name else "?" for name in columns]
    for index in draw(st.lists(st.integers(0, len(columns) - 1), max_size=2)):
        name = columns[index]
        cells[index] = draw(GOOD_CELLS[name] if name else choice("?", ""))
    return tuple(cells)


@st.composite
def cases(draw: st.DrawFn, *, again: Sequence[Person]) -> Case:
    """Draw an import, or, where there are people to be imported `again`, one of rows that hold what they have."""
    target, key = draw(
        st.sampled_from([(Target.MEMBER, None), (Target.LEAD, LeadKey.EMAIL), (Target.LEAD, LeadKey.MOBILE_NUMBER)])
    )
    match_field = f"profile.{key.value}" if key else MEMBER_ID
    others = sorted(FIELDS.keys() - {match_field} - ({MEMBER_ID} if key else set()))
    often = [name for name in OFTEN if name in others]
    names = list(dict.fromkeys(draw(st.lists(st.sampled_from([*others, *often]), max_size=9))))
    if draw(st.sampled_from([True, True, False])):
        names = list(dict.fromkeys([*names, *OPT_OUTS]))
    if again and draw(st.booleans()):
        names = list(dict.fromkeys([*names, *(name for name in (NAME, EMAIL, MOBILE_NUMBER) if name in others)]))
    columns: list[str | None] = [match_field, None, *names]
    order = draw(st.permutations(range(len(columns))))
    columns = [columns[index] for index in order]
    # Mostly good cells: else no row of many columns would ever be applied.
    good = [
        KEY_CELLS[match_field] if name == match_field else GOOD_CELLS[name] if name else choice("?", "")
        for name in columns
    ]
    any_cells = [CELLS[name] if name else choice("?", "") for name in columns]
    row: st.SearchStrategy[tuple[str, ...]] = st.tuples(*good)
    others = [st.tuples(*any_cells), st.tuples(*any_cells), st.tuples(*good, choice("one cell too many"))]
    kinds = st.sampled_from([row] * 15 + others).flatmap(lambda kind: kind)
    rows = draw(st.lists(kinds, min_size=0 if again else 2, max_size=1 if again else 14))
    rows = [*(draw(echoes(person, columns)) for person in again), *rows]
    return Case(
        target,
        key,
        draw(st.sampled_from(EmptyPolicy)),
        draw(st.sampled_from([None, "May", "may", "July"])),
        tuple(columns),
        tuple(rows),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[tuple[Person, dict[str, str]]], Case]:
    """Draw people and an import: one that meets everybody and itself, or one of people who are known already."""
    apart = draw(st.booleans())
    drawn = draw(people(apart=apart))
    return drawn, draw(cases(again=[person for person, _ in drawn] if apart else []))


# -- the engine's side


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    """One database for all examples, emptied before each."""
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("agreement") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "now_ms", lambda _: NOW)
        with workspace.transaction(None) as connection:
            for position, one in enumerate(CUSTOM):
                connection.exec_driver_sql(
                    "INSERT INTO field (key, type, label, position) VALUES (?, ?, ?, ?)",
                    (one.key, one.type.value, one.label, position),
                )
        yield workspace
    workspace.close()


def fill(workspace: Workspace, drawn: Sequence[tuple[Person, dict[str, str]]]) -> World:
    """Put customers into the emptied database; return the same world for the reference."""
    world = World([], {}, {})
    with workspace.transaction(None, changes_customers=True) as connection:
        for table in ("customer", "tag", "import_tag", "import_failure", "unification"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for person, spellings in drawn:
            columns = columns_of(Profile(person.values, person.verified)) | {
                "created_at": person.created_at,
                "last_seen_at": person.last_seen_at,
                "updated_at": person.updated_at,
                "blocked_at": person.blocked_at,
                "sessions_count": person.sessions_count,
            }
            number = stored.insert(connection, columns)
            for tag, spelling in spellings.items():
                world.spellings.setdefault(tag, spelling)
            stored.set_tags(connection, number, list(map(str, _spelt(world, person.values)[TAGS])))
            for tag, given_at in person.import_tags.items():
                world.import_spellings.setdefault(tag, tag)
                connection.exec_driver_sql(
                    "INSERT INTO import_tag (key, name, given_at) VALUES (?, ?, 1) ON CONFLICT DO NOTHING", (tag, tag)
                )
                connection.exec_driver_sql(
                    "INSERT INTO customer_import_tag SELECT ?, id, ? FROM import_tag WHERE key = ?",
                    (number, given_at, tag),
                )
            person = dataclasses.replace(person, id=number)
            if person.waits_for is not None:
                person.waits_for = world.people[-person.waits_for].id
                connection.exec_driver_sql(
                    "INSERT INTO pending_unification (lead_id, member_id, contact, candidates, since, manager)"
                    " VALUES (?, ?, ?, '[]', 1, 'lee')",
                    (number, person.waits_for, EMAIL),
                )
            world.people.append(person)
    return world


def read(workspace: Workspace) -> list[dict[str, Any]]:
    """Return all customers in the order of their ids."""
    found = []
    with workspace.reading(None) as connection:
        ids = connection.exec_driver_sql("SELECT id FROM customer ORDER BY id").scalars().all()
        rows = stored.by_ids(connection, ids)
        for number in ids:
            row = rows[number]
            values = values_of((row[column] for column in COLUMNS_BY_KEY.values()), row["custom"])
            flags = {EMAIL: row["email_verified"], MOBILE_NUMBER: row["mobile_number_verified"]}
            found.append(
                {
                    "values": {**values, TAGS: tuple(json.loads(row["tags"]))},
                    "verified": {key for key, is_verified in flags.items() if is_verified},
                    "search_text": row["search_text"],
                    "email_key": row["email_key"],
                    "import_tags": json.loads(row["import_tags"]),
                    "waits": [one[1] for one in json.loads(row["pending"]) if one[0] == number],
                    "moments": tuple(row[name] for name in MOMENTS),
                }
            )
    return found


def expected(world: World) -> list[dict[str, Any]]:
    """Return what `read` must give."""
    found = []
    for person in world.people:
        columns = columns_of(Profile(person.values, person.verified))
        found.append(
            {
                "values": _spelt(world, person.values),
                "verified": set(person.verified),
                "search_text": columns["search_text"],
                "email_key": columns["email_key"],
                "import_tags": [world.import_spellings[tag] for tag in person.import_tags],
                "waits": [] if person.waits_for is None else [person.waits_for],
                "moments": tuple(getattr(person, name) for name in MOMENTS),
            }
        )
    return found


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(worlds())
def test_r29_an_import_equals_its_rows_applied_one_by_one(
    tmp_path: Path, workspace: Workspace, world_and_file: tuple[list[tuple[Person, dict[str, str]]], Case]
) -> None:
    drawn, case = world_and_file
    world = fill(workspace, drawn)
    path = write_csv(tmp_path / "file.csv", [[name or "?" for name in case.columns], *case.rows])
    request = ask(path, case.columns, case.target, case.key, case.policy, case.tag)
    *_, planned = prepare_import(workspace, request, threading.Event())
    assert isinstance(planned, Planned), planned
    planned_failures = list(failed_rows_of(workspace, planned.prepared))
    *_, applied = apply_import(workspace, planned.prepared, threading.Event())
    assert isinstance(applied, Applied), applied

    numbers, failed, settled = apply_one_by_one(world, case)
    assert planned.prepared.numbers == applied.numbers == numbers
    assert {row.row_number: row.problems for row in planned_failures} == failed
    for row in planned_failures:
        cells = (*case.rows[row.row_number - 2],)
        assert row.cells == tuple(cell for cell, name in zip(cells, case.columns, strict=False) if name)
    assert read(workspace) == expected(world)
    with workspace.reading(None) as connection:
        spelt = dict(connection.exec_driver_sql("SELECT key, name FROM tag").all())
        links = connection.exec_driver_sql(
            "SELECT lead_id, member_id, contact, candidates, choices, import_id FROM unification"
        ).all()
    assert spelt == world.spellings
    assert {row[0]: (*row[1:3], json.loads(row[3]), json.loads(row[4]), row[5]) for row in links} == {
        link.lead_id: (link.member_id, link.contact, list(link.candidates), dict(choices), applied.import_id)
        for link, choices in settled.unified
    }
