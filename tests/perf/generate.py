"""Files of made-up customers for benchmarks: seeded, so that everybody measures the same rows.

A customer's number decides their id and contacts, the seed all the rest. Rows are made five thousand at a time, column by
column: a file of ten million rows takes no more memory than a short one.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from tests.perf.names import FAMILY, FOREIGN, GIVEN, HANDLES

VERSION = 2
"""Another one where the same seed gives other rows than before."""
FIELDS = (
    ("memberId", "회원번호"),
    ("profile.name", "이름"),
    ("profile.email", "이메일"),
    ("profile.mobileNumber", "휴대폰"),
    ("profile.landlineNumber", "유선전화"),
    ("profile.city", "city"),
    ("profile.grade", "grade"),
    ("profile.points", "points"),
    ("profile.spent", "spent"),
    ("profile.birthday", "birthday"),
    ("profile.joinedAt", "joinedAt"),
    ("tags", "태그"),
    ("unsubscribeEmail", "이메일수신거부"),
    ("unsubscribeTexting", "문자수신거부"),
    ("profile.description", "메모"),
)
"""Field key and header of the 15 columns of members."""
LEAD_FIELDS = FIELDS[1:]
"""The same of leads, who have no id."""
CUSTOM_FIELDS = (
    ("city", "string"),
    ("grade", "string"),
    ("points", "number"),
    ("spent", "number"),
    ("birthday", "date"),
    ("joinedAt", "datetime"),
)
FAULTS = 0.01
"""Share of rows with one bad cell, where nothing else is said."""

_AT_ONCE = 5000
_MOBILES = 10**8
_NAMES = 40_000
_CITIES = ("서울", "부산", "대구", "인천", "광주", "대전", "울산", "수원", "제주", "청주", "전주", "창원")
_GRADES = ("골드", "실버", "브론즈")
_MAIL = (
    *("naver.com",) * 9,
    *("gmail.com",) * 6,
    *("daum.net", "hanmail.net", "kakao.com") * 2,
    *("nate.com", "outlook.com", "icloud.com", "example.com", "shop.co.kr"),
)
_TAGS = ("단골", "등급/골드", "등급/실버", "여름행사", "신규", "도매", "관심/신발", "관심/가방", "휴면예정", "리뷰작성")
_ENDINGS = (
    "문자보다 전화 선호.",
    "교환 한 번.",
    "선물 포장을 자주 부탁.",
    "재입고 알림 신청.",
    "오전 배송 희망.",
    "포인트 문의.",
    "매장 방문 예약.",
    "다음 달에 다시 연락.",
)
_FAULTY = (
    ("profile.email", "골뱅이없음"),
    ("profile.mobileNumber", "010-1234"),
    ("profile.points", '"1,000"'),
    ("profile.birthday", "2001.02.30"),
    ("unsubscribeEmail", "아마도"),
)

Columns = dict[str, list[str]]
"""Cells by field key, as they stand in the file: quoted where they must be."""
Contacts = Callable[[int], tuple[str, str]]
"""From a customer's number to their e-mail address and mobile number."""


