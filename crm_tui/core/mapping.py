"""Which field a file's column is meant for (R22): keys, labels and usual names, in Korean and English."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crm_tui.core.fields import Field

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "memberId": ("회원번호", "회원아이디", "회원ID", "고객번호", "아이디", "user id", "customer id", "member no", "id"),
    "profile.name": ("이름", "성함", "성명", "고객명", "회원명", "full name", "customer name"),
    "profile.email": ("이메일", "메일", "메일주소", "이메일주소", "전자우편", "e-mail", "mail", "email address"),
    "profile.mobileNumber": (
        "휴대폰",
        "휴대전화",
        "핸드폰",
        "휴대폰번호",
        "휴대전화번호",
        "핸드폰번호",
        "연락처",
        "모바일",
        "mobile",
        "mobile phone",
        "cell phone",
    ),
    "profile.landlineNumber": ("유선전화", "유선번호", "집전화", "일반전화", "landline", "tel"),
    "profile.description": ("설명", "메모", "비고", "memo", "note", "notes"),
    "profile.lastCheckoutCompletedAt": ("최근구매일", "최근구매일시", "마지막구매일", "last order date"),
    "tags": ("태그", "고객태그", "tag"),
    "unsubscribeEmail": ("이메일수신거부", "메일수신거부", "email opt out", "email unsubscribed"),
    "unsubscribeTexting": ("문자수신거부", "SMS수신거부", "문자메시지수신거부", "sms opt out", "texting unsubscribed"),
}
"""Names that mean one field and no other. What may mean two (전화번호, 수신거부) is only suggested."""

_SUGGESTED: Mapping[str, tuple[str, ...]] = {
    "profile.mobileNumber": ("전화번호", "전화", "phone", "phone number"),
    "unsubscribeEmail": ("수신거부", "광고수신거부", "unsubscribe", "opt out"),
}
SUGGESTION_SCORE = 0.75
"""Below this likeness a column is not even suggested."""
_NOISE = re.compile(r"[\s_\-.*()\[\]]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one column is probably for."""

    column: int
    """Index in the file, from 0."""
    header: str
    field: str | None
    """A field's key; None: nothing fits, or the manager chose not to import it last time."""
    score: float
    """Likeness from 0 to 1."""
    is_certain: bool
    """Only certain ones are mapped without asking."""


def bare(text: str) -> str:
    """Return a header as headers are compared: NFC, no case, no spaces or punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFC", text).casefold().removeprefix("profile."))


def propose(
    headers: Sequence[str],
    fields: Sequence[Field],
    *,
    skipped: Collection[int] = (),
    previous: Mapping[str, str | None] | None = None,
) -> tuple[Proposal, ...]:
    """Return a proposal for each column; no field is proposed twice.

    Args:
        headers: The file's header row.
        fields: What may be mapped.
        skipped: Columns that are not data (the first three of a file of failed rows).
        previous: The mapping, by header, that was applied last to a file with these headers.
    """
    names = {field.key: _names(field) for field in fields}
    maybe = {key: {bare(name) for name in _SUGGESTED.get(key, ())} for key in names}
    ranked: list[tuple[int, float, int, str]] = []
    for column, header in enumerate(headers):
        wanted = bare(header)
        if column in skipped or not wanted:
            continue
        for key in names:
            if previous is not None and header in previous:
                if previous[header] == key:
                    ranked.append((0, 1.0, column, key))
            elif wanted in names[key]:
                ranked.append((1, 1.0, column, key))
            else:
                score = 0.9 if wanted in maybe[key] else max(_likeness(wanted, name) for name in names[key])
                if score >= SUGGESTION_SCORE:
                    ranked.append((2, score, column, key))
    chosen: dict[int, tuple[int, float, str]] = {}
    taken: set[str] = set()
    for rank, score, column, key in sorted(ranked, key=lambda one: (one[0], -one[1], one[2])):
        if column not in chosen and key not in taken:
            chosen[column] = (rank, score, key)
            taken.add(key)
    return tuple(
        Proposal(column, header, chosen[column][2], chosen[column][1], chosen[column][0] < 2)
        if column in chosen
        else Proposal(column, header, None, 0.0, True)
        for column, header in enumerate(headers)
    )


def _names(field: Field) -> set[str]:
    names = {bare(field.key), *(bare(name) for name in SYNONYMS.get(field.key, ()))}
    return names | ({bare(field.label)} if field.label else set())


def _likeness(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right).ratio()
