"""The program as a new user meets it: an empty home, a terminal of 80×24."""

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
