"""What happens before a command runs: help, version, usage errors, the screen, the language."""

from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from crm_tui import __version__, config
from crm_tui import cli as cli_package
from crm_tui.cli import help as help_pages
from crm_tui.cli.cells import width
from crm_tui.cli.main import app
from crm_tui.cli.plain import PlainParameter
from crm_tui.cli.starting import Program, ScreenOptions, screen_options
from crm_tui.i18n import catalogue, set_language, t
from crm_tui.services.crash import log_crash

SLOW_TO_LOAD = ("textual", "sqlalchemy", "sqlmodel", "alembic", "phonenumbers")


def all_commands(command, path=("crm-tui",)):
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from all_commands(inner, (*path, name))


COMMANDS = dict(all_commands(get_command(app)))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--lang", "en", "--version"], ["import", "--help"]])
def test_help_and_version_wait_for_no_database_and_no_screen(process, arguments):
    script = (
        "import sys; from crm_tui.__main__ import main\n"
        "try: main()\n"
        f"finally: print(*(name for name in {SLOW_TO_LOAD!r} if name in sys.modules), file=sys.stderr)"
    )
    ended = process(*arguments, script=script)
    assert ended.err.split() == []
    assert ended.out.startswith(("사용법: crm-tui", f"crm-tui {__version__}"))


def test_listing_customers_loads_nothing_that_it_does_not_use(process):
    unused = ("pydantic", "alembic", "sqlmodel", "phonenumbers", "email_validator", "filelock", "xlsxwriter")
    script = (
        "import sys; from crm_tui.__main__ import main\n"
        "try: main()\n"
        f"finally: print('loaded', *(name for name in {unused!r} if name in sys.modules))"
    )
    assert process("contacts", "--limit", "50", script=script).out.splitlines()[-1] == "loaded"


TYPED = (
    "",
    "x",
    "a b",
    "0",
    "1",
    "7",
    "007",
    "-1",
    "+1",
    "1_0",
    "1.0",
    " 1",
    "٣",
    "9" * 30,
    "member",
    "MEMBER",
    "email",
    "keep",
)


def outcome(converter, value, parameter, context):
    try:
        return converter.coerce(value, param=parameter, ctx=context)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("path", list(COMMANDS), ids=" ".join)
def test_what_is_taken_plainly_is_what_typer_makes_of_it(path):
    command = COMMANDS[path]
    context = command.make_context("crm-tui", [], resilient_parsing=True)
    for parameter in command.params:
        if isinstance(parameter.default, bool):
            continue  # a flag comes as it is
        is_many = parameter.multiple or parameter.nargs == -1
        own = type(parameter).get_runtime_param(parameter)
        ours = PlainParameter(parameter)
        typed = ((), TYPED[:1], *((one, "2") for one in TYPED), ("5", "12")) if is_many else (parameter.default, *TYPED)
        for value in (None, *typed):
            expected, found = (outcome(one, value, parameter, context) for one in (own, ours))
            assert (found, type(found)) == (expected, type(expected)), (parameter.name, value)