def member_contacts(number: int) -> tuple[str, str]:
    """Return the e-mail address and the mobile number of a member; nobody else has them."""
    handle, mail = HANDLES[number * 40_503 % len(HANDLES)], _MAIL[number * 7 // 3 % len(_MAIL)]
    return f"{handle}{number}@{mail}", _mobile(number)


def lead_contacts(number: int) -> tuple[str, str]:
    """Return those of a lead: of ten, one has a member's e-mail address, one a member's mobile number."""
    email, mobile = member_contacts(number)
    kind = number % 10
    if kind == 0:
        return email, mobile
    return f"lead.{email}", mobile if kind == 1 else _mobile(number + _MOBILES // 2)


def write_members(path: Path, rows: int, *, seed: int = 1, changed: float = 0.0, faults: float = FAULTS) -> None:
    """Write a UTF-8 CSV file of `rows` members with 15 columns.

    Args:
        path: Where to.
        rows: Without the header.
        seed: The same seed gives the same file.
        changed: The share of rows that differ from the file without it: another memo, other points, or no memo any more.
        faults: The share of rows with one bad cell.
    """
    _write(path, FIELDS, _Source(seed, changed, faults, member_contacts), rows)


def write_leads(path: Path, rows: int, *, seed: int = 1, faults: float = FAULTS) -> None:
    """Write a UTF-8 CSV file of `rows` leads with 14 columns.

    Of the members of a file with as many rows, a tenth is met by the e-mail address, and a tenth of the leads goes into a
    member by the mobile number.
    """
    _write(path, LEAD_FIELDS, _Source(seed, 0.0, faults, lead_contacts), rows)


def _write(path: Path, fields: Sequence[tuple[str, str]], source: "_Source", rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(header for _, header in fields) + "\r\n")
        for columns in source.chunks(rows):
            lines = map(",".join, zip(*(columns[key] for key, _ in fields), strict=True))
            file.write("\r\n".join(lines) + "\r\n")


class _Source:
    """Draws customers. What is changed and what is faulty is drawn apart: the other cells are the same without it."""

    def __init__(self, seed: int, changed: float, faults: float, contacts: Contacts) -> None:
        self._random = random.Random(seed)
        self._changes = random.Random(f"changes {seed}")
        self._faults = random.Random(f"faults {seed}")
        self._changed = changed
        self._faulty = faults
        self._contacts = contacts
        self._choices = _choices()

    def chunks(self, rows: int) -> Iterator[Columns]:
        for start in range(0, rows, _AT_ONCE):
            # Always as many: a short file is the beginning of a long one.
            columns = self._chunk(range(start, start + _AT_ONCE))
            self._change(columns)
            self._spoil(columns)
            yield {key: cells[: rows - start] for key, cells in columns.items()}

    def _chunk(self, numbers: range) -> Columns:
        drawn = {name: _draw(self._random, choices, len(numbers)) for name, choices in self._choices.items()}
        contacts = list(map(self._contacts, numbers))
        return {
            "memberId": [f"M{number:08}" for number in numbers],
            "profile.name": drawn["name"],
            "profile.email": [email for email, _ in contacts],
            "profile.mobileNumber": [mobile for _, mobile in contacts],
            "profile.landlineNumber": [
                f"+82 {area}-{line}" if area else "" for area, line in zip(drawn["area"], drawn["line"], strict=True)
            ],
            "profile.city": drawn["city"],
            "profile.grade": drawn["grade"],
            "profile.points": drawn["points"],
            "profile.spent": list(map(".".join, zip(drawn["won"], drawn["cents"], strict=True))),
            "profile.birthday": drawn["birthday"],
            "profile.joinedAt": list(map("T".join, zip(drawn["day"], drawn["time"], strict=True))),
            "tags": drawn["tags"],
            "unsubscribeEmail": drawn["noEmail"],
            "unsubscribeTexting": drawn["noTexting"],
            "profile.description": [
                f'"{name} 고객님, {memo}"' if memo else ""
                for name, memo in zip(drawn["name"], drawn["memo"], strict=True)
            ],
        }

    def _change(self, columns: Columns) -> None:
        if not self._changed:
            return
        for row, name in enumerate(columns["profile.name"]):
            if self._changes.random() >= self._changed:
                continue
            kind = self._changes.random()
            if kind < 0.5:
                columns["profile.description"][row] = f'"{name} 고객님, 지난주에 다시 방문."'
            elif kind < 0.75:
                columns["profile.points"][row] = str(100_001 + int(self._changes.random() * 100_000))
            else:
                columns["profile.description"][row] = ""

    def _spoil(self, columns: Columns) -> None:
        for row in range(len(columns["profile.name"])):
            if self._faults.random() < self._faulty:
                key, bad = _FAULTY[int(self._faults.random() * len(_FAULTY))]
                columns[key][row] = bad


def _draw(source: random.Random, choices: Sequence[str], rows: int) -> list[str]:
    # Of all that Random does, only the numbers of random() are promised to be the same with every Python.
    one, number = source.random, len(choices)
    return [choices[int(one() * number)] for _ in range(rows)]


def _mobile(number: int) -> str:
    """Return a number's mobile number, scattered as they are in life: the factor shares nothing with their count."""
    scattered = number * 7_654_321 % _MOBILES
    return f"+82 010-{scattered // 10_000:04}-{scattered % 10_000:04}"


@cache
def _choices() -> dict[str, Sequence[str]]:
    """Return what the cells are drawn from; a choice that stands there more than once comes more often."""
    source = random.Random("names")
    names = [one + two for one, two in zip(_draw(source, FAMILY, _NAMES), _draw(source, GIVEN, _NAMES), strict=True)]
    areas = [f"{area}-{exchange}" for area, exchange in product((2, 31, 51), range(2000, 10_000, 4))]
    birthdays = [
        f"{year}-{month:02}-{day:02}" for year, month, day in product(range(1950, 2009), range(1, 13), range(1, 29))
    ]
    memos = [
        f"{city} 매장에서 {times}번 구매. {ending}" for city, times, ending in product(_CITIES, range(1, 100), _ENDINGS)
    ]
    one_tag = [f'"[""{tag}""]"' for tag in _TAGS]
    return {
        "name": [*names, *FOREIGN * (_NAMES // 50 // len(FOREIGN))],
        "area": _with_blanks(areas, 0.1),
        "line": [f"{number:04}" for number in range(10_000)],
        "city": _CITIES,
        "grade": _GRADES,
        "points": [str(number) for number in range(100_001)],
        "won": [str(number) for number in range(100_000)],
        "cents": [f"{number:02}" for number in range(100)],
        "birthday": _with_blanks(birthdays, 0.05),
        "day": [
            f"20{year}-{month:02}-{day:02}" for year, month, day in product(range(15, 26), range(1, 13), range(1, 29))
        ],
        "time": [f"{hour:02}:{minute:02}:00+09:00" for hour, minute in product(range(8, 23), range(60))],
        "tags": [*one_tag * 6, *(one.replace("]", ',""vip""]') for one in one_tag * 3), *("",) * len(one_tag)],
        "noEmail": ("true", "false"),
        "noTexting": ("true", "false"),
        "memo": _with_blanks(memos, 0.15),
    }


def _with_blanks(choices: Sequence[str], share: float) -> Sequence[str]:
    return [*choices, *("",) * round(len(choices) * share / (1 - share))]
