"""How the contact list and its dialogs look."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.tui.app import CrmApp
from tests.tui.pilots import press, settle
from tests.tui.places import change, database, imported, write_file

SIZES = ((80, 24), (140, 40))
STATES: dict[str, tuple[str, ...]] = {
    "normal": ("down",),
    "wrong-query": ("slash", '=tag:"x'),
    "filtered": ("slash", "=member:no 서연", "enter"),
    "nothing-found": ("slash", "=zzz"),
    "side": ("b",),
    "profile": ("enter",),
    "help": ("f1",),
    "palette": ("ctrl+p", "=고객"),
    "add-lead": ("n", "=kim", "enter"),
    "marked": ("space", "down", "space", "right", "o"),
    "completion": ("slash", "=tag:", "down"),
    "conditions": ("slash", "=tag:단골 member:no", "tab", "right"),
    "columns": ("w", "down", "left_square_bracket"),
    "form": ("f", "=휴대폰", "tab"),
    "form-wrong": ("f", "down", "tab", "tab", "=7", "up", "=nothing"),
    "segment": ("slash", "=tag:단골", "enter", "plus", "=단골 손님"),
}
PEOPLE = (
    ("김민준", "minjun@example.com", "+821012345678", "00123", 3600),
    ("이서연", "seoyeon@example.com", None, None, 7200),
    ("[/b] [VIP] 박", None, "+821098765432", None, 90_000),
    (
        "남궁 세라와 아주 긴 이름을 가진 고객",
        "a.very.long.address.indeed@subdomain.example.com",
        None,
        "m-7",
        9_000_000,
    ),
    (None, "alex@example.com", "+441912345678", None, 99_000_000),
)


def filled(folder: Path, now_ms: int) -> str:
    path = database(folder)
    for name, email, mobile, member_id, seconds_ago in PEOPLE:
        change(
            path,
            "INSERT INTO customer (member_id, name, email, email_key, email_verified, mobile_number, "
            "mobile_number_verified, custom, unsubscribe_email, unsubscribe_texting, created_at, last_seen_at, "
            "sessions_count, search_text) VALUES (?, ?, ?, ?, 1, ?, 1, '{}', 0, 1, ?, ?, 0, ?)",
            *(member_id, name, email, email, mobile, now_ms - 100_000_000_000, now_ms - 1000 * seconds_ago, name or ""),
        )
    imported(path, write_file(folder, ["seoyeon@example.com,,n,n,"]), "여름 행사")
    change(path, "INSERT INTO tag (key, name) VALUES ('등급/골드', '등급/골드'), ('단골', '단골')")
    change(path, "INSERT INTO customer_tag VALUES (1, 1, 0), (1, 2, 1), (2, 2, 0)")
    change(path, "INSERT INTO segment (key, name, line) VALUES ('단골 리드', '단골 리드', 'tag:단골 member:no')")
    return path


def walk(keys: tuple[str, ...]) -> Callable[[Pilot[None]], Any]:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in keys:
            if key.startswith("="):
                line = pilot.app.focused
                line.show(key[1:])  # type: ignore[union-attr]
                await settle(pilot)
            else:
                await press(pilot, key)

    return run


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["empty", *STATES])
def test_contacts(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    path = database(tmp_path) if state == "empty" else filled(tmp_path, frozen)
    app = CrmApp(path, language=language)
    assert snap_compare(app, terminal_size=size, run_before=walk(STATES.get(state, ())))


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("state", ["normal", "add-lead"])
def test_contacts_over_a_slow_line(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, size: tuple[int, int]
) -> None:
    app = CrmApp(filled(tmp_path, frozen), language="ko", slow=True, ascii_only=True)
    assert snap_compare(app, terminal_size=size, run_before=walk(STATES[state]))