def test_every_parameter_is_taken_plainly_and_help_too():
    for command in COMMANDS.values():
        context = command.make_context("crm-tui", [], resilient_parsing=True)
        assert all("get_runtime_param" in vars(one) for one in command.get_params(context))


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], ScreenOptions()),
        (["--db", "a.db", "--lang", "en"], ScreenOptions("a.db", "en")),
        (["--slow", "--ascii", "--no-mouse"], ScreenOptions(slow=True, ascii_only=True, no_mouse=True)),
        (["--slow", "--fast"], ScreenOptions(slow=False)),
        (["contacts"], None),
        (["--db", "a.db", "contacts"], None),
        (["--db"], None),
        (["--db", "--fast"], None),
        (["--db", ""], None),
        (["--db=a.db"], None),
        (["--lang", "de"], None),
        (["--lang"], None),
        (["--help"], None),
        (["--version"], None),
        (["--no-slow"], None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_only_what_is_plainly_no_command_opens_the_screen_at_once(arguments, options):
    assert screen_options(arguments) == options


def test_the_screen_is_refused_without_a_terminal_before_the_commands_are_loaded(process):
    script = "import sys; from crm_tui.__main__ import main\ntry: main()\nfinally: print('typer' in sys.modules)"
    for arguments, sentence in (
        ([], t("cli.no_terminal")),
        (["--db", "mysql://x"], t("cli.database_unknown", scheme="mysql")),
    ):
        ended = process(*arguments, script=script)
        assert (ended.code, ended.out, ended.err) == (2, "False\n", f"{sentence}\n")


def test_ctrl_c_while_the_program_is_still_loaded_ends_it_without_a_word(process):
    script = """
import sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == "crm_tui.cli.output":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from crm_tui.__main__ import main
main()
"""
    for arguments in ([], ["contacts"]):
        ended = process(*arguments, script=script)
        assert (ended.code, ended.out, ended.err) == (130, "", "")


def test_help_and_version_make_no_database(private_home, process, database):
    database.unlink()
    for arguments in (["--version"], ["--help"], ["contacts", "--help"]):
        assert process(*arguments).code == 0
    assert not database.exists()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", list(COMMANDS), ids=" ".join)
def test_every_command_has_a_help_page_in_both_languages(cli, monkeypatch, language, path):
    monkeypatch.setenv("COLUMNS", "80")
    ended = cli("--lang", language, *path[1:], "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith({"ko": "사용법: ", "en": "Usage: "}[language] + " ".join(path))
    for parameter in COMMANDS[path].params:
        assert parameter.opts[-1] in ended.out or parameter.metavar in ended.out
    if isinstance(COMMANDS[path], TyperGroup):
        assert all(f"\n  {name} " in ended.out for name in COMMANDS[path].commands)
    assert max(map(width, ended.out.splitlines())) <= 80


def test_no_help_text_is_left_over():
    used = {"any__help", "program"}
    for path, command in COMMANDS.items():
        key = "_".join(path[1:]) or "program"
        used.add(key)
        for parameter in command.params:
            used |= {f"{key}__{parameter.name}", f"any__{parameter.name}"}
    assert set(catalogue("ko", "cli_help")) == set(catalogue("en", "cli_help"))
    assert set(catalogue("ko", "cli_help")) <= used


def test_every_sentence_of_the_command_line_is_used_and_there_in_both_languages():
    sources = "".join(path.read_text("utf-8") for path in Path(cli_package.__file__).parent.glob("*.py"))
    phases = {"reading", "planning", "applying"}
    messages = {f"usage_{key}" for _, key in help_pages._MESSAGES}
    assert set(catalogue("ko", "cli")) == set(catalogue("en", "cli"))
    assert {key for key in catalogue("ko", "cli") if f"cli.{key}" not in sources} == phases | messages


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bogus"], "없는 옵션입니다: --bogus"),
        (["imports", "show", "1", "--jso"], "없는 옵션입니다: --jso (혹시 --json?)"),
        (["contact"], "없는 명령입니다: contact (혹시 contacts?)"),
        (["zzz"], "없는 명령입니다: zzz"),
        (["contacts", "--lang", "en"], "--lang 은(는) 명령 앞에 씁니다. 예: crm-tui --lang … contacts"),
        (["show", "1", "2"], "남는 인자가 있습니다: 2 (빈칸이 있는 값은 따옴표로 묶어 주세요.)"),
        (["show", "abc"], "ID 의 값이 올바르지 않습니다. 쓸 수 있는 값: 1 이상의 정수"),
        (["show", "--email"], "--email 뒤에 값이 필요합니다."),
        (["contacts", "--count=3"], "--count 에는 값을 쓰지 않습니다."),
        (["contacts", "--limit", "-1"], "--limit 의 값이 올바르지 않습니다. 쓸 수 있는 값: 0 이상의 정수"),
        (["import", "a.csv"], "빠졌습니다: --target"),
        (["import", "--target", "member"], "빠졌습니다: FILE"),
        (["import", "a.csv", "--target", "x"], "--target 의 값이 올바르지 않습니다. 쓸 수 있는 값: member | lead"),
        (["imports", "failed", "1"], "빠졌습니다: -o / --output"),
        (["imports", "nix"], "없는 명령입니다: nix"),
        (["fields", "add", "a", "b"], "빠졌습니다: LABEL"),
        (["imports", "--json", "show", "1"], "--json 은 맨 뒤에 씁니다: crm-tui imports show … --json"),
        (["--lang", "de"], "--lang 의 값이 올바르지 않습니다. 쓸 수 있는 값: ko | en"),
        (["--slow", "mu"], "--slow, --fast, --ascii, --no-mouse 는 명령 없이 화면을 열 때만 씁니다."),
        (
            ["--db", "postgresql+psycopg://host/crm", "mu"],
            "아직 쓸 수 없는 데이터베이스입니다: postgresql+psycopg. 파일 경로나 sqlite:/// 주소를 써 주세요.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_in_korean_and_ends_with_2(cli, arguments, sentence):
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[0] == sentence
    if len(ended.err.splitlines()) > 1:
        assert ended.err.splitlines()[1].startswith("도움말: crm-tui")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--lang", "en", "zzz"], "There is no command zzz"),
        (["--lang=en", "show", "x"], "The value of ID is not right. It may be: a whole number from 1 on"),
        (["--db", "x.db", "--lang", "en", "--bogus"], "There is no option --bogus"),
    ],
)
def test_wrong_usage_is_told_in_english(cli, arguments, sentence):
    ended = cli(*arguments)
    assert (ended.code, ended.err.splitlines()[0]) == (2, sentence)


def test_the_language_comes_from_the_environment_where_nothing_is_asked(cli, monkeypatch):
    monkeypatch.setenv("CRM_TUI_LANG", "en")
    assert cli("show", "99").err == "There is no customer 99.\n"
    assert "99" in cli("--lang", "ko", "show", "99").err
    monkeypatch.setenv("CRM_TUI_LANG", "ko")
    assert cli("show", "99").err != "There is no customer 99.\n"


def test_without_a_terminal_there_is_no_screen(cli, process):
    ended = cli()
    assert (ended.code, ended.err) == (2, t("cli.no_terminal") + "\n")
    assert process().code == 2


@pytest.mark.parametrize(
    ("arguments", "ssh", "program"),
    [
        ([], "", Program(None, "ko", False, False, True)),
        ([], "10.0.0.1 50000 10.0.0.2 22", Program(None, "ko", True, False, True)),
        (["--fast"], "10.0.0.1 50000 10.0.0.2 22", Program(None, "ko", False, False, True)),
        (["--slow", "--ascii", "--no-mouse"], "", Program(None, "ko", True, True, False)),
        (["--lang", "en", "--db", "other.db"], "", Program("other.db", "en", False, False, True)),
    ],
)
def test_without_a_command_the_screen_opens(cli, monkeypatch, arguments, ssh, program):
    monkeypatch.setenv("SSH_CONNECTION", ssh)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    opened = []

    def open_program(asked: Program) -> int:
        opened.append(asked)
        return 7

    assert cli(*arguments, open_program=open_program).code == 7
    assert opened == [program]


def test_another_database_is_used_when_it_is_named(cli, tmp_path, monkeypatch):
    cli("add", "--email", "one@example.com")
    other = tmp_path / "other.db"
    assert cli("--db", other, "mu").out == "0\n"
    assert cli("--db", f"sqlite:///{other}", "mu").out == "0\n"
    monkeypatch.setenv("CRM_TUI_DB", str(other))
    assert cli("mu").out == "0\n"
    monkeypatch.delenv("CRM_TUI_DB")
    assert cli("mu").out == "1\n"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_file_that_is_no_database_is_refused_with_one_sentence(cli, tmp_path, language):
    path = tmp_path / "letter.db"
    path.write_text("Dear customer, " * 100)
    set_language(language)
    ended = cli("--lang", language, "--db", path, "mu")
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1)
    assert str(path) in ended.err
    assert path.read_text().startswith("Dear customer")


