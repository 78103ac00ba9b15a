"""The console script."""

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.cli.keymap import KeyReport
    from crm_tui.cli.starting import Program


_STDOUT = 1
_INTERRUPTED = 130
"""What `cli.diagnostics.Exit` says, which may not be loaded yet."""


def main() -> None:
    """Do what was typed."""
    try:
        code = _main(sys.argv[1:])
    except KeyboardInterrupt:  # while the program is still being loaded
        code = _INTERRUPTED
    sys.exit(code)


def _main(arguments: list[str]) -> int:
    """Answer --version and open the screen at once; leave everything else to the command line."""
    if arguments == ["--version"]:
        from crm_tui import __version__

        # Past the buffer: where it cannot be written, the command line tries again and says why.
        with suppress(OSError):
            os.write(_STDOUT, f"crm-tui {__version__}\n".encode())
            return 0
    from crm_tui.cli.starting import open_screen, screen_options

    if (options := screen_options(arguments)) is not None:
        return open_screen(options, _open_program)
    from crm_tui.cli.main import run

    return run(arguments, _open_program, read_keys)


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
