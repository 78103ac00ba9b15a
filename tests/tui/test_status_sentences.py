"""What is told in the line at the bottom can be read to its end at 80 columns."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import crm_tui.tui
from crm_tui.i18n import Language, set_language, t
from crm_tui.tui import keys

CELLS = 78
"""Of 80, with one left free on either side."""
USUAL: dict[str, tuple[str, ...]] = {
    "count": ("1,234", "120"),
    "customers": ("1,234",),
    "field": ("마케팅 문자 수신 거부", "Opt-out of texting"),
    "failed": ("17",),
    "hidden": ("1,234",),
    "fields": ("이메일, 휴대폰 번호", "Email, Mobile number"),
    "id": ("12",),
    "into": ("의류/상의",),
    "label": ("회원 등급", "Membership"),
    "limit": ("1,000",),
    "name": ("의류/하의", "spring sale"),
    "new": ("의류/바지",),
    "path": ("/home/minsu/customers-2026-05-29.xlsx",),
    "text": ("minsu.kim@example.com",),
    "what": ("내보내기", "Export"),
    "where": ("config.toml",),
    "who": ("김민수", "Minsu Kim"),
    "why": ("",),
}
"""What a sentence names, as it usually is; why something failed is a sentence of its own behind it."""
TOLD = (
    "blocked.rows_too_long",
    "blocked.too_many_to_copy",
    *(
        f"contacts.{name}"
        for name in (
            "added",
            "cannot_suspend",
            "copied",
            "copy_too_long",
            "marks_wait",
            "mistake_first",
            "no_segment",
            "nothing_to_copy",
            "quit_running",
            "rows_copied",
            "rows_too_long",
            "segment_deleted",
            "segment_lineless",
            "segment_renamed",
            "segment_saved",
            "too_many_to_copy",
        )
    ),
    *(
        f"desk.{name}"
        for name in (
            "all_gone",
            "cannot_stop",
            "changed_elsewhere",
            "exported",
            "gone",
            "import_running",
            "kept_for_later",
            "never_empty",
            "nobody",
            "not_editable",
            "not_saved",
            "quit_unsaved",
            "quit_working",
            "saved",
            "saving",
            "still_working",
            *(
                f"{deed}{number}"
                for deed in ("blocked", "consented", "deleted", "tagged", "unblocked")
                for number in ("", "_one", "_none")
            ),
        )
    ),
    *(
        f"settings.{name}"
        for name in (
            "deleted",
            "field_added",
            "field_archived",
            "field_labelled",
            "field_restored",
            "merge_nothing",
            "merged",
            "renamed",
        )
    ),
    "config.ignored",
    "activity.nobody",
    "activity.saved",
    "profile.unify_open",
    "profile.went_into",
    "reach.limit_none",
    "reach.limit_set",
    "team.own_rights",
    "imports.no_tag",
    "imports.not_applied",
    "imports.saved",
    "errors.failed_rows_expired",
    "errors.failed_rows_none",
    *(f"imports.ended_{name}" for name in ("applied", "planned", "changed", "cancelled")),
)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_is_not_cut_off_at_80_columns(language: Language, name: str) -> None:
    set_language(language)
    keys.change({})  # their names in the sentences are in this language too
    place = 0 if language == "ko" else -1
    sentence = t(name, **{param: values[place] for param, values in USUAL.items()})
    assert cell_len(sentence) <= CELLS, sentence


def test_every_sentence_that_is_told_is_measured() -> None:
    told: set[str] = set()
    for path in Path(crm_tui.tui.__file__).parent.rglob("*.py"):
        if "import_wizard" not in path.parts and path.parent.name != "dialogs":  # these have lines that wrap
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell":
                    told.update(name for argument in node.args for name in names_in(argument))
    assert "desk.nobody" in told
    assert told - set(TOLD) == set()


def names_in(argument: ast.expr) -> Iterator[str]:
    """Give the names of the sentences that are written out in an expression."""
    for call in ast.walk(argument):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "t":
            for one in ast.walk(call.args[0]):
                if (
                    isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and re.fullmatch(r"\w+\.\w+", one.value)
                ):
                    yield one.value
