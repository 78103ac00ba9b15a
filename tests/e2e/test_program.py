"""The program as a new user meets it: an empty home, a terminal of 80×24."""

import base64
import re

import pytest

from crm_tui.i18n import catalogue

QUIT = "\x11"


def first_line(language: str, name: str) -> str:
    return catalogue(language, "contacts")[name].splitlines()[0]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_new_user_is_greeted_loads_samples_and_quits(terminal, language):
    program = terminal("--lang", language)
    program.wait_for(first_line(language, "empty"))
    program.send("s")
    program.wait_for("김민준", "sample1@example.com")
    program.send(QUIT)
    assert program.end() == 0
    assert program.raw.count(b"\x1b[?1049h") == program.raw.count(b"\x1b[?1049l") == 1
    counted = terminal("mu")
    assert counted.end() == 0
    assert counted.text.strip() == "12"


def test_a_database_that_is_none_is_refused_with_a_sentence_and_the_terminal_is_given_back(terminal, tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear customer, " * 100)
    program = terminal("--db", path, "--lang", "en")
    assert program.end() == 1
    assert program.raw.count(b"\x1b[?1049h") == program.raw.count(b"\x1b[?1049l")
    assert "Traceback" not in program.text
    assert "crm-tui" in program.text


def test_ctrl_z_gives_the_shell_its_turn_and_fg_brings_the_screen_back(terminal, private_home):
    program = terminal("--lang", "en", in_shell=True)
    program.wait_for(first_line("en", "empty"))
    program.send("\x1a")
    program.wait_for("Stopped")
    assert program.raw.count(b"\x1b[?1049l") == 1
    program.send("fg\r")
    program.wait_until(lambda: program.raw.count(b"\x1b[?1049h") == 2, "the screen again")
    program.wait_for(first_line("en", "empty"))

    def has_quit():
        # The terminal itself swallows the key until the program reads keys again.
        program.send(QUIT)
        return program.raw.count(b"\x1b[?1049l") == 2

    program.wait_until(has_quit, "the end")


@pytest.mark.parametrize("options", [("--slow",), ()])
def test_a_window_that_changes_its_size_quickly_shows_all_again(terminal, options):
    program = terminal(*options, "--lang", "en")
    program.wait_for(first_line("en", "empty"))
    for rows, columns in ((60, 200), (15, 60), (10, 40), (60, 200), (15, 60), (24, 80)):
        program.resize(rows, columns)
    program.wait_for(first_line("en", "empty"), "F9 Settings", "^q Quit")
    program.send(QUIT)
    assert program.end() == 0


def test_no_color_and_slow_send_no_colour_and_fast_does(terminal):
    colour = re.compile(rb"\x1b\[[0-9;]*(3[0-7]|4[0-7]|[34]8;[25])[0-9;]*m")
    for options, environment, has_colour in (((), {}, True), ((), {"NO_COLOR": "1"}, False)):
        program = terminal(*options, "--lang", "en", **environment)
        program.wait_for(first_line("en", "empty"), "^q Quit")
        program.send(QUIT)
        assert program.end() == 0
        assert bool(colour.search(program.raw)) is has_colour


def test_what_is_copied_reaches_the_terminals_clipboard(terminal):
    program = terminal("--lang", "en")
    program.wait_for(first_line("en", "empty"))
    program.send("s")
    program.wait_for("sample1@example.com")
    program.send("y")
    program.wait_for("Copied: ")
    sent = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", program.raw)
    assert sent is not None
    assert f"Copied: {base64.b64decode(sent[1]).decode()}" in program.text


def test_a_config_file_changes_the_keys_and_a_wrong_one_is_told(terminal, tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text('[keys]\nquit = ["f10"]\nsamples = ["z", "ctrl+l"]\n')
    program = terminal("--lang", "en", CRM_TUI_CONFIG=str(path))
    program.wait_for(first_line("en", "empty"), "z   load sample", "F10 Quit")
    program.send("z")
    program.wait_for("sample1@example.com")
    program.send("\x1b[21~")
    assert program.end() == 0
    path.write_text('[keys]\nquit = ["f10"\n')
    program = terminal("--lang", "en", CRM_TUI_CONFIG=str(path))
    program.wait_for("keys.toml:2: a mistake", "^q Quit")
    program.send(QUIT)
    assert program.end() == 0
