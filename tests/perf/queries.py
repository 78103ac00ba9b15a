"""Search lines as people type them, drawn from the customers of a database: seeded, so that everybody asks the same."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from crm_tui.core.fields import TAGS
from crm_tui.services.contact_list import count, page
from crm_tui.services.profiles import Customer
from crm_tui.services.workspace import Workspace
from tests.perf.made_database import IMPORT_TAG

_DRAWN_FROM = 2000
"""Customers, from all over the list."""
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_LIKE = "(name LIKE :{0} OR email LIKE :{0} OR mobile_number LIKE :{0})"
_TAGGED = (
    "EXISTS (SELECT 1 FROM customer_{1} l JOIN {1} t ON t.id = l.{1}_id WHERE l.customer_id = c.id AND t.name = :{0})"
)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Term:
    """A condition as the program takes it, and as a plain scan of the table would be asked for it."""

    line: str
    sql: str
    """With `{0}` in place of the parameter's name; "" where no plain scan can be asked."""
    value: object = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One search."""

    line: str
    sql: str
    params: Mapping[str, object]


Draw = Callable[[random.Random, Customer], Term | None]
"""Draws a search from a customer; None where they have nothing to be found by in this way."""


def draw(workspace: Workspace, number: int, seed: int = 1) -> Iterator[tuple[str, Sequence[Asked]]]:
    """Yield each kind of search with so many of its kind, and the same with a second condition."""
    source = random.Random(seed)
    customers = _customers(workspace, source)
    for name, term_of in KINDS.items():
        terms = list(islice(_terms(term_of, source, customers), number))
        if not terms:
            continue
        yield name, [_asked(term) for term in terms]
        yield (
            f"{name}, with a filter",
            [_asked(term, _filter(term_of, source, source.choice(customers))) for term in terms],
        )


def _customers(workspace: Workspace, source: random.Random) -> list[Customer]:
    """Return customers from a few places of the list, in random order."""
    customers: list[Customer] = []
    total = count(workspace).total
    places = min(20, total)
    for part in range(places):
        customers += page(workspace, offset=total * part // places, limit=_DRAWN_FROM // places, total=total)
    source.shuffle(customers)
    return customers


def _terms(term_of: Draw, source: random.Random, customers: Sequence[Customer]) -> Iterator[Term]:
    return filter(None, (term_of(source, customer) for customer in customers))


def _asked(*terms: Term) -> Asked:
    names = [f"p{place}" for place in range(len(terms))]
    conditions = [term.sql.format(name) for term, name in zip(terms, names, strict=True)]
    values = {name: term.value for term, name in zip(terms, names, strict=True)}
    return Asked(" ".join(term.line for term in terms), " AND ".join(conditions) if all(conditions) else "", values)


def _text(customer: Customer, key: str) -> str:
    return str(customer.get(key) or "")


def _word(text: str) -> Term:
    return Term(text, _LIKE, f"%{text}%")


def _given_name(source: random.Random, customer: Customer) -> Term | None:
    name = _text(customer, "profile.name")
    return _word(name[-2:]) if len(name) == 3 and _is_hangul(name) else None


def _whole_name(source: random.Random, customer: Customer) -> Term | None:
    name = _text(customer, "profile.name")
    return _word(name) if len(name) == 3 and _is_hangul(name) else None


def _initials(source: random.Random, customer: Customer) -> Term | None:
    name = _text(customer, "profile.name")
    if len(name) != 3 or not _is_hangul(name):
        return None
    return Term("".join(_INITIALS[(ord(one) - ord("가")) // 588] for one in name), "")


def _is_hangul(text: str) -> bool:
    return all("가" <= one <= "힣" for one in text)


def _fragment(source: random.Random, customer: Customer) -> Term | None:
    address = _text(customer, "profile.email").partition("@")[0]
    return _word(address[-6:]) if len(address) > 6 else None


def _domain(source: random.Random, customer: Customer) -> Term | None:
    return _word(_text(customer, "profile.email").partition("@")[2])


def _last_digits(source: random.Random, customer: Customer) -> Term | None:
    return _word(_text(customer, "profile.mobileNumber")[-4:])


def _nobody(source: random.Random, customer: Customer) -> Term | None:
    return _word("".join(source.choices("뷁꿹쉙쀍", k=2)) if source.random() < 0.5 else f"zq{source.randrange(10**5)}x")


def _one_letter(source: random.Random, customer: Customer) -> Term | None:
    return _word(source.choice("abeghijknosuy"))


def _two_letters(source: random.Random, customer: Customer) -> Term | None:
    return _word(_text(customer, "profile.email")[:2])


def _seen_since(source: random.Random, customer: Customer) -> Term | None:
    day_ms = customer.last_seen_at // _DAY_MS * _DAY_MS
    day = datetime.fromtimestamp(day_ms / 1000, UTC)
    return Term(f"lastSeenAt>={day:%Y-%m-%dT%H:%MZ}", "last_seen_at >= :{0}", day_ms)


def _sessions(source: random.Random, customer: Customer) -> Term | None:
    number = source.randrange(10, 40)
    return Term(f"sessionsCount>={number}", "sessions_count >= :{0}", number)


def _points(source: random.Random, customer: Customer) -> Term | None:
    number = source.randrange(1000, 100_000)
    return Term(f"points>={number}", "json_extract(custom, '$.points') >= :{0}", number)


def _birthday(source: random.Random, customer: Customer) -> Term | None:
    day = _text(customer, "profile.birthday")
    return Term(f"birthday={day}", "json_extract(custom, '$.birthday') = :{0}", day) if day else None


def _city(source: random.Random, customer: Customer) -> Term | None:
    city = _text(customer, "profile.city")
    return Term(f"city={city}", "json_extract(custom, '$.city') = :{0}", city)


def _tag(source: random.Random, customer: Customer) -> Term | None:
    tags = customer.get(TAGS)
    return Term(f"tag:{tags[0]}", _TAGGED.format("{0}", "tag"), tags[0]) if isinstance(tags, tuple) and tags else None


def _import_tag(source: random.Random, customer: Customer) -> Term | None:
    return Term(f"import:{IMPORT_TAG}", _TAGGED.format("{0}", "import_tag"), IMPORT_TAG)


def _filter(term_of: Draw, source: random.Random, customer: Customer) -> Term:
    """Return a condition of another kind; a number, which everybody has, where it were a tag of somebody without."""
    others = [one for one in (_tag, _points, _city) if one is not term_of]
    drawn = source.choice(others)(source, customer) or _points(source, customer)
    assert drawn is not None
    return drawn


KINDS: Mapping[str, Draw] = {
    "two syllables of a name": _given_name,
    "three syllables": _whole_name,
    "초성 of three": _initials,
    "end of an e-mail's name": _fragment,
    "an e-mail domain": _domain,
    "last four digits": _last_digits,
    "no hit": _nobody,
    "one letter": _one_letter,
    "two letters": _two_letters,
    "a built-in date": _seen_since,
    "a built-in number": _sessions,
    "a custom number": _points,
    "a custom date": _birthday,
    "a custom text": _city,
    "a tag": _tag,
    "an import tag": _import_tag,
}
