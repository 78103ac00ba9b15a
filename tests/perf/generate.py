"""Files of made-up members for benchmarks: seeded, so that everybody measures the same rows."""

import csv
import random
from pathlib import Path

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
"""Field key and header of the 15 columns."""
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

_FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
_GIVEN = "민서준지우하윤도현예은수아시진유채원건호연재영"
_CITIES = ("서울", "부산", "대구", "인천", "광주", "대전", "울산", "수원", "제주")
_MAIL = ("naver.com", "gmail.com", "daum.net", "example.com", "shop.co.kr", "kakao.com")
_TAGS = ("단골", "등급/골드", "등급/실버", "여름행사", "신규", "도매")


def write_members(path: Path, rows: int, *, seed: int = 1, changed: float = 0.0, faults: float = FAULTS) -> None:
    """Write a UTF-8 CSV file of `rows` members with 15 columns.

    Args:
        path: Where to.
        rows: Without the header.
        seed: The same seed gives the same file.
        changed: The share of rows that get another description than without it.
        faults: The share of rows with one bad cell.
    """
    source = random.Random(seed)
    other = random.Random(seed + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([header for _, header in FIELDS])
        for number in range(rows):
            cells = _member(source, number, faults)
            if changed and other.random() < changed:
                cells[14] += " (바뀜)"
            writer.writerow(cells)


def _member(source: random.Random, number: int, faults: float) -> list[str]:
    name = source.choice(_FAMILY) + source.choice(_GIVEN) + source.choice(_GIVEN)
    day = f"{source.randint(1950, 2008)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}"
    cells = [
        f"M{number:08}",
        name,
        f"user{number}.{source.randint(0, 99)}@{source.choice(_MAIL)}",
        f"+82 010-{number // 10_000 % 10_000:04}-{number % 10_000:04}",
        f"+82 2-{source.randint(2000, 9999)}-{source.randint(0, 9999):04}",
        source.choice(_CITIES),
        source.choice(("골드", "실버", "브론즈")),
        str(source.randint(0, 100_000)),
        f"{source.randint(0, 9_999_999) / 100:.2f}",
        day,
        f"20{source.randint(15, 25)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}T09:{source.randint(0, 59):02}:00+09:00",
        f'["{source.choice(_TAGS)}"]' if source.random() < 0.7 else f'["{source.choice(_TAGS)}","vip"]',
        source.choice(("true", "false")),
        source.choice(("true", "false")),
        f"{name} 고객님, {source.choice(_CITIES)} 매장에서 {source.randint(1, 99)}번 구매. 문자보다 전화 선호.",
    ]
    if source.random() < faults:
        column, bad = source.choice(
            ((2, "골뱅이없음"), (3, "010-1234"), (7, "1,000"), (9, "2001.02.30"), (12, "아마도"))
        )
        cells[column] = bad
    return cells
