"""What happens around every command, and the full-screen program opened without loading the commands.

They take longer to load than the program's first frame, so nothing here may need typer.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, WrongUsage, refuse, report_bug, say
from crm_tui.i18n import Language, language, set_language, t
from crm_tui.services.errors import CrmError


@dataclass(frozen=True, slots=True)
class Program:
    """How the full-screen program is to be opened."""

    db: str | None
    language: Language
    is_slow: bool
    ascii_only: bool
    mouse: bool


@dataclass(slots=True)
class ScreenOptions:
    """What was typed behind `crm-tui`, where it is no command."""

    db: str | None = None
    lang: Literal["ko", "en"] | None = None
    slow: bool | None = None
    """None: as fast as the line is; over SSH it is taken for slow."""
    ascii_only: bool = False
    no_mouse: bool = False


def screen_options(arguments: Sequence[str]) -> ScreenOptions | None:
    """Return how the program is to be opened; None where the command line knows better: a command, or a slip."""
    options = ScreenOptions()
    words = iter(arguments)
    for word in words:
        match word:
            case "--db" if (path := next(words, "-")) and not path.startswith("-"):
                options.db = path
            case "--lang" if (lang := next(words, "")) in ("ko", "en"):
                options.lang = "ko" if lang == "ko" else "en"
            case "--slow" | "--fast":
                options.slow = word == "--slow"
            case "--ascii":
                options.ascii_only = True
            case "--no-mouse":
                options.no_mouse = True
            case _:
                return None
    return options


def open_screen(options: ScreenOptions, open_program: Callable[[Program], int]) -> int:
    """Open the full-screen program from the start; return its exit code."""
    set_language(options.lang)
    return ended(lambda: _open(options, open_program))


def _open(options: ScreenOptions, open_program: Callable[[Program], int]) -> int:
    check_database(options.db)
    return open_program(program_of(options))


def check_database(db: str | None) -> None:
    """Refuse a database of a kind that cannot be opened.

    Raises:
        WrongUsage: It is.
    """
    url = db or os.environ.get("CRM_TUI_DB") or ""
    if "://" in url and not url.startswith("sqlite:///"):
        raise WrongUsage(t("cli.database_unknown", scheme=url.partition("://")[0]))


def program_of(options: ScreenOptions) -> Program:
    """Return how the program is opened in this terminal.

    Raises:
        WrongUsage: There is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage(t("cli.no_terminal"))
    is_slow = options.slow if options.slow is not None else bool(os.environ.get("SSH_CONNECTION"))
    return Program(options.db, language(), is_slow, options.ascii_only, not options.no_mouse)


def ended(do: Callable[[], int]) -> int:
    """Do what was asked; return the exit code, and say what is wrong where it does not end well."""
    output.prepare_streams()
    code = _ended(do)
    try:
        output.finish()
    except output.ReaderGone:
        return code
    except CrmError as error:
        return refuse(error)
    return code


def _ended(do: Callable[[], int]) -> int:
    try:
        return do()
    except CrmError as error:
        return refuse(error)
    except WrongUsage as wrong:
        say(str(wrong))
        return Exit.USAGE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except output.ReaderGone:
        return Exit.DONE  # nobody is left to tell
    except Exception as error:
        return report_bug(error)
