"""What a query means for one customer."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType, Value
from crm_tui.core.query import Query, Vocabulary, matches, parse_query
from crm_tui.core.query.texts import simple_fold, spellings_of

FIELDS = (
    *BUILT_IN_FIELDS,
    Field("profile.points", FieldType.NUMBER),
    Field("profile.birthday", FieldType.DATE),
    Field("profile.hobbies", FieldType.LIST),
    Field("profile.sizes", FieldType.LIST_OF_NUMBER),
    *SYSTEM_FIELDS,
)
WORDS = Vocabulary(FIELDS, now_ms=1_750_000_000_000)


@dataclass
class Person:
    values: Mapping[str, Value]

    def get(self, key: str) -> Value | None:
        return self.values.get(key)


KIM = Person(
    {
        "id": 7,
        "memberId": "M1",
        "type": "member",
        "profile.name": "김민서 Hong",
        "profile.email": "Kim.Min@Example.com",
        "profile.mobileNumber": "+821020203030",
        "profile.landlineNumber": "+8221234567",
        "profile.description": "A straße in Seoul",
        "profile.points": 100,
        "profile.birthday": "2000-05-04",
        "profile.hobbies": ("Golf", "Chess"),
        "profile.sizes": (90, 95.5),
        "tags": ("VIP", "등급/골드"),
        "userImportTag": ("5월 고객",),
        "unsubscribeEmail": False,
        "createdAt": 1_749_000_000_000,
        "lastSeenAt": 1_749_900_000_000,
        "sessionsCount": 0,
        "blocked": False,
    }
)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "민서 hong",
        "kim.min@",
        "010-2020-3030",
        "+82 10 2020 3030",
        "3030",
        "ㄱㅁㅅ",
        "김ㅁㅅ",
        "ㅁㅅ",
        "ㄱㅁㅅ ho",
        "name:ㄱㅁㅅ",
        "name:ㅁㅅ",
        'name:("김민서 HONG" 이)',
        "hobbies:(golf)",
        "hobbies=(Golf)",
        "landlineNumber:02)123-4567",
        "landlineNumber:(02)123-4567",
        "landlineNumber:(02)123",
        "landlineNumber:((02)123-4567 x)",
        "mobileNumber:０１０－２０２０－３０３０",
        "mobileNumber:(０１０２０２０３０３０)",
        "０１０－２０２０－３０３０",
        "010)2020-3030",
        "email:(KIM.MIN@example.com)",
        "tag:vip tag:등급/골드",
        "tag:(nobody vip)",
        'import:"5월 고객"',
        "member:yes",
        "type:member",
        "points=100 points>99 points<=100 points!=5",
        "points>=100.0",
        "birthday:05-04 birthday:2000 birthday<2001",
        "hobbies:CHE hobbies=Golf",
        "sizes>95 sizes<91 sizes=95.5",
        "description:SEOUL",
        "landlineNumber:02-123",
        "landlineNumber=02-123-4567",
        "mobileNumber:010",
        "email=KIM.MIN@example.COM",
        "lastSeenAt<30d createdAt>10d",
        "has:birthday no:lastCheckoutCompletedAt",
        "no:updatedAt",
        "unsubscribeEmail:no blocked:no",
        "lee OR kim",
        "NOT lee",
        "NOT (lee OR tag:nobody)",
        "id:7",
        "memberId:m1 memberId=M1",
        "memberId!=m1",
        "updatedAt!=2026",
        "name>Z",
    ],
)
def test_a_line_finds_this_customer(line: str) -> None:
    query = parse_query(line, WORDS)
    assert isinstance(query, Query)
    assert matches(KIM, query)
    turned = parse_query(f"NOT ({line})", WORDS)
    assert not isinstance(turned, Query) or not matches(KIM, turned)


@pytest.mark.parametrize(
    "line",
    [
        "민서kim",
        "M1",
        "010-2020-3031",
        "ㄱㅅㅁ",
        "ㄲㅁㅅ",
        "tag:vi",
        "tag:등급",
        "member:no",
        "points>100",
        "birthday:05-05",
        "birthday>2000",
        "hobbies=golf",
        "hobbies=(golf)",
        "hobbies:(gol)",
        "name:(김민서)",
        "name:ㄱㅅ",
        "name=ㄱㅁㅅ",
        "memberId:(m1)",
        "description=seoul",
        "memberId=m1",
        "lastSeenAt>30d",
        "lastSeenAt<1h",
        "no:birthday",
        "updatedAt>1970",
        "updatedAt<2100",
        "kim lee",
        "NOT kim",
    ],
)
def test_a_line_does_not_find_this_customer(line: str) -> None:
    query = parse_query(line, WORDS)
    assert isinstance(query, Query)
    assert not matches(KIM, query)


@given(st.characters())
def test_all_spellings_of_a_character_are_folded_to_it(one: str) -> None:
    folded = simple_fold(one)
    assert one in spellings_of(folded)
    assert {simple_fold(other) for other in spellings_of(folded)} == {folded}
