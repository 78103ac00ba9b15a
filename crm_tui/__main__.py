"""The console script."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.cli.keymap import KeyReport
    from crm_tui.cli.starting import Program


def main() -> None:
    """Answer --version and open the screen at once; leave everything else to the command line."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from crm_tui import __version__

        print(f"crm-tui {__version__}")
        return
    from crm_tui.cli.starting import open_screen, screen_options

    if (options := screen_options(arguments)) is not None:
        sys.exit(open_screen(options, _open_program))
    from crm_tui.cli.main import run

    sys.exit(run(arguments, _open_program, read_keys))


def _open_program(program: "Program") -> int:
    """Open the full-screen program; here, where both fronts are known, because they may not see each other."""
    from crm_tui.tui.app import run

    return run(program.db, program.language, slow=program.is_slow, ascii_only=program.ascii_only, mouse=program.mouse)


def read_keys() -> "KeyReport":
    """Tell the command line what the screens make of the config file."""
    from crm_tui.cli.keymap import KeyAction, KeyReport
    from crm_tui.tui.keymap import key_lines, read_keymap, sentence

    keymap = read_keymap()
    actions = tuple(KeyAction(one.id, one.keys, one.name) for one in key_lines(keymap.keys))
    return KeyReport(str(keymap.path), len(keymap.keys), tuple(map(sentence, keymap.faults)), actions)


if __name__ == "__main__":
    main()