def test_a_fault_of_the_program_shows_nobodys_data(cli, monkeypatch, private_home):
    def fail(*_: object) -> None:
        raise RuntimeError("홍길동 +821020203030")

    monkeypatch.setattr("crm_tui.services.managed.managed", fail)
    ended = cli("mu")
    log = config.state_folder() / "crash.log"
    assert ended.err == t("cli.bug", path=log) + "\n"
    assert (ended.code, ended.out) == (1, "")
    assert "홍길동" not in ended.err
    assert "Traceback" not in ended.err
    assert "홍길동" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700
    cli("mu")
    assert log.read_text().count("RuntimeError: 홍길동") == 2


def test_a_log_of_faults_does_not_grow_for_ever(private_home):
    log = config.state_folder() / "crash.log"
    log.write_bytes(b"old\n" * 300_000)
    assert log_crash(RuntimeError("new")) == log
    assert "old" not in log.read_text()
    assert "RuntimeError: new" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_fault_is_told_even_where_no_log_can_be_written(cli, monkeypatch, private_home, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    def fail(*_: object) -> None:
        raise RuntimeError("홍길동")

    monkeypatch.setattr("crm_tui.cli.opening.tidy", lambda _: None)
    monkeypatch.setattr("crm_tui.services.managed.managed", fail)
    ended = cli("mu")
    assert (ended.code, ended.err) == (1, t("cli.bug_unlogged", kind="RuntimeError") + "\n")


def test_an_interrupted_command_ends_with_130(cli, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crm_tui.services.managed.managed", interrupt)
    assert cli("mu").code == 130


def test_typer_leaves_the_exception_hook_alone(process):
    script = "import sys; before = sys.excepthook\nfrom crm_tui.cli.main import run; run(['--version'], None, None); print(sys.excepthook is before)"
    assert process(script=script).out.splitlines()[-1] == "True"
