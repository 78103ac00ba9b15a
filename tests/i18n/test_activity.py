"""What was done, in sentences (R52): one for every kind of line, in both languages."""

from typing import Any

import pytest

from crm_tui.core.fields import BUILT_IN_FIELDS
from crm_tui.core.permissions import Permission
from crm_tui.core.unification import Occasion
from crm_tui.i18n import Language, catalogue, set_language
from crm_tui.i18n.activity import describe_activity, describe_happening, kind_name
from crm_tui.services.activity import ActivityKind

FIELDS = {field.key: field for field in BUILT_IN_FIELDS}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", ActivityKind)
def test_every_kind_has_a_name_and_a_sentence_even_where_a_line_says_nothing_more(
    language: Language, kind: ActivityKind
) -> None:
    set_language(language)
    assert kind_name(kind)
    for details in ({}, {"tags": [1], "names": ()}, {"import": None, "created": "x", "limit": [], "permissions": 1}):
        assert describe_activity(kind, details, FIELDS)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_word_that_a_line_may_hold_is_translated(language: Language) -> None:
    words = catalogue(language, "activity")
    assert {f"occasion_{one.value}" for one in Occasion} <= words.keys()
    assert {f"permission_{one.value}" for one in Permission} <= catalogue(language, "team").keys()


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        ("customer_edited", {"fields": ["profile.name", "profile.gone"]}, "edited: Name, profile.gone"),
        ("tags_added", {"tags": [1, 2], "names": ("vip",), "left_out": 3}, "tags added: vip, 1 gone, 3 tags left out"),
        (
            "import_applied",
            {"import": 4, "created": 1234, "updated": 0, "failed": 2, "unified": 0, "unify_pending": 0},
            "import 4: 1,234 created, 0 updated, 2 failed",
        ),
        (
            "import_applied",
            {"import": 4, "created": 1, "updated": 0, "failed": 2, "unified": 5, "unify_pending": 6},
            "import 4: 1 created, 0 updated, 5 unified, 6 pending, 2 failed",
        ),
        ("unified", {"occasion": "visit", "count": 2}, "unified (visit), leads: 2"),
        ("unify_declined", {"contact": "profile.email"}, "unification declined: E-mail"),
        ("talked", {"talk": "call", "direction": "missed"}, "written down: missed call"),
        ("visited", {"login": False, "became_member": False, "returned": False}, "visited"),
        ("visited", {"login": True, "became_member": True}, "visited, login, became a member"),
        ("audience_exported", {"count": 2, "channel": "texting"}, "audience exported: text messages"),
        ("withdrawn", {"by": "memberId", "missing": 3, "count": 2}, "withdrawals by Member ID: 3 not found"),
        ("manager_added", {"name": "kim", "role": "owner"}, "manager added: kim (owner)"),
        ("role_changed", {"role": "CS", "permissions": ["settings"]}, "role changed: CS (settings)"),
        ("role_added", {"role": "CS", "permissions": []}, "role added: CS (nothing)"),
        ("limit_set", {"limit": None, "hidden": 0}, "MU limit: none, 0 customers hidden"),
        ("limit_set", {"limit": 1000, "hidden": 1}, "MU limit: 1,000, 1 customers hidden"),
        ("refused", {"permission": "delete_customers"}, "refused: delete customers"),
    ],
)
def test_r52_a_line_says_what_was_done(kind: str, details: dict[str, Any], sentence: str) -> None:
    set_language("en")
    assert describe_activity(ActivityKind(kind), details, FIELDS) == sentence


def test_a_kind_that_this_version_does_not_know_is_said_to_be_that() -> None:
    set_language("en")
    assert describe_activity(None, {"a": 1}, FIELDS) == kind_name(None) == "something that this version does not know"


def test_of_one_customer_it_is_not_said_how_many_others_were_unified() -> None:
    set_language("en")
    details = {"occasion": "visit", "count": 3}
    assert describe_happening(ActivityKind.UNIFIED, details, {}) == "unified (visit)"
    assert describe_happening(ActivityKind.BLOCKED, {}, {}) == describe_activity(ActivityKind.BLOCKED, {}, {})
