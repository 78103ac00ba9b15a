"""The whole way of a new user, in a real terminal: a CP949 file with faults in, its failed rows mended and in as well."""

import openpyxl
import pytest

from crm_tui.i18n import catalogue

UP, ENTER, NEXT, QUIT = "\x1b[A", "\r", "\x0e", "\x11"
HEADERS = "회원번호,이름,휴대폰,이메일,메일수신거부,문자수신거부"
FAULTY_ROWS = ("77,틀린번호,010-1234-5678,wrong@example.com,no,no", ",빈회원번호,,,no,no")


class Wizard:
    """Walks through the import wizard, waiting for each step to be there."""

    def __init__(self, terminal, language):
        self.terminal = terminal
        self.words = catalogue(language, "wizard")

    def wait_for_step(self, name, *texts):
        self.terminal.wait_for(f"[{self.words[f'step_{name}']}]", *texts)

    def import_file(self, name, reading, rows, tag, failed):
        """Import the file `name` for members; the screen shows the result then."""
        words, terminal = self.words, self.terminal
        terminal.send("i")
        self.wait_for_step("target", words["target_lead_email"])
        terminal.send(UP)
        terminal.wait_for(f"> (•) {words['target_member']}")
        terminal.send(ENTER)
        self.wait_for_step("file", name)
        terminal.send(name)
        terminal.wait_for(f"/{name}")
        terminal.send(ENTER)
        self.wait_for_step("file", reading, words["reading_hint"].split(" ")[0])
        terminal.send(ENTER)
        self.wait_for_step("columns", words["counts_done"].partition(" · ")[0].format(total=rows))
        terminal.send(NEXT)
        self.wait_for_step("settings", tag)
        terminal.send(NEXT)
        counted = f"{failed}  {words['n_failed']}"
        self.wait_for_step("check", words["no_undo"][:20], f"> {words['start']} <", counted)
        terminal.send(ENTER)
        self.wait_for_step("result", words["done"].partition(" (")[0], f"{rows - failed}  {words['n_created']}")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_new_user_imports_a_file_with_faults_finds_its_customers_and_mends_the_rest(terminal, private_home, language):
    folder = private_home / "files"
    folder.mkdir()
    good = "".join(
        f"{number},김민준{number},+82 10-2020-{number:04},m{number}@example.com,no,yes\n" for number in range(12)
    )
    text = f"{HEADERS}\n{good}" + "".join(f"{row}\n" for row in FAULTY_ROWS)
    (folder / "5월고객.csv").write_bytes(text.encode("cp949"))
    program = terminal("--lang", language, cwd=folder)
    wizard = Wizard(program, language)
    program.wait_for(catalogue(language, "contacts")["empty"].splitlines()[0])

    wizard.import_file("5월고객.csv", "CP949", rows=14, tag="5월고객", failed=2)
    program.send("s")
    failed_name = wizard.words["failed_name"].format(stem="5월고객", number=1)
    program.wait_for(wizard.words["save_failed_title"], failed_name)
    program.send(ENTER)
    program.wait_until(lambda: (folder / failed_name).exists(), "the failed rows")
    wizard.wait_for_step("result", failed_name)
    program.send("f")
    program.wait_for("import:", "5월고객", "김민준11", "1 / 12")

    mend(folder / failed_name, folder / "고친행.xlsx")
    wizard.import_file("고친행.xlsx", "xlsx", rows=2, tag="고친행", failed=0)
    program.send("f")
    program.wait_for("import:", "고친행", "빈회원번호", "+821012345678", "1 / 2")
    program.send(QUIT)
    assert program.end() == 0
    counted = terminal("contacts", "import:5월고객", "--count")
    assert (counted.end(), counted.text.strip()) == (0, "12")


def mend(failed, mended):
    book = openpyxl.load_workbook(failed)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert [row[:2] for row in sheet.iter_rows(2, values_only=True)] == [
        ("14", "profile.mobileNumber"),
        ("15", "memberId"),
    ]
    sheet.cell(2, header.index("profile.mobileNumber") + 1).value = "+82 10-1234-5678"
    sheet.cell(3, header.index("memberId") + 1).value = "78"
    book.save(mended)
