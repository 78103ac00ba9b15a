"""The first step: members or leads, and the template (R19, R20, R24)."""

from pathlib import Path

import openpyxl
import pytest

from crm_tui.core.vocabulary import LeadKey, Target
from crm_tui.i18n import Language
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.screens.import_wizard.save_file import SaveFile
from tests.tui.pilots import drawn, press, type_text, words
from tests.tui.wizard import SMALL, draft_of, open_wizard, running


@pytest.mark.parametrize(
    ("language", "warning"), [("ko", "두 사람의 정보가 섞이고"), ("en", "mixes two people's data")]
)
async def test_r24_the_target_step_warns_of_wrong_member_ids(tmp_path: Path, language: Language, warning: str) -> None:
    async with running(tmp_path, language, SMALL) as pilot:
        await open_wizard(pilot)
        assert warning in words(pilot)


async def test_r19_arrows_or_letters_of_either_keyboard_choose_whom(tmp_path: Path) -> None:
    async with running(tmp_path) as pilot:
        await open_wizard(pilot)
        for key, chosen in (
            ("down", (Target.LEAD, LeadKey.MOBILE_NUMBER)),
            ("ㅏ", (Target.LEAD, LeadKey.EMAIL)),
            ("k", (Target.MEMBER, None)),
            ("ㅓ", (Target.LEAD, LeadKey.EMAIL)),
        ):
            await press(pilot, key)
            assert (draft_of(pilot).target, draft_of(pilot).key) == chosen
            line = next(line for line in drawn(pilot).splitlines() if "(•)" in line)
            assert line.lstrip().startswith("> (•)")


async def test_r20_a_template_is_saved_from_here_and_where_is_said(tmp_path: Path, private_home: Path) -> None:
    keys = {"members": "memberId", "leads-email": "profile.email", "leads-mobile": "profile.mobileNumber"}
    async with running(tmp_path) as pilot:
        await open_wizard(pilot)
        await press(pilot, "home")
        for name, key in keys.items():
            await press(pilot, "ㄴ")  # what the key s sends with a Korean keyboard on
            assert isinstance(pilot.app.screen, SaveFile)
            await press(pilot, "enter")
            saved = private_home / f"{name}-template.xlsx"
            assert saved.name in words(pilot)
            assert openpyxl.load_workbook(saved).worksheets[0].cell(1, 1).value == key
            await press(pilot, "down")


async def test_a_template_is_saved_where_the_manager_says_and_letters_type(tmp_path: Path) -> None:
    folder = tmp_path / "자료"
    folder.mkdir()
    async with running(tmp_path, "ko") as pilot:
        await open_wizard(pilot)
        await press(pilot, "s")
        line = pilot.app.screen.query_one("#save-path")
        line.show(f"{tmp_path}/자")  # type: ignore[attr-defined]
        await press(pilot, "tab")
        await type_text(pilot, "s")
        await press(pilot, "enter")
        assert (folder / "s.xlsx").exists()
        await press(pilot, "s", "tab", "escape")
        assert isinstance(pilot.app.screen, ImportWizard)


async def test_saving_into_a_folder_takes_the_proposed_name(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await open_wizard(pilot)
        await press(pilot, "s")
        pilot.app.screen.query_one("#save-path").show(str(tmp_path))  # type: ignore[attr-defined]
        await press(pilot, "tab", "down", "enter")
        assert (tmp_path / "leads-email-template.xlsx").exists()
