"""How one customer looks."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.core.fields import FieldType
from crm_tui.core.talk import Direction
from crm_tui.i18n import Language
from crm_tui.services import conversations, customers
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from tests.tui.pilots import press, settle, type_text
from tests.tui.places import add_leads, app_of, change, database
from tests.tui.profiles import add_fields, edit_elsewhere, stand_on

SIZES = ((80, 24), (140, 40))
DESCRIPTION = (
    "여름 행사에서 만났습니다.\n다음 달에 다시 연락하기로 했습니다. [중요] \u202e거꾸로\n" + "아주 긴 설명입니다 " * 20
)


def customer(folder: Path, state: str) -> str:
    path = database(folder)
    if state == "empty":
        add_leads(path, [{"email": "x@example.com"}])
        change(path, "UPDATE activity SET manager = '김매니저'")
        return path
    kinds = {"grade": FieldType.STRING, "vip": FieldType.BOOLEAN, "birthday": FieldType.DATE, "sizes": FieldType.LIST}
    add_fields(path, kinds)
    if state == "full":
        add_fields(path, {f"extra{n}": FieldType.STRING for n in range(12)})
    lead = {
        "name": "홍길동" * (1 if state != "full" else 40),
        "email": "hong@example.com",
        "mobileNumber": "+82 010-1234-5678",
        "description": DESCRIPTION if state == "full" else "여름 행사에서 만났습니다.",
        "tags": '["VIP","의류/상의"]',
        "vip": "true",
        "birthday": "2000-05-04",
        "sizes": '["M","L"]',
    }
    add_leads(path, [lead])
    edit_elsewhere(path, {"grade": "A"})
    change(path, "UPDATE activity SET manager = '김매니저'")
    change(path, "UPDATE customer SET email_verified = 0")
    if state == "full":
        change(path, "UPDATE customer SET blocked_at = 1780000000000, blocked_by = '김매니저', block_reason = '스팸'")
    return path


async def get_there(pilot: Pilot[None], path: str, state: str) -> None:
    app_of(pilot).open_profile(1)
    await settle(pilot)
    match state:
        case "wrong":
            stand_on(pilot, "profile.mobileNumber")
            await press(pilot, "delete")
            await type_text(pilot, "010-1234-5678")
            await press(pilot, "enter")
        case "editing":
            stand_on(pilot, "unsubscribeEmail")
            await press(pilot, "enter")
        case "stale":
            stand_on(pilot, "profile.name")
            await press(pilot, "enter", "2")
            edit_elsewhere(path, {"name": "[/b] 다른 이름"})
            await press(pilot, "enter")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["empty", "normal", "full", "wrong", "editing", "stale"])
def test_profile(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    path = customer(tmp_path, state)

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await get_there(pilot, path, state)

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)


def linked(folder: Path) -> str:
    """A member, 1, whom lead 2 went into and lead 3 waits for; lead 4 has the same e-mail, not verified."""
    shared = {"email": "hong@example.com"}
    path = database(folder, [{"name": "홍길동", **shared}, {"name": "김영희 [VIP]", "email": "kim@example.com"}])
    add_leads(path, [{"name": "길동이", "mobileNumber": "+82 010-1111-2222"}, {"email": "self@example.com"}])
    change(path, "UPDATE customer SET member_id = 'm1' WHERE id = 1")
    change(path, "UPDATE customer SET sessions_count = 1 WHERE id = 3")
    change(path, "UPDATE customer SET email = 'hong@example.com', email_verified = 0 WHERE id = 4")
    change(path, "UPDATE customer SET email_key = email WHERE id = 4")
    change(
        path, "INSERT INTO manager (name, role_id, added_at) SELECT '김매니저', id, 0 FROM role WHERE code = 'owner'"
    )
    workspace = open_workspace(path, manager="김매니저")
    for lead in (2, 3):
        customers.edit(workspace, lead, shared, unify=True)
    conversations.write_message(
        workspace, 1, Direction.IN, "주문한 상품이 아직 오지 않았습니다. 언제쯤 받을 수 있나요?"
    )
    conversations.write_message(workspace, 1, Direction.OUT, "내일 도착합니다.\n죄송합니다 [/b]")
    conversations.write_call(workspace, 1, Direction.IN, "배송 문의", 95)
    workspace.close()
    change(path, "UPDATE activity SET manager = '김매니저'")
    return path


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("state", "customer_id", "keys"),
    [
        ("member", 1, ()),
        ("end", 1, ("end",)),
        ("lead", 3, ()),
        ("why", 1, ("down", "down", "w")),
        ("verify", 4, ("v",)),
        ("unify", 4, ("v", "enter")),
    ],
    ids=["member", "end", "lead", "why", "verify", "unify"],
)
def test_life(
    snap_compare: Any,
    tmp_path: Path,
    frozen: int,
    state: str,
    customer_id: int,
    keys: tuple[str, ...],
    language: Language,
    size: tuple[int, int],
) -> None:
    path = linked(tmp_path)

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        app_of(pilot).open_profile(customer_id)
        await settle(pilot)
        await press(pilot, *keys)

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)
