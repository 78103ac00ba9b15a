"""Which field a file's column is meant for (R22): keys, labels and usual names, in Korean and English."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crm_tui.core.fields import OPT_OUTS, SYSTEM_KEYS, Field
from crm_tui.core.synonyms import CONSENT, MAYBE, REMARKS, SYNONYMS

CERTAIN_SCORE = 0.95
"""From this likeness on a column is mapped without asking: a key, a label or a name that means one field only."""
MAYBE_SCORE = 0.9
SUGGESTION_SCORE = 0.75
"""Below this likeness a column is not even suggested."""
_AS_LAST_TIME = 2.0
"""Above every likeness."""
_MAX_LENGTH = 200
"""A longer header is no name of a field."""
_PARTS = re.compile(r"[/|()\[\]（）［］【】]")


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
    """Return a header as headers are compared: NFC, no case, letters and digits only, without "profile."."""
    folded = unicodedata.normalize("NFC", text).casefold().strip().removeprefix("profile.")
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")


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
    names = _Names(fields)
    chosen_before = {_spelled(header): key for header, key in (previous or {}).items()}
    used = Counter(bare(header) for column, header in enumerate(headers) if column not in skipped)
    ranked: list[tuple[float, int, str, bool]] = []
    unknown: dict[str, list[int]] = {}
    for column, header in enumerate(headers):
        if column in skipped:
            continue
        is_repeated = used[bare(header)] > 1  # which of them is meant, only the manager knows
        if (spelled := _spelled(header)) in chosen_before and not is_repeated:
            key = chosen_before[spelled]
            if key is None:
                continue
            if key in names.keys:
                ranked.append((_AS_LAST_TIME, column, key, True))
                continue
        found = names.meant_by(header)
        if found is None:
            unknown.setdefault(bare(header), []).append(column)
        elif found:
            # A name that means two fields equally means neither for sure.
            best, *others = sorted(found.values(), reverse=True)
            is_sure = best >= CERTAIN_SCORE and best not in others and not is_repeated
            ranked.extend((score, column, key, is_sure and score == best) for key, score in found.items())
    ranked.extend(names.likenesses(unknown))
    return _one_to_one(headers, ranked)


def _one_to_one(headers: Sequence[str], ranked: list[tuple[float, int, str, bool]]) -> tuple[Proposal, ...]:
    """Give each field to the column that likes it most, the first of equals, and each column one field at most."""
    chosen: dict[int, Proposal] = {}
    taken: set[str] = set()
    for score, column, key, is_certain in sorted(ranked, key=lambda one: (-one[0], one[1])):
        if column not in chosen and key not in taken:
            chosen[column] = Proposal(column, headers[column], key, min(score, 1.0), is_certain)
            taken.add(key)
    return tuple(chosen.get(column, Proposal(column, header, None, 0.0, True)) for column, header in enumerate(headers))


class _Names:
    """What the fields may be called."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.keys = {field.key for field in fields}
        self._known: dict[str, dict[str, float]] = {}
        for field in fields:
            for name in (field.key, field.label):
                self._add(name, field.key, 1.0)
            for place, name in enumerate(SYNONYMS.get(field.key, ())):
                self._add(name, field.key, 0.999 - place / 2000)
            for name in MAYBE.get(field.key, ()):
                self._add(name, field.key, MAYBE_SCORE)

    def _add(self, name: str, key: str, score: float) -> None:
        if wanted := bare(name):
            scores = self._known.setdefault(wanted, {})
            scores[key] = max(score, scores.get(key, 0.0))

    def meant_by(self, header: str) -> Mapping[str, float] | None:
        """Return the fields that a header names, by likeness; empty if it is to stay alone, None if it names none."""
        if len(header) > _MAX_LENGTH or not (wanted := bare(header)):
            return {}
        # A key as it stands in an export means its field and nothing else, whatever labels managers gave.
        if header in SYSTEM_KEYS and f"profile.{header}" not in self.keys:
            return {}
        if header in self.keys:
            return {header: 1.0}
        if wanted in self._known:
            return self._known[wanted]
        if _is_consent(wanted):
            return None
        parts = [part for part in map(bare, _PARTS.split(header)) if part and part not in _REMARKS]
        meant = [self._known[part] for part in parts if part in self._known]
        shared = [key for key in meant[0] if all(key in scores for scores in meant)] if meant else []
        if shared:
            # "E-mail (필수)", "이름/Name" say one thing; "연락처(직장)" says something more.
            most = 1.0 if len(meant) == len(parts) else MAYBE_SCORE
            return {key: min(most, *(scores[key] for scores in meant)) for key in shared}
        return {} if meant or wanted in _SYSTEM_NAMES else None

    def likenesses(self, unknown: Mapping[str, Sequence[int]]) -> list[tuple[float, int, str, bool]]:
        """Return what headers that name no field look like, as far as it is worth a suggestion."""
        best: dict[tuple[str, str], float] = {}
        matcher = SequenceMatcher(autojunk=False)
        for name, scores in self._known.items():
            # SequenceMatcher remembers what it knows of its second text, and two bounds cost much less than the ratio.
            matcher.set_seq2(name)
            for wanted in unknown:
                matcher.set_seq1(wanted)
                if matcher.real_quick_ratio() < SUGGESTION_SCORE or matcher.quick_ratio() < SUGGESTION_SCORE:
                    continue
                score = min(matcher.ratio(), MAYBE_SCORE)
                for key in scores if score >= SUGGESTION_SCORE else ():
                    best[wanted, key] = max(score, best.get((wanted, key), 0.0))
        return [
            (score, column, key, False)
            for (wanted, key), score in best.items()
            if key not in OPT_OUTS or not _is_consent(wanted)
            for column in unknown[wanted]
        ]


def _spelled(header: str) -> str:
    return unicodedata.normalize("NFC", header).strip()


def _is_consent(wanted: str) -> bool:
    rest = wanted.replace("unsubscribe", "")
    return any(part in rest for part in CONSENT)


_REMARKS = frozenset(map(bare, REMARKS))
_SYSTEM_NAMES = frozenset(map(bare, SYSTEM_KEYS))
